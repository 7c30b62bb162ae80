"""Days of other calendars as days of the common one.

Persian by the 33-year rule, which agrees with the calendar of Iran from 1799 to 2256; Hijri by the
civil calendar of Saudi Arabia, Umm al-Qura, as `hijridate` has it; Thai, Republic of China and
Japanese years are counted from another year and have the common months.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from citekit.extract.shared.dates.names import Calendar

FIRST_YEAR: Final = 1600
LAST_YEAR: Final = 2100

_EPOCHS: Final = {"buddhist": -543, "roc": 1911}
_PERSIAN_YEARS: Final = range(1179, 1479)
_NOWRUZ: Final = date(1921, 3, 21), 1300  # the first day of a year
_ERAS: Final = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
ERA_LETTERS: Final = {"M": "明治", "T": "大正", "S": "昭和", "H": "平成", "R": "令和"}

Day = tuple[int, int, int]


def common_day(calendar: Calendar, year: int, month: int, day: int) -> Day | None:
    """The day of the common calendar, from 1600 to 2100; None for a day that there is not.

    >>> common_day("persian", 1402, 12, 22), common_day("hijri", 1445, 9, 2)
    ((2024, 3, 12), (2024, 3, 12))
    >>> common_day("buddhist", 2567, 3, 12), common_day("roc", 113, 3, 12)
    ((2024, 3, 12), (2024, 3, 12))
    """
    try:
        if calendar == "persian":
            found = _persian(year, month, day)
        elif calendar == "hijri":
            found = _hijri(year, month, day)
        else:
            found = date(year + _EPOCHS.get(calendar, 0), month, day)
    except (ValueError, OverflowError):
        return None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        return None
    return found.year, found.month, found.day


def year_of_era(era: str, year: int) -> int:
    """The common year of a Japanese era's year."""
    return _ERAS[era] + year


def eras() -> tuple[str, ...]:
    """The names of the Japanese eras that print may have."""
    return tuple(_ERAS)


def _hijri(year: int, month: int, day: int) -> date:
    from hijridate import Hijri

    return Hijri(year, month, day).to_gregorian()


def _persian(year: int, month: int, day: int) -> date | None:
    if year not in _PERSIAN_YEARS or not 1 <= month <= 12:
        return None
    longest = 31 if month <= 6 else 30 if month <= 11 or _is_leap(year) else 29
    if not 1 <= day <= longest:
        return None
    first, known = _NOWRUZ
    leaps = sum(map(_is_leap, range(min(year, known), max(year, known))))
    days = 365 * (year - known) + (leaps if year > known else -leaps)
    before = 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    return first + timedelta(days=days + before + day - 1)


def _is_leap(year: int) -> bool:
    """Whether a Persian year has 366 days: eight of 33 have."""
    return (25 * year + 11) % 33 < 8
