"""Pages as trees: what becomes text and what may be a link."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

from citekit.errors import InvalidData
from citekit.pages.element import Element, h, link


@pytest.mark.parametrize("name", ["element", "text.highlight", "wording"])
def test_examples_in_docstrings_hold(name: str) -> None:
    """What a docstring shows is what the function gives."""
    result = doctest.testmod(import_module(f"citekit.pages.{name}"))

    assert result.attempted > 0
    assert result.failed == 0


def test_a_tree_survives_staging() -> None:
    """What is staged is read back unchanged, attributes and nesting included."""
    tree = h("p", "a <b> ", h("em", "c", class_="x"), None, ["d", ["e"]], data_notes="1 2")

    assert Element.from_json(tree.to_json()) == tree


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", 'https://a.example/" onclick="x', ""]
)
def test_only_web_addresses_are_linked(address: str) -> None:
    """An address that could do something else stays words."""
    made = link(address, "words")

    assert isinstance(made, Element)
    assert made.tag == "span"


def test_a_broken_staged_page_is_refused() -> None:
    """What is no element is told as invalid data, not as a traceback."""
    with pytest.raises(InvalidData):
        Element.from_json(["p", "no attributes"])
