"""Captions and credits among the lines of a text dump."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.extract.shared.credits import (
    caption_alone,
    clean_credit,
    credit_alone,
    name_in_parentheses,
    split_caption,
)
from citekit.extract.shared.datelines import read_meta_line
from citekit.extract.shared.evidence import Caption

if TYPE_CHECKING:
    from citekit.extract.dumps.lines import Line, Span

_LONGEST: Final = 420  # signs of a caption with its credit right under it
_LONGEST_APART: Final = 200  # where a blank line is between them
_LEAST_PROSE: Final = 110  # signs of a paragraph that is hardly a caption


def mark_captions(lines: list[Line]) -> None:
    """Mark the lines that are a caption or a credit, with the ranges of both."""
    for position, line in enumerate(lines):
        if line.part:
            continue
        text = line.unit.text
        found = split_caption(text) or name_in_parentheses(text)
        if found:
            line.part = "caption"
            line.captions = [(found.caption, found.credit, found.rule, found.confidence)]
        elif alone := caption_alone(text):
            line.part = "caption"
            line.captions = [(alone, None, "caption-label-before", 0.85)]
        elif credit := credit_alone(text):
            line.part = "credit"
            _join_credit(lines, position, credit)


def _join_credit(lines: list[Line], position: int, credit: Span) -> None:
    """A credit on a line of its own belongs to the caption right above or below it."""
    line, above = lines[position], lines[position - 1] if position else None
    below = lines[position + 1] if position + 1 < len(lines) else None
    if below is not None and _is_below(line, above, below):
        near = below.unit.block == line.unit.block
        _give_credit(below, (0, len(below.unit.text)), line, credit, near=near)
        return
    if above is None or position < 2 or above.unit.width > _LONGEST:
        return
    near = above.unit.block == line.unit.block
    if above.part == "caption" and above.captions[-1][1] is None:
        _give_credit(above, above.captions[-1][0], line, credit, near=near)
    elif _may_be_caption(above) and (near or above.unit.width <= _LONGEST_APART):
        _give_credit(above, (0, len(above.unit.text)), line, credit, near=near)


def _is_below(line: Line, above: Line | None, below: Line) -> bool:
    """Whether the caption stands under its credit: in one block, or far shorter than what is above.

    The other line of a block is the caption; apart from both, a paragraph of the text is none.
    """
    if above is not None and (above.unit.block == line.unit.block or above.part == "caption"):
        return False
    if not _may_be_caption(below) or below.unit.width > _LONGEST_APART:
        return False
    if below.unit.block == line.unit.block:
        return True
    if above is None or above.part:
        return False
    return above.unit.width > max(_LEAST_PROSE, 2 * below.unit.width)


def _may_be_caption(line: Line) -> bool:
    return line.part == "" and not read_meta_line(line.unit)


def _give_credit(line: Line, caption: Span, other: Line, credit: Span, *, near: bool) -> None:
    """Make a line the caption that the credit of another line belongs to."""
    shift = other.unit.start - line.unit.start
    place = (credit[0] + shift, credit[1] + shift)
    rule = "credit-on-next-line" if shift > 0 else "credit-on-line-before"
    line.part = "caption"
    line.captions = [(caption, place, rule, 0.8 if near else 0.65)]


def captions_of(lines: list[Line]) -> list[Caption]:
    """The captions that were marked, with their credits."""
    return [
        Caption(
            caption=line.unit.text[slice(*caption)],
            credit=credit_text(lines, line, credit) if credit else None,
            place=line.unit.place(),
        )
        for line in lines
        for caption, credit, _, _ in line.captions
    ]


def credit_text(lines: list[Line], line: Line, credit: Span) -> str:
    """The text of a credit, whose range counts from its line and may lie in one beside it."""
    if credit[0] >= 0 and credit[1] <= len(line.unit.text):
        return clean_credit(line.unit.text[slice(*credit)])
    start, end = line.unit.start + credit[0], line.unit.start + credit[1]
    beside = next(one.unit for one in lines if one.unit.start <= start and end <= one.unit.end)
    return clean_credit(beside.text[start - beside.start : end - beside.start])
