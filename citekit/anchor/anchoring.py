"""Anchoring: a quote with its context is looked for in a text that may have changed since.

First the same words, then something like them; rather nothing than a guess. A quote counts as found
where six of ten of its words are left in one stretch; one of a few words, which may stand anywhere,
only beside its context. Source: Web Annotation Data Model, TextQuoteSelector.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from citekit.anchor.alignment import find_like, likeness, likeness_at_start, pairs
from citekit.anchor.normal import normalise
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

State = Literal["exact", "moved", "edited"]

LEAST_WORDS_LEFT: Final = 0.6
_CONTEXT: Final = 32
_ROOM: Final = 12
"""Letters beside a context that may have come between."""
_FEW_WORDS: Final = 5
_LIKE: Final = 0.6
_LIKE_WORD: Final = 0.6
_CONTEXT_OF_FEW: Final = 1.35
"""Of 2: both contexts, one of them whole or both in part."""
_LEFT_AND_CONTEXT: Final = 2.0
"""Of 3: the words that are left count twice."""
_MOST_PLACES: Final = 500
_WORD: Final = re.compile(
    r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+(?:['’.][^\W_]+)*|[^\w\s]"
)


class Quote(Value):
    """A passage as it was: its words, and what stood before and after it."""

    exact: str
    prefix: str = ""
    suffix: str = ""


class Anchor(Value):
    """Where a quote is: a half-open range of code points, how sure that is (0 to 1), and how.

    *exact*: the same words in the same surroundings; *moved*: the same words elsewhere; *edited*:
    words of it have changed.
    """

    start: int
    end: int
    score: float
    state: State


class _Place(Value):
    start: int
    end: int
    words_left: float
    before: float
    after: float

    @property
    def context(self) -> float:
        return max(self.before, self.after)

    @property
    def rank(self) -> float:
        return 2 * self.words_left + self.before + self.after


class AnchoredText:
    """A text in which quotes are looked for; made once for many of them."""

    def __init__(self, text: str) -> None:
        self._normal = normalise(text)

    def find(self, quote: Quote) -> Anchor | None:
        """Where the quote is; None where it is gone, or nobody can tell."""
        exact = normalise(quote.exact).text.strip()
        if not exact:
            return None
        prefix = normalise(quote.prefix).text[-_CONTEXT:]
        suffix = normalise(quote.suffix).text[:_CONTEXT]
        has_context = bool(prefix.strip() or suffix.strip())
        places = list(self._same(exact, prefix, suffix))
        if not any(place.context >= _LIKE for place in places):
            places += self._alike(exact, prefix, suffix)
        place = max(places, key=lambda place: place.rank, default=None)
        if place is None or not _is_sure(exact, place, has_context=has_context):
            return None
        start, end = self._normal.back(place.start, place.end)
        is_there = place.context >= _LIKE or not has_context
        state: State = "edited"
        if self._normal.text[place.start : place.end] == exact:
            state = "exact" if is_there else "moved"
        score = round(min(1.0, (2 * place.words_left + place.context) / 3), 3)
        return Anchor(start=start, end=end, score=score, state=state)

    def _same(self, exact: str, prefix: str, suffix: str) -> Iterator[_Place]:
        """Each place that has the same words."""
        text, at = self._normal.text, -1
        for _ in range(_MOST_PLACES):
            at = text.find(exact, at + 1)
            if at < 0:
                return
            if _is_whole(text, at, exact, prefix, suffix):
                yield self._place(at, at + len(exact), 1.0, prefix, suffix)

    def _alike(self, exact: str, prefix: str, suffix: str) -> Iterator[_Place]:
        """The places that are most like it: with its context, and by itself."""
        text = self._normal.text
        for before, after in dict.fromkeys([(prefix, suffix), ("", "")]):
            query = before + exact + after
            part = (len(before), len(before) + len(exact))
            found = find_like(query, text, most=len(query) // 2, part=part)
            if found is not None:
                start, end = _whole_words(text, found.start, found.end)
                left = words_left(_words(exact), _words(text[start:end]))
                yield self._place(start, end, left, prefix, suffix)

    def _place(self, start: int, end: int, left: float, prefix: str, suffix: str) -> _Place:
        text = self._normal.text
        before = text[max(0, start - len(prefix) - _ROOM) : start]
        after = text[end : end + len(suffix) + _ROOM]
        return _Place(
            start=start,
            end=end,
            words_left=left,
            before=likeness_at_start(prefix[::-1], before[::-1]) if prefix else 0.0,
            after=likeness_at_start(suffix, after) if suffix else 0.0,
        )


def words_left(words: Sequence[str], others: Sequence[str]) -> float:
    """The share of words that are among the others, in their order, mistyped or not.

    >>> words_left(["the", "stone", "pier"], ["the", "stome", "old", "pier"])
    1.0
    """
    if not words:
        return 1.0
    return sum(_is_like(word, other) for word, other in pairs(words, others)) / len(words)


def _is_like(word: str, other: str) -> bool:
    if word == other:
        return True
    longest = max(len(word), len(other))
    if longest < 4 or abs(len(word) - len(other)) > longest * (1 - _LIKE_WORD):
        return False
    return likeness(word, other) >= _LIKE_WORD


def _is_sure(exact: str, place: _Place, *, has_context: bool) -> bool:
    """Whether a place has enough of the quote, and of its context where the quote says little.

    The bounds were set where passages that are left and passages that are gone lie apart, in
    invented articles of other seeds than those that they are measured with.
    """
    if place.words_left < LEAST_WORDS_LEFT:
        return False
    if len(_words(exact)) <= _FEW_WORDS and has_context:
        return place.before + place.after >= _CONTEXT_OF_FEW
    is_whole = place.words_left == 1.0
    return is_whole or 2 * place.words_left + (place.before + place.after) / 2 >= _LEFT_AND_CONTEXT


def _words(text: str) -> list[str]:
    return _WORD.findall(text)


def _is_whole(text: str, at: int, exact: str, prefix: str, suffix: str) -> bool:
    """Whether a place begins and ends at a word's edge, as far as the quote does."""
    end = at + len(exact)
    begins_inside = at > 0 and _joins(text[at - 1]) and _joins(exact[0])
    ends_inside = end < len(text) and _joins(text[end]) and _joins(exact[-1])
    began_inside = bool(prefix) and _joins(prefix[-1]) and _joins(exact[0])
    ended_inside = bool(suffix) and _joins(suffix[0]) and _joins(exact[-1])
    return (began_inside or not begins_inside) and (ended_inside or not ends_inside)


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch without blanks at its ends, and with the whole of its first and last word."""
    while start < end and text[start] == " ":
        start += 1
    while end > start and text[end - 1] == " ":
        end -= 1
    while start > 0 and _joins(text[start - 1]) and _joins(text[start]):
        start -= 1
    while end < len(text) and end > 0 and _joins(text[end]) and _joins(text[end - 1]):
        end += 1
    return start, end


def _joins(letter: str) -> bool:
    return letter.isalnum() and letter < "\u3040"
