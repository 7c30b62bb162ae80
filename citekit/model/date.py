"""Dates of CSL items: date-parts on the inside, EDTF levels 0 and 1 on the way in and out.

Sources: CSL-JSON schema (date variables); Extended Date/Time Format, ISO 8601-2:2019, as profiled
by the Library of Congress (levels 0 and 1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from citekit.model.value import NOTHING, Value

if TYPE_CHECKING:
    from citekit.model.records.json_text import Json

_MONTH_HINT = "use 2023-06-30, or 2023-06 when only the month is known"
_SEASONS = range(21, 25)  # EDTF writes seasons as months 21 to 24, CSL as 1 to 4
_KNOWN = ("date-parts", "season", "circa", "literal", "raw", "edtf")
# Compiled when the first text is read: most dates come as numbers.
_EDTF_DAY = (
    r"(?P<year>-?\d{4}|Y-?\d{5,9}|-?\d{3}[Xu]|-?\d{2}(?:XX|uu))"
    r"(?:-(?P<month>\d\d|XX|uu)(?:-(?P<day>\d\d|XX|uu))?)?"
    r"(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?(?P<doubt>[?~%])?"
)

Parts = tuple[int, ...]


class DateError(ValueError):
    """A value that is no date; ``hint`` says what would be one."""

    def __init__(self, message: str, hint: str = _MONTH_HINT) -> None:
        super().__init__(message)
        self.hint = hint


class Date(Value):
    """One date or range. ``parts`` holds one or two of (year[, month[, day]]).

    Years before 1 are negative (-44 is 44 BC); an empty tuple is an open end. ``season`` is 1 to 4.
    ``original`` is the JSON object this was read from, kept for keys that we do not know.
    """

    parts: tuple[Parts, ...] = ()
    season: int | None = None
    circa: bool = False
    literal: str = ""
    extra: Mapping[str, Any] = NOTHING

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Read a CSL date object, or EDTF text; raises DateError."""
        if isinstance(data, str):
            return cls.from_edtf(data)
        if not isinstance(data, Mapping):
            raise DateError(f"is not a date: {data!r}")
        text = data.get("edtf") or data.get("raw")
        if text is not None and not isinstance(text, str):
            raise DateError(f"is not a date: {text!r}")
        if text and "date-parts" not in data:
            return cls._from_text(text, data)
        literal = data.get("literal", "")
        if not isinstance(literal, str):
            raise DateError(f"is not a date: {literal!r}")
        return cls(
            parts=_read_parts(data.get("date-parts", [])),
            season=_read_season(data.get("season")),
            circa=bool(data.get("circa", False)),
            literal=literal,
            extra={key: value for key, value in data.items() if key not in _KNOWN},
        )

    @classmethod
    def _from_text(cls, text: str, data: Mapping[str, Any]) -> Self:
        try:
            return cls.from_edtf(text)
        except DateError:
            if "raw" in data and "edtf" not in data:
                return cls(literal=text)
            raise

    @classmethod
    def from_edtf(cls, text: str) -> Self:
        """Read EDTF level 0 or 1; raises DateError.

        >>> Date.from_edtf("2023-06-04").parts
        ((2023, 6, 4),)
        >>> Date.from_edtf("2023-05/2023-06~").circa
        True
        """
        ends = text.strip().split("/")
        if len(ends) > 2 or not any(end.strip(".") for end in ends):
            raise DateError(f"is not a date: {text!r}")
        read = [_read_end(end, text) for end in ends]
        season = next((season for _, season, _ in read if season), None)
        return cls(
            parts=tuple(parts for parts, _, _ in read),
            season=season,
            circa=any(circa for _, _, circa in read),
        )

    def to_json(self) -> dict[str, Any]:
        """The CSL date object."""
        data: dict[str, Any] = {}
        if self.parts:
            data["date-parts"] = [list(parts) for parts in self.parts]
        if self.season:
            data["season"] = self.season
        if self.circa:
            data["circa"] = True
        if self.literal:
            data["literal"] = self.literal
        return {**data, **self.extra}

    def to_edtf(self) -> str:
        """The date in EDTF; a literal comes back as it is.

        >>> Date(parts=((2023, 6),), circa=True).to_edtf()
        '2023-06~'
        """
        if not self.parts:
            return self.literal
        mark = "~" if self.circa else ""
        return "/".join(
            _write_end(parts, self.season) + (mark if parts else "") for parts in self.parts
        )

    @property
    def year(self) -> int | None:
        """The first year, or None."""
        return next((parts[0] for parts in self.parts if parts), None)


def _read_end(end: str, whole: str) -> tuple[Parts, int | None, bool]:
    """One end of an interval: its parts, its season, whether it is uncertain or approximate."""
    if end.strip() in ("", ".."):
        return (), None, False
    match = re.fullmatch(_EDTF_DAY, end.strip(), re.ASCII)
    if match is None:
        raise DateError(f"is not a date: {whole!r}")
    year, masked = _read_year(match["year"])
    circa = masked or match["doubt"] is not None
    month = match["month"]
    if month is None or not month.isdigit():
        return (year,), None, circa
    if int(month) in _SEASONS:
        return (year,), int(month) - 20, circa
    day = match["day"]
    parts = (year, int(month)) if day is None or not day.isdigit() else (year, int(month), int(day))
    return _checked(parts, whole), None, circa


def _read_year(text: str) -> tuple[int, bool]:
    """The year, and whether digits were left open (``199X``: about 1990)."""
    digits = text.removeprefix("Y").replace("X", "0").replace("u", "0")
    return int(digits), digits != text.removeprefix("Y")


def _read_parts(value: Json) -> tuple[Parts, ...]:
    if not isinstance(value, list | tuple) or len(value) > 2:
        raise DateError(f"date-parts are not a date or a range: {value!r}")
    return tuple(_read_numbers(parts) for parts in value)


def _read_numbers(parts: Json) -> Parts:
    if not isinstance(parts, list | tuple) or len(parts) > 3:
        raise DateError(f"date-parts are not [year, month, day]: {parts!r}")
    numbers: list[int] = []
    for part in parts:
        if part is None or part == "":
            break
        try:
            numbers.append(int(part))
        except (TypeError, ValueError, OverflowError):
            raise DateError(f"is not a number of a date: {part!r}") from None
    return _checked(tuple(numbers), parts)


def _checked(parts: Parts, whole: Json) -> Parts:
    """The parts, if the calendar has such a day. Zero months and days mean "not known"."""
    while len(parts) > 1 and parts[-1] == 0:
        parts = parts[:-1]
    if len(parts) > 1 and not (1 <= parts[1] <= 12 or parts[1] in _SEASONS):
        raise DateError(f"is not a date: {whole!r} (no month {parts[1]})")
    if len(parts) > 2 and not 1 <= parts[2] <= _days(parts[0], parts[1]):
        raise DateError(f"is not a date: {whole!r} (no day {parts[2]} in that month)")
    return parts


def _days(year: int, month: int) -> int:
    """Days of a month; 0 for a season. The calendar module would cost start-up time."""
    if month > 12:
        return 0
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if month == 2:
        return 29 if is_leap else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _read_season(value: Json) -> int | None:
    if value in (None, ""):
        return None
    try:
        season = int(value)
    except (TypeError, ValueError, OverflowError):
        raise DateError(f"is not a season: {value!r}", "use 1 to 4, spring to winter") from None
    if not 1 <= season <= 4:
        raise DateError(f"is not a season: {value!r}", "use 1 to 4, spring to winter")
    return season


def _write_end(parts: Parts, season: int | None) -> str:
    if not parts:
        return ".."
    year = parts[0]
    text = f"Y{year}" if abs(year) > 9999 else f"{year:05d}" if year < 0 else f"{year:04d}"
    if season and len(parts) == 1:
        return f"{text}-{season + 20}"
    return "-".join([text, *(f"{part:02d}" for part in parts[1:])])
