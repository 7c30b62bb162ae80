"""Sealing: what it takes in, what it refuses, and who may believe it."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.changing.purge import purge
from citekit.app.sealing.seal import Keys, Sealed, seal
from citekit.app.sealing.timestamp_authority import ask_authority
from citekit.app.sealing.unconfirmed import Unconfirmed
from citekit.app.verifying.log_checks.trust_anchors import Outside, read_outside
from citekit.app.verifying.verify import Report, verify
from citekit.errors import (
    CaptureFailed,
    IntegrityFailed,
    NotFound,
    StorageFailed,
    StoreConflict,
    UsageError,
)
from citekit.findings import FindingClass, Severity
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.note import Note, parse_note, write_note
from citekit.integrity.sign import SignerKey, new_signer_key, sign_note
from citekit.integrity.timestamp import parse_roots
from citekit.model.entity import Entity
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.testing.builders import build_archive
from citekit.testing.faults import count_calls, killed_at
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Callable

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NEW_KEY = new_signer_key(ORIGIN, b"n" * 32)
THIEF = new_signer_key(ORIGIN, b"t" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAPTURE = "items/harbour2024/captures/20240302T093000Z.json"


@pytest.fixture(autouse=True)
def _no_key_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key of whoever runs the tests is found."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    monkeypatch.delenv("CITEKIT_AGENT", raising=False)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive that is not sealed yet."""
    return build_archive(tmp_path / "archive")


def _seal(store: ArchiveStore, key: SignerKey | None = KEY) -> Sealed:
    return seal(store, keys=Keys(signing=key), now=NOON)


def _seal_with(store: ArchiveStore, keys: Keys) -> None:
    seal(store, keys=keys, now=NOON)


def _check(store: ArchiveStore, *keys: SignerKey) -> Report:
    outside = Outside(keys=tuple(key.verifier for key in keys))
    return verify(ArchiveStore.open(store.root), outside=outside)


def _codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


def _edit_note(store: ArchiveStore, text: str) -> None:
    with store.writing() as writer:
        writer.write_note("tide2023", text)


# ── what is sealed ─────────────────────────────────────────────────────────────────────────────


def test_a_seal_takes_in_everything_and_then_nothing(store: ArchiveStore) -> None:
    """The first seal logs every file; the second finds nothing new."""
    first, second = _seal(store), _seal(store)
    assert (first.added, second.added, second.size) == (first.size - 1, 0, first.size)
    assert _check(store, KEY).exit_code(strict=True) == 0


def test_what_citekit_did_is_told_from_what_was_found(
    store: ArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit through citekit has its agent and time; one by hand is found at the seal."""
    _seal(store)
    monkeypatch.setenv("CITEKIT_AGENT", "Ada Quill")
    _edit_note(store, "by citekit")
    (store.root / "entities" / "port-office.json").write_text("{}\n")
    _seal(store)
    log = LogFolder(store.layout)
    size = log.standing().size  # type: ignore[union-attr]  # it was just sealed
    done, found, state = [entry.decode() for entry in log.entries_from(size - 3, size)]
    assert '"name":"Ada Quill"' in done
    assert '"source":"done"' in done
    assert '"source":"found"' in found
    assert '"name":"Ada Quill"' in state


def test_what_came_and_went_between_two_seals_leaves_no_entry(store: ArchiveStore) -> None:
    """An item that was added and removed unsealed is not in the log for ever."""
    archive = Archive(store)
    item = archive.add(b"Gone again\n\nBy A. Person\n\nText.", name="gone.txt").item
    archive.remove(item.key)
    _seal(store)
    assert item.key.encode() not in b"".join(LogFolder(store.layout).entries(_size(store)))


def test_a_sealed_item_stays(store: ArchiveStore) -> None:
    """Its files are removed only before it is sealed; afterwards it is withdrawn."""
    _seal(store)
    before = store.capture("tide2023")
    Archive(store).remove("tide2023")
    assert store.item("tide2023").facts.withdrawn
    assert store.capture("tide2023") == before
    _seal(store)
    assert _check(store, KEY).exit_code(strict=True) == 0


def test_a_renamed_item_stays_sealed(store: ArchiveStore) -> None:
    """Capture records keep their entries under the new key."""
    _seal(store)
    Archive(store).rename("harbour2024", "quay2024")
    assert _check(store, KEY).exit_code() == 0
    _seal(store)
    assert _check(store, KEY).exit_code(strict=True) == 0


def test_a_rename_that_nobody_noted_is_found(store: ArchiveStore) -> None:
    """Without its event, the alias in item.json tells of the renaming."""
    _seal(store)
    Archive(store).rename("harbour2024", "quay2024")
    LogFolder(store.layout).await_only((), size=_size(store))
    assert _check(store, KEY).exit_code() == 0
    _seal(store)
    assert _check(store, KEY).exit_code(strict=True) == 0


def test_auto_seals_after_every_change(store: ArchiveStore) -> None:
    """With seal = "auto" a change is sealed when its command ends."""
    path = store.layout.settings_file
    path.write_text(path.read_text() + '\n[log]\nseal = "auto"\n')
    _seal(store, None)
    archive = Archive.open(store.root)
    archive.add_entity("Second mayor", kind="person")
    assert _check(store).exit_code(strict=True) == 0


def test_an_archive_never_sealed_proves_nothing_and_is_no_alarm(store: ArchiveStore) -> None:
    """Without a seal verify says so; only --strict fails."""
    report = _check(store)
    assert _codes(report) == {"CK-I600"}
    assert (report.exit_code(), report.exit_code(strict=True), report.sealed) == (0, 1, 0)


def _size(store: ArchiveStore) -> int:
    standing = LogFolder(store.layout).standing()
    assert standing
    return standing.size


# ── what is refused ────────────────────────────────────────────────────────────────────────────


def _change_capture(root: Path) -> None:
    path = root / CAPTURE
    path.write_bytes(path.read_bytes().replace(b"declared", b"observed"))


def _delete_capture(root: Path) -> None:
    (root / CAPTURE).unlink()


def _delete_item(root: Path) -> None:
    shutil.rmtree(root / "items" / "harbour2024")


def _roll_checkpoint_back(root: Path) -> None:
    shutil.copy(root.parent / "old-checkpoint", root / "log" / "checkpoint")


def _change_entry(root: Path) -> None:
    (path,) = root.glob("log/tile/entries/000.p/*")
    path.write_bytes(path.read_bytes().replace(b"harbour2024", b"harbour2025"))


def _change_tile(root: Path) -> None:
    (path,) = root.glob("log/tile/0/000.p/*")
    path.write_bytes(path.read_bytes()[::-1])


@pytest.mark.parametrize(
    "damage",
    [
        _change_capture,
        _delete_capture,
        _delete_item,
        _roll_checkpoint_back,
        _change_entry,
        _change_tile,
    ],
)
def test_a_seal_never_launders_tampering(
    store: ArchiveStore, damage: Callable[[Path], None]
) -> None:
    """What must not change and did stops the seal, and nothing is written."""
    _seal(store)
    shutil.copy(store.root / "log" / "checkpoint", store.root.parent / "old-checkpoint")
    _edit_note(store, "one more entry")
    _seal(store)
    damage(store.root)
    before = (store.root / "log" / "checkpoint").read_bytes()
    with pytest.raises(IntegrityFailed) as raised:
        _seal(ArchiveStore.open(store.root))
    assert raised.value.hint
    assert (store.root / "log" / "checkpoint").read_bytes() == before
    assert _check(store, KEY).exit_code() == 6


def test_a_removal_by_hand_is_sealed_and_told(store: ArchiveStore) -> None:
    """A note that somebody deleted goes into the log once that is confirmed, with a warning."""
    _seal(store)
    (store.root / "items" / "harbour2024" / "note.md").unlink()
    assert _check(store, KEY).exit_code() == 6
    before = store.layout.checkpoint_file.read_bytes()
    with pytest.raises(Unconfirmed, match=r"removal of items/harbour2024/note\.md") as raised:
        _seal(store)
    assert store.layout.checkpoint_file.read_bytes() == before
    leaves = [change.leaf for change in raised.value.changes]
    (finding,) = seal(store, keys=Keys(signing=KEY), confirmed=leaves).findings
    assert finding.place
    assert finding.place.path == "items/harbour2024/note.md"
    assert _check(store, KEY).exit_code(strict=True) == 0


def test_a_log_keeps_its_name(store: ArchiveStore) -> None:
    """Another [log] origin in archive.toml is a conflict."""
    _seal(store)
    path = store.layout.settings_file
    path.write_text(path.read_text() + '\n[log]\norigin = "other.example/log"\n')
    with pytest.raises(StoreConflict):
        _seal(ArchiveStore.open(store.root))


# ── keys ───────────────────────────────────────────────────────────────────────────────────────


def test_a_signed_log_does_not_go_on_unsigned_or_under_another_key(store: ArchiveStore) -> None:
    """Leaving the key out, or taking another one silently, is refused."""
    _seal(store)
    _edit_note(store, "new")
    with pytest.raises(UsageError):
        _seal(store, None)
    with pytest.raises(UsageError):
        _seal(store, THIEF)


def test_trust_follows_a_change_of_keys_that_both_signed(store: ArchiveStore) -> None:
    """Who trusts the old key alone, and who trusts the new one alone, both verify."""
    _seal(store)
    seal(store, keys=Keys(signing=NEW_KEY, old=KEY), now=NOON)
    _edit_note(store, "signed by the new key alone")
    _seal(store, NEW_KEY)
    assert _check(store, KEY).exit_code(strict=True) == 0
    assert _check(store, NEW_KEY).exit_code(strict=True) == 0
    assert _check(store, THIEF).exit_code() == 6


@pytest.mark.parametrize("trusted", [(), (KEY,), (KEY, NEW_KEY)], ids=["none", "old", "both"])
def test_a_replaced_key_makes_no_new_checkpoint(
    store: ArchiveStore, trusted: tuple[SignerKey, ...]
) -> None:
    """Above the entry that replaced it, its signature counts at the hand-over alone."""
    _seal(store)
    seal(store, keys=Keys(signing=NEW_KEY, old=KEY), now=NOON)
    assert _check(store, *trusted).exit_code() == 0
    _edit_note(store, "signed by the new key")
    _seal(store, NEW_KEY)
    path = store.layout.checkpoint_file
    text = parse_note(path.read_bytes()).text
    path.write_bytes(write_note(sign_note(Note(text=text), KEY)))
    assert _check(store, *trusted).exit_code() == 6
    path.write_bytes(write_note(sign_note(sign_note(Note(text=text), NEW_KEY), KEY)))
    assert "CK-E627" in _codes(_check(store, *trusted))


def test_a_replaced_key_is_not_taken_again(store: ArchiveStore) -> None:
    """What was replaced stays so, also where the key that replaced it agrees."""
    _seal(store)
    seal(store, keys=Keys(signing=NEW_KEY, old=KEY), now=NOON)
    with pytest.raises(UsageError, match="has replaced that key"):
        seal(store, keys=Keys(signing=KEY, old=NEW_KEY), now=NOON)


def test_trust_does_not_follow_a_lost_key(store: ArchiveStore) -> None:
    """Without the old key's signature, those who trust it are told that nobody they know signed."""
    _seal(store)
    seal(store, keys=Keys(signing=NEW_KEY, is_lost=True), now=NOON)
    assert "CK-E614" in _codes(_check(store, KEY))
    assert _check(store, NEW_KEY).exit_code(strict=True) == 0


# ── forgeries ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def forged(store: ArchiveStore) -> ArchiveStore:
    """Somebody edited a capture, threw the log away, and sealed all of it anew with a key."""
    _seal(store)
    _keep_checkpoint(store)
    _change_capture(store.root)
    shutil.rmtree(store.root / "log")
    shutil.rmtree(store.root / "trust")
    _seal(store, THIEF)
    return store


def _keep_checkpoint(store: ArchiveStore) -> Path:
    return Path(shutil.copy(store.root / "log" / "checkpoint", store.root.parent / "kept"))


def test_a_forged_archive_is_consistent_and_nobody_is_fooled(forged: ArchiveStore) -> None:
    """Edit and recompute: without anything from outside it says that nobody vouches for it."""
    report = _check(forged)
    assert (report.exit_code(), "CK-I615" in _codes(report)) == (0, True)


def test_a_forged_archive_never_passes_trust(forged: ArchiveStore) -> None:
    """The owner's key did not sign it, whatever its trust/ says."""
    assert _check(forged, KEY).exit_code() == 6


def test_a_forged_archive_never_passes_a_kept_checkpoint(forged: ArchiveStore) -> None:
    """Its first entries are not those of the checkpoint that was kept."""
    outside = read_outside(checkpoints=[str(forged.root.parent / "kept")], archive=forged.root)
    report = verify(forged, outside=outside)
    assert (report.exit_code(), "CK-E651" in _codes(report)) == (6, True)


def test_nothing_inside_the_archive_is_taken_as_trust(forged: ArchiveStore) -> None:
    """A key or checkpoint below the archive's own folder is refused."""
    (vkey,) = forged.root.glob("trust/keys/*")
    with pytest.raises(UsageError):
        read_outside([str(vkey)], archive=forged.root)
    with pytest.raises(UsageError):
        read_outside(checkpoints=[str(forged.root / "log" / "checkpoint")], archive=forged.root)


def test_a_relative_path_into_the_archive_is_refused(
    forged: ArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it is named, also from within the folder, and where no archive is named."""
    (vkey,) = forged.root.glob("trust/keys/*")
    monkeypatch.chdir(vkey.parent)
    for archive in (forged.root, None):
        for name in (vkey.name, f"../keys/{vkey.name}"):
            with pytest.raises(UsageError, match="inside the archive"):
                read_outside([name], archive=archive)
        with pytest.raises(UsageError, match="inside the archive"):
            read_outside(checkpoints=["../../log/checkpoint"], archive=archive)


def test_a_file_that_is_nowhere_is_called_so(
    store: ArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside an archive a misspelled name is a misspelled name."""
    monkeypatch.chdir(store.root)
    for archive in (store.root, None):
        with pytest.raises(NotFound, match="there is no such file"):
            read_outside(["nosuch.vkey"], archive=archive)
        with pytest.raises(NotFound, match="does not exist"):
            read_outside(checkpoints=["nosuch-checkpoint"], archive=archive)


def test_stripped_signatures_never_pass_trust(store: ArchiveStore) -> None:
    """A checkpoint without its signatures is one that somebody took them from."""
    _seal(store)
    path = store.layout.checkpoint_file
    path.write_bytes(write_note(Note(text=parse_note(path.read_bytes()).text)))
    assert "CK-E614" in _codes(_check(store, KEY))
    assert (_check(store).exit_code(), "CK-I615" in _codes(_check(store))) == (6, False)


def test_a_log_that_nobody_signed_is_no_alarm(store: ArchiveStore) -> None:
    """No entry names a key: then no signature is missed, and one that appears is foreign."""
    _seal(store, None)
    assert (_check(store).exit_code(), "CK-I615" in _codes(_check(store))) == (0, True)
    path = store.layout.checkpoint_file
    path.write_bytes(write_note(sign_note(parse_note(path.read_bytes()), THIEF)))
    assert (_check(store).exit_code(), "CK-E627" in _codes(_check(store))) == (6, True)


def test_without_cryptography_the_signature_is_said_to_be_unchecked(
    store: ArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest is checked as ever; that a signature is there at all needs no package."""
    _seal(store)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    assert (_check(store).exit_code(), "CK-I628" in _codes(_check(store))) == (0, True)
    path = store.layout.checkpoint_file
    path.write_bytes(write_note(Note(text=parse_note(path.read_bytes()).text)))
    assert (_check(store).exit_code(), "CK-E627" in _codes(_check(store))) == (6, True)


def test_another_name_of_the_log_in_archive_toml_is_found(store: ArchiveStore) -> None:
    """A log keeps its name: other words in archive.toml were written later."""
    _seal(store)
    with store.layout.settings_file.open("a") as settings:
        settings.write('[log]\norigin = "coast.example/log"\n')
    assert (_check(store).exit_code(), "CK-E629" in _codes(_check(store))) == (6, True)


def test_a_log_that_went_back_whole_shows_against_a_kept_checkpoint_only(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """Rollback of everything is consistent in itself; the checkpoint kept elsewhere tells."""
    _seal(store)
    old = shutil.copytree(store.root, tmp_path / "old")
    _edit_note(store, "later")
    _seal(store)
    kept = _keep_checkpoint(store)
    back = ArchiveStore.open(Path(old))
    assert _check(back, KEY).exit_code(strict=True) == 0
    report = verify(back, outside=read_outside(checkpoints=[str(kept)], archive=back.root))
    assert (report.exit_code(), "CK-E613" in _codes(report)) == (6, True)


def test_a_kept_checkpoint_of_an_earlier_size_is_confirmed(store: ArchiveStore) -> None:
    """The log that has grown since still begins with what was kept."""
    _seal(store)
    kept = _keep_checkpoint(store)
    _edit_note(store, "later")
    _seal(store)
    outside = read_outside(checkpoints=[str(kept)], archive=store.root)
    report = verify(store, outside=outside)
    assert (report.exit_code(), "CK-I619" in _codes(report)) == (0, True)


# ── one item alone ─────────────────────────────────────────────────────────────────────────────


def test_one_item_alone_is_checked_against_the_log(store: ArchiveStore) -> None:
    """With a key, the seal counts all the same, and so does who signed it."""
    _seal(store)
    report = verify(store, ["harbour2024"], outside=Outside(keys=(KEY.verifier,)))
    assert (report.sealed > 0, report.exit_code(strict=True)) == (True, 0)
    assert "CK-I620" in _codes(report)
    other = verify(store, ["harbour2024"], outside=Outside(keys=(THIEF.verifier,)))
    assert other.exit_code() == 6


def test_one_item_alone_is_not_blamed_for_others(store: ArchiveStore) -> None:
    """A change of another item is not told; one of this item is, whatever it is."""
    _seal(store)
    _edit_note(store, "later")
    with store.writing() as writer:
        writer.write_note("harbour2024", None)
    assert verify(store, ["lantern2024"]).exit_code(strict=True) == 0
    assert verify(store, ["tide2023"]).exit_code(strict=True) == 1
    _change_capture(store.root)
    assert verify(store, ["tide2023"]).exit_code() == 0
    assert verify(store, ["harbour2024"]).exit_code() == 6


def test_one_item_alone_shows_bytes_that_came_back(store: ArchiveStore) -> None:
    """A purged payload that is here again is told, also when only its item is looked at."""
    _seal(store)
    capture = store.capture("harbour2024")
    assert capture
    digest = capture.payloads["text"].digest
    path = store.objects.find(digest)
    assert path
    data = path.read_bytes()
    purge(store, "harbour2024")
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    assert "CK-E623" in _codes(verify(store, ["harbour2024"]))
    assert "CK-E623" not in _codes(verify(store, ["lantern2024"]))


def test_one_item_alone_rests_on_the_trust_folder_too(store: ArchiveStore) -> None:
    """A public key that was exchanged is told, whichever item is looked at."""
    _seal(store)
    (vkey,) = store.root.glob("trust/keys/*")
    vkey.write_text("another")
    assert "CK-E602" in _codes(verify(store, ["lantern2024"]))


def test_what_waits_says_whether_it_is_new(store: ArchiveStore) -> None:
    """A new record is told as new, one that was sealed before as changed."""
    _seal(store)
    _edit_note(store, "One.")
    with store.writing() as writer:
        writer.replace_item(store.item("tide2023").with_data(title="Another"))
        writer.write_note("harbour2024", None)
    waits = {f.message for f in verify(store).findings if f.code == "CK-I604"}
    waits = {message.partition(";")[0] for message in waits}
    assert waits == {"is new", "has changed", "was removed"}


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_log_behind_a_link_is_told_for_one_item_too(store: ArchiveStore, tmp_path: Path) -> None:
    """A linked log/ is no log of this archive."""
    _seal(store)
    (store.root / "log").rename(tmp_path / "elsewhere")
    (store.root / "log").symlink_to(tmp_path / "elsewhere")
    assert verify(store, ["harbour2024"]).exit_code() == 6


# ── timestamps ─────────────────────────────────────────────────────────────────────────────────


def test_a_timestamp_is_kept_verified_and_protected(store: ArchiveStore, tmp_path: Path) -> None:
    """A real token of a local authority verifies under its root, and not under another."""
    (tmp_path / "tsa").mkdir()
    (tmp_path / "other").mkdir()
    authority, other = make_authority(tmp_path / "tsa"), make_authority(tmp_path / "other")
    with serve_authority(authority) as url:
        sealed = seal(store, keys=Keys(signing=KEY), tsa=[url], allow_private=True, now=NOON)
    assert (len(sealed.timestamps), sealed.findings) == (1, ())
    roots = Outside(roots=parse_roots(authority.root_pem))
    assert {"CK-I618"} <= _codes(verify(store, outside=roots))
    wrong = verify(store, outside=Outside(roots=parse_roots(other.root_pem)))
    assert (wrong.exit_code(), "CK-E616" in _codes(wrong)) == (6, True)
    assert _check(store, KEY).exit_code(strict=True) == 0


def test_an_authority_that_does_not_answer_leaves_the_seal(store: ArchiveStore) -> None:
    """No timestamp is a warning; what was sealed is sealed."""
    sealed = seal(
        store,
        keys=Keys(signing=KEY),
        tsa=["http://127.0.0.1:9/", "http://citekit.invalid/"],
        allow_private=True,
        now=NOON,
    )
    assert [f.severity for f in sealed.findings] == [Severity.WARNING] * 2
    assert _check(store, KEY).exit_code(strict=True) == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost"])
def test_a_private_authority_needs_to_be_meant(host: str) -> None:
    """Without --allow-private, nobody is asked at a private address."""
    with pytest.raises(CaptureFailed):
        ask_authority(f"http://{host}:9/", b"query")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/", "http://", "http://a:b@c/", "x"])
def test_only_web_addresses_are_authorities(url: str) -> None:
    """Other schemes, and credentials in an address, are wrong usage."""
    with pytest.raises(UsageError):
        ask_authority(url, b"query")


# ── stops and refusals of the disk ─────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive sealed once, with events that wait and a change by hand."""
    store = build_archive(tmp_path_factory.mktemp("waiting") / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    with store.writing() as writer:
        writer.write_entity(Entity(id="kfor", kind="organization", name="KFOR"))
    (store.root / "items" / "tide2023" / "note.md").write_text("By hand.\n")
    return store.root


ROTATED = Keys(signing=NEW_KEY, old=KEY)


def _entries(store: ArchiveStore) -> list[dict[str, Any]]:
    """All that is sealed, but for what is random in each seal."""
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    entries = [parse_leaf(entry) for entry in log.entries(standing.size)]
    return [{**entry, "private": None} for entry in entries]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child that is killed is a fork")
@pytest.mark.parametrize("keys", [Keys(signing=KEY), ROTATED], ids=["seal", "rotation"])
def test_a_seal_killed_anywhere_is_repeated_exactly(
    keys: Keys, waiting: Path, tmp_path: Path
) -> None:
    """After a SIGKILL at the n-th call, for all n, verify finds nothing wrong; the next seal is
    the one that was stopped.
    """  # noqa: D205  # one sentence, longer than a line
    whole = ArchiveStore.open(Path(shutil.copytree(waiting, tmp_path / "whole")))
    expected = seal(whole, keys=keys, now=NOON)
    entries = _entries(whole)
    trust = (KEY,) if keys is not ROTATED else (KEY, NEW_KEY)
    for n in range(1, 400):
        root = tmp_path / f"killed-{n}"
        shutil.copytree(waiting, root)
        store = ArchiveStore.open(root)
        was_killed = killed_at(n, lambda: _seal_with(store, keys))  # noqa: B023  # called at once
        errors = [f for f in _check(store, *trust).findings if f.severity is Severity.ERROR]
        assert errors == [], f"after a kill at call {n}"
        waits = [e for e in LogFolder(store.layout).pending().entries if b'"state"' in e]
        again = seal(store, keys=keys, now=NOON)
        assert (again.size, _entries(store)) == (expected.size, entries), f"call {n}"
        assert not waits or LogFolder(store.layout).whole_entry(again.size - 1) in waits, (
            f"call {n}"
        )
        assert _check(store, *trust).exit_code(strict=True) == 0, f"call {n}"
        shutil.rmtree(root)
        if not was_killed:
            break
    assert 20 < n < 399


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS], ids=["full", "read-only"])
def test_a_seal_refused_by_the_disk_is_told_and_can_be_repeated(
    code: int, waiting: Path, tmp_path: Path
) -> None:
    """When the n-th call fails, the error has a hint, and the next seal is whole."""

    def refuse() -> None:
        raise OSError(code, os.strerror(code))

    for n in range(1, 400):
        root = tmp_path / f"refused-{n}"
        shutil.copytree(waiting, root)
        store = ArchiveStore.open(root)
        told = None
        with pytest.MonkeyPatch.context() as patch:
            calls = count_calls(n, refuse, patch.setattr)
            try:
                _seal(store)
            except StorageFailed as error:
                told = error
        assert told is None or (told.place and told.hint), f"call {n}"
        assert _check(store, KEY).exit_code() == 0, f"call {n}"
        _seal(store)
        assert _check(store, KEY).exit_code(strict=True) == 0, f"call {n}"
        shutil.rmtree(root)
        if calls[0] < n:
            break


def test_two_logs_of_one_archive_do_not_mix(store: ArchiveStore) -> None:
    """A checkpoint whose tiles are another log's is refused by seal and found by verify."""
    _seal(store)
    checkpoint, _ = parse_checkpoint(store.layout.checkpoint_file.read_bytes())
    _edit_note(store, "later")
    _seal(store)
    newer, _ = parse_checkpoint(store.layout.checkpoint_file.read_bytes())
    assert (checkpoint.size, checkpoint.root) != (newer.size, newer.root)
    assert FindingClass.TAMPERED not in {f.kind for f in _check(store, KEY).findings}
