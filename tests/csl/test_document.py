"""The incremental document: edits tell which citations read differently, and equal a fresh run."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from citekit.csl import Citation, Document, Program, parse_style, process, renderer

render = renderer("text")
STYLE = parse_style("""<style xmlns="http://purl.org/net/xbiblio/csl" class="note" version="1.0">
  <citation disambiguate-add-year-suffix="true" disambiguate-add-names="true" et-al-min="3"
    et-al-use-first="1"><layout delimiter="; ">
    <choose>
      <if position="ibid"><text term="ibid"/><text variable="locator" prefix=" "/></if>
      <else-if position="subsequent"><text variable="first-reference-note-number" prefix="see n. "/>
      </else-if>
      <else><group delimiter=" "><names variable="author"><name form="short"/></names>
        <date variable="issued"><date-part name="year"/></date></group></else>
    </choose></layout></citation>
  <bibliography><sort><key variable="title"/></sort><layout><text variable="title"/></layout>
  </bibliography></style>""")
ITEMS: list[dict[str, Any]] = [
    {"id": "a", "title": "B", "author": [{"family": "Doe", "given": "A"}], "issued": "2000"},
    {"id": "b", "title": "A", "author": [{"family": "Doe", "given": "B"}], "issued": "2000"},
    {"id": "c", "title": "C", "author": [{"family": "Roe", "given": "C"}], "issued": "2001"},
]


def citation(key: str, note: int, *ids: str) -> Citation:
    """A citation of some items in a note."""
    return Citation(id=key, cites=tuple({"id": i} for i in ids), note=note)


def texts(document: Document) -> list[str]:
    """The texts of all citations, in order."""
    document.changes()
    return [render(document.tokens(c.id)) for c in document.citations]


def test_a_new_namesake_changes_the_citation_before() -> None:
    """Citing a second Doe of 2000 gives the first one its letter."""
    document = Document(Program(STYLE), ITEMS)
    document.insert(citation("1", 1, "a"))
    assert document.changes() == ["1"]
    document.insert(citation("2", 2, "b"))
    assert document.changes() == ["1", "2"]
    assert texts(document) == ["Doe 2000b", "Doe 2000a"]


def test_an_unrelated_citation_changes_nothing_else() -> None:
    """Only the new citation is told when nothing else depends on it."""
    document = Document(Program(STYLE), ITEMS)
    document.insert(citation("1", 1, "a"))
    document.changes()
    document.insert(citation("2", 2, "c"))
    assert document.changes() == ["2"]


def test_removing_the_first_cite_makes_the_second_first() -> None:
    """Positions follow the document after a removal."""
    document = Document(Program(STYLE), ITEMS)
    document.insert(citation("1", 1, "a"))
    document.insert(citation("2", 2, "a"))
    assert texts(document) == ["Doe 2000", "Ibid."]
    document.remove("1")
    assert document.changes() == ["2"]
    assert texts(document) == ["Doe 2000"]


def test_renumbering_notes_changes_back_references() -> None:
    """A reference to a note follows the note's new number."""
    document = Document(Program(STYLE), ITEMS)
    cites = [citation("1", 1, "a"), citation("2", 2, "c"), citation("3", 3, "a")]
    document.arrange(cites)
    assert texts(document)[2] == "see n. 1"
    document.arrange([citation("0", 1, "c"), citation("1", 2, "a"), citation("3", 3, "c"),
                      citation("4", 4, "a")])  # fmt: skip
    assert texts(document)[3] == "see n. 2"


def test_a_citation_is_inserted_before_another() -> None:
    """The order of the document is the order of the citations."""
    document = Document(Program(STYLE), ITEMS)
    document.insert(citation("2", 2, "a"))
    document.insert(citation("1", 1, "c"), before="2")
    assert [c.id for c in document.citations] == ["1", "2"]


def test_a_changed_item_is_read_anew() -> None:
    """An item given again replaces the one before."""
    document = Document(Program(STYLE), ITEMS)
    document.insert(citation("1", 1, "c"))
    document.changes()
    document.add_item({**ITEMS[2], "issued": "1999"})
    assert document.changes() == ["1"]
    assert texts(document) == ["Roe 1999"]


EDITS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 5), st.booleans()), min_size=1, max_size=8
)


@given(EDITS)
@settings(max_examples=60, deadline=None)
def test_edits_equal_a_fresh_run(edits: list[tuple[str, int, bool]]) -> None:
    """However a document came about, it reads as if written in one go."""
    document = Document(Program(STYLE), ITEMS)
    keys: list[str] = []
    for number, (item, place, removes) in enumerate(edits):
        if removes and keys:
            key = keys.pop(place % len(keys))
            document.remove(key)
        else:
            before = keys[place] if place < len(keys) else None
            keys.insert(min(place, len(keys)), str(number))
            document.insert(citation(str(number), 0, item), before)
        document.changes()
    fresh = process(STYLE, ITEMS, document.citations)
    assert tuple(texts(document)) == fresh.citations


def test_documents_share_a_compiled_style() -> None:
    """A style is compiled once: what one document cites says nothing to another."""
    program = Program(STYLE)
    one, other = Document(program, ITEMS), Document(program, ITEMS[:1])
    for document in (one, other):
        document.insert(Citation(id="first", cites=({"id": ITEMS[0]["id"]},)))
    one.insert(Citation(id="second", cites=({"id": ITEMS[1]["id"]},)))
    assert one.changes() == ["first", "second"]
    assert other.changes() == ["first"]
    assert len(list(one.bibliography())) == 2
    assert len(list(other.bibliography())) == 1
