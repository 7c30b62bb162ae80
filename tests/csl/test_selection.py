"""Which entries a bibliography shows: selectors, functions, and what is cited nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from citekit.csl import process
from citekit.errors import UsageError
from citekit.testing import csl_samples as csl

CASES = Path(__file__).resolve().parent.parent / "cases" / "csl" / "selections.yaml"
DATA: dict[str, Any] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
ITEMS: list[dict[str, Any]] = DATA["items"]
STYLE = csl.style('<text variable="title"/>')


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["name"])
def test_selectors(case: dict[str, Any]) -> None:
    """The entries are those that the selectors keep, in their order."""
    result = process(STYLE, ITEMS, keep=case["keep"])

    assert [key for key, _ in result.bibliography] == case["expected"]


@pytest.mark.parametrize("case", DATA["wrong"], ids=lambda case: case["name"])
def test_wrong_selectors_are_told(case: dict[str, Any]) -> None:
    """Selectors that nobody can follow are refused, and not read as none."""
    with pytest.raises(UsageError, match=case["message"]):
        process(STYLE, ITEMS, keep=case["keep"])


def test_a_function_may_choose() -> None:
    """Any function that is told an item tells whether its entry is wanted."""
    result = process(STYLE, ITEMS, keep=lambda item: "sea" in item.get("categories", ()))

    assert result.bibliography == (("tides", "Tides"), ("gulls", "Gulls"))


def test_entries_keep_the_numbers_of_the_whole() -> None:
    """What is left out still counts: the numbers are those that citations have."""
    numbered = csl.style('<text variable="citation-number"/>')

    result = process(numbered, ITEMS, keep={"include": [{"field": "type", "value": "report"}]})

    assert result.bibliography == (("anchors", "3"),)


def test_a_repeated_author_is_told_by_the_entry_printed_before() -> None:
    """A dash stands for an author only below that author's name."""
    author = [csl.person("Quill", "Ada")]
    items = [{**item, "author": author} for item in ITEMS]
    style = csl.style(
        '<names variable="author" suffix=", "/><text variable="title"/>',
        bibliography_options='subsequent-author-substitute="—"',
    )

    result = process(style, items, keep={"exclude": [{"field": "title", "value": "Tides"}]})

    texts = [text for _, text in result.bibliography]
    assert texts == ["Ada Quill, Gulls", "—, Anchors", "—, Lamps"]


def test_what_is_cited_nowhere_can_be_listed() -> None:
    """Uncited items stand beside the cited ones; one that nobody has is told."""
    result = process(STYLE, ITEMS, [[{"id": "lamps"}]], uncited=["tides", "kites"])

    assert [key for key, _ in result.bibliography] == ["lamps", "tides"]
    assert [(n.kind, n.item) for n in result.warnings] == [("unknown item", "kites")]
