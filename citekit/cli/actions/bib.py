"""``citekit bib check`` and ``bib sync``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from citekit.app.looking.bib_check import BibChecked, check_bibliography
from citekit.app.syncing.sync import Synced
from citekit.app.syncing.sync import sync as sync_bibliography
from citekit.app.syncing.watch import Watch
from citekit.cli import output
from citekit.cli.actions.daily.finding_lines import finding_line, github_line
from citekit.errors import CitekitError, NotFound, UsageError
from citekit.store.private.left_out import LeftOut

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from citekit.app.syncing.target import SyncFormat
    from citekit.cli.context import Context
    from citekit.findings import Finding
    from citekit.formats.bibtex.mapping import Dialect
    from citekit.store.reading import ArchiveReader

_MOST_KEYS = 5


def check(
    context: Context,
    *,
    files: list[str],
    fix: bool,
    dialect: Dialect | None,
    format: Literal["text", "github", "json"] | None,  # noqa: A002  # the word users know
) -> int:
    """Print what is wrong in each file; the worst exit code of all files."""
    checked: list[BibChecked] = []
    code = 0
    for name in files:
        try:
            checked.append(check_bibliography(name, dialect=dialect or "biblatex", fix=fix))
        except CitekitError as error:
            output.tell_error(error)
            code = max(code, error.exit_code)
    if context.json or format == "json":
        output.answer_json([_as_json(one) for one in checked])
    else:
        for one in checked:
            _tell(one, format, quiet=context.quiet)
    return code or int(any(one.left for one in checked))


def sync(
    context: Context,
    *,
    more: list[str],
    papers: list[str],
    output_: str | None,
    format: SyncFormat | None,  # noqa: A002  # as above
    libraries: list[str],
    prune: bool,
    check: bool,
    watch: bool,
) -> int:
    """Write what the papers cite; 3 where nobody knows a key, 1 where a file is not in step."""
    _check_sync(output_, check=check, watch=watch)
    papers = [*papers, *more]

    def step() -> Synced:
        return sync_bibliography(
            _archive(context, libraries),
            papers,
            output=output_,
            format=format,
            libraries=libraries,
            check=check,
            prune=prune,
        )

    if watch:
        return _keep_in_step(context, step, [Path(name) for name in (*papers, *libraries)])
    synced = step()
    _tell_synced(synced, is_check=check, quiet=context.quiet)
    if context.json:
        output.answer_json(_synced_as_json(synced))
    elif synced.path is None:
        output.answer_as_it_is(synced.text)
    return NotFound.exit_code if synced.unknown else int(check and synced.is_changed)


def _check_sync(path: str | None, *, check: bool, watch: bool) -> None:
    """Raise UsageError for options that do not go together."""
    if path is None and (check or watch):
        option = "--check" if check else "--watch"
        raise UsageError(f"{option} needs a file", hint="name it: --output refs.bib")
    if check and watch:
        raise UsageError("--check writes nothing, and --watch does", hint="leave one of them out")


def _archive(context: Context, libraries: list[str]) -> ArchiveReader | None:
    """The archive; None where there is none and libraries may have all that is cited."""
    try:
        return context.reader()
    except NotFound:
        if not libraries or context.named:
            raise
        return None


def _keep_in_step(context: Context, step: Callable[[], Synced], paths: list[Path]) -> int:
    """Write the file after each change, until stopped; what is wrong meanwhile is told."""
    watching = Watch(paths)
    try:
        while True:
            try:
                synced = step()
                watching.follow(synced.watched)
                _tell_synced(synced, is_check=False, quiet=context.quiet)
            except CitekitError as error:
                output.tell_error(error)
            watching.wait()
    except KeyboardInterrupt:
        return 0


def _tell_synced(synced: Synced, *, is_check: bool, quiet: bool) -> None:
    """What is in the file, what has changed, and what is not in it."""
    output.tell_findings(synced.findings, quiet=quiet)
    output.tell_some_findings(synced.unknown, quiet=quiet)
    output.tell_left_out(LeftOut(items=synced.private), quiet=quiet)
    for path, keys in _by_path(synced.left).items():
        output.note(f"left to {path}: {_some(keys)}", quiet=quiet)
    cited = [key for key in synced.kept if key not in synced.uncited]
    if cited:
        output.note(f"in no archive or library, and kept: {_some(cited)}", quiet=quiet)
    dropped = [key for key in synced.uncited if key in synced.removed]
    if synced.uncited and not dropped:
        hint = "--prune lets them go"
        output.note(f"cited nowhere, and kept: {_some(synced.uncited)} ({hint})", quiet=quiet)
    if synced.path is not None:
        output.note(f"{synced.path}: {_difference(synced, is_check=is_check)}", quiet=quiet)


def _difference(synced: Synced, *, is_check: bool) -> str:
    """How the file differs from what it was, in words."""
    if not synced.is_changed:
        return f"in step, {_entries(synced)}"
    kinds = (("added", synced.added), ("changed", synced.changed), ("removed", synced.removed))
    told = [f"{len(keys)} {kind} ({_some(keys)})" for kind, keys in kinds if keys]
    shown = "; ".join(told or ["only the order or the marks between entries"])
    return f"not in step: {shown}" if is_check else f"{_entries(synced)}, {shown}"


def _entries(synced: Synced) -> str:
    number = len(synced.keys)
    return "1 entry" if number == 1 else f"{number} entries"


def _some(keys: Collection[str]) -> str:
    """The first keys, and how many more there are."""
    shown = sorted(keys)[:_MOST_KEYS]
    more = len(keys) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _by_path(left: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, path in left.items():
        found.setdefault(path, []).append(key)
    return found


def _synced_as_json(synced: Synced) -> dict[str, object]:
    """The document of ``--json``: nothing in it tells of what is private."""
    return {
        "path": None if synced.path is None else str(synced.path),
        "format": synced.format,
        "rewritten": synced.is_changed,
        "keys": list(synced.keys),
        "added": list(synced.added),
        "changed": list(synced.changed),
        "removed": list(synced.removed),
        "kept": list(synced.kept),
        "uncited": list(synced.uncited),
        "left": dict(synced.left),
        "unknown": [_finding_as_json(finding) for finding in synced.unknown],
        "findings": [_finding_as_json(finding) for finding in synced.findings],
        **({"text": synced.text} if synced.path is None else {}),
    }


def _tell(one: BibChecked, format_: str | None, *, quiet: bool) -> None:
    for finding in one.left:
        output.answer(github_line(finding) if format_ == "github" else finding_line(finding))
    if one.mended:
        output.note(f"{one.path}: {one.mended} mended", quiet=quiet)


def _as_json(one: BibChecked) -> dict[str, object]:
    found = [_finding_as_json(finding) for finding in one.left]
    return {"path": one.path, "mended": one.mended, "findings": found}


def _finding_as_json(finding: Finding) -> dict[str, object]:
    return {**finding.to_json(), "column": finding.place.column if finding.place else None}
