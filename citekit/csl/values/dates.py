"""Dates as items give them, in CSL-JSON, EDTF or words → ``DateValue``.

Source: CSL-JSON schema; EDTF (ISO 8601-2) levels 0 and 1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from citekit.csl.values.numbers import MOST_SIGNS, whole_number
from citekit.model.value import Value, replace

Point = tuple[int, int, int]
"""Year, month, day; 0 where unknown. The months 13–16, 21–24 and, where ``season`` was said, 25–28
are seasons."""

_MONTH_NAMES = "jan feb mar apr may jun jul aug sep oct nov dec"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split(), 1)}
_SEASONS = {"spring": 13, "summer": 14, "autumn": 15, "fall": 15, "winter": 16}
# strings: what few items need is compiled when it is needed, since start-up counts
_EDTF = r"^([YX\d-][\dXu]{1,9}|-?\d{1,10})(?:-(\d\d|[XU]{2}))?(?:-(\d\d|[XU]{2}))?(?:T.*)?([?~%]?)$"
_SLASHED = r"^(\d{1,4})[/.](\d{1,2})(?:[/.](\d{1,4}))?$"


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
    circa = is_true(value.get("circa"))
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


def is_true(value: object) -> bool:
    """Whether a switch of CSL-JSON is on: programs write it as a boolean, a number or a text."""
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
    if number := whole_number(text):
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
    match = re.match(_EDTF, text.strip())
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
    if len(text) > MOST_SIGNS:
        return None
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
    if match := re.match(_SLASHED, text):
        a, b, c = int(match[1]), int(match[2]), int(match[3] or 0)
        if len(match[1]) > 2:
            return _valid(a, b, c)
        return _valid(c, a, b) if c else None
    year = month = day = 0
    for word in re.findall(r"[^\s,.]+", text):
        lowered = word.lower()
        number = re.fullmatch(r"(\d{1,9})(?:st|nd|rd|th)?", lowered)
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
