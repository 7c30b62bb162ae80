"""Elements as HTML text: what goes in comes out of a parser again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from citekit.pages.element import h, make_anchor
from citekit.pages.html import start_tag, write_element
from citekit.testing.sites import Tags

# All but halves of pairs and controls: none gets as far as here (``pages.element.shown``).
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n\r"))


@given(TEXT, TEXT)
def test_attributes_survive(one: str, two: str) -> None:
    """Quotation marks, tabs, line feeds and all else are read back from a tag as they were."""
    assert Tags(start_tag("p", {"title": one, "data-x": two})).tags == [
        ("p", {"title": one, "data-x": two})
    ]


@given(st.text())
def test_an_element_holds_what_xml_can(text: str) -> None:
    """No control character and no half of a pair is in a tree, and no other one is lost."""
    made = h("p", text, title=text)

    shown = made.text()
    assert len(shown) == len(text)
    assert made.attributes["title"] == shown
    assert all(c in "\t\n\r" or " " <= c < "\ud800" or c >= "\ue000" for c in shown)
    assert not {"\ufffe", "\uffff"} & set(shown)


def test_a_script_has_an_end_and_a_line_of_metadata_has_none() -> None:
    """The elements of a page's head are written as HTML has them."""
    assert write_element(h("meta", name="a", content='"b"')) == (
        '<meta name="a" content="&quot;b&quot;">'
    )
    assert write_element(h("script", "{}", type="x")) == '<script type="x">{}</script>'


def test_a_heading_has_an_anchor_in_ascii() -> None:
    """Whatever a group is called, its anchor is one word."""
    assert make_anchor("group 2024") == "group-2024"
    assert make_anchor("group Été, n.d.") == "group-ete-n-d"
    assert make_anchor("group \N{CJK UNIFIED IDEOGRAPH-6D77}") == "group"
