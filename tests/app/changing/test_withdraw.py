"""What goes after it was sealed: withdrawn from all outputs, or erased for good."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.sealing.seal import Keys, seal, waiting_changes
from citekit.app.sealing.signing_keys import log_origin, signing_key_file
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import Report, verify
from citekit.errors import IntegrityFailed, StoreConflict, UsageError
from citekit.findings import FindingClass
from citekit.integrity.sign import new_signer_key, write_signer_key
from citekit.pages.library import Library
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WITHDRAWN = "tide2023"


@pytest.fixture(autouse=True)
def _configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """A signed archive, whose claims do not stand in the way."""
    store = build_archive(tmp_path / "archive")
    archive = Archive(store)
    for claim in archive.claims():
        archive.remove_claim(claim.id)
    _seal(store)
    return archive


def _seal(store: ArchiveStore) -> None:
    confirmed = [change.leaf for change in waiting_changes(store)]
    seal(store, keys=Keys(signing=KEY), now=NOON, confirmed=confirmed)


def _check(archive: Archive) -> Report:
    store = ArchiveStore.open(archive.store.root)
    return verify(store, outside=Outside(keys=(KEY.verifier,)))


def _codes(archive: Archive) -> set[str]:
    return {finding.code for finding in _check(archive).findings}


def _actions(archive: Archive) -> list[str]:
    """What the log says was done; the states with which seals end are no events."""
    events = [logged.event for logged in archive.log(limit=20)]
    return [str(event["action"]) for event in events if event["action"] != "state"]


def _keep_key(archive: Archive) -> None:
    path = signing_key_file(log_origin(archive.store))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o600)
    path.write_text(write_signer_key(KEY) + "\n")


# ── withdrawn ──────────────────────────────────────────────────────────────────────────────────


def test_a_sealed_item_is_withdrawn_and_its_files_stay(archive: Archive) -> None:
    """The event is signed like any other, and verify is content."""
    before = sorted(archive.store.layout.item_folder(WITHDRAWN).rglob("*"))
    assert archive.remove(WITHDRAWN).facts.withdrawn
    assert sorted(archive.store.layout.item_folder(WITHDRAWN).rglob("*")) == before
    assert _check(archive).exit_code() == 0
    _seal(archive.store)
    assert _actions(archive)[-1] == "withdraw"
    assert _check(archive).exit_code(strict=True) == 0


def test_lists_say_so_and_searches_do_not_find_it(archive: Archive) -> None:
    """Its owner sees that it is withdrawn."""
    title = archive.item(WITHDRAWN).title
    assert archive.search(title)
    archive.remove(WITHDRAWN)
    (row,) = (row for row in archive.list() if row.key == WITHDRAWN)
    assert row.access == "withdrawn"
    assert archive.show(WITHDRAWN)["withdrawn"]
    assert WITHDRAWN not in {hit.key for hit in archive.search(title)}


def test_a_reference_by_name_warns(archive: Archive) -> None:
    """Who asks for it by its key gets it, and hears that it was withdrawn."""
    archive.remove(WITHDRAWN)
    cited = archive.cite([WITHDRAWN])
    assert cited.text
    assert any("withdrawn" in warning for warning in cited.warnings)


def test_nothing_made_for_others_has_it(archive: Archive, tmp_path: Path) -> None:
    """Neither the site nor a package; a package that asks for it by name is refused."""
    archive.remove(WITHDRAWN)
    _seal(archive.store)
    assert WITHDRAWN not in Library.read(archive.store.root).shelves
    assert not archive.store.for_others().has(WITHDRAWN)
    path = tmp_path / "bag.zip"
    archive.export(path, format="bagit")
    with zipfile.ZipFile(path) as bag:
        assert not [name for name in bag.namelist() if WITHDRAWN in name]
        assert [name for name in bag.namelist() if "lantern2024" in name]
    with pytest.raises(UsageError, match="withdrawn"):
        archive.export(tmp_path / "one.zip", format="bagit", keys=[WITHDRAWN])


def test_a_copy_for_others_may_lack_it(archive: Archive) -> None:
    """A signed withdrawal explains an absent folder; one that nobody signed does not."""
    archive.remove(WITHDRAWN)
    folder = archive.store.layout.item_folder(WITHDRAWN)
    folder.rename(archive.store.root.parent / "away")
    assert _check(archive).exit_code() == 6
    (archive.store.root.parent / "away").rename(folder)
    _seal(archive.store)
    folder.rename(archive.store.root.parent / "away")
    absent = [f for f in _check(archive).findings if f.code == "CK-I667"]
    assert {f.kind for f in absent} == {FindingClass.WITHHELD}


def test_where_its_payloads_were_held_it_is_missing(archive: Archive) -> None:
    """There it was, and nothing takes a withdrawn item away; in a copy it may be absent."""
    archive.remove("lantern2024")
    _seal(archive.store)
    folder = archive.store.layout.item_folder("lantern2024")
    folder.rename(archive.store.root.parent / "away")

    assert _check(archive).exit_code() == 6

    archive.store.layout.held_file.unlink()
    kinds = {f.kind for f in _check(archive).findings if f.code == "CK-I667"}
    assert kinds == {FindingClass.WITHHELD}


def test_a_withdrawal_is_taken_back(archive: Archive) -> None:
    """``remove --undo``: the item is as it was, and the log says both."""
    before = archive.item(WITHDRAWN)
    archive.remove(WITHDRAWN)
    archive.readmit(WITHDRAWN)
    assert archive.item(WITHDRAWN) == before
    assert WITHDRAWN in Library.read(archive.store.root).shelves
    _seal(archive.store)
    assert _actions(archive)[-2:] == ["withdraw", "readmit"]
    assert _check(archive).exit_code(strict=True) == 0
    with pytest.raises(UsageError):
        archive.readmit(WITHDRAWN)


def test_an_item_that_waits_is_removed_as_before(archive: Archive) -> None:
    """What nobody has sealed leaves no trace."""
    key = archive.add(b"New\n\nBy A. Person\n\nSome text of it.", name="new.txt").item.key
    archive.remove(key)
    assert not archive.store.has(key)
    _seal(archive.store)
    assert _check(archive).exit_code(strict=True) == 0


# ── erased ─────────────────────────────────────────────────────────────────────────────────────


def test_a_record_is_erased_for_good(archive: Archive) -> None:
    """Record, captures, note and annotations go; the signed log explains it to everybody."""
    _keep_key(archive)
    folder = archive.store.layout.item_folder("harbour2024")
    purged = archive.purge("harbour2024", record=True, reason="asked to")
    assert "items/harbour2024/note.md" in purged.erased
    assert not folder.exists()
    assert _check(archive).exit_code() == 6
    _seal(archive.store)
    assert _actions(archive)[-1] == "erase"
    assert _check(archive).exit_code(strict=True) == 0


def test_an_erasing_waits_for_a_key_that_is_elsewhere(archive: Archive) -> None:
    """Where the owner's key is not on this computer, an own erasing is 1: it awaits the seal."""
    archive.purge("harbour2024", record=True)
    assert _check(archive).exit_code() == 1
    assert "CK-E665" in _codes(archive)
    archive.store.layout.own_file.unlink()
    assert _check(archive).exit_code() == 6


def test_a_seal_asks_about_an_erasing(archive: Archive) -> None:
    """Another process of the same user is asked, as about a purge."""
    archive.purge("harbour2024", record=True)
    other = ArchiveStore.open(archive.store.root)
    with pytest.raises(StoreConflict, match="erasing of items/harbour2024"):
        seal(other, keys=Keys(signing=KEY))


def test_what_was_erased_does_not_come_back(archive: Archive, tmp_path: Path) -> None:
    """Brought back, by git or a copy, it is extra, and no seal takes it in."""
    folder = archive.store.layout.item_folder("harbour2024")
    copy = tmp_path / "copy.json"
    copy.write_bytes((folder / "item.json").read_bytes())
    archive.purge("harbour2024", record=True)
    _seal(archive.store)
    folder.mkdir()
    (folder / "item.json").write_bytes(copy.read_bytes())
    assert "CK-E666" in _codes(archive)
    with pytest.raises(IntegrityFailed):
        _seal(archive.store)


def test_a_source_of_a_claim_is_not_taken_away(tmp_path: Path) -> None:
    """Neither withdrawn nor erased while a claim rests on it."""
    store = build_archive(tmp_path / "claimed")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    archive = Archive(store)
    source = archive.claims()[0].evidence[0].item
    with pytest.raises(StoreConflict, match="source of"):
        archive.remove(source)
    with pytest.raises(StoreConflict, match="source of"):
        archive.purge(source, record=True)
