"""The log on the disk: hostile files are findings, torn lines are dropped, entries stay."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.verify import verify
from citekit.errors import InvalidData, NotFound
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import leaf_hash, verify_inclusion
from citekit.integrity.tiles import parse_path
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder, needed_paths
from citekit.store.log.log_state import History
from citekit.testing.builders import build_archive
from citekit.testing.faults import killed_at

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGEST = "sha256:" + "0" * 64


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """A sealed archive without a signature."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(), now=NOON)
    return store


def _entries(first: int, last: int) -> list[bytes]:
    return [encode_leaf({"n": number}) for number in range(first, last)]


# ── growing ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("steps", [(1, 2), (255, 256, 257), (256, 512), (3, 300, 700)])
def test_a_log_grown_in_steps_is_the_log_grown_at_once(
    steps: tuple[int, ...], tmp_path: Path
) -> None:
    """However often it is sealed, the files are those of its size and every entry is proven."""
    store = ArchiveStore.create(tmp_path / "archive")
    log = LogFolder(store.layout)
    size = 0
    for target in steps:
        _grow(store, log, _entries(size, target))
        size = target
    assert set(log.paths()) == set(needed_paths(size))
    assert list(log.entries(size)) == _entries(0, size)
    standing = log.standing()
    assert standing
    hashes = log.prove(size - 1, size)
    root = standing.checkpoint.root
    assert verify_inclusion(leaf_hash(_entries(0, size)[-1]), size - 1, size, hashes, root)


def _grow(store: ArchiveStore, log: LogFolder, entries: list[bytes]) -> None:
    from citekit.integrity.checkpoint import Checkpoint, write_checkpoint
    from citekit.store.staging import Journal, begin

    standing = log.standing()
    tree = log.grow(standing, entries, staging=begin(store.layout, Journal()))
    log.commit(write_checkpoint(Checkpoint(origin="x", size=tree.size, root=tree.root())))
    log.tidy(tree.size, before=standing.size if standing else 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child that is killed is a fork")
@pytest.mark.parametrize("n", [*range(3, 280, 25), *range(285, 315, 3)])
def test_a_log_killed_while_many_files_are_written_stands_as_before_or_after(
    n: int, tmp_path: Path
) -> None:
    """Files are flushed side by side, more than are open at once; growing again gives the same."""
    store = ArchiveStore.create(tmp_path / "archive")
    log = LogFolder(store.layout)
    _grow(store, log, _entries(0, 300))
    killed_at(n, lambda: _grow(store, log, _entries(300, 9_000)))
    standing = log.standing()
    assert standing
    assert standing.size in (300, 9_000)
    assert list(log.entries(standing.size)) == _entries(0, standing.size)
    assert log.root_at(standing.size) == standing.checkpoint.root
    _grow(store, log, _entries(standing.size, 9_001))
    assert list(log.entries(9_001)) == _entries(0, 9_001)
    assert set(needed_paths(9_001)) <= set(log.paths())


def test_an_entry_that_is_not_there_is_not_found(store: ArchiveStore) -> None:
    """Asking beyond the log is an error of the tree."""
    with pytest.raises(NotFound):
        LogFolder(store.layout).whole_entry(10_000)


# ── events that wait ───────────────────────────────────────────────────────────────────────────


def test_a_torn_line_is_dropped_and_ended(store: ArchiveStore) -> None:
    """After a stop within a line, the next event stands on a line of its own."""
    log = LogFolder(store.layout)
    log.append(_entries(0, 1))
    path = store.layout.pending_file
    path.write_bytes(path.read_bytes() + b'{"action":"no')
    log.append(_entries(1, 2))
    assert log.pending().entries == tuple(_entries(0, 2))
    assert log.pending().damaged == (3,)


def test_what_is_sealed_waits_no_longer(store: ArchiveStore) -> None:
    """Lines that a stop left in pending.jsonl after the checkpoint are not taken in twice."""
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    sealed = list(log.entries(standing.size))
    log.await_only([*sealed[-2:], *_entries(0, 1)], size=standing.size - 2)
    assert log.waiting(standing.size) == tuple(_entries(0, 1))


# ── hostile files: a finding, never a traceback ────────────────────────────────────────────────

HOSTILE = {
    "empty": b"",
    "nul": b"\x00" * 100,
    "not-utf8": b"\xff" * 100,
    "nan": b'{"base":NaN}\n',
    "surrogate": b'{"base":"\\ud800"}\n',
    "deep": b"[" * 200_000,
    "huge-number": b'{"base":' + b"9" * 5000 + b"}\n",
    "endless-line": b"x" * (5 << 20),
    "many-lines": b"\n" * 100_000,
    "conflict": b"<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> other\n",
    "large-size": b"x\n9223372036854775807\n" + b"A" * 43 + b"=\n\n",
    "oversize-note": b"x\n1\n" + b"A" * 43 + b"=\n\n" + b"\xe2\x80\x94 k AAAA\n" * 40_000,
}
PLACES = [
    "log/checkpoint",
    "log/pending.jsonl",
    "log/tile/0/000.p/15",
    "log/tile/entries/000.p/15",
    "trust/checkpoints/3",
    "trust/timestamps/3-" + "0" * 64 + ".tsr",
    "trust/keys/00000000.vkey",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_findings(kind: str, place: str, store: ArchiveStore) -> None:
    """Whatever stands in a file of the log, verify returns a report."""
    size = LogFolder(store.layout).standing()
    assert size
    path = store.root / place.replace("p/15", f"p/{size.size}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(HOSTILE[kind])
    report = verify(store)
    assert report.findings
    assert report.exit_code() in (0, 4, 6)
    assert report.exit_code() or place == "log/pending.jsonl"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400))
def test_any_checkpoint_is_read_or_refused(data: bytes, store: ArchiveStore) -> None:
    """Any bytes in its place give a report."""
    path = store.layout.checkpoint_file
    whole = path.read_bytes()
    path.write_bytes(data)
    assert verify(store).exit_code() in (4, 6)
    path.write_bytes(whole)


WRONG_EVENTS = [
    {},
    {"v": 2},
    {"v": 1, "action": "item"},
    {"v": 1, "action": "unheard-of", "subject": "x"},
    {"v": 1, "action": "item", "subject": "../../etc/passwd", "digest": DIGEST},
    {"v": 1, "action": "item", "subject": "items/a/item.json", "digest": "md5:0"},
    {"v": 1, "action": "item", "subject": "items/a/item.json"},
    {"v": 1, "action": "capture", "subject": "items/a/item.json", "digest": DIGEST},
    {"v": 1, "action": "rename", "subject": "items/a", "to": "../b"},
    {"v": 1, "action": "purge", "subject": "items/a", "payloads": [1]},
    {"v": 1, "action": "item", "subject": "x" * 2000, "digest": DIGEST},
]


@pytest.mark.parametrize("event", WRONG_EVENTS)
def test_an_entry_that_is_no_event_changes_nothing(event: dict[str, object]) -> None:
    """What is no event of the schema is refused, and still has its place in the log."""
    history = History()
    with pytest.raises(InvalidData):
        history.take(event)
    assert (history.size, list(history.files())) == (1, [])


def test_a_sealed_entry_of_another_program_is_told(store: ArchiveStore) -> None:
    """An entry that is no event, and one of a newer schema, are findings of their own."""
    log = LogFolder(store.layout)
    _grow(store, log, [b"not json", encode_leaf({"v": 99})])
    codes = {finding.code for finding in verify(store).findings}
    assert {"CK-E610", "CK-I611"} <= codes


@given(st.text(max_size=80))
def test_paths_are_read_or_refused(text: str) -> None:
    """Any text is the path of a tile, spelled in the one right way, or InvalidData."""
    try:
        found = parse_path(text)
    except InvalidData:
        return
    assert found.path == text
