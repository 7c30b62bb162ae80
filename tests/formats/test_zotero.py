"""Zotero's exports may hold anything: they are read or refused, and notes become inert Markdown."""

from __future__ import annotations

import json
import re
from html import escape
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from citekit import formats
from citekit.app.intake.bibliographies import format_of
from citekit.app.intake.bibliography_reading import SMALL_SIGNS, read_bibliography
from citekit.errors import InvalidData, Place
from citekit.formats.zotero.entries import table
from citekit.formats.zotero.note_html import read_note
from citekit.model.item import Item
from citekit.model.variables import ITEM_TYPES, NAME_VARIABLES, VARIABLES

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from(
    [
        *table("fields"),
        *("creators", "tags", "notes", "attachments", "extra", "citationKey", "uri", "note"),
        *("collections", "annotations", "path", "itemID", "data"),
    ]
)
ITEMS = st.fixed_dictionaries(
    {"itemType": st.sampled_from([*table("types"), "newer"])},
).flatmap(lambda head: st.dictionaries(NAMES, ANY, max_size=6).map(lambda rest: {**head, **rest}))
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PIECES = st.sampled_from(
    [
        *("<bib:Book>", "</bib:Book>", '<bib:Book rdf:about="a">', "<dc:title>", "</dc:title>"),
        *('<link:link rdf:resource="a"/>', '<dcterms:isPartOf rdf:resource="a"/>', "<rdf:Seq>"),
        *("</rdf:Seq>", "<rdf:li>", "</rdf:li>", "<z:itemType>book</z:itemType>", "text", "&amp;"),
        *('<dc:x rdf:parseType="Resource">', "</dc:x>", "<!-- c -->", "<![CDATA[<]]>", "<?p i?>"),
        *("<z:Attachment>", "</z:Attachment>", '<rdf:resource rdf:resource="../x"/>', "&#x41;"),
    ]
)
SPACES = (
    f'xmlns:rdf="{RDF}" xmlns:bib="http://purl.org/net/biblio#" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:link="http://purl.org/rss/1.0/modules/link/" '
    'xmlns:z="http://www.zotero.org/namespaces/export#"'
)
HTML = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</ul>", "<blockquote>", "<pre>", "`"),
            *(
                "<script>pwned()</script>",
                "<img onerror=pwned>",
                "<a href='javascript:pwned'>x</a>",
            ),
            *("{raw}`pwned`", ":::{include} pwned", "<td>", "<br>", "&lt;b&gt;", "# ", "- ", "1. "),
            *("[x](javascript:pwned)", "<!--", "-->", "\\", "*", "words ", "\n", "<h1>", "</h1>"),
        ]
    ),
    max_size=12,
).map("".join)


def test_the_table_names_what_csl_has() -> None:
    """Types, variables and roles of the table are those of CSL."""
    assert set(table("types").values()) <= ITEM_TYPES
    assert {*table("fields").values(), *table("event-places").values()} <= VARIABLES
    assert set(table("creators").values()) <= NAME_VARIABLES
    assert {*table("authors"), *table("numbers"), *table("event-places")} <= set(table("types"))
    assert set(table("rdf-types").values()) <= set(table("types"))


@given(items=st.lists(ITEMS | ANY, max_size=3), collections=ANY)
def test_any_values_are_read(items: list[Any], collections: object) -> None:
    """Of values of the wrong type nothing is read; what comes out can be stored."""
    text = json.dumps({"items": items, "collections": collections})

    result = formats.read(text, "bbt-json")

    assert len(result.attached) == len(result.items)
    for number, item in enumerate(result.items):
        assert Item.from_json({"id": "x", **item}).type in ITEM_TYPES
        assert result.place_of(number).line == 1


@given(pieces=st.lists(PIECES, max_size=12))
@example(pieces=["<bib:Book>", "<dc:title>", "text", "</dc:title>", "</bib:Book>"])
def test_any_graph_is_read_or_refused(pieces: list[str]) -> None:
    """XML that is none is told with its line; of any other, the items can be stored."""
    try:
        result = formats.read(f"<rdf:RDF {SPACES}>{''.join(pieces)}</rdf:RDF>", "zotero-rdf")
    except InvalidData as refused:
        place = refused.place
    else:
        place = result.place_of(0) if result.items else Place(line=1)
        assert all(Item.from_json({"id": "x", **item}).key for item in result.items)

    assert place is not None
    assert place.line == 1


@given(text=st.text())
def test_any_text_is_rdf_or_refused(text: str) -> None:
    """No text raises anything but the error that is documented."""
    with pytest.raises(InvalidData):
        formats.read(text, "zotero-rdf")


@given(text=st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z"])))
@example(text="1. a &copy; [b](c) `d` *e* _f_ {g}`h` $i$ ~~j~~ | % + - > # : http://k.example")
def test_the_words_of_a_note_stay_words(text: str) -> None:
    """Whatever signs a note holds, its Markdown says the same words and nothing else."""
    markdown, _ = read_note(f"<p>{escape(text)}</p>")

    shown = MarkdownIt("commonmark").render(markdown)
    assert shown == (f"<p>{escaped(text)}</p>\n" if text.strip() else "")


def escaped(text: str) -> str:
    """A text as Markdown renders it in a paragraph."""
    return escape(" ".join(text.split()), quote=False).replace('"', "&quot;")


@settings(max_examples=200)
@given(text=HTML)
def test_nothing_in_a_note_acts(text: str) -> None:
    """Of tags only shapes stay; scripts, handlers, roles and other addresses than the web's go."""
    shown = MarkdownIt("commonmark").render(read_note(text)[0])

    tags = re.sub(
        r"<(/?)(p|h[1-6]|ul|li|ol|blockquote|pre|code|em|strong|br|hr)( [^<>]*)?>", "", shown
    )
    assert "<" not in tags.replace(' start="', "")
    assert not re.search(r"(?:href|src|on\w+)=", shown.replace("onerror=pwned&gt;", ""))


def test_quotations_are_measured() -> None:
    """The longest quotation that a note marks as one counts, not what is written about it."""
    note = (
        "<p>Five words of my own</p><blockquote><p>two words</p></blockquote>"
        '<p><span class="highlight">and three words</span></p>'
    )

    assert read_note(note)[1] == 3


def test_a_link_leads_to_the_web() -> None:
    """Links of the web stay links, whatever signs are in them."""
    note = '<p><a href="https://quay.example/a(b)_c">The [quay]</a></p>'

    shown = MarkdownIt("commonmark").render(read_note(note)[0])

    assert shown == '<p><a href="https://quay.example/a(b)_c">The [quay]</a></p>\n'


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.json", '{"config": {"label": "BetterBibTeX JSON"}}', "bbt-json"),
        ("a.json", '[{"id": "a", "type": "book"}]', "csl-json"),
        ("a", '[{"itemType": "book"}]', "bbt-json"),
        ("a.rdf", "", "zotero-rdf"),
        ("a.xml", f'<?xml version="1.0"?><rdf:RDF xmlns:rdf="{RDF}"/>', "zotero-rdf"),
    ],
)
def test_the_content_tells_the_format(name: str, text: str, expected: str) -> None:
    """A file of JSON is Zotero's where it says so; RDF is told by its beginning."""
    assert format_of(name, text) == expected


def test_a_large_export_is_read_in_a_process_of_its_own() -> None:
    """What the child found is what reading at once finds, with places and attached things."""
    item = {
        "itemType": "book",
        "title": "Reeds",
        "notes": [{"note": "<p>A note</p>"}],
        "attachments": [{"path": "files/1/a.html", "dateAdded": "2020-01-02T03:04:05Z"}],
    }
    text = json.dumps({"items": [item] * 500}, indent=1)
    assert len(text) > SMALL_SIGNS

    read, at_once = read_bibliography(text, "bbt-json"), formats.read(text, "bbt-json")

    assert (read.items, read.attached) == (at_once.items, at_once.attached)
    assert read.place_of(499).line == at_once.place_of(499).line
