"""Events that wait are signed by nobody: what they may say, and what they never excuse."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.changing.access import set_access
from citekit.app.changing.purge import purge
from citekit.app.changing.recover import recover
from citekit.app.intake.restore import restore
from citekit.app.sealing.auto_seal import AutoSeal
from citekit.app.sealing.plan import is_state
from citekit.app.sealing.seal import Keys, Sealed, seal, waiting_changes
from citekit.app.sealing.unconfirmed import Unconfirmed
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import Report, verify
from citekit.errors import IntegrityFailed, StoreConflict
from citekit.findings import FindingClass
from citekit.integrity.digest import digest_bytes
from citekit.integrity.sign import new_signer_key, write_signer_key
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.testing.builders import build_archive
from citekit.testing.tamper import forge, wait_for_seal

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.integrity.sign import SignerKey

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
THIEF = new_signer_key(ORIGIN, b"t" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAPTURE = "items/lantern2024/captures/20240302T093000Z.json"


@pytest.fixture(autouse=True)
def _no_key_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """A signed archive."""
    store = build_archive(tmp_path / "archive")
    _seal(store)
    return store


def _seal(store: ArchiveStore, confirmed: list[bytes] | None = None) -> Sealed:
    return seal(store, keys=Keys(signing=KEY), now=NOON, confirmed=confirmed or ())


def _again(store: ArchiveStore) -> ArchiveStore:
    """The archive as another process opens it."""
    return ArchiveStore.open(store.root)


def _check(store: ArchiveStore) -> Report:
    return verify(_again(store), outside=Outside(keys=(KEY.verifier,)))


def _codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


def _payload(store: ArchiveStore) -> Path:
    capture = store.capture("lantern2024")
    assert capture
    path = store.objects.find(capture.payloads["text"].digest)
    assert path
    return path


def _pending(store: ArchiveStore) -> tuple[bytes, ...]:
    return LogFolder(store.layout).pending().entries


# ── what stands ────────────────────────────────────────────────────────────────────────────────


def test_a_forged_capture_is_refused_by_name(store: ArchiveStore) -> None:
    """The seal names the path and both digests, and signs nothing."""
    record = store.root / CAPTURE
    first = digest_bytes(record.read_bytes())
    forge(store.root, record, "rewrite")
    with pytest.raises(IntegrityFailed) as raised:
        _seal(_again(store))
    assert CAPTURE in raised.value.message
    assert first in raised.value.message
    assert digest_bytes(record.read_bytes()) in raised.value.message


def test_a_forgery_that_was_sealed_is_tampered_for_ever(store: ArchiveStore) -> None:
    """An owner who once signed it (an older citekit did) has not made it true: the first stands."""
    record = store.root / CAPTURE
    whole = record.read_bytes()
    forge(store.root, record, "rewrite")
    standing = LogFolder(store.layout).standing()
    assert standing
    _sign_whatever_waits(store, KEY)
    assert _check(store).exit_code() == 6
    assert "CK-E602" in _codes(_check(store))
    with pytest.raises(IntegrityFailed, match="has sha256:"):
        _seal(_again(store))
    record.write_bytes(whole)
    told = {f.code: f.kind for f in _check(store).findings}
    assert told["CK-I626"] is FindingClass.NOTICE
    assert "CK-E602" not in told


def _sign_whatever_waits(store: ArchiveStore, *keys: SignerKey) -> None:
    """Seal what waits, as a program would that asks nothing; without a key, unsigned."""
    from citekit.integrity.checkpoint import Checkpoint
    from citekit.integrity.note import Note, write_note
    from citekit.integrity.sign import sign_note
    from citekit.store.staging import Journal, begin

    log = LogFolder(store.layout)
    standing = log.standing()
    tree = log.grow(standing, _pending(store), staging=begin(store.layout, Journal()))
    checkpoint = Checkpoint(origin=ORIGIN, size=tree.size, root=tree.root())
    note = Note(text=checkpoint.text)
    for key in keys:
        note = sign_note(note, key)
    log.commit(write_note(note))
    log.await_only((), size=tree.size)
    log.tidy(tree.size)


def test_a_path_that_a_renaming_left_still_stands(store: ArchiveStore) -> None:
    """What was sealed of a path stands also after its item has another key."""
    Archive(store).rename("lantern2024", "lamp2024")
    _seal(store)
    event = {"action": "capture", "subject": CAPTURE, "digest": f"sha256:{'0' * 64}"}
    wait_for_seal(store.root, event)
    assert "CK-E602" in _codes(_check(store))
    with pytest.raises(IntegrityFailed):
        _seal(_again(store))


def test_an_automatic_seal_signs_no_forged_capture(store: ArchiveStore) -> None:
    """With seal = "auto" this process's change alone is sealed; the forgery waits, and is told."""
    forge(store.root, store.root / CAPTURE, "contradict")
    other = _again(store)
    _keep_key_for(other)
    other = ArchiveStore(other.root, other.settings, after_change=AutoSeal())
    with other.writing() as writer:
        writer.write_note("tide2023", "A change of the owner's.\n")
    assert [json.loads(entry)["subject"] for entry in _pending(store)] == [CAPTURE]
    assert _sealed_subjects(store)[-1] == "items/tide2023/note.md"
    assert "CK-E602" in _codes(_check(store))


def _entries(store: ArchiveStore) -> list[bytes]:
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    return [entry for entry in log.entries(standing.size) if not is_state(entry)]


def _sealed_subjects(store: ArchiveStore) -> list[str]:
    return [json.loads(entry)["subject"] for entry in _entries(store)]


def test_an_automatic_seal_signs_what_this_process_did(store: ArchiveStore) -> None:
    """A capture and a purge of our own need no question."""
    _keep_key_for(store)
    store = ArchiveStore(store.root, store.settings, after_change=AutoSeal())
    archive = Archive(store)
    item = archive.add(b"New\n\nBy A. Person\n\nSome text of it.", name="new.txt").item
    purge(store, item.key)
    assert _pending(store) == ()
    assert _check(store).exit_code(strict=True) == 0


@pytest.mark.parametrize("is_signed", [False, True], ids=["unsigned", "by-another-key"])
@pytest.mark.parametrize("is_auto", [False, True], ids=["seal", "auto"])
def test_no_seal_covers_a_log_that_others_made_longer(
    store: ArchiveStore, *, is_auto: bool, is_signed: bool
) -> None:
    """A forged purge in the log itself, not among what waits: the owner does not sign over it."""
    forge(store.root, _payload(store), "purge")
    _sign_whatever_waits(store, *([THIEF] if is_signed else []))
    assert _check(store).exit_code() == 6
    before = store.layout.checkpoint_file.read_bytes()
    other = _again(store)
    if is_auto:
        _keep_key_for(other)
        other = ArchiveStore(other.root, other.settings, after_change=AutoSeal())
        with other.writing() as writer:
            writer.write_note("tide2023", "A change of the owner's.\n")
    else:
        with pytest.raises(IntegrityFailed, match="has not signed its checkpoint"):
            _seal(other)
    assert store.layout.checkpoint_file.read_bytes() == before
    assert _check(store).exit_code() == 6


def test_an_automatic_seal_looks_at_the_signature_itself(store: ArchiveStore) -> None:
    """The name of the owner's key below other bytes is no signature of it."""
    forge(store.root, _payload(store), "purge")
    signed = store.layout.checkpoint_file.read_bytes().rpartition(b"\n\n")[2]
    _sign_whatever_waits(store)
    path = store.layout.checkpoint_file
    path.write_bytes(path.read_bytes().rstrip(b"\n") + b"\n\n" + signed)
    before = path.read_bytes()
    other = _again(store)
    _keep_key_for(other)
    other = ArchiveStore(other.root, other.settings, after_change=AutoSeal())
    with other.writing() as writer:
        writer.write_note("tide2023", "A change of the owner's.\n")
    assert path.read_bytes() == before
    assert _check(store).exit_code() == 6


# ── what is no conflict ────────────────────────────────────────────────────────────────────────


def test_the_same_digest_again_is_no_conflict(store: ArchiveStore) -> None:
    """A capture that is said again, as a merge or another import does, is no alarm."""
    digest = digest_bytes((store.root / CAPTURE).read_bytes())
    wait_for_seal(store.root, {"action": "capture", "subject": CAPTURE, "digest": digest})
    wait_for_seal(store.root, {"action": "capture", "subject": CAPTURE, "digest": digest})
    assert _check(store).exit_code() == 0
    _seal(_again(store))
    assert _check(store).exit_code(strict=True) == 0


def test_removal_before_the_seal_frees_the_path(
    store: ArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Added, removed, added again with another text at the same instant: nothing was sealed."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1770000000")
    archive = Archive(store)
    for text in (b"Twice\n\nBy A. Person\n\nFirst text.", b"Twice\n\nBy A. Person\n\nSecond text."):
        if store.has("twice2026"):
            archive.remove("twice2026")
        archive.add(text, name="twice.txt", key="twice2026")
    assert _check(store).exit_code() == 0
    _seal(_again(store))
    assert _check(store).exit_code(strict=True) == 0


# ── purges ─────────────────────────────────────────────────────────────────────────────────────


def test_a_forged_purge_excuses_nothing_and_is_not_signed(store: ArchiveStore) -> None:
    """Missing is missing, before and after a seal that was asked for without a yes."""
    forge(store.root, _payload(store), "purge")
    assert _check(store).exit_code() == 6
    assert {"CK-E624", "CK-I662"} <= _codes(_check(store))
    before = store.layout.checkpoint_file.read_bytes()
    with pytest.raises(StoreConflict, match="lantern2024"):
        _seal(_again(store))
    assert store.layout.checkpoint_file.read_bytes() == before
    assert _check(store).exit_code() == 6


def test_a_forged_purge_names_whose_bytes_went(store: ArchiveStore) -> None:
    """Whatever item the event claims, the question names the one that has the payload."""
    payload = _payload(store)
    digest = f"sha256:{payload.parent.name}{payload.name}"
    payload.unlink()
    stolen = [{"digest": digest, "role": "text", "size_bytes": 1}]
    wait_for_seal(store.root, {"action": "purge", "subject": "items/x", "payloads": stolen})
    (purge_,) = waiting_changes(_again(store))
    assert "lantern2024" in purge_.told
    assert digest in purge_.told


def test_an_automatic_seal_signs_no_purge_of_another_process(store: ArchiveStore) -> None:
    """It would make of a line that anybody can write the owner's word."""
    forge(store.root, _payload(store), "purge")
    other = _again(store)
    _keep_key_for(other)
    other = ArchiveStore(other.root, other.settings, after_change=AutoSeal())
    with other.writing() as writer:
        writer.write_note("tide2023", "A change of the owner's.\n")
    assert _sealed_subjects(store)[-1] == "items/tide2023/note.md"
    assert [json.loads(entry)["action"] for entry in _pending(store)] == ["purge"]
    assert _check(store).exit_code() == 6


def test_a_purge_of_the_owner_is_settled_by_the_seal(store: ArchiveStore) -> None:
    """It says that it waits; the seal of the same process signs it, and verify is content."""
    _keep_key_for(store)
    purged = purge(store, "lantern2024", reason="asked to")
    assert "CK-I705" in {finding.code for finding in purged.findings}
    assert _check(store).exit_code() == 6
    assert "CK-I625" in _codes(_check(store))
    _seal(store)
    assert _check(store).exit_code(strict=True) == 0
    assert FindingClass.PURGED in {finding.kind for finding in _check(store).findings}


def test_a_purge_of_another_process_is_signed_once_confirmed(store: ArchiveStore) -> None:
    """Only the purges that were confirmed: one more is refused."""
    purge(store, "lantern2024", reason="asked to")
    other = _again(store)
    confirmed = [waiting.leaf for waiting in waiting_changes(other)]
    purge(store, "harbour2024")
    with pytest.raises(StoreConflict, match="harbour2024"):
        _seal(other, confirmed)
    _seal(other, [waiting.leaf for waiting in waiting_changes(other)])
    assert _check(store).exit_code(strict=True) == 0


def test_a_purge_excuses_in_a_log_that_nobody_ever_signed(tmp_path: Path) -> None:
    """Once it is sealed, and nobody vouches for it: with a key to trust it fails."""
    store = build_archive(tmp_path / "unsigned")
    seal(store, keys=Keys(), now=NOON)
    purge(store, "lantern2024")
    assert verify(_again(store)).exit_code() == 6
    seal(store, keys=Keys(), now=NOON)
    assert verify(_again(store)).exit_code(strict=True) == 0
    assert {"CK-I621", "CK-I663"} <= _codes(verify(_again(store)))
    assert _check(store).exit_code() == 6


def test_one_item_alone_is_told_of_its_own_purge(store: ArchiveStore) -> None:
    """A purge that waits is told of the item that it names, and of no other."""
    purge(store, "lantern2024")
    assert "CK-I625" in _codes(verify(store, ["lantern2024"]))
    assert "CK-I625" not in _codes(verify(store, ["harbour2024"]))


def test_the_owner_of_a_forged_purge_gets_the_bytes_back(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """The line is nobody's word, so nothing is in the way; ``recover`` takes it out."""
    copy = tmp_path / "copy.txt"
    copy.write_bytes(_payload(store).read_bytes())
    forge(store.root, _payload(store), "purge")
    restore(_again(store), "lantern2024", copy)
    assert (_check(store).exit_code(), _check(store).exit_code(strict=True)) == (0, 1)
    (forged,) = waiting_changes(_again(store))
    assert recover(_again(store), drop=[forged.leaf.hex()[:12]]).dropped == 1
    assert _check(store).exit_code(strict=True) == 0


def test_a_purge_that_is_no_event_is_passed_over(store: ArchiveStore) -> None:
    """Damaged payloads in a purge that waits: no alarm beyond what is missing, and no traceback."""
    wait_for_seal(store.root, {"action": "purge", "subject": "items/x", "payloads": ["odd"]})
    assert _check(store).exit_code() == 0
    assert json.loads(_pending(store)[-1])["payloads"] == ["odd"]
    _seal(_again(store))
    assert _check(store).exit_code(strict=True) == 0


def _keep_key_for(store: ArchiveStore) -> None:
    """Put the signing key where a seal of this archive looks for it."""
    from citekit.app.sealing.signing_keys import log_origin, signing_key_file

    path = signing_key_file(log_origin(store))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(write_signer_key(KEY) + "\n")
    path.chmod(0o600)


# ── own events, and others ─────────────────────────────────────────────────────────────────────


def test_an_own_purge_is_awaited_where_the_key_is_elsewhere(store: ArchiveStore) -> None:
    """1, and 6 for whoever cannot show that the purge is his; also where the key is here."""
    purge(store, "lantern2024")
    report = _check(store)
    assert report.exit_code() == 1
    assert "CK-E665" in _codes(report)
    marks = store.layout.own_file.read_bytes()
    store.layout.own_file.unlink()
    assert _check(store).exit_code() == 6
    store.layout.own_file.write_bytes(marks)
    _keep_key_for(store)
    assert _check(store).exit_code() == 6


def test_an_own_purge_counts_where_nothing_was_ever_sealed(tmp_path: Path) -> None:
    """There is no log that could say anything; a stranger's purge excuses nothing there either."""
    store = build_archive(tmp_path / "new")
    purge(store, "lantern2024")
    assert verify(_again(store)).exit_code() == 0
    store.layout.own_file.unlink()
    assert verify(_again(store)).exit_code() == 6


def test_an_old_event_is_not_new_again(store: ArchiveStore) -> None:
    """Line and mark of a removal that was sealed, put back when the note is there again."""
    with store.writing() as writer:
        writer.write_note("harbour2024", None)
    line, marks = _pending(store)[-1], store.layout.own_file.read_bytes()
    _seal(store)
    with store.writing() as writer:
        writer.write_note("harbour2024", "Here again.\n")
    _seal(store)
    assert _check(store).exit_code(strict=True) == 0
    store.layout.note_file("harbour2024").unlink()
    assert _check(store).exit_code() == 6
    with store.layout.pending_file.open("ab") as pending:
        pending.write(line + b"\n")
    store.layout.own_file.write_bytes(marks)
    assert _check(store).exit_code() == 6
    with pytest.raises(Unconfirmed, match="removal"):
        _seal(_again(store))


def test_an_own_removal_needs_no_question(store: ArchiveStore) -> None:
    """Another process of the same user has noted it: it is unsealed, and signed as it was done."""
    with store.writing() as writer:
        writer.write_note("harbour2024", None)
    assert _check(store).exit_code() == 0
    _seal(_again(store))
    assert json.loads(_entries(store)[-1])["source"] == "done"
    assert _check(store).exit_code(strict=True) == 0


def test_a_strangers_line_is_signed_as_found_by_the_sealer(store: ArchiveStore) -> None:
    """Neither the name nor the time that the line claims comes into the log."""
    note = store.layout.note_file("tide2023")
    note.write_text("By somebody.\n")
    digest = digest_bytes(note.read_bytes())
    wait_for_seal(
        store.root, {"action": "note", "subject": "items/tide2023/note.md", "digest": digest}
    )
    report = _check(store)
    assert (report.exit_code(), _codes(report) & {"CK-I603", "CK-I660"}) == (0, {"CK-I660"})
    _seal(_again(store))
    entry = json.loads(_entries(store)[-1])
    assert (entry["source"], entry["digest"]) == ("found", digest)
    assert entry["agent"]["name"] != "Ada Quill"
    assert entry["at"] == "2026-11-22T12:00:00Z"
    assert _check(store).exit_code(strict=True) == 0


def test_a_strangers_purge_is_signed_as_found_once_confirmed(store: ArchiveStore) -> None:
    """Who says yes says it in his own name."""
    forge(store.root, _payload(store), "purge")
    _seal(store, [change.leaf for change in waiting_changes(_again(store))])
    entry = json.loads(_entries(store)[-1])
    assert (entry["action"], entry["source"]) == ("purge", "found")
    assert entry["agent"]["name"] != "Ada Quill"
    assert _check(store).exit_code(strict=True) == 0


def test_an_access_that_was_changed_by_hand_is_asked_about(store: ArchiveStore) -> None:
    """With or without a line: a public item made restricted, or a restricted one public."""
    item = store.item("harbour2024")
    assert item.facts.access == "restricted"
    path = store.layout.item_file("harbour2024")
    path.write_text(path.read_text().replace('"restricted"', '"public"'))
    with pytest.raises(Unconfirmed, match="change of access of items/harbour2024"):
        _seal(_again(store))


def test_an_automatic_seal_leaves_older_events_of_the_same_item(store: ArchiveStore) -> None:
    """Signed later, they would have the last word: so it stops, and the full seal signs both."""
    with store.writing() as writer:
        writer.write_note("tide2023", "First.\n")
    before = store.layout.checkpoint_file.read_bytes()
    _keep_key_for(store)
    other = ArchiveStore(store.root, store.settings, after_change=AutoSeal())
    with other.writing() as writer:
        writer.write_note("tide2023", "Second.\n")
    assert store.layout.checkpoint_file.read_bytes() == before
    with other.writing() as writer:
        writer.write_note("lantern2024", "Of another item.\n")
    assert _sealed_subjects(store)[-1] == "items/lantern2024/note.md"
    assert len(_pending(store)) == 2
    _seal(_again(store))
    assert _check(store).exit_code(strict=True) == 0
    actions = [json.loads(entry) for entry in _entries(store)][-2:]
    assert [event["source"] for event in actions] == ["done", "done"]


def test_a_forged_key_is_neither_believed_nor_signed(store: ArchiveStore) -> None:
    """A new public key and the event that names it: extra, and the owner's key signs on."""
    path = store.layout.key_file(THIEF.verifier.key_id.hex())
    path.write_text(f"{THIEF.verifier}\n")
    about = {
        "action": "key",
        "subject": store.layout.name(path),
        "digest": digest_bytes(path.read_bytes()),
        "vkey": str(THIEF.verifier),
        "replaces": KEY.verifier.key_id.hex(),
    }
    wait_for_seal(store.root, about)
    assert _check(store).exit_code() == 6
    with store.writing() as writer:
        writer.write_note("tide2023", "A change of the owner's.\n")
    _seal(_again(store))
    assert store.layout.name(path) not in _sealed_subjects(store)
    assert _check(store).exit_code() == 6


def test_an_older_log_does_not_launder_a_change_of_access(store: ArchiveStore) -> None:
    """It has no word on the access of items: where a payload is gone, a seal asks all the same."""
    _seal_without_access(store)
    path = store.layout.item_file("lantern2024")
    path.write_text(path.read_text().replace('"public"', '"restricted"'))
    _payload(store).unlink()
    store.layout.held_file.unlink()
    report = _check(store)
    assert report.exit_code() == 6
    assert "CK-E664" in _codes(report)
    with pytest.raises(Unconfirmed, match="change of access"):
        _seal(_again(store))


def test_own_events_do_not_make_a_public_payload_withheld(store: ArchiveStore) -> None:
    """Whoever puts an own change of access last, with what it was about, hides no missing bytes.

    Where access was changed its payloads were moved, so they are there.
    """
    set_access(store, "lantern2024", "restricted")
    path = store.payload_path(*store.digests("lantern2024"))
    assert path is not None
    assert _check(store).exit_code() == 0
    path.unlink()
    store.layout.held_file.unlink()
    report = _check(store)
    assert report.exit_code() == 6
    assert "CK-E664" in _codes(report)


def _seal_without_access(store: ArchiveStore) -> None:
    """Seal the archive anew, with the entries that an older citekit would have written."""
    from citekit.integrity.leaf import encode_leaf

    entries = [json.loads(entry) for entry in _entries(store)]
    log, key_file = LogFolder(store.layout), store.layout.key_file(KEY.verifier.key_id.hex())
    shutil.rmtree(store.layout.log / "tile")
    store.layout.checkpoint_file.unlink()
    for event in entries:
        event.pop("access", None)
    log.await_only([encode_leaf(event) for event in entries], size=0)
    _sign_whatever_waits(store, KEY)
    assert key_file.is_file()
    assert _check(store).exit_code(strict=True) == 0


def test_an_automatic_seal_leaves_the_files_of_a_stopped_one(store: ArchiveStore) -> None:
    """What a stop has left is finished by the full seal; until then nothing is beyond the log."""
    from citekit.store.staging import Journal, begin

    with store.writing() as writer:
        for key in ("tide2023", "harbour2024", "lantern2024"):
            writer.write_note(key, "Of a command that was stopped as it sealed.\n")
        writer.write_entity(replace(store.entities()[0], description="Stopped, too."))
    log = LogFolder(store.layout)
    log.grow(log.standing(), _pending(store), staging=begin(store.layout, Journal()))
    _keep_key_for(store)
    other = ArchiveStore(store.root, store.settings, after_change=AutoSeal())
    with other.writing() as writer:
        writer.write_claim(replace(store.claims()[0], note="Of another command."))
    assert _check(store).exit_code() == 0
    _seal(_again(store))
    assert _check(store).exit_code(strict=True) == 0
