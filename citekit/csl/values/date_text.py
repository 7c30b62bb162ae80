"""``DateValue`` → the nodes that show it, with ranges collapsed, or a text to sort by.

Source: CSL 1.0.2 §Date, §Localized Dates, §Date Ranges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.tree import Node, YearNode
from citekit.csl.style.ir import PLAIN
from citekit.csl.values.numbers import ordinal
from citekit.csl.values.textcase import apply_case
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.style.ir import DatePart
    from citekit.csl.style.locale import Locale
    from citekit.csl.values.dates import DateValue, Point

_ORDER = ("year", "month", "day")


def sort_text(date: DateValue, kept: Sequence[str]) -> str:
    """The date as digits that sort rightly as text, with only these parts; none for words."""
    if date.literal:
        return ""
    out = [_sort_point(date.start, kept)]
    if date.end is not None:
        out.append(_sort_point(date.end, kept))
    return " ".join(out)


def _sort_point(point: Point, kept: Sequence[str]) -> str:
    """Always as many digits, because collation takes them for one number."""
    year = point[0] + 5_000_000_000 if "year" in kept else 0
    month = _sorted_month(point[1]) if "month" in kept else 0
    return f"{year:010}{month:02}{point[2] if 'day' in kept else 0:02}"


def _sorted_month(number: int) -> int:
    """The month as it is; of a season the one it begins in, in the north: the order of the year."""
    return number if number <= 12 else 3 * ((number - 13) % 4 + 1)


def date_nodes(
    date: DateValue, parts: Sequence[DatePart], delimiter: str, locale: Locale
) -> list[Node | str]:
    """The children that show a date with these parts, ranges collapsed (§Date Ranges)."""
    if date.end is None and not date.is_open:
        return _joined(_point_nodes(date.start, parts, locale), delimiter)
    if date.is_open:
        nodes = _joined(_point_nodes(date.start, parts, locale), delimiter)
        year = next((p for p in parts if p.name == "year"), None)
        return [*nodes, (year.range_delimiter if year else None) or "–"] if nodes else []
    return _range_nodes(date.start, date.end or date.start, parts, delimiter, locale)


def _joined(nodes: list[Node], delimiter: str) -> list[Node | str]:
    if not delimiter:
        return list(nodes)
    out: list[Node | str] = []
    for node in nodes:
        if out:
            out.append(delimiter)
        out.append(node)
    return out


def _range_nodes(
    start: Point, end: Point, parts: Sequence[DatePart], delimiter: str, locale: Locale
) -> list[Node | str]:
    """The block of parts that differ is given twice, the rest once around it."""
    present = [p for p in parts if start[_ORDER.index(p.name)] or end[_ORDER.index(p.name)]]
    differing = [name for i, name in enumerate(_ORDER) if start[i] != end[i]]
    widest = next((name for name in differing if any(p.name == name for p in present)), None)
    if widest is None:
        return _joined(_point_nodes(start, parts, locale), delimiter)
    inner = _ORDER[_ORDER.index(widest) :]
    places = [i for i, p in enumerate(present) if p.name in inner]
    first, last = places[0], places[-1]
    mark = next((p.range_delimiter for p in present if p.name == widest), None) or "–"
    block = present[first : last + 1]
    left = _point_nodes(start, block, locale)
    right = _point_nodes(end, block, locale)
    out: list[Node] = _point_nodes(start, present[:first], locale)
    tail = _point_nodes(end, present[last + 1 :], locale)
    if not left or not right:
        return _joined([*out, *(left or right), *tail], delimiter)
    left[-1] = type(left[-1])(replace(left[-1].look, suffix=""), left[-1].children)
    right[0] = type(right[0])(replace(right[0].look, prefix=""), right[0].children)
    middle: list[Node | str] = [*_joined(left, delimiter), mark, *_joined(right, delimiter)]
    head = _joined(out, delimiter)
    rest = _joined(tail, delimiter)
    if delimiter:
        head = [*head, delimiter] if head else head
        rest = [delimiter, *rest] if rest else rest
    return [*head, *middle, *rest]


def _point_nodes(point: Point, parts: Sequence[DatePart], locale: Locale) -> list[Node]:
    nodes: list[Node] = []
    for part in parts:
        text = _part_text(point, part, locale)
        if text and part.name == "year":
            nodes.append(_year_node(text, _era(point[0], locale), part, locale))
        elif text:
            nodes.append(Node(part.look, styled(text, part, locale)))
    return nodes


def _year_node(text: str, era: str, part: DatePart, locale: Locale) -> YearNode:
    """A year in its look; what names its era stands outside of that."""
    year = YearNode(part.look, styled(text, part, locale))
    return YearNode(PLAIN, [year, era]) if era else year


def _era(year: int, locale: Locale) -> str:
    return locale.text("bc") if year < 0 else locale.text("ad") if year < 1000 else ""


def styled(text: str, part: DatePart, locale: Locale) -> list[Node | str]:
    """The text of a part in the letter case its look asks for."""
    look = part.look
    if look.strip_periods:
        text = text.replace(".", "")
    if look.text_case:
        return list(apply_case([text], look.text_case, locale.lang.lower()))
    return [text]


def _part_text(point: Point, part: DatePart, locale: Locale) -> str:
    year, month, day = point
    match part.name:
        case "year":
            return _year(year, part.form) if year else ""
        case "month":
            return _month(month, part.form or "long", locale) if month else ""
        case "day":
            return _day(month, day, part.form or "numeric", locale) if day and month else ""
        case _:
            return ""


def _year(year: int, form: str | None) -> str:
    if form == "short" and 999 < year < 10000:
        return f"{year % 100:02}"
    return str(abs(year))


def _month(month: int, form: str, locale: Locale) -> str:
    if month > 12:
        if form.startswith("numeric") and month <= 24:
            return ""
        season = (month - 13) % 4 + 1
        return locale.text(f"season-{season:02}")
    if form == "numeric":
        return str(month)
    if form == "numeric-leading-zeros":
        return f"{month:02}"
    return locale.text(f"month-{month:02}", form)


def _day(month: int, day: int, form: str, locale: Locale) -> str:
    if form == "numeric-leading-zeros":
        return f"{day:02}"
    if form == "ordinal" and (
        day == 1 or locale.options.get("limit-day-ordinals-to-day-1") != "true"
    ):
        return ordinal(day, locale, locale.gender(f"month-{month:02}"))
    return str(day)
