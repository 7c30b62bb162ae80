"""The state of the log is kept for the next seal, and never believed."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.sealing.seal import Keys, seal, seal_recorded
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import verify
from citekit.errors import IntegrityFailed
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.sign import new_signer_key
from citekit.integrity.state.group_state import write_group
from citekit.integrity.state.state_leaf import read_state_leaf
from citekit.integrity.state.state_tree import state_value
from citekit.store.log.folder import LogFolder
from citekit.store.log.log_state import History
from citekit.store.log.state_cache import StateCache
from citekit.store.log.whole_state import WholeState, state_faults
from citekit.testing.builders import build_archive
from citekit.testing.tamper import sealed_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.integrity.sign import SignerKey
    from citekit.store.archive import ArchiveStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An unsigned archive that was sealed once."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(), now=NOON)
    return store


def _change_everything(store: ArchiveStore) -> None:
    """Each kind of change, sealed without a look at the log or at the files."""
    archive = Archive(store)
    changes: list[Callable[[], object]] = [
        lambda: archive.set_fields("tide2023", {"title": "Another"}),
        lambda: archive.add(b"News\n\nA line of text.\n", key="news2024", name="n.txt", now=NOON),
        lambda: archive.rename("tide2023", "ebb2023"),
        lambda: archive.rename("ebb2023", "tide2023"),
        lambda: archive.set_access("harbour2024", "public"),
        lambda: archive.set_access("harbour2024", "restricted"),
        lambda: archive.remove_claim("passengers"),
        lambda: archive.purge("harbour2024", reason="asked to"),
        lambda: archive.set_fields("harbour2024", {"title": "Once more"}),
    ]
    for change in changes:
        change()
        with store.writing():
            seal_recorded(store)


def _check(store: ArchiveStore) -> None:
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    assert list(state_faults(log.entries(standing.size))) == []
    assert verify(store, outside=Outside()).exit_code(strict=True) == 0


def test_seals_from_the_cache_are_those_from_the_log(store: ArchiveStore) -> None:
    """Whatever is changed, the state that a quick seal says follows from the entries."""
    _change_everything(store)
    _check(store)
    _cache_is_whole(store)


def test_nothing_is_lost_without_the_cache(store: ArchiveStore) -> None:
    """Where it may not be written, each seal reads the log."""
    store.layout.state_file.unlink()
    store.layout.state_file.mkdir()
    _change_everything(store)
    _check(store)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _scribbled(path: Path) -> None:
    path.write_bytes(b"no database at all" * 100)


def _half_gone(path: Path) -> None:
    _execute(path, "DELETE FROM kept WHERE substr(hash, 1, 1) < x'80'")


def _forged(path: Path) -> None:
    _execute(path, "UPDATE kept SET data = x'22' || zeroblob(64) WHERE length(data) = 65")


def _of_texts(path: Path) -> None:
    _execute(path, "UPDATE kept SET data = 'text'")


def _without_table(path: Path) -> None:
    _execute(path, "DROP TABLE kept")


def _execute(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    "damage", [_emptied, _scribbled, _half_gone, _forged, _of_texts, _without_table]
)
def test_a_wrong_cache_is_noticed_and_made_anew(
    damage: Callable[[Path], None], store: ArchiveStore
) -> None:
    """It is read by hashes from the root of the log: what is not the right thing is not there."""
    damage(store.layout.state_file)
    _change_everything(store)
    _check(store)
    _cache_is_whole(store)


def test_a_cache_of_another_state_is_none(store: ArchiveStore, tmp_path: Path) -> None:
    """As a backup that was put back has it: it lacks what came since."""
    kept = tmp_path / "kept"
    shutil.copy(store.layout.state_file, kept)
    Archive(store).set_fields("tide2023", {"title": "Another"})
    seal(store, keys=Keys(), now=NOON)
    shutil.copy(kept, store.layout.state_file)
    _change_everything(store)
    _check(store)


def _cache_is_whole(store: ArchiveStore) -> None:
    """It has each group as the log says it, and nothing of what was before."""
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    history = History()
    for entry in log.entries(standing.size):
        history.take(parse_leaf(entry))
    leaf = read_state_leaf(parse_leaf(log.whole_entry(standing.size - 1)))
    tree = WholeState(history).tree()
    texts = [write_group(state) for g in history.groups() if (state := history.state_of(g))]
    with StateCache(store.layout) as cache:
        found = cache.tree(leaf.root)
        for group in history.groups():
            state = history.state_of(group)
            assert cache.text(found, group) == (write_group(state) if state else None)
    connection = sqlite3.connect(store.layout.state_file)
    kept = {bytes(row[0]) for row in connection.execute("SELECT hash FROM kept")}
    connection.close()
    assert kept == tree.added.keys() | set(map(state_value, texts))


def test_a_quick_seal_reads_no_more_than_the_end_of_the_log(tmp_path: Path) -> None:
    """The first 256 entries are not there, and nobody asks for them but who has no cache."""
    key = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
    store = sealed_archive(tmp_path / "archive", key)
    log = LogFolder(store.layout)
    bundle = log.file("tile/entries/000")
    data = bundle.read_bytes()
    bundle.unlink()
    _edit_and_seal(store, key)
    store.layout.state_file.unlink()
    with pytest.raises(IntegrityFailed):
        _edit_and_seal(store, key)
    bundle.write_bytes(data)
    _edit_and_seal(store, key)
    standing = log.standing()
    assert standing
    assert list(state_faults(log.entries(standing.size))) == []


def _edit_and_seal(store: ArchiveStore, key: SignerKey) -> None:
    title = f"Edited at {store.layout.checkpoint_file.stat().st_mtime_ns}"
    Archive(store).set_fields("tide2023", {"title": title})
    with store.writing():
        seal_recorded(store, Keys(signing=key), at=NOON)
