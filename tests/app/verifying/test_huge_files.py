"""Files that are far larger than anybody said: told by their size, never read whole."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.verify import verify
from citekit.errors import CitekitError, InvalidData, StoreConflict
from citekit.integrity.sign import new_signer_key
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import MAX_PENDING_BYTES, LogFolder
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.app.verifying.verify import Report

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
THREE_GB = 3 << 30


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """A sealed archive."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(signing=KEY))
    return store


def _told(report: Report, code: str) -> str:
    return next(finding.message for finding in report.findings if finding.code == code)


@pytest.mark.parametrize("role", ["text", "original"])
@pytest.mark.parametrize("key", ["harbour2024", "lantern2024"])
def test_a_payload_larger_than_its_record_is_not_hashed(
    store: ArchiveStore, role: str, key: str
) -> None:
    """3 GB of nothing where the record says a few kilobytes: its size has told enough."""
    capture = store.capture(key)
    assert capture
    payload = capture.payloads.get(role)
    if payload is None:
        return  # this item has none
    path = store.payload_path(payload.digest)
    assert path
    os.truncate(path, THREE_GB)
    begin = time.process_time()
    report = verify(ArchiveStore.open(store.root))
    assert report.exit_code() == 6
    assert "it is not hashed" in _told(report, "CK-E301")
    assert time.process_time() - begin < 3
    if role == "text":
        with pytest.raises(CitekitError):
            store.text(key)


@pytest.mark.parametrize(("name", "code"), [("", "CK-E602"), ("00000000.vkey", "CK-E607")])
def test_a_key_too_large_to_be_read_is_found(store: ArchiveStore, name: str, code: str) -> None:
    """The log's own, and one that it does not name: neither goes by because nobody reads it."""
    (own,) = (store.root / "trust" / "keys").iterdir()
    path = own.with_name(name or own.name)
    path.touch()
    os.truncate(path, THREE_GB)
    report = verify(ArchiveStore.open(store.root))
    assert report.exit_code() == 6
    assert _told(report, code)


def test_events_beyond_the_limit_are_not_read(store: ArchiveStore) -> None:
    """A pending.jsonl of 1 GB stops verify and seal with exit code 4."""
    os.truncate(store.layout.pending_file, 1 << 30)
    report = verify(ArchiveStore.open(store.root))
    assert report.exit_code() == 4
    assert f"larger than {MAX_PENDING_BYTES} bytes" in _told(report, "CK-E609")
    with pytest.raises(InvalidData) as stopped:
        seal(store, keys=Keys(signing=KEY))
    assert stopped.value.exit_code == 4


def test_events_that_no_seal_could_read_are_not_written(store: ArchiveStore) -> None:
    """Where the file is nearly full, the next event has to wait for a seal."""
    os.truncate(store.layout.pending_file, MAX_PENDING_BYTES - 10)
    with pytest.raises(StoreConflict, match="too much waits for a seal"):
        LogFolder(store.layout).append([b'{"an":"event"}'])
    assert store.layout.pending_file.stat().st_size == MAX_PENDING_BYTES - 10
