"""Dates that are written for machines: attributes, and addresses of pages."""

from __future__ import annotations

import re
from typing import Final

from citekit.extract.shared.dates.calendars import common_day
from citekit.extract.shared.dates.clock import zone_offset
from citekit.extract.shared.dates.found import FoundDate
from citekit.extract.shared.dates.names import months_named
from citekit.extract.shared.dates.printed import calendar_of, find_dates

_SCAN_LIMIT: Final = 2_000
_ISO: Final = re.compile(
    r"\s*(\d{4})-?(\d\d)(?:-?(\d\d))?(?:[T\s]+(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?"
    r"\s*(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?"
)
_IN_PATH: Final = re.compile(
    r"(?<![\d.])((?:19|20)\d\d)([/\-_.]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?![\d.])"
)


def parse_iso(value: str, language: str | None = None) -> FoundDate | None:
    """A date from a machine-readable attribute (ISO 8601 and its common misspellings).

    >>> parse_iso("2023-06-04T10:21:00+0300").iso
    '2023-06-04T10:21:00+03:00'
    >>> parse_iso("1402-12-22T18:30:00+03:30").iso
    '2024-03-12T18:30:00+03:30'
    """
    match = _ISO.match(value[:64])
    if match is None:
        return next(iter(find_dates(value[:200], language=language)), None)
    numbers = [int(part) for part in match.groups()[:3] if part]
    calendar = calendar_of(numbers[0], language)
    day = common_day(calendar, numbers[0], numbers[1], numbers[2] if len(numbers) == 3 else 1)
    if day is None or (len(numbers) == 2 and calendar != "common"):
        return None
    return FoundDate(
        start=match.start(),
        end=match.end(),
        parts=day[: len(numbers)],
        time=":".join(part for part in match.groups()[3:6] if part) or None,
        zone=zone_offset(match[7]) if match[7] else None,
        calendar=calendar,
    )


def date_in_url(url: str) -> FoundDate | None:
    """The day that an address carries, such as /2023/06/04/ or /20230604-….

    >>> date_in_url("https://example.org/2023/06/04/story").iso
    '2023-06-04'
    """
    path = url.split("?", 1)[0][:_SCAN_LIMIT]
    for match in _IN_PATH.finditer(path):
        compact = not match[2]
        if compact and len(match[0]) != 8:
            continue
        if day := common_day("common", int(match[1]), int(match[3]), int(match[4])):
            return FoundDate(start=match.start(), end=match.end(), parts=day)
    named = re.search(r"/((?:19|20)\d\d)/([a-z]{3})/(\d{1,2})/", path)
    months = [m for m in months_named(named[2]) if m.language == "en"] if named else []
    if named and months:
        day = common_day("common", int(named[1]), months[0].number, int(named[3]))
        if day:
            return FoundDate(start=named.start() + 1, end=named.end() - 1, parts=day)
    return None
