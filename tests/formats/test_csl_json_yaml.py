"""CSL-JSON and CSL-YAML: what is read, what is refused, and where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit import formats
from citekit.errors import InvalidData, UsageError
from citekit.formats.guess import guess_format

ITEM: dict[str, Any] = {
    "id": "doe2023",
    "type": "article-newspaper",
    "title": "No: yes – <i>ışık</i>",
    "issued": {"date-parts": [[2023, 6, 4]]},
    "author": [{"family": "Doe", "given": "J."}],
    "unknown-key": {"kept": [1, 2.5, True, None, "2023-06-04"]},
}
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8"), min_size=1, max_size=5), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("format_name", ["csl-json", "csl-yaml"])
def test_items_come_back_with_unknown_keys(format_name: str) -> None:
    """Both forms of CSL data keep every key, also those nobody knows."""
    result = formats.read(formats.write([ITEM], format_name))

    assert result.items == (ITEM,)
    assert result.findings == ()


@pytest.mark.parametrize("format_name", ["csl-json", "csl-yaml"])
@settings(deadline=None)
@given(value=json_values)
def test_any_data_comes_back(format_name: str, value: object) -> None:
    """Data of any shape under an unknown key is read as it was written."""
    item = {"id": "k", "type": "book", "x": value}

    assert formats.read(formats.write([item], format_name), format_name).items == (item,)


@pytest.mark.parametrize("format_name", ["csl-json", "csl-yaml"])
def test_own_facts_stay_at_home(format_name: str) -> None:
    """``custom.citekit`` is not exported; what others keep under ``custom`` is."""
    custom = {"citekit": {"access": "restricted"}, "other": {"kept": 1}}

    (back,) = formats.read(formats.write([{**ITEM, "custom": custom}], format_name)).items

    assert back["custom"] == {"other": {"kept": 1}}


def test_yaml_is_what_pandoc_reads() -> None:
    """Items stand under ``references``, and any YAML reader finds the same data."""
    title = ITEM["title"].replace("<i>", "*").replace("</i>", "*")

    written = yaml.safe_load(formats.write([ITEM], "csl-yaml"))

    assert written == {"references": [{**ITEM, "title": title}]}


BAD_JSON = """[
  {"id": "good", "type": "book"},
  {"id": "typeless"},
  {"id": "date", "type": "book",
   "issued": {"date-parts": [[2023, 13]]}},
  7,
  {"id": "good", "type": "webpage"},
  {"id": 5, "type": "book"}
]"""


def test_bad_entries_are_findings_and_good_ones_come_in() -> None:
    """Each bad entry is told with line and JSON path; the others are read, numbers become ids."""
    result = formats.read(BAD_JSON, "csl-json")

    assert [item["id"] for item in result.items] == ["good", "date", "5"]
    places = [finding.place for finding in result.findings]
    assert [(place.line, place.json_path) for place in places if place] == [
        (3, "$[1]"),
        (5, "$[2].issued"),
        (6, "$[3]"),
        (7, "$[4].id"),
    ]
    assert [finding.code for finding in result.findings] == [
        *("CK-E421", "CK-W427", "CK-E421", "CK-E422"),
    ]


def test_what_is_wrong_with_thousands_is_told_in_short() -> None:
    """A thousand findings are told one by one, the rest by their number; the good come in."""
    read = formats.read(json.dumps([*([1] * 1_500), {"id": "a", "type": "book"}]), "csl-json")
    assert [item["id"] for item in read.items] == ["a"]
    assert len(read.findings) == 1_001
    assert read.findings[-1].message.startswith("500 more entries are no items")
    assert sum(finding.stands_for for finding in read.findings) == 1_500


def test_an_entry_may_have_no_id() -> None:
    """Crossref gives none: the item has none, and several may come in one file."""
    text = '[{"type": "book", "title": "One"}, {"id": "", "type": "book", "title": "Two"}]'
    result = formats.read(text, "csl-json")

    assert result.findings == ()
    assert [sorted(item) for item in result.items] == [["title", "type"]] * 2
    assert result.place_of(1).line == 1


def test_types_of_crossref_become_those_of_csl() -> None:
    """What a DOI's address answers says journal-article, and gives lists where CSL has a text."""
    text = '{"type": "journal-article", "title": "Kites", "ISSN": ["1234-5678", "8765-4321"]}'
    item = formats.read(text, "csl-json").items[0]

    assert item["type"] == "article-journal"
    assert item["ISSN"] == "1234-5678, 8765-4321"


def test_bad_yaml_entries_have_lines_too() -> None:
    """YAML findings name the line at which the entry stands."""
    result = formats.read("references:\n- id: a\n  type: book\n- id: b\n", "csl-yaml")

    assert [item["id"] for item in result.items] == ["a"]
    assert [str(finding.place) for finding in result.findings] == [":4 ($.references[1])"]


@pytest.mark.parametrize(
    ("text", "format_name"),
    [
        ('[{"id": "a"', "csl-json"),
        ("[" * 100_000, "csl-json"),
        ('{"id": "a", "id": "b"}', "csl-json"),
        ('[{"id": "a", "type": NaN}]', "csl-json"),
        ("a: [1, 2", "csl-yaml"),
        ("\t\x00", "csl-yaml"),
        ("- " * 3000, "csl-yaml"),
        ("[" * 5000, "csl-yaml"),
        ("a: &x [1]\nb: *x", "csl-yaml"),
        ("? [1]\n: 2", "csl-yaml"),
        ("a: 1\na: 2", "csl-yaml"),
        ("", "csl-yaml"),
        ("just words", "csl-yaml"),
    ],
)
def test_text_that_is_no_data_is_refused(text: str, format_name: str) -> None:
    """Broken, bottomless or self-referring text is one documented error."""
    with pytest.raises(InvalidData):
        formats.read(text, format_name)


def test_yaml_tags_run_nothing() -> None:
    """A tag that would build a Python object is data like any other, and no item."""
    result = formats.read("- !!python/object/apply:os.system ['true']", "csl-yaml")

    assert result.items == ()
    assert [finding.code for finding in result.findings] == ["CK-E421"]


@pytest.mark.parametrize("format_name", formats.FORMATS)
def test_what_is_written_can_be_stored(format_name: str) -> None:
    """Half a character, which UTF-8 cannot hold, is escaped or replaced in every format."""
    text = formats.write([{"id": "k", "type": "book", "title": "a\ud800b"}], format_name)

    assert text.encode()


def test_yaml_words_keep_their_meaning() -> None:
    """Only JSON's types exist: a date, a time and "no" are text, as the record has them."""
    text = "- {id: a, type: book, title: no, volume: 12:30, note: 2023-06-04, page: 1_000}"

    (item,) = formats.read(text).items

    assert (item["title"], item["volume"], item["note"]) == ("no", "12:30", "2023-06-04")
    assert item["page"] == "1_000"


@settings(deadline=None)
@given(text=st.text())
def test_any_text_is_items_or_a_documented_error(text: str) -> None:
    """No text makes a reader fail in another way."""
    for format_name in ("csl-json", "csl-yaml"):
        try:
            result = formats.read(text, format_name)
        except InvalidData:
            continue
        assert json.dumps(result.items)


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ('\ufeff [{"id": 1}]', "csl-json"),
        ("TY  - JOUR\n", "ris"),
        ("\n\nTY  - JOUR\n", "ris"),
        ("---\nreferences:\n", "csl-yaml"),
        ("references:\n- id: a\n", "csl-yaml"),
        ("% comment\n@book{a,}", "bibtex"),
        ("a:\n  title: T\n", "hayagriva"),
        ("Text {{Cite web |title=T}}", "wikipedia"),
        ("", "bibtex"),
    ],
)
def test_the_format_is_told_from_the_text(text: str, guess: str) -> None:
    """A file does not need to say what it is."""
    assert guess_format(text) == guess


def test_unknown_formats_are_a_wrong_call() -> None:
    """The error lists the formats that exist."""
    with pytest.raises(UsageError, match="no such format") as written:
        formats.write([], "docx")
    with pytest.raises(UsageError, match="no such format"):
        formats.read("", "docx")

    assert "biblatex" in str(written.value.hint)
