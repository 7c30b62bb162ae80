"""Rows for people, in columns as wide as the terminal has room."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from citekit.model.records.control_characters import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BETWEEN: Final = "  "
_LONG: Final = 48
"""A cell beyond that goes out of its column, and does not make all rows as long."""
_LEAST: Final = 20
"""A last column that has less room stands on lines of its own."""


def table(rows: Sequence[Sequence[str]], *, width: int | None) -> Iterator[str]:
    """Lines of these rows; in ``width`` columns of a terminal, of any length where it is None.

    The first column is never cut, the others are where room lacks. On a narrow screen the last one
    stands below the others.
    """
    shown = [[visible(cell) for cell in row] for row in rows]
    natural = [max(map(width_of, column)) for column in zip(*shown, strict=True)]
    if width is None:
        yield from _lines(shown, [_usual(column) for column in zip(*shown, strict=True)])
        return
    widths = _fitted(natural, width)
    if len(widths) < 2 or widths[-1] >= min(_LEAST, natural[-1]):
        yield from _lines(shown, widths, cuts=True)
        return
    heads = _lines([row[:-1] for row in shown], _fitted(natural[:-1], width), cuts=True)
    for head, row in zip(heads, shown, strict=True):
        yield head
        if row[-1]:
            yield f"{_BETWEEN}{cut(row[-1], width - len(_BETWEEN))}"


def _usual(column: Iterable[str]) -> int:
    return max((n for n in map(width_of, column) if n <= _LONG), default=0)


def _fitted(natural: Sequence[int], width: int) -> list[int]:
    """Widths that fit: the first column has what it needs, the widest of the others give way."""
    first, *others = natural
    room = width - first - len(_BETWEEN) * len(others)
    left, columns = room, len(others)
    for need in sorted(others):
        if need * columns > left:
            break
        left, columns = left - need, columns - 1
    most = max(left // columns, 1) if columns else room
    fitted = [min(need, most) for need in others]
    if columns and fitted[-1] < natural[-1]:
        fitted[-1] += max(room - sum(fitted), 0)
    return [first, *fitted]


def _lines(
    rows: Iterable[Sequence[str]], widths: Sequence[int], *, cuts: bool = False
) -> Iterator[str]:
    for row in rows:
        cells = [cut(c, w) for c, w in zip(row[1:], widths[1:], strict=True)] if cuts else row[1:]
        padded = [
            cell + " " * (width - width_of(cell))
            for cell, width in zip((row[0], *cells), widths, strict=True)
        ]
        yield _BETWEEN.join(padded).rstrip()


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes (UAX #11: Chinese and Japanese signs take two).

    >>> width_of("Díaz"), width_of("北京")
    (4, 4)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(sign: str) -> int:
    if unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in ("W", "F") else 1


def cut(text: str, width: int) -> str:
    """The text, with an ellipsis for what goes beyond so many columns.

    >>> cut("Old harbour", 6), cut("北京的新闻", 6)
    ('Old h…', '北京…')
    """
    if width_of(text) <= width:
        return text
    taken, room = [], width - 1
    for sign in text:
        room -= _columns(sign)
        if room < 0:
            break
        taken.append(sign)
    return "".join(taken) + "…"
