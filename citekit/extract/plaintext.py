"""Read a text dump of an article: give every line its part, then take the fields from the parts.

Start here: `read_plaintext` is the list of steps. Each step sets the part of some lines and leaves
the rest to the next; what no step claims below the headline is the article's body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from citekit.extract.bylines import bare_byline, read_byline
from citekit.extract.byline_lines import MetaLine, read_meta_line
from citekit.extract.captions import (
    caption_alone,
    clean_credit,
    credit_alone,
    name_in_parentheses,
    split_caption,
)
from citekit.extract.dates import DayOrder, date_in_url, guess_order
from citekit.extract.evidence import Caption, Evidence
from citekit.extract.headline import rank_headlines
from citekit.extract.language import detect_language
from citekit.extract.lines import Unit, split_units
from citekit.extract.names import csl_name, is_organisation
from citekit.extract.noise import (
    classify_noise,
    is_related_heading,
    is_section,
    related_title,
)
from citekit.extract.publishers import Directory, directory, host_of
from citekit.extract.words import fold, label_pattern, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.extract.publishers import Publisher

Part = Literal[
    "body",
    "headline",
    "tagline",
    "section",
    "meta",
    "caption",
    "credit",
    "related",
    "share",
    "advertisement",
    "newsletter",
    "chrome",
    "copyright",
    "masthead",
    "",
]
_HEADER_LINES = 40  # a headline stands above this unit or nowhere
_NOISE_PARTS = frozenset({"related", "share", "advertisement", "newsletter", "chrome", "copyright"})


@dataclass(slots=True, kw_only=True)
class Line:
    """A unit with the part it plays, filled in step by step."""

    unit: Unit
    part: Part = ""
    meta: MetaLine | None = None
    captions: list[tuple[tuple[int, int], tuple[int, int] | None, str, float]] = field(
        default_factory=list
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainReading:
    """What a text dump gave: lines with their parts, evidence and captions."""

    lines: tuple[Line, ...]
    evidence: tuple[Evidence, ...]
    captions: tuple[Caption, ...]

    @property
    def body(self) -> tuple[Unit, ...]:
        """The units of the article's body, in order."""
        return tuple(line.unit for line in self.lines if line.part == "body")


def read_plaintext(
    decoded: str, *, url: str | None = None, publishers: Sequence[Publisher] = ()
) -> PlainReading:
    """The parts of a text dump, with evidence for every field; offsets refer to `decoded`."""
    lines = [Line(unit=unit) for unit in split_units(decoded)]
    known = directory(publishers)
    guess = detect_language(decoded)
    language = guess.language if guess else None
    order = _day_order(language, url, known)

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

    evidence = [
        *headline,
        *_date_evidence(lines, url),
        *_author_evidence(lines),
        *_publisher_evidence(lines, url, known),
        *_line_evidence(lines),
        *_language_evidence(guess, url, known),
    ]
    return PlainReading(
        lines=tuple(lines), evidence=tuple(evidence), captions=tuple(_captions(lines))
    )


# ------------------------------------------------------------------ steps: parts of lines


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
            )
        )
    return evidence


def _mark_headline(lines: list[Line], url: str | None, known: Directory) -> list[Evidence]:
    first = next(
        (i for i, line in enumerate(lines) if line.part == "" and line.unit.is_prose), None
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
        [line.unit for line in header], body=body, near=near, url=url, sites=sites
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
        or _masthead(unit.text, known)
    )


def _lines_above_meta(lines: Sequence[Line]) -> frozenset[int]:
    near: set[int] = set()
    for above, below in zip(lines, lines[1:], strict=False):
        if above.part == "" and below.part == "meta":
            near.add(above.unit.line)
    return frozenset(near)


def _mark_header(lines: list[Line], known: Directory) -> None:
    """Above the headline nothing is body: sections, taglines, the name of the site."""
    title = _headline_position(lines)
    for line in lines[:title]:
        unit = line.unit
        if line.part in {"", "caption", "credit"}:
            section = is_section(unit.text) or classify_noise(unit, header=True) == "section"
            named = known.of_name(unit.text) or _masthead(unit.text, known)
            line.part = "section" if section else "masthead" if named else "tagline"
            line.captions = []


def _mark_loose_bylines(lines: list[Line], language: str | None) -> None:
    """Where bylines stand, weaker signs will do: a short rest after "By", or only a name."""
    if any(line.meta and line.meta.byline for line in lines):
        return
    title = _headline_position(lines)
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
    title = _headline_position(lines)
    seen_prose = False
    last = max(
        (i for i, line in enumerate(lines) if line.part == "" and line.unit.is_prose), default=-1
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


def _headline_position(lines: Sequence[Line]) -> int:
    return next((i for i, line in enumerate(lines) if line.part == "headline"), 0)


# ------------------------------------------------------------------ evidence from the parts


def _date_evidence(lines: list[Line], url: str | None) -> list[Evidence]:
    title = _headline_position(lines)
    found: list[Evidence] = []
    for position, line in enumerate(lines):
        if line.meta is None:
            continue
        for index, dated in enumerate(line.meta.dates):
            distance = abs(position - title)
            confidence = 0.9 if dated.label == "published" else 0.8
            confidence -= 0.02 * min(distance, 8) + 0.1 * index
            confidence -= 0.45 if dated.label == "updated" else 0.0
            confidence -= 0.15 if dated.found.ambiguous else 0.0
            rule = f"dateline-{dated.label}" if dated.label else "dateline"
            place = line.unit.place(dated.found.start, dated.found.end)
            name = "updated" if dated.label == "updated" else None
            found += _date_pair(dated.found, rule, place, round(max(confidence, 0.05), 2), name)
    if url and (in_url := date_in_url(url)):
        found.append(
            Evidence(
                field="issued",
                value=in_url.csl,
                origin="url",
                rule="date-in-address",
                place={"start": in_url.start, "end": in_url.end},
                confidence=0.5,
            )
        )
    return _settle_time(found)


def _date_pair(
    found: Any,
    rule: str,
    place: dict[str, object],
    confidence: float,
    extra: str | None,  # noqa: ANN401
) -> list[Evidence]:
    common = {"origin": "original", "rule": rule, "place": place, "confidence": confidence}
    pair = [Evidence(field="issued", value=found.csl, **common)]
    if found.csl_time:
        value = {**found.csl_time, "date": found.iso[:10]}
        pair.append(Evidence(field="issued-time", value=value, **common))
    if extra:
        pair.append(Evidence(field=extra, value=found.csl, **common))
    return pair


def _settle_time(found: list[Evidence]) -> list[Evidence]:
    """The time of day belongs to the date that is chosen: others lose their confidence."""
    from citekit.extract.evidence import choose

    best = next((e for e in choose(e for e in found if e.field == "issued") if e.chosen), None)
    settled: list[Evidence] = []
    for one in found:
        if one.field == "issued-time":
            value = dict(one.value)
            day = value.pop("date")
            mine = best is not None and _iso_day(best.value) == day
            one = replace(one, value=value, confidence=one.confidence if mine else 0.1)  # noqa: PLW2901
        settled.append(one)
    return settled


def _iso_day(value: Any) -> str:  # noqa: ANN401  # a CSL date
    parts = value["date-parts"][0]
    return "-".join(f"{part:0{4 if i == 0 else 2}}" for i, part in enumerate(parts))


def _author_evidence(lines: list[Line]) -> list[Evidence]:
    found: list[Evidence] = []
    title = _headline_position(lines)
    for position, line in enumerate(lines):
        byline = line.meta.byline if line.meta else None
        if byline is None:
            continue
        confidence = byline.confidence - 0.01 * min(abs(position - title), 20)
        found.append(
            Evidence(
                field="author",
                value=[csl_name(name) for name in byline.names],
                origin="original",
                rule=byline.rule,
                place=line.unit.place(),
                confidence=round(confidence, 2),
            )
        )
    return found


def _publisher_evidence(lines: list[Line], url: str | None, known: Directory) -> list[Evidence]:
    found: list[Evidence] = []
    if publisher := known.of_url(url):
        place = {"payload": "url", "value": host_of(url)}
        found += publisher_evidence(publisher, "url", "domain", place, 0.95)
    for line in lines:
        text = line.unit.text
        if line.part in {"body", "headline", "caption"}:
            continue
        if publisher := known.of_line(text):
            found += publisher_evidence(publisher, "original", "tagline", line.unit.place(), 0.9)
    named = any(e.field == "container-title" for e in found)
    for line, name, confidence in _site_names(lines, url, known):
        publisher = known.of_name(name)
        if publisher:
            found += publisher_evidence(
                publisher, "original", "masthead", line.unit.place(), 0.55 if named else confidence
            )
        else:
            found.append(
                Evidence(
                    field="container-title",
                    value=name,
                    origin="original",
                    rule="masthead",
                    place=line.unit.place(),
                    confidence=0.3 if named else confidence,
                )
            )
    dated = any(line.meta and (line.meta.dates or line.meta.byline) for line in lines)
    return [*found, *_type_evidence(found, dated=dated)]


def publisher_evidence(
    publisher: Publisher, origin: str, rule: str, place: dict[str, Any], confidence: float
) -> list[Evidence]:
    """What the table knows of a publisher, as evidence: names, place, ISSN and type."""
    values = {
        "container-title": publisher.name,
        "publisher": publisher.publisher or publisher.name,
        "publisher-place": publisher.place,
        "ISSN": publisher.issn,
        "type": publisher.type,
    }
    return [
        Evidence(
            field=name, value=value, origin=origin, rule=rule, place=place, confidence=confidence
        )
        for name, value in values.items()
        if value
    ]


def _type_evidence(found: list[Evidence], *, dated: bool) -> list[Evidence]:
    common = {"origin": "original", "place": {}}
    guess = [Evidence(field="type", value="webpage", rule="default", confidence=0.25, **common)]
    if dated and any(e.field == "container-title" for e in found):
        guess.append(
            Evidence(
                field="type",
                value="article-newspaper",
                rule="dateline-and-masthead",
                confidence=0.5,
                **common,
            )
        )
    return guess


def _site_names(
    lines: list[Line], url: str | None, known: Directory
) -> list[tuple[Line, str, float]]:
    """Names that a masthead, a copyright line or a date line gives for the site."""
    names: list[tuple[Line, str, float]] = []
    title = _headline_position(lines)
    host = re.sub(r"[^a-z0-9]", "", fold(host_of(url)))
    for position, line in enumerate(lines):
        if line.part == "copyright" and (name := _copyright_holder(line.unit.text)):
            names.append((line, name, 0.6))
        elif line.meta and line.meta.dates:
            names += [(line, name, 0.5) for name in line.meta.names if not _is_place(name)]
        elif position < title and line.part in {"masthead", "tagline"}:
            name = _masthead(line.unit.text, known) or line.unit.text
            if len(name.split()) <= 5 and len(name) <= 40 and not line.unit.is_sentence:
                names.append(
                    (line, name, 0.6 if line.part == "masthead" or position == 0 else 0.35)
                )
    return [
        (line, name, 0.85 if _matches_host(name, host) else confidence)
        for line, name, confidence in names
    ]


def _own_names(lines: list[Line], url: str | None, known: Directory) -> list[str]:
    """Names of the site that are known before the headline is: they are no headlines."""
    names = [_copyright_holder(line.unit.text) for line in lines if line.part == "copyright"]
    names += [name for line in lines if line.meta and line.meta.dates for name in line.meta.names]
    publisher = known.of_url(url)
    names += [publisher.name, *publisher.aliases] if publisher else []
    return [name for name in names if name]


def _masthead(text: str, known: Directory) -> str | None:
    """The site's name in a line such as "Name - tagline" or "Name | section"."""
    head, mark, tail = next(
        (
            text.partition(mark)
            for mark in (" - ", " – ", " — ", " | ", " · ", ": ")
            if mark in text
        ),
        (text, "", ""),
    )
    if not mark or len(text) > 120:
        return None
    if known.of_name(head) and (is_section(tail) or len(tokens(tail)) <= 8):
        return head.strip()
    if is_section(tail) and len(head.split()) <= 5:
        return head.strip()
    return None


def _copyright_holder(text: str) -> str | None:
    match = re.search(
        r"(?:©|\(c\)|copyright)\s*(?:copyright\s*)?(?:(?:19|20)\d\d\s*[-–]?\s*)*(?P<name>[^\d.,|•·/()]{2,50})",
        text,
        re.IGNORECASE,
    )
    name = match["name"].strip(" -–—:;") if match else ""
    name = re.sub(
        r"\s+(?:all rights|alle rechte|tous droits|todos los|tutti i|inc|ltd|gmbh|llc).*$",
        "",
        name,
        flags=re.IGNORECASE,
    )
    return name if name and any(c.isalpha() for c in name) else None


def _is_place(name: str) -> bool:
    return len(name) < 2 or is_section(name)


def _matches_host(name: str, host: str) -> bool:
    key = re.sub(r"[^a-z0-9]", "", fold(name))
    return len(key) >= 3 and key in host


def _line_evidence(lines: list[Line]) -> list[Evidence]:
    """Taglines, sections, captions, credits and links to other articles, each where it stands."""
    found: list[Evidence] = []
    for line in lines:
        unit = line.unit
        if line.part in {"tagline", "section"}:
            found.append(_plain(line.part, unit.text, unit.place(), f"{line.part}-line", 0.6))
        elif line.part == "related":
            title = related_title(unit.text) or unit.text
            found.append(_plain("related", title, unit.place(), "related-line", 0.9))
        elif line.part in _NOISE_PARTS:
            found.append(_plain("noise", line.part, unit.place(), f"{line.part}-line", 0.9))
        for caption, credit, rule, confidence in line.captions:
            text = unit.text[slice(*caption)]
            found.append(_plain("caption", text, unit.place(*caption), rule, confidence))
            if credit:
                value = _credit_text(lines, line, credit)
                found.append(_plain("credit", value, unit.place(*credit), rule, confidence))
    return found


def _plain(
    name: str, value: str, place: dict[str, object], rule: str, confidence: float
) -> Evidence:
    return Evidence(
        field=name, value=value, origin="original", rule=rule, place=place, confidence=confidence
    )


def _captions(lines: list[Line]) -> list[Caption]:
    return [
        Caption(
            caption=line.unit.text[slice(*caption)],
            credit=_credit_text(lines, line, credit) if credit else None,
            place=line.unit.place(),
        )
        for line in lines
        for caption, credit, _, _ in line.captions
    ]


def _credit_text(lines: list[Line], line: Line, credit: tuple[int, int]) -> str:
    if credit[1] <= len(line.unit.text):
        return clean_credit(line.unit.text[slice(*credit)])
    start, end = line.unit.start + credit[0], line.unit.start + credit[1]
    below = next(one.unit for one in lines if one.unit.start <= start and end <= one.unit.end)
    return clean_credit(below.text[start - below.start : end - below.start])


def _language_evidence(guess: Any, url: str | None, known: Directory) -> list[Evidence]:  # noqa: ANN401
    found: list[Evidence] = []
    if guess:
        found.append(
            Evidence(
                field="language",
                value=guess.language,
                origin="original",
                rule="frequent-words",
                place={"payload": "original"},
                confidence=guess.confidence,
            )
        )
    publisher = known.of_url(url)
    if publisher and publisher.language:
        found.append(
            Evidence(
                field="language",
                value=publisher.language,
                origin="url",
                rule="publisher-table",
                place={"payload": "url", "value": host_of(url)},
                confidence=0.4,
            )
        )
    return found


def _day_order(language: str | None, url: str | None, known: Directory) -> DayOrder | None:
    del known
    return guess_order(language, url)
