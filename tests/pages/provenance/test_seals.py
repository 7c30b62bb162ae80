"""What is read of the log for pages: all of it, or that it is damaged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit.app.sealing.seal import Keys, seal
from citekit.integrity.sign import new_signer_key
from citekit.pages.library import Library
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.pages.provenance.seals import Seals
    from citekit.store.archive import ArchiveStore

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def sealed_archive(root: Path) -> ArchiveStore:
    """The invented archive, sealed and signed at noon."""
    store = build_archive(root)
    seal(store, keys=Keys(signing=KEY), now=NOON)
    return store


def read_seals(store: ArchiveStore) -> Seals:
    """What the pages are made from."""
    return Library.read(store.root).seals


@pytest.mark.parametrize(
    "damage", [b"", b"\xff\n", b"x\n99999\nAAAA\n\n", b"x\n1\n" + b"A" * 43 + b"=\n\n"]
)
def test_any_damage_of_the_checkpoint_is_trouble(tmp_path: Path, damage: bytes) -> None:
    """Whatever stands in place of the checkpoint: trouble, and nothing of any item."""
    store = sealed_archive(tmp_path / "archive")
    store.layout.checkpoint_file.write_bytes(damage)

    seals = read_seals(store)

    assert seals.trouble
    assert seals.items == {}


def test_missing_entries_are_a_damaged_log(tmp_path: Path) -> None:
    """Without the entries there is nothing to show, and no error that stops the build."""
    store = sealed_archive(tmp_path / "archive")
    for path in (store.layout.log / "tile" / "entries").rglob("*"):
        path.unlink() if path.is_file() else None

    seals = read_seals(store)

    assert seals.trouble == "a file of the log is missing"
    assert seals.items == {}


def test_a_record_with_text_of_its_own_gives_no_proof(tmp_path: Path) -> None:
    """A restricted record with an abstract is not given out whole; a private build may."""
    store = build_archive(tmp_path / "archive")
    with store.writing() as writer:
        writer.replace_item(store.item("harbour2024").with_data(abstract="Three ferries."))
    seal(store, keys=Keys(signing=KEY), now=NOON)

    public = read_seals(store).items["harbour2024"]
    private = Library.read(store.root, with_restricted=True).seals.items["harbour2024"]

    assert public.proof is None
    assert "kept out of this site" in public.why_none
    assert private.proof is not None
