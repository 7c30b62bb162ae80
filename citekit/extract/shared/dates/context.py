"""What the dates of a document are read by."""

from __future__ import annotations

from datetime import datetime

from citekit.extract.shared.dates.order import UNKNOWN_ORDER, DayOrder
from citekit.model.value import Value


class DateContext(Value):
    """The language (its first part), the order of day and month, and when the page was saved."""

    language: str | None = None
    order: DayOrder = UNKNOWN_ORDER
    saved_at: datetime | None = None
