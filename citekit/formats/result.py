"""What reading a bibliography gives: items, and what was wrong with the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from citekit.errors import Place
from citekit.findings import Finding, Severity
from citekit.formats.attached import Attached
from citekit.model.value import Value


class ReadResult(Value):
    """The items that could be read, as CSL-JSON objects, and a finding for all that could not.

    ``attached`` has for each item what it brings along; empty where the format has no such thing.
    """

    items: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...] = ()
    # where the item of a number stands; asked for only what turns out to be refused later
    place_of: Callable[[int], Place]
    attached: tuple[Attached, ...] = ()


def finding(
    code: str,
    message: str,
    *,
    line: int | None = None,
    json_path: str | None = None,
    hint: str = "",
    severity: Severity = Severity.ERROR,
) -> Finding:
    """A finding of a reader: the place is a line from 1, or a path inside JSON."""
    place = Place(line=line, json_path=json_path)
    return Finding(code=code, message=message, severity=severity, place=place, hint=hint)


def on_lines(lines: Sequence[int]) -> Callable[[int], Place]:
    """``place_of`` for items that begin on these lines, counted from 1."""
    return lambda number: Place(line=lines[number])
