"""Telling cites apart has a budget: what hostile items and styles ask for, nobody waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.testing import csl_samples as csl

if TYPE_CHECKING:
    from citekit.csl import Result

YEAR = csl.YEAR
SHORT = '<names variable="author"><name form="short"/></names>'
TEST = '<choose><if disambiguate="true"><text variable="genre"/></if></choose>'
ITEM = {"type": "book", "genre": "none", "title": "Tides", "issued": {"date-parts": [[2020]]}}
MORE = 'disambiguate-add-names="true"'
CASES = {
    # people who look the same: each further name is tried, and none of them helps
    "names": (SHORT + YEAR, f'{MORE} et-al-min="3" et-al-use-first="1"', 2, 2_000),
    # tests of ``disambiguate`` that show the same: one after another is tried
    "tests": (SHORT + YEAR + TEST * 4_000, "", 20, 1),
}


def cited(case: str) -> Result:
    """The citations of items that nothing tells apart."""
    layout, options, count, people = CASES[case]
    items = [
        {**ITEM, "id": f"i{i}", "author": [csl.person("Hale", f"A{i}x{n}") for n in range(people)]}
        for i in range(count)
    ]
    options += ' disambiguate-add-year-suffix="true"'
    return csl.cited(layout, items, *[[{"id": item["id"]}] for item in items], options=options)


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_told_apart_ends_in_time(case: str) -> None:
    """The budget ends the search: a warning says so, and letters still tell the cites apart."""
    result = cited(case)

    assert result.warnings == ("telling cites apart took too long: some may look alike",)
    assert len(set(result.citations)) == len(result.citations)


def test_usual_cites_are_told_apart_without_a_warning() -> None:
    """The budget is far above what real documents need."""
    items = [{**ITEM, "id": f"i{i}", "author": [csl.person("Hale")]} for i in range(200)]

    cites = [{"id": item["id"]} for item in items]

    result = csl.cited(SHORT + YEAR, items, cites, options='disambiguate-add-year-suffix="true"')

    assert result.warnings == ()


def test_later_cites_with_fewer_names_are_told_apart_too() -> None:
    """That names are fewer from the second time on may stand at the names alone."""
    some = [csl.person("Hale"), csl.person("Stone")]
    items = [
        {**ITEM, "id": other, "author": [*some, csl.person(other)]} for other in ("Webb", "Ylönen")
    ]
    name = '<name form="short" et-al-min="9" et-al-use-first="1" {}="3" {}="1"/>'
    name = name.format("et-al-subsequent-min", "et-al-subsequent-use-first")
    cites = [[{"id": item["id"]}] for item in items]

    result = csl.cited(
        f'<names variable="author">{name}</names>{YEAR}', items, *cites, *cites, options=MORE
    )

    assert result.citations[2:] == result.citations[:2]
    assert "Webb" in result.citations[0]
