"""How cites work together and how entries are sorted, one small style each; the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from citekit.csl import process

CASES = Path(__file__).resolve().parent.parent / "cases" / "csl" / "citations.yaml"


def read_cases() -> list[dict[str, Any]]:
    """The cases, in the order of the file."""
    cases: list[dict[str, Any]] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return cases


def style(case: dict[str, Any]) -> str:
    """A style whose citations and bibliography have the layout of the case."""
    layout, sort, options = case["layout"], case.get("sort"), case.get("list", "")
    attributes = case.get("attributes", 'class="in-text"')
    keys = f"<sort>{sort}</sort>" if sort else ""
    return (
        f'<style xmlns="http://purl.org/net/xbiblio/csl" version="1.0" {attributes}>'
        f"<info><title>t</title><id>t</id></info>{case.get('before', '')}"
        f"<citation {case.get('options', '')}>"
        f'<layout delimiter="; ">{layout}</layout></citation>'
        f"<bibliography {options}>{keys}<layout>{layout}</layout></bibliography></style>"
    )


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case["name"])
def test_citation(case: dict[str, Any]) -> None:
    """The citations, and the bibliography in its order, read as expected."""
    items = [{"id": str(i), "type": "book", **item} for i, item in enumerate(case["items"])]
    clusters = [
        [cite if isinstance(cite, dict) else {"id": str(cite)} for cite in cluster]
        for cluster in case.get("clusters", ())
    ]

    result = process(style(case), items, clusters)

    assert list(result.citations) == case.get("expected", [])
    assert [text for _, text in result.bibliography] == case.get(
        "bibliography", [text for _, text in result.bibliography]
    )
