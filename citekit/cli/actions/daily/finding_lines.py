"""Findings with their places, a line each: for people and editors, and for GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.model.records.control_characters import visible

if TYPE_CHECKING:
    from citekit.findings import Finding

_LEVELS = {"error": "error", "warning": "warning", "note": "notice"}
_ESCAPES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY_ESCAPES = str.maketrans({":": "%3A", ",": "%2C"})


def finding_line(finding: Finding) -> str:
    """``FILE:LINE:COLUMN: severity: message (hint) [code]``."""
    hint = f" ({finding.hint})" if finding.hint else ""
    place = f"{finding.place}: " if finding.place and str(finding.place) else ""
    return f"{place}{finding.severity}: {finding.message}{hint} [{finding.code}]"


def github_line(finding: Finding) -> str:
    """A workflow command of GitHub (docs.github.com, "Workflow commands", ``::warning``)."""
    place = finding.place
    where = {
        "file": place.path if place else None,
        "line": place.line if place else None,
        "col": place.column if place else None,
        "title": finding.code,
    }
    shown = ",".join(
        f"{name}={_escaped(str(value)).translate(_PROPERTY_ESCAPES)}"
        for name, value in where.items()
        if value is not None
    )
    return f"::{_LEVELS[finding.severity]} {shown}::{_escaped(finding.message)}"


def _escaped(text: str) -> str:
    return visible(text).translate(_ESCAPES)
