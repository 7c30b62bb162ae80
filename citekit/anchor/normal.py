"""A text without what typesetters change, and the way back from each letter to the text as it is.

Quotation marks, dashes, spaces, ellipses and ligatures become their plain forms, letters composed
ones (NFC); what has no width is left out. Source: Unicode Standard Annex 15.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN: Final = {
    **dict.fromkeys("‘’‚‛′‹›`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
    "…": "...",
}
_NO_WIDTH: Final = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff\u200e\u200f")
_LIGATURES: Final = range(0xFB00, 0xFB07)
_SIMPLE: Final = re.compile(r"[A-Za-z0-9,.;:!?()'\"/-]+")


class Normal(NamedTuple):
    """The plain text; where in the text as it is each of its letters begins, and where it ends."""

    text: str
    starts: list[int]
    ends: list[int]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the text as it is that a range (not an empty one) stands for."""
        return self.starts[start], self.ends[end - 1]


def normalise(text: str) -> Normal:
    r"""The plain form of a text.

    >>> normalise("“No”\u00a0–\n ﬁne").text
    '"No" - fine'
    """
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, plain in _pieces(text):
        if plain == " " and letters and letters[-1] == " ":
            ends[-1] = end
            continue
        for offset, letter in enumerate(plain):
            is_one_each = end - start == len(plain)
            letters.append(letter)
            starts.append(start + offset if is_one_each else start)
            ends.append(start + offset + 1 if is_one_each else end)
    return Normal("".join(letters), starts, ends)


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Stretches of the text with what each becomes; nothing for what has no width."""
    at, size = 0, len(text)
    while at < size:
        simple = _SIMPLE.match(text, at)
        if simple and not _combines(text, simple.end()):
            yield at, simple.end(), simple[0]
            at = simple.end()
            continue
        end = at + 1
        while _combines(text, end):
            end += 1
        plain = _plain(text[at:end])
        if plain:
            yield at, end, plain
        at = end


def _combines(text: str, at: int) -> bool:
    return at < len(text) and text[at] > "\u02ff" and unicodedata.combining(text[at]) != 0


def _plain(cluster: str) -> str:
    if len(cluster) == 1:
        if cluster in _NO_WIDTH:
            return ""
        if cluster.isspace():
            return " "
        if cluster in _PLAIN:
            return _PLAIN[cluster]
        if ord(cluster) in _LIGATURES:
            return unicodedata.normalize("NFKC", cluster)
    return unicodedata.normalize("NFC", cluster)
