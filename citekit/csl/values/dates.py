"""Dates: CSL-JSON, raw text and EDTF in; localized dates and ranges out.

Source: CSL 1.0.2 §Date, §Localized Dates, §Date Ranges; EDTF (ISO 8601-2) levels 0 and 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from citekit.csl.output.tree import Node, YearNode
from citekit.csl.style.ir import PLAIN
from citekit.csl.values.numbers import ordinal
from citekit.csl.values.textcase import apply_case
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.style.ir import DatePart
    from citekit.csl.style.locale import Locale

Point = tuple[int, int, int]
"""Year, month, day; 0 where unknown. The months 13–16, 21–24 and, where ``season`` was said, 25–28
are seasons."""

_MONTHS = {
    name[:3]: i + 1
    for i, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ]
    )
}
_SEASONS = {"spring": 13, "summer": 14, "autumn": 15, "fall": 15, "winter": 16}
_EDTF = re.compile(
    r"^([YX\d-][\dXu]{1,9}|-?\d{1,10})(?:-(\d\d|[XU]{2}))?(?:-(\d\d|[XU]{2}))?(?:T.*)?([?~%]?)$"
)
_SLASHED = re.compile(r"^(\d{1,4})[/.](\d{1,2})(?:[/.](\d{1,4}))?$")


class DateValue(Value):
    """A date or range: its end points, or literal text."""

    start: Point = (0, 0, 0)
    end: Point | None = None
    circa: bool = False
    is_open: bool = False
    literal: str = ""


def read_date(value: object) -> DateValue | None:
    """The date in a CSL-JSON date variable, an EDTF string or free text; None if it is neither."""
    if isinstance(value, str):
        return _read_raw(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return DateValue(start=(value, 0, 0))
    if not isinstance(value, Mapping):
        return None
    parts = value.get("date-parts")
    points = [p for p in map(_point, parts[:2]) if p] if isinstance(parts, (list, tuple)) else []
    circa = _is_true(value.get("circa"))
    if points and (points[0][0] or points[0][1]):
        season = _season(value.get("season"))
        points = [(y, m or season, d) for y, m, d in points]
        second = points[1] if len(points) > 1 else None
        is_open = second is not None and not second[0]
        end = None if is_open or second == points[0] else second
        return DateValue(start=points[0], end=end, circa=circa, is_open=is_open)
    for key in ("edtf", "raw", "literal"):
        text = value.get(key)
        if isinstance(text, (str, int)) and str(text).strip():
            date = DateValue(literal=str(text)) if key == "literal" else _read_raw(str(text))
            return replace(date, circa=True) if circa else date
    return None


def _is_true(value: object) -> bool:
    return value not in (None, False, 0, "", "0", "false")


def _point(parts: object) -> Point | None:
    if isinstance(parts, (str, int)):
        parts = [parts]
    if not isinstance(parts, (list, tuple)):
        return None
    numbers = []
    for part in (*parts[:3], 0, 0, 0)[:3]:
        try:
            numbers.append(int(part) if part not in (None, "") else 0)
        except (TypeError, ValueError, OverflowError):
            numbers.append(0)
    if abs(numbers[0]) > 10**9:
        return None
    year, month, day = numbers
    return (year, month if 0 <= month <= 24 else 0, day if 0 <= day <= 31 else 0)


def _season(value: object) -> int:
    text = str(value or "").strip().lower()
    if text.isdigit():
        number = int(text)
        return number + 24 if 1 <= number <= 4 else number if 13 <= number <= 24 else 0
    return _SEASONS[text] + 12 if text in _SEASONS else 0


# ----------------------------------------------------------------------------------- text → date


def _read_raw(text: str) -> DateValue:
    text = text.strip()
    found = _read_edtf(text) or _read_words(text)
    if found is None or not (found.start[0] or found.start[1]):
        return DateValue(literal=text)
    return found


def _read_edtf(text: str) -> DateValue | None:
    first, slash, second = text.partition("/")
    start = _edtf_point(first)
    if slash and first in ("", "..") and (end := _edtf_point(second)):
        return DateValue(start=end[0], circa=end[1])
    if start is None:
        return None
    if not slash:
        return DateValue(start=start[0], circa=start[1])
    if second in ("", ".."):
        return DateValue(start=start[0], circa=start[1], is_open=True)
    end = _edtf_point(second)
    if end is None:
        return None
    last = end[0] if end[0] != start[0] else None
    return DateValue(start=start[0], end=last, circa=start[1] or end[1])


def _edtf_point(text: str) -> tuple[Point, bool] | None:
    match = _EDTF.match(text.strip())
    if match is None:
        return None
    year = match[1].lstrip("Y").replace("X", "0").replace("u", "0")
    if not re.fullmatch(r"-?\d+", year) or (len(year.lstrip("-")) < 3 and match[2]):
        return None
    numbers = [int(p) if p and p.isdigit() else 0 for p in (match[2], match[3])]
    if not (0 <= numbers[0] <= 24 and 0 <= numbers[1] <= 31):
        return None
    return (int(year), numbers[0], numbers[1]), bool(match[4])


def _read_words(text: str) -> DateValue | None:
    """``June 14, 1995``, ``Spring 2000``, ``11/22/1987``, ranges of them; None if unsure."""
    circa = False
    bare = re.sub(r"^(?:c\.|ca\.?|circa)\s*", "", text, flags=re.IGNORECASE)
    if bare != text or text.endswith("?"):
        circa, bare = True, bare.rstrip("?")
    halves = re.split(r"\s*(?:–|—|\s-\s|/(?=\D)|(?<=\w)-(?=[A-Z]))\s*", bare)
    if len(halves) > 2:
        return None
    points = [_words_point(half) for half in halves]
    if None in points:
        return None
    known = [p for p in points if p is not None]
    if len(known) == 2 and not known[0][0]:
        known[0] = (known[1][0], known[0][1], known[0][2])
    if not known[0][0]:
        return None
    end = known[1] if len(known) == 2 else None
    return DateValue(start=known[0], end=end, circa=circa)


def _words_point(text: str) -> Point | None:
    if match := _SLASHED.match(text):
        a, b, c = int(match[1]), int(match[2]), int(match[3] or 0)
        if len(match[1]) > 2:
            return _valid(a, b, c)
        return _valid(c, a, b) if c else None
    year = month = day = 0
    for word in re.findall(r"[^\s,.]+", text):
        lowered = word.lower()
        number = re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", lowered)
        if number and len(number[1]) > 2 and not year:
            year = int(number[1])
        elif number and not day:
            day = int(number[1])
        elif lowered in _SEASONS and not month:
            month = _SEASONS[lowered]
        elif lowered[:3] in _MONTHS and not month:
            month = _MONTHS[lowered[:3]]
        elif lowered in ("bc", "bce") and year:
            year = -year
        elif lowered not in ("ad", "ce"):
            return None
    if day and not month:
        return None
    return _valid(year, month, day)


def _valid(year: int, month: int, day: int) -> Point | None:
    return (year, month, day) if 0 <= month <= 24 and 0 <= day <= 31 else None


# --------------------------------------------------------------------------------- date → output

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
    month = point[1] if "month" in kept else 0
    return f"{year:010}{month:02}{point[2] if 'day' in kept else 0:02}"


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
