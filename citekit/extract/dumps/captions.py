"""Captions and credits among the lines of a text dump."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def _join_credit(lines: list[Line], position: int, credit: tuple[int, int]) -> None:
    """A credit on a line of its own belongs to the caption right above it."""
    line, above = lines[position], lines[position - 1] if position else None
    if above is None or position < 2 or above.unit.width > 420:
        return
    near = above.unit.block == line.unit.block
    if above.part == "caption" and above.captions[-1][1] is None:
        caption = above.captions[-1][0]
    elif above.part == "" and (near or above.unit.width <= 200) and not read_meta_line(above.unit):
        caption = (0, len(above.unit.text))
    else:
        return
    above.part = "caption"
    shift = line.unit.start - above.unit.start
    place = (credit[0] + shift, credit[1] + shift)
    above.captions = [(caption, place, "credit-on-next-line", 0.8 if near else 0.65)]


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
    """The text of a credit, whose range counts from its line and may lie in a line below."""
    if credit[1] <= len(line.unit.text):
        return clean_credit(line.unit.text[slice(*credit)])
    start, end = line.unit.start + credit[0], line.unit.start + credit[1]
    below = next(one.unit for one in lines if one.unit.start <= start and end <= one.unit.end)
    return clean_credit(below.text[start - below.start : end - below.start])
