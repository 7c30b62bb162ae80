"""Items that may be one work are named with what they share, and become one with both keys."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.changing.edit import remove
from citekit.app.citing.cite import cite
from citekit.app.intake.add import add
from citekit.app.intake.bibliographies import import_items
from citekit.app.looking.duplicates import Duplicate, find_duplicates
from citekit.cli.run import run
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from pathlib import Path

ENTRIES: list[dict[str, Any]] = [
    {"id": "a", "type": "book", "title": "Rope", "DOI": "10.5555/ROPE", "volume": "1"},
    {"id": "b", "type": "book", "title": "Ropes of the sea", "DOI": "10.5555/rope"},
    {"id": "c", "type": "book", "title": "Sail!", "issued": {"date-parts": [[1999, 3]]}},
    {"id": "d", "type": "report", "title": "sail", "issued": {"date-parts": [[1999, 3]]}},
    {"id": "e", "type": "book", "title": "Sail", "issued": {"date-parts": [[1999, 4]]}},
    {"id": "f", "type": "webpage", "title": "F", "URL": "http://MAST.example/a#top"},
    {"id": "g", "type": "webpage", "title": "G", "URL": "https://mast.example/a"},
]


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with duplicates of several kinds."""
    store = ArchiveStore.create(tmp_path / "archive")
    assert len(import_items(store, json.dumps(ENTRIES)).new) == len(ENTRIES)
    return ArchiveStore.open(store.root)


def test_what_items_share_is_named(store: ArchiveStore) -> None:
    """DOI, address, title with the whole date; the rest is no duplicate."""
    assert find_duplicates(store) == (
        Duplicate(keys=("a", "b"), shared=("doi",)),
        Duplicate(keys=("c", "d"), shared=("title",)),
        Duplicate(keys=("f", "g"), shared=("url",)),
    )


def test_the_bytes_of_two_items_are_one_sign(store: ArchiveStore, tmp_path: Path) -> None:
    """One file under two addresses; what is withdrawn or removed counts no more."""
    page = tmp_path / "p.txt"
    page.write_text("Knots\n\nA knot holds.\n")
    first = add(store, page, key="one", url="https://knots.example/1").item.key
    shown = find_duplicates(store)
    assert not any(first in one.keys for one in shown)
    copy = store.root / "items" / "two"
    original = store.layout.item_folder("one")
    for path in sorted(original.rglob("*")):
        target = copy / path.relative_to(original)
        if path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes().replace(b'"id": "one"', b'"id": "two"'))
    shared = {one.keys: one.shared for one in find_duplicates(ArchiveStore.open(store.root))}
    assert set(shared["one", "two"]) >= {"bytes", "url"}


def test_the_command_lists_them(store: ArchiveStore, capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, or JSON; none is said on stderr."""
    where = ["--archive", str(store.root)]
    assert run(["duplicates", *where]) == 0
    assert capsys.readouterr().out == "a b  doi\nc d  title\nf g  url\n"
    run(["duplicates", "--json", *where])
    assert json.loads(capsys.readouterr().out)[0] == {"keys": ["a", "b"], "shared": ["doi"]}
    for key in ("a", "c", "f"):
        remove(store, key)
    run(["duplicates", *where])
    assert capsys.readouterr() == ("", "no duplicates\n")


def test_two_items_become_one_with_both_keys(store: ArchiveStore) -> None:
    """The way that the page on formats shows."""
    text = cite(store, ["a"], format="csl-json").text
    remove(store, "a")
    import_items(ArchiveStore.open(store.root), text, merge="theirs")
    store = ArchiveStore.open(store.root)
    assert store.resolve("a") == "b"
    assert store.item("b").text("volume") == "1"
    assert [one.keys for one in find_duplicates(store)] == [("c", "d"), ("f", "g")]
