"""The timeline to scale: what happened above, what was reported below, lines between them.

A gap that is much longer than the others is cut short, and drawn as cut. The list below the picture
has every date and title, so a book and a reader of text alone miss nothing.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Final

from citekit.model.date import Date, DateError
from citekit.model.value import Value
from citekit.pages import wording
from citekit.pages.addresses import page_of
from citekit.pages.element import Element, h
from citekit.pages.title_markup import title as plain_title

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from citekit.pages.library import Library

_WIDTH: Final = 720
_EDGE: Final = 30
_LANES: Final = {"occurrence": 62, "item": 118}
_STEP: Final = 13  # between two marks of one day, away from the axis
_MOST_STACKED: Final = 4
_MOST_MARKS: Final = 400
_LABEL_WIDTH: Final = 112
_LONG_GAP: Final = 8  # times the middle one


class Mark(Value):
    """A dot: ``lane`` is occurrence or item, ``page`` where it leads, ``joins`` names of others."""

    name: str
    lane: str
    day: int
    label: str
    when: str
    page: str
    joins: tuple[str, ...] = ()


def archive_picture(library: Library, keep: Callable[[str, str], bool]) -> Element | None:
    """Occurrences and items that are kept, by kind and name; see ``time_picture``."""
    marks = [*_occurrences(library, keep), *_items(library, keep)]
    return time_picture(sorted(marks, key=lambda mark: (mark.day, mark.name)))


def _occurrences(library: Library, keep: Callable[[str, str], bool]) -> Iterator[Mark]:
    """What happened, each with the items that name it."""
    for entity in library.entities.values():
        day = _day_of_text(entity.date or "") if entity.kind == "occurrence" else None
        if day is not None and keep("entity", entity.id):
            naming = {key for key, _ in library.mentions.get(entity.id, ())}
            yield Mark(
                name=f"entity:{entity.id}",
                lane="occurrence",
                day=day,
                label=entity.name,
                when=wording.show_date(Date.from_edtf(entity.date or "")),
                page=page_of(library, f"entity:{entity.id}"),
                joins=tuple(f"item:{key}" for key in sorted(naming)),
            )


def _items(library: Library, keep: Callable[[str, str], bool]) -> Iterator[Mark]:
    for key, shelf in library.shelves.items():
        when = shelf.item.date()
        day = day_of(when) if when else None
        if when is not None and day is not None and keep("item", key):
            source = wording.source_name(shelf.item)
            yield Mark(
                name=f"item:{key}",
                lane="item",
                day=day,
                label=f"{source}: {wording.shorten(plain_title(shelf.item), 80)}",
                when=wording.show_date(when),
                page=page_of(library, f"item:{key}"),
            )


def _day_of_text(edtf: str) -> int | None:
    try:
        return day_of(Date.from_edtf(edtf))
    except DateError:
        return None


def day_of(when: Date) -> int | None:
    """The day, counted as Python does, on which a date begins; None for one without a year."""
    parts = next((part for part in when.parts if part), ())
    if not parts:
        return None
    year, month, day = (*parts, 1, 1)[:3]
    if month > 12:  # 21 to 24 are seasons
        month = (month - 21) % 4 * 3 + 1
    if not 1 <= year <= 9999:
        return year * 365 + month * 30 + day
    return date(year, month, 1).toordinal() + day - 1


def time_picture(marks: Sequence[Mark]) -> Element | None:
    """The picture; None where there are fewer than two days, or too many marks to tell apart."""
    days = sorted({mark.day for mark in marks})
    if len(days) < 2 or len(marks) > _MOST_MARKS:
        return None
    places = _scale(days)
    points = _points(marks, places)
    svg = h(
        "svg",
        _axis(marks, days, places),
        [_join(points, mark, other) for mark in marks for other in mark.joins if other in points],
        [_dot(mark, *points[mark.name]) for mark in marks],
        h("text", "events", x="0", y="20", class_="ck-lane"),
        h("text", "reports", x="0", y="176", class_="ck-lane"),
        viewBox=f"0 0 {_WIDTH} 182",
        class_="ck-picture",
        role="group",
        aria_label="Timeline to scale; the list below says the same",
    )
    return h("site", h("picture", svg))


def _long_gaps(days: Sequence[int]) -> tuple[list[int], float]:
    """The gaps between days, and how long one may be drawn."""
    gaps = [after - before for before, after in pairwise(days)]
    return gaps, _LONG_GAP * median(gaps)


def _scale(days: Sequence[int]) -> Mapping[int, float]:
    """Where each day lies across the picture."""
    gaps, longest = _long_gaps(days)
    drawn = [min(gap, longest) for gap in gaps]
    unit = (_WIDTH - 2 * _EDGE) / sum(drawn)
    places, at = {days[0]: float(_EDGE)}, float(_EDGE)
    for day, gap in zip(days[1:], drawn, strict=True):
        at += gap * unit
        places[day] = round(at, 1)
    return places


def _points(marks: Iterable[Mark], places: Mapping[int, float]) -> dict[str, tuple[float, float]]:
    """The middle of each dot; dots of one day are stacked away from the axis."""
    stacked: dict[tuple[str, int], int] = {}
    points = {}
    for mark in marks:
        level = stacked.get((mark.lane, mark.day), 0)
        stacked[mark.lane, mark.day] = level + 1
        away = min(level, _MOST_STACKED - 1) * _STEP
        y = _LANES[mark.lane] + (away if mark.lane == "item" else -away)
        points[mark.name] = (places[mark.day], float(y))
    return points


def _axis(marks: Iterable[Mark], days: Sequence[int], places: Mapping[int, float]) -> list[Element]:
    """The line between the lanes, dashed where it is cut short, and as many dates as have room."""
    gaps, longest = _long_gaps(days)
    lines = [
        _line(
            places[before], 90, places[after], 90, "ck-axis ck-cut" if gap > longest else "ck-axis"
        )
        for before, after, gap in zip(days, days[1:], gaps, strict=False)
    ]
    words = {mark.day: mark.when for mark in reversed(list(marks))}
    labels, free = [], 0.0
    for day in days:
        at = min(max(places[day], _LABEL_WIDTH / 2), _WIDTH - _LABEL_WIDTH / 2)
        if at - _LABEL_WIDTH / 2 >= free:
            labels.append(h("text", words[day], x=f"{at:g}", y="86", text_anchor="middle"))
            free = at + _LABEL_WIDTH / 2
    return [*lines, *labels]


def _join(points: Mapping[str, tuple[float, float]], mark: Mark, other: str) -> Element:
    return _line(*points[mark.name], *points[other], "ck-join")


def _line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Element:
    return h("line", x1=f"{x1:g}", y1=f"{y1:g}", x2=f"{x2:g}", y2=f"{y2:g}", class_=class_)


def _dot(mark: Mark, x: float, y: float) -> Element:
    words = f"{mark.when}: {mark.label}"
    dot = h("circle", h("title", words), cx=f"{x:g}", cy=f"{y:g}", r="5.5")
    return h("a", dot, page=mark.page, aria_label=words, class_=f"ck-dot ck-dot-{mark.lane}")
