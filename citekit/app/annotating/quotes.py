"""Where quoted words stand in an item's text, or what is most like them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from citekit.anchor.alignment import find_like
from citekit.anchor.normal import normalise
from citekit.app.annotating.passages import paragraph_number
from citekit.errors import InvalidData, NotFound, UsageError

if TYPE_CHECKING:
    from citekit.app.annotating.passages import ItemText, Range

_MOST_COMPARED: Final = 1000
"""So many letters of a quote are enough to find what it was meant to be."""


def find_quote(
    text: ItemText, quote: str, *, within: Range | None = None, occurrence: int | None = None
) -> Range:
    """Where the quote's words stand, in code points.

    White space in the quote matches any white space; where the words do not stand exactly so,
    letter case, the form of quotation marks and dashes do not count. Raises NotFound with the
    nearest passage when the words do not occur, InvalidData when they occur more than once and no
    occurrence is chosen.
    """
    words = unicodedata.normalize("NFC", quote).split()
    if not words:
        raise UsageError("the quote is empty")
    start, end = within or (0, len(text.text))
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
    found = [match.span() for match in pattern.finditer(text.text, start, end)]
    found = found or _found_otherwise(text.text, quote, start, end)
    if not found:
        raise NotFound(
            f"{'this paragraph of ' if within else ''}{text.key} does not hold these words: "
            f"{_short(quote)}",
            hint=_nearest(text, quote, start, end)
            or "citekit annotate KEY without --quote shows the paragraphs",
        )
    if occurrence is None and len(found) > 1:
        numbers = [paragraph_number(text.map.paragraphs, s) for s, _ in found]
        listed = ", ".join(f"p{number}" for number in numbers)
        raise InvalidData(
            f"{text.key} holds these words {len(found)} times ({listed}): {_short(quote)}",
            hint="quote more of them, name the paragraph (KEY#p3), or give --occurrence N",
        )
    number = occurrence or 1
    if not 1 <= number <= len(found):
        raise NotFound(f"{text.key} holds these words {len(found)} times, not {number}")
    return found[number - 1]


def _found_otherwise(text: str, quote: str, start: int, end: int) -> list[Range]:
    """Where the words stand in other letter case, or with other marks and dashes."""
    normal = normalise(text[start:end])
    words = normalise(quote).text.split()
    pattern = re.compile(" ".join(map(re.escape, words)), re.IGNORECASE)
    spans = [match.span() for match in pattern.finditer(normal.text)] if words else []
    places = (normal.back(*span) for span in spans)
    return [(start + first, start + last) for first, last in places]


def _nearest(text: ItemText, quote: str, start: int, end: int) -> str:
    """A hint with the passage that is most like the quote; empty where nothing is."""
    normal, asked = normalise(text.text[start:end]), normalise(quote).text.strip()
    searched, query = normal.text.lower(), asked.lower()[:_MOST_COMPARED]
    if not query or len(searched) != len(normal.text):
        return ""
    found = find_like(query, searched, most=len(query) // 2, part=(0, len(query)))
    if found is None:
        return ""
    first, last = (start + place for place in normal.back(found.start, found.end))
    while first > start and text.text[first - 1].isalnum() and text.text[first].isalnum():
        first -= 1
    while last < end and text.text[last].isalnum() and text.text[last - 1].isalnum():
        last += 1
    number = paragraph_number(text.map.paragraphs, first)
    return f"did you mean “{' '.join(text.text[first:last].split())}”? (p{number})"


def _short(quote: str) -> str:
    return repr(quote if len(quote) <= 60 else quote[:59] + "…")
