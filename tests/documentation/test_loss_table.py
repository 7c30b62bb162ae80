"""The page of what survives in which format is what writing and reading gives.

``CITEKIT_UPDATE=1`` with this file writes the page anew, for review.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

from citekit import formats
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES, VARIABLES

PAGE = Path(__file__).resolve().parents[2] / "docs/reference/what-survives.md"
TYPES = (
    *("article-journal", "article-newspaper", "book", "chapter", "motion_picture"),
    *("paper-conference", "report", "thesis", "webpage"),
)
BASE = {
    "title": "Of Reeds",
    "container-title": "The Quay",
    "publisher": "Quay Press",
    "URL": "https://quay.example/",
}
SAMPLES = {
    "DOI": "10.5555/reeds",
    "ISBN": "978-3-16-148410-0",
    "ISSN": "1234-5679",
    "PMCID": "PMC77",
    "URL": "https://reeds.example/a",
    "archive_location": "https://web.archive.org/web/20230611080000/https://reeds.example/a",
    "dimensions": "00:12:10",
    "language": "de",
    "page": "3-9",
}
NUMBERS = ("number-of-pages", "number-of-volumes", "PMID", "volume", "issue", "number")
NOT_OF_ITEMS = {"type", "citation-number", "first-reference-note-number", "locator", "year-suffix"}
HEAD = """# What survives

Each variable of CSL, written in a format and read back. Made by a test, from items of nine types:
*yes* where a field of the format holds it in at least one type, *beside* where it comes back from
the place for what has no field ({doc}`formats`), *–* where it is lost. In CSL-JSON and CSL-YAML
everything survives.

| variable | BibLaTeX | BibTeX | Hayagriva | RIS | Wikipedia |
|---|---|---|---|---|---|
"""


def sample(variable: str) -> Any:  # noqa: ANN401  # JSON
    """A value that a variable may have."""
    if variable in NAME_VARIABLES:
        return [{"family": "Quill", "given": "Ada"}]
    if variable in DATE_VARIABLES:
        return {"date-parts": [[2021, 5, 4]]}
    return SAMPLES.get(variable, "7" if variable in NUMBERS else f"{variable} of reeds")


def survival(variable: str, name: str) -> str:
    """How a variable gets through a format: the best of all types."""
    best = "–"
    for csl_type in TYPES:
        way = way_through(variable, csl_type, name)
        if way == "yes":
            return way
        best = "beside" if "beside" in (way, best) else best
    return best


def way_through(variable: str, csl_type: str, name: str) -> str:
    """How the variable of an item of one type gets through a format."""
    item = {"id": "reeds", "type": csl_type, **BASE, variable: sample(variable)}
    text = formats.write([item], name)
    (back,) = formats.read(text, name).items
    if back.get(variable) != item[variable]:
        return "–"
    return "beside" if is_beside(variable, text, name) else "yes"


def is_beside(variable: str, text: str, name: str) -> bool:
    """Whether a variable stands where the format has what it has no field for."""
    if name == "hayagriva":
        return variable in yaml.safe_load(text)["reeds"].get("csl", {})
    return f"{{:{variable}:" in text


def page() -> str:
    """The page as it should be."""
    names = ("biblatex", "bibtex", "hayagriva", "ris", "wikipedia")
    rows = [
        f"| {variable} | {' | '.join(survival(variable, name) for name in names)} |\n"
        for variable in sorted(VARIABLES - NOT_OF_ITEMS, key=str.casefold)
    ]
    return HEAD + "".join(rows)


def test_the_page_says_what_survives() -> None:
    """Every variable has its row, and the row is what happens."""
    made = page()
    if os.environ.get("CITEKIT_UPDATE"):
        PAGE.write_text(made, "utf-8")

    assert PAGE.read_text("utf-8") == made


def test_data_formats_of_csl_lose_nothing() -> None:
    """CSL-JSON and CSL-YAML have each variable as it is."""
    item = {"id": "reeds", "type": "book", **{v: sample(v) for v in VARIABLES - NOT_OF_ITEMS}}

    for name in ("csl-json", "csl-yaml"):
        assert formats.read(formats.write([item], name), name).items == (item,)
