"""What files of papers say: each case is a file with what it cites, line by line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.papers.latex import find_in_latex
from citekit.app.papers.latex_runs import find_in_aux, find_in_bcf
from citekit.app.papers.markdown_dialects import find_in_markdown
from citekit.app.papers.rst import find_in_rst
from citekit.app.papers.typst import find_in_typst

if TYPE_CHECKING:
    from citekit.app.papers.found import Found

CASES = Path(__file__).parents[2] / "cases" / "papers"
READERS: dict[str, Any] = {
    ".tex": find_in_latex,
    ".aux": find_in_aux,
    ".typ": find_in_typst,
    ".rst": find_in_rst,
    ".md": find_in_markdown,
}
PAPERS = sorted(path.name for path in CASES.iterdir() if path.suffix in (*READERS, ".bcf"))


def found_in(path: Path) -> Found:
    """What the reader of its kind finds in a file."""
    if path.suffix == ".bcf":
        return find_in_bcf(path.read_bytes())
    found: Found = READERS[path.suffix](path.read_text("utf-8"))
    return found


def told(found: Found) -> list[str]:
    """The keys, each with its line and column."""
    return [f"{cited.place} {cited.key}".removeprefix(":") for cited in found.keys]


@pytest.mark.parametrize("name", PAPERS)
def test_a_paper_says_what_it_cites(name: str) -> None:
    """Every key is found at its place, nothing that is hidden is, and what it reads is named."""
    expected = tomllib.loads((CASES / name).with_suffix(".toml").read_text("utf-8"))
    words = expected["keys"].split()
    found = found_in(CASES / name)

    assert told(found) == [f"{a} {b}" for a, b in zip(words[::2], words[1::2], strict=True)]
    assert [file for file, _ in found.included] == expected.get("included", [])
    assert list(found.bibliographies) == expected.get("bibliographies", [])
    assert found.cites_all == expected.get("cites_all", False)
    assert found.dialect == expected.get("dialect")
    assert sorted(found.labels) == expected.get("labels", [])
    unsure = [cited.key for cited in found.keys if cited.may_be_a_label]
    assert unsure == expected.get("maybe_labels", [])
