"""What is in an archive is seen as it is: plain files, folders, links, and names that collide."""

from __future__ import annotations

import os
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from citekit.app.verifying.inspection import Inspection, begin, inspect, is_at_the_top
from citekit.errors import CitekitError
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

ONE = build_capture(text="One.")
RECORD = f"items/one2026/captures/{ONE.stamp}.json"


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with two items."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        add_item(writer, build_item("one2026"), ONE)
        add_item(writer, build_item("two2026", access="public"), build_capture(text="Two."))
        writer.write_note("two2026", "A note.\n")
    return store


def _put(store: ArchiveStore, name: str, data: bytes = b"") -> None:
    path = store.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _walk(store: ArchiveStore) -> Inspection:
    return inspect(ArchiveStore.open(store.root))


def test_every_file_is_seen_but_what_is_not_the_archives(store: ArchiveStore) -> None:
    """Not git's, not the private ones, nor the cache; folders of these names elsewhere are."""
    for name in (".git/x", "private/x", ".citekit/x", "items/one2026/.git/x", "log/private/x"):
        _put(store, name)
    files = {p.relative_to(store.root).as_posix() for p in store.root.rglob("*") if p.is_file()}
    hidden = {name for name in files if name.startswith((".git/", "private/", ".citekit/"))}
    inspection = _walk(store)
    assert inspection.files == files - hidden
    assert {".git/x", "private/x", ".citekit/x"} <= hidden
    assert inspection.keys == ("one2026", "two2026")
    assert inspection.item_folders == ["items/one2026", "items/two2026"]
    assert inspection.folder("one2026") == "items/one2026"
    assert not inspection.is_partial
    assert inspection.oddities == inspection.collisions == []


def test_files_are_named_by_their_folders(store: ArchiveStore) -> None:
    """Right in one, or below some; "" is that of the archive itself."""
    _put(store, "entities/b.json")
    _put(store, "entities/a.json")
    _put(store, "entities/c.txt")
    _put(store, "entities/deeper/d.json")
    _put(store, "entities-x/e.json")
    inspection = _walk(store)
    assert inspection.in_folder("entities") == ["entities/a.json", "entities/b.json"]
    assert inspection.in_folder("nowhere") == []
    below = ["entities/a.json", "entities/b.json", "entities/c.txt", "entities/deeper/d.json"]
    assert sorted(inspection.below("entities")) == below
    assert sorted(inspection.below("entities/deeper", "nowhere")) == ["entities/deeper/d.json"]
    top = {"archive.toml", ".gitignore", ".gitattributes"}
    assert set(inspection.below("")) == {name for name in inspection.files if "/" not in name}
    assert set(inspection.below("")) <= top | {".gitkeep"}
    assert set(inspection.below("", "entities")) == {*inspection.below(""), *below}


def test_what_has_a_name_is_a_file_a_folder_or_something_else(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """Links are followed nowhere, and told in the order of their names."""
    (store.root / "items/one2026/z").symlink_to(tmp_path)
    (store.root / "items/one2026/b").symlink_to(store.root / "archive.toml")
    os.mkfifo(store.root / "items/one2026/c")
    (store.root / "items/one2026/empty").mkdir()
    inspection = _walk(store)
    link, neither = "a symbolic link", "neither a file nor a folder"
    assert inspection.oddities == [
        ("items/one2026/b", link), ("items/one2026/c", neither), ("items/one2026/z", link),
    ]  # fmt: skip
    names = ("b", "c", "z", "empty", "item.json", "captures")
    assert all(inspection.has(f"items/one2026/{name}") for name in names)
    assert [name for name in names if inspection.is_file(f"items/one2026/{name}")] == ["item.json"]
    assert inspection.is_file("archive.toml")
    for name in ("items/one2026/absent", "absent", "absent/item.json"):
        assert not inspection.has(name)
        assert not inspection.is_file(name)


def test_a_folder_that_cannot_be_looked_into_is_told(
    store: ArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there, and what is in it is not known; the walk goes on."""
    closed = store.root / "items/one2026/captures"
    scandir = os.scandir

    def refusing(path: str) -> object:
        if path == str(closed):  # a mode does not keep the superuser out
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr("citekit.app.verifying.inspection.os.scandir", refusing)
    inspection = _walk(store)
    assert list(inspection.unread) == ["items/one2026/captures"]
    error = inspection.unread["items/one2026/captures"]
    assert str(error.place) == str(closed)
    assert inspection.has("items/one2026/captures")
    assert not inspection.is_file(RECORD)
    assert inspection.is_file("items/two2026/note.md")


@pytest.mark.parametrize(
    ("names", "collisions"),
    [
        (("a", "b", "A"), [("a", "A")]),
        (("a", "b"), []),
        (("A", "b"), []),
        (("A",), []),
        (("ä", "A\u0308", "Ä", "b"), [("Ä", "A\u0308"), ("ä", "A\u0308")]),
        (("é", "e"), []),
        (("x", "X", "y", "Y"), [("x", "X"), ("y", "Y")]),
    ],
)
def test_names_that_some_systems_take_for_one_are_told(
    names: tuple[str, ...], collisions: list[tuple[str, str]], store: ArchiveStore
) -> None:
    """With the first of them, in the order of the names; at the top, and in folders."""
    for folder in ("", "items/one2026/"):
        for name in names:
            _put(store, f"{folder}{name}")
    expected = [(f"items/one2026/{name}", other) for name, other in collisions]
    assert _walk(store).collisions == [*collisions, *expected]


def test_a_record_that_was_read_is_accounted_for(store: ArchiveStore) -> None:
    """Its digest is known; a folder without others is forgotten, and its files are still there."""
    inspection = _walk(store)
    data = inspection.take("items/one2026", "item.json")
    assert data == (store.root / "items/one2026/item.json").read_bytes()
    assert inspection.digests == {"items/one2026/item.json": f"sha256:{sha256(data).hexdigest()}"}
    assert inspection.folders["items/one2026"] == set()
    inspection.forget_empty("items/one2026", "items/one2026/captures", "items/never")
    assert "items/one2026" not in inspection.folders
    assert inspection.folders["items/one2026/captures"] == {f"{ONE.stamp}.json"}
    assert inspection.is_file("items/one2026/item.json")
    with pytest.raises(CitekitError):
        inspection.read("items/one2026/absent.json")
    assert inspection.show(RECORD) == str(store.root / RECORD)
    assert inspection.show("") == str(store.root)


def test_some_items_are_seen_with_the_log_alone(store: ArchiveStore, tmp_path: Path) -> None:
    """The folders of the items themselves are walked as they are read."""
    _put(store, "log/checkpoint", b"none")
    (store.root / "trust").symlink_to(tmp_path)
    inspection = begin(ArchiveStore.open(store.root), ("two2026",))
    assert inspection.is_partial
    assert (inspection.keys, inspection.names) == (("two2026",), {"two2026": "two2026"})
    assert inspection.item_folders == ["items/two2026"]
    assert {name.partition("/")[0] for name in inspection.files} == {"log"}
    assert inspection.oddities == [("trust", "a symbolic link")]
    (store.root / "trust").unlink()
    nothing = begin(ArchiveStore.open(store.root), (), is_partial=True)
    assert (nothing.is_partial, nothing.item_folders, nothing.oddities) == (True, [], [])


def test_in_a_partial_check_no_link_on_the_way_is_followed(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """The walk has begun below it."""
    inspection = begin(ArchiveStore.open(store.root), ("one2026",))
    (store.root / "items").rename(tmp_path / "moved")
    (store.root / "items").symlink_to(tmp_path / "moved")
    with pytest.raises(CitekitError):
        inspection.read("items/one2026/item.json")


def test_a_marked_folder_of_a_key_counts(store: ArchiveStore) -> None:
    """What else lies in ``items`` has no key, and is walked all the same."""
    _put(store, "items/Not a key/x.txt")
    _put(store, "items/stray.txt")
    inspection = _walk(store)
    assert inspection.names == {"one2026": "one2026", "two2026": "two2026"}
    assert "items/Not a key" in inspection.item_folders
    assert "items/stray.txt" in inspection.files


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("README", True), ("readme.md", True), ("README.de.md", True), ("LICENSE", True),
        ("LICENCE-CC0.txt", True), (".gitignore", True), (".gitattributes", True),
        ("READMEX", False), ("README/x", False), ("my-README", False), ("x.txt", False),
        (".github", False),
    ],
)  # fmt: skip
def test_few_files_may_lie_at_the_top(name: str, *, is_one: bool) -> None:
    """Those of git, a README and a licence."""
    assert is_at_the_top(name) == is_one
