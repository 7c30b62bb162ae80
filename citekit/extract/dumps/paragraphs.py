"""Cut a text dump into units: the headlines, lines and paragraphs that a reader sees.

Offsets are code points of the decoded original, half-open, white space at the ends left out. Where
a program has wrapped paragraphs at a fixed width, the wrapped lines are one unit again.
"""

from __future__ import annotations

import itertools
import re

from citekit.extract.shared.unit import Unit

_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029\x0b\x0c\x85]")
_WRAP_WIDTH = 110  # lines wrapped by a program are not longer
_CONTENT = re.compile(r"\S[^\n\r\u2028\u2029\x0b\x0c\x85]*")
_INVISIBLE = " \t\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\u00ad"


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
        units.append(Unit(text=text, start=start, end=end, line=number, block=block))
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
    return Unit(text=text, start=first.start, end=last.end, line=first.line, block=first.block)
