"""How like two stretches of text are, and where in a text a stretch may have gone.

The work is edlib's (bit-parallel, in C).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

import edlib

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_LETTERS: Final = 200
"""edlib knows at most 256 different ones: those of the query are kept, all others are one."""
_STEP: Final = re.compile(r"(\d+)([=XID])")


class Found(NamedTuple):
    """A stretch of a text, and how many letters had to change (insertions, deletions, others)."""

    start: int
    end: int
    distance: int


def find_like(query: str, text: str, *, most: int, part: tuple[int, int]) -> Found | None:
    """Where a text has something like the query, of which only a part is asked for.

    ``most`` is how many letters may differ in all; the result is the stretch that stands for the
    half-open ``part`` of the query. None where nothing is like it, or nothing of that part is left.
    """
    if not text:
        return None
    letters = {c: chr(33 + n) for n, c in enumerate(sorted(set(query))[:_MOST_LETTERS])}
    asked, searched = ("".join(letters.get(c, " ") for c in each) for each in (query, text))
    result = edlib.align(asked, searched, mode="HW", task="path", k=most)
    if result["editDistance"] < 0:
        return None
    begin = result["locations"][0][0] or 0
    bounds = _part(result["cigar"] or "", begin, *part)
    return None if bounds is None else Found(*bounds, result["editDistance"])


def _part(cigar: str, there: int, first: int, last: int) -> tuple[int, int] | None:
    """The stretch of the text that is aligned with letters ``first`` to ``last`` of the query."""
    here, start, end = 0, None, None
    for count, step in _STEP.findall(cigar):
        for _ in range(int(count)):
            if step in "=X" and first <= here < last:
                start = there if start is None else start
                end = there + 1
            here += step != "D"
            there += step != "I"
            if here >= last and end is not None:
                break
    return None if start is None or end is None else (start, end)


def pairs(words: Sequence[str], others: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each word with the other one that stands for it, the same or not, where there is one."""
    letters = {w: chr(33 + n) for n, w in enumerate(list(dict.fromkeys(words))[:_MOST_LETTERS])}
    one, two = ("".join(letters.get(w, " ") for w in each) for each in (words, others))
    if not one or not two:
        return
    here = there = 0
    cigar = edlib.align(one, two, mode="NW", task="path")["cigar"]
    for count, step in _STEP.findall(cigar):
        for _ in range(int(count)):
            if step in "=X":
                yield words[here], others[there]
            here += step != "D"
            there += step != "I"


def likeness(one: str, other: str) -> float:
    """From 0 to 1: the share of letters that need not change, of the longer one."""
    longest = max(len(one), len(other))
    if not longest:
        return 1.0
    distance: int = edlib.align(*_folded(one, other), mode="NW", task="distance")["editDistance"]
    return 1.0 - distance / longest


def likeness_at_start(one: str, text: str) -> float:
    """How like the first one is to the beginning of a text, wherever that ends."""
    if not one:
        return 1.0
    if not text:
        return 0.0
    distance: int = edlib.align(*_folded(one, text), mode="SHW", task="distance")["editDistance"]
    return max(0.0, 1.0 - distance / len(one))


def _folded(one: str, other: str) -> tuple[str, str]:
    letters = {c: chr(33 + n) for n, c in enumerate(sorted(set(one))[:_MOST_LETTERS])}
    return "".join(letters.get(c, " ") for c in one), "".join(letters.get(c, " ") for c in other)


def word_steps(
    words: Sequence[str], others: Sequence[str], *, most: int
) -> list[tuple[str, int, int]]:
    """How words become the stretch of others that is most like them: step, word, other word.

    Steps are ``=``, ``X`` (another word), ``I`` (only here) and ``D`` (only there); ``most`` is how
    many words may differ. Nothing where more do.
    """
    known = list(dict.fromkeys(words))[:_MOST_LETTERS]
    letters = {word: chr(33 + n) for n, word in enumerate(known)}
    one, two = ("".join(letters.get(w, " ") for w in each) for each in (words, others))
    if not one or not two:
        return []
    result = edlib.align(one, two, mode="HW", task="path", k=most)
    if result["editDistance"] < 0:
        return []
    steps, here, there = [], 0, result["locations"][0][0] or 0
    for count, step in _STEP.findall(result["cigar"] or ""):
        for _ in range(int(count)):
            is_same = step == "=" and words[here] == others[there]
            steps.append(("X" if step == "=" and not is_same else step, here, there))
            here += step != "D"
            there += step != "I"
    return steps
