"""The record of a new item: CSL variables and evidence, from what was read and what was said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from citekit.extract.shared.archives import copy_at
from citekit.model.item import Access, ArchivedCopy, ItemFacts
from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.extract import Evidence, Extraction

# CSL variables that evidence may fill. What an archive may publish of a restricted item are its
# title, names and dates; the article's own sentences (abstract, captions) stay offsets.
_VARIABLES: Final = (
    "title",
    "title-short",
    "author",
    "editor",
    "container-title",
    "container-title-short",
    "section",
    "publisher",
    "publisher-place",
    "issued",
    "language",
    "genre",
    "volume",
    "issue",
    "number",
    "page",
    "ISSN",
    "ISBN",
    "DOI",
    "PMID",
)
_RECORDED: Final = (
    *_VARIABLES,
    "type",
    "URL",
    "issued-time",
    "encoding",
    "updated",
    "alternate-title",
    "caption",
    "credit",
    "archive",
    "archive_location",
    "archived-at",
)
_OFFSETS_ONLY: Final = frozenset({"caption"})
# What follows from the address is as sure as the address: somebody's word; so is what a program
# that saved the page wrote into it.
_DECLARING: Final = frozenset({"url", "singlefile", "mhtml"})


class Declared(Value):
    """What the user says of a source."""

    url: str | None = None
    fields: Mapping[str, Any] | None = None
    access: Access | None = None
    encoding: str | None = None


def describe(
    extraction: Extraction,
    declared: Declared,
    default_access: Access,
    *,
    visited: str | None = None,
) -> tuple[dict[str, Any], ItemFacts]:
    """The item's CSL variables, and its facts with the evidence for them.

    ``visited`` is the address under which a page is cited that citekit itself has visited.
    """
    variables: dict[str, Any] = {"type": extraction.value("type") or "document"}
    for variable in _VARIABLES:
        value = extraction.value(variable)
        if value not in (None, "", []):
            variables[variable] = value
    given = cited_for(declared.url)
    url = visited or given or extraction.value("URL")
    if url:
        variables["URL"] = url
    declaring = _DECLARING if visited is None else _DECLARING - {"url"}
    evidence = {name: _recorded(extraction, name, declaring) for name in _RECORDED}
    if visited:
        evidence["URL"] = tuple(
            {**candidate, "chosen": candidate["value"] == visited} for candidate in evidence["URL"]
        )
    if given:
        read = tuple(e for e in evidence["URL"] if e["origin"] != "url")
        evidence["URL"] = (declared_evidence(given), *_unchosen(read))
    for name, value in (declared.fields or {}).items():
        variables[name] = value
        evidence[name] = (declared_evidence(value), *_unchosen(evidence.get(name, ())))
    facts = ItemFacts(
        access=declared.access or default_access,
        archived=_archived(extraction),
        evidence={name: candidates for name, candidates in evidence.items() if candidates},
    )
    return {name: value for name, value in variables.items() if value is not None}, facts


def cited_for(url: str | None) -> str | None:
    """Under which address a page at this one is cited: of a copy in an archive, the original's."""
    copy = copy_at(url)
    return url if copy is None else copy.original


def _archived(extraction: Extraction) -> tuple[ArchivedCopy, ...]:
    """The copy in an archive that the document is, if it is one."""
    url, at = extraction.value("archive_location"), extraction.value("archived-at")
    if not url:
        return ()
    made = datetime.fromisoformat(at) if at else None
    name = extraction.value("archive")
    return (ArchivedCopy(url=url, at=made, extra={"name": name} if name else {}),)


def declared_evidence(value: Any) -> dict[str, Any]:  # noqa: ANN401  # a JSON value
    """Evidence for a value that the user gave."""
    return {
        "value": value,
        "origin": "user",
        "fact": "declared",
        "rule": "given by hand",
        "place": {},
        "confidence": 1.0,
        "chosen": True,
    }


def _recorded(
    extraction: Extraction, name: str, declaring: Collection[str]
) -> tuple[dict[str, Any], ...]:
    return tuple(_evidence_json(evidence, declaring) for evidence in extraction.candidates(name))


def _evidence_json(evidence: Evidence, declaring: Collection[str]) -> dict[str, Any]:
    data = evidence.to_json()
    field = data.pop("field")
    if field in _OFFSETS_ONLY:
        data["value"] = None
    fact = "declared" if data["origin"] in declaring else "observed"
    return {"value": data.pop("value"), "origin": data.pop("origin"), "fact": fact, **data}


def _unchosen(candidates: tuple[dict[str, Any], ...]) -> tuple[dict[str, Any], ...]:
    return tuple({**candidate, "chosen": False} for candidate in candidates)
