"""What the records of restricted items show of their text stays within the limits of quotation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.verifying.rules import found
from citekit.errors import Place
from citekit.model.quotation import MOST_SHARE, MOST_WORDS, words_shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.verifying.inspection import Inspection
    from citekit.findings import Finding


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
        words = words_shown(mark.annotation)
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
