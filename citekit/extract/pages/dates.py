"""The dates that a reader sees: in ``time`` elements, in elements that are called so, in lines.

A class that says it holds a date is a hint; what is in the page's footer, its menus and lists of
other articles is not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.frame import is_outside
from citekit.extract.pages.seen import any_of, seen
from citekit.extract.pages.tree import text_of
from citekit.extract.shared.datelines import MetaLine, dates_other_things, read_meta_line
from citekit.extract.shared.dates.machine import parse_iso
from citekit.extract.shared.dates.printed import find_dates
from citekit.extract.shared.unit import Unit
from citekit.extract.shared.words import every, fold
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from citekit.extract.shared.datelines import Label
    from citekit.extract.shared.dates.context import DateContext
    from citekit.extract.shared.dates.found import FoundDate
    from citekit.extract.shared.evidence import Evidence

_DATE = re.compile(
    r"date|time|publish|posted|datum|fecha|meta|pubdate|dato|veroeffentlich|stamp|info|byline|dateline",
    re.IGNORECASE,
)
_TODAY = re.compile(r"(?:^|[\s_-])(?:today|heute|current|now|clock)(?:$|[\s_-])", re.IGNORECASE)
_DATE_TAGS = "span div p li address header em a b small h5 h6"
_PUBLISHED = re.compile(r"publi|posted|pubdate|created", re.IGNORECASE)
_MOST_TIMES, _MOST_LABELLED, _MOST_FOUND = 60, 60, 16
_LEAST = 0.1
_RELATIVE = 0.45  # it rests on the clock of the program that saved the page


def read_dates(root: HtmlElement, context: DateContext) -> list[Evidence]:
    """Evidence from ``time`` elements, then from short elements whose class says that they date."""
    return [*_time_elements(root, context), *_labelled(root, context)]


def dates_of_line(
    meta: MetaLine, rule: str, element: HtmlElement, sure: float, context: DateContext
) -> Iterator[Evidence]:
    """Evidence from the dates of a line that is explained, less sure for a date of a change."""
    for one in meta.dates:
        yield from _dated(one.found, rule, element, sure + _of_label(one.label) - _doubt(one.found))
    for label, ago in meta.agos:
        day = ago.day(context.saved_at) if context.saved_at else None
        if day:
            yield from _dated(day, "relative-date", element, _RELATIVE + _of_label(label))


def _of_label(label: Label) -> float:
    return {"updated": -0.35, "published": 0.1, "": 0.0}[label]


def _doubt(found: FoundDate) -> float:
    """How much less sure a date is for how it was read; one of the common calendar goes before."""
    return 0.15 * found.ambiguous + 0.1 * (found.calendar != "common")


def _dated(found: FoundDate, rule: str, element: HtmlElement, sure: float) -> list[Evidence]:
    """Evidence of a day, and of the time beside it."""
    sure = max(_LEAST, sure)
    pair = [seen("issued", found.csl, rule, element, sure)]
    if found.csl_time:
        pair.append(seen("issued-time", found.csl_time, rule, element, sure))
    return [replace(one, place={**one.place, **found.doubts}) for one in pair]


def _time_elements(root: HtmlElement, context: DateContext) -> Iterator[Evidence]:
    for position, element in enumerate(root.xpath("//time")[:_MOST_TIMES]):
        if is_outside(element):
            continue
        text = text_of(element, limit=100)
        written = element.get("datetime") or element.get("content")
        machine = parse_iso(written, context.language) if written else None
        shown = find_dates(text, language=context.language, order=context.order)[:1]
        around = _around(element, text)
        updated = any(stem in fold(around) for stem in every("changed"))
        sure = 0.78 - 0.04 * min(position, 8) + (0.06 if _PUBLISHED.search(around) else 0)
        sure = max(0.2, sure - (0.45 if updated else 0))
        if machine:
            yield from _dated(machine, "time-element", element, sure)
        for one in shown:
            sure_of_text = sure - 0.12 if machine else sure - _doubt(one)
            yield from _dated(one, "time-element-text", element, sure_of_text)


def _around(element: HtmlElement, text: str) -> str:
    """What is said of a time element: its names, its text, and the line it stands in."""
    names = [element.get("class"), element.get("itemprop"), element.get("pubdate") and "pubdate"]
    parent = element.getparent()
    if parent is not None:
        names += [parent.get("class"), text_of(parent, limit=60)]
    return " ".join(filter(None, [*names, text]))


def _labelled(root: HtmlElement, context: DateContext) -> list[Evidence]:
    """Dates in short elements whose class says that they hold one."""
    found: list[Evidence] = []
    number = 0
    for element in root.xpath(any_of(_DATE_TAGS, "@class or @id")):
        label = f"{element.get('class') or ''} {element.get('id') or ''}"
        if not _DATE.search(label[:200]) or _TODAY.search(label) or is_outside(element):
            continue
        text = text_of(element, limit=160)
        if not 3 <= len(text) <= 150:
            continue
        number += 1
        if number > _MOST_LABELLED or len(found) > _MOST_FOUND:
            break
        found += _of_labelled(element, text, number, context)
    return found


def _of_labelled(
    element: HtmlElement, text: str, number: int, context: DateContext
) -> Iterator[Evidence]:
    far = 0.03 * min(number, 8)
    meta = read_meta_line(Unit(text=text), language=context.language, order=context.order)
    if meta:
        yield from dates_of_line(meta, "date-class", element, 0.62 - far, context)
        return
    if dates_other_things(text):
        return
    for one in find_dates(text, language=context.language, order=context.order)[:2]:
        yield from _dated(one, "date-class", element, 0.5 - far - _doubt(one))
