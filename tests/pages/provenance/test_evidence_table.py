"""The table of where each fact was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.model.item import Item, ItemFacts
from citekit.pages.provenance.evidence import evidence_section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.pages.element import Element

NAMED = {"value": "The Gazette", "origin": "url", "fact": "declared", "rule": "domain"}
TAGLINE = {
    "value": "The Gazette",
    "origin": "original",
    "fact": "observed",
    "rule": "tagline",
    "place": {"line": 1, "start": 0, "end": 11},
    "confidence": 0.9,
}


def rows(evidence: Mapping[str, tuple[Mapping[str, Any], ...]], **data: str) -> list[Element]:
    """The rows of the table of a restricted item, without its head."""
    item = Item.from_json({"id": "k", "type": "article-newspaper", **data})
    section = evidence_section(item.with_facts(ItemFacts(evidence=evidence)), shows_text=False)
    assert section is not None
    folded = section.children[1]
    assert not isinstance(folded, str)
    table = folded.children[1]
    assert not isinstance(table, str)
    return [row for row in table.children[1:] if not isinstance(row, str)]


def test_sources_that_agree_share_a_row() -> None:
    """A second source of the chosen value backs it and is not struck through."""
    (row,) = rows({"publisher": ({**NAMED, "chosen": True}, TAGLINE)}, publisher="The Gazette")

    assert "class" not in row.attributes
    assert row.text() == (
        "publisherThe Gazettethe address (declared) · domain"
        "the file, line 1, characters 0–11 · tagline · 90%"
    )


def test_another_value_is_struck_through() -> None:
    """What was read and not chosen has a row of its own, below the chosen value."""
    other = {**TAGLINE, "value": "A Gazette"}
    chosen, rejected = rows(
        {"publisher": (other, {**NAMED, "chosen": True})}, publisher="The Gazette"
    )

    assert "class" not in chosen.attributes
    assert rejected.attributes["class"] == "ck-rejected"
    assert "A Gazette" in rejected.text()


def test_of_text_a_restricted_page_has_the_place_alone() -> None:
    """Time, encoding and credit are facts and shown; a caption is a piece of the text."""
    evidence: dict[str, tuple[dict[str, Any], ...]] = {
        "issued-time": ({"value": {"time": "10:21", "zone": None, "note": "no zone given"}},),
        "credit": ({"value": "Ada Quill – Agency"},),
        "caption": ({"value": "Words of the article", "place": {"line": 7}},),
    }

    time, credit, caption = (row.text() for row in rows(evidence))

    assert time.startswith("issued time10:21, no zone given")
    assert credit.startswith("creditAda Quill – Agency")
    assert caption == "captionnot shownline 7"
