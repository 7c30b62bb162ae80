"""Evidence from the one thing of a page's data that is its article.

A page describes related articles, videos and comments beside its own. Authors belong to their own
thing: those of the others are never added. Title, date and publisher may come from other things
too, but only where these are the same work: the page of the article, or a second description.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.extract.pages.declared.things import (
    by_id,
    links_of,
    resolve,
    text_in,
    types_of,
)
from citekit.extract.pages.kinds import schema_kinds
from citekit.extract.shared.addresses import same_page, split_address
from citekit.extract.shared.dates.machine import parse_iso
from citekit.extract.shared.evidence import Evidence, Json
from citekit.extract.shared.parties import Kind, Party
from citekit.extract.shared.terms import likeness, terms
from citekit.extract.shared.words import fold
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from citekit.extract.pages.declared.things import Node, Thing

_PAGES = frozenset({"webpage", "itempage", "aboutpage", "medicalwebpage", "faqpage", "qapage"})
_BODIES = frozenset(
    {"corporation", "collegeoruniversity", "ngo", "consortium", "school", "brand", "library"}
)
_TELLING = ("headline", "name", "datePublished", "author", "uploadDate")
_MOST_AUTHORS = 400  # a paper of a large experiment has thousands, and styles print a few
_MOST_WORKS = 3


class Page(Value):
    """What is known of the page itself: its address, and its own headlines."""

    url: str | None = None
    titles: tuple[str, ...] = ()


def read_article(things: Sequence[Thing], page: Page) -> list[Evidence]:
    """Evidence from the thing that the page is about, and from what else describes it."""
    known = by_id(things)
    rated = [(_weight(thing, page), -i, thing) for i, thing in enumerate(things)]
    ordered = [one for *_, one in sorted((r for r in rated if r[0] > 0), reverse=True, key=_first)]
    if not ordered:
        return []
    best = ordered[0]
    same = [one for one in ordered[1:] if _is_same_work(best, one, page)][: _MOST_WORKS - 1]
    trust = min(1.0, _weight(best, page))
    found: list[Evidence] = []
    for position, thing in enumerate((best, *same)):
        facts = _facts(thing.node, known)
        has_authors = any(e.field == "author" for e in found)
        found += [
            _evidence(thing, fact, trust if position == 0 else 0.6 * trust)
            for fact in facts
            if fact[1] and not (fact[0] == "author" and has_authors)
        ]
    return found


def _first(rated: tuple[float, int, Thing]) -> tuple[float, int]:
    return rated[:2]


def _evidence(thing: Thing, fact: Fact, trust: float) -> Evidence:
    field, value, key, confidence = fact
    return Evidence(
        field=field,
        value=value,
        origin=thing.origin,
        rule=key,
        place={"path": f"{thing.path}.{key}"},
        confidence=round(confidence * trust, 2),
    )


# ------------------------------------------------------------------ which thing it is


def _weight(thing: Thing, page: Page) -> float:
    """How much a thing is what its page is about; nothing for what says nothing of one."""
    node, kinds = thing.node, schema_kinds()
    weight = max((kinds[kind].weight for kind in types_of(node) if kind in kinds), default=0.0)
    if not weight or not any(key in node for key in _TELLING):
        return 0.0
    if _is_here(node, page):
        weight += 0.3
    elif _is_elsewhere(node, page):
        weight -= 0.2
    weight += 0.1 if "headline" in node else 0.0
    weight += 0.3 * _likeness(node, page)
    return weight * (0.4 if thing.is_part else 1.0)


def _is_here(node: Node, page: Page) -> bool:
    return page.url is not None and any(same_page(link, page.url) for link in links_of(node))


def _is_elsewhere(node: Node, page: Page) -> bool:
    links = [link for link in links_of(node) if split_address(link)]
    return page.url is not None and bool(links)


def _likeness(node: Node, page: Page) -> float:
    mine = terms(text_in(node.get("headline")) or text_in(node.get("name")) or "")
    return max((likeness(mine, terms(title)) for title in page.titles), default=0.0)


def _is_same_work(best: Thing, other: Thing, page: Page) -> bool:
    """Whether another thing describes the page of the best one, or the same article again."""
    if other.is_part:
        return False
    if _is_here(other.node, page) or _has_headline_of(best, other):
        return True
    if set(types_of(other.node)) & _PAGES:
        return not _is_elsewhere(other.node, page)
    mine = set(links_of(best.node))
    return any(link in mine for link in links_of(other.node))


def _has_headline_of(best: Thing, other: Thing) -> bool:
    mine = text_in(best.node.get("headline"))
    return mine is not None and fold(mine) == fold(text_in(other.node.get("headline")) or "")


# ------------------------------------------------------------------ what it says

Fact = tuple[str, Json, str, float]  # field, value, key of the object, confidence


def _facts(node: Node, known: Mapping[str, Node]) -> list[Fact]:
    """The fields of one object, each with the key it comes from."""
    authors = author_parties(node.get("author"), known)
    key = "author" if authors else "creator"
    authors = authors or author_parties(node.get("creator"), known)
    return [
        *_titles(node),
        *_dates(node),
        ("author", authors, key, 0.88),
        *_publishers(node, known),
        *_others(node),
    ]


def _titles(node: Node) -> Iterator[Fact]:
    is_loose = {*_PAGES, "videoobject", "creativework"} >= set(types_of(node))
    yield "title", text_in(node.get("headline")), "headline", 0.88
    yield "title", text_in(node.get("name")), "name", 0.4 if is_loose else 0.6
    yield "alternate-title", text_in(node.get("alternativeHeadline")), "alternativeHeadline", 0.6


def _dates(node: Node) -> Iterator[Fact]:
    for key, field, sure in (
        ("coverageStartTime", "issued", 0.93 if _began_earlier(node) else 0.0),
        ("datePublished", "issued", 0.92),
        ("uploadDate", "issued", 0.85),
        ("dateCreated", "issued", 0.6),
        ("dateModified", "updated", 0.9),
    ):
        date = parse_iso(text_in(node.get(key)) or "") if sure else None
        if date:
            doubt = 0.3 if date.ambiguous else 0.0
            yield field, date.csl, key, sure - doubt
            if field == "issued":
                yield "issued-time", date.csl_time, key, sure


def _began_earlier(node: Node) -> bool:
    """Whether a live blog began before the day it gives, which often moves with its last post."""
    began, published = (
        parse_iso(text_in(node.get(key)) or "") for key in ("coverageStartTime", "datePublished")
    )
    if began is None or "liveblogposting" not in types_of(node):
        return False
    return published is None or began.parts < published.parts


def _publishers(node: Node, known: Mapping[str, Node]) -> Iterator[Fact]:
    periodical = resolve(node.get("isPartOf"), known)
    if {"newspaper", "periodical"} & set(types_of(periodical)):
        yield "container-title", text_in(periodical.get("name")), "isPartOf", 0.75
    name = text_in(resolve(node.get("publisher"), known).get("name"))
    yield "container-title", name, "publisher", 0.7
    yield "publisher", name, "publisher", 0.8


def _others(node: Node) -> Iterator[Fact]:
    language = node.get("inLanguage")
    tag = language.get("alternateName") if isinstance(language, dict) else language
    yield "language", text_in(tag), "inLanguage", 0.75
    yield "section", text_in(node.get("articleSection")), "articleSection", 0.7
    kinds = schema_kinds()
    for kind in types_of(node):
        if kind in kinds:
            yield "type", kinds[kind].type, "@type", kinds[kind].confidence


def author_parties(value: Json, known: Mapping[str, Node]) -> list[Party]:
    """Who an author property names."""
    found: list[Party] = []
    for one in (value if isinstance(value, list) else [value])[:_MOST_AUTHORS]:
        node = resolve(one, known)
        given, family = (text_in(node.get(key)) or "" for key in ("givenName", "familyName"))
        names = node.get("name") or f"{given} {family}".strip()
        found += [
            Party(text=text, kind=_kind(node), given=given, family=family)
            for name in (names if isinstance(names, list) else [names])[:_MOST_AUTHORS]
            if (text := text_in(name))
        ]
    return found


def _kind(node: Node) -> Kind:
    types = types_of(node)
    if any(kind.endswith("organization") or kind in _BODIES for kind in types):
        return "organisation"
    return "person" if "person" in types else ""
