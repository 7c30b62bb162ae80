"""Answers beside each other: which source says what, and which says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.model.claim import Claim, ClaimEvidence
from citekit.pages.claims.answers import answer_groups, answers_section
from citekit.pages.claims.matrix import claim_matrix
from citekit.pages.element import Element
from citekit.pages.library import Library
from citekit.testing.builders import Source, build_archive

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = [
    Source(key=key, data={"title": key, "container-title": key.title(), "issued": when})
    for key, when in (
        ("late", {"date-parts": [[2024, 5, 9]]}),
        ("early", {"date-parts": [[2024, 5, 1]]}),
        ("undated", {}),
        ("elsewhere", {"date-parts": [[2024, 5, 2]]}),
    )
]
HOW_MANY = Claim(
    id="how-many",
    statement="Forty.",
    question="How many?",
    evidence=(
        ClaimEvidence(item="late", stance="supports", says="About forty!"),
        ClaimEvidence(item="early", stance="supports", says="about Forty"),
        ClaimEvidence(item="undated", stance="disputes", says="thirty"),
    ),
)
WHEN = Claim(
    id="when",
    statement="At noon.",
    evidence=(ClaimEvidence(item="elsewhere", stance="mentions"),),
)


def library_of(root: Path) -> Library:
    """The invented sources and claims."""
    store = build_archive(root, SOURCES)
    with store.writing() as writer:
        writer.write_claim(HOW_MANY)
        writer.write_claim(WHEN)
    return Library.read(root)


def grid(table: Element) -> list[list[str]]:
    """The text of each cell, row by row."""
    rows = [row for row in table.children if isinstance(row, Element)]
    return [[cell.text() for cell in row.children if isinstance(cell, Element)] for row in rows]


def test_sources_stand_by_date_and_silence_is_shown(tmp_path: Path) -> None:
    """The oldest source comes first, one without a date last; an empty cell says why."""
    library = library_of(tmp_path / "archive")

    table = grid(claim_matrix(library, [library.claims["how-many"], library.claims["when"]]))

    assert [name.split()[0] for name in table[0][1:]] == ["Early", "Elsewhere", "Late", "Undated"]
    assert table[1] == [
        *("How many?", "about FortySupports", "silent"),
        *("About forty!Supports", "thirtyDisputes"),
    ]
    assert table[2] == ["At noon.", "silent", "mentions", "silent", "silent"]


def test_answers_that_differ_in_case_and_marks_are_one(tmp_path: Path) -> None:
    """The most frequent answer comes first, worded as by its oldest source."""
    library = library_of(tmp_path / "archive")

    groups = answer_groups(library, library.claims["how-many"])
    section = answers_section(library, library.claims["how-many"])

    assert [(answer, [key for key, _ in said]) for answer, said in groups] == [
        ("about Forty", ["early", "late"]),
        ("thirty", ["undated"]),
    ]
    assert section is not None
    assert "Silent: Elsewhere." in section.text()
    assert answers_section(library, library.claims["when"]) is None
