"""Read what a reader sees of a page: headline, byline, date, captions.

Pages say the same in machine form, but not always, and the visible headline is the one to cite.
Class names are read as hints, never a site's own in particular.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from citekit.extract.pages.frame import class_words, is_outside
from citekit.extract.pages.tree import clean, is_hidden, selector_of, text_of
from citekit.extract.shared.bylines import bare_byline, read_byline, split_names
from citekit.extract.shared.datelines import read_meta_line
from citekit.extract.shared.dates import find_dates, parse_iso
from citekit.extract.shared.evidence import Evidence, Json
from citekit.extract.shared.unit import Unit
from citekit.extract.shared.words import every, fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_BYLINE = re.compile(
    r"(?:^|[\s_-])(?:by-?line|byl|author|authors|auteur|autor|autoren|autorin|autore|writer|journalist|contributor|reporter"
    r"|article-?author|post-?author|entry-?author|c-byline|vcard|skribent|redakteur|signature|firma|forfatter)s?"
    r"(?:$|[\s_-]|name|link|info|byline)",
    re.IGNORECASE,
)
_NOT_BYLINE = re.compile(
    r"bio|avatar|image|photo|picture|comment|related|social|share|follow|desc|box|card-list|teaser|recommend|widget"
    r"|count|email|twitter|title|role|position|time|date|icon|separator|popular|profile-text",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"date|time|publish|posted|datum|fecha|meta|pubdate|dato|veroeffentlich|stamp|info|byline|dateline",
    re.IGNORECASE,
)
_MOST = 400
_BYLINE_TAGS = "span div p a address ul li cite strong h2 h3 h4 h5 em section footer header"
_DATE_TAGS = "span div p li address header em a b small h5 h6"


def read_visible(root: HtmlElement, language: str | None) -> list[Evidence]:
    """Evidence from the visible headline, bylines and dates."""
    found = [*_headlines(root), *_bylines(root, language), *_dates(root, language)]
    return [*found, *_near_headline(root, language)]


def _headlines(root: HtmlElement) -> list[Evidence]:
    found: list[Evidence] = []
    for position, element in enumerate(root.xpath("//h1")[:20]):
        text = text_of(element, limit=600)
        if text and not is_hidden(element):
            outside = is_outside(element)
            sure = 0.72 - 0.05 * min(position, 5) - (0.4 if outside else 0.0)
            found.append(_seen("title", text, "h1", element, max(sure, 0.1)))
    if not found:
        found += [
            _seen("title", text, "h2", element, 0.3)
            for element in root.xpath("//article//h2 | //main//h2 | //header//h2 | //h2")[:3]
            if (text := text_of(element, limit=600)) and not is_outside(element)
        ]
    for element in root.xpath("//head/title | /html/title | //title[not(ancestor::svg)]")[:1]:
        if text := clean(text_of(element, limit=600) or element.text_content()[:600]):
            found.append(_seen("title", text, "title-element", element, 0.6))
    return found


def _bylines(root: HtmlElement, language: str | None) -> list[Evidence]:
    found: list[Evidence] = []
    taken: list[HtmlElement] = []
    for element, sure in _byline_elements(root):
        inside = set(element.iterancestors())
        if len(taken) >= 12 or any(other in inside for other in taken):
            continue
        text = text_of(element, limit=400, apart=True)
        names = _names_in(element, text, language)
        if names:
            taken.append(element)
            pairs = [(name, "") for name in names]
            found.append(_seen("author", pairs, "visible-byline", element, sure))
    return found


def _byline_elements(root: HtmlElement) -> Iterator[tuple[HtmlElement, float]]:
    """Elements that hold bylines, surest first: microdata, ``rel=author``, then class names."""
    groups = (
        ("//*[@itemprop and contains(concat(' ',normalize-space(@itemprop),' '),' author ')]", 0.8),
        ("//a[@rel and contains(concat(' ',normalize-space(@rel),' '),' author ')]", 0.74),
    )
    for query, sure in groups:
        for element in root.xpath(query)[:_MOST]:
            if element.tag != "meta" and not is_outside(element):
                yield element, sure
    query = _any_of(_BYLINE_TAGS, "@class or @id or @data-testid")
    for element in root.xpath(query):
        label = class_words(
            " ".join(
                (
                    element.get("class") or "",
                    element.get("id") or "",
                    element.get("data-testid") or "",
                ),
            ),
        )
        match = _BYLINE.search(label[:300])
        if match and not _NOT_BYLINE.search(label[:300]) and not is_outside(element):
            yield element, 0.66 if "line" in match[0].lower() else 0.6


def _any_of(tags: str, condition: str) -> str:
    """An XPath for elements of some tags."""
    return f"//*[{' or '.join('self::' + tag for tag in tags.split())}][{condition}]"


def _names_in(element: HtmlElement, text: str, language: str | None) -> tuple[str, ...] | None:
    if not text or len(text) > 300:
        return None
    nested = element.xpath(".//*[contains(concat(' ',@itemprop,' '),' name ')]")
    named = [text_of(one, limit=120) for one in nested[:10]]
    if named and all(named):
        return tuple(dict.fromkeys(named))
    meta = read_meta_line(Unit(text=text), language=language)
    if meta and meta.byline:
        return meta.byline.names
    byline = read_byline(text, language=language) or bare_byline(text, language=language)
    if byline:
        return byline.names
    links = [text_of(link, limit=80) for link in element.xpath(".//a")[:8]]
    names = [name for link in links if (name := _single_name(link, language))]
    return tuple(dict.fromkeys(names)) or None


def _single_name(text: str, language: str | None) -> str | None:
    names = split_names(text, language=language, marked=False) if text else None
    return names[0] if names and len(names) == 1 else None


def _dates(root: HtmlElement, language: str | None) -> list[Evidence]:
    found: list[Evidence] = []
    for position, element in enumerate(root.xpath("//time")[:60]):
        if is_outside(element):
            continue
        content = element.get("datetime") or element.get("content") or text_of(element, limit=100)
        date = parse_iso(content) if content else None
        if date is None:
            continue
        around = " ".join(
            (
                element.get("class") or "",
                element.get("itemprop") or "",
                (element.get("pubdate") and "pubdate") or "",
                text_of(element, limit=100),
            ),
        )
        parent = element.getparent()
        if parent is not None:
            around += " " + (parent.get("class") or "") + " " + text_of(parent, limit=60)
        updated = any(stem in fold(around) for stem in every("changed"))
        sure = (
            0.78
            - 0.04 * min(position, 8)
            + (0.06 if re.search(r"publi|posted|pubdate|created", around, re.IGNORECASE) else 0)
        )
        found += _dated(date, "time-element", element, max(0.2, sure - (0.45 if updated else 0)))
    return [*found, *_labelled_dates(root, language)]


def _labelled_dates(root: HtmlElement, language: str | None) -> list[Evidence]:
    """Dates in short elements whose class says that they hold one."""
    found: list[Evidence] = []
    seen = 0
    for element in root.xpath(_any_of(_DATE_TAGS, "@class or @id")):
        label = f"{element.get('class') or ''} {element.get('id') or ''}"
        if not _DATE.search(label[:200]) or is_outside(element):
            continue
        text = text_of(element, limit=160)
        if not 6 <= len(text) <= 150 or not any(c.isdigit() for c in text):
            continue
        seen += 1
        if seen > 60 or len(found) > 16:
            break
        meta = read_meta_line(Unit(text=text), language=language)
        dates = (
            [(d.found, d.label) for d in meta.dates]
            if meta
            else [(d, "") for d in find_dates(text, language=language)[:2]]
        )
        for date, label_ in dates:
            sure = (
                (0.62 if meta else 0.5)
                - 0.03 * min(seen, 8)
                - (0.35 if label_ == "updated" else 0)
                + (0.1 if label_ == "published" else 0)
                - (0.15 if date.ambiguous else 0)
            )
            found += _dated(date, "date-class", element, max(0.1, sure))
    return found


def _dated(date: Json, rule: str, element: HtmlElement, sure: float) -> list[Evidence]:
    pair = [_seen("issued", date.csl, rule, element, sure)]
    if date.csl_time:
        pair.append(_seen("issued-time", date.csl_time, rule, element, sure))
    return pair


_NEAR = frozenset(
    [
        "p",
        "span",
        "div",
        "li",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "address",
        "time",
        "em",
        "small",
        "td",
        "header",
        "strong",
        "b",
        "i",
        "a",
        "dd",
        "cite",
        "font",
    ],
)


def _near_headline(root: HtmlElement, language: str | None) -> list[Evidence]:
    """Short lines around the headline that read as byline or dateline, whatever their class is."""
    order = list(islice(root.iter(), 30_000))
    places = [
        i for i, element in enumerate(order) if element.tag == "h1" and not is_outside(element)
    ]
    if not places:
        places = [
            i for i, element in enumerate(order) if element.tag == "h2" and not is_outside(element)
        ]
    if not places:
        return []
    found: list[Evidence] = []
    first = places[0]
    for position, element in enumerate(order[max(0, first - 25) : first + 140]):
        if element.tag not in _NEAR or len(element) > 12:
            continue
        text = text_of(element, limit=240, apart=True)
        if not 5 <= len(text) <= 200 or is_outside(element):
            continue
        meta = read_meta_line(Unit(text=text), language=language)
        if meta is None:
            continue
        far = 0.001 * abs(position - 25)
        if meta.byline and meta.byline.rule == "byline-marker":
            pairs = [(name, "") for name in meta.byline.names]
            found.append(_seen("author", pairs, "byline-near-headline", element, 0.62 - far))
        for dated in meta.dates:
            sure = (
                0.58
                - far
                - (0.3 if dated.label == "updated" else 0)
                + (0.1 if dated.label == "published" else 0)
            )
            found += _dated(dated.found, "date-near-headline", element, max(0.1, sure))
    best = next((e for e in found if e.field == "author"), None)
    return [e for e in found if e.field != "author" or e is best]


def _seen(field: str, value: Json, rule: str, element: HtmlElement, sure: float) -> Evidence:
    return Evidence(
        field=field,
        value=value,
        origin="visible",
        rule=rule,
        place={"selector": selector_of(element)},
        confidence=round(sure, 2),
    )
