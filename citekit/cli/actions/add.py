"""``citekit add`` and ``citekit import``: one bad source does not keep the others out."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any, cast

from citekit.app.changing.fields import read_fields
from citekit.app.intake.add import DEFAULT_MAX_SIZE_BYTES
from citekit.app.intake.add import add as add_source
from citekit.app.packages.import_file import import_file
from citekit.cli import output
from citekit.errors import CitekitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.app.intake.add import Added
    from citekit.app.intake.bibliographies import Imported
    from citekit.app.intake.known_source import Answer
    from citekit.cli.context import Context
    from citekit.findings import Finding
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
) -> int:
    """Archive every source and print the keys; the first failure decides the exit code."""
    if len(source) > 1 and (url or key):
        raise UsageError("--url and --key are for one source", hint="add the sources one by one")
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
        "ask": talk.ask if output.is_conversation() and not context.json else None,
    }
    added: list[Added] = []
    failures: list[CitekitError] = []
    for name in source:
        try:
            result = _add_one(store, name, read_size(max_size), options)
        except CitekitError as error:
            failures.append(error)
            output.tell_error(error, as_json=context.json)
            if talk.is_over:
                break
            continue
        added.append(result)
        _tell_added(result, context)
    _tell_access(added, context)
    if len(source) > 1:
        output.note(_count(added, len(source) - len(added)), quiet=context.quiet)
    if context.json:
        output.answer_json({"items": [_added_json(result) for result in added]})
    return failures[0].exit_code if failures else 0


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


def _add_one(
    store: ArchiveStore, name: str, max_size_bytes: int | None, options: dict[str, Any]
) -> Added:

    limit = max_size_bytes or DEFAULT_MAX_SIZE_BYTES
    source = sys.stdin.buffer.read(limit + 1) if name == "-" else name
    return add_source(store, source, max_size_bytes=limit, **options)


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
            f"{what} restricted: {its} record is published, {its} text is not. git does not back "
            "restricted bytes up: keep the file, or copy the folder restricted/.",
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
        "findings": findings,
    }


def import_(
    context: Context, *, file: list[str], format_: str | None, access: Access | None
) -> int:
    """Take in items from every file; exit code 4 when an entry or a file was refused."""
    store = context.store()
    results: list[Imported] = []
    failures: list[CitekitError] = []
    for name in file:
        try:
            results.append(_import_one(store, name, format_, access))
        except CitekitError as error:
            failures.append(error)
            output.tell_error(error, as_json=context.json)
            continue
        _tell_imported(results[-1], context)
    findings = [finding for result in results for finding in result.findings]
    if context.json:
        output.answer_json(_imported_json(results, findings))
    if failures:
        return failures[0].exit_code
    return 4 if any(finding.severity == "error" for finding in findings) else 0


def _import_one(
    store: ArchiveStore, name: str, format_: str | None, access: Access | None
) -> Imported:
    source = sys.stdin.buffer.read(DEFAULT_MAX_SIZE_BYTES + 1) if name == "-" else name
    return import_file(store, source, format=format_, access=access)


def _tell_imported(result: Imported, context: Context) -> None:
    if not context.json:
        for key in result.new:
            output.answer(key)
    if len(result.known) > output.MOST_TOLD:
        output.note(f"{len(result.known)} are in the archive already", quiet=context.quiet)
    else:
        for key in result.known:
            output.note(f"{key} is in the archive already", quiet=context.quiet)
    output.tell_some_findings(result.findings)
    refused = sum(f.stands_for for f in result.findings if f.severity == "error")
    if refused:
        done = len(result.new) + len(result.known)
        errors = "1 error" if refused == 1 else f"{refused} errors"
        output.note(f"{done} taken in, {errors}", quiet=context.quiet)


def _imported_json(results: Sequence[Imported], findings: Sequence[Finding]) -> dict[str, Any]:
    items = [{"key": key, "new": True, "findings": []} for r in results for key in r.new]
    items += [{"key": key, "new": False, "findings": []} for r in results for key in r.known]
    return {"items": items, "findings": [finding.to_json() for finding in findings]}
