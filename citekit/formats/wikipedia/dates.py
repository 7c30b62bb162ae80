"""Dates of citations: in words, as ranges, with a letter behind the year."""

from __future__ import annotations

import re
from itertools import product
from typing import Any, Final

from citekit.formats.bibtex.loose_dates import read_loose_date
from citekit.model.date import Date, DateError

_DASH: Final = r"\s*(?:–|—|-)\s*"
_LETTER: Final = re.compile(r"(?a)(\d{4})[a-z]$")
_MOST_SIGNS: Final = 60
"""Of a date in words; what is longer is kept as it is."""


def read_wiki_date(text: str) -> dict[str, Any]:
    """CSL's date; in ``literal`` where it is none.

    >>> read_wiki_date("June 4–6, 2023")
    {'date-parts': [[2023, 6, 4], [2023, 6, 6]]}
    """
    bare = _LETTER.sub(r"\1", text.strip())
    found = read_loose_date(bare)
    if "literal" not in found or len(bare) > _MOST_SIGNS:
        return found if "literal" not in found else {"literal": text}
    ends = re.split(_DASH, bare)
    return (_range(*ends) if len(ends) == 2 else None) or {"literal": text}


def _range(first: str, last: str) -> dict[str, Any] | None:
    """Both ends of a range that say only once what they share."""
    about = re.match(r"c(?:irca|a)?\.?\s+", first)
    first = first[about.end() :] if about else first
    words = last.replace(",", "").split()
    month = first.split()[0] if first.split() else ""
    firsts = [first, f"{first} {' '.join(words[-2:])}", f"{first} {words[-1] if words else ''}"]
    lasts = [last, f"{month} {last}"]
    for one, other in product(firsts, lasts):
        ends = [read_loose_date(one), read_loose_date(other)]
        parts = [end.get("date-parts", []) for end in ends if "season" not in end]
        if [len(p) for p in parts] == [1, 1] and len(parts[0][0]) == len(parts[1][0]):
            return _checked([p[0] for p in parts], is_about=bool(about))
    return None


def _checked(parts: list[list[int]], *, is_about: bool) -> dict[str, Any] | None:
    try:
        return Date.from_json({"date-parts": parts, "circa": is_about}).to_json()
    except DateError:
        return None
