"""Read what a reader sees of a page: headline, byline, date, captions.

Pages say the same in machine form, but not always, and the visible headline is the one to cite.
Class names are read as hints, never a site's own in particular.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from citekit.extract.pages.bylines import is_set_apart, read_bylines
from citekit.extract.pages.frame import is_outside
from citekit.extract.pages.seen import any_of, seen
from citekit.extract.pages.tree import text_of
from citekit.extract.shared.datelines import read_meta_line
from citekit.extract.shared.dates import find_dates, parse_iso
from citekit.extract.shared.parties import Party
from citekit.extract.shared.unit import Unit
from citekit.extract.shared.words import every, fold

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from citekit.extract.shared.evidence import Evidence, Json

_DATE = re.compile(
    r"date|time|publish|posted|datum|fecha|meta|pubdate|dato|veroeffentlich|stamp|info|byline|dateline",
    re.IGNORECASE,
)
_DATE_TAGS = "span div p li address header em a b small h5 h6"


def read_visible(root: HtmlElement, language: str | None) -> list[Evidence]:
    """Evidence from visible bylines and dates."""
    found = [*read_bylines(root, language), *_dates(root, language)]
    return [*found, *_near_headline(root, language)]


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
    for element in root.xpath(any_of(_DATE_TAGS, "@class or @id")):
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
    pair = [seen("issued", date.csl, rule, element, sure)]
    if date.csl_time:
        pair.append(seen("issued-time", date.csl_time, rule, element, sure))
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
        if meta.byline and meta.byline.rule == "byline-marker" and not is_set_apart(element):
            pairs = [Party(text=name) for name in meta.byline.names]
            found.append(seen("author", pairs, "byline-near-headline", element, 0.62 - far))
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
