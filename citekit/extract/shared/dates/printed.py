"""Find dates and times as people print them, in the languages of the world's news.

Why not dateparser or htmldate: they cost a third of a second to import, read a year out of "since
2009", and do not tell what was printed from what was assumed. Here a date is what stands there:
no zone is added, a day stays a day, and a date that can be read two ways says so.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from citekit.extract.shared.dates.calendars import ERA_LETTERS, common_day, eras, year_of_era
from citekit.extract.shared.dates.clock import with_time
from citekit.extract.shared.dates.found import FoundDate
from citekit.extract.shared.dates.line import MONTH_SIGN, Line
from citekit.extract.shared.dates.names import best_month, letters, weekdays_named
from citekit.extract.shared.dates.order import MONTH_FIRST, UNKNOWN_ORDER, DayOrder
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.extract.shared.dates.calendars import Day
    from citekit.extract.shared.dates.names import Calendar, Month

_SCAN_LIMIT: Final = 2_000  # code points of a line that are searched
_PERSIAN = frozenset({"fa", "ps", "ckb", "prs"})
_HIJRI = frozenset({"ar", "ur"})
_HIJRI_FROM: Final = 1410  # as a year of the web: of the Persian calendar it is 2031

_MON = rf"(?P<mon>{MONTH_SIGN})(?:\s?[/(|]\s?{MONTH_SIGN}\s?\)?)?"
_YEAR = r"(?P<y>1[3-9]\d\d|2[01]\d\d|2[4-6]\d\d)"
_DAY = r"(?P<d>\d{1,2})(?!\d)"
_ORDINAL = (
    r"(?:\s?(?:st|nd|rd|th|er|ère|re|º|ª|°|\.|ης|-го|-е|-é|:a|:e|η|an?|-?ci|-?cı|inci)(?![^\W_]))?"
)
_OF = r"(?:(?:\s|-)?(?:de|of|d['’]|di|del|van|den|da|le|do|ta['’]?|al|i)\s?)?"
_GAP = r"[\s.,،、/\-–]{0,3}"
_BEFORE_YEAR = r"(?:(?:พ\.?ศ\.?|ค\.?ศ\.?|année|anul|año|සාල|سال|سنة|عام|năm)\s?)?"
_AFTER_YEAR = (
    r"(?:\.?\s?-?(?:m\.|gada|gads|yil|йил|жылғы|жылы|жыл|ж|оны|ko|eko)"
    r"\.?(?![^\W_]))?"
)
_NOT_BEFORE = r"(?<![\d./-])(?<!\d[,:])"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # 中華民國113年3月12日, 民國113.3.12
        (
            r"(?P<roc>中華民國|中华民国|民國|民国)\s?(?P<ry>\d{1,3}|元)\s?[年./-]\s?(?P<m>\d{1,2})\s?[月./-]"
            rf"\s?{_DAY}\s?[日號号]?"
        ),
        # 令和5年6月4日, 令和5.6.4
        rf"(?P<era>{'|'.join(eras())})\s?(?P<ey>\d{{1,2}}|元)\s?[年./-]\s?(?P<m>\d{{1,2}})\s?[月./-]\s?{_DAY}\s?日?",
        # R5.6.4
        rf"(?<![^\W_])(?P<letter>[RHSTM])(?P<ey>\d{{1,2}})[./-](?P<m>\d{{1,2}})[./-]{_DAY}(?![./-]\d)",
        # 2023-06-04, 2023/6/4, 2023. 06. 04., 2023年6月4日, 2023년 6월 4일, ۱۴۰۲/۱۲/۲۲
        rf"(?<![\d.,/-]){_YEAR}\s?[-/.年년]\s?(?P<m>\d{{1,2}})\s?[-/.月월]\s?{_DAY}\s?[일日號号]?\.?",
        # 113年3月12日, 113/03/12, where the years are those of the Republic of China
        rf"{_NOT_BEFORE}(?P<ry>1[0-4]\d)\s?[年/.-]\s?(?P<m>\d{{1,2}})\s?[月/.-]\s?{_DAY}\s?[日號号]?",
        # 4 June 2023, 4. Juni 2023, 1er juin 2023, 4 de junio de 2023, 4-Jun-2023, 4 Haziran 2023
        rf"{_NOT_BEFORE}{_DAY}{_ORDINAL}{_GAP}{_OF}{_MON}{_GAP}{_OF}{_GAP}{_BEFORE_YEAR}{_YEAR}(?!\d)",
        # June 4, 2023, Jun. 4th 2023
        rf"{_MON}{_GAP}{_DAY}{_ORDINAL}\s?[,،]?\s?{_OF}{_YEAR}(?!\d)",
        # 2023. június 4., 2023 m. birželio 4 d., 2023ko ekainaren 4a, 2023-yil 4-iyun
        rf"(?<![\d.,/-]){_YEAR}{_AFTER_YEAR}[\s.,-]{{0,2}}{_MON}\.?\s?{_DAY}\.?",
        rf"(?<![\d.,/-]){_YEAR}{_AFTER_YEAR}[\s.,-]{{0,2}}{_DAY}\.?[\s-]?{_MON}",
        # 2024 оны 3-р сарын 12
        rf"(?<!\d){_YEAR}\s?оны?\s(?P<m>\d{{1,2}})\s?(?:-?[др]\w*)?\s(?:сарын|сар)\s{_DAY}",
        # 4.6.2023, 04/06/2023, 4-6-2023, 6/4/23
        (
            rf"(?<![^\W_]){_NOT_BEFORE}(?P<a>\d{{1,2}})(?P<sep>\s?[./\-–|]\s?)(?P<b>\d{{1,2}})(?P=sep)"
            r"(?P<y>\d{4}|\d{2})(?![\d/]|[.,:-]\d)"
        ),
        # ngày 4 tháng 6 năm 2023; 4 tháng 6, 2023
        rf"(?<!\d){_DAY}\s?tháng\s?(?P<m>\d{{1,2}})\s?(?:,|năm)?\s?{_YEAR}(?!\d)",
        # 04 June '23, 4-Jun-23, 12 มี.ค. 67
        rf"{_NOT_BEFORE}{_DAY}[\s-]{_MON}\.?[\s-]['’]?(?P<y>\d{{2}})(?![\d:.])",
    )
)
_HIJRI_MARK = re.compile(r"\s?(?:هـ|ه‍|ه(?![^\W_])|AH\b|H\.(?!\w))")
_WORDS_BESIDE: Final = 30


def find_dates(
    text: str,
    *,
    language: str | None = None,
    order: DayOrder = UNKNOWN_ORDER,
) -> list[FoundDate]:
    """Every date printed in a line, in order, with the times beside them.

    `language` decides between month names two languages share, and which calendar a year belongs
    to. `order` decides 04/06/2023; where it is not sure, the date carries its other reading.

    >>> find_dates("Publié le 4 juin 2023 à 10h21")[0].iso
    '2023-06-04T10:21'
    >>> find_dates("سه‌شنبه ۲۲ اسفند ۱۴۰۲ - ۱۸:۳۰")[0].iso
    '2024-03-12T18:30'
    """
    cut = text[:_SCAN_LIMIT]
    if not any(c.isdigit() or c in "年月" for c in cut):
        return []
    line = Line(cut)
    found: list[FoundDate] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(line.text):
            taken = any(match.start() < other.end and other.start < match.end() for other in found)
            one = None if taken else _read(line, match, language, order)
            if one is not None:
                found.append(one)
    found.sort(key=lambda one: one.start)
    timed = [with_time(line.text, one, found) for one in found]
    return [replace(one, start=line.at(one.start), end=line.at(one.end)) for one in timed]


def _read(
    line: Line, match: re.Match[str], language: str | None, order: DayOrder
) -> FoundDate | None:
    """The date of a match; None for no day, and for a calendar that this text cannot have."""
    groups = match.groupdict()
    if groups.get("a"):
        return _by_numbers(line, match, language, order)
    calendar, day = _day_of(line, match, language)
    if day is None:
        return None
    return FoundDate(start=match.start(), end=match.end(), parts=day, calendar=calendar)


def _day_of(line: Line, match: re.Match[str], language: str | None) -> tuple[Calendar, Day | None]:
    groups = match.groupdict()
    day = int(groups["d"])
    if groups.get("mon"):
        return _by_month(line.months_at(groups["mon"]), int(groups["y"]), day, language)
    month = int(groups["m"])
    if groups.get("ry"):
        if not groups.get("roc") and language != "zh":
            return "roc", None
        year = 1 if groups["ry"] == "元" else int(groups["ry"])
        return "roc", common_day("roc", year, month, day)
    if groups.get("ey"):
        era = groups.get("era") or (ERA_LETTERS[groups["letter"]] if language == "ja" else None)
        if era is None:
            return "japanese", None
        year = year_of_era(era, 1 if groups["ey"] == "元" else int(groups["ey"]))
        return "japanese", common_day("common", year, month, day)
    calendar = calendar_of(int(groups["y"]), language, _marked_hijri(line, match))
    return calendar, common_day(calendar, int(groups["y"]), month, day)


def _by_month(
    months: tuple[Month, ...], year: int, day: int, language: str | None
) -> tuple[Calendar, Day | None]:
    """The day of a month's name in a year: the year tells which calendar's name it is."""
    if year < 100:
        year += 2500 if language == "th" and year >= 60 else 2000 if year < 70 else 1900
    lunar_or_solar = 1300 <= year < 1600
    fitting = tuple(m for m in months if (m.calendar != "common") == lunar_or_solar)
    if not fitting:
        return "common", None
    month = best_month(fitting, language)
    calendar: Calendar = "buddhist" if year > 2400 else month.calendar
    return calendar, common_day(calendar, year, month.number, day)


def calendar_of(year: int, language: str | None, marked_hijri: bool = False) -> Calendar:
    """The calendar of a year in numbers, by what readers of a language would take it for.

    >>> calendar_of(1402, "fa"), calendar_of(1445, None), calendar_of(2567, None)
    ('persian', 'hijri', 'buddhist')
    """
    if year > 2400:
        return "buddhist"
    if not 1300 <= year < 1600:
        return "common"
    if marked_hijri or (language not in _PERSIAN and (language in _HIJRI or year >= _HIJRI_FROM)):
        return "hijri"
    return "persian"


def _marked_hijri(line: Line, match: re.Match[str]) -> bool:
    return bool(_HIJRI_MARK.match(line.text, match.end()))


def _by_numbers(
    line: Line, match: re.Match[str], language: str | None, order: DayOrder
) -> FoundDate | None:
    """A date such as 04/06/2023, with its other reading where that is possible, too."""
    first, second = int(match["a"]), int(match["b"])
    year = int(match["y"])
    if year < 100:
        year += 2500 if language == "th" and year >= 60 else 2000 if year < 70 else 1900
    calendar = calendar_of(year, language, _marked_hijri(line, match))
    slashed = "/" in match["sep"]
    counts_commonly = calendar == "common"  # who counts other years writes the day first
    month_first = counts_commonly and order.first == MONTH_FIRST and (slashed or order.is_sure)
    readings = [common_day(calendar, year, m, d) for m, d in ((second, first), (first, second))]
    if month_first:
        readings.reverse()
    likely, other = _by_weekday(line, match, readings)
    if likely is None:
        likely, other = other, None
    if likely is None:
        return None
    open_to_doubt = counts_commonly and not order.is_sure and likely != other
    return FoundDate(
        start=match.start(),
        end=match.end(),
        parts=likely,
        otherwise=other if open_to_doubt else None,
        calendar=calendar,
    )


def _by_weekday(line: Line, match: re.Match[str], readings: list[Day | None]) -> list[Day | None]:
    """The readings, or the only one that is the day of the week printed beside it."""
    around = (
        line.text[max(0, match.start() - _WORDS_BESIDE) : match.start()],
        line.text[match.end() : match.end() + _WORDS_BESIDE],
    )
    words = (
        re.findall(rf"{letters()}+", around[0])[-2:] + re.findall(rf"{letters()}+", around[1])[:2]
    )
    days = frozenset[int]().union(*(weekdays_named(word) for word in words))
    fitting = [day for day in readings if day and date(*day).weekday() in days]
    return [fitting[0], None] if len(fitting) == 1 else readings
