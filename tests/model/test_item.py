"""Items: lossless, checked once, errors with file, line and JSON path."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.model.citekey import check_citekey
from citekit.model.item import Item, ItemFacts
from citekit.model.records.json_text import dump_json
from citekit.model.value import replace

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
EXTRAS = st.dictionaries(TEXTS.map(lambda key: f"x-{key}"), TEXTS | st.lists(TEXTS), max_size=4)


@given(EXTRAS, EXTRAS, EXTRAS)
def test_unknown_keys_survive(
    extra: dict[str, object], custom: dict[str, object], facts: dict[str, object]
) -> None:
    """Keys that citekit does not know come back as they were, at every level."""
    data = {
        "id": "a",
        "type": "book",
        **extra,
        "author": [{"family": "A", **extra}],
        "custom": {**custom, "citekit": {"access": "public", **facts}},
    }
    item = Item.from_text(dump_json(data))
    assert item.data == data
    assert item.with_facts(item.facts).data == data


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (
            '{"id": "x", "type": "book",\n "issued": "June 31, 2023"}',
            "item.json:2:12 ($.issued)",
            '"issued" is not a date',
        ),
        (
            '{"id": "x", "type": "book", "author": [{"family": "A"}, 3]}',
            "item.json:1:57 ($.author[1])",
            "is not a name",
        ),
        (
            '{"id": "x", "type": "book", "author": "A"}',
            "item.json:1:39 ($.author)",
            "is not a list of names",
        ),
        ('{"id": "x", "type": "book", "title": []}', "item.json:1:38 ($.title)", "is not text"),
        ('{"id": "x"}', "item.json:1:1 ($)", '"type" is missing'),
        ("[]", "item.json:1:1 ($)", "an item is a JSON object"),
        (
            '{"id": "x", "type": "book", "custom": {"citekit": {"access": "secret"}}}',
            "item.json:1:62 ($.custom.citekit.access)",
            "is not one of public, restricted",
        ),
    ],
)
def test_errors_name_file_line_and_json_path(text: str, place: str, message: str) -> None:
    """What is wrong in item.json is found by its place."""
    with pytest.raises(InvalidData, match=message) as caught:
        Item.from_text(text, path="item.json")
    assert str(caught.value.place) == place


def test_restricted_is_the_default() -> None:
    """An item that says nothing of its access is restricted."""
    assert Item.from_json({"id": "x", "type": "book"}).facts.access == "restricted"


def test_views_and_changes() -> None:
    """Typed views read the object; changes make a new one and check it."""
    item = Item.from_json(
        {
            "id": "x",
            "type": "book",
            "title": "T",
            "issued": {"date-parts": [[2023]]},
            "author": [{"family": "Stoltenberg", "given": "Jens"}],
        }
    )
    changed = item.with_data(title="U", container_title="V").with_variables({"issued": None})
    assert str(item.names("author")[0]) == "Jens Stoltenberg"
    assert (changed.title, changed.text("container-title"), changed.date()) == ("U", "V", None)
    with pytest.raises(InvalidData):
        item.with_data(issued="no date")


def test_own_facts_are_left_out_for_others() -> None:
    """Other programs get the item without citekit's facts, but with other custom keys."""
    item = Item.from_json({"id": "x", "type": "book", "custom": {"zotero": 1}})
    item = item.with_facts(replace(ItemFacts(), access="public"))
    assert item.csl() == {"id": "x", "type": "book", "custom": {"zotero": 1}}


@pytest.mark.parametrize(
    "key",
    [
        "mem2023turkiye",
        "straße2020",
        "新聞2023",
        "DBLP:conf/kite/Reed02",
        "o'neil+&=\"<>*|\\?2020",
        "con",
        "../../etc",
        "-a",
        "mu\u0308ller",
        "a" * 1000,
    ],
)
def test_good_citekeys(key: str) -> None:
    """A key is whatever BibTeX and biber take as one."""
    assert check_citekey(key) == key


@pytest.mark.parametrize(
    "key",
    [
        "",
        "a b",
        "a\u00a0b",
        "a,b",
        "a{b",
        "a}b",
        "a\x00",
        "a\nb",
        "a\u202eb",
        "a\u200bb",
        "\udc80",
        "a" * 1001,
    ],
)
def test_texts_that_no_bibliography_takes_as_a_key(key: str) -> None:
    """White space, commas, braces and what cannot be seen are in no key."""
    with pytest.raises(InvalidData, match="cannot be a citekey"):
        check_citekey(key)
