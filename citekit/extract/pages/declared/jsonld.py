"""Read schema.org articles out of a page's JSON-LD.

The best source where it is there, and full of traps: several articles on one page, references by
``@id``, authors that are sites, JSON that is none. What cannot be read is left out.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from citekit.extract.pages.tree import clean
from citekit.extract.shared.dates import parse_iso
from citekit.extract.shared.evidence import Evidence, Json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

Node = dict[str, Any]

_MOST_SCRIPTS, _LARGEST, _MOST_NODES = 60, 2_000_000, 5_000
_ARTICLES = {
    "newsarticle": 1.0,
    "reportagenewsarticle": 1.0,
    "analysisnewsarticle": 1.0,
    "opinionnewsarticle": 1.0,
    "backgroundnewsarticle": 1.0,
    "reviewnewsarticle": 1.0,
    "article": 0.95,
    "blogposting": 0.95,
    "scholarlyarticle": 1.0,
    "medicalscholarlyarticle": 1.0,
    "report": 0.9,
    "techarticle": 0.9,
    "liveblogposting": 0.95,
    "socialmediaposting": 0.7,
    "advertisercontentarticle": 0.9,
    "review": 0.7,
    "recipe": 0.7,
    "videoobject": 0.55,
    "podcastepisode": 0.6,
    "webpage": 0.5,
    "itempage": 0.5,
    "creativework": 0.6,
}
_CLEAN = re.compile(
    r"^\s*(?:<!--|<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|//\s*<!\[CDATA\[)|(?:-->|\]\]>|//\s*\]\]>)\s*$",
)


def read_jsonld(root: HtmlElement, url: str | None = None) -> list[Evidence]:
    """Evidence from the article that the page is about."""
    nodes = _nodes(root)
    by_id = {
        node["@id"]: node for node, _ in nodes if isinstance(node.get("@id"), str) and len(node) > 2
    }
    rated = [
        (_weight(node, url), -position, node, path)
        for position, (node, path) in enumerate(nodes)
        if _weight(node, url) > 0
    ]
    found: list[Evidence] = []
    for weight, _, node, path in sorted(rated, key=lambda one: one[:2], reverse=True)[:3]:
        trust = min(1.0, weight) * (1.0 if not found else 0.6)
        found += _article(node, path, by_id, trust)
    return found


def _nodes(root: HtmlElement) -> list[tuple[Node, str]]:
    """All objects of all scripts with their paths, in order, without recursion."""
    found: list[tuple[Node, str]] = []
    scripts = root.xpath("//script[contains(translate(@type,'LDJSON','ldjson'),'ld+json')]")
    for number, script in enumerate(scripts[:_MOST_SCRIPTS]):
        stack: list[tuple[Any, str]] = [(_load(script.text or ""), f"script[{number}]")]
        while stack and len(found) < _MOST_NODES:
            value, path = stack.pop()
            if isinstance(value, dict):
                found.append((value, path))
                stack += [(v, f"{path}.{k}") for k, v in reversed(value.items()) if k not in _LISTS]
            elif isinstance(value, list):
                stack += [(v, f"{path}[{i}]") for i, v in reversed(list(enumerate(value)))]
    return found


_LISTS = frozenset(
    {"itemListElement", "citation", "comment", "relatedLink", "review", "mentions", "hasPart"},
)


def _load(text: str) -> Json:  # any JSON
    if len(text) > _LARGEST:
        return None
    cleaned = _CLEAN.sub("", _CLEAN.sub("", text.strip())).strip().rstrip(";")
    for attempt in (cleaned, re.sub(r",\s*([}\]])", r"\1", cleaned)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _weight(node: Node, url: str | None) -> float:
    weight = max((_ARTICLES.get(kind, 0.0) for kind in _types(node)), default=0.0)
    if not weight or not any(
        key in node for key in ("headline", "name", "datePublished", "author")
    ):
        return 0.0
    same = url and any(_same_page(link, url) for link in _links(node))
    return weight + (0.3 if same else 0.0) + (0.1 if "headline" in node else 0.0)


def _types(node: Node) -> list[str]:
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [kind.rpartition("/")[2].casefold() for kind in listed if isinstance(kind, str)]


def _links(node: Node) -> Iterator[str]:
    for key in ("url", "mainEntityOfPage", "@id"):
        value = node.get(key)
        value = value.get("@id") or value.get("url") if isinstance(value, dict) else value
        if isinstance(value, str):
            yield value


def _same_page(one: str, other: str) -> bool:
    def strip(link: str) -> str:
        path, *rest = re.split(r"[?#]", link, maxsplit=1)
        return re.sub(r"^https?://(?:www\.|m\.)?", "", path if rest else path.rstrip("/"))

    return strip(one) == strip(other)


def _article(node: Node, path: str, by_id: dict[str, Node], trust: float) -> list[Evidence]:
    """The evidence of one article object, each value with the path of its key."""
    facts = [*_titles(node), *_dates(node), *_others(node)]
    authors = author_names(node.get("author"), by_id) or author_names(node.get("creator"), by_id)
    facts.append(("author", authors, "author", 0.88))
    facts += _publishers(node, by_id)
    return [
        Evidence(
            field=field,
            value=value,
            origin="json-ld",
            rule=key,
            place={"path": f"{path}.{key}"},
            confidence=round(confidence * trust, 2),
        )
        for field, value, key, confidence in facts
        if value
    ]


Fact = tuple[str, Json, str, float]  # field, value, key of the object, confidence


def _titles(node: Node) -> Iterator[Fact]:
    page = {"webpage", "itempage", "videoobject", "creativework"} >= set(_types(node))
    yield "title", _text(node.get("headline")), "headline", 0.88
    yield "title", _text(node.get("name")), "name", 0.4 if page else 0.6
    yield "alternate-title", _text(node.get("alternativeHeadline")), "alternativeHeadline", 0.6


def _dates(node: Node) -> Iterator[Fact]:
    for key, field, sure in (
        ("datePublished", "issued", 0.92),
        ("dateCreated", "issued", 0.6),
        ("dateModified", "updated", 0.9),
    ):
        date = parse_iso(_text(node.get(key)) or "")
        if date:
            yield field, date.csl, key, sure
            if field == "issued":
                yield "issued-time", date.csl_time, key, sure


def _publishers(node: Node, by_id: dict[str, Node]) -> Iterator[Fact]:
    periodical = _resolve(node.get("isPartOf"), by_id)
    if {"newspaper", "periodical"} & set(_types(periodical)):
        yield "container-title", _text(periodical.get("name")), "isPartOf", 0.75
    name = _text(_resolve(node.get("publisher"), by_id).get("name"))
    yield "container-title", name, "publisher", 0.7
    yield "publisher", name, "publisher", 0.8


def _others(node: Node) -> Iterator[Fact]:
    language, section, kinds = node.get("inLanguage"), node.get("articleSection"), _types(node)
    tag = language.get("alternateName") if isinstance(language, dict) else language
    yield "language", _text(tag), "inLanguage", 0.75
    yield "section", _text(section), "articleSection", 0.7
    if any(kind.endswith("newsarticle") for kind in kinds):
        yield "type", "article-newspaper", "@type", 0.6
    elif "scholarlyarticle" in kinds or "medicalscholarlyarticle" in kinds:
        yield "type", "article-journal", "@type", 0.8
    elif "blogposting" in kinds:
        yield "type", "post-weblog", "@type", 0.5


def author_names(value: Json, by_id: dict[str, Node]) -> list[tuple[str, str]]:
    """Names and schema.org types (lower case, maybe empty) of an author property."""
    found: list[tuple[str, str]] = []
    for one in (value if isinstance(value, list) else [value])[:40]:
        if isinstance(one, str):
            found.append((clean(one), ""))
            continue
        node = _resolve(one, by_id)
        names = node.get("name")
        kind = next(iter(_types(node)), "")
        listed = names if isinstance(names, list) else [names]
        found += [(_text(name) or "", kind) for name in listed]
    return [(name, kind) for name, kind in found if name]


def _resolve(value: Json, by_id: dict[str, Node]) -> Node:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return by_id.get(value) or {"name": value}
    if not isinstance(value, dict):
        return {}
    if "name" not in value and isinstance(value.get("@id"), str):
        return by_id.get(value["@id"], value)
    return value


def _text(value: Json) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value") or value.get("name")
    return clean(value) or None if isinstance(value, str) else None
