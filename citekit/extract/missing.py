"""What an article has, and a document does not surely show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.extract.shared.names import display_name
from citekit.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.extract.shared.evidence import Evidence, Json

_WANTED = {"title": "title", "issued": "date", "author": "author"}
_OPTIONAL = frozenset({"author"})  # many articles have none
_LONGEST = 80


def missing(evidence: Iterable[Evidence], text: str | None) -> list[Finding]:
    """A finding for each thing every article has and this one does not surely show.

    `evidence` is weighed, best first: a value that is too doubtful to be chosen is told.
    """
    best: dict[str, Evidence] = {}
    for one in evidence:
        best.setdefault(one.field, one)
    found = [
        _not_found(field, best.get(field))
        for field in _WANTED
        if (field not in best and field not in _OPTIONAL)
        or (field in best and not best[field].chosen)
    ]
    if text is None:
        found.append(
            Finding(
                code="CK-W111",
                severity=Severity.WARNING,
                rule="no-text",
                message="no body text was found",
                hint="the original is kept as it is",
            ),
        )
    return found


def _not_found(field: str, doubtful: Evidence | None) -> Finding:
    word = _WANTED[field]
    doubt = f" that is sure enough: {_shown(doubtful.value)} was left out" if doubtful else ""
    return Finding(
        code="CK-W110",
        severity=Severity.WARNING,
        rule=f"unsure-{word}" if doubtful else f"no-{word}",
        message=f"no {word} was found{doubt}",
        hint=f"give it by hand: --set {field}=…",
    )


def _shown(value: Json) -> str:  # a text, a CSL date or CSL names
    if isinstance(value, list):
        value = ", ".join(display_name(name) for name in value)
    elif isinstance(value, dict):
        value = "-".join(f"{part:02}" for part in value.get("date-parts", [[]])[0])
    return f"“{str(value)[:_LONGEST]}”"
