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
    from citekit.model.item import Item


def check_quotation(inspection: Inspection) -> Iterator[Finding]:
    """At most 12 words for each annotation, 15 % of the text in all, no text as evidence."""
    words = _words_of_texts(inspection)
    for key, item in sorted(inspection.items.items()):
        if item.facts.access == "restricted":
            yield from _check_annotations(inspection, key, words.get(key))
            yield from _check_evidence(inspection, item)


def _check_annotations(inspection: Inspection, key: str, of: int | None) -> Iterator[Finding]:
    path = inspection.show(f"items/{key}/annotations.jsonl")
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


def _words_of_texts(inspection: Inspection) -> dict[str, int]:
    """How many words the text of each item has, by its captures; the longest counts."""
    words: dict[str, int] = {}
    for (key, _), payloads in inspection.captures.items():
        shape = payloads["text"].get("map") if "text" in payloads else None
        if shape:
            words[key] = max(shape["words"], words.get(key, 0))
    return words


def _check_evidence(inspection: Inspection, item: Item) -> Iterator[Finding]:
    path = inspection.show(f"items/{item.key}/item.json")
    for variable, candidates in item.facts.evidence.items():
        for candidate in candidates if variable not in SHOWN_WHOLE else ():
            words = most_words_in(candidate.get("value"))
            if words > MOST_WORDS:
                yield found("CK-E503", path, f"evidence of {variable!r} holds {words} words")
