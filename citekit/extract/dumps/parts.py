"""Give every line of a text dump the part it plays: headline, byline, caption, body, noise.

Start here: `find_parts` is the list of steps. Each step sets the part of some lines and leaves the
rest to the next; what no step claims below the headline is the article's body.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from citekit.extract.dumps.headline import rank_headlines
from citekit.extract.dumps.mastheads import copyright_holder, masthead
from citekit.extract.dumps.paragraphs import Unit, split_units
from citekit.extract.shared.bylines import bare_byline, read_byline
from citekit.extract.shared.credits import (
    caption_alone,
    credit_alone,
    name_in_parentheses,
    split_caption,
)
from citekit.extract.shared.datelines import MetaLine, read_meta_line
from citekit.extract.shared.evidence import Evidence
from citekit.extract.shared.names import is_organisation
from citekit.extract.shared.noise import classify_noise, is_related_heading, is_section
from citekit.extract.shared.words import fold, label_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.extract.shared.dates import DayOrder
    from citekit.extract.shared.publishers import Directory

# fmt: off
Part = Literal[
    "body", "headline", "tagline", "section", "meta", "caption", "credit", "related", "share",
    "advertisement", "newsletter", "chrome", "copyright", "masthead", "",
]
# fmt: on
Span = tuple[int, int]  # half-open, in code points of a unit's text
_MOST_UNITS = 4_000  # what follows so many paragraphs is taken as body, unexamined
_HEADER_LINES = 40  # a headline stands above this unit or nowhere


@dataclass(slots=True, kw_only=True)
class Line:
    """A unit with the part it plays, filled in step by step."""

    unit: Unit
    part: Part = ""
    meta: MetaLine | None = None
    captions: list[tuple[Span, Span | None, str, float]] = field(default_factory=list)


def find_parts(
    decoded: str,
    *,
    url: str | None,
    known: Directory,
    language: str | None,
    order: DayOrder | None,
) -> tuple[list[Line], list[Evidence]]:
    """The lines with their parts, and the evidence for the headline."""
    units = split_units(decoded)
    lines = [Line(unit=unit) for unit in units[:_MOST_UNITS]]
    rest = [Line(unit=unit, part="body") for unit in units[_MOST_UNITS:]]
    _mark_noise(lines)
    _mark_meta(lines, language, order)
    _mark_captions(lines)
    _mark_related_lists(lines)
    headline = _mark_labelled(lines)
    if not any(line.part == "headline" for line in lines):
        headline += _mark_headline(lines, url, known)
    _mark_header(lines, known)
    _mark_loose_bylines(lines, language)
    _mark_body(lines)
    return [*lines, *rest], headline


def _mark_noise(lines: list[Line]) -> None:
    for line in lines:
        line.part = classify_noise(line.unit, header=False) or ""


def _mark_captions(lines: list[Line]) -> None:
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


def _mark_meta(lines: list[Line], language: str | None, order: DayOrder | None) -> None:
    for position, line in enumerate(lines):
        if line.part not in {"", "copyright"} or (line.part == "" and line.unit.is_prose):
            continue
        meta = read_meta_line(line.unit, language=language, order=order)
        if meta is None or line.part == "copyright":
            continue
        if position == 0 and meta.byline and not meta.dates and meta.byline.confidence < 0.9:
            continue  # a first line such as "By George" is rather a headline
        line.part, line.meta = "meta", meta


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


def _mark_labelled(lines: list[Line]) -> list[Evidence]:
    """Exports of press databases label their header: "Title: …", "Source: …"."""
    found: list[tuple[Line, str, int]] = []
    for line in lines[:12]:
        for name, kind in (("title", "title"), ("container-title", "source")):
            match = label_pattern(kind).match(line.unit.text)
            if match and line.part in {"", "credit", "related"}:
                found.append((line, name, match.end()))
    if {name for _, name, _ in found} != {"title", "container-title"}:
        found = [one for one in found if one[1] == "title"]
    if not any(line.meta for line in lines[:12]):
        return []
    evidence = []
    for line, name, start in found:
        line.part = "headline" if name == "title" else "masthead"
        evidence.append(
            Evidence(
                field=name,
                value=line.unit.text[start:],
                origin="original",
                rule="labelled-line",
                place=line.unit.place(start, len(line.unit.text)),
                confidence=0.95,
            ),
        )
    return evidence


def _mark_headline(lines: list[Line], url: str | None, known: Directory) -> list[Evidence]:
    first = next(
        (i for i, line in enumerate(lines) if line.part == "" and line.unit.is_prose),
        None,
    )
    end = min(len(lines) if first is None else first, _HEADER_LINES)
    header = [line for line in lines[:end] if _may_be_headline(line, known)]
    if (
        not header
        and first is not None
        and lines[first].unit.width <= 260
        and len(lines) > first + 1
    ):
        header = [lines[first]]
    header = _without_window_titles(header)
    body = [line.unit for line in lines[end:] if line.part in {"", "caption"}]
    near = _lines_above_meta(lines[: end + 1])
    sites = frozenset(fold(name) for name in _own_names(lines, url, known))
    ranked = rank_headlines(
        [line.unit for line in header],
        body=body,
        near=near,
        url=url,
        sites=sites,
    )
    if not ranked:
        return []
    chosen = ranked[0][1]
    next(line for line in lines if line.unit is chosen).part = "headline"
    return [
        _title_evidence(unit, score) for score, unit in ranked[:5] if score > 0.2 or unit is chosen
    ]


def _without_window_titles(header: list[Line]) -> list[Line]:
    """A first line "Headline | Site" is the window's title where the headline follows alone."""
    kept: list[Line] = []
    for position, line in enumerate(header):
        longer = line.unit.folded
        alone = [
            other.unit.folded
            for other in header[position + 1 :]
            if longer.startswith(other.unit.folded) and len(other.unit.folded) >= 12
        ]
        rests = [longer[len(text) :] for text in alone]
        if any(re.match(r"\s*[|–—·:-]\s*\S", rest) for rest in rests):
            line.part = "masthead"
        else:
            kept.append(line)
    return kept


def _title_evidence(unit: Unit, score: float) -> Evidence:
    return Evidence(
        field="title",
        value=unit.text,
        origin="original",
        rule="headline-line",
        place=unit.place(),
        confidence=round(max(score, 0.2), 2),
    )


def _may_be_headline(line: Line, known: Directory) -> bool:
    unit = line.unit
    if line.part or unit.width > 300 or not any(c.isalpha() for c in unit.text):
        return False
    return not (
        is_section(unit.text)
        or classify_noise(unit, header=True)
        or known.of_line(unit.text)
        or known.of_name(unit.text)
        or masthead(unit.text, known)
    )


def _lines_above_meta(lines: Sequence[Line]) -> frozenset[int]:
    near: set[int] = set()
    for above, below in itertools.pairwise(lines):
        if above.part == "" and below.part == "meta":
            near.add(above.unit.line)
    return frozenset(near)


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


def _mark_loose_bylines(lines: list[Line], language: str | None) -> None:
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


def headline_position(lines: Sequence[Line]) -> int:
    """Where the headline stands among the lines; 0 if there is none."""
    return next((i for i, line in enumerate(lines) if line.part == "headline"), 0)


def _own_names(lines: list[Line], url: str | None, known: Directory) -> list[str]:
    """Names of the site that are known before the headline is: they are no headlines."""
    names = [copyright_holder(line.unit.text) for line in lines if line.part == "copyright"]
    names += [name for line in lines if line.meta and line.meta.dates for name in line.meta.names]
    publisher = known.of_url(url)
    names += [publisher.name, *publisher.aliases] if publisher else []
    return [name for name in names if name]
