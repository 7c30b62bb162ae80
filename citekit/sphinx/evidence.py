"""The table of where each metadata value was read, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import CitekitError
from citekit.model.date import Date, DateError
from citekit.model.name import Name
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES
from citekit.sphinx import words
from citekit.sphinx.element import Element, h

if TYPE_CHECKING:
    from citekit.model.item import Item

# Variables whose value is the article's own text: kept off the pages of restricted items.
TEXT_VARIABLES: Final = frozenset({"abstract"})


def evidence_section(item: Item, *, shows_text: bool) -> Element | None:
    """One row for each value, the chosen one of a field first; None when nothing is recorded.

    For a restricted item only values that the record itself publishes are shown: of captions and
    other pieces of text there is the place alone.
    """
    rows = [
        _row(item, field, candidate, shows_text=shows_text)
        for field, candidates in item.facts.evidence.items()
        for candidate in sorted(candidates, key=lambda c: not c.get("chosen"))
    ]
    if not rows:
        return None
    head = h("tr", *(h("th", name) for name in ("Field", "Value", "Read from", "How sure")))
    return h(
        "section",
        h("title", "Where each fact was read"),
        h("table", head, rows, class_="ck-evidence"),
        id="evidence",
        class_="no-search",
    )


def shown_evidence(item: Item, field: str, *, shows_text: bool) -> bool:
    """Whether values of the field may be on the page."""
    return shows_text or (field in item.data and field not in TEXT_VARIABLES)


def _row(item: Item, field: str, candidate: Mapping[str, Any], *, shows_text: bool) -> Element:
    is_shown = shown_evidence(item, field, shows_text=shows_text)
    value = show_value(field, candidate.get("value")) if is_shown else ""
    sure = candidate.get("confidence")
    chosen = bool(candidate.get("chosen"))
    return h(
        "tr",
        h("td", field.replace("-", " ").replace("_", " ")),
        h("td", words.shorten(value, 160) if value else h("span", "not shown", class_="ck-faint")),
        h("td", _read_from(candidate)),
        h("td", f"{sure:.0%}" if isinstance(sure, int | float) else "–"),
        class_=None if chosen else "ck-rejected",
    )


def show_value(field: str, value: Any) -> str:  # noqa: ANN401  # JSON
    """A value of a CSL variable for reading."""
    try:
        if field in DATE_VARIABLES and value:
            return words.show_date(Date.from_json(value))
        if field in NAME_VARIABLES and isinstance(value, list | tuple):
            return words.show_names([Name.from_json(name) for name in value])
    except (DateError, ValueError, CitekitError):
        return str(value)
    return "" if value is None else str(value)


def _read_from(candidate: Mapping[str, Any]) -> str:
    """The origin and place in words: ``the text, line 3``."""
    place = candidate.get("place")
    origin = str(candidate.get("origin", "")).replace("-", " ").replace("_", " ")
    parts = [origin, *(_place(place) if isinstance(place, Mapping) else [])]
    if isinstance(place, str):
        parts.append(place)
    return ", ".join(part for part in parts if part)


def _place(place: Mapping[str, Any]) -> list[str]:
    parts = []
    if place.get("line") is not None:
        parts.append(f"line {place['line']}")
    if place.get("start") is not None and place.get("end") is not None:
        parts.append(f"characters {place['start']}–{place['end']}")
    parts += [str(place[name]) for name in ("selector", "path") if place.get(name)]
    return parts
