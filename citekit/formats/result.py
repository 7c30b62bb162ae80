"""What reading a bibliography gives: items, and what was wrong with the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from citekit.errors import Place
from citekit.findings import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadResult:
    """The items that could be read, as CSL-JSON objects, and a finding for all that could not."""

    items: tuple[dict[str, Any], ...]
    findings: tuple[Finding, ...] = ()


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
