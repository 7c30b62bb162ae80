"""A date that was found in a text."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from citekit.extract.shared.dates.names import Calendar
from citekit.model.value import Value


class FoundDate(Value):
    """A printed date: its range in the text, its parts, and how it can be read otherwise.

    `parts` are year, month and day of the common calendar, or year and month; `calendar` is the one
    that was printed. `time` is ``HH:MM`` or ``HH:MM:SS``; `zone` an offset such as ``+02:00``, None
    where none is printed. `otherwise` is the day that the same numbers mean to other readers.
    """

    start: int
    end: int
    parts: tuple[int, ...]
    time: str | None = None
    zone: str | None = None
    otherwise: tuple[int, ...] | None = None
    calendar: Calendar = "common"

    @property
    def ambiguous(self) -> bool:
        """Whether day and month may be the other way round."""
        return self.otherwise is not None

    @property
    def csl(self) -> dict[str, Any]:
        """The CSL-JSON date."""
        return {"date-parts": [list(self.parts)]}

    @property
    def csl_time(self) -> dict[str, Any] | None:
        """Time, zone and a note, as evidence carries them."""
        if self.time is None:
            return None
        note = None if self.zone else "no zone given"
        return {"time": self.time, "zone": self.zone, "note": note}

    @property
    def doubts(self) -> dict[str, Any]:
        """What a place says of how the date was read: another calendar, another reading."""
        doubts: dict[str, Any] = {}
        if self.calendar != "common":
            doubts["calendar"] = self.calendar
        if self.otherwise is not None:
            doubts["otherwise"] = list(self.otherwise)
        return doubts

    @property
    def iso(self) -> str:
        """ISO 8601, as precise as what is printed."""
        day = "-".join(f"{part:0{4 if i == 0 else 2}}" for i, part in enumerate(self.parts))
        if self.time is None or len(self.parts) < 3:
            return day
        return f"{day}T{self.time}{self.zone or ''}"

    @property
    def instant(self) -> datetime | None:
        """The instant it names, aware; None unless a time and a zone are printed."""
        if self.time is None or self.zone is None:
            return None
        try:
            return datetime.fromisoformat(self.iso)
        except ValueError:
            return None
