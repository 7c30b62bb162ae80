"""Where each value was read, by which rule and how sure: the types all readers share.

Readers propose, `choose` decides: one value per field is marked as chosen, every other candidate is
kept, so that a person can see why a field is what it is and pick another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from citekit.extract.shared.completeness import Completeness
from citekit.findings import Finding
from citekit.model.value import NOTHING, Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterable


Json: TypeAlias = Any  # any JSON value; a foreign border, as fields have values of many shapes
Kind = Literal["text", "html", "markdown", "mhtml", "pdf", "image", "other"]

# Fields of which an article has several: every value is chosen, none competes with another.
MANY = frozenset({"caption", "credit", "related", "noise", "alternate-title", "updated", "archive"})


class Evidence(Value):
    """A value of a field and where it was read.

    `value` is in the form of CSL-JSON: a list of names for ``author``, ``{"date-parts": …}`` for
    ``issued``. `place` holds ``payload``, ``line`` (from 1), ``start`` and ``end`` (code points of
    the decoded original, half-open), or a ``selector`` or ``path`` where the source is a tree.
    """

    field: str
    value: Json
    origin: str
    rule: str
    place: Mapping[str, Any] = NOTHING
    confidence: float = 0.5
    chosen: bool = False

    def to_json(self) -> dict[str, Any]:
        """The shape that ``show --json`` prints."""
        return {
            "field": self.field,
            "value": self.value,
            "origin": self.origin,
            "rule": self.rule,
            "place": dict(self.place),
            "confidence": self.confidence,
            "chosen": self.chosen,
        }


class Passage(Value):
    """One body paragraph: its number from 1, and its range in the text payload.

    `original` is its range in the decoded original where the paragraph stands there in one piece.
    """

    number: int
    start: int
    end: int
    original: tuple[int, int] | None = None


class Caption(Value):
    """A picture's caption and credit, with their ranges in the decoded original."""

    caption: str
    credit: str | None = None
    place: Mapping[str, Any] = NOTHING

    def to_json(self) -> dict[str, Any]:
        """Caption, credit and place."""
        return {"caption": self.caption, "credit": self.credit, "place": dict(self.place)}


class Extraction(Value):
    """What could be read out of one document; every field may be empty."""

    media_type: str
    kind: Kind
    encoding: str | None = None
    text: str | None = None
    decoded: str | None = None
    evidence: tuple[Evidence, ...] = ()
    captions: tuple[Caption, ...] = ()
    passages: tuple[Passage, ...] = ()
    source_url: str | None = None
    captured_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    completeness: Completeness = Completeness()
    libraries: Mapping[str, str] = NOTHING

    def value(self, name: str) -> Json:  # any JSON value
        """The chosen value of a field, or None."""
        return next((e.value for e in self.evidence if e.field == name and e.chosen), None)

    def candidates(self, name: str) -> tuple[Evidence, ...]:
        """Every candidate for a field, best first."""
        return tuple(e for e in self.evidence if e.field == name)


def choose(candidates: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """All candidates, grouped by field and best first, with one chosen for each field.

    Candidates that agree strengthen each other. Between equals the earlier one wins. Candidates
    below a confidence of 0.2 are kept as evidence and never chosen.
    """
    by_field: dict[str, list[Evidence]] = {}
    for candidate in candidates:
        by_field.setdefault(candidate.field, []).append(candidate)
    ranked: list[Evidence] = []
    for name, group in by_field.items():
        ranked += [replace(e, chosen=True) for e in group] if name in MANY else _rank(group)
    return tuple(ranked)


def _rank(group: list[Evidence]) -> list[Evidence]:
    strongest: dict[tuple[str, str], float] = {}  # one voice for each origin
    for candidate in group:
        voice = (_key(candidate.value), candidate.origin)
        strongest[voice] = max(strongest.get(voice, 0.0), min(candidate.confidence, 0.99))
    support: dict[str, float] = {}
    for (key, _), confidence in strongest.items():
        support[key] = support.get(key, 1.0) * (1 - confidence)
    ordered = sorted(group, key=lambda e: (support[_key(e.value)], -e.confidence))
    best = ordered[0]
    wins = 1 - support[_key(best.value)] >= 0.2
    return [replace(best, chosen=wins), *ordered[1:]]


def pair_times(candidates: list[Evidence]) -> list[Evidence]:
    """Times of day with no confidence but where the date beside them is the one that is chosen."""
    dates = [e for e in candidates if e.field == "issued"]
    best = next((e for e in choose(dates) if e.chosen), None)
    mine = {
        (e.origin, e.rule, _key(dict(e.place)))
        for e in dates
        if best is not None and e.value == best.value
    }
    return [
        replace(e, confidence=0.1)
        if e.field == "issued-time" and (e.origin, e.rule, _key(dict(e.place))) not in mine
        else e
        for e in candidates
    ]


def _key(value: Json) -> str:  # any JSON value
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
    return " ".join(text.casefold().split())
