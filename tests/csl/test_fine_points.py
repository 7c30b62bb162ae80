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

    result = process(style(case), [item], output=case.get("output", "text"))

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


def test_names_are_found_again_under_strip_periods() -> None:
    """A macro that is called without its full stops still has names that a dash can stand for."""
    layout = '<text macro="who" strip-periods="true" suffix=", "/><text variable="title"/>'
    macro = '<macro name="who"><names variable="author"><name/></names></macro>'
    xml = style({"before": macro, "layout": layout}).replace(
        "<bibliography>", '<bibliography subsequent-author-substitute="—">'
    )
    items = [
        {"id": title, "type": "book", "title": title, "author": [{"family": "St. Elm"}]}
        for title in ("Ash", "Bay")
    ]

    result = process(xml, items)

    assert [text for _, text in result.bibliography] == ["St Elm, Ash", "—, Bay"]


def test_an_unsigned_cite_belongs_to_no_group() -> None:
    """A title in the place of names is parted like any other cite, also where years collapse."""
    layout = (
        '<group delimiter=", "><names variable="author"><substitute><text variable="title"/>'
        '</substitute></names><date variable="issued"><date-part name="year"/></date></group>'
    )
    xml = style({"layout": layout}).replace(
        "<citation><layout>",
        '<citation collapse="year" cite-group-delimiter=", "><layout delimiter="; ">',
    )
    dated = {"type": "book", "issued": {"date-parts": [[2001]]}}
    items: list[dict[str, Any]] = [
        {"id": "a", "author": [{"family": "Oak"}], **dated},
        {"id": "b", "author": [{"family": "Oak"}], "issued": {"date-parts": [[2003]]}},
        {"id": "c", "title": "Storm", **dated},
        {"id": "d", "title": "Calm", **dated},
    ]

    result = process(xml, items, [[{"id": key} for key in "abcd"]])

    assert result.citations == ("Oak, 2001, 2003; Storm, 2001; Calm, 2001",)


def test_seasons_stand_in_the_order_of_the_year() -> None:
    """Spring comes before May and autumn after it, a bare year before both."""
    sort = '<bibliography><sort><key variable="issued"/></sort><layout>'
    xml = style({"layout": '<text variable="title"/>'}).replace("<bibliography><layout>", sort)
    dates = {
        "Autumn": {"date-parts": [[2015]], "season": 3},
        "May": {"date-parts": [[2015, 5]]},
        "Spring": {"raw": "2015-21"},
        "Year": {"date-parts": [[2015]]},
        "Winter": {"date-parts": [[2015]], "season": "winter"},
    }
    items = [{"id": k, "type": "book", "title": k, "issued": v} for k, v in dates.items()]

    result = process(xml, items)

    assert [key for key, _ in result.bibliography] == ["Year", "Spring", "May", "Autumn", "Winter"]
