"""Dates: ``2023-06-04``, ``~1950``. There are no ranges, no seasons and no words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.bibtex.dates import literal_date, year_of
from citekit.formats.bibtex.loose_dates import read_loose_date
from citekit.model.date import Date, DateError

if TYPE_CHECKING:
    from citekit.model.records.json_text import Json

_DATE: Final = re.compile(r"(?a)(~?)([+-]?\d{4,5})(?:-(\d\d)(?:-(\d\d))?)?")
_LATEST: Final = 9999


def read_date(value: Json) -> dict[str, Any] | None:
    """CSL's date; None for what is no date and no words.

    >>> read_date("~1950"), read_date("-0043")
    ({'date-parts': [[1950]], 'circa': True}, {'date-parts': [[-44]]})
    """
    if isinstance(value, Mapping):
        return _in_parts(value)
    text = str(value).strip() if isinstance(value, str | int) else ""
    if not text:
        return None
    match = _DATE.fullmatch(text)
    if not match:
        return read_loose_date(text)
    parts = [_csl_year(int(match[2])), *(int(part) for part in match.groups()[2:] if part)]
    return _checked(parts, is_about=bool(match[1])) or {"literal": text}


def _in_parts(given: Mapping[str, Any]) -> dict[str, Any] | None:
    """A date in parts, whose months and days count from 0."""
    try:
        numbers = [int(given[part]) for part in ("year", "month", "day") if part in given]
    except (TypeError, ValueError, OverflowError):
        return None
    if not numbers or "year" not in given:
        return None
    parts = [_csl_year(numbers[0]), *(number + 1 for number in numbers[1:])]
    return _checked(parts, is_about=bool(given.get("approximate")))


def _checked(parts: list[int], *, is_about: bool) -> dict[str, Any] | None:
    try:
        return Date.from_json({"date-parts": [parts], "circa": is_about}).to_json()
    except DateError:
        return None


def write_date(value: Json) -> str | int:
    """The date, of a range its first end, of words the year; empty for none.

    >>> write_date("2023-06-04/2023-06-06"), write_date({"date-parts": [[-44]]})
    ('2023-06-04', '-0043')
    """
    try:
        date = Date.from_json(value)
    except DateError:
        return _plain(year_of(literal_date(value)))
    parts = next((end for end in date.parts if end), ())
    if not parts or not 0 < abs(parts[0]) <= _LATEST or (len(parts) > 1 and parts[1] > 12):
        return _plain(year_of(date.literal))
    year = parts[0] if parts[0] > 0 else parts[0] + 1  # there is no year 0, but in ISO 8601
    text = "-".join(
        [f"{year:05d}" if year < 0 else f"{year:04d}", *(f"{n:02d}" for n in parts[1:])]
    )
    return f"~{text}" if date.circa else _plain(text)


def _csl_year(year: int) -> int:
    return year if year > 0 else year - 1


def _plain(text: str) -> str | int:
    return int(text) if re.fullmatch(r"(?a)[1-9]\d{3}", text) else text
