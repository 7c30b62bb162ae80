"""Give every line of a text dump the part it plays: headline, byline, caption, body, noise.

Start here: `find_parts` is the list of steps. Each step sets the part of some lines and leaves the
rest to the next; what no step claims below the headline is the article's body.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.extract.completeness.judging import asks_for_consent, is_consent
from citekit.extract.dumps.bylines import mark_datelines, mark_loose_bylines
from citekit.extract.dumps.captions import mark_captions
from citekit.extract.dumps.headline import mark_headline, mark_labelled
from citekit.extract.dumps.lines import Line, headline_position
from citekit.extract.dumps.mastheads import masthead
from citekit.extract.dumps.paragraphs import split_units
from citekit.extract.shared.noise import classify_noise, is_related_heading, is_section

if TYPE_CHECKING:
    from citekit.extract.shared.dates.order import DayOrder
    from citekit.extract.shared.evidence import Evidence
    from citekit.extract.shared.publishers import Directory

_EDGE = 12  # lines at either end of a dump among which a banner stands
_MOST_UNITS = 4_000  # what follows so many paragraphs is taken as body, unexamined


def find_parts(
    decoded: str,
    *,
    url: str | None,
    known: Directory,
    language: str | None,
    order: DayOrder,
) -> tuple[list[Line], list[Evidence]]:
    """The lines with their parts, and the evidence for the headline."""
    units = split_units(decoded)
    lines = [Line(unit=unit) for unit in units[:_MOST_UNITS]]
    rest = [Line(unit=unit, part="body") for unit in units[_MOST_UNITS:]]
    _mark_noise(lines)
    _mark_consent(lines)
    mark_datelines(lines, language, order)
    mark_captions(lines)
    _mark_related_lists(lines)
    headline = mark_labelled(lines)
    if not any(line.part == "headline" for line in lines):
        headline += mark_headline(lines, url, known)
    _mark_header(lines, known)
    mark_loose_bylines(lines, language)
    _mark_body(lines)
    return [*lines, *rest], headline


def _mark_noise(lines: list[Line]) -> None:
    for line in lines:
        line.part = classify_noise(line.unit, header=False) or ""


def _mark_consent(lines: list[Line]) -> None:
    """What asks for consent above or below the article, with its heading, is the page's frame."""
    for edge in (lines[:_EDGE], lines[-_EDGE:][::-1]):
        about = [i for i, line in enumerate(edge) if is_consent(line.unit.text)]
        if not about or not _is_more_than_consent(lines):
            continue
        for line in edge[: about[-1] + 1]:
            if line.part == "" and asks_for_consent(line.unit.text):
                line.part = "chrome"


def _is_more_than_consent(lines: list[Line]) -> bool:
    return any(line.unit.is_prose and not asks_for_consent(line.unit.text) for line in lines)


def _mark_related_lists(lines: list[Line]) -> None:
    """After "Related articles" short lines are links, until prose comes again."""
    listing = seen_prose = False
    for line in lines:
        seen_prose = seen_prose or (line.part == "" and line.unit.is_prose)
        if line.part == "related":
            listing = seen_prose and is_related_heading(line.unit)
        elif listing and line.part == "" and line.unit.width <= 160 and line.unit.text[-1] != ".":
            line.part = "related"
        else:
            listing = listing and line.part not in {"", "caption"}


def _mark_header(lines: list[Line], known: Directory) -> None:
    """Above the headline nothing is body: sections, taglines, the name of the site."""
    title = headline_position(lines)
    for line in lines[:title]:
        unit = line.unit
        if line.part in {"", "caption", "credit"}:
            section = is_section(unit.text) or classify_noise(unit, header=True) == "section"
            named = known.of_name(unit.text) or masthead(unit.text, known)
            line.part = "section" if section else "masthead" if named else "tagline"
            line.captions = []


def _mark_body(lines: list[Line]) -> None:
    title = headline_position(lines)
    seen_prose = False
    last = max(
        (i for i, line in enumerate(lines) if line.part == "" and line.unit.is_prose),
        default=-1,
    )
    for position, line in enumerate(lines):
        if position < title or line.part:
            continue
        text = line.unit
        repeated = title < len(lines) and text.folded == lines[title].unit.folded
        menu = not seen_prose and is_section(text.text)
        tail = position > last >= 0 and (
            is_section(text.text) or not any(c.isalnum() for c in text.text)
        )
        rule = not any(c.isalnum() for c in text.text)
        line.part = "chrome" if repeated or rule else "section" if menu or tail else "body"
        seen_prose = seen_prose or text.is_prose
