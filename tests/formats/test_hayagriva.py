"""Hayagriva: every item comes back, and so does every file; the cases are in tests/cases."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from citekit import Archive, formats
from citekit.errors import InvalidData
from citekit.formats.csl_json import what_is_wrong, without_facts
from citekit.formats.one_line import CONTROL
from citekit.model.variables import ITEM_TYPES
from tests.formats.made_items import items, nasty
from tests.formats.test_bibliographies import CASES, read_toml

if TYPE_CHECKING:
    from pathlib import Path

TYPED = read_toml(CASES / "bibliographies" / "hayagriva-entries.toml")["text"]
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *("a:\n", "  title: T\n", "  parent:\n", "    - type: book\n", "  date: ~1950\n"),
            *("  affiliated:\n", "    - {role: writer, names: [A]}\n", "  csl: {type: 1}\n"),
            *("  x: &a 1\n", "  publisher: {location: [}\n", "  url: {date: 2}\n"),
            "b: {title: {value: {value: T}}}\n",
        ]
    )
    | nasty
).map("".join)


def clean(value: Any) -> Any:  # noqa: ANN401  # JSON
    """A value without what no file of YAML can hold."""
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\r", "\n").translate(CONTROL)
        return text.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {clean(key): clean(one) for key, one in value.items()}
    return [clean(one) for one in value] if isinstance(value, list) else value


@given(item=items().filter(lambda item: not what_is_wrong(clean(item))))
def test_every_item_comes_back(item: dict[str, Any]) -> None:
    """With all of its variables, whether or not Hayagriva has a field for them."""
    written = formats.write([item], "hayagriva")

    (back,) = formats.read(written, "hayagriva").items

    assert without_facts(back) == clean(item)
    assert formats.read(formats.write([back], "hayagriva"), "hayagriva").items == (back,)


@given(text=FRAGMENTS)
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever it is; and what comes in is an item, which is written again."""
    try:
        found = formats.read(text, "hayagriva").items
    except InvalidData:
        return

    assert [what_is_wrong(item) for item in found] == [None] * len(found)
    assert isinstance(formats.write(found, "hayagriva"), str)


def test_a_file_is_written_as_it_was_typed() -> None:
    """What no variable holds and other spellings are there again."""
    found = formats.read(TYPED, "hayagriva").items

    written = formats.write(found, "hayagriva")

    assert formats.read(written, "hayagriva").items == found
    back = yaml.safe_load(written)
    assert back["tide"]["parent"]["location"] == "Hull"
    assert back["tide"]["author"][0] == "von der Reed, Ada"
    assert back["ropes"]["type"] == "anthos"
    assert back["ropes"]["affiliated"][-1] == {"role": "foreword", "names": "Kite, Eva"}
    assert back["ropes"]["parent"]["serial-number"] == {"isbn": "978-3-16-148410-0"}
    assert "serial-number" in back["ropes"]
    assert back["tower"]["date"] == {"year": 1999, "month": 0, "approximate": True}


def test_a_changed_variable_is_written_anew() -> None:
    """And what was typed for it is gone, while all else stays."""
    (tide, *_) = formats.read(TYPED, "hayagriva").items

    written = formats.write([{**tide, "author": [{"literal": "Harbour Office"}]}], "hayagriva")

    back = yaml.safe_load(written)["tide"]
    assert back["author"] == "Harbour Office"
    assert back["parent"]["location"] == "Hull"


def test_a_changed_field_wins_over_what_stands_under_csl() -> None:
    """Who edits the title of an entry has edited its title."""
    item = {"id": "a", "type": "book", "title": "<i>Reeds</i>", "section": "3"}
    edited = formats.write([item], "hayagriva").replace("  title: Reeds", "  title: Ropes", 1)

    (back,) = formats.read(edited, "hayagriva").items

    assert (back["title"], back["section"]) == ("Ropes", "3")


@pytest.mark.parametrize("csl_type", sorted(ITEM_TYPES))
def test_types_come_back(csl_type: str) -> None:
    """Also where several of them have one entry type."""
    item = {"id": "a", "type": csl_type, "title": "T", "container-title": "C"}

    assert formats.read(formats.write([item], "hayagriva"), "hayagriva").items == (item,)


def test_no_items_are_no_entries() -> None:
    """The file is one that Typst takes."""
    assert formats.write([], "hayagriva") == "{}\n"
    assert formats.read("{}\n", "hayagriva").items == ()


def test_numbers_and_words_are_what_typst_takes_them_for() -> None:
    """A title that looks like a number is text, a volume is a number."""
    item = {"id": "1e3", "type": "book", "title": "1984", "publisher": "No", "volume": "2"}

    written = formats.write([item], "hayagriva")

    assert written == ('"1e3":\n  type: book\n  title: "1984"\n  publisher: "No"\n  volume: 2\n')


def test_a_file_is_imported_by_its_text(archive: Archive, tmp_path: Path) -> None:
    """The endings of CSL-YAML and of Hayagriva are the same; the text tells."""
    (tmp_path / "a.yml").write_text(TYPED, "utf-8")
    (tmp_path / "b.yaml").write_text(
        "issued:\n  date-parts: [[2020]]\ntype: book\nid: reed", "utf-8"
    )
    (tmp_path / "c.yaml").write_text("- id: lund\n  type: book\n", "utf-8")

    keys = [archive.import_file(tmp_path / name).new for name in ("a.yml", "b.yaml", "c.yaml")]

    assert keys == [("tide", "ropes", "talk", "tower", "kept"), ("reed",), ("lund",)]
    written = archive.cite(everything=True, format="hayagriva").text
    assert yaml.safe_load(written)["tide"]["parent"]["location"] == "Hull"


def test_a_kept_entry_of_anybody_is_judged() -> None:
    """An item of somebody else's archive may have anything under ``entry``."""
    for entry in ({"left": 3, "typed": [1]}, {"shape": [1]}, {"typed": {"title": [[], 1]}}):
        facts = {"citekit": {"entry": {"format": "hayagriva", **entry}}}
        written = formats.write(
            [{"id": "a", "type": "book", "title": "T", "custom": facts}], "hayagriva"
        )

        assert json.loads(json.dumps(yaml.safe_load(written))) == {
            "a": {"type": "book", "title": "T"}
        }
