"""Read a text dump of an article: every field with the line and offsets it was read at.

`parts` tells what each line is; here the fields are taken from the parts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from citekit.extract.completeness.judging import Shown
from citekit.extract.dumps.captions import captions_of, credit_text
from citekit.extract.dumps.lines import Line, headline_position
from citekit.extract.dumps.mastheads import copyright_holder, masthead
from citekit.extract.dumps.parts import find_parts
from citekit.extract.shared.datelines import read_dateline
from citekit.extract.shared.dates.context import DateContext
from citekit.extract.shared.dates.machine import date_in_url
from citekit.extract.shared.dates.order import day_order
from citekit.extract.shared.evidence import Caption, Evidence, pair_times
from citekit.extract.shared.language import detect_language
from citekit.extract.shared.names import csl_name
from citekit.extract.shared.noise import is_section, related_title
from citekit.extract.shared.publishers import directory, host_of, publisher_evidence
from citekit.extract.shared.words import fold
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.extract.shared.dates.found import FoundDate
    from citekit.extract.shared.language import Guess
    from citekit.extract.shared.publishers import Directory, Publisher
    from citekit.extract.shared.unit import Unit

_SCANNED = 100_000  # code points that are searched for dates of one reading
_DATELINES = 2  # paragraphs that may begin with one
_NOISE_PARTS = frozenset({"related", "share", "advertisement", "newsletter", "chrome", "copyright"})


_HEADS, _SHOWN = 2, 12_000


class PlainReading(Value):
    """What a text dump gave: lines with their parts, evidence and captions."""

    lines: tuple[Line, ...]
    evidence: tuple[Evidence, ...]
    captions: tuple[Caption, ...]

    @property
    def body(self) -> tuple[Unit, ...]:
        """The units of the article's body, in order."""
        return tuple(line.unit for line in self.lines if line.part == "body")

    def shown(self, decoded: str) -> Shown:
        """What the text shows, to tell whether that is its article."""
        heads = (line.unit.text for line in self.lines[:_HEADS])
        return Shown(
            headings=tuple(heads),
            text=decoded[:_SHOWN],
            body=tuple(unit.text for unit in self.body),
            is_declared=any(e.field == "issued" for e in self.evidence),
        )


def read_plaintext(
    decoded: str,
    *,
    url: str | None = None,
    publishers: Sequence[Publisher] = (),
) -> PlainReading:
    """The parts of a text dump, with evidence for every field; offsets refer to `decoded`."""
    known = directory(publishers)
    guess = detect_language(decoded)
    language = guess.language if guess else None
    order = day_order([language] if language else [], url, [decoded[:_SCANNED]])
    lines, headline = find_parts(decoded, url=url, known=known, language=language, order=order)
    evidence = [
        *headline,
        *_date_evidence(lines, url, DateContext(language=language, order=order)),
        *_author_evidence(lines),
        *_publisher_evidence(lines, url, known),
        *_line_evidence(lines),
        *_language_evidence(guess, url, known),
    ]
    return PlainReading(
        lines=tuple(lines),
        evidence=tuple(evidence),
        captions=tuple(captions_of(lines)),
    )


def _date_evidence(lines: list[Line], url: str | None, context: DateContext) -> list[Evidence]:
    title = headline_position(lines)
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
            confidence -= 0.1 if dated.found.calendar != "common" else 0.0
            rule = f"dateline-{dated.label}" if dated.label else "dateline"
            place = line.unit.place(dated.found.start, dated.found.end) | dated.found.doubts
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
            ),
        )
    return pair_times([*found, *_dateline_of_text(lines, context)])


def _dateline_of_text(lines: list[Line], context: DateContext) -> list[Evidence]:
    """The date with which the text itself begins, as press releases do."""
    for line in [one for one in lines if one.part == "body"][:_DATELINES]:
        found = read_dateline(line.unit.text, language=context.language, order=context.order)
        if found:
            place = line.unit.place(found.start, found.end) | found.doubts
            return _date_pair(found, "dateline-of-text", place, 0.7, None)
    return []


def _date_pair(
    found: FoundDate,
    rule: str,
    place: dict[str, object],
    confidence: float,
    extra: str | None,
) -> list[Evidence]:
    common: dict[str, Any] = {
        "origin": "original",
        "rule": rule,
        "place": place,
        "confidence": confidence,
    }
    pair = [Evidence(field="issued", value=found.csl, **common)]
    if found.csl_time:
        pair.append(Evidence(field="issued-time", value=found.csl_time, **common))
    if extra:
        pair.append(Evidence(field=extra, value=found.csl, **common))
    return pair


def _author_evidence(lines: list[Line]) -> list[Evidence]:
    found: list[Evidence] = []
    title = headline_position(lines)
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
            ),
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
                publisher,
                "original",
                "masthead",
                line.unit.place(),
                0.55 if named else confidence,
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
                ),
            )
    dated = any(line.meta and (line.meta.dates or line.meta.byline) for line in lines)
    return [*found, *_type_evidence(found, dated=dated)]


def _type_evidence(found: list[Evidence], *, dated: bool) -> list[Evidence]:
    common: dict[str, Any] = {"origin": "original", "place": {}}
    guess = [Evidence(field="type", value="webpage", rule="default", confidence=0.25, **common)]
    if dated and any(e.field == "container-title" for e in found):
        guess.append(
            Evidence(
                field="type",
                value="article-newspaper",
                rule="dateline-and-masthead",
                confidence=0.5,
                **common,
            ),
        )
    return guess


def _site_names(
    lines: list[Line],
    url: str | None,
    known: Directory,
) -> list[tuple[Line, str, float]]:
    """Names that a masthead, a copyright line or a date line gives for the site."""
    names: list[tuple[Line, str, float]] = []
    title = headline_position(lines)
    host = re.sub(r"[^a-z0-9]", "", fold(host_of(url)))
    for position, line in enumerate(lines):
        if line.part == "copyright" and (name := copyright_holder(line.unit.text)):
            names.append((line, name, 0.6))
        elif line.meta and line.meta.dates:
            names += [(line, name, 0.5) for name in line.meta.names if not _is_place(name)]
        elif position < title and line.part in {"masthead", "tagline"}:
            name = masthead(line.unit.text, known) or line.unit.text
            if len(name.split()) <= 5 and len(name) <= 40 and not _is_slogan(line, name):
                names.append(
                    (line, name, 0.6 if line.part == "masthead" or position == 0 else 0.35),
                )
    return [
        (line, name, 0.85 if _matches_host(name, host) else confidence)
        for line, name, confidence in names
    ]


def _is_slogan(line: Line, name: str) -> bool:
    """Whether a line above the headline praises the site and does not name it: "since 1987"."""
    return line.unit.is_sentence or re.search(r"\b(?:1[5-9]|20)\d\d\b", name) is not None


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
                value = credit_text(lines, line, credit)
                found.append(_plain("credit", value, unit.place(*credit), rule, confidence))
    return found


def _plain(
    name: str,
    value: str,
    place: dict[str, object],
    rule: str,
    confidence: float,
) -> Evidence:
    return Evidence(
        field=name,
        value=value,
        origin="original",
        rule=rule,
        place=place,
        confidence=confidence,
    )


def _language_evidence(guess: Guess | None, url: str | None, known: Directory) -> list[Evidence]:
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
            ),
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
            ),
        )
    return found
