"""What biber says of written entries."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from citekit import formats
from citekit.model.variables import ITEM_TYPES

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.biber
# biber's data model lists these types without any field, not even a title
FIELDLESS = {"video", "audio", "movie", "artwork", "image", "letter", "legal", "legislation",
             "jurisdiction", "standard", "performance"}  # fmt: skip
PERSON = [{"family": "Doe", "given": "Jane"}]
RICH: dict[str, Any] = {
    "title": "On {braces}, 100 % & <i>markup</i> in Kosovo",
    "title-short": "On braces",
    "author": [
        *PERSON,
        {"literal": "Examples, Ltd and Sons"},
        {"family": "Humboldt", "given": "A.", "dropping-particle": "von"},
        {"family": "de la Cruz", "given": "X."},
        {"family": "Jones", "given": "A, B", "suffix": "Jr."},
        {"family": "family=x", "given": 'a "q" and b'},
        {"family": "Foo Bar"},
    ],
    "editor": PERSON,
    "translator": PERSON,
    "interviewer": PERSON,
    "director": PERSON,
    "container-author": PERSON,
    "recipient": PERSON,
    "container-title": "Journal & Sons",
    "container-title-short": "J. & S.",
    "collection-title": "A Series",
    "collection-number": "4",
    "publisher": "Sand and Water",
    "publisher-place": "Köln and Bonn",
    "volume": "3",
    "issue": "4",
    "number": "N-5",
    "page": "1-20, 30–35",
    "edition": "3",
    "ISBN": "978-0-674-04258-2",
    "ISSN": "1234-5679",
    "DOI": "10.1234/ab_c(1)<2>",
    "URL": "https://example.org/a_b%20c?x=1&y=2#frag{}",
    "accessed": {"date-parts": [[2025, 11, 22]]},
    "issued": {"date-parts": [[2020, 5, 4], [2021, 6]], "circa": True},
    "original-date": {"date-parts": [[-44, 3, 15]]},
    "event-date": {"date-parts": [[2020]], "season": 2},
    "event-title": "A Conference",
    "event-place": "Paris",
    "genre": "Policy brief",
    "medium": "Video",
    "language": "en-GB",
    "status": "forthcoming",
    "abstract": "One.\n\nTwo %.",
    "keyword": "a, b",
    "note": "sha256:0123",
    "archive": "An Archive",
    "archive_location": "https://archive.example/2020/https://example.org/a%20b#c_d",
    "number-of-pages": "300",
    "section": "Europe",
    "authority": "A Court",
}


def complaints(folder: Path, items: list[dict[str, Any]]) -> list[str]:
    """Biber's warnings and errors, without those of types it knows no field of."""
    biber = shutil.which("biber")
    if biber is None:
        from tests.conftest import absent

        absent("biber is not on this machine")
    source = folder / "items.bib"
    source.write_text(formats.write(items, "biblatex"), encoding="utf-8")
    command = ["biber", "--tool", "--validate-datamodel", "--noconf", str(source)]
    output = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    ).stdout
    lines = [line for line in output.splitlines() if re.match("WARN|ERROR", line)]
    types = "|".join(FIELDLESS)
    return [
        line for line in lines if not re.search(f"Invalid field .* entrytype '({types})'", line)
    ]


def test_full_items_of_every_type_are_accepted(tmp_path: Path) -> None:
    """Biber finds nothing wrong in an item with everything, whatever its type."""
    items = [{"id": csl_type, "type": csl_type, **RICH} for csl_type in sorted(ITEM_TYPES)]

    assert complaints(tmp_path, items) == []


def test_only_facts_that_are_not_there_are_missed(tmp_path: Path) -> None:
    """With a title and a date alone, biber misses facts, but refuses nothing that is written."""
    issued = {"date-parts": [[2020]]}
    items = [{"id": t, "type": t, "title": "T", "issued": issued} for t in sorted(ITEM_TYPES)]

    assert [line for line in complaints(tmp_path, items) if "Missing mandatory" not in line] == []


def test_a_news_article_misses_only_its_author(tmp_path: Path) -> None:
    """The everyday case: no author is invented, and nothing else is wrong."""
    item = {key: RICH[key] for key in ("title", "container-title", "URL", "issued", "accessed")}

    (only,) = complaints(tmp_path, [{"id": "k", "type": "article-newspaper", **item}])

    assert "Missing mandatory field 'author'" in only
