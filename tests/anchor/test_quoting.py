"""Quotations as people quote, held against a text: the cases are data."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.anchor.quoting import Quotation
from citekit.anchor.words import Words

DATA = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "audit" / "quotations.toml").read_text("utf-8")
)
SOURCE = Words(DATA["source"])
MARKS = {"same": "{}", "quoted": "[-{}-]", "source": "{{+{}+}}"}


@pytest.mark.parametrize("case", DATA["quotation"], ids=lambda case: case["text"])
def test_a_quotation_is_what_it_is(case: dict[str, Any]) -> None:
    """Verbatim, altered and in what, or absent."""
    match = Quotation(case["text"]).find(SOURCE)
    assert (match.state, match.reason) == (case["state"], case.get("reason", ""))
    if "difference" in case:
        told = " ".join(MARKS[change.kind].format(change.text) for change in match.changes)
        assert told == case["difference"]


@given(st.integers(0, len(SOURCE) - 3), st.integers(3, 30))
def test_every_stretch_of_a_text_is_verbatim_where_it_stands(first: int, size: int) -> None:
    """Whatever is cut from a text is found there, at its place."""
    last = min(first + size, len(SOURCE))
    start, end = SOURCE.spans[first][0], SOURCE.spans[last - 1][1]
    match = Quotation(SOURCE.text[start:end]).find(SOURCE)
    assert match.state == "verbatim"
    assert (start, end) in match.places


@given(st.text(max_size=200), st.text(max_size=400))
def test_any_text_is_read(quote: str, source: str) -> None:
    """Nothing raises, and places lie in the text."""
    for start, end in Quotation(quote).find(Words(source)).places:
        assert 0 <= start < end <= len(source)


def test_a_place_for_each_time_it_stands_there() -> None:
    """So that a paragraph can be told."""
    match = Quotation("the lamps").find(Words("The lamps burn.\n\nThe lamps fail."))
    assert match.places == ((0, 9), (17, 26))
