"""Fine points of formatting, one small style each; the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from citekit.csl import process

CASES = Path(__file__).resolve().parent.parent / "cases" / "csl" / "fine_points.yaml"


def read_cases() -> list[dict[str, Any]]:
    """The cases, in the order of the file."""
    cases: list[dict[str, Any]] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    return cases


def style(case: dict[str, Any]) -> str:
    """A style whose bibliography and citations have the layout of the case."""
    return (
        '<style xmlns="http://purl.org/net/xbiblio/csl" class="in-text" version="1.0" '
        f"{case.get('attributes', '')}><info><title>t</title><id>t</id></info>"
        f"{case.get('before', '')}<citation><layout>{case['layout']}</layout></citation>"
        f"<bibliography><layout>{case['layout']}</layout></bibliography></style>"
    )


@pytest.mark.parametrize("case", read_cases(), ids=lambda case: case["name"])
def test_fine_point(case: dict[str, Any]) -> None:
    """The layout of a case formats its item as expected."""
    item = {"id": "i", "type": "book", **case["item"]}

    result = process(style(case), [item])

    assert result.bibliography == (("i", case["expected"]),)


@pytest.mark.parametrize(("locale", "first"), [("ru-RU", "Реки"), ("en-US", "Zebra")])
def test_the_own_script_of_a_language_sorts_first(locale: str, first: str) -> None:
    """A Russian bibliography begins with the Russian titles, an English one with the Latin ones."""
    layout = '<text variable="title"/>'
    sort = '<bibliography><sort><key variable="title"/></sort><layout>'
    xml = style({"layout": layout}).replace("<bibliography><layout>", sort)
    items = [{"id": "a", "type": "book", "title": title} for title in ("Zebra", "Реки")]
    items[1]["id"] = "b"

    result = process(xml, items, locale=locale)

    assert result.bibliography[0][1] == first
