"""Bylines and datelines among the lines of a text dump."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.extract.dumps.lines import Line, headline_position
from citekit.extract.shared.bylines import bare_byline, read_byline
from citekit.extract.shared.datelines import MetaLine, read_meta_line
from citekit.extract.shared.names import is_organisation

if TYPE_CHECKING:
    from citekit.extract.shared.dates.order import DayOrder


def mark_datelines(lines: list[Line], language: str | None, order: DayOrder) -> None:
    """Mark the lines in which everything is date, byline or the name of a site."""
    for position, line in enumerate(lines):
        if line.part not in {"", "copyright"} or (line.part == "" and line.unit.is_prose):
            continue
        meta = read_meta_line(line.unit, language=language, order=order)
        if meta is None or line.part == "copyright":
            continue
        if position == 0 and meta.byline and not meta.dates and meta.byline.confidence < 0.9:
            continue  # a first line such as "By George" is rather a headline
        line.part, line.meta = "meta", meta


def mark_loose_bylines(lines: list[Line], language: str | None) -> None:
    """Where bylines stand, weaker signs will do: a short rest after "By", or only a name."""
    if any(line.meta and line.meta.byline for line in lines):
        return
    title = headline_position(lines)
    ends = [i for i in range(len(lines) - 3, len(lines)) if i > title]
    for position in [*range(title + 1, min(title + 5, len(lines))), *ends]:
        line = lines[position]
        byline = read_byline(line.unit.text, language=language, lenient=True)
        if line.part == "" and byline:
            line.part, line.meta = "meta", MetaLine(byline=byline)
            return
    for position in range(title + 1, min(title + 6, len(lines))):
        line = lines[position]
        if line.part == "" and not line.unit.is_prose:
            beside = lines[position - 1 : position] + lines[position + 1 : position + 2]
            dated = any(other.meta and other.meta.dates for other in beside)
            byline = bare_byline(line.unit.text, language=language)
            if byline and dated and not any(is_organisation(name) for name in byline.names):
                line.part, line.meta = "meta", MetaLine(byline=byline)
                return
        elif line.part in {"", "body"}:
            return
