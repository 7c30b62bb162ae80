"""Cut a text dump into units: the headlines, lines and paragraphs that a reader sees.

Offsets are code points of the decoded original, half-open, white space at the ends left out. Where
a program has wrapped paragraphs at a fixed width, the wrapped lines are one unit again.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cached_property

from citekit.extract.shared.words import bare, fold

_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029\x0b\x0c\x85]")
_WRAP_WIDTH = 110  # lines wrapped by a program are not longer
_ENDS = re.compile(r"[.!?…。！？؟।:;][\"'”’»«“‘)\]」』】]*$")
_CONTENT = re.compile(r"\S[^\n\r\u2028\u2029\x0b\x0c\x85]*")
_INVISIBLE = " \t\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad"


@dataclass(frozen=True)  # no slots: features are computed once and kept
class Unit:
    """One line or rejoined paragraph: its text, range, line from 1, and block from 0."""

    text: str
    start: int
    end: int
    line: int
    block: int

    @cached_property
    def folded(self) -> str:
        """The text without case, accents and quotes."""
        return fold(self.text[:400])

    @cached_property
    def bare(self) -> str:
        """The folded text without punctuation around it."""
        return bare(self.text[:400])

    @cached_property
    def width(self) -> int:
        """Length with East Asian characters counted twice, as they carry about two letters."""
        return len(self.text) + sum("\u2e80" <= c <= "\uffef" for c in self.text[:2000])

    @property
    def is_sentence(self) -> bool:
        """Whether it ends as a sentence does."""
        return bool(_ENDS.search(self.text[-8:]))

    @property
    def is_prose(self) -> bool:
        """Whether it is long and ends as sentences do: surely a paragraph."""
        return (self.width >= 90 and self.is_sentence) or self.width >= 260

    def place(self, start: int | None = None, end: int | None = None) -> dict[str, object]:
        """The place of this unit, or of a part given by offsets into its text."""
        first = self.start if start is None else self.start + start
        last = self.end if end is None else self.start + end
        return {"payload": "original", "line": self.line, "start": first, "end": last}


def split_units(decoded: str) -> list[Unit]:
    """The units of a text, in order."""
    lines = _lines(decoded)
    width = _wrap_width(lines)
    if width is None:
        return lines
    return _rejoin(decoded, lines, width)


def _lines(decoded: str) -> list[Unit]:
    units: list[Unit] = []
    end, number, block = 0, 1, -1
    for match in _CONTENT.finditer(decoded):
        text = match[0].strip(_INVISIBLE)
        if not text:
            continue
        start = match.start() + match[0].index(text)
        breaks = sum(1 for _ in _LINE_BREAK.finditer(decoded, end, start))
        number += breaks
        block += breaks > 1 or not units
        end = start + len(text)
        units.append(Unit(text, start, end, number, block))
    return units


def _wrap_width(lines: list[Unit]) -> int | None:
    """The width at which a program wrapped the paragraphs, or None if nothing shows that it did.

    In wrapped text a line ends because the next word would not have fitted.
    """
    if not lines or max(unit.width for unit in lines) > _WRAP_WIDTH:
        return None
    width = max(unit.width for unit in lines)
    inner = [(one, other) for one, other in itertools.pairwise(lines) if one.block == other.block]
    if width < 40 or len(inner) < 3:
        return None
    full = [
        one.width + 1 + len(other.text.split(maxsplit=1)[0]) > width - 3 for one, other in inner
    ]
    return width if sum(full) >= 0.6 * len(full) else None


def _rejoin(decoded: str, lines: list[Unit], width: int) -> list[Unit]:
    """The lines with those that were wrapped put together again, each paragraph at one go."""
    groups: list[list[Unit]] = []
    for unit in lines:
        group = groups[-1] if groups else None
        if group and group[-1].block == unit.block and _goes_on(decoded, group, unit, width):
            group.append(unit)
        else:
            groups.append([unit])
    return [_paragraph(decoded, group) for group in groups]


def _goes_on(decoded: str, group: list[Unit], unit: Unit, width: int) -> bool:
    """Whether the lines so far were wrapped before this unit: its first word had no room."""
    first, last = group[0], group[-1]
    if last.end - first.start > width:
        return True
    tail = _paragraph(decoded, group).text
    return width - len(tail) <= len(unit.text.split(maxsplit=1)[0]) + 12


def _paragraph(decoded: str, group: list[Unit]) -> Unit:
    first, last = group[0], group[-1]
    if first is last:
        return first
    text = " ".join(decoded[first.start : last.end].split())
    return Unit(text, first.start, last.end, first.line, first.block)
