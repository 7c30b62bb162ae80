"""What editors and web applications ask of the processor: previews, warnings, shared styles."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from citekit.csl import Citation, Document, compile_style, find_style, parse_style, process
from citekit.errors import InvalidData, NotFound
from citekit.testing import csl_samples as csl

if TYPE_CHECKING:
    from citekit.csl import Notice, Program

    Entries = tuple[tuple[str, str], ...]

NAMES = ["Okafor", "Okafor", "Lind", "Moreau", "Okafor"]
ITEMS: list[dict[str, Any]] = [
    {"id": f"i{n}", "type": "book", "title": f"Tides {n}", "publisher": "Reed",
     "author": [csl.person(name, "Ada" if n else "Abel")], "issued": {"date-parts": [[2001]]}}
    for n, name in enumerate(NAMES)
]  # fmt: skip
STYLES = ["apa", "ieee", "chicago-notes-bibliography", "modern-language-association"]


def citation(key: str, *ids: str, note: int = 0) -> Citation:
    """A citation of some items."""
    return Citation(id=key, cites=tuple({"id": i} for i in ids), note=note)


def written(style: str) -> Document:
    """A document with two citations, all of it asked for once."""
    document = Document(compile_style(style), ITEMS)
    document.insert(citation("a", "i0", note=1))
    document.insert(citation("b", "i2", note=2))
    document.changes()
    document.entry_changes()
    return document


# ---- previews


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("before", ["a", "b", None])
def test_a_preview_reads_as_the_inserted_citation_would(style: str, before: str | None) -> None:
    """What is shown beforehand is what the citation becomes, wherever it stands."""
    document, new = written(style), citation("new", "i1", "i4", note=3)

    shown = document.preview(new, before)

    document.insert(new, before)
    document.changes()
    assert shown == document.citation("new")


@pytest.mark.parametrize("style", STYLES)
def test_a_preview_leaves_the_document_as_it_is(style: str) -> None:
    """Nothing changes by it: no citation, no entry, no warning, and what is cited later neither."""
    document, other = written(style), written(style)

    document.preview(citation("new", "i1", "i4", "nobody", note=3), "a")

    assert document.changes() == document.entry_changes() == []
    assert document.references().entries == other.references().entries
    assert document.warnings == []
    for one in (document, other):
        one.insert(citation("more", "i4", note=3))
    assert document.changes() == other.changes()
    assert [document.citation(key) for key in ("a", "b", "more")] == [
        other.citation(key) for key in ("a", "b", "more")
    ]


def test_a_preview_stands_in_the_place_of_a_citation_with_its_id() -> None:
    """An editor shows what a change of a citation would give."""
    document = written("apa")

    assert document.preview(citation("a", "i3")) == "(Moreau, 2001)"
    assert document.citation("a") == "(Okafor, 2001)"


def test_a_preview_may_come_between_an_edit_and_its_changes() -> None:
    """What waits to be told is still told."""
    document = written("apa")
    document.insert(citation("new", "i1"))

    document.preview(citation("other", "i4"))

    assert document.changes() == ["a", "new"]


# ---- one style for many


def test_a_compiled_style_serves_many_items() -> None:
    """It brings its own language, and takes items as it asks for them, as by its name."""
    compiled = compile_style("apa", "de-DE")

    each = [process(compiled, [item]).bibliography for item in ITEMS]

    assert each == [process("apa", [item], locale="de-DE").bibliography for item in ITEMS]
    assert compile_style(compiled) is compiled


@pytest.mark.parametrize("style", STYLES)
def test_threads_share_a_style_that_nobody_has_used_yet(style: str) -> None:
    """What is compiled while it is first used by several threads is the same for all."""
    source = find_style(style)
    expected: list[Entries] = [process(source, [item]).bibliography for item in ITEMS]
    for _ in range(5):
        compiled = compile_style(source)

        def format_item(item: dict[str, Any], program: Program = compiled) -> Entries:
            return process(program, [item]).bibliography

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(format_item, ITEMS * 4))
        assert found == expected * 4


def test_items_are_neither_copied_nor_changed() -> None:
    """An application keeps its items, also where a style wants another name for a field."""
    item = {"id": "x", "type": "paper-conference", "title": "T", "event-title": "Tide Days"}
    before = dict(item)
    old = find_style("nature")

    assert old.fit(ITEMS[0]) is ITEMS[0]
    assert process(old, [item]).bibliography
    assert item == before


# ---- warnings


def test_nothing_is_left_out_in_silence() -> None:
    """Each kind of what could not be used, once, with the item and what of it."""
    items: list[dict[str, Any]] = [
        {"id": "a", "type": "bok", "title": "A", "colour": "red", "author": 7},
        {"id": "b", "type": "book", "title": "B", "colour": "blue"},
        {"id": "b", "type": "book", "title": "B"},
    ]
    cites = [[{"id": "a", "locater": "3"}, {"id": "b"}], [{"id": "c"}, {"id": "a", "locater": "4"}]]
    style = csl.style("", '<names variable="author"/><text variable="title"/>')
    told: list[Notice] = []

    result = process(style, items, cites, locale="tlh-KX", on_warning=told.append)

    assert [(n.kind, n.item, n.variable) for n in result.warnings] == [
        ("style", None, None),
        ("unknown item", "c", None),
        ("item given twice", "b", None),
        ("unknown word in a cite", "a", "locater"),
        ("unknown type", "a", None),
        ("unusable value", "a", "author"),
        ("unknown variable", "a", "colour"),
    ]
    assert set(told) == set(result.warnings)
    assert "item 'a': CSL has no type 'bok' (did you mean book?)" in told


def test_a_listener_is_told_once() -> None:
    """An editor that asks after each change hears of a thing when it comes up, and never again."""
    told: list[Notice] = []
    document = Document(compile_style("apa"), ITEMS, on_warning=told.append)
    document.insert(citation("1", "gone"))
    document.changes()
    document.insert(citation("2", "gone", "i1"))
    document.changes()
    document.entry_changes()

    assert told == ["no item 'gone': it is left out"]


def test_an_item_that_came_later_is_no_longer_missed() -> None:
    """A warning ends with its cause."""
    document = Document(compile_style("apa"))
    document.insert(citation("1", "i0"))
    document.changes()
    assert document.warnings

    document.add_item(ITEMS[0])

    assert document.changes() == ["1"]
    assert document.warnings == []


# ---- errors


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Citation(id="1", cites=({"id": "i0"},), mode="author_only"), "the mode 'author_only'"),
        (Citation(id="1", cites=({"locator": "3"},)), "has no id"),
        (Citation(id="1", cites=({"id": "i0", "label": "pag"},)), "locator is called 'pag'"),
    ],
)
def test_wrong_citations_are_refused_by_every_door(wrong: Citation, message: str) -> None:
    """A mode or label that nobody knows, or a cite of nothing, is told before it is taken in."""
    document = written("apa")
    for door in (document.insert, document.preview, lambda one: document.arrange([one])):
        with pytest.raises(InvalidData, match=message):
            door(wrong)
    assert len(document.citations) == 2


@pytest.mark.parametrize("ask", ["citation", "entry", "tokens", "tree"])
def test_what_is_not_there_is_not_found(ask: str) -> None:
    """Asking for a citation or an entry that nobody made names the nearest."""
    with pytest.raises(NotFound, match=r"there is no (citation|entry) 'i00?'"):
        getattr(written("apa"), ask)("i00")


def test_an_item_can_be_listed_and_taken_off_the_list() -> None:
    """What is cited nowhere is listed as long as somebody wants it."""
    document = written("apa")
    document.list_item("i3")
    assert document.order() == ["i2", "i3", "i0"]
    document.unlist_item("i3")
    document.unlist_item("i0")  # it is cited
    assert document.order() == ["i2", "i0"]


# ---- what is shown of values


def test_values_are_shown_in_a_line() -> None:
    """Styles, documents and results fit into a debugger's line."""
    document, source = written("apa"), find_style("apa")
    values = [
        source, parse_style(source.xml), document.program, document, document.citations[0],
        document.references(), process("apa", ITEMS, [[{"id": "i0"}]]),
    ]  # fmt: skip

    assert [repr(value) for value in values] == [
        f"<StyleSource apa: {source.title}>",
        f"<Style {source.title}>",
        "<Program of apa, en-US>",
        "<Document of 2 citations, 5 items in apa, en-US>",
        "<Citation a: i0>",
        "<References: 2 entries>",
        "<Result: 1 citations, 1 entries, 0 warnings>",
    ]
