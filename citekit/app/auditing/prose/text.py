"""Running text without mark-up in which everything stands where it stood in the file."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from citekit.formats.latex.read import read_latex
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Range = tuple[int, int]
Spot = tuple[str, int]

DROPPED: Final = "\0"
"""Stands where mark-up was: it is not there, and what is beside it touches."""
_LONGEST: Final = 20_000
_REST_OF_TEX: Final = re.compile(r"</?\w+>|\\[A-Za-z@]+\*?|[{}]")
_BLANK_LINES: Final = re.compile(r"\n[ \t\r\0]*\n[\s\0]*")


class Cite(Value):
    """A key that is cited: where its citation starts and ends, and ``rest``, what stands behind it.

    ``at`` is where the key stands. ``is_narrative`` says that the author is in the sentence.
    """

    key: str
    at: int
    start: int
    end: int
    rest: str = ""
    is_narrative: bool = False


class Prose(Value):
    """A file, or a cell of a notebook, as running text.

    ``text`` has the length of what was read, with ``DROPPED`` for mark-up and blanks for what is no
    running text; ``content`` is what quotations are cut from. ``displayed`` are block quotes,
    ``marked`` quotations that a command makes, ``bound`` where the citation of such a one is, by
    where it starts.
    """

    text: str
    content: str
    blocks: tuple[Range, ...]
    displayed: tuple[Range, ...] = ()
    marked: tuple[Range, ...] = ()
    bound: tuple[tuple[int, tuple[Cite, ...]], ...] = ()
    cites: tuple[Cite, ...] = ()
    is_latex: bool = False

    def said(self, start: int, end: int) -> str:
        """The words in a range, without mark-up."""
        text = self.content[start:end].replace(DROPPED, "")
        if self.is_latex:
            text = _REST_OF_TEX.sub("", read_latex(text))
        return " ".join(text.split())


class Mask:
    """A text whose mark-up is taken out, place by place; its length stays."""

    def __init__(self, text: str) -> None:
        self._signs = list(text)

    def __str__(self) -> str:
        return "".join(self._signs)

    def drop(self, start: int, end: int) -> None:
        """Leave a range out."""
        self._signs[start:end] = DROPPED * (end - start)

    def blank(self, start: int, end: int) -> None:
        """Put blanks into a range; its line ends stay."""
        self._signs[start:end] = [s if s in "\r\n" else " " for s in self._signs[start:end]]

    def put(self, at: int, sign: str, size: int = 1) -> None:
        """Put a sign in the place of so many."""
        self._signs[at : at + size] = [sign, *DROPPED * (size - 1)]

    def drop_all(self, pattern: re.Pattern[str], keep: int | None = None) -> None:
        """Leave out each match of a pattern but one of its groups."""
        for match in pattern.finditer(str(self)):
            kept = match.span(keep) if keep is not None and match[keep] is not None else None
            if kept is None:
                self.drop(*match.span())
            else:
                self.drop(match.start(), kept[0])
                self.drop(kept[1], match.end())


def paragraphs(text: str) -> Iterator[Range]:
    """The stretches between blank lines that hold anything."""
    at = 0
    for gap in [*(match.span() for match in _BLANK_LINES.finditer(text)), (len(text), len(text))]:
        if text[at : gap[0]].replace(DROPPED, "").strip():
            yield at, gap[0]
        at = gap[1]


def cites_at(spots: Sequence[Spot], start: int, end: int, **said: bool | str) -> Iterator[Cite]:
    """The cites of one citation, of those keys that stand in its range."""
    for key, at in within(spots, start, end):
        yield Cite(key=key, at=at, start=start, end=end, **said)  # type: ignore[arg-type]  # fields of it


def within(spots: Sequence[Spot], start: int, end: int) -> Sequence[Spot]:
    """Those of some spots, sorted by their places, that stand in a range."""
    first = bisect_left(spots, start, key=_place)
    return spots[first : bisect_left(spots, end, first, key=_place)]


def _place(spot: Spot) -> int:
    return spot[1]


def closing(text: str, at: int, pair: str) -> int:
    """Behind the bracket that closes the one at an offset; behind that one where none does."""
    depth = 0
    for sign in re.compile(rf"\\.|[{re.escape(pair)}]").finditer(text, at, at + _LONGEST):
        depth += {pair[0]: 1, pair[1]: -1}.get(sign[0], 0)
        if depth == 0:
            return sign.end()
    return at + 1
