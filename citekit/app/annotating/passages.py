"""Passages of an item's text: paragraphs, names such as ``KEY#p3``."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Final

from citekit.errors import NotFound, UsageError
from citekit.model.capture import Capture, TextMap
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.store.reading import ArchiveReader

Range = tuple[int, int]

_ASIDE: Final = frozenset("-\u00ad\u2010\u2011\u200b\ufeff")
_QUOTES: Final = str.maketrans("\u2018\u2019\u201c\u201d\u2013\u2014", "''\"\"  ")


class ItemText(Value):
    """One capture's text on this machine, and its shape."""

    key: str
    stamp: str
    capture: Capture
    text: str
    map: TextMap


def texts_of(store: ArchiveReader, key: str) -> Iterator[ItemText]:
    """The texts of an item's captures that are on this machine, the newest first."""
    for stamp, capture in reversed(store.captures(key).items()):
        payload = capture.payloads.get("text")
        text = store.text(key, stamp) if payload and payload.map else None
        if text is not None and payload and payload.map:
            yield ItemText(key=key, stamp=stamp, capture=capture, text=text, map=payload.map)


def read_text(store: ArchiveReader, key: str) -> ItemText:
    """The text of the item's newest capture that has one.

    Raises NotFound when no capture has a text, or when its bytes are not on this computer.
    """
    for stamp, capture in reversed(store.captures(key).items()):
        payload = capture.payloads.get("text")
        if payload is None or payload.map is None:
            continue
        text = store.text(key, stamp)
        if text is None:
            raise NotFound(
                f"the text of {key} is not on this computer",
                hint=f"bring it back: citekit restore {key} FILE",
            )
        return ItemText(key=key, stamp=stamp, capture=capture, text=text, map=payload.map)
    raise NotFound(f"{key} has no text", hint="only items with a text can be annotated by passage")


def paragraph(text: ItemText, passage: str) -> Range:
    """The range of ``p3``; raises UsageError or NotFound."""
    match = re.fullmatch(r"p([1-9]\d{0,5})", passage)
    if match is None:
        raise UsageError(
            f"names no body paragraph: {text.key}#{passage}",
            hint=f"paragraphs are {text.key}#p1 to {text.key}#p{len(text.map.paragraphs)}",
        )
    number = int(match[1])
    if number > len(text.map.paragraphs):
        raise NotFound(
            f"{text.key} has no paragraph {number}",
            hint=f"its last one is {text.key}#p{len(text.map.paragraphs)}",
        )
    start, end = text.map.paragraphs[number - 1]
    return start, end


def paragraph_number(paragraphs: tuple[tuple[int, ...], ...], offset: int) -> int | None:
    """The number of the paragraph that holds an offset, from 1."""
    for number, (start, end) in enumerate(paragraphs, 1):
        if start <= offset < max(end, start + 1):
            return number
    return None


class Letters:
    """The letters of a text and where each stands, for quotes that are spelled a little otherwise.

    White space, hyphens, forms of quotation marks and ligatures do not count: they differ between
    two readers of one page.
    """

    def __init__(self, text: str) -> None:
        letters = [(one, place) for place, sign in enumerate(text) for one in _folded(sign)]
        self._text = "".join(one for one, _ in letters)
        self._places = [place for _, place in letters]

    def find(self, quote: str) -> Range | None:
        """Where the quote's letters stand, if they stand in one place alone."""
        wanted = "".join(map(_folded, quote))
        first = self._text.find(wanted) if wanted else -1
        if first < 0 or self._text.find(wanted, first + 1) >= 0:
            return None
        return self._places[first], self._places[first + len(wanted) - 1] + 1


@cache
def _folded(sign: str) -> str:
    """One sign as it is compared; empty where it does not count."""
    if sign.isascii():
        return sign if sign.isalnum() else "" if sign in _ASIDE or sign.isspace() else sign
    plain = unicodedata.normalize("NFKC", sign).translate(_QUOTES)
    return "".join(one for one in plain if one not in _ASIDE and not one.isspace())
