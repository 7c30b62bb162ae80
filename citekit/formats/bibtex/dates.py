"""CSL dates as BibLaTeX writes them (EDTF level 1), and as classic BibTeX can.

Source: biblatex manual, §2.3.8; ISO 8601-2:2019.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from citekit.model.date import Date, DateError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_INSTANT = r"(?a)\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?"
_YEAR = r"(?a)(?<!\d)\d{4}(?!\d)"


def write_date(value: object) -> str:
    """The date in EDTF, with its time where it has one; empty when it is no EDTF date.

    >>> write_date({"date-parts": [[2023, 6, 4], [2023, 6, 6]]})
    '2023-06-04/2023-06-06'
    >>> write_date({"date-parts": [[1950]], "circa": True})
    '1950~'
    """
    text = value.get("edtf") or value.get("raw") if isinstance(value, Mapping) else value
    if isinstance(text, str) and re.fullmatch(_INSTANT, text):
        return text
    date = _read(value)
    return date.to_edtf() if date and any(date.parts) else ""


def literal_date(value: object) -> str:
    """The words of a date that is no EDTF date: ``forthcoming``; empty when there are none."""
    date = _read(value)
    if date is not None:
        return date.literal
    raw = value.get("raw") or value.get("literal") if isinstance(value, Mapping) else value
    return raw if isinstance(raw, str) else ""


def year_of(text: str) -> str:
    """The first year of four digits in a text."""
    found = re.search(_YEAR, text)
    return found[0] if found else ""


def year_and_month(edtf: str) -> tuple[str, str]:
    """What classic BibTeX can say of a date: its first year, and the macro of its month.

    >>> year_and_month("2023-06-04/2023-06-06")
    ('2023', 'jun')
    """
    first = edtf.split("/", 1)[0].rstrip("?~%")
    year, *rest = first.removeprefix("-").removeprefix("Y").split("T")[0].split("-")
    month = int(rest[0]) if rest and rest[0].isdigit() else 0
    sign = "-" if first.startswith("-") else ""
    return (sign + year if year.isdigit() else "", MONTHS[month - 1] if 1 <= month <= 12 else "")


def read_date(text: str) -> dict[str, Any]:
    """A CSL date from EDTF; a time of day is kept in ``raw``, other words in ``literal``.

    >>> read_date("2023-06")
    {'date-parts': [[2023, 6]]}
    """
    try:
        date = Date.from_edtf(text).to_json()
    except DateError:
        return {"literal": text}
    return {**date, "raw": text} if "T" in text else date


def _read(value: object) -> Date | None:
    try:
        return Date.from_json(value)
    except DateError:
        return None
