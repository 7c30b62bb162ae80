"""Short forms from lists, one small style each; the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from citekit.csl import Abbreviations, process
from citekit.errors import InvalidData
from citekit.testing import csl_samples as csl

CASES = Path(__file__).resolve().parent.parent / "cases" / "csl" / "abbreviations.yaml"
DATA: dict[str, Any] = yaml.safe_load(CASES.read_text(encoding="utf-8"))
WORDS = st.text(alphabet="abs -.&'éß", max_size=12)


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["name"])
def test_short_form(case: dict[str, Any]) -> None:
    """The entry has the short form that the lists give."""
    item = {"id": "x", "type": "book", **case["item"]}

    result = process(csl.style(case["layout"]), [item], output="html", abbreviations=DATA["lists"])

    assert result.bibliography == (("x", case["expected"]),)


@pytest.mark.parametrize("case", DATA["wrong"], ids=lambda case: case["name"])
def test_wrong_lists_are_told_with_their_place(case: dict[str, Any]) -> None:
    """What are no lists of short forms is an error that names the file and what is wrong in it."""
    with pytest.raises(InvalidData, match=case["message"]) as caught:
        Abbreviations(case["lists"], "short.json")
    assert str(caught.value.place) == "short.json"


def test_a_locator_is_looked_up_among_the_numbers() -> None:
    """A place in a source is shortened as a number of the item is."""
    lists = {"default": {"number": {"frontispiece": "front."}}}
    layout = csl.style("", '<text variable="title"/><text variable="locator" prefix=" "/>')
    cites = [[{"id": "x", "locator": "frontispiece"}]]

    result = process(layout, [{"id": "x", "title": "Tides"}], cites, abbreviations=lists)

    assert result.citations == ("Tides front.",)


def test_lists_can_stand_behind_others() -> None:
    """What the first lists lack is looked up in the others, whole texts before words."""
    own = Abbreviations({"default": {"title": {"Old tides": "O.T."}}})
    lists = Abbreviations({"default": {"title-word": {"old": "Ol."}}}, otherwise=own)

    assert lists.find("title", "Old tides") == "O.T."
    assert lists.find("title", "Old lamps") == "Ol. Lamps"


def test_lists_wrapped_as_juris_m_has_them_are_read() -> None:
    """The lists may stand under ``xdata``, beside what a file says of itself."""
    wrapped = {"name": "Lamps", "version": "1", "xdata": {"default": {"title": {"Tides": "T."}}}}
    with_info = {"info": {"name": "Lamps", "URI": "x"}, "default": {"title": {"Tides": "T."}}}

    assert Abbreviations(wrapped).find("title", "Tides") == "T."
    assert Abbreviations(with_info).find("title", "Tides") == "T."


@given(st.dictionaries(WORDS, WORDS), WORDS)
@example({}, ".-")
def test_any_words_give_a_text_or_nothing(words: dict[str, str], text: str) -> None:
    """Word lists of any kind neither fail nor lose a text that has something to show."""
    short = Abbreviations({"default": {"title-word": words}}).find("title", text)

    assert short is None or short.strip()


def test_a_word_without_end_is_looked_up_in_no_time() -> None:
    """The beginnings of a word that are tried are few, however long it is."""
    lists = Abbreviations({"default": {"title-word": {"a-": "b"}}})

    assert lists.find("title", "x" + "a" * 1_000_000 + " tides") is None
