"""Read JSON as it stands in web pages: strict where it is JSON, forgiving where it nearly is.

What search engines forgive is forgiven: comments, CDATA marks, commas too many, several values in
one script, entities for quotes, escapes that JSON does not have, line breaks and quotes inside a
text. Each attempt walks the text a bounded number of times; whatever cannot be read is left out.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.extract.shared.evidence import Json

LARGEST = 2_000_000  # code points of one script
_MOST_VALUES = 50  # in one script
_MOST_BREAKS = 5  # of what is no JSON, in one script
_DECODER = json.JSONDecoder(strict=False)
_QUOTE = re.compile(r"&(?:quot|#0*34|#x0*22);", re.IGNORECASE)
# A text that nothing closes takes the rest: so none is begun twice.
_TEXT = r'"(?:[^"\\]++|\\.)*+(?:"|\Z)'
# A quote that no comma, colon, bracket or end follows stands inside a text.
_LOOSE_TEXT = r'"(?:[^"\\]++|\\.|"(?!\s*+(?:[,:}\]]|$)))*+(?:"|\Z)'
_COMMENT = r"//[^\n]*+|/\*(?:[^*]++|\*(?!/))*+(?:\*/)?+|<!--|-->|<!\[CDATA\[|\]\]>"
_OTHER = r'[^"/<\-\],]++|.'
_PIECES, _LOOSE_PIECES = (
    re.compile(f"(?P<text>{text})|(?P<comment>{_COMMENT})|{_OTHER}", re.DOTALL)
    for text in (_TEXT, _LOOSE_TEXT)
)
_ESCAPE = re.compile(r'\\(?P<known>["\\/bfnrt]|u[0-9a-fA-F]{4})|\\(?P<other>.)|"', re.DOTALL)
_BETWEEN = re.compile(r"[\s,;]*+")
_OBJECT = re.compile(r'\{\s*+"@')


def read_loose_json(text: str) -> list[Json]:
    """The objects and lists of a script in their order; none where nothing can be read.

    >>> read_loose_json('{"a": 1,} // one')
    [{'a': 1}]
    >>> read_loose_json("{&quot;a&quot;: 1}")
    [{'a': 1}]
    """
    if len(text) > LARGEST:
        return []
    best: list[Json] = []
    for attempt in _attempts(text.strip()):
        values, is_whole = _values(attempt)
        if is_whole:
            return values
        best = max(best, values, key=len)
    return best


def _attempts(text: str) -> Iterator[str]:
    """The text, and what may have been meant, the least change first."""
    yield text
    yield _repaired(text, _PIECES)
    if _QUOTE.search(text):
        yield _repaired(html.unescape(text), _PIECES)
    yield _repaired(text, _LOOSE_PIECES)


def _values(text: str) -> tuple[list[Json], bool]:
    """The values, and whether there was nothing else."""
    found: list[Json] = []
    position, breaks = _behind(text, 0), 0
    while position < len(text) and len(found) < _MOST_VALUES:
        try:
            value, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            breaks += 1
            start = _OBJECT.search(text, position + 1)
            if start is None or breaks > _MOST_BREAKS:
                return found, False
            position = start.start()
            continue
        if isinstance(value, dict | list):
            found.append(value)
        position = _behind(text, position)
    return found, bool(found) and not breaks


def _behind(text: str, position: int) -> int:
    match = _BETWEEN.match(text, position)
    return match.end() if match else position


def _repaired(text: str, pieces: re.Pattern[str]) -> str:
    """The text without comments, commas before a closing bracket, and strange escapes."""
    kept: list[str] = []
    comma = False
    for match in pieces.finditer(text):
        piece = match[0]
        if match["comment"]:
            continue
        if piece == ",":
            comma = bool(kept)
            continue
        if comma and not piece.isspace():
            kept.append("" if piece.lstrip()[0] in "}]" else ",")
            comma = False
        kept.append(_repaired_text(piece) if match["text"] else piece)
    return "".join(kept)


def _repaired_text(text: str) -> str:
    inside = text[1:].removesuffix('"')
    return f'"{_ESCAPE.sub(_repaired_escape, inside)}"'


def _repaired_escape(match: re.Match[str]) -> str:
    if match[0] == '"':
        return r"\""
    return match[0] if match["known"] else str(match["other"])
