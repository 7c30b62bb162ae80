"""``citekit init``, ``capture``, ``export`` and ``backup``: the archive, or much of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.intake.recapture import keys_to_capture, read_age, recapture
from citekit.app.packages.backup import backup as back_up
from citekit.app.packages.export import FORMATS
from citekit.app.packages.export import export as write_package
from citekit.app.syncing.cited import cited_by
from citekit.capture.visitor import Visitor
from citekit.cli import output
from citekit.cli.quoting import quoted
from citekit.errors import CitekitError, NotFound, UsageError
from citekit.store.archive import ArchiveStore
from citekit.store.clock import now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.app.intake.recapture import Recaptured
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
    for_: list[str],
    with_restricted: bool,
) -> int:
    """Write a package and say where it is and what was left out."""
    if format_ is None or output_ is None:
        hint = f"citekit export --format {'|'.join(FORMATS)} --output PATH"
        raise UsageError("say which package, and where", hint=hint)
    store = context.store()
    if for_:
        key = [*key, *cited_of(store, for_, quiet=context.quiet)]
        if not key:
            raise NotFound("the papers cite no item of the archive", hint="citekit list shows keys")
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


def capture(
    context: Context,
    *,
    key: list[str],
    for_: list[str],
    missing: bool,
    all_: bool,
    older_than: str | None,
    keep: bool,
    allow_private: bool,
    ignore_robots: bool,
) -> int:
    """Capture each item anew and say whether it changed; the first failure decides the code."""
    is_batch = missing or all_ or older_than is not None
    if [is_batch, bool(key), bool(for_)].count(True) != 1 or (missing and (all_ or older_than)):
        hint = "citekit capture KEY…, or --for PAPER, or --missing, or --all"
        raise UsageError("names no items, or in two ways", hint=hint)
    store = context.store()
    visitor = Visitor(allow_private=allow_private, ignore_robots=ignore_robots)
    age = None if older_than is None else read_age(older_than)
    keys = key or list(
        keys_to_capture(store, missing=missing or bool(for_), older_than=age, now=now())
    )
    if for_:
        cited = cited_of(store, for_, quiet=context.quiet)
        keys = [one for one in cited if one in keys]
    made: list[Recaptured] = []
    failures: dict[str, CitekitError] = {}
    for one in keys:
        try:
            made.append(recapture(store, one, visitor=visitor, keep=keep))
        except CitekitError as error:
            failures[one] = error
            output.tell_error(error, as_json=context.json)
            continue
        if not context.json:
            output.answer(_captured(made[-1]))
        output.tell_findings(made[-1].findings, quiet=context.quiet)
    if is_batch:
        output.tell_left_out(store.left_out(), quiet=context.quiet)
    _tell_captured(context, made, failures)
    return next(iter(failures.values())).exit_code if failures else 0


def _captured(made: Recaptured) -> str:
    """``harbour2024  20261201T100000Z  changed``."""
    what = {None: "first capture", True: "changed", False: "unchanged"}[made.is_changed]
    return f"{made.key}  {made.capture}  {what}"


def _tell_captured(
    context: Context, made: Sequence[Recaptured], failures: dict[str, CitekitError]
) -> None:
    if len(made) + len(failures) != 1:
        changed = sum(bool(one.is_changed) for one in made)
        told = f"{len(made)} captured, {changed} of them changed"
        if failures:
            told += f"; not captured: {', '.join(failures)}"
        output.note(told, quiet=context.quiet)
    if context.json:
        items = [
            {
                "key": one.key,
                "capture": one.capture,
                "changed": one.is_changed,
                "findings": [finding.to_json() for finding in one.findings],
            }
            for one in made
        ]
        failed = [{"key": key, "error": error.to_json()} for key, error in failures.items()]
        output.answer_json({"items": items, "failures": failed})


def cited_of(store: ArchiveStore, papers: Sequence[str], *, quiet: bool) -> tuple[str, ...]:
    """The items that papers cite; what else they cite is told."""
    found = cited_by(store, papers)
    output.tell_cited_by(found, quiet=quiet)
    return found.keys


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
