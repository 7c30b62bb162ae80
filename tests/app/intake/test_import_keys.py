"""Bibliography files with keys and ids of all kinds: every entry comes in once, and is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.citing.cite import cite
from citekit.app.intake.bibliographies import Imported, import_items
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from pathlib import Path

BIB = """
@article{DBLP:conf/kite/ReedL02, title = {Strings}, year = 2002}
@article{reed:2001, title = {Tails}, year = 2001}
@book{o'hara+co, title = {Frames}, year = 1999}
@book{Kite, title = {Upper}, year = 2000}
@book{kite, title = {Lower}, year = 2000}
@book{https://kites.example/1, title = {An address typed as a key}, year = 2003}
@misc{con, title = {Device}}
"""
ZOTERO: list[dict[str, Any]] = [
    {
        "id": "http://zotero.org/users/7/items/KITE0001",
        "citation-key": "reedStrings2002",
        "type": "article-journal",
        "title": "Strings",
    },
    {
        "id": "http://zotero.org/users/7/items/KITE0002",
        "type": "book",
        "title": "Frames",
        "author": [{"family": "Lund", "given": "Bo"}],
        "issued": {"date-parts": [["1999"]]},
    },
    {"id": "two words", "type": "book", "title": "White space"},
    {"id": 77, "type": "webpage", "title": "A number"},
    {"type": "book", "title": "No id at all"},
]


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An empty archive."""
    return ArchiveStore.create(tmp_path / "archive")


def take(store: ArchiveStore, entries: list[dict[str, Any]]) -> Imported:
    """Import CSL-JSON."""
    return import_items(store, json.dumps(entries), format="csl-json")


def test_keys_of_bibliographies_are_kept(store: ArchiveStore) -> None:
    """Every key that BibTeX takes is the item's, is cited by, and is written back."""
    first = import_items(store, BIB, format="biblatex")
    keys = [line.partition("{")[2].partition(",")[0] for line in BIB.strip().splitlines()]
    assert list(first.new) == keys
    assert first.findings == ()
    assert import_items(store, BIB, format="biblatex").known == first.new
    for key in keys:
        assert f"{{{key},\n" in cite(store, [key], format="biblatex").text


def test_ids_that_are_no_keys_are_kept_beside_one(store: ArchiveStore) -> None:
    """The key is the one that stands beside the id, or a made one."""
    result = take(store, ZOTERO)
    assert result.findings == ()
    assert result.new == ("reedStrings2002", "lund1999frames", "white", "77", "no")
    assert store.item("reedStrings2002").facts.foreign_ids == (ZOTERO[0]["id"],)
    assert store.item("lund1999frames").facts.foreign_ids == (ZOTERO[1]["id"],)
    assert store.item("white").facts.foreign_ids == ("two words",)
    assert store.item("77").facts.foreign_ids == ()
    assert "citation-key" not in store.item("reedStrings2002").data


def test_importing_again_recognises_every_entry(store: ArchiveStore) -> None:
    """By its key, by its foreign id after a renaming, and without either by what it says."""
    first = take(store, ZOTERO)
    renamed = [{**ZOTERO[0], "citation-key": "otherwise2002"}, *ZOTERO[1:]]
    for entries in (ZOTERO, renamed):
        again = take(ArchiveStore.open(store.root), entries)
        assert (again.new, again.known, again.findings) == ((), first.new, ())
    assert store.keys() == tuple(sorted(first.new))


def test_what_says_something_else_stays_out(store: ArchiveStore) -> None:
    """Nothing that is here is overwritten; a plain id is no proof that two titles are one work."""
    take(store, ZOTERO)
    result = take(store, [{**ZOTERO[1], "title": "Other"}, {**ZOTERO[2], "title": "Elsewhere"}])
    assert result.new == result.known == ()
    assert [(one.key, one.by, one.variables) for one in result.changed] == [
        ("lund1999frames", "id", ("title",))
    ]
    assert "the item white has this id, and is another work" in result.findings[1].message
    assert store.item("lund1999frames").title == "Frames"


def test_an_export_with_an_address_as_key_comes_back(store: ArchiveStore) -> None:
    """An address is a key where an item has it as its key."""
    import_items(store, BIB, format="biblatex")
    text = cite(store, ["https://kites.example/1"], format="csl-json").text
    assert import_items(store, text, format="csl-json").known == ("https://kites.example/1",)


def test_the_longest_known_key_names_the_passage(store: ArchiveStore) -> None:
    """A key with a number sign is a key; what follows the longest one is the passage."""
    entries = [{"id": key, "type": "book", "title": key} for key in ("C", "C#title", "C#2001")]
    take(store, entries)
    assert "C#title" in cite(store, ["C#title"]).text
    assert "C#2001" in cite(store, ["C#2001#title"]).text
    assert "paragraph" not in cite(store, ["[@{C#2001}]"]).text
    assert "(C" in cite(store, ["C#p3"], in_text=True).text


def test_other_keys_of_an_entry_are_aliases_and_go_back(store: ArchiveStore) -> None:
    """BibLaTeX's ``ids``: each is cited like the key; one that is an entry's own stays that."""
    text = "@book{kite:1, ids = {old:1, kite2, reel}, title = {One}}\n@book{kite2, title = {Two}}"
    result = import_items(store, text, format="biblatex")
    assert result.new == ("kite:1", "kite2")
    assert ["'kite2'" in finding.message for finding in result.findings] == [True]
    assert store.item("kite:1").facts.aliases == ("old:1", "reel")
    assert store.item("kite:1").facts.access == store.settings.access
    assert store.resolve("old:1") == "kite:1"
    assert "  ids = {old:1,reel},\n" in cite(store, ["reel"], format="biblatex").text
    again = import_items(store, text, format="biblatex")
    assert (again.known, again.findings) == (result.new, ())


def test_two_works_with_one_doi_are_told(store: ArchiveStore) -> None:
    """A DOI names one work: of a second entry with it something is said, in one file and later."""
    text = (
        "@book{one, title={A}, doi={10.5555/REED.1}}\n@book{two, title={B}, doi={10.5555/reed.1}}"
    )
    import_items(store, text, format="bibtex")

    later = import_items(store, "@misc{three, doi={10.5555/reed.1}}", format="bibtex")
    again = import_items(store, text, format="bibtex")

    assert [(one.code, one.message) for one in later.findings] == [
        ("CK-W425", "three has the DOI of one: 10.5555/reed.1")
    ]
    assert again.findings == ()


def test_twins_in_one_file_are_told_with_their_line(store: ArchiveStore) -> None:
    """The finding stands at the second of them, and both come in."""
    text = (
        "@book{one, title={A}, doi={10.5555/REED.1}}\n@book{two, title={B}, doi={10.5555/reed.1}}"
    )

    imported = import_items(store, text, format="bibtex")

    assert imported.new == ("one", "two")
    assert [(f.code, f.place.line if f.place else 0) for f in imported.findings] == [("CK-W425", 2)]
