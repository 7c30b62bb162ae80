"""``citekit add`` and ``import``: one bad source does not keep the others out."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from citekit.app.changing.fields import read_fields
from citekit.app.changing.manifest import read_manifest
from citekit.app.intake.adding.sources import DEFAULT_MAX_SIZE_BYTES, ToAdd
from citekit.app.intake.together.add_all import add_all
from citekit.app.packages.import_file import import_file
from citekit.capture.visitor import Visitor
from citekit.cli import output
from citekit.cli.imported import ask, counts, imported_json, tell_imported
from citekit.errors import CaptureFailed, CitekitError, InvalidData, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.changing.manifest import ManifestLine
    from citekit.app.intake.add import Added
    from citekit.app.intake.bibliographies import Imported
    from citekit.app.intake.known_source import Answer, Ask
    from citekit.cli.commands.add import Merging
    from citekit.cli.context import Context
    from citekit.model.item import Access
    from citekit.store.archive import ArchiveStore

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def add(
    context: Context,
    *,
    source: list[str],
    url: str | None,
    key: str | None,
    to: str | None,
    new_item: bool,
    set_: list[str],
    access: Access | None,
    encoding: str | None,
    max_size: str | None,
    from_: str | None,
    keep: bool,
    allow_private: bool,
    ignore_robots: bool,
) -> int:
    """Archive every source and print the keys; the first failure decides the exit code."""
    _check_sources(source, from_, is_for_one=bool(url or key), is_named=bool(url or key or to))
    store = context.store()
    talk = _Talk()
    options = {
        "url": url,
        "key": key,
        "to": to,
        "new_item": new_item,
        "fields": read_fields(set_),
        "access": access,
        "encoding": encoding,
        "keep": keep,
        "max_size_bytes": read_size(max_size) or DEFAULT_MAX_SIZE_BYTES,
    }
    wanted = _wanted(source, from_, options)
    asks = talk.ask if output.is_conversation() and not context.json else None
    visitor = Visitor(allow_private=allow_private, ignore_robots=ignore_robots)
    added: list[Added] = []
    failures: list[CitekitError] = []
    for number, result in enumerate(_results(store, wanted, asks, visitor), 1):
        output.end_progress(quiet=context.quiet)
        if isinstance(result, CitekitError):
            failures.append(result)
            output.tell_error(result, as_json=context.json)
            if talk.is_over:
                break
            continue
        added.append(result)
        _tell_added(result, context)
        if number < len(wanted):
            output.tell_progress(f"{number} of {len(wanted)} sources", quiet=context.quiet)
    _tell_access(added, context)
    if len(wanted) > 1:
        output.note(_count(added, len(wanted) - len(added)), quiet=context.quiet)
    if context.json:
        output.answer_json({"items": [_added_json(result) for result in added]})
    return failures[0].exit_code if failures else _code_of(added, keep=keep)


def _code_of(added: Sequence[Added], *, keep: bool) -> int:
    """That of a failed capture where a page is no article, and nobody said that it is wanted."""
    is_wanting = any(result.completeness == "failed" for result in added) and not keep
    return CaptureFailed.exit_code if is_wanting else 0


def _check_sources(
    source: list[str], from_: str | None, *, is_for_one: bool, is_named: bool
) -> None:
    """Raise UsageError where sources and what is said of them do not go together."""
    if not source and from_ is None:
        raise UsageError("names no source", hint="citekit add FILE|URL…, or --from LIST")
    if from_ is not None and (source or is_named):
        raise UsageError("--from is for itself", hint="the list names files, addresses and keys")
    if len(source) > 1 and is_for_one:
        raise UsageError("--url and --key are for one source", hint="add the sources one by one")


class _Talk:
    """The questions to the user; *stop* is for all sources that would come."""

    def __init__(self) -> None:
        self.is_over = False

    def ask(self, key: str, address: str) -> Answer:
        """What becomes of other bytes of a known address."""
        answer = output.choose(
            f"{address} is the address of {key}, and the page has changed. Make a new capture of "
            "that item, a new item, or stop?",
            {"capture": "capture", "new": "new", "stop": "stop"},
            otherwise="stop",
        )
        self.is_over = answer == "stop"
        return cast("Answer", answer)


class _Wanted(NamedTuple):
    """A source, or why it is none; the line of the list that names it."""

    source: ToAdd | CitekitError
    line: ManifestLine | None = None


def _wanted(source: list[str], from_: str | None, options: dict[str, Any]) -> list[_Wanted]:
    """What is to be archived; a list is read before the first."""
    if from_ is None:
        return [_Wanted(_to_add(name, options)) for name in source]
    lines = read_manifest(Path(from_))
    return [_Wanted(_of_line(line, Path(from_).parent, options), line) for line in lines]


def _results(
    store: ArchiveStore, wanted: list[_Wanted], ask: Ask | None, visitor: Visitor
) -> Iterator[Added | CitekitError]:
    """What becomes of each; errors say which line of a list they are about."""
    sources = (one.source for one in wanted if isinstance(one.source, ToAdd))
    results = add_all(store, sources, ask=ask, visitor=visitor)
    for source, line in wanted:
        result = source if isinstance(source, CitekitError) else next(results)
        yield line.blame(result) if line and isinstance(result, CitekitError) else result


def _of_line(line: ManifestLine, folder: Path, options: dict[str, Any]) -> ToAdd | CitekitError:
    """The source of one line; its file is named as seen from the list's folder."""
    try:
        file, url = line.text("file"), line.text("url")
        if file is None and url is None:
            hint = "a line has a file, or the url of a page"
            raise InvalidData("names no file and no address", hint=hint)
        told = line.fields(besides=("file", "url", "key"))
        fields = {**options["fields"], **{name: value for name, value in told.items() if value}}
        access = line.access or options["access"]
        own = {"key": line.text("key"), "access": access, "fields": fields}
        if file is not None:
            own |= {"source": folder / file, "url": url}
        return ToAdd(**{**options, "source": url, **own})
    except CitekitError as error:
        return error


def _to_add(name: str, options: dict[str, Any]) -> ToAdd:
    limit = options["max_size_bytes"]
    return ToAdd(**options, source=sys.stdin.buffer.read(limit + 1) if name == "-" else name)


def read_size(text: str | None) -> int | None:
    """Bytes from ``500MB`` or ``2GB``; raises UsageError."""
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]?B?)", text.strip().upper())
    unit = match[2] if match else ""
    unit = unit if unit in _UNITS else f"{unit}B"
    if match is None or float(match[1]) == 0:
        raise UsageError(f"is no size: {text!r}", hint="for example 500MB or 2GB")
    return int(float(match[1]) * _UNITS[unit])


def _tell_added(result: Added, context: Context) -> None:
    if not context.json:
        output.answer(result.key)
    output.tell_findings(result.findings, quiet=context.quiet)


def _tell_access(added: Sequence[Added], context: Context) -> None:
    """What restricted and public mean, once for all that was captured."""
    captured = [result.item for result in added if result.capture]
    restricted = [item.key for item in captured if item.facts.access == "restricted"]
    public = [item.key for item in captured if item.facts.access == "public"]
    if restricted:
        what, its = _named(restricted)
        output.note(
            f"{what} restricted: {its} text stays on this computer, {its} record alone is "
            "published. git does not back the text up: keep the file, or copy the folder "
            "restricted/.",
            quiet=context.quiet,
        )
    private = [item.key for item in captured if item.facts.access == "private"]
    if private:
        what, its = _named(private)
        output.note(
            f"{what} private: neither git nor the log has anything of it, and nothing here is "
            "encrypted. Keep a backup: citekit backup FOLDER.",
            quiet=context.quiet,
        )
    if public:
        what, its = _named(public)
        output.note(f"{what} public: {its} text may be published.", quiet=context.quiet)


def _named(keys: Sequence[str]) -> tuple[str, str]:
    """Who it is said of, with the verb, and the possessive.

    >>> _named(["harbour2024"]), _named(["a", "b"])
    (('harbour2024 is', 'its'), ('2 sources are', 'their'))
    """
    return (f"{keys[0]} is", "its") if len(keys) == 1 else (f"{len(keys)} sources are", "their")


def _count(added: Sequence[Added], refused: int) -> str:
    """How many of the sources became what: ``8 added, 1 in the archive already, 1 refused``."""
    new = sum(result.is_new for result in added)
    captures = sum(result.capture is not None for result in added) - new
    known = len(added) - new - captures
    parts = [f"{new} added"]
    parts += [f"{captures} new {'capture' if captures == 1 else 'captures'}"] if captures else []
    parts += [f"{known} in the archive already"] if known else []
    parts += [f"{refused} not added"] if refused else []
    return ", ".join(parts)


def _added_json(result: Added) -> dict[str, Any]:
    findings = [finding.to_json() for finding in result.findings]
    return {
        "key": result.key,
        "new": result.is_new,
        "capture": result.capture,
        "completeness": result.completeness,
        "findings": findings,
    }


def import_(
    context: Context,
    *,
    file: list[str],
    format_: str | None,
    access: Access | None,
    merge: Merging | None,
    no_files: bool,
    dry_run: bool,
    page: list[str],
) -> int:
    """Take in items from every file; exit code 4 when an entry or a file was refused."""
    store = context.store()
    options = {
        "format": format_,
        "access": access,
        "with_files": not no_files,
        "dry_run": dry_run,
        "pages": page,
        **_merging(context, merge, file, dry_run=dry_run),
    }
    results: list[Imported] = []
    failures: list[CitekitError] = []
    for name in file:
        try:
            results.append(_import_one(store, name, options))
        except CitekitError as error:
            failures.append(error)
            output.tell_error(error, as_json=context.json)
            continue
        tell_imported(results[-1], context, dry_run=dry_run)
    if context.json:
        output.answer_json(imported_json(results))
    told = f"nothing was written: {counts(results)}" if dry_run else counts(results)
    output.note(told, quiet=context.quiet)
    if failures:
        return failures[0].exit_code
    wrong = (finding for result in results for finding in result.findings)
    return 4 if any(finding.severity == "error" for finding in wrong) else 0


def _merging(
    context: Context, merge: Merging | None, file: list[str], *, dry_run: bool
) -> dict[str, Any]:
    """The rule for what the file has otherwise; asked is only where there is somebody to ask."""
    can_ask = output.is_conversation() and not context.json and not dry_run and "-" not in file
    if merge == "ask" and not can_ask:
        hint = "it asks on a terminal, without --json and --dry-run, and not of stdin"
        raise UsageError("--merge ask: there is nobody to ask", hint=f"{hint}; or keep, or theirs")
    if merge == "ask" or (merge is None and can_ask):
        return {"ask": ask}
    return {"merge": merge or "keep"}


def _import_one(store: ArchiveStore, name: str, options: dict[str, Any]) -> Imported:
    source = sys.stdin.buffer.read(DEFAULT_MAX_SIZE_BYTES + 1) if name == "-" else name
    return import_file(store, source, **options)
