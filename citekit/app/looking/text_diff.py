"""What changed between two texts, word by word within paragraphs; strings in, values out.

Paragraphs are matched first, then the words of those that were rewritten. Both times by Myers'
algorithm with a limit: two texts with little in common cost no more than saying so.
Source: E. W. Myers, An O(ND) Difference Algorithm and Its Variations (1986).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")
Op = Literal["same", "removed", "added"]

_MOST_EDITS: Final = 500  # beyond, two sequences count as altogether different
_ALIKE: Final = 0.5  # the share of words that makes a paragraph a version of another
_LOOK_AHEAD: Final = 8
# Scripts without spaces are cut into signs; else a "word" would be a sentence.
_TOKEN: Final = re.compile(
    r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]|\w(?:[\w'’]*\w)?|\s+|.", re.DOTALL
)


class Piece(Value):
    """A run of words that both texts have, or one of them."""

    op: Op
    text: str


class Paragraph(Value):
    """One paragraph with its number in each text, from 1; None where it is absent."""

    old: int | None
    new: int | None
    pieces: tuple[Piece, ...]

    @property
    def is_same(self) -> bool:
        """Whether both texts have it word for word."""
        return all(piece.op == "same" for piece in self.pieces)

    def to_json(self) -> dict[str, Any]:
        """Numbers and pieces."""
        pieces = [{"op": piece.op, "text": piece.text} for piece in self.pieces]
        return {"old": self.old, "new": self.new, "pieces": pieces}


def diff_texts(old: str, new: str) -> tuple[Paragraph, ...]:
    r"""Every paragraph of both texts, in reading order; paragraphs are divided by blank lines.

    >>> [p.pieces[0].op for p in diff_texts("One.\n\nTwo.", "One.\n\nThree.")]
    ['same', 'removed', 'added']
    """
    olds, news = _paragraphs(old), _paragraphs(new)
    found: list[Paragraph] = []
    removed: list[int] = []
    added: list[int] = []
    for op, i, j in align(olds, news):
        if op == "removed":
            removed.append(i)
        elif op == "added":
            added.append(j)
        else:
            found += _rewritten(olds, news, removed, added)
            removed, added = [], []
            found.append(Paragraph(old=i + 1, new=j + 1, pieces=(Piece(op="same", text=olds[i]),)))
    return (*found, *_rewritten(olds, news, removed, added))


def diff_words(old: str, new: str) -> tuple[Piece, ...]:
    """The runs of words that are the same, removed and added; together they are both texts."""
    olds, news = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[Piece] = []
    for op, run in _runs(olds, news):
        pieces.append(Piece(op=op, text="".join(run)))
    return tuple(pieces)


def align(old: Sequence[T], new: Sequence[T]) -> Iterator[tuple[Op, int, int]]:
    """Each element as same (both indexes count), removed (the first) or added (the second)."""
    start = 0
    shorter = min(len(old), len(new))
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    yield from (("same", i, i) for i in range(start))
    stop_old, stop_new = len(old) - end, len(new) - end
    for op, i, j in _myers(old[start:stop_old], new[start:stop_new]):
        yield op, i + start, j + start
    yield from (("same", stop_old + i, stop_new + i) for i in range(end))


def _myers(old: Sequence[T], new: Sequence[T]) -> list[tuple[Op, int, int]]:
    """The shortest script; one that removes all and adds all when it would be too long."""
    n, m = len(old), len(new)
    furthest = {1: 0}  # diagonal x - y -> how far in ``old`` the script of this round gets
    trace: list[dict[int, int]] = []
    for edits in range(min(n + m, _MOST_EDITS) + 1):
        trace.append(furthest.copy())
        for k in range(-edits, edits + 1, 2):
            x = furthest[k + 1] if _is_down(furthest, k, edits) else furthest[k - 1] + 1
            while x < n and x - k < m and old[x] == new[x - k]:
                x += 1
            furthest[k] = x
            if x >= n and x - k >= m:
                return _walk_back(trace, n, m)
    return [*(("removed", i, 0) for i in range(n)), *(("added", n, j) for j in range(m))]


def _is_down(furthest: dict[int, int], k: int, edits: int) -> bool:
    """Whether diagonal ``k`` is reached by adding, not by removing."""
    return k == -edits or (k != edits and furthest[k - 1] < furthest[k + 1])


def _walk_back(trace: list[dict[int, int]], x: int, y: int) -> list[tuple[Op, int, int]]:
    """The script that led to the end, from the state before each of its edits."""
    script: list[tuple[Op, int, int]] = []
    for edits in range(len(trace) - 1, -1, -1):
        furthest, k = trace[edits], x - y
        before = k + 1 if _is_down(furthest, k, edits) else k - 1
        old_x = furthest[before]
        old_y = old_x - before
        while x > old_x and y > old_y:
            x, y = x - 1, y - 1
            script.append(("same", x, y))
        if edits:
            script.append(("added", x, old_y) if x == old_x else ("removed", old_x, y))
        x, y = old_x, old_y
    return script[::-1]


def _runs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Op, list[str]]]:
    """The script in runs, what was removed before what was added in its place."""
    kept: dict[Op, list[str]] = {"removed": [], "added": []}
    same: list[str] = []
    for op, i, j in align(old, new):
        if op != "same":
            if same:
                yield "same", same
                same = []
            kept[op].append(old[i] if op == "removed" else new[j])
            continue
        yield from ((k, run) for k, run in kept.items() if run)
        kept = {"removed": [], "added": []}
        same.append(old[i])
    if same:
        yield "same", same
    yield from ((k, run) for k, run in kept.items() if run)


def _rewritten(
    olds: Sequence[str], news: Sequence[str], removed: Sequence[int], added: Sequence[int]
) -> Iterator[Paragraph]:
    """A block that differs: paragraphs that are versions of each other are compared by words."""
    left = list(added)
    for i in removed:
        match = next((j for j in left[:_LOOK_AHEAD] if _are_alike(olds[i], news[j])), None)
        if match is None:
            yield Paragraph(old=i + 1, new=None, pieces=(Piece(op="removed", text=olds[i]),))
            continue
        while left[0] != match:
            j = left.pop(0)
            yield Paragraph(old=None, new=j + 1, pieces=(Piece(op="added", text=news[j]),))
        left.pop(0)
        pieces = diff_words(olds[i], news[match])
        yield Paragraph(old=i + 1, new=match + 1, pieces=pieces)
    for j in left:
        yield Paragraph(old=None, new=j + 1, pieces=(Piece(op="added", text=news[j]),))


def _are_alike(old: str, new: str) -> bool:
    words = Counter(re.findall(r"\w+", old)), Counter(re.findall(r"\w+", new))
    total = words[0].total() + words[1].total()
    return bool(total) and 2 * (words[0] & words[1]).total() / total >= _ALIKE


def _paragraphs(text: str) -> list[str]:
    return text.split("\n\n") if text else []
