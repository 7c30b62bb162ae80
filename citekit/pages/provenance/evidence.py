"""The table of where each metadata value was read, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import CitekitError
from citekit.model.date import Date, DateError
from citekit.model.name import Name
from citekit.model.quotation import may_show_field
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES
from citekit.pages import wording
from citekit.pages.element import Element, h

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.model.item import Item

    Candidate = Mapping[str, Any]

# What is read off a file besides variables and is never a piece of its text.
_RECORD_FIELDS: Final = frozenset({"issued-time", "encoding", "credit"})

# Origins, as the extractors name them, in words.
_ORIGINS: Final = {
    "bytes": "the bytes",
    "front-matter": "the file's front matter",
    "html": "the page",
    "json-ld": "JSON-LD on the page",
    "media-type": "the kind of file",
    "meta": "a meta tag",
    "notes": "notes",
    "original": "the file",
    "pdf-info": "the PDF's own record",
    "pdf-text": "the PDF's text",
    "singlefile": "SingleFile's comment",
    "text": "the text",
    "url": "the address",
    "user": "the archive's owner",
    "visible": "the page as one sees it",
}


def evidence_section(item: Item, *, shows_text: bool) -> Element | None:
    """One row for each value, the chosen one of a field first; None when nothing is recorded.

    Sources that agree share a row. For a restricted item only values that the record itself
    publishes are shown: of captions and other pieces of text there is the place alone.
    """
    rows = [
        _row(field, same, is_shown=shown_evidence(item, field, shows_text=shows_text))
        for field, candidates in item.facts.evidence.items()
        for same in _by_value(candidates)
    ]
    if not rows:
        return None
    head = h("tr", *(h("th", name) for name in ("Field", "Value", "Read from, rule, how sure")))
    return h(
        "section",
        h("title", "Where each fact was read"),
        h(
            "details",
            h("summary", wording.count(len(rows), "value"), ", and the place of each"),
            h("table", head, rows, class_="ck-evidence"),
        ),
        id="evidence",
        class_="no-search",
    )


def shown_evidence(item: Item, field: str, *, shows_text: bool) -> bool:
    """Whether values of the field may be on the page."""
    is_record = field in item.data or field in _RECORD_FIELDS
    return shows_text or (is_record and may_show_field(field))


def _by_value(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Candidates with the same value together, the chosen value first."""
    groups: list[list[Candidate]] = []
    for candidate in sorted(candidates, key=lambda c: not c.get("chosen")):
        for group in groups:
            if group[0].get("value") == candidate.get("value"):
                group.append(candidate)
                break
        else:
            groups.append([candidate])
    return groups


def _row(field: str, same: Sequence[Candidate], *, is_shown: bool) -> Element:
    value = show_value(field, same[0].get("value")) if is_shown else ""
    return h(
        "tr",
        h("td", field.replace("-", " ").replace("_", " ")),
        h(
            "td",
            wording.shorten(value, 160) if value else h("span", "not shown", class_="ck-faint"),
        ),
        h("td", (h("p", _source(candidate)) for candidate in same)),
        class_=None if same[0].get("chosen") else "ck-rejected",
    )


def show_value(field: str, value: Any) -> str:  # noqa: ANN401  # JSON
    """A value of a CSL variable for reading."""
    try:
        if field in DATE_VARIABLES and value:
            return wording.show_date(Date.from_json(value))
        if field in NAME_VARIABLES and isinstance(value, list | tuple):
            return wording.show_names([Name.from_json(name) for name in value])
        if field == "issued-time" and isinstance(value, Mapping):
            return ", ".join(str(value[k]) for k in ("time", "zone", "note") if value.get(k))
    except (DateError, ValueError, CitekitError):
        return str(value)
    return "" if value is None else str(value)


def _source(candidate: Candidate) -> str:
    """Where, by which rule, how sure: ``the file, line 3 · headline line · 100 %``."""
    parts = [_read_from(candidate), _words(candidate.get("rule"))]
    sure = candidate.get("confidence")
    if isinstance(sure, int | float):
        parts.append(f"{sure:.0%}")
    return " · ".join(part for part in parts if part)


def _read_from(candidate: Candidate) -> str:
    """The origin and place in words: ``the address (declared), characters 34–42``."""
    place = candidate.get("place")
    origin = str(candidate.get("origin", ""))
    origin = _ORIGINS.get(origin, _words(origin))
    if candidate.get("fact") == "declared":
        origin = f"{origin} (declared)".lstrip()
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


def _words(name: object) -> str:
    """A name of a rule or an origin, as words."""
    return wording.shorten(re.sub(r"[-_](?=[a-z])", " ", str(name or "")), 80)
