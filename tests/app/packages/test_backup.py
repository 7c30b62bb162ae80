"""``backup``: the copy is the archive, whole and verified, and never the worse of the two."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from citekit.app.annotating.entities_and_claims import set_claim_private
from citekit.app.changing.access import set_access
from citekit.app.changing.purge import purge
from citekit.app.intake.restore import restore
from citekit.app.packages.backup import backup
from citekit.app.sealing.seal import seal
from citekit.app.verifying.verify import verify
from citekit.errors import IntegrityFailed, StoreConflict, UsageError
from citekit.store.archive import ArchiveStore
from citekit.store.private.sealing import root_for_seal
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

LOCAL = (".citekit",)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """A small sealed archive with restricted and public payloads."""
    store = build_archive(tmp_path / "archive")
    seal(store)
    return store


def _tree(root: Path) -> dict[str, bytes]:
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*")
            if p.is_file() and p.relative_to(root).parts[0] not in LOCAL}  # fmt: skip


def test_the_copy_has_everything_and_verifies(store: ArchiveStore, tmp_path: Path) -> None:
    """Every file to the byte, restricted payloads too; what was held here is known there."""
    done = backup(store, tmp_path / "copy")
    assert done.exit_code() == 0
    assert _tree(tmp_path / "copy") == _tree(store.root)
    copy = ArchiveStore.open(tmp_path / "copy")
    assert copy.text("harbour2024") == store.text("harbour2024")
    assert verify(copy).to_json()["findings"] == [
        {**f, "path": f["path"].replace(str(store.root), str(copy.root))}
        for f in verify(store).to_json()["findings"]
    ]
    shutil.rmtree(copy.layout.restricted)
    assert verify(copy).exit_code() == 6  # lost there, not withheld
    assert (tmp_path / "copy").stat().st_mode & 0o077 == 0


def test_a_second_run_copies_what_is_new(store: ArchiveStore, tmp_path: Path) -> None:
    """Only changed files are written; removed and renamed things go from the copy."""
    first = backup(store, tmp_path / "copy")
    again = backup(store, tmp_path / "copy")
    assert (again.copied, again.unchanged) == (0, first.copied)
    with store.writing() as writer:
        writer.write_note("tide2023", "A new note.\n")
        writer.write_note("harbour2024", None)
    third = backup(store, tmp_path / "copy")
    assert third.copied == 2  # the note, and the event of it
    assert _tree(tmp_path / "copy") == _tree(store.root)
    assert third.exit_code() == 0


def test_a_purge_reaches_the_backup(store: ArchiveStore, tmp_path: Path) -> None:
    """What the archive was asked to forget, its next backup forgets."""
    backup(store, tmp_path / "copy")
    purge(store, "harbour2024")
    done = backup(store, tmp_path / "copy")
    assert done.exit_code() == 0
    assert b"Older residents remembered" not in b"".join(_tree(tmp_path / "copy").values())


@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "damaged"])
def test_the_backup_is_never_made_worse(
    store: ArchiveStore, tmp_path: Path, *, is_lost: bool
) -> None:
    """A payload lost or damaged in the archive stays whole in the copy, and is told."""
    backup(store, tmp_path / "copy")
    path = next(p for p in store.layout.restricted.rglob("*") if p.is_file())
    if is_lost:
        path.unlink()
    else:
        path.write_bytes(b"other bytes")
    done = backup(store, tmp_path / "copy")
    assert done.report.ok
    assert [f.code for f in done.findings] == (["CK-W725"] if is_lost else [])
    assert done.unchanged or not is_lost
    path.unlink(missing_ok=True)
    restore(store, "harbour2024", tmp_path / "copy")
    assert verify(store).ok


def test_a_damaged_payload_is_not_copied_at_first(store: ArchiveStore, tmp_path: Path) -> None:
    """The first copy tells what is damaged, leaves it out, and exits as a failed check."""
    path = next(p for p in store.layout.restricted.rglob("*") if p.is_file())
    path.write_bytes(b"other bytes")
    done = backup(store, tmp_path / "copy")
    assert [f.code for f in done.findings] == ["CK-E724"]
    assert done.exit_code() == 6


def test_a_changed_capture_record_does_not_replace_the_good_one(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """Capture records never change, so one that differs is damage here, not news."""
    backup(store, tmp_path / "copy")
    record = next(store.layout.captures("harbour2024").iterdir())
    good = record.read_bytes()
    record.write_bytes(good.replace(b"text/plain", b"text/other"))
    done = backup(store, tmp_path / "copy")
    assert [f.code for f in done.findings] == ["CK-E723"]
    assert done.exit_code() == 6
    assert (tmp_path / "copy" / record.relative_to(store.root)).read_bytes() == good


def test_a_record_that_vanished_without_an_event_stays_in_the_copy(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """Deleting by accident does not delete the backup."""
    backup(store, tmp_path / "copy")
    shutil.rmtree(store.layout.item_folder("tide2023"))
    done = backup(store, tmp_path / "copy")
    assert {f.code for f in done.findings} == {"CK-W725"}
    assert ArchiveStore.open(tmp_path / "copy").has("tide2023")


def test_a_log_that_went_back_does_not_replace_the_longer_one(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """A rolled-back archive is refused, and the backup stays as it was."""
    shutil.copytree(store.root, tmp_path / "old")
    with store.writing() as writer:
        writer.write_note("tide2023", "Later.\n")
    seal(store)
    backup(store, tmp_path / "copy")
    before = _tree(tmp_path / "copy")
    with pytest.raises(IntegrityFailed, match="does not continue"):
        backup(ArchiveStore.open(tmp_path / "old"), tmp_path / "copy")
    assert _tree(tmp_path / "copy") == before


def test_other_folders_are_refused(store: ArchiveStore, tmp_path: Path) -> None:
    """Nothing is ever written into something else: a folder of files, an archive, the archive."""
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("do not touch")
    with pytest.raises(StoreConflict):
        backup(store, other)
    ArchiveStore.create(tmp_path / "archive2")
    with pytest.raises(StoreConflict):
        backup(store, tmp_path / "archive2")
    foreign = ArchiveStore.create(tmp_path / "archive3")
    backup(foreign, tmp_path / "copy3")
    with pytest.raises(StoreConflict, match="another archive"):
        backup(store, tmp_path / "copy3")
    for inside in (store.root, store.root / "backup", tmp_path):
        with pytest.raises(UsageError):
            backup(store, inside)
    link = tmp_path / "link"
    link.symlink_to(other)
    with pytest.raises(UsageError):
        backup(store, link)
    assert sorted(os.listdir(other)) == ["thesis.txt"]  # noqa: PTH208  # names


def test_no_link_is_followed_out_of_or_into_the_copy(store: ArchiveStore, tmp_path: Path) -> None:
    """A link in the archive is told and left out; one in the copy stops the backup."""
    secret = tmp_path / "secret.txt"
    secret.write_text("not part of the archive")
    (store.root / "README.md").symlink_to(secret)
    done = backup(store, tmp_path / "copy")
    assert [f.code for f in done.findings] == ["CK-W721"]
    assert not (tmp_path / "copy" / "README.md").exists()
    elsewhere = tmp_path / "elsewhere"
    shutil.move(tmp_path / "copy" / "items", elsewhere)
    (tmp_path / "copy" / "items").symlink_to(elsewhere)
    with pytest.raises(StoreConflict, match="symbolic link"):
        backup(store, tmp_path / "copy")


def test_a_stopped_backup_goes_on(
    store: ArchiveStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failure at the n-th rename, for every n, running it again gives the whole copy."""
    move = os.replace
    for n in range(1, 200, 3):
        folder = tmp_path / f"copy-{n}"
        left = [n]

        def stop(source: Path, target: Path, left: list[int] = left) -> None:
            left[0] -= 1
            if not left[0]:
                raise KeyboardInterrupt
            move(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", stop)
            try:
                backup(store, folder)
            except KeyboardInterrupt:
                pass
            else:
                break
        assert backup(store, folder).exit_code() == 0
        assert _tree(folder) == _tree(store.root)
    assert n > 10


def test_what_is_private_is_in_the_backup(store: ArchiveStore, tmp_path: Path) -> None:
    """Items, notes, and the ledger that opens the seals; what was removed goes from the copy."""
    _make_private(store)
    root_for_seal(store.layout)
    done = backup(store, tmp_path / "copy")
    assert done.exit_code() == 0
    assert _tree(tmp_path / "copy") == _tree(store.root)
    copy = ArchiveStore.open(tmp_path / "copy")
    assert copy.text("harbour2024") == store.text("harbour2024")
    seal(store)  # from here on the log says that it is gone
    with store.writing() as writer:
        writer.remove_item("harbour2024")
    assert backup(store, tmp_path / "copy").exit_code() == 0
    assert _tree(tmp_path / "copy") == _tree(store.root)


def test_the_backup_keeps_a_ledger_that_does_not_go_on(store: ArchiveStore, tmp_path: Path) -> None:
    """A shorter or another one in the archive would open fewer seals than the copy's."""
    _make_private(store)
    before = store.layout.private_ledger.read_bytes()
    root_for_seal(store.layout)
    backup(store, tmp_path / "copy")
    kept = (tmp_path / "copy/private/log/ledger.jsonl").read_bytes()
    store.layout.private_ledger.write_bytes(before)
    done = backup(store, tmp_path / "copy")
    assert "CK-E723" in {finding.code for finding in done.findings}
    assert (tmp_path / "copy/private/log/ledger.jsonl").read_bytes() == kept


def _make_private(store: ArchiveStore) -> None:
    for claim in store.claims():
        set_claim_private(store, claim.id)
    set_access(store, "harbour2024", "private")
