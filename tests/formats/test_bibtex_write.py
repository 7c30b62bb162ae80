"""Entries that the BibTeX writers make, case by case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from citekit import formats
from citekit.errors import InvalidData
from citekit.formats.bibtex.languages import babel_name, language_tag
from citekit.formats.bibtex.mapping import crosswalk
from citekit.formats.bibtex.write import write_bibtex
from citekit.model.item import Item
from citekit.model.variables import DATE_VARIABLES, ITEM_TYPES, NAME_VARIABLES

CASES = yaml.safe_load(Path(__file__).with_name("written_cases.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_an_entry_holds_what_its_case_says(case: dict[str, Any]) -> None:
    """Each case of written_cases.yaml holds, and what is written reads back as the item."""
    item = {"id": "k", **case["item"]}

    written = formats.write([item], case["format"])

    assert [part for part in case["has"] if part not in written] == []
    assert [part for part in case.get("lacks", []) if part in written] == []


@pytest.mark.parametrize("case", CASES, ids=[case["what"] for case in CASES])
def test_a_case_comes_back_whole(case: dict[str, Any]) -> None:
    """What the writer puts into an entry, the reader finds again under the same variables."""
    item = {"id": "k", **case["item"]}
    item.pop("custom", None)

    (back,) = formats.read(formats.write([item], "biblatex"), "biblatex").items

    assert set(item) <= set(back)


def test_several_items_are_entries_with_a_blank_line_between() -> None:
    """The order of items is kept, and keys are the ids, whatever script they are in."""
    text = formats.write(
        [{"id": "b2", "type": "book"}, {"id": "土居2011", "type": "book"}], "bibtex"
    )

    assert text == "@book{b2\n}\n\n@book{土居2011\n}\n"


@pytest.mark.parametrize("key", ["", " a", "a b\n", "a,b", "a{b", "a}b", "a\0b"])
def test_an_id_that_would_break_the_entry_is_refused(key: str) -> None:
    """A key is never changed silently, so one that BibTeX cannot hold is an error with a hint."""
    with pytest.raises(InvalidData, match="key of a BibTeX entry") as caught:
        formats.write([{"id": key, "type": "book"}], "biblatex")

    assert caught.value.hint


@pytest.mark.parametrize("key", ["DBLP:conf/x", "o'neil&co", "C#2001", "50%", "a^b", "a@b"])
def test_a_key_is_written_and_read_as_it_is(key: str) -> None:
    """Every sign that BibTeX takes in a key stays."""
    text = formats.write([{"id": key, "type": "book"}], "biblatex")

    assert text.startswith(f"@book{{{key}\n")
    assert formats.read(text, "biblatex").items[0]["id"] == key


@pytest.mark.parametrize(("key", "written"), [("a\\input", "a-input"), ("a^^5cb", "a--5cb")])
def test_what_tex_would_run_in_a_key_is_hyphens(key: str, written: str) -> None:
    """BibTeX and biber write keys into files that LaTeX reads: no key may be a command there."""
    text = formats.write([{"id": key, "type": "book"}], "biblatex")

    assert text.startswith(f"@book{{{written}\n")


def test_ascii_is_a_choice() -> None:
    """UTF-8 is the default of both dialects; LaTeX commands come when they are asked for."""
    item = {"id": "k", "type": "book", "title": "Çelik’s ışık, Ærø — łódź", "language": "tr"}

    assert "Çelik’s ışık, Ærø — łódź" in write_bibtex([item], "bibtex")
    assert write_bibtex([item], "bibtex", ascii=True).isascii()
    assert (
        formats.read(write_bibtex([item], "biblatex", ascii=True)).items[0]["title"]
        == item["title"]
    )


def test_letters_without_a_command_are_kept() -> None:
    """No letter is replaced by a look-alike, even where the file should be ASCII."""
    assert "北京" in write_bibtex(
        [{"id": "k", "type": "book", "title": "北京"}], "bibtex", ascii=True
    )


@pytest.mark.parametrize("dialect", ["biblatex", "bibtex"])
@pytest.mark.parametrize("csl_type", sorted(ITEM_TYPES))
def test_every_type_comes_back(dialect: Any, csl_type: str) -> None:  # noqa: ANN401  # a literal
    """Each CSL type survives both dialects, though several share one entry type."""
    item = {
        "id": "k",
        "type": csl_type,
        "title": "T",
        "genre": "Some kind",
        "URL": "https://a.example",
    }

    (back,) = formats.read(write_bibtex([item], dialect)).items

    assert Item.from_json(back).csl() == item


@pytest.mark.parametrize("variable", sorted(NAME_VARIABLES | DATE_VARIABLES))
@pytest.mark.parametrize("csl_type", ["article-newspaper", "report", "broadcast"])
def test_every_name_and_date_comes_back(csl_type: str, variable: str) -> None:
    """Names and dates survive BibLaTeX in any role, with a field or without."""
    value = (
        [{"family": "Doe", "given": "J."}]
        if variable in NAME_VARIABLES
        else {"date-parts": [[2020, 5]]}
    )
    item = {"id": "k", "type": csl_type, "title": "T", variable: value}

    (back,) = formats.read(formats.write([item], "biblatex")).items

    assert back == item


def test_the_tables_name_only_fields_that_have_an_order() -> None:
    """A field that the crosswalk writes has its place in the order of fields."""
    walks = [crosswalk("biblatex"), crosswalk("bibtex")]

    unordered = [
        (walk.dialect, field)
        for walk in walks
        for kind in walk.types
        for field in kind.fields.values()
        if field not in walk.order
    ]

    assert unordered == []


@pytest.mark.parametrize(
    ("tag", "babel", "back"),
    [
        ("en-GB", "british", "en-GB"),
        ("en_US", "american", "en-US"),
        ("tr-TR", "turkish", "tr"),
        ("ger", "german", "de"),
        ("中文", "chinese", "zh"),
        ("zh-Hant", "chinese-traditional", "zh-TW"),
        ("tlh", "tlh", "tlh"),
    ],
)
def test_languages_have_babel_names(tag: str, babel: str, back: str) -> None:
    """Tags, codes and names of languages become babel's names, and those become tags."""
    assert babel_name(tag) == babel
    assert language_tag(babel) == back
