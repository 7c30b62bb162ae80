"""Which of the headlines of a page is the one to cite.

The visible headline is cited where the page's own data speak of the same thing. What stands in one
line with it is taken away: the site's name, the blog's archive, a piece that other sources lack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.extract.pages.tree import clean
from citekit.extract.pages.weighing.sites import TITLE_MARKS, compact, is_site
from citekit.extract.shared.names import is_organisation
from citekit.extract.shared.noise import is_section
from citekit.extract.shared.terms import likeness, slug_terms, terms
from citekit.extract.shared.words import bare, every
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.extract.shared.evidence import Evidence

_HEADINGS = frozenset({"h1", "h2"})
_PIECES = frozenset({"h1-piece"})
_SURE = 0.97
_SHORT_WORD, _OF_A_WORD = 8, 0.35


def weigh_titles(
    raw: list[Evidence], sites: frozenset[str], url: str | None, shown: Iterable[str] = ()
) -> list[Evidence]:
    """The candidates for the title, the visible headline surest where the data say the same.

    `shown` are short texts of the page, which are only read where they are needed: one of them may
    be the headline alone, where the ``title`` element has more.
    """
    titles = [_doubted(replace(e, value=clean(e.value))) for e in raw if e.field == "title"]
    slug = slug_terms(url)
    sites |= _logos(titles, sites, slug)
    stripped = [
        replace(e, value=value)
        for e in titles
        if (value := without_site(e.value, sites)) and not _is_site_alone(value, sites, e.rule)
    ]
    if not any(e.rule not in _PIECES for e in stripped):
        stripped = [e for e in titles if e.value]
    whole = _whole_headlines(stripped)
    if not any(e.rule in _HEADINGS and _is_alike(e, whole) for e in whole):
        whole = _shown_alone(whole, shown)
    return [_weighed(one, whole, slug) for one in whole]


def _doubted(one: Evidence) -> Evidence:
    """A title; a ``title`` element of one short word names the site, or says "Home"."""
    is_word = len(one.value) <= _SHORT_WORD and len(one.value.split()) == 1
    if one.rule != "title-element" or not is_word:
        return one
    return replace(one, confidence=_OF_A_WORD)


def _logos(titles: list[Evidence], sites: frozenset[str], slug: set[str]) -> frozenset[str]:
    """Names that headings show and that the ``title`` element has beside the headline.

    Behind the headline stands the site's name, if something else tells that what is before it is
    the headline; before it, a name that begins as the host does.
    """
    names = [compact(e.value) for e in titles if e.rule == "h1-logo"]
    headings = {compact(e.value) for e in titles if e.rule in _HEADINGS}
    for title in (e.value for e in titles if e.rule == "title-element"):
        parts = [part for part in TITLE_MARKS.split(title) if part.strip()]
        if len(parts) < 2:
            continue
        first, last = parts[0], parts[-1]
        if compact(last) in headings and _is_headline_before(first, last, titles, slug):
            names.append(compact(last))
        if compact(first) in headings and any(compact(first).startswith(site) for site in sites):
            names.append(compact(first))
    return frozenset(filter(None, names))


def _is_headline_before(first: str, last: str, titles: list[Evidence], slug: set[str]) -> bool:
    """Whether the first part of a ``title`` element is the headline, and the last the site."""
    others = [e for e in titles if e.rule not in {"title-element", *_PIECES}]
    if any(compact(e.value) == compact(first) for e in others):
        return True
    if is_organisation(first) or is_section(first):
        return False
    mine, theirs = likeness(terms(first), slug), likeness(terms(last), slug)
    return mine > theirs or (len(first.split()) > 2 and len(last) <= len(first))


def _is_site_alone(value: str, sites: frozenset[str], rule: str) -> bool:
    return compact(value) in sites or rule == "h1-logo"


def _whole_headlines(titles: list[Evidence]) -> list[Evidence]:
    """The candidates, a heading rid of a piece that another source does not have in the title."""
    declared = {compact(e.value) for e in titles if e.rule not in _HEADINGS | _PIECES}
    fitting = [
        e
        for e in titles
        if e.rule in _PIECES and compact(e.value) in declared and len(e.value.split()) > 1
    ]
    pieces = {
        str(e.place.get("selector")): e.value for e in sorted(fitting, key=lambda e: len(e.value))
    }
    return [
        replace(e, value=pieces.get(str(e.place.get("selector")), e.value))
        if e.rule == "h1" and compact(e.value) not in declared
        else e
        for e in titles
        if e.rule not in _PIECES
    ]


def _shown_alone(titles: list[Evidence], shown: Iterable[str]) -> list[Evidence]:
    """The candidates, and what of them stands in the page alone, without the site around it."""
    parts = {
        bare(part): (part, e)
        for e in titles
        if e.rule == "title-element"
        for part in _beginnings(e.value)
    }
    if not parts:
        return titles
    alone = {key for text in shown if (key := bare(text)) in parts}
    best = max(alone, key=len, default=None)
    if best is None:
        return titles
    part, one = parts[best]
    return [replace(one, value=part, rule="title-element-shown", confidence=0.75), *titles]


def _beginnings(title: str) -> Iterator[str]:
    """A title up to each of its marks, where that is more than a word."""
    for mark in list(TITLE_MARKS.finditer(title))[:20]:
        begun = title[: mark.start()].strip()
        if len(begun.split()) > 1 or len(begun) > 8:
            yield begun


def _weighed(one: Evidence, titles: list[Evidence], slug: set[str]) -> Evidence:
    sure = one.confidence
    if one.rule in _HEADINGS:
        mine = terms(one.value)
        alike = _likeness(one, titles)
        sure += 0.25 * (alike >= 0.5) - 0.35 * (alike < 0.2 and bool(_declared(titles)))
        sure += 0.05 * likeness(mine, slug) if slug else 0.0
        sure -= 0.2 if len(one.value.split()) < 2 and alike < 0.5 else 0.0
    return replace(one, confidence=round(max(0.05, min(sure, _SURE)), 2))


def _is_alike(one: Evidence, titles: list[Evidence]) -> bool:
    return _likeness(one, titles) >= 0.5


def _likeness(one: Evidence, titles: list[Evidence]) -> float:
    mine = terms(one.value)
    return max((likeness(mine, terms(e.value)) for e in _declared(titles)), default=0.0)


def _declared(titles: list[Evidence]) -> list[Evidence]:
    return [e for e in titles if e.rule not in _HEADINGS and e.confidence >= 0.5]


def without_site(title: str, sites: frozenset[str]) -> str:
    """A title without the site's name, its sections and archive, before or behind a mark."""
    for _ in range(4):
        marks = list(TITLE_MARKS.finditer(title))
        if not marks:
            return title
        first, last = marks[0], marks[-1]
        before, behind = title[: last.start()].strip(), title[first.end() :].strip()
        if before and _is_of_site(title[last.end() :], sites):
            title = before
        elif behind and _is_of_site(title[: first.start()], sites):
            title = behind
        else:
            return title
    return title


def _is_of_site(part: str, sites: frozenset[str]) -> bool:
    return is_site(part, sites) or bare(part) in every("archive-label")
