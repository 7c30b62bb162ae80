"""``citekit site new|build|serve``."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.app.site import build as build_site
from citekit.app.site import is_built, new_project
from citekit.app.site import serve as serve_site
from citekit.cli import output
from citekit.cli.quoting import quoted

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.cli.context import Context


def new(context: Context, *, dir_: str | None) -> int:
    """Write a Sphinx project for the archive and print its folder."""
    store = context.store()
    folder = new_project(store, dir_)
    # only one folder is found without being named; any other is a project for Sphinx itself
    by_hand = f"python -m sphinx {quoted(folder)} OUT"
    command = "citekit site build" if is_built(store.root, folder) else by_hand
    output.note(f"next: {command}", quiet=context.quiet)
    return _answer(context, folder)


def build(context: Context, *, output_: str | None, only: list[str], with_restricted: bool) -> int:
    """Build the site and print where its first page is."""
    store = context.store()
    folder = build_site(store, output_, only=only, with_restricted=with_restricted)
    output.tell_left_out(store.left_out(), quiet=context.quiet)
    return _answer(context, folder / "index.html")


def _answer(context: Context, path: Path) -> int:
    if context.json:
        output.answer_json({"path": str(path)})
    else:
        output.answer(str(path))
    return 0


def serve(
    context: Context,
    *,
    output_: str | None,
    only: list[str],
    with_restricted: bool,
    port: int | None,
) -> int:
    """Build the site and serve it to this machine alone, until stopped."""
    store, number = context.store(), 8000 if port is None else port
    with serve_site(
        store, output_, only=only, with_restricted=with_restricted, port=number
    ) as server:
        output.tell_left_out(store.left_out(), quiet=context.quiet)
        output.answer(f"http://127.0.0.1:{server.server_port}/")
        output.flush()
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return 0
