"""What witnesses have signed is judged word by word: of which size, when, and what is wrong."""

from __future__ import annotations

import shutil
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import verify
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.merkle import leaf_hash, root_of
from citekit.integrity.note import Note, NoteSignature, parse_note, write_note
from citekit.integrity.sign import WITNESS, SignerKey, VerifierKey, new_signer_key, sign_note
from citekit.integrity.witness.cosignature import cosign
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.testing.builders import build_archive, lasting_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    Case = tuple[str, str, Callable[[], Note], str, str | Callable[[], str]]

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
THIEF = new_signer_key(ORIGIN, b"t" * 32)
FIRST, SECOND = (
    new_signer_key(f"{name}.example/w", name[:1].encode() * 32, algorithm=WITNESS)
    for name in ("one", "two")
)
ONE, TWO = FIRST.verifier, SECOND.verifier
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOG, EARLIER, NOW = "log/checkpoint", "log/cosigned/17", "log/cosigned/19"

Told = tuple[str, str, str]


@cache  # once in a process: mutants are tried in forks of one that has made it
def _make_archive() -> Path:
    folder = lasting_folder()
    store = build_archive(folder / "archive")
    for text in ("One.\n", "Two.\n"):
        with store.writing() as writer:
            writer.write_note("tide2023", text)
        seal(store, keys=Keys(signing=KEY), now=NOON)
        size = parse_checkpoint(store.layout.checkpoint_file.read_bytes())[0].size
        shutil.copy(store.layout.checkpoint_file, folder / str(size))
    return store.root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive whose log had 17 entries at its first seal, and has 19."""
    return Path(shutil.copytree(_make_archive(), tmp_path / "archive"))


def _note(size: int) -> Note:
    return parse_note((_make_archive().parent / str(size)).read_bytes())


def _checkpoint(size: int) -> Checkpoint:
    return parse_checkpoint((_make_archive().parent / str(size)).read_bytes())[0]


def _put(root: Path, name: str, note: Note, *lines: NoteSignature) -> None:
    path = root / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(write_note(replace(note, signatures=(*note.signatures, *lines))))


def _line(size: int, key: SignerKey = FIRST, at: datetime = NOON) -> NoteSignature:
    return cosign(_note(size).text, key, at)


def _told(root: Path, *witnesses: VerifierKey) -> list[Told]:
    outside = Outside(keys=(KEY.verifier,), witnesses=witnesses)
    report = verify(ArchiveStore.open(root), outside=outside)
    return [
        (f.code, Path(str(f.place)).relative_to(root).as_posix(), f.message)
        for f in report.findings
        if f.code not in ("CK-I620", "CK-I303")
    ]


def _saw(key: VerifierKey, size: int, at: str = "12:00:00") -> str:
    return f"{key.short} saw the log with {size} entries at 2026-11-22T{at}Z"


def test_who_was_asked_for_is_told_by_what_it_saw(root: Path) -> None:
    """The whole log, less of it, or nothing; of one size the earliest word."""
    _put(root, EARLIER, _note(17), _line(17, at=NOON - HOUR), _line(17, SECOND))
    _put(root, NOW, _note(19), _line(19, at=NOON + HOUR), _line(19, at=NOON + 2 * HOUR))
    third = new_signer_key("three.example/w", b"3" * 32, algorithm=WITNESS).verifier
    assert _told(root, ONE, TWO, third) == [
        ("CK-I654", LOG, _saw(ONE, 19, "13:00:00")),
        ("CK-E650", LOG, f"{_saw(TWO, 17)}, and has not cosigned it with 19"),
        ("CK-E650", LOG, f"{third.short} has cosigned nothing of this log"),
    ]
    _put(root, LOG, _note(19), _line(19, at=NOON))
    assert _told(root, ONE)[-1] == ("CK-I654", LOG, _saw(ONE, 19))
    _put(root, LOG, _note(19), _line(19, at=NOON + 3 * HOUR))
    assert _told(root, ONE)[-1] == ("CK-I654", LOG, _saw(ONE, 19, "13:00:00"))


def test_who_was_not_asked_for_is_named_once_a_file(root: Path) -> None:
    """In the order of the lines; the log's own lines are none."""
    _put(root, NOW, _note(19), _line(19), _line(19, SECOND), _line(19, at=NOON + HOUR))
    not_asked = "not checked, nobody asked for these witnesses:"
    assert _told(root) == [("CK-I656", NOW, f"{not_asked} {ONE.short}, {TWO.short}")]
    assert _told(root, ONE) == [
        ("CK-I656", NOW, f"{not_asked} {TWO.short}"), ("CK-I654", LOG, _saw(ONE, 19)),
    ]  # fmt: skip
    (root / NOW).unlink()
    _put(root, LOG, _note(19), _line(19))
    assert _told(root) == [("CK-I656", LOG, f"{not_asked} {ONE.short}")]


def test_a_wrong_line_hides_no_other_file(root: Path) -> None:
    """Where it is, that is told; what the same witness says elsewhere is heard."""
    _put(root, EARLIER, _note(17), _line(19))
    _put(root, NOW, _note(19), _line(19))
    assert _told(root, ONE) == [
        ("CK-E653", EARLIER, f"the cosignature of {ONE.short} is wrong"),
        ("CK-I654", LOG, _saw(ONE, 19)),
    ]


def _fork(size: int) -> Note:
    return sign_note(Note(text=replace(_checkpoint(size), root=bytes(32)).text), KEY)


def _broken(size: int) -> Note:
    (line,) = _note(size).signatures
    broken = replace(line, signature=bytes([line.signature[0] ^ 1]) + line.signature[1:])
    return replace(_note(size), signatures=(broken,))


def _base64(root: bytes) -> str:
    return b64encode(root).decode()


def _of_another(**changes: object) -> Note:
    return Note(text=replace(_checkpoint(17), **changes).text)


NOT_OF_IT = f"has a signature by {THIEF.verifier.short} that is not of this log"
OTHER = "is the checkpoint of another log or size"
STATELESS = "the log has states since entry 16, but does not end with one"
TWICE = "has the same signature twice"


def _forked() -> str:
    then, now = (_base64(_checkpoint(size).root) for size in (17, 19))
    return (
        f"fork: {EARLIER} has 17 entries with root {_base64(bytes(32))}, this log 19 entries with "
        f"root {now}, and at 17 entries had root {then}"
    )


WRONG: list[Case] = [
    ("another size", "log/cosigned/18", lambda: _note(17), "CK-E612", OTHER),
    ("another log", EARLIER, lambda: _of_another(origin="coast.example/log"), "CK-E612", OTHER),
    ("a later one", "log/cosigned/20", lambda: _of_another(size=20), "CK-E612",
     "the log had 20 entries, and has 19"),
    ("a fork", EARLIER, lambda: _fork(17), "CK-E651", _forked),
    ("a stranger in the log's name", EARLIER, lambda: sign_note(_note(17), THIEF), "CK-E653",
     NOT_OF_IT),
    ("a broken signature", EARLIER, lambda: _broken(17), "CK-E653",
     f"has a signature by {KEY.verifier.short} that is not of this log"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "make", "code", "says"), [pytest.param(*case, id=what) for what, *case in WRONG]
)
def test_what_is_not_of_this_log_is_told_and_vouches_for_nothing(
    name: str, make: Callable[[], Note], code: str, says: str | Callable[[], str], root: Path
) -> None:
    """Whoever is asked for; a right one beside it is heard."""
    note, message = make(), says if isinstance(says, str) else says()
    _put(root, name, note, cosign(note.text, FIRST, NOON))
    assert _told(root) == [(code, name, message)]
    assert _told(root, ONE) == [
        (code, name, message), ("CK-E650", LOG, f"{ONE.short} has cosigned nothing of this log"),
    ]  # fmt: skip
    _put(root, NOW, _note(19), _line(19))
    assert _told(root, ONE) == [(code, name, message), ("CK-I654", LOG, _saw(ONE, 19))]


def test_a_line_may_not_stand_there_twice(root: Path) -> None:
    """No tool writes that, and it would count as two."""
    _put(root, EARLIER, _note(17), _line(17), _line(17))
    assert _told(root) == [("CK-E653", EARLIER, TWICE)]


def test_a_size_at_which_the_log_had_no_state_is_none_of_its_seals(root: Path) -> None:
    """Each of its seals ends with one since the first."""
    *entries, _ = LogFolder(ArchiveStore.open(root).layout).entries(19)
    leaves = [leaf_hash(entry) for entry in entries]
    checkpoint = Checkpoint(origin=ORIGIN, size=18, root=root_of(leaves))
    _put(root, "log/cosigned/18", Note(text=checkpoint.text), cosign(checkpoint.text, FIRST, NOON))
    assert _told(root) == [("CK-E641", "log/cosigned/18", STATELESS)]


def test_a_damaged_one_is_told_and_hides_no_other(root: Path) -> None:
    """By its name."""
    (root / "log/cosigned").mkdir()
    (root / EARLIER).write_bytes(b"none")
    _put(root, NOW, _note(19), _line(19))
    damaged, seen = _told(root, ONE)
    assert damaged[:2] == ("CK-E609", EARLIER)
    assert damaged[2].startswith("a note has a blank line")
    assert seen == ("CK-I654", LOG, _saw(ONE, 19))


def test_of_a_log_without_a_root_nobody_vouches_for_an_earlier_size(root: Path) -> None:
    """Entries and tiles are lost: what a witness saw then cannot be compared."""
    _put(root, EARLIER, _note(17), _line(17))
    for name in ("log/tile/entries/000.p/19", "log/tile/0/000.p/19"):
        (root / name).unlink()
    told = _told(root, ONE)
    assert ("CK-E650", LOG, f"{ONE.short} has cosigned nothing of this log") in told
    assert not [line for line in told if line[1] == EARLIER]


def _stateless() -> Note:
    """A checkpoint of the log's first 18 entries, the last of which is no state."""
    *entries, _ = LogFolder(ArchiveStore.open(_make_archive()).layout).entries(19)
    root = root_of([leaf_hash(entry) for entry in entries])
    return Note(text=Checkpoint(origin=ORIGIN, size=18, root=root).text)


@pytest.mark.parametrize(
    ("size", "note", "told"),
    [
        (18, lambda: sign_note(_stateless(), KEY), ("CK-E641", STATELESS)),
        (17, lambda: Note(text=_note(17).text), ("CK-E627", "no key of the log has signed it")),
        (
            17,
            lambda: sign_note(_note(17), THIEF),
            ("CK-E627", f"has a signature by {THIEF.verifier.short} that is not of this log"),
        ),
    ],
    ids=["stateless", "unsigned", "signed-by-another"],
)
def test_a_kept_checkpoint_that_is_none_of_its_seals_is_told(
    size: int, note: Callable[[], Note], told: tuple[str, str], root: Path
) -> None:
    """With its place, whoever brought it there."""
    name = f"trust/checkpoints/{size}"
    _put(root, name, note())
    assert _told(root) == [(told[0], name, told[1])]


def test_a_checkpoint_from_outside_that_is_none_of_its_seals_is_told(root: Path) -> None:
    """Its tree is one that the log passed through, and that nobody can have sealed."""
    checkpoint, _ = parse_checkpoint(write_note(_stateless()))
    outside = Outside(keys=(KEY.verifier,), checkpoints=(("kept.txt", checkpoint),))
    report = verify(ArchiveStore.open(root), outside=outside)
    (told,) = [f for f in report.findings if f.code == "CK-E641"]
    assert str(told.place) == str(root / LOG)
    assert told.message == f"kept.txt: {STATELESS}"
