"""Which of the headlines of a page is the one to cite."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.tree import clean
from citekit.extract.pages.weighing.sites import is_site
from citekit.extract.shared.terms import slug_terms, terms
from citekit.extract.shared.words import fold
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.extract.shared.evidence import Evidence

_TITLE_MARKS = re.compile(r"\s+[|–—·•»:-]\s+|\s*[|│]\s*|\s+::\s+")


def weigh_titles(raw: list[Evidence], sites: frozenset[str], url: str | None) -> list[Evidence]:
    """The visible headline wins where the page's own data speak of the same thing."""
    own = [e for e in raw if e.field == "title" and e.rule not in {"h1", "h2"}]
    declared = [terms(e.value) for e in own if e.confidence >= 0.5]
    slug = slug_terms(url)
    found: list[Evidence] = []
    for one in raw:
        if one.field != "title":
            continue
        value = without_site(clean(one.value), sites)
        if not value or fold(value) in sites:
            continue
        sure = one.confidence
        if one.rule in {"h1", "h2"}:
            mine = terms(value)
            alike = max((_alike(mine, other) for other in declared), default=0.0)
            sure += 0.25 * (alike >= 0.5) - 0.35 * (bool(declared) and alike < 0.2)
            sure += 0.05 * _alike(mine, slug) if slug else 0.0
            sure -= 0.2 if len(value.split()) < 2 and alike < 0.5 else 0.0
        found.append(replace(one, value=value, confidence=round(max(0.05, min(sure, 0.97)), 2)))
    return found


def _alike(one: set[str], other: set[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def without_site(title: str, sites: frozenset[str]) -> str:
    """A title without the site's name before or behind a bar or dash."""
    for _ in range(3):
        marks = list(_TITLE_MARKS.finditer(title))
        if not marks:
            return title
        first, last = marks[0], marks[-1]
        if is_site(title[last.end() :], sites) and title[: last.start()].strip():
            title = title[: last.start()].strip()
        elif is_site(title[: first.start()], sites) and title[first.end() :].strip():
            title = title[first.end() :].strip()
        else:
            return title
    return title
