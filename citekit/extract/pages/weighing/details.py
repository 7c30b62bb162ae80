"""What journals and repositories say beside title, authors and date: pages, editors, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.extract.pages.weighing.authors import names_of
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.extract.shared.evidence import Evidence

_AS_THEY_ARE = frozenset(
    {
        *("section", "ISSN", "ISBN", "DOI", "PMID", "volume", "issue", "page", "number", "genre"),
        *("updated", "alternate-title", "container-title-short"),
    }
)


def weigh_details(raw: list[Evidence], language: str | None) -> list[Evidence]:
    """The candidates for fields that need no judgement, and for pages and editors."""
    found = [e for e in raw if e.field in _AS_THEY_ARE]
    return [*found, *_pages(raw), *_editors(raw, language)]


def _pages(raw: list[Evidence]) -> list[Evidence]:
    """First and last page as a range."""
    first = next((e for e in raw if e.field == "page-first"), None)
    last = next((e for e in raw if e.field == "page-last"), None)
    if first is None:
        return []
    ends = dict.fromkeys([first.value, last.value] if last else [first.value])
    return [replace(first, field="page", value="-".join(ends))]


def _editors(raw: list[Evidence], language: str | None) -> list[Evidence]:
    editors = [e for e in raw if e.field == "editor"]
    names = [name for e in editors for party in e.value for name in names_of(party, language)]
    return [replace(editors[0], value=names)] if names else []
