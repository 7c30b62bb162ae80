"""A line of a text dump and the part it plays in the article."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from citekit.extract.shared.datelines import MetaLine
from citekit.extract.shared.unit import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

# fmt: off
Part = Literal[
    "body", "headline", "tagline", "section", "meta", "caption", "credit", "related", "share",
    "advertisement", "newsletter", "chrome", "copyright", "masthead", "",
]
# fmt: on
Span = tuple[int, int]  # half-open, in code points of a unit's text


@dataclass(slots=True, kw_only=True)
class Line:
    """A unit with the part it plays, filled in step by step."""

    unit: Unit
    part: Part = ""
    meta: MetaLine | None = None
    captions: list[tuple[Span, Span | None, str, float]] = field(default_factory=list)


def headline_position(lines: Sequence[Line]) -> int:
    """Where the headline stands among the lines; 0 if there is none."""
    return next((i for i, line in enumerate(lines) if line.part == "headline"), 0)
