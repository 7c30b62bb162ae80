"""The private root of a seal: made of the private files, opened by the ledger or its copy."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from citekit.errors import IntegrityFailed, InvalidData
from citekit.integrity.checkpoint import Checkpoint, write_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.state.state_leaf import StateLeaf, write_state_leaf
from citekit.store.layout import Layout
from citekit.store.log.folder import LogFolder
from citekit.store.private.ledger import note, read_ledger
from citekit.store.private.sealing import has_changed, root_for_seal
from citekit.store.private.second_copy import copies_folder, find_seal, is_copied
from citekit.store.staging import Journal, begin

if TYPE_CHECKING:
    from pathlib import Path

CAPTURE = "items/quay2024/captures/20240501T101500Z.json"
NOTE = "items/quay2024/note.md"


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """An archive with one private item, whose files nobody has noted."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    layout = Layout(root=tmp_path / "archive")
    _write(layout, "items/quay2024/item.json", b"{}")
    _write(layout, CAPTURE, b"the capture")
    _write(layout, NOTE, b"seen at the quay")
    _write(layout, "objects/sha256/ab/cd", b"is no record")
    return layout


def test_where_nothing_is_private_the_root_is_random(tmp_path: Path) -> None:
    """It is 32 bytes, never the same, and leaves nothing on the disk."""
    layout = Layout(root=tmp_path)
    roots = {root_for_seal(layout) for _ in range(3)}
    assert {len(root) for root in roots} == {32}
    assert len(roots) == 3
    assert list(tmp_path.iterdir()) == []


def test_the_ledger_opens_what_a_seal_said(layout: Layout) -> None:
    """Every record has a leaf, and the capture's leads to the root that the seal was given."""
    root = root_for_seal(layout)
    seal = find_seal(layout, root)
    assert seal is not None
    assert sorted(seal.files) == [CAPTURE, "items/quay2024/item.json", NOTE]
    opened = seal.tree().open(CAPTURE)
    assert opened.digest == digest_bytes(b"the capture")
    assert opened.is_under(root)


def test_a_seal_without_a_change_has_another_root(layout: Layout) -> None:
    """So the log does not tell that nothing has changed; both can be opened."""
    one, other = root_for_seal(layout), root_for_seal(layout)
    assert one != other
    opened = [seal.tree().open(NOTE).digest for seal in read_ledger(layout).seals()]
    assert opened == [digest_bytes(b"seen at the quay")] * 2


def test_an_old_seal_has_the_files_of_its_time(layout: Layout) -> None:
    """What is changed, added or removed later leaves its tree as it was."""
    root = root_for_seal(layout)
    _write(layout, NOTE, b"another word")
    (layout.private / CAPTURE).unlink()
    note(layout, {CAPTURE: None})
    later = root_for_seal(layout)
    seals = {seal.root: seal.files for seal in read_ledger(layout).seals()}
    assert seals[root][NOTE] == digest_bytes(b"seen at the quay")
    assert CAPTURE in seals[root]
    assert seals[later][NOTE] == digest_bytes(b"another word")
    assert CAPTURE not in seals[later]


@pytest.mark.parametrize("data", [b"forged", None])
def test_a_changed_capture_record_stops_the_seal(layout: Layout, data: bytes | None) -> None:
    """It never changes: a root made of it would hide that; nothing is noted."""
    root_for_seal(layout)
    before = layout.private_ledger.read_bytes()
    (layout.private / CAPTURE).unlink()
    if data is not None:
        _write(layout, CAPTURE, data)
    with pytest.raises(IntegrityFailed):
        root_for_seal(layout)
    assert layout.private_ledger.read_bytes() == before


def test_the_copy_alone_opens_it_as_well(layout: Layout) -> None:
    """Who has lost ``private/`` can still open what was sealed, from the user's data folder."""
    root = root_for_seal(layout)
    assert is_copied(layout)
    shutil.rmtree(layout.private)
    seal = find_seal(layout, root)
    assert seal is not None
    assert seal.tree().open(CAPTURE).is_under(root)


@pytest.mark.skipif(os.name != "posix", reason="rights of POSIX")
def test_the_copy_is_for_its_owner_alone(layout: Layout) -> None:
    """It has the names of private things in it."""
    root_for_seal(layout)
    (copy,) = copies_folder().iterdir()
    assert copy.stat().st_mode & 0o077 == 0


def test_a_copy_that_says_otherwise_is_kept(layout: Layout) -> None:
    """Two copies of an archive went on by themselves: each can still open its own seals."""
    twin = Layout(root=layout.root.parent / "twin")
    root_for_seal(layout)
    shutil.copytree(layout.root, twin.root)
    roots = [root_for_seal(layout), root_for_seal(twin), root_for_seal(layout)]
    shutil.rmtree(layout.private)
    shutil.rmtree(twin.private)
    assert all(find_seal(layout, root) for root in roots)


def test_without_a_copy_that_is_told(layout: Layout) -> None:
    """A copy that is gone or behind does not count as one."""
    root_for_seal(layout)
    (copy,) = copies_folder().iterdir()
    old = copy.read_bytes()
    root_for_seal(layout)
    copy.write_bytes(old)
    assert not is_copied(layout)
    copy.unlink()
    assert not is_copied(layout)


def test_a_line_that_was_cut_off_does_not_take_the_others_along(layout: Layout) -> None:
    """A stop in the middle of a line leaves one that says nothing; the next begins anew."""
    root = root_for_seal(layout)
    with layout.private_ledger.open("ab") as ledger:
        ledger.write(b'{"at": "2026-')
    later = root_for_seal(layout)
    ledger_now = read_ledger(layout)
    assert len(ledger_now.damaged) == 1
    assert [seal.root for seal in ledger_now.seals()] == [root, later]


def test_a_ledger_that_was_changed_opens_nothing(layout: Layout) -> None:
    """Another digest in an old line gives another root than the one that was sealed."""
    root = root_for_seal(layout)
    text = layout.private_ledger.read_text(encoding="utf-8")
    forged = text.replace(digest_bytes(b"the capture"), digest_bytes(b"forged"))
    layout.private_ledger.write_text(forged, encoding="utf-8")
    (seal,) = read_ledger(layout).seals()
    assert seal.root == root
    with pytest.raises(InvalidData):
        seal.tree()


def _write(layout: Layout, path: str, data: bytes) -> None:
    file = layout.private / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def test_seals_of_another_computer_are_no_change_here(layout: Layout) -> None:
    """Two computers seal in turn, each with private things that the other has not."""
    other = Layout(root=layout.root.parent / "clone")
    _write(other, "entities/witness-w.json", b"{}")
    note(other, {"entities/witness-w.json": digest_bytes(b"{}")})
    assert has_changed(layout)
    assert has_changed(other)
    for one in (layout, other, layout):
        _seal_with(root_for_seal(one), layout, other)
    assert not has_changed(layout)
    assert not has_changed(other)
    _write(other, "entities/witness-w.json", b"{ }")
    assert has_changed(other)
    assert not has_changed(layout)


def _seal_with(root: bytes, *layouts: Layout) -> None:
    """A log with one more state leaf, which both have: git brings it to the other."""
    for layout in layouts:
        log = LogFolder(layout)
        standing = log.standing()
        leaf = StateLeaf(root=bytes(32), private=root, size=standing.size if standing else 0)
        staging = begin(layout, Journal())
        tree = log.grow(standing, [write_state_leaf(leaf)], staging=staging)
        log.commit(write_checkpoint(Checkpoint(origin="o", size=tree.size, root=tree.root())))
