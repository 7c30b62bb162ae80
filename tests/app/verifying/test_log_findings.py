"""What is wrong with a sealed log, and with who vouches for it, is told word by word."""

from __future__ import annotations

import os
import re
import shutil
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import verify
from citekit.errors import MissingExtra
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.note import Note, parse_note, write_note
from citekit.integrity.sign import new_signer_key, sign_note
from citekit.integrity.tiles import parse_bundle
from citekit.integrity.timestamp import build_query, parse_roots
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.store.staging import Journal, begin
from citekit.store.writing.event_recorder import note_events
from citekit.testing.builders import build_archive, lasting_folder
from citekit.testing.tamper import UNSIGNED
from citekit.testing.tsa import TimestampAuthority, make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Callable

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NEW_KEY = new_signer_key(ORIGIN, b"n" * 32)
THIEF = new_signer_key(ORIGIN, b"t" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
STAMPED = 316
"""Entries at the first seal, which is kept and stamped; four more at the second."""

Told = tuple[str, str, str]
"""Code, path inside the archive, message."""


@cache  # once in a process: mutants are tried in forks of one that has made it
def _make_archive() -> tuple[Path, bytes]:
    """The archive below, and the root of its timestamp."""
    folder = lasting_folder()
    (folder / "tsa").mkdir()
    authority = make_authority(folder / "tsa")
    store = build_archive(folder / "archive")
    digests = [digest_bytes(str(number).encode()) for number in range(299)]
    event = {**UNSIGNED, "action": "note", "subject": "items/tide2023/note.md"}
    entries = [encode_leaf({**event, "digest": digest}) for digest in digests]
    note_events(store.layout, store.noted, entries)  # two bundles of entries, and few files
    with serve_authority(authority) as url:
        for text, tsa in (("One.\n", [url]), ("Two.\n", [])):
            with store.writing() as writer:
                writer.write_note("tide2023", text)
            seal(store, keys=Keys(signing=KEY), tsa=tsa, allow_private=True, now=NOON)
    return store.root, authority.root_pem


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive of two bundles of entries, signed and sealed twice, stamped in between."""
    return Path(shutil.copytree(_make_archive()[0], tmp_path / "archive"))


@pytest.fixture
def outside(authority: TimestampAuthority) -> Outside:
    """Who knows the key and the authorities: of that archive, and of what is stamped later."""
    pem = _make_archive()[1] + authority.root_pem
    return Outside(keys=(KEY.verifier,), roots=parse_roots(pem))


def _told(root: Path, outside: Outside | None = None) -> list[Told]:
    report = verify(ArchiveStore.open(root), outside=outside)
    return [
        (f.code, Path((f.place and f.place.path) or "").relative_to(root).as_posix(), f.message)
        for f in report.findings
        if "payload" not in f.message  # restricted texts that are not here
    ]


def _same(told: list[Told], expected: list[Told]) -> bool:
    """Whether the findings are these, in any order; messages are patterns."""
    return len(told) == len(expected) and all(
        a[0] == b[0] and re.fullmatch(b[1], a[1]) and re.fullmatch(b[2], a[2])
        for a, b in zip(sorted(told), sorted(expected), strict=True)
    )


SIGNED = ("CK-I620", "log/checkpoint", re.escape(f"signed by {KEY.verifier}"))
STAMP = r"trust/timestamps/316-\w{64}\.tsr"
STAMPS = (
    "CK-I618", STAMP,
    r"the first 316 entries existed by 20\d\d-\d\d-\d\dT[\d:]{8}Z \(CN=citekit test authority\)",
)  # fmt: skip


def test_a_log_in_order_is_told_with_who_vouches_for_it(root: Path, outside: Outside) -> None:
    """Who signed, and since when it existed; without a root the stamp was not checked."""
    assert _same(_told(root, outside), [SIGNED, STAMPS])
    unchecked = ("CK-I617", STAMP, "not checked: no root of its authority was given")
    assert _same(_told(root, replace(outside, roots=())), [SIGNED, unchecked])
    nobody = ("CK-I615", "log/checkpoint", r"consistent \(signed\); signer not authenticated")
    assert _same(_told(root), [nobody, unchecked])


def _flip(name: str, at: int = 40) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        data = bytearray((root / name).read_bytes())
        data[at] ^= 1
        (root / name).write_bytes(data)

    return damage


def _flip_entry(number: int) -> Callable[[Path], None]:
    """Change the first letter of what an entry of the first bundle says."""

    def damage(root: Path) -> None:
        entries = parse_bundle((root / ENTRIES).read_bytes(), 256)
        at = sum(2 + len(entry) for entry in entries[:number]) + 2 + len(b'{"')
        _flip(ENTRIES, at)(root)

    return damage


def _cut(name: str) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        (root / name).write_bytes((root / name).read_bytes()[:-1])

    return damage


def _remove(name: str) -> Callable[[Path], None]:
    return lambda root: (root / name).unlink()


def _grow_to(name: str, size: int) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        (root / name).touch()
        os.truncate(root / name, size)

    return damage


def _both(*damages: Callable[[Path], None]) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        for one in damages:
            one(root)

    return damage


def _write(name: str, data: bytes) -> Callable[[Path], None]:
    def damage(root: Path) -> None:
        (root / name).write_bytes(data)

    return damage


def _twice_signed(root: Path) -> None:
    path = root / "log" / "checkpoint"
    note = parse_note(path.read_bytes())
    path.write_bytes(write_note(replace(note, signatures=note.signatures * 2)))


def _kept(name: int, /, **changes: object) -> Callable[[Path], None]:
    """Another checkpoint in the place of the one that is kept of a size, signed all the same."""

    def damage(root: Path) -> None:
        old, _ = parse_checkpoint((root / "trust/checkpoints" / str(STAMPED)).read_bytes())
        note = sign_note(Note(text=replace(old, **changes).text), KEY)
        (root / "trust/checkpoints" / str(name)).write_bytes(write_note(note))

    return damage


def _stamp(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    """Another stamp in the place of the one that is there, under the name that its bytes give."""

    def damage(root: Path) -> None:
        (path,) = (root / "trust" / "timestamps").iterdir()
        data = change(path.read_bytes())
        path.unlink()
        digest = digest_bytes(data).removeprefix("sha256:")
        path.with_name(f"{STAMPED}-{digest}.tsr").write_bytes(data)

    return damage


def _rename_stamp(root: Path) -> None:
    (path,) = (root / "trust" / "timestamps").iterdir()
    path.rename(path.with_name(f"{STAMPED}-{'0' * 64}.tsr"))


def _stamp_of_other(root: Path) -> None:
    authority = make_authority(root.parent)
    _stamp(lambda _: authority.issue(build_query(digest_bytes(b"other"), nonce=1)))(root)


ENTRIES, TILE = "log/tile/entries/000", "log/tile/0/000"
LAST_ENTRIES, LAST_TILE, UPPER = (
    "log/tile/entries/001.p/64", "log/tile/0/001.p/64", "log/tile/1/000.p/1",
)  # fmt: skip
KEPT = "trust/checkpoints/316"
CAPTURE = "items/harbour2024/captures/20240302T093000Z.json"
GONE = "a file of the log is missing"
OTHER = "other hashes than those of its entries"
ROOT = ("CK-E605", "log/checkpoint", "its root is not that of the entries")
LOST_STAMP = ("CK-E606", KEPT, "a timestamp is about this checkpoint")
NO_STAMP = ("CK-E616", "trust/timestamps", "no timestamp leads to a root that you trust")

VOUCHED = [SIGNED, STAMPS]
CHANGED = "entries are not those that were sealed"
UNKNOWN = ("CK-I603", r"[\w./-]+", "is not in the log yet")
REPLACED = ("CK-E602", KEPT, r"has sha256:\w+, entry 317 of the log says sha256:\w+")

UNNAMED = ("CK-E607", r"trust/keys/71e8f426\.vkey", "no entry of the log names this key")
LOST = [UNKNOWN] * 13
"""What is told of the files whose entries were all in the first bundle."""

DAMAGES: list[tuple[str, Callable[[Path], None], list[Told]]] = [
    ("a changed entry", _flip(ENTRIES), [("CK-E605", ENTRIES, CHANGED), UNKNOWN, *VOUCHED]),
    ("a changed sixth entry", _flip_entry(5), [("CK-E605", ENTRIES, CHANGED), UNKNOWN, *VOUCHED]),
    ("a changed 200th entry", _flip_entry(199), [("CK-E605", ENTRIES, CHANGED), *VOUCHED]),
    ("a changed entry and no kept checkpoint", _both(_flip_entry(199), _remove(KEPT)),
     [("CK-E605", ENTRIES, CHANGED), SIGNED, LOST_STAMP, NO_STAMP,
      ("CK-E601", KEPT, "is missing: entry 317 of the log has it")]),
    ("no bundle that names the key", _remove(LAST_ENTRIES),
     [("CK-E606", LAST_ENTRIES, GONE), UNNAMED, *VOUCHED, UNKNOWN,
      ("CK-I603", "items/tide2023/note.md", "has changed since entry 255")]),
    ("a changed last entry", _flip(LAST_ENTRIES),
     [("CK-E605", LAST_ENTRIES, CHANGED), *VOUCHED]),
    ("a changed hash", _flip(TILE), [("CK-E605", TILE, "other hashes"), *VOUCHED]),
    ("a changed last hash", _flip(LAST_TILE), [("CK-E605", LAST_TILE, "other hashes"), *VOUCHED]),
    ("both tiles changed", _both(_flip(TILE), _flip(LAST_TILE)),
     [("CK-E605", TILE, "other hashes"), ("CK-E605", LAST_TILE, "other hashes"), *VOUCHED]),
    ("a changed upper hash", _flip(UPPER, 3), [("CK-E605", UPPER, OTHER), *VOUCHED]),
    ("a cut bundle", _cut(ENTRIES),
     [("CK-E605", ENTRIES, r"a bundle of 256 entries does not have \d+ bytes, or is damaged"),
      *LOST, *VOUCHED]),
    ("a cut tile", _cut(TILE), [("CK-E605", TILE, "has 8191 bytes"), *VOUCHED]),
    ("a long tile", _write(TILE, bytes(8193)), [("CK-E605", TILE, ".*8192.*"), *VOUCHED]),
    ("a long upper tile", _write(UPPER, bytes(8193)), [("CK-E605", UPPER, OTHER), *VOUCHED]),
    ("a cut upper tile", _cut(UPPER), [("CK-E605", UPPER, OTHER), *VOUCHED]),
    ("a lost bundle", _remove(ENTRIES), [("CK-E606", ENTRIES, GONE), *LOST, *VOUCHED]),
    ("a lost tile", _remove(TILE), [("CK-E606", TILE, GONE), *VOUCHED]),
    ("a lost upper tile", _remove(UPPER), [("CK-E606", UPPER, GONE), *VOUCHED]),
    ("bundle and tile lost", _both(_remove(ENTRIES), _remove(TILE)),
     [("CK-E606", ENTRIES, GONE), ("CK-E606", TILE, GONE), ROOT, ("CK-E605", UPPER, OTHER),
      *LOST, *VOUCHED]),
    ("bundle and tile changed", _both(_flip(ENTRIES), _flip(TILE)),
     [("CK-E605", ENTRIES, CHANGED), ROOT, ("CK-E605", UPPER, OTHER), UNKNOWN, UNKNOWN, *VOUCHED]),
    ("a tile too many", _write("log/tile/0/002", b"x"),
     [("CK-E607", "log/tile/0/002", "is beyond the checkpoint"), *VOUCHED]),
    ("a checkpoint that is none", _write("log/checkpoint", b"none"),
     [("CK-E609", "log/checkpoint", "a note has a blank line.*")]),
    ("no checkpoint", _remove("log/checkpoint"),
     [("CK-E613", "log/checkpoint", "there is no checkpoint, but you know of one"),
      ("CK-E606", "log/checkpoint", "is missing: there was a log once"),
      ("CK-I608", r"trust/keys/71e8f426\.vkey", "a seal was stopped"),
      UNNAMED]),
    ("a key too large to be read", _grow_to("trust/keys/71e8f426.vkey", 3 << 30),
     [("CK-E602", r"trust/keys/71e8f426\.vkey",
       r"is larger than \d+ bytes: 3221225472, and entry 313 of the log says sha256:\w{64}"),
      *VOUCHED]),
    ("a strange key too large to be read", _grow_to("trust/keys/00000000.vkey", 3 << 30),
     [("CK-E607", r"trust/keys/00000000\.vkey", "no entry of the log names this key"), *VOUCHED]),
    ("a capture record too large to be read", _grow_to(CAPTURE, 3 << 30),
     [("CK-E201", CAPTURE, r"is larger than \d+ bytes: 3221225472"),
      ("CK-E602", CAPTURE,
       r"is larger than \d+ bytes: 3221225472, and entry \d+ of the log says sha256:\w{64}"),
      *VOUCHED]),
    ("an item's record too large to be read", _grow_to("items/tide2023/item.json", 3 << 30),
     [("CK-E201", "items/tide2023/item.json", r"is larger than \d+ bytes: 3221225472"),
      *VOUCHED]),
    ("one signature twice", _twice_signed,
     [("CK-E605", "log/checkpoint", "one key has signed it twice"), *VOUCHED]),
    ("an event that is none", _write("log/pending.jsonl", b'{"base":320}\nnone\n'),
     [("CK-W622", "log/pending.jsonl", "is no event"), *VOUCHED]),
    ("a log that went back", _write("log/pending.jsonl", b'{"base":400}\n'),
     [("CK-E612", "log/pending.jsonl", "the log had 400 entries when it began, and has 320"),
      *VOUCHED]),
    ("a kept checkpoint that is none", _write(KEPT, b"none"),
     [("CK-E609", KEPT, "a note has a blank line.*"), SIGNED, LOST_STAMP, NO_STAMP, REPLACED]),
    ("a kept checkpoint of another log", _kept(STAMPED, origin="coast.example/log"),
     [("CK-E612", KEPT, "is the checkpoint of another log or size"), SIGNED, LOST_STAMP, NO_STAMP,
      REPLACED]),
    ("a kept checkpoint of another size", _kept(STAMPED, size=315),
     [("CK-E612", KEPT, "is the checkpoint of another log or size"), SIGNED, LOST_STAMP, NO_STAMP,
      REPLACED]),
    ("a kept checkpoint of another root", _kept(STAMPED, root=bytes(32)),
     [("CK-E612", KEPT, "the first 316 entries have another root now"), SIGNED, LOST_STAMP,
      NO_STAMP, REPLACED]),
    ("a kept checkpoint of more entries", _kept(400, size=400),
     [("CK-E612", "trust/checkpoints/400", "the log had 400 entries, and has 320"), *VOUCHED]),
    ("a kept checkpoint that is none before others", _write("trust/checkpoints/300", b"none"),
     [("CK-E609", "trust/checkpoints/300", "a note has a blank line.*"), *VOUCHED]),
    ("no kept checkpoint", _remove(KEPT),
     [SIGNED, LOST_STAMP, NO_STAMP,
      ("CK-E601", KEPT, "is missing: entry 317 of the log has it")]),
    ("a stamp that is none", _stamp(lambda _: b"none"),
     [SIGNED, NO_STAMP, ("CK-E616", STAMP, "not a response of a timestamp authority.*"),
      ("CK-E601", STAMP, "is missing: entry 318 of the log has it")]),
    ("a stamp under another name", _rename_stamp,
     [SIGNED, NO_STAMP, ("CK-E616", STAMP, "the bytes are not those that its name says"),
      ("CK-E601", STAMP, "is missing: entry 318 of the log has it")]),
    ("a stamp of something else", _stamp_of_other,
     [SIGNED, NO_STAMP, ("CK-E616", STAMP, "is a timestamp of something else"),
      ("CK-E601", STAMP, "is missing: entry 318 of the log has it")]),
    ("a stamp too large", _stamp(lambda _: bytes(70_000)),
     [SIGNED, NO_STAMP, ("CK-E616", STAMP, "is larger than 65536 bytes: 70000"),
      ("CK-E601", STAMP, "is missing: entry 318 of the log has it")]),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "expected"), [pytest.param(d, e, id=i) for i, d, e in DAMAGES])
def test_what_is_wrong_is_told_with_its_place(
    damage: Callable[[Path], None], expected: list[Told], root: Path, outside: Outside
) -> None:
    """One damage makes these findings, and no others."""
    damage(root)
    told = _told(root, outside)
    assert _same(told, expected), (len(told), told)


def _grow(root: Path, entries: list[bytes]) -> None:
    """Seal any entries, as a program would that asks nothing."""
    store = ArchiveStore.open(root)
    log = LogFolder(store.layout)
    tree = log.grow(log.standing(), entries, staging=begin(store.layout, Journal()))
    checkpoint = Checkpoint(origin=ORIGIN, size=tree.size, root=tree.root())
    note = sign_note(Note(text=checkpoint.text), KEY)
    store.layout.checkpoint_file.write_bytes(write_note(note))
    log.tidy(tree.size)


def test_a_change_to_what_is_no_key_changes_nothing(root: Path, outside: Outside) -> None:
    """An entry of another program: neither is it signed by that, nor is the old key replaced."""
    change = {
        "v": 1, "action": "key", "subject": "trust/keys/00000000.vkey", "vkey": "none",
        "digest": digest_bytes(b"none"), "replaces": KEY.verifier.key_id.hex(),
    }  # fmt: skip
    _grow(root, [encode_leaf(change)])
    absent = ("CK-E601", r"trust/keys/00000000\.vkey", "is missing: entry 320 of the log has it")
    no_state = "the log has states since entry 315, but does not end with one"
    stateless = ("CK-E641", "log/checkpoint", no_state)
    assert _same(_told(root, outside), [absent, stateless, *VOUCHED])


def test_a_state_that_does_not_follow_is_told(root: Path, outside: Outside) -> None:
    """By its number; where an entry before it is lost, nobody can know."""
    false = {
        "v": 2, "action": "state", "size": 320, "root": digest_bytes(b"no state"),
        "private": digest_bytes(b"nothing"),
    }  # fmt: skip
    _grow(root, [encode_leaf(false)])
    ((code, place, message), *vouched) = _told(root, outside)
    assert (code, place) == ("CK-E640", "log/checkpoint")
    assert message.startswith("entry 320 ")
    assert len(message) > len("entry 320 ") + 10
    assert _same(vouched, VOUCHED)
    for name in ("log/tile/entries/000", "log/tile/entries/001.p/65"):
        copy = Path(shutil.copytree(root, root.parent / Path(name).name))
        (copy / name).unlink()
        codes = {line[0] for line in _told(copy, outside)}
        assert "CK-E606" in codes
        assert not codes & {"CK-E640", "CK-E641"}


def test_a_key_that_was_replaced_is_told(root: Path, outside: Outside) -> None:
    """It signs beside its successor, after the hand-over: somebody has it who should not."""
    store = ArchiveStore.open(root)
    seal(store, keys=Keys(signing=NEW_KEY, old=KEY), now=NOON)
    with store.writing() as writer:
        writer.write_note("tide2023", "Once more.\n")
    seal(store, keys=Keys(signing=NEW_KEY), now=NOON)
    path = store.layout.checkpoint_file
    path.write_bytes(write_note(sign_note(parse_note(path.read_bytes()), KEY)))
    message = f"is signed by a key that the log has replaced since: {KEY.verifier}"
    assert ("CK-E627", "log/checkpoint", message) in _told(root)
    (signed,) = [line for line in _told(root, outside) if line[0] == "CK-I620"]
    assert signed[2] == f"signed by {NEW_KEY.verifier}"


def test_entries_of_another_program_are_told_by_their_numbers(root: Path, outside: Outside) -> None:
    """No JSON, no event, one of a newer schema, one that contradicts an earlier one."""
    forged = {"action": "capture", "subject": CAPTURE, "payloads": []}
    strange: list[dict[str, object]] = [
        {"v": 99}, {"v": 0}, {"v": "2"}, {},
        {"v": 1, "action": "item", "subject": "x" * 2000},
        {"v": 1, **forged, "digest": digest_bytes(b"forged")},
    ]  # fmt: skip
    entries = [b"not json", *map(encode_leaf, strange)]
    _grow(root, entries)
    told = [line for line in _told(root, outside) if line not in _told(root)]
    assert [line[0] for line in told] == ["CK-I620", "CK-I618"]
    told = [line for line in _told(root, outside) if line[2].startswith("entry 3")]
    assert [(code, message[:11]) for code, _, message in told] == [
        ("CK-E610", "entry 320: "), ("CK-I611", "entry 321: "), ("CK-E610", "entry 322: "),
        ("CK-E610", "entry 323: "), ("CK-E610", "entry 324: "), ("CK-E610", "entry 325: "),
        ("CK-I626", "entry 326: "),
    ]  # fmt: skip
    assert {line[1] for line in told} == {"log/checkpoint"}
    _flip("log/tile/entries/001.p/71")(root)  # another entry that was changed hides none of these
    assert [line for line in _told(root, outside) if line[2].startswith("entry 3")] == told
    assert all(len(message) > 15 for _, _, message in told)


# ── what the verifier brings along ─────────────────────────────────────────────────────────────


def _checkpoint(root: Path, name: str) -> Checkpoint:
    return parse_checkpoint((root / name).read_bytes())[0]


@pytest.mark.parametrize("name", [KEPT, "log/checkpoint"])
def test_a_kept_checkpoint_is_confirmed(name: str, root: Path) -> None:
    """The log begins as it says, or is as it says; who signed it is then of no interest."""
    kept = _checkpoint(root, name)
    told = _told(root, Outside(checkpoints=(("mine.txt", kept),)))
    message = rf"the log begins as mine\.txt says \({kept.size} entries\)"
    unchecked = ("CK-I617", STAMP, "not checked: no root of its authority was given")
    assert _same(told, [("CK-I619", "log/checkpoint", message), unchecked])


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        (
            {"origin": "coast.example/log"},
            "CK-E613",
            r"mine\.txt is of another log: 'coast\.example/log'",
        ),
        ({"size": 321}, "CK-E613", r"the log had 321 entries when mine\.txt was kept, and has 320"),
        (
            {"root": bytes(32)},
            "CK-E651",
            r"fork: mine\.txt has 316 entries with root A{43}=, this log 320 entries .* and at .*",
        ),
    ],
)
def test_a_kept_checkpoint_is_refuted(
    changes: dict[str, object], code: str, message: str, root: Path, outside: Outside
) -> None:
    """Another log, one that had more entries, one that began otherwise: each is told."""
    kept = replace(_checkpoint(root, KEPT), **changes)
    told = _told(root, replace(outside, checkpoints=(("mine.txt", kept),)))
    assert _same(told, [(code, "log/checkpoint", message), *VOUCHED])


def test_nothing_is_confirmed_of_a_log_without_a_root(root: Path) -> None:
    """Where entries and tiles are gone, a kept checkpoint shows that they are not those of then."""
    kept = _checkpoint(root, KEPT)
    _both(_flip(ENTRIES), _flip(TILE))(root)
    codes = {told[:2] for told in _told(root, Outside(checkpoints=(("mine.txt", kept),)))}
    assert ("CK-E613", "log/checkpoint") in codes
    assert ("CK-E612", KEPT) not in codes


def test_another_key_and_another_authority_are_not_trusted(root: Path, tmp_path: Path) -> None:
    """Who trusts others is told that neither has signed."""
    (tmp_path / "tsa").mkdir()
    roots = parse_roots(make_authority(tmp_path / "tsa").root_pem)
    told = _told(root, Outside(keys=(THIEF.verifier,), roots=roots))
    unknown = ("CK-E614", "log/checkpoint", "no trusted key has signed this")
    foreign = ("CK-I617", STAMP, "the timestamp does not verify: .*")
    assert _same(told, [unknown, foreign, NO_STAMP])


def test_one_stamp_that_leads_to_trust_is_enough(root: Path, authority: TimestampAuthority) -> None:
    """Whichever it is: that another one does not takes nothing away."""
    store = ArchiveStore.open(root)
    with store.writing() as writer:
        writer.write_note("tide2023", "Once more.\n")
    with serve_authority(authority) as url:
        seal(store, keys=Keys(signing=KEY), tsa=[url], allow_private=True, now=NOON)
    for pem in (_make_archive()[1], authority.root_pem):
        told = _told(root, Outside(keys=(KEY.verifier,), roots=parse_roots(pem)))
        assert sorted(code for code, *_ in told) == ["CK-I617", "CK-I618", "CK-I620"]


def test_an_unsigned_log_is_called_so(tmp_path: Path) -> None:
    """Where no entry names a key, nobody was to sign."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(), now=NOON)
    message = "consistent (unsigned); signer not authenticated"
    assert ("CK-I615", "log/checkpoint", message) in _told(store.root)


def test_the_logs_own_signature_is_missed(root: Path) -> None:
    """Signatures that were stripped, and one that a stranger added, are told by their keys."""
    path = root / "log" / "checkpoint"
    note = parse_note(path.read_bytes())
    path.write_bytes(write_note(sign_note(replace(note, signatures=()), THIEF)))
    own = f"the log's own key has not signed it: {KEY.verifier}"
    thief = f"{ORIGIN}+{THIEF.verifier.key_id.hex()}"
    foreign = f"is signed by {thief}, a key that no entry of the log names"
    told = [line for line in _told(root) if line[0] != "CK-I617"]
    assert told == [("CK-E627", "log/checkpoint", own), ("CK-E627", "log/checkpoint", foreign)]


@pytest.mark.parametrize("later", [False, True], ids=["at-once", "after-a-later-seal"])
def test_trust_follows_the_key_to_its_successor(
    root: Path, outside: Outside, authority: TimestampAuthority, *, later: bool
) -> None:
    """Both keys have signed one checkpoint: the one that stands, or one that is kept."""
    store = ArchiveStore.open(root)
    with serve_authority(authority) as url:
        keys = Keys(signing=NEW_KEY, old=KEY)
        seal(store, keys=keys, tsa=[url], allow_private=True, now=NOON)
    if later:
        with store.writing() as writer:
            writer.write_note("tide2023", "Once more.\n")
        seal(store, keys=Keys(signing=NEW_KEY), now=NOON)
    told = _told(root, outside)
    (signed,) = [line for line in told if line[0] == "CK-I620"]
    both = f"signed by {NEW_KEY.verifier}" + ("" if later else f", {KEY.verifier}")
    assert signed == ("CK-I620", "log/checkpoint", both)
    assert [line[0] for line in told].count("CK-I618") == 2
    stranger = _told(root, replace(outside, keys=(THIEF.verifier,)))
    assert "CK-E614" in {line[0] for line in stranger}


def test_a_seal_that_was_stopped_is_no_alarm(root: Path, outside: Outside, tmp_path: Path) -> None:
    """The checkpoint of the log with what waits is there already; one of another root is wrong."""
    store = ArchiveStore.open(root)
    with store.writing() as writer:
        writer.write_note("tide2023", "Once more.\n")
    waits = ("CK-I604", "items/tide2023/note.md", "has changed; the event waits for a seal")
    assert _same(_told(root, outside), [waits, *VOUCHED])
    done = Path(shutil.copytree(root, tmp_path / "done"))
    seal(ArchiveStore.open(done), keys=Keys(signing=KEY), now=NOON)
    kept = root / "trust" / "checkpoints" / "322"
    kept.write_bytes((done / "log" / "checkpoint").read_bytes())
    state = LogFolder(ArchiveStore.open(done).layout).whole_entry(321)
    LogFolder(store.layout).append([state])  # a seal has it wait before it does anything else
    stopped = ("CK-I608", "trust/checkpoints/322", "a seal was stopped")
    assert _same(_told(root, outside), [stopped, waits, *VOUCHED])
    _kept(322, size=322)(root)
    wrong = ("CK-E612", "trust/checkpoints/322", "the log had 322 entries, and has 320")
    assert _same(_told(root, outside), [wrong, waits, *VOUCHED])


def test_without_the_package_a_stamp_is_not_checked(
    root: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That it could not be read is no reason to call it wrong, and none to trust it."""
    monkeypatch.setitem(sys.modules, "rfc3161_client", None)
    told = _told(root, outside)
    assert _same(told, [SIGNED, ("CK-I617", STAMP, "not checked: .*rfc3161-client.*"), NO_STAMP])


def test_without_the_package_no_signature_is_judged(
    root: Path, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who asks for trust is told what to install, not that nobody has signed."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.asymmetric", None)
    with pytest.raises(MissingExtra):
        _told(root, outside)
