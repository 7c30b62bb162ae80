"""What ``import`` tells: keys, a table of a dry run, what is asked, and one line of counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from citekit.cli import output
from citekit.model.value import as_dict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.intake.bibliographies import Imported
    from citekit.app.intake.recognising.merging import Difference, Merge
    from citekit.cli.context import Context

_WIDEST = 48
"""A very long key goes beyond its column, and does not make all lines as long."""


def ask(difference: Difference) -> Merge:
    """Ask whether an item takes over what the file has otherwise."""
    variables = ", ".join(difference.taken)
    answer = output.choose(
        f"{difference.key} says otherwise than the file: {variables}. Keep it, or take theirs?",
        {"keep": "keep", "theirs": "theirs"},
        otherwise="keep",
    )
    return cast("Merge", answer)


def tell_imported(result: Imported, context: Context, *, dry_run: bool) -> None:
    """Print the keys that came in, or the table of a dry run; then what was known or wrong."""
    if not context.json:
        for line in _table(result) if dry_run else result.new:
            output.answer(line)
    if not dry_run:
        _tell_known(result.known, context)
    output.tell_some_findings(result.findings)


def _tell_known(keys: Sequence[str], context: Context) -> None:
    if len(keys) > output.MOST_TOLD:
        output.note(f"{len(keys)} are in the archive already", quiet=context.quiet)
        return
    for key in keys:
        output.note(f"{key} is in the archive already", quiet=context.quiet)


def _table(result: Imported) -> Iterator[str]:
    """A line for each entry: what it is, its key, and what is to be said of it."""
    rows = [(row["status"], row["key"], _remark(row)) for row in _rows(result)]
    width = max((len(key) for _, key, _ in rows if len(key) <= _WIDEST), default=0)
    for status, key, remark in rows:
        yield f"{status:8}  {key.ljust(width)}  {remark}".rstrip()


def _remark(row: dict[str, Any]) -> str:
    if row["status"] == "doubtful":
        return f"may be {row['like']}"
    if row["status"] != "changed":
        return ""
    left = [name for name in row["variables"] if name not in row["taken"]]
    told = (("takes over", row["taken"]), ("stays otherwise", left))
    return "; ".join(f"{what} {', '.join(names)}" for what, names in told if names)


def counts(results: Sequence[Imported]) -> str:
    """How many entries were what: ``8 new, 1 known, 2 changed, 5 files, 3 problems found``."""
    doubtful = sum(len(result.doubtful) for result in results)
    errors = sum(
        finding.stands_for
        for result in results
        for finding in result.findings
        if finding.severity == "error"
    )
    parts = [f"{sum(len(result.new) for result in results)} new"]
    others = {
        "known": sum(len(result.known) for result in results),
        "changed": sum(len(result.changed) for result in results),
        "doubtful (of the new ones)": doubtful,
        **_brought(results),
        "problem found" if errors == 1 else "problems found": errors,
    }
    return ", ".join(parts + [f"{number} {what}" for what, number in others.items() if number])


def _brought(results: Sequence[Imported]) -> dict[str, int]:
    """What came along with the entries, by what it is called."""
    found = [one for result in results for one in result.brought]
    numbers = {
        "file": sum(len(one.captures) for one in found),
        "note": sum(one.notes for one in found),
        "annotation": sum(one.annotations for one in found),
    }
    return {what if number == 1 else f"{what}s": number for what, number in numbers.items()}


def imported_json(results: Sequence[Imported]) -> dict[str, Any]:
    """The document of ``--json``."""
    return {
        "items": [row for result in results for row in _rows(result)],
        "brought": [as_dict(one) for result in results for one in result.brought],
        "findings": [one.to_json() for result in results for one in result.findings],
    }


def _rows(result: Imported) -> Iterator[dict[str, Any]]:
    like = {doubt.key: doubt.like for doubt in result.doubtful}
    for key in result.new:
        status = {"status": "doubtful", "like": like[key]} if key in like else {"status": "new"}
        yield {"key": key, "new": True, "findings": [], **status}
    for key in result.known:
        yield {"key": key, "new": False, "findings": [], "status": "known"}
    for one in result.changed:
        yield {
            "key": one.key,
            "new": False,
            "findings": [],
            "status": "changed",
            "entry": one.entry,
            "by": one.by,
            "variables": list(one.variables),
            "taken": list(one.taken),
            "edited": list(one.edited),
        }
