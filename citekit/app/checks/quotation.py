"""What the records of restricted items show of their text stays within the limits of quotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.annotate import MOST_SHARE, MOST_WORDS
from citekit.app.checks.rules import found
from citekit.app.excess import SHOWN_WHOLE, most_words_in
from citekit.app.passages import count_words
from citekit.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.checks.inspection import Inspection
    from citekit.findings import Finding
    from citekit.model.item import ItemFacts


def check_quotation(inspection: Inspection) -> Iterator[Finding]:
    """At most 12 words for each annotation, 15 % of the text in all, no text as evidence."""
    for key in sorted(
        key for key, facts in inspection.items.items() if facts.access == "restricted"
    ):
        yield from _check_annotations(inspection, key, inspection.words.get(key))
        yield from _check_evidence(inspection, key)


def _check_annotations(inspection: Inspection, key: str, of: int | None) -> Iterator[Finding]:
    path = inspection.show(f"{inspection.folder(key)}/annotations.jsonl")
    shown = 0
    for mark in inspection.annotations.get(key, ()):
        passage = mark.annotation.passage
        words = count_words(passage.quoted) if passage else 0
        shown += words
        if words > MOST_WORDS:
            place = Place(path=path, line=mark.line)
            yield found("CK-E501", place, f"shows {words} words, {MOST_WORDS} are the limit")
    if of is not None and shown > MOST_SHARE * of:
        yield found("CK-E502", path, f"shows {shown} of {of} words, {MOST_SHARE:.0%} are the limit")


def _check_evidence(inspection: Inspection, key: str) -> Iterator[Finding]:
    path = inspection.show(f"{inspection.folder(key)}/item.json")
    for variable, words in inspection.long_evidence.get(key, ()):
        yield found("CK-E503", path, f"evidence of {variable!r} holds {words} words")


def long_evidence(facts: ItemFacts) -> list[tuple[str, int]]:
    """The variables whose evidence holds more words than may be shown, with their numbers."""
    return [
        (variable, words)
        for variable, candidates in facts.evidence.items()
        if variable not in SHOWN_WHOLE
        for candidate in candidates
        if (words := most_words_in(candidate.get("value"))) > MOST_WORDS
    ]
