"""An archive with keys of all kinds: where items lie, and that each is found by its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit.errors import InvalidData, NotFound, StoreConflict
from citekit.model.records.json_text import dump_json
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.folder_names import folded, names_of
from citekit.store.index.sqlite import Index
from citekit.store.staging import Journal, begin
from citekit.testing.store_builders import add_item, build_item
from tests.store.test_folder_names import KEYS

if TYPE_CHECKING:
    from pathlib import Path

ODD = ("DBLP:conf/kite/R02", "reed:2001", "a+b/c", "Kite", "kite", "KITE", "con", "x" * 300, "-x")


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with one item for each odd key."""
    store = ArchiveStore.create(tmp_path / "archive", title="Odd keys")
    with store.writing() as writer:
        for key in ODD:
            add_item(writer, build_item(key))
    return store


def renamed(store: ArchiveStore, key: str, new: str) -> None:
    """Rename as ``citekit rename`` does."""
    item = store.item(key)
    facts = replace(item.facts, aliases=(*item.facts.aliases, key))
    with store.writing() as writer:
        writer.rename_item(key, item.with_variables({"id": new}).with_facts(facts))


def test_every_key_is_found(store: ArchiveStore) -> None:
    """By reading, by listing and in the index, under its very own spelling."""
    assert store.keys() == tuple(sorted(ODD))
    assert [store.item(key).key for key in ODD] == list(ODD)
    with Index.open(store) as index:
        assert [row.key for row in index.rows()] == sorted(ODD)
        assert index.problems() == []


def test_who_comes_first_keeps_the_plain_name(store: ArchiveStore) -> None:
    """Of keys that differ by case alone the later ones are marked; a new reader sees the same."""
    again = ArchiveStore.open(store.root)
    assert again.layout.folder_name("Kite") == "Kite"
    assert again.layout.folder_name("kite") == names_of("kite")[1]
    assert again.layout.folder_name("KITE") == names_of("KITE")[1]


def test_a_twin_stays_where_it_is_when_the_other_goes(store: ArchiveStore) -> None:
    """Sealed paths and addresses do not move because somebody else did."""
    renamed(store, "Kite", "glider")
    assert store.layout.folder_name("kite") == names_of("kite")[1]
    assert store.item("kite").key == "kite"
    assert store.resolve("Kite") == "glider"


def test_an_old_key_keeps_its_page_from_a_new_twin(store: ArchiveStore) -> None:
    """The page of an old key leads on, so a new item does not take its name."""
    renamed(store, "reed:2001", "reed2001")
    with store.writing() as writer:
        add_item(writer, build_item("Reed:2001"))
    assert store.layout.folder_name("Reed:2001") == names_of("Reed:2001")[1]


def test_a_key_may_change_its_case_and_back(store: ArchiveStore) -> None:
    """Each time the item has a folder that is nobody's on any system."""
    renamed(store, "a+b/c", "A+B/C")
    assert store.resolve("a+b/c") == "A+B/C"
    item = store.item("A+B/C")
    facts = replace(item.facts, aliases=("A+B/C",))
    with store.writing() as writer:
        writer.rename_item("A+B/C", item.with_variables({"id": "a+b/c"}).with_facts(facts))
    assert store.layout.folder_name("a+b/c") == "a+b~2fc"
    assert store.item("a+b/c").key == "a+b/c"


def test_a_rename_that_was_stopped_is_finished(store: ArchiveStore) -> None:
    """The journal names folders: readers see the new one, the next writer drops the old one."""
    names = store.layout.folder_name("kite"), "swift~3a1"
    target = store.layout.items / names[1]
    item = store.item("kite")
    moved = item.with_variables({"id": "swift:1"}).with_facts(
        replace(item.facts, aliases=("kite",))
    )
    begin(store.layout, Journal(renamed=names))
    target.mkdir()
    (target / "item.json").write_text(dump_json(dict(moved.data)), encoding="utf-8")
    assert store.superseded() == {names[0]: names[1]}
    assert not store.has("kite")
    assert store.resolve("kite") == "swift:1"
    with store.writing():
        pass
    assert not (store.layout.items / names[0]).exists()


@pytest.mark.parametrize("name", ["a~3", "a~zz", "con", "a:b", "~41b", "kite~000000"])
def test_folders_that_are_no_keys_hold_no_items(name: str, store: ArchiveStore) -> None:
    """A folder whose name no key has is passed over; verify tells of it."""
    folder = store.layout.items / name
    folder.mkdir()
    (folder / "item.json").write_text('{"id": "a", "type": "book"}', encoding="utf-8")
    assert store.keys() == tuple(sorted(ODD))
    with pytest.raises((NotFound, InvalidData)):
        store.item("a")


def test_a_folder_with_another_key_is_told(store: ArchiveStore) -> None:
    """What item.json says and what the folder is called belong together."""
    path = store.layout.item_file("reed:2001")
    path.write_text('{"id": "lund:2001", "type": "book"}', encoding="utf-8")
    with pytest.raises(InvalidData, match="'lund:2001', but the folder says 'reed:2001'"):
        store.item("reed:2001")


def test_two_keys_for_one_marked_name_are_one_too_many(tmp_path: Path) -> None:
    """Six digits can be made to agree: who comes second is refused, nothing is overwritten."""
    one, other = _rivals()
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        for key in (one.swapcase(), one):
            add_item(writer, build_item(key))
        with pytest.raises(StoreConflict, match="on some systems"):
            add_item(writer, build_item(other))
    assert store.item(one).key == one


@settings(max_examples=15, deadline=None)
@given(keys=st.lists(KEYS, min_size=1, max_size=6, unique=True))
def test_any_keys_make_an_archive(
    tmp_path_factory: pytest.TempPathFactory, keys: list[str]
) -> None:
    """Key, folder, item.json and back: each item is what was put in, and no name folds to two."""
    store = ArchiveStore.create(tmp_path_factory.mktemp("keys") / "archive")
    with store.writing() as writer:
        for key in keys:
            add_item(writer, build_item(key))
    assert {key: store.item(key).key for key in keys} == {key: key for key in keys}
    assert sorted(store.folders().values()) == sorted(keys)
    assert len(set(map(folded, store.folders()))) == len(keys)


def _rivals() -> tuple[str, str]:
    """Two keys that differ by case alone and whose digests begin with the same six digits."""
    seen: dict[str, str] = {}
    word = "aerialphotograph"
    for number in range(1 << len(word)):
        key = "".join(c.upper() if number >> i & 1 else c for i, c in enumerate(word))
        mark = names_of(key)[1].rpartition("~")[2]
        if mark in seen:
            return seen[mark], key
        seen[mark] = key
    raise AssertionError("no two of them")


def test_a_system_that_ignores_case_finds_no_twin(store: ArchiveStore) -> None:
    """Where names that differ by case are one, the folder of another key is not a key's own."""
    # What macOS shows by itself: each file under its other spelling too.
    (store.root / "ARCHIVE.TOML").hardlink_to(store.layout.settings_file)
    other = store.layout.items / "DBLP~3aCONF~2fKITE~2fR02"
    other.mkdir()
    (other / "item.json").hardlink_to(store.layout.item_file("DBLP:conf/kite/R02"))
    assert store.has("DBLP:conf/kite/R02")
    assert not store.has("DBLP:CONF/KITE/R02")
    with pytest.raises(NotFound):
        store.item("DBLP:CONF/KITE/R02")
