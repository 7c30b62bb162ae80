"""Choose the headline among the lines above the article's body.

Nothing marks a headline in a text dump. What tells it from a tagline, a section or a site's name:
its words return in the body and in the address, it stands near date and byline, and it has the
length of a headline.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from citekit.extract.dumps.mastheads import copyright_holder, masthead
from citekit.extract.shared.evidence import Evidence
from citekit.extract.shared.noise import classify_noise, is_section
from citekit.extract.shared.terms import slug_terms, terms
from citekit.extract.shared.words import fold, label_pattern

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.extract.dumps.lines import Line
    from citekit.extract.shared.publishers import Directory
    from citekit.extract.shared.unit import Unit

_SLOGAN = re.compile(
    r"\b(?:since|seit|depuis|desde|dal|sinds|siden|sedan|od)\s+(?:1[5-9]|20)\d\d\b|\bnews\b.*\b(?:opinion|analysis|views)\b|\b(?:est\.?|founded)\s+\d{4}",
)
_PRESS = re.compile(  # words in the names of newspapers and broadcasters, as wholes or as endings
    r"(?:zeitung|blatt|nachrichten|anzeiger|kurier|rundschau|presse|avis|avisen|bladet|tidning|tidende|nyheter"
    r"|news|times|post|herald|tribune|gazette|journal|press|daily|magazine|online|radio|tv|haber|gazetesi)\b"
    r"|\b(?:diario|giornale|corriere|gazeta|gazzetta|quotidiano|jornal|courrier|periodico|beacon|fernsehen)\b",
)
_HEADER_LINES = 40  # a headline stands above this unit or nowhere


def mark_labelled(lines: list[Line]) -> list[Evidence]:
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


def mark_headline(lines: list[Line], url: str | None, known: Directory) -> list[Evidence]:
    """Mark the best of the lines above the body; evidence for it and its rivals, best first."""
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
    ranked = _rank(
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


def _own_names(lines: list[Line], url: str | None, known: Directory) -> list[str]:
    """Names of the site that are known before the headline is: they are no headlines."""
    names = [copyright_holder(line.unit.text) for line in lines if line.part == "copyright"]
    names += [name for line in lines if line.meta and line.meta.dates for name in line.meta.names]
    publisher = known.of_url(url)
    names += [publisher.name, *publisher.aliases] if publisher else []
    return [name for name in names if name]


def _rank(
    candidates: Sequence[Unit],
    *,
    body: Sequence[Unit],
    near: frozenset[int],
    url: str | None,
    sites: frozenset[str] = frozenset(),
) -> list[tuple[float, Unit]]:
    """The candidates with their scores (0 to 1), best first.

    `near` holds the lines of units that are followed by a date or byline; `sites` folded names of
    the site, which are no headlines.
    """
    known = {term for unit in body for term in terms(unit.text[:1500])}
    slug = slug_terms(url)
    rated = [
        (_score(unit, position, near=near, sites=sites, known=known, slug=slug), unit)
        for position, unit in enumerate(candidates)
    ]
    return sorted(rated, key=lambda pair: -pair[0])


def _score(
    unit: Unit,
    position: int,
    *,
    known: set[str],
    slug: set[str],
    near: frozenset[int],
    sites: frozenset[str],
) -> float:
    mine = terms(unit.text)
    words = len(unit.text.split())
    short = unit.width < 14 or (words <= 2 and unit.width < 24)
    score = 0.3 + 0.3 * _share(mine, known)
    score += 0.35 * _share(slug, mine) if slug and mine & slug else 0.0
    score += 0.2 if position == 0 else -0.04 * min(position, 8)
    score += 0.15 if unit.line in near else 0.0
    score -= 0.3 if short else 0.0
    score -= 0.15 if re.search(r"[^.]\.$|:$", unit.text) else 0.0
    score -= 0.2 if unit.width > 200 else 0.0
    if words <= 5 and unit.line not in near and unit.text.istitle():
        score -= 0.45 if _PRESS.search(unit.folded) else 0.2
    score -= 0.5 if _SLOGAN.search(unit.folded) else 0.0
    score -= 0.6 if unit.folded in sites else 0.0
    return max(0.0, min(1.0, score))


def _share(some: set[str], of: set[str]) -> float:
    return len(some & of) / len(some) if some else 0.0
