"""Which of a page's dates is the day of publication.

The day on the page wins over the same instant in another zone; a date that moves with the last post
of a live blog gives way to the day on which the blog began; what stands in the page's footer dates
the paper, its terms or its founding, and counts nowhere.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from citekit.extract.pages.frame import is_apart, is_outside
from citekit.extract.pages.seen import seen
from citekit.extract.pages.tree import text_of
from citekit.extract.shared.datelines import read_dateline, read_meta_line
from citekit.extract.shared.dates.machine import date_in_url, parse_iso
from citekit.extract.shared.dates.order import MONTH_FIRST
from citekit.extract.shared.evidence import Evidence, Json, choose, pair_times
from citekit.extract.shared.unit import Unit
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lxml.html import HtmlElement

    from citekit.extract.shared.dates.context import DateContext

_BELIEVED: Final = 0.4
_AS_PRINTED: Final = 0.95
_DEMOTED: Final = 0.25
_ATTRIBUTE: Final = "time-element"  # its attribute, which nobody sees
_BEGAN: Final = "coverageStartTime"
_ZONES: Final = timedelta(hours=-12), timedelta(hours=14)  # those there are
_QUARTER_S: Final = 900  # zones differ by quarters of an hour
_DATELINES: Final = 2  # paragraphs that may begin with one
_MOST_ELEMENTS, _MOST_SCRIPTS, _LONGEST_SCRIPT = 5_000, 100, 500_000
_IN_SCRIPT: Final = re.compile(
    r"""\\?["'](?:date_?publi(?:shed|cation)|publi(?:shed|sh|cation)_?(?:date|at|on|time)|pub_?date)"""
    r"""\\?["']\s*:\s*\\?["'](\d{4}-\d\d-\d\d[^"'\\]{0,30})""",
    re.IGNORECASE,
)


def weigh_dates(
    raw: list[Evidence],
    root: HtmlElement,
    paragraphs: Sequence[str],
    url: str | None,
    context: DateContext,
) -> list[Evidence]:
    """Evidence for the day and the time of publication."""
    dates = [e for e in raw if e.field in {"issued", "issued-time"}]
    found = [one for e in dates for one in _ordered(e, context)]
    if url and (in_url := date_in_url(url)):
        found.append(
            Evidence(
                field="issued",
                value=in_url.csl,
                origin="url",
                rule="date-in-address",
                place={"start": in_url.start, "end": in_url.end},
                confidence=0.7,
            ),
        )
    if not any(e.field == "issued" and e.confidence >= _BELIEVED for e in found):
        found += _searched(root, paragraphs, context)
    return pair_times(_as_printed(_begun(found)))


def _ordered(one: Evidence, context: DateContext) -> list[Evidence]:
    """Evidence of a date that can be read two ways, in both; the page's order decides for one.

    Dates for machines were read before the page's order was known.
    """
    other = one.place.get("otherwise")
    if one.field != "issued" or other is None:
        return [one]
    readings = [one.value["date-parts"][0], list(other)]
    if one.origin != "visible" and context.order.first != MONTH_FIRST:
        readings.reverse()
    likely, unlikely = (
        replace(one, value={"date-parts": [parts]}, place={**one.place, "otherwise": rest})
        for parts, rest in zip(readings, reversed(readings), strict=True)
    )
    if one.origin != "visible" and context.order.is_sure:
        place = {key: value for key, value in likely.place.items() if key != "otherwise"}
        likely = replace(likely, place=place)
    return [likely, replace(unlikely, confidence=round(one.confidence / 2, 2))]


def _begun(found: list[Evidence]) -> list[Evidence]:
    """The evidence of a live blog: what is later than its beginning moves with its posts."""
    days = [_day(e) for e in found if e.field == "issued" and e.rule == _BEGAN]
    first = min(filter(None, days), default=None)
    if first is None:
        return found
    return [_demoted(e) if e.field == "issued" and (_day(e) or first) > first else e for e in found]


def _as_printed(found: list[Evidence]) -> list[Evidence]:
    """The evidence with the day that the page shows before that of the same instant elsewhere."""
    dates = [e for e in found if e.field == "issued"]
    best = next((e for e in choose(dates) if e.chosen), None)
    shown = [
        e
        for e in dates
        if e.origin == "visible" and e.rule != _ATTRIBUTE and e.confidence >= _BELIEVED
    ]
    if best is None or best.rule == _BEGAN or any(_day(e) == _day(best) for e in shown):
        return found
    instant = _instant(best, found)
    printed = next((e for e in _surest(shown) if _is_same(e, instant, found)), None)
    if instant is None or printed is None:
        return found
    return [
        replace(e, confidence=_AS_PRINTED)
        if _is_of(e, printed)
        else _demoted(e)
        if e.field == "issued" and _day(e) == _day(best) and e.origin != "url"
        else e
        for e in found
    ]


def _surest(evidence: list[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda e: -e.confidence)


def _is_same(printed: Evidence, instant: datetime | None, found: list[Evidence]) -> bool:
    """Whether a printed day, with its time where it has one, can be that of the instant."""
    day = _day(printed)
    if instant is None or day is None or "otherwise" in printed.place:
        return False
    own = _instant(printed, found)
    if own is not None:
        return abs(own - instant) < timedelta(minutes=1)
    clock = _clock(printed, found)
    if clock is None:
        return abs(day - instant.date()) == timedelta(days=1) and not instant.utcoffset()
    ahead = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC) - instant
    late = ahead.total_seconds() % _QUARTER_S
    return _ZONES[0] <= ahead <= _ZONES[1] and min(late, _QUARTER_S - late) <= 60


def _instant(one: Evidence, found: list[Evidence]) -> datetime | None:
    """The instant that evidence of a day and of its time name together, where a zone is known."""
    day = _day(one)
    time = next((e.value for e in found if e.field == "issued-time" and _is_of(e, one)), None)
    if day is None or time is None or not time["zone"]:
        return None
    try:
        return datetime.fromisoformat(f"{day}T{time['time']}{time['zone']}")
    except ValueError:
        return None


def _clock(one: Evidence, found: list[Evidence]) -> str | None:
    times = (e.value["time"] for e in found if e.field == "issued-time" and _is_of(e, one))
    return next(times, None)


def _is_of(one: Evidence, other: Evidence) -> bool:
    """Whether two pieces of evidence were read at one place."""
    return (one.origin, one.rule, dict(one.place)) == (other.origin, other.rule, dict(other.place))


def _day(one: Evidence) -> date | None:
    parts: Json = one.value["date-parts"][0]
    return date(*parts) if len(parts) == 3 else None


def _demoted(one: Evidence) -> Evidence:
    return replace(one, confidence=min(one.confidence, _DEMOTED))


# ------------------------------------------------------------------ the last resort


def _searched(
    root: HtmlElement, paragraphs: Sequence[str], context: DateContext
) -> Iterator[Evidence]:
    """Where neither data nor a dateline tell: weaker signs, each with little confidence."""
    for number, paragraph in enumerate(paragraphs[:_DATELINES], start=1):
        found = read_dateline(paragraph, language=context.language, order=context.order)
        if found:
            yield Evidence(
                field="issued",
                value=found.csl,
                origin="text",
                rule="dateline-of-text",
                place={"paragraph": number, **found.doubts},
                confidence=0.55,
            )
            break
    yield from _in_scripts(root)
    yield from _first_line(root, context)


def _in_scripts(root: HtmlElement) -> Iterator[Evidence]:
    """The day of publication in the page's programs, if they name one alone."""
    texts = islice((script.text or "" for script in root.iter("script")), _MOST_SCRIPTS)
    written = {m[1] for text in texts for m in _IN_SCRIPT.finditer(text[:_LONGEST_SCRIPT])}
    days = {found.parts for one in written if (found := parse_iso(one))}
    if len(days) == 1:
        yield Evidence(
            field="issued",
            value={"date-parts": [list(days.pop())]},
            origin="script",
            rule="publication-date",
            place={"selector": "script"},
            confidence=0.42,
        )


def _first_line(root: HtmlElement, context: DateContext) -> Iterator[Evidence]:
    """The first line of the article that is a date, else one elsewhere that says "published"."""
    elsewhere: list[Evidence] = []
    for element in islice(root.xpath("//body//*[not(*[3])]"), _MOST_ELEMENTS):
        text = text_of(element, limit=160) if isinstance(element.tag, str) else ""
        if not 6 <= len(text) <= 120:
            continue
        meta = read_meta_line(Unit(text=text), language=context.language, order=context.order)
        outside = bool(meta and meta.dates) and is_outside(element)
        for one in meta.dates if meta else ():
            sure = 0.15 if one.label == "updated" else 0.35
            found = seen("issued", one.found.csl, "first-printed-date", element, sure)
            if not outside:
                yield found
                return
            if one.label == "published" and not is_apart(element):
                elsewhere.append(replace(found, confidence=0.3))
    yield from elsewhere[:1]
