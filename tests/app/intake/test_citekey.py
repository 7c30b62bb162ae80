"""Citekeys: made once, in ASCII, from what the item says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.app.intake.new_citekey import make_citekey
from citekit.errors import InvalidData
from citekit.model.citekey import check_citekey
from citekit.model.identifiers import check_slug, slug

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (
            {
                "container-title": "Middle East Monitor",
                "issued": {"date-parts": [[2023, 6, 4]]},
                "title": "Turkiye to deploy commando battalion",
            },
            "mem2023turkiye",
        ),
        ({"author": [{"family": "Vučić", "given": "A."}], "title": "The state"}, "vucicstate"),
        ({"author": [{"literal": "Joint Force Command Naples"}], "title": "Orders"}, "jfcnorders"),
        (
            {"container-title": "Reuters", "title": "Über die Lage", "issued": "2020"},
            "reuters2020uber",
        ),
        ({"author": [{"family": "Иванов"}], "title": "О войне"}, "ivanovvoyne"),
        ({"author": [{"family": "Işık"}], "title": "İzmir"}, "isikizmir"),
        ({"title": "of the and"}, "of"),
        ({"title": "<i>Homo</i> sapiens"}, "homo"),
        ({}, "item"),
        ({"title": "…"}, "item"),
        ({"title": "Con"}, "item"),
    ],
)
def test_keys_people_can_guess(data: dict[str, object], key: str) -> None:
    """Family name or acronym, year, first word that tells something."""
    assert make_citekey(data) == key


@given(TEXTS, TEXTS, TEXTS)
def test_every_item_gets_a_key_that_can_be_stored(family: str, container: str, title: str) -> None:
    """Whatever the item's texts, its key can name a folder on every system."""
    data = {"author": [{"family": family}], "container-title": container, "title": title}
    key = make_citekey(data)
    assert check_citekey(key) == key
    assert key.isascii()


@pytest.mark.parametrize("name", ["Con", "NUL", "Index", "COM1"])
def test_reserved_names_get_another_id(name: str) -> None:
    """No file is called like a device of Windows, no page like the site's own list."""
    assert slug(name) == f"the-{name.lower()}"
    with pytest.raises(InvalidData, match="is reserved"):
        check_slug(name.lower(), "an entity")
    assert make_citekey({"title": name}) == "item"


@given(TEXTS)
def test_every_name_gets_an_id(name: str) -> None:
    """Ids made of names can name a file."""
    assert check_slug(slug(name), "an entity") == slug(name)
