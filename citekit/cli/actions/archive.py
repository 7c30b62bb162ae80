"""``citekit init``, ``export`` and ``backup``: the archive as a whole."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.packages.backup import backup as back_up
from citekit.app.packages.export import FORMATS
from citekit.app.packages.export import export as write_package
from citekit.cli import output
from citekit.cli.quoting import quoted
from citekit.errors import UsageError
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from citekit.cli.context import Context


def init(context: Context, *, dir_: str | None, title: str | None) -> int:
    """Make a new empty archive and print its folder."""
    root = Path(dir_ or context.archive or ".")
    store = ArchiveStore.create(root, title=title or root.resolve().name)
    if context.json:
        output.answer_json({"archive": str(store.root)})
    else:
        output.answer(str(store.root))
        named = quoted(root)
        output.note(
            f"next: citekit --archive {named} add FILE --url https://…", quiet=context.quiet
        )
    return 0


def export(
    context: Context,
    *,
    key: list[str],
    format_: str | None,
    output_: str | None,
    only: list[str],
    with_restricted: bool,
) -> int:
    """Write a package and say where it is and what was left out."""
    if format_ is None or output_ is None:
        hint = f"citekit export --format {'|'.join(FORMATS)} --output PATH"
        raise UsageError("say which package, and where", hint=hint)
    store = context.store()
    exported = write_package(
        store,
        output_,
        format=format_,
        keys=key,
        only=only,
        with_restricted=with_restricted,
    )
    output.tell_left_out(store.left_out(), quiet=context.quiet)
    if context.json:
        output.answer_json(exported.to_json())
        return 0
    output.answer(str(exported.path))
    output.note(exported.told, quiet=context.quiet)
    return 0


def backup(context: Context, *, dir_: str) -> int:
    """Copy the whole archive, restricted payloads too, and verify the copy."""

    def tell(done: int, of: int) -> None:
        output.tell_progress(f"{done} of {of} files", quiet=context.quiet)

    done = back_up(context.store(), Path(dir_), progress=tell)
    output.end_progress(quiet=context.quiet)
    if context.json:
        output.answer_json(done.to_json())
        return done.exit_code()
    output.answer(
        f"{done.folder}: {done.copied} files copied ({done.size_bytes} bytes), "
        f"{done.unchanged} were there, {done.removed} removed"
    )
    output.answer(f"the copy verifies: {done.report.summary()}" if done.report.ok
                  else f"the copy does not verify: {done.report.summary()}")  # fmt: skip
    output.tell_findings(done.findings)
    return done.exit_code()
