"""*Kept since then*: what was private at a seal is shown by one opened leaf alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from citekit import Archive, InvalidData
from citekit.app.proving.held_privately import HeldPrivately, held_privately
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.digest import Digest
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.note import Note, write_note
from citekit.model.value import replace
from citekit.store.log.folder import LogFolder
from citekit.store.private.sealing import root_for_seal
from citekit.store.staging import Journal, begin

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE = (
    "Ferry left early\n\nThe ferry left at 0417, a witness at the quay said, and nobody saw it.\n"
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with a private article that was sealed twice, and is public since."""
    archive = Archive.create(tmp_path / "archive", title="Harbour")
    (tmp_path / "quay.txt").write_text(ARTICLE, encoding="utf-8")
    archive.add(tmp_path / "quay.txt", key="quay2024", access="private")
    for _ in range(2):
        _seal(archive)
    archive.rename("quay2024", "pier2024")
    archive.set_access("pier2024", "public")
    return archive


def test_the_first_seal_of_it_counts(archive: Archive) -> None:
    """Its leaf is opened under the name that it had then; the record is the one that is public."""
    (held,) = held_privately(archive.store, "pier2024")
    assert held.entry == 0
    assert held.leaf.path.startswith("items/quay2024/captures/")
    assert held.is_shown_by(_entry(archive, 0), _record(archive))
    assert "entry 0, 2026-01-02" in held.told("2026-01-02")


def test_it_goes_through_a_proof(archive: Archive) -> None:
    """As JSON, and back."""
    (held,) = held_privately(archive.store, "pier2024")
    assert HeldPrivately.from_json(json.loads(json.dumps(held.to_json()))) == held
    for bad in ({}, {"entry": -1, "leaf": held.leaf.to_json()}, {**held.to_json(), "more": 1}):
        with pytest.raises(InvalidData):
            HeldPrivately.from_json(bad)


def test_nothing_else_is_shown(archive: Archive) -> None:
    """Another seal's state leaf, another record, an entry that is no state leaf: nothing."""
    (held,) = held_privately(archive.store, "pier2024")
    state, record = _entry(archive, 0), _record(archive)
    assert not held.is_shown_by(_entry(archive, 1), record)
    assert not held.is_shown_by(state, record + b" ")
    assert not held.is_shown_by(b'{"action":"note"}', record)
    note = replace(held, leaf=replace(held.leaf, path="items/quay2024/note.md"))
    assert not note.is_shown_by(state, record)


def test_of_what_is_private_nothing_is_opened(archive: Archive) -> None:
    """Only who sets it public or restricted lets its leaf be opened."""
    archive.set_access("pier2024", "private")
    assert held_privately(archive.store, "pier2024") == ()


def test_what_was_never_private_has_no_leaf(archive: Archive, tmp_path: Path) -> None:
    """Another article of the same archive."""
    (tmp_path / "open.txt").write_text(f"{ARTICLE}\nOpen.\n", encoding="utf-8")
    archive.add(tmp_path / "open.txt", key="open2024", access="public")
    _seal(archive)
    assert held_privately(archive.store, "open2024") == ()


def _seal(archive: Archive) -> None:
    """A seal of nothing but a state leaf, as each seal ends with one."""
    layout = archive.store.layout
    log = LogFolder(layout)
    standing = log.standing()
    private = str(Digest(hex=root_for_seal(layout).hex()))
    entry = encode_leaf({"action": "state", "private": private, "v": 2})
    tree = log.grow(standing, [entry], staging=begin(layout, Journal()))
    checkpoint = Checkpoint(origin="citekit.invalid/harbour", size=tree.size, root=tree.root())
    log.commit(write_note(Note(text=checkpoint.text)))


def _entry(archive: Archive, index: int) -> bytes:
    return LogFolder(archive.store.layout).whole_entry(index)


def _record(archive: Archive) -> bytes:
    (record,) = archive.store.layout.captures("pier2024").iterdir()
    return record.read_bytes()
