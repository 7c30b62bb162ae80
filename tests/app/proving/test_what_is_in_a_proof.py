"""What goes into a proof, entry by entry, and what is told where none can be made."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.changing.purge import purge
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.proof_file import ProofDocument, parse_proof_file, read_response
from citekit.app.proving.prove import prove, read_log
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.errors import CitekitError, IntegrityFailed, InvalidData, UsageError
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import EMPTY_ROOT
from citekit.integrity.sign import new_signer_key
from citekit.model.records.codec import to_json
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.writing.event_recorder import note_events
from citekit.testing.builders import build_archive, lasting_folder
from citekit.testing.tamper import UNSIGNED
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Callable

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
FIRST, SECOND, THIRD = (new_signer_key(ORIGIN, letter * 32) for letter in (b"a", b"b", b"c"))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CAPTURE = "captures/20240302T093000Z.json"


@cache  # once in a process: mutants are tried in forks of one that has made it
def _make_archive(*, is_stamped: bool = False) -> Path:
    """The archive below; a stamped one was sealed and stamped twice, with an edit in between."""
    folder = lasting_folder()
    store = build_archive(folder / "archive")
    if not is_stamped:
        seal(store, keys=Keys(signing=FIRST), now=NOON)
        return store.root
    (folder / "tsa").mkdir()
    with serve_authority(make_authority(folder / "tsa")) as url:
        stamps: dict[str, Any] = {"tsa": [url], "allow_private": True, "now": NOON}
        seal(store, keys=Keys(signing=FIRST), **stamps)
        Archive(store).set_fields("tide2023", {"title": "Another"})
        seal(store, keys=Keys(signing=FIRST), **stamps)
    return store.root


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive that was sealed once, by the first key."""
    return ArchiveStore.open(Path(shutil.copytree(_make_archive(), tmp_path / "archive")))


def _document(store: ArchiveStore, key: str, **options: Any) -> ProofDocument:  # noqa: ANN401
    return parse_proof_file(prove(store, key, **options).data)


def _said(document: ProofDocument) -> list[tuple[str, str]]:
    """Action and subject of each entry."""
    events = [json.loads(part.entry) for part in document.entries]
    return [(event["action"], event["subject"]) for event in events]


def _indexes(document: ProofDocument) -> list[int]:
    verdict = check_proof(json.dumps(_json(document)).encode())
    return [entry.index for entry in verdict.entries]


def _json(document: ProofDocument) -> dict[str, Any]:
    value: dict[str, Any] = to_json(document)
    return value


def _checkpoint(store: ArchiveStore) -> Checkpoint:
    return parse_checkpoint(store.layout.checkpoint_file.read_bytes())[0]


def _rename(store: ArchiveStore, old: str, new: str) -> None:
    Archive(store).rename(old, new)


def _edit(store: ArchiveStore, text: str) -> None:
    with store.writing() as writer:
        writer.write_note("tide2023", text)


def _told(error: CitekitError, store: ArchiveStore) -> tuple[str | None, str, str | None]:
    path = error.place.path if error.place else None
    where = Path(path).relative_to(store.root).as_posix() if path else None
    return where, error.message, error.hint


def test_a_proof_has_the_item_and_its_captures(store: ArchiveStore) -> None:
    """Their very texts, and the entries that say their digests, in the order of the log."""
    proof = prove(store, "harbour2024", now=NOON)
    document = parse_proof_file(proof.data)
    folder = store.root / "items" / "harbour2024"
    assert [(file.path, file.text) for file in document.files] == [
        (f"items/harbour2024/{name}", (folder / name).read_text("utf-8"))
        for name in ("item.json", CAPTURE)
    ]
    assert sorted(_said(document)) == [
        ("capture", f"items/harbour2024/{CAPTURE}"),
        ("item", "items/harbour2024/item.json"),
    ]
    assert _indexes(document) == sorted(_indexes(document))
    assert (proof.key, document.key, document.made_at) == ("harbour2024", "harbour2024", NOON)
    assert document.tool.name == "citekit"
    assert (document.rotations, document.timestamps, document.earlier, document.since) == (
        (), (), (), (),
    )  # fmt: skip
    assert proof.verdict.proven == check_proof(proof.data).proven
    assert "items/harbour2024/item.json" in proof.page


def test_a_proof_is_made_now(store: ArchiveStore) -> None:
    """Where no other time is given."""
    made_at = _document(store, "tide2023").made_at
    assert abs(made_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_an_item_is_proven_under_its_names(store: ArchiveStore) -> None:
    """An alias, as everywhere; the proof is about the key."""
    _rename(store, "tide2023", "ebb2023")
    seal(store, keys=Keys(signing=FIRST), now=NOON)
    assert _document(store, "tide2023").key == "ebb2023"


def test_a_log_read_once_serves_many(store: ArchiveStore) -> None:
    """What is read from it is not read again: a proof is of the log as it was then."""
    log = read_log(store)
    _edit(store, "later")
    seal(store, keys=Keys(signing=FIRST), now=NOON)
    verdict = prove(store, "harbour2024", read=log).verdict
    assert verdict.checkpoint
    assert verdict.checkpoint.size == log.latest.size < _checkpoint(store).size


def test_timestamps_are_part_of_it() -> None:
    """Of the checkpoint that stands, and of an earlier one that had an entry already."""
    store = ArchiveStore.open(_make_archive(is_stamped=True))
    folder = store.layout.trust / "timestamps"
    stamps = {path.read_bytes() for path in folder.iterdir()}
    document = _document(store, "harbour2024")
    (stamp,), (earlier,) = document.timestamps, document.earlier
    (old,) = earlier.timestamps
    assert {read_response(stamp), read_response(old)} == stamps
    assert stamp.digest == digest_bytes(read_response(stamp))
    assert [entry.index for entry in earlier.entries] == _indexes(document)
    assert earlier.checkpoint.startswith(ORIGIN)
    assert _document(store, "tide2023").earlier == ()
    sizes = [time.size for time in prove(store, "harbour2024").verdict.times]
    assert sizes == sorted(sizes)
    assert sizes[-1] == _checkpoint(store).size


# ── renamings ──────────────────────────────────────────────────────────────────────────────────


def test_renamings_that_led_to_the_name_are_part_of_it(store: ArchiveStore) -> None:
    """All of them, and none of another item; before and after a change of the record."""
    _rename(store, "harbour2024", "quay2024")
    _rename(store, "lantern2024", "lamp2024")
    _rename(store, "quay2024", "pier2024")
    seal(store, keys=Keys(signing=FIRST), now=NOON)
    said = _said(_document(store, "pier2024"))
    assert [subject for action, subject in said if action == "rename"] == [
        "items/harbour2024", "items/quay2024",
    ]  # fmt: skip
    assert [action for action, _ in _said(_document(store, "tide2023"))] == ["item"]


def test_renamings_of_a_namesake_are_not(store: ArchiveStore) -> None:
    """An item that has the name now has nothing to do with one that had it once."""
    _rename(store, "harbour2024", "quay2024")
    _rename(store, "quay2024", "pier2024")
    seal(store, keys=Keys(signing=FIRST), now=NOON)
    path = store.layout.item_file("pier2024")
    record = json.loads(path.read_bytes())
    record["custom"]["citekit"]["aliases"].remove("quay2024")
    path.write_text(json.dumps(record), encoding="utf-8")
    store = ArchiveStore.open(store.root)
    Archive(store).add(b"A headline\n\nIts words are few.\n", key="quay2024", name="new.txt")
    seal(store, keys=Keys(signing=FIRST), now=NOON)
    actions = [action for action, _ in _said(_document(store, "quay2024"))]
    assert sorted(actions) == ["capture", "item"]


# ── purges ─────────────────────────────────────────────────────────────────────────────────────


def test_a_purge_is_part_of_the_proof_once_it_is_sealed(store: ArchiveStore) -> None:
    """Until then no proof is made: one that kept silent would mislead. Others are not concerned."""
    purge(store, "harbour2024", reason="asked to")
    with pytest.raises(UsageError) as refused:
        prove(store, "harbour2024")
    told = (None, "the purge of harbour2024 is not sealed yet", "citekit seal, then prove again")
    assert _told(refused.value, store) == told
    assert [action for action, _ in _said(_document(store, "lantern2024"))] == ["item", "capture"]
    seal(store, keys=Keys(signing=FIRST), now=NOON)
    said = _said(_document(store, "harbour2024"))
    assert said[-1] == ("purge", "items/harbour2024")
    assert len(said) == 3
    assert len(_said(_document(store, "lantern2024"))) == 2


# ── keys ───────────────────────────────────────────────────────────────────────────────────────


def test_each_change_of_keys_is_part_of_it(store: ArchiveStore) -> None:
    """Proven by the checkpoint that both have signed; whoever knew the first key is led on."""
    seal(store, keys=Keys(signing=SECOND, old=FIRST), now=NOON)
    first_change = _checkpoint(store).size
    seal(store, keys=Keys(signing=THIRD, old=SECOND), now=NOON)
    second_change = _checkpoint(store).size
    _edit(store, "later")
    seal(store, keys=Keys(signing=THIRD), now=NOON)
    proof = prove(store, "harbour2024")
    rotations = parse_proof_file(proof.data).rotations
    replaced = [json.loads(part.entry)["replaces"] for part in rotations]
    assert replaced == [key.verifier.key_id.hex() for key in (FIRST, SECOND)]
    sizes = [part.proof.split(f"{ORIGIN}\n")[1].split("\n")[0] for part in rotations]
    assert sizes == [str(first_change), str(second_change)]
    for key in (FIRST, SECOND, THIRD):
        assert check_proof(proof.data, Outside(keys=(key.verifier,))).exit_code == 0


def test_a_change_of_keys_that_nothing_proves_is_left_out(store: ArchiveStore) -> None:
    """Its checkpoint was not kept: the proof is of use to who knows the new key."""
    seal(store, keys=Keys(signing=SECOND, old=FIRST), now=NOON)
    size = _checkpoint(store).size
    _edit(store, "later")
    seal(store, keys=Keys(signing=SECOND), now=NOON)
    store.layout.kept_checkpoint(size).unlink()
    proof = prove(store, "harbour2024")
    assert parse_proof_file(proof.data).rotations == ()
    assert check_proof(proof.data, Outside(keys=(SECOND.verifier,))).exit_code == 0
    assert check_proof(proof.data, Outside(keys=(FIRST.verifier,))).exit_code == 6


# ── what the reader has kept ───────────────────────────────────────────────────────────────────


def test_a_way_leads_on_from_what_was_kept(store: ArchiveStore) -> None:
    """From an earlier checkpoint, once, and from the one that stands."""
    kept = _checkpoint(store)
    _edit(store, "later")
    seal(store, keys=Keys(signing=FIRST), now=NOON)
    now = _checkpoint(store)
    document = _document(store, "harbour2024", since=[kept, now, kept])
    assert [part.size for part in document.since] == [kept.size, now.size]
    for checkpoint in (kept, now):
        trust = Outside(checkpoints=(("kept", checkpoint),))
        assert check_proof(json.dumps(_json(document)).encode(), trust).exit_code == 0


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"origin": "coast.example"}, UsageError,
         "--since names a checkpoint of 'coast.example' with {size} entries"),
        ({"size": 0, "root": EMPTY_ROOT}, UsageError,
         f"--since names a checkpoint of {ORIGIN!r} with 0 entries"),
        ({"root": bytes(32)}, IntegrityFailed,
         "this log does not begin with the {size} entries of that checkpoint"),
        ({"size": 1000}, IntegrityFailed,
         "this log does not begin with the 1000 entries of that checkpoint"),
    ],
)  # fmt: skip
def test_what_is_not_of_this_log_is_refused(
    changes: dict[str, object], kind: type[CitekitError], message: str, store: ArchiveStore
) -> None:
    """Another log, nothing, another root, more than there is."""
    kept = _checkpoint(store)
    with pytest.raises(kind) as refused:
        prove(store, "harbour2024", since=[replace(kept, **changes)])
    assert refused.value.message == message.format(size=kept.size)
    assert refused.value.hint


# ── where no proof can be made ─────────────────────────────────────────────────────────────────


def test_without_a_seal_there_is_no_proof(tmp_path: Path) -> None:
    """That is said first."""
    store = build_archive(tmp_path / "archive")
    with pytest.raises(UsageError) as refused:
        read_log(store)
    assert _told(refused.value, store) == (None, "nothing is sealed here yet", "citekit seal")


def _retitle(store: ArchiveStore) -> None:
    Archive(store).set_fields("harbour2024", {"title": "Another"})


def _append(store: ArchiveStore) -> None:
    path = store.root / "items" / "harbour2024" / CAPTURE
    path.write_bytes(path.read_bytes() + b"\n")


def _second_capture(store: ArchiveStore) -> None:
    path = store.root / "items" / "harbour2024" / CAPTURE
    path.with_name("20250302T093000Z.json").write_bytes(path.read_bytes())


SEAL = "citekit seal, then prove again"


@pytest.mark.parametrize(
    ("change", "kind", "name", "message", "hint"),
    [
        (_retitle, UsageError, "item.json", "is not sealed as it is now", SEAL),
        (_append, IntegrityFailed, CAPTURE, "is not what was sealed", "citekit verify"),
        (_second_capture, UsageError, "captures/20250302T093000Z.json",
         "is not sealed as it is now", SEAL),
    ],
)  # fmt: skip
def test_what_is_not_as_it_was_sealed_is_told(
    change: Callable[[ArchiveStore], None], kind: type[CitekitError], name: str, message: str,
    hint: str, store: ArchiveStore,
) -> None:  # fmt: skip
    """The file, what is wrong with it and what to do; other items are proven all the same."""
    change(store)
    with pytest.raises(kind) as refused:
        prove(store, "harbour2024")
    assert _told(refused.value, store) == (f"items/harbour2024/{name}", message, hint)
    assert prove(store, "lantern2024").verdict.exit_code == 1


def test_a_new_item_is_not_sealed(store: ArchiveStore) -> None:
    """Its record is named."""
    Archive(store).add(b"A headline\n\nIts words are few.\n", key="new2024", name="new.txt")
    with pytest.raises(UsageError) as refused:
        prove(store, "new2024")
    assert _told(refused.value, store) == (
        "items/new2024/item.json", "is not sealed as it is now", SEAL,
    )  # fmt: skip


def test_a_log_that_proves_nothing_makes_no_proof(store: ArchiveStore) -> None:
    """The hashes beside its entries are others: what is handed out has to be right."""
    (tile,) = (store.root / "log" / "tile" / "0").rglob("*.p/*")
    tile.write_bytes(bytes(len(tile.read_bytes())))
    with pytest.raises(IntegrityFailed) as refused:
        prove(store, "tide2023")
    message = "no proof can be made: is not in the log of its checkpoint"
    assert _told(refused.value, store) == (None, message, "citekit verify shows what is wrong")


def test_a_record_that_is_no_text_is_told(store: ArchiveStore) -> None:
    """It may have been sealed by another program; a proof holds texts."""
    path = store.root / "items" / "harbour2024" / "captures" / "20250302T093000Z.json"
    path.write_bytes(b"\xff")
    event = {
        **UNSIGNED, "action": "capture", "subject": store.layout.name(path), "payloads": [],
        "digest": digest_bytes(b"\xff"),
    }  # fmt: skip
    note_events(store.layout, set(), [encode_leaf(event)])
    seal(store, keys=Keys(signing=FIRST), now=NOON)
    with pytest.raises(InvalidData) as refused:
        prove(store, "harbour2024")
    where = "items/harbour2024/captures/20250302T093000Z.json"
    assert _told(refused.value, store) == (where, "is not UTF-8", None)
