"""Where annotations lie in a text: paragraphs cut at every boundary of an annotation.

Overlapping and nested passages come out right because the pieces never overlap: each piece knows
which annotations cover it. Offsets are code points, half-open. Nothing here needs the words, so a
withheld text is cut in the same way.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from operator import itemgetter
from typing import TYPE_CHECKING

from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence


class Span(Value):
    """The range of one annotation in the whole text."""

    start: int
    end: int
    annotation: str


class Piece(Value):
    """A range that no boundary crosses, and the annotations over it, the widest first."""

    start: int
    end: int
    annotations: tuple[str, ...]
    ends: tuple[str, ...] = ()  # those whose passage ends with this piece


def find_paragraphs(text: str) -> tuple[tuple[int, int], ...]:
    r"""The ranges of a text's paragraphs: what stands between blank lines.

    >>> find_paragraphs("One.\n\nTwo.")
    ((0, 4), (6, 10))
    """
    ranges, start = [], 0
    for part in text.rstrip("\n").split("\n\n"):
        if part:
            ranges.append((start, start + len(part)))
        start += len(part) + 2
    return tuple(ranges)


def cut(start: int, end: int, spans: Sequence[Span]) -> tuple[Piece, ...]:
    """The pieces of the paragraph ``start`` to ``end``.

    >>> [(p.start, p.end, p.annotations) for p in cut(0, 9, [Span(start=2, end=5, annotation="a")])]
    [(0, 2, ()), (2, 5, ('a',)), (5, 9, ())]
    """
    touching = [span for span in spans if span.start < end and span.end > start]
    bounds = {start, end}
    for span in touching:
        bounds |= {max(start, span.start), min(end, span.end)}
    cuts = sorted(bounds)
    widest_first = sorted(touching, key=lambda s: (s.start - s.end, s.start, s.annotation))
    return tuple(
        Piece(
            start=low,
            end=high,
            annotations=tuple(s.annotation for s in widest_first if s.start <= low < s.end),
            ends=tuple(s.annotation for s in widest_first if s.end == high and s.start <= low),
        )
        for low, high in itertools.pairwise(cuts)
    )


def paragraph_of(offset: int, paragraphs: Sequence[Sequence[int]]) -> int | None:
    """The number, from 1, of the paragraph that holds the offset; None outside all of them.

    The paragraphs are in order, and apart.
    """
    number = bisect_right(paragraphs, offset, key=itemgetter(0))
    return number if number and offset < paragraphs[number - 1][1] else None
