"""How a whole bibliography is to be set on the page: what a style says of it, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.tokens import Close, Open
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.csl.output.tokens import Token


class Spacing(Value):
    """How the whole bibliography is to be set.

    ``entry_spacing`` and ``line_spacing`` count lines. ``widest_label`` is the number of signs of
    the longest label that stands in a margin (``second_field_align``), for which there has to be
    room.
    """

    hanging_indent: bool = False
    second_field_align: str | None = None
    entry_spacing: int = 1
    line_spacing: int = 1
    widest_label: int = 0


def label_width(tokens: Iterable[Token]) -> int:
    """How many signs the label in the margin of an entry has; 0 where there is no margin."""
    depth, label = 0, ""
    for token in tokens:
        if isinstance(token, Open):
            if depth or (token.kind, token.value) == ("display", "left-margin"):
                depth += 1
        elif isinstance(token, Close):
            depth -= depth > 0
            if label and not depth:
                break
        elif depth:
            label += token
    return len(label.rstrip())
