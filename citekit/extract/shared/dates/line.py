"""A line as dates are looked for in it: names of months are one sign each, all digits are ASCII.

So one set of patterns reads every language, and every range found leads back to the line.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from citekit.extract.shared.dates.names import letters, months_named

if TYPE_CHECKING:
    from citekit.extract.shared.dates.names import Month

_FIRST_SIGN: Final = 0xE000  # private use: no letter, no digit, no white space
_MOST_MONTHS: Final = 1_000
MONTH_SIGN: Final = "[\ue000-\ue3ff]"
_MOST_WORDS: Final = 3  # of a month's name
# Thai writes dots inside its abbreviations, Arabic and English apostrophes.
_WORD: Final = re.compile(rf"{letters()}(?:['’`]?{letters()}|\.(?=[\u0e00-\u0e7f]))*+")
_BETWEEN: Final = re.compile(r"[\s\-‑–\u200c]{1,2}")
_PREFIXES: Final = frozenset("בלמה")  # Hebrew prepositions are written as one word with the month
_SPACES: Final = {
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u2007": " ",
    "：": ":",
    "／": "/",
    "（": "(",
    "）": ")",
    "．": ".",
    "－": "-",
}
_NUMERALS: Final = {sign: value for value, sign in enumerate("〇一二三四五六七八九")} | {
    "零": 0,
    "○": 0,
}
_NUMERAL: Final = re.compile(r"[〇零○一二三四五六七八九十百廿卅]{1,6}(?=[年月日號号])")


class Line:
    """A line with months as signs; ``at`` leads from a position in ``text`` back to the line."""

    def __init__(self, line: str) -> None:
        self.months: list[tuple[Month, ...]] = []
        self._pieces: list[str] = []
        self._starts: list[int] = []
        position = 0
        plain = ascii_digits(line)
        for start, end, text in sorted([*self._month_spans(plain), *_numeral_spans(plain)]):
            if start < position:
                continue
            self._keep(plain[position:start], position)
            self._pieces.append(text)
            self._starts += [start] * len(text)
            position = end
        self._keep(plain[position:], position)
        self._starts.append(len(plain))
        self.text = "".join(self._pieces)

    def _keep(self, text: str, start: int) -> None:
        self._pieces.append(text)
        self._starts += range(start, start + len(text))

    def at(self, position: int) -> int:
        """The position in the line of a position in ``text``."""
        return self._starts[position]

    def months_at(self, sign: str) -> tuple[Month, ...]:
        """What the name that a sign stands for may mean."""
        return self.months[ord(sign) - _FIRST_SIGN]

    def _month_spans(self, line: str) -> list[tuple[int, int, str]]:
        words = list(_WORD.finditer(line))
        spans: list[tuple[int, int, str]] = []
        number = 0
        while number < len(words) and len(self.months) < _MOST_MONTHS:
            found = _longest_name(line, words, number)
            if found is None:
                number += 1
                continue
            months, count = found
            span = words[number].start(), words[number + count - 1].end()
            spans.append((*span, chr(_FIRST_SIGN + len(self.months))))
            self.months.append(months)
            number += count
        return spans


def _longest_name(
    line: str, words: list[re.Match[str]], first: int
) -> tuple[tuple[Month, ...], int] | None:
    """The months that the words from one on name, and how many words that takes."""
    most = 1
    while most < _MOST_WORDS and first + most < len(words):
        if not _BETWEEN.fullmatch(line, words[first + most - 1].end(), words[first + most].start()):
            break
        most += 1
    for count in range(most, 0, -1):
        name = line[words[first].start() : words[first + count - 1].end()]
        months = months_named(name) or (months_named(name[1:]) if name[0] in _PREFIXES else ())
        if months:
            return months, count
    return None


def _numeral_spans(line: str) -> list[tuple[int, int, str]]:
    """Numbers of years, months and days that are written in Chinese characters, as digits."""
    if line.isascii():
        return []
    return [(m.start(), m.end(), _arabic(m[0])) for m in _NUMERAL.finditer(line)]


def _arabic(numeral: str) -> str:
    """The digits of a number such as 二〇二四, 十二 or 一百一十三.

    >>> _arabic("二〇二四"), _arabic("十二"), _arabic("廿一"), _arabic("一百一十三")
    ('2024', '12', '21', '113')
    """
    plain = numeral.replace("廿", "二十").replace("卅", "三十")
    if "十" not in plain and "百" not in plain:
        return "".join(str(_NUMERALS[sign]) for sign in plain)
    hundreds, _, rest = plain.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    value = 100 * _NUMERALS.get(hundreds[-1:], 1) if "百" in plain else 0
    value += 10 * (_NUMERALS.get(tens[-1:], 1) if ten else 0)
    return str(value + _NUMERALS.get(ones[-1:], 0))


def ascii_digits(text: str) -> str:
    """The same text with Arabic, Persian, full-width … digits as 0–9; offsets stay."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(c, c)) if not c.isascii() and c.isdecimal() else _SPACES.get(c, c)
        for c in text
    )
