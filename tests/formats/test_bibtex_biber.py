"""What biber says of written entries."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest

from citekit import formats
from citekit.model.variables import ITEM_TYPES

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
_NEWS = ("title", "container-title", "URL", "issued", "accessed")
ITEMS: list[dict[str, Any]] = [
    *({"id": f"full-{name}", "type": name, **RICH} for name in sorted(ITEM_TYPES)),
    *(
        {"id": f"bare-{name}", "type": name, "title": "T", "issued": {"date-parts": [[2020]]}}
        for name in sorted(ITEM_TYPES)
    ),
    {"id": "news", "type": "article-newspaper", **{key: RICH[key] for key in _NEWS}},
]


@pytest.fixture(scope="module")
def complaints(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Biber's warnings and errors on all items below, in one run: each start takes seconds."""
    if shutil.which("biber") is None:
        pytest.skip("biber is not on this machine: apt install biber")
    folder = tmp_path_factory.mktemp("biber")
    (folder / "items.bib").write_text(formats.write(ITEMS, "biblatex"), encoding="utf-8")
    command = ["biber", "--tool", "--validate-datamodel", "--noconf", "items.bib"]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    return [line for line in done.stdout.splitlines() if re.match("WARN|ERROR", line)]


def test_full_items_of_every_type_are_accepted(complaints: list[str]) -> None:
    """Biber finds nothing wrong in an item with everything, whatever its type."""
    unknown = f"Invalid field .* entrytype '({'|'.join(FIELDLESS)})'"
    lines = [line for line in complaints if not re.search(unknown, line)]

    assert [line for line in lines if "'bare-" not in line and "'news'" not in line] == []


def test_only_facts_that_are_not_there_are_missed(complaints: list[str]) -> None:
    """With a title and a date alone, biber misses facts, but refuses nothing that is written."""
    unknown = f"Missing mandatory|Invalid field .* entrytype '({'|'.join(FIELDLESS)})'"

    assert [line for line in complaints if not re.search(unknown, line)] == []


def test_a_news_article_misses_only_its_author(complaints: list[str]) -> None:
    """The everyday case: no author is invented, and nothing else is wrong."""
    (only,) = (line for line in complaints if "'news'" in line)

    assert "Missing mandatory field 'author'" in only
