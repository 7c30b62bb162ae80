"""The values of BibTeX fields, with the file's own strings (``@string``) put in: within a budget.

Twenty-two strings that each hold the last one twice turn 770 bytes into gigabytes. So what comes of
an entry, and what all strings of a file come to where they are used, is counted before it is made.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.formats.bibtex.dates import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_SIGNS: Final = 1_000_000
"""Of one string, and of all fields of one entry: a book of 500 pages has as many."""
_TIMES: Final = 10
"""So many times the text of a file its strings may come to where they are used."""


class TooLong(Exception):
    """A value that passes its limit; the message says which limit."""


class Strings:
    """The strings of one file; names count without their letter case, the months are known."""

    def __init__(self, text: str) -> None:
        self.undefined: list[str] = []
        """Names that stand for nothing, in the values joined since it was last emptied."""
        self._values: dict[str, str | None] = {month: month for month in MONTHS}
        self._left = MOST_SIGNS + _TIMES * len(text)

    def define(self, name: str, raw: str) -> None:
        """Take in a string; raises TooLong, and then does so wherever it is used."""
        self._values[name.casefold()] = None
        self._values[name.casefold()] = self.join(raw, MOST_SIGNS)

    def join(self, raw: str, room: int) -> str:
        """A value without its delimiters: pieces joined by ``#``, strings put in.

        >>> Strings("").join('"Jan" # { 2} # feb', 100)
        'Jan 2feb'

        Raises TooLong where it has more than ``room`` signs.
        """
        pieces = []
        for piece in _pieces(raw):
            pieces.append(self._value(piece.strip()))
            room -= len(pieces[-1])
            if room < 0:
                raise TooLong(f"more than {MOST_SIGNS:,} signs")
        return "".join(pieces)

    def _value(self, piece: str) -> str:
        if len(piece) > 1 and (piece[0], piece[-1]) in (("{", "}"), ('"', '"')):
            return piece[1:-1]
        name = piece.casefold()
        if name not in self._values and re.fullmatch(r"[A-Za-z_][\w:.+-]*", piece):
            self.undefined.append(piece)
        value = self._values.get(name, piece)
        if value is None:
            raise TooLong(f"the string {piece[:40]!r}, which is too long, stands in it")
        self._left -= len(value)
        if self._left < 0:
            raise TooLong(f"the strings of this file come to more than {_TIMES} times its text")
        return value


def _pieces(raw: str) -> Iterable[str]:
    """The text between the ``#`` that are in no braces and no quotes."""
    depth, quoted, start = 0, False, 0
    for match in re.finditer(r'(?<!\\)[{}"#]', raw):
        sign = match[0]
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if sign == '"' and depth == 0:
            quoted = not quoted
        elif sign == "#" and depth == 0 and not quoted:
            yield raw[start : match.start()]
            start = match.end()
    yield raw[start:]
