"""``recover``: two digests of one path, of which a person keeps one; lines that are nobody's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.changing.recover import recover
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.verify import verify
from citekit.errors import IntegrityFailed, NotFound, StoreConflict
from citekit.findings import FindingClass
from citekit.integrity.digest import digest_bytes
from citekit.integrity.sign import new_signer_key
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.testing.builders import build_archive
from citekit.testing.tamper import wait_for_seal

if TYPE_CHECKING:
    from pathlib import Path

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
OTHER = f"sha256:{'0' * 64}"


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """A signed archive, and in it an item that waits for a seal."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    text = b"Kites\n\nBy A. Person\n\nForty kites flew over the quay."
    Archive(store).add(text, name="kites.txt", key="kites2026")
    return ArchiveStore.open(store.root)


def _capture(store: ArchiveStore) -> str:
    (path,) = store.layout.captures("kites2026").iterdir()
    return store.layout.name(path)


def _digest(store: ArchiveStore) -> str:
    return digest_bytes((store.root / _capture(store)).read_bytes())


def _contradict(store: ArchiveStore, digest: str = OTHER) -> None:
    wait_for_seal(store.root, {"action": "capture", "subject": _capture(store), "digest": digest})


def _codes(store: ArchiveStore) -> set[str]:
    return {finding.code for finding in verify(ArchiveStore.open(store.root)).findings}


def test_neither_of_two_digests_excuses_the_other(store: ArchiveStore) -> None:
    """An own event and another's: a conflict, both named; the seal stops, and nothing is signed."""
    _contradict(store)
    report = verify(store)
    assert report.exit_code() == 6
    (finding,) = (f for f in report.findings if f.kind is FindingClass.CONFLICT)
    assert _capture(store) in finding.message
    assert {OTHER, _digest(store)} <= set(finding.message.split())
    before = store.layout.checkpoint_file.read_bytes()
    with pytest.raises(StoreConflict, match=OTHER):
        seal(ArchiveStore.open(store.root), keys=Keys(signing=KEY))
    assert store.layout.checkpoint_file.read_bytes() == before


def test_two_digests_of_others_are_in_conflict(store: ArchiveStore) -> None:
    """Where this computer has noted neither, it believes neither."""
    store.layout.own_file.unlink()
    _contradict(store)
    assert "CK-E661" in _codes(store)


def test_the_kept_digest_is_sealed(store: ArchiveStore) -> None:
    """Keeping the right one drops the other's line, and all is well."""
    _contradict(store)
    digest = _digest(store)
    recovered = recover(store, keep=[digest])
    assert (recovered.kept, recovered.dropped) == ({_capture(store): digest}, 1)
    assert recovered.conflicts == ()
    assert verify(store).exit_code() == 0
    seal(store, keys=Keys(signing=KEY), now=NOON)
    assert verify(store).exit_code(strict=True) == 0


def test_keeping_the_other_leaves_the_file_to_be_mended(store: ArchiveStore) -> None:
    """The file has to be the one that was kept: the decision alone excuses nothing."""
    _contradict(store)
    recover(store, keep=[f"{_capture(store)}={OTHER}"])
    assert verify(ArchiveStore.open(store.root)).exit_code() == 6
    assert "CK-E602" in _codes(store)


def test_what_is_sealed_is_not_decided(store: ArchiveStore) -> None:
    """The first digest of a sealed path stands, whatever anybody keeps."""
    sealed = "items/lantern2024/captures/20240302T093000Z.json"
    wait_for_seal(store.root, {"action": "capture", "subject": sealed, "digest": OTHER})
    before = store.layout.pending_file.read_bytes()
    for choice in (OTHER, digest_bytes((store.root / sealed).read_bytes())):
        with pytest.raises(IntegrityFailed, match="is sealed"):
            recover(store, keep=[choice])
    assert store.layout.pending_file.read_bytes() == before
    assert "CK-E602" in _codes(store)


def test_a_digest_of_no_conflict_decides_nothing(store: ArchiveStore) -> None:
    """A slip of the pen drops no line."""
    _contradict(store)
    before = store.layout.pending_file.read_bytes()
    with pytest.raises(NotFound):
        recover(store, keep=["sha256:1"])
    assert store.layout.pending_file.read_bytes() == before


def test_own_events_are_not_dropped(store: ArchiveStore) -> None:
    """Only lines that nothing shows to be own are taken out, by path or by the leaf hash."""
    _contradict(store)
    assert recover(store, drop=[_capture(store)]).dropped == 1
    assert verify(store).exit_code() == 0
    with pytest.raises(NotFound):
        recover(store, drop=[_capture(store)])
    entries = LogFolder(store.layout).pending().entries
    assert {json.loads(entry)["action"] for entry in entries} == {"item", "capture"}


def test_the_same_digest_again_is_no_conflict(store: ArchiveStore) -> None:
    """A merge brings the same word twice, from different people."""
    _contradict(store, _digest(store))
    assert verify(store).exit_code() == 0
    seal(store, keys=Keys(signing=KEY), now=NOON)
    assert verify(store).exit_code(strict=True) == 0


def test_a_removal_of_others_frees_no_path_of_ours(store: ArchiveStore) -> None:
    """Who could free it with a line could exchange a capture that nobody has sealed."""
    wait_for_seal(store.root, {"action": "remove", "subject": "items/kites2026"})
    _contradict(store)
    assert "CK-E661" in _codes(store)
