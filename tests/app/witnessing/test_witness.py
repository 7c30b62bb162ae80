"""A witness signs what only grew since it looked last, and nothing else, whatever it is shown."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import Report, verify
from citekit.app.witnessing.judge import DidNotGrow, Elsewhere, NotSigned
from citekit.app.witnessing.log_folder import StateDoesNotFollow
from citekit.app.witnessing.memory import memory_file
from citekit.app.witnessing.take_in import take_in
from citekit.app.witnessing.witness import Cosigned, make_witness_key, witness
from citekit.errors import (
    CitekitError,
    IntegrityFailed,
    InvalidData,
    NotFound,
    StoreConflict,
    UsageError,
)
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.leaf import encode_leaf, parse_leaf
from citekit.integrity.note import Note, parse_note, write_note
from citekit.integrity.sign import SignerKey, new_signer_key, sign_note
from citekit.integrity.witness.cosignature import verify_cosignatures
from citekit.integrity.witness.request import WitnessRequest, write_request
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.store.staging import Journal, begin
from citekit.testing.builders import build_archive
from citekit.testing.faults import killed_at
from citekit.testing.tamper import sealed_archive

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.app.sealing.signing_keys import NewKey

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NEW_KEY = new_signer_key(ORIGIN, b"n" * 32)
THIEF = new_signer_key(ORIGIN, b"t" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keys and memories of these tests alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive that was sealed once."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    return store


@pytest.fixture
def own() -> NewKey:
    """The key of the witness, which has seen nothing yet."""
    return make_witness_key("witness.example/w")


def _go_on(store: ArchiveStore, note: str, key: SignerKey = KEY) -> ArchiveStore:
    """One more change, sealed."""
    with store.writing() as writer:
        writer.write_note("tide2023", f"{note}\n")
    seal(store, keys=Keys(signing=key), now=NOON)
    return store


def _copy(store: ArchiveStore, name: str) -> ArchiveStore:
    target = store.root.parent / name
    return ArchiveStore.open(Path(shutil.copytree(store.root, target)))


def _look(store: ArchiveStore, *, at: datetime = NOON, **options: Any) -> Cosigned:  # noqa: ANN401  # of witness()
    """The witness looks at it, who knows the key of the log."""
    return witness(store.root, now=at, **{"trust": [str(KEY.verifier)], **options})


def _verify(store: ArchiveStore, own: NewKey) -> Report:
    outside = Outside(keys=(KEY.verifier,), witnesses=(own.verifier,))
    return verify(ArchiveStore.open(store.root), outside=outside)


def _codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


def _standing(store: ArchiveStore) -> Checkpoint:
    return parse_checkpoint(store.layout.checkpoint_file.read_bytes())[0]


# ── what it signs ──────────────────────────────────────────────────────────────────────────────


def test_a_witness_signs_what_it_sees(store: ArchiveStore, own: NewKey) -> None:
    """The line is right, stands below the checkpoint, and verify asks for it."""
    cosigned = _look(store)
    checkpoint, note = parse_checkpoint(cosigned.note)
    assert checkpoint == _standing(store)
    (said,) = verify_cosignatures(note, [own.verifier], now=NOON)
    assert said.at == NOON
    assert _codes(_verify(store, own)) == {"CK-E650", "CK-I620"}
    taken = take_in(store, cosigned.note)
    assert taken.witnesses == (own.verifier.short,)
    report = _verify(store, own)
    assert report.exit_code(strict=True) == 0
    (told,) = [f.message for f in report.findings if f.code == "CK-I654"]
    assert told.endswith(f"saw the log with {checkpoint.size} entries at 2026-11-22T12:00:00Z")


def test_a_line_alone_is_taken_in_for_what_stands(store: ArchiveStore, own: NewKey) -> None:
    """As the protocol of C2SP hands it over; twice is once, and two witnesses are two."""
    other = make_witness_key("other.example/w", store.root.parent / "other.key")
    line = _look(store).line.encode()
    take_in(store, line)
    take_in(store, line)
    second = _look(store, signing_key=other.path).line.encode()
    path = Path(take_in(store, second).path)
    names = [s.name for s in parse_note(path.read_bytes()).signatures]
    assert names == ["witness.example/w", "other.example/w"]
    assert _verify(store, own).exit_code() == _verify(store, other).exit_code() == 0


@pytest.mark.usefixtures("own")
def test_a_log_that_grew_is_signed_again(store: ArchiveStore) -> None:
    """From what was seen last; the same log any time."""
    assert _look(store).since is None
    first = _standing(store).size
    _go_on(store, "More.")
    size = _standing(store).size
    assert _look(store).since == first
    again = _look(store, at=NOON + timedelta(hours=1))
    assert (again.since, again.size) == (size, size)


def test_a_long_log_is_followed_from_bundle_to_bundle(tmp_path: Path, own: NewKey) -> None:
    """Over 256 entries: a proof leads from any size that was seen."""
    store = sealed_archive(tmp_path / "archive", KEY)
    assert _standing(store).size > 256
    _look(store)
    assert _look(_go_on(store, "One more.")).since == _standing(store).size - 2
    assert own.verifier.name == "witness.example/w"


@pytest.mark.usefixtures("own")
def test_an_unknown_log_is_not_signed(store: ArchiveStore) -> None:
    """Nobody has said whose it is; after the first time the key is remembered."""
    with pytest.raises(NotFound, match="knows no key of"):
        _look(store, trust=[])
    with pytest.raises(NotSigned):
        _look(store, trust=[str(THIEF.verifier)])
    stranger = new_signer_key("coast.example/log", b"c" * 32)
    with pytest.raises(UsageError, match="is no key of"):
        _look(store, trust=[str(stranger.verifier)])
    (inside,) = store.root.glob("trust/keys/*.vkey")
    with pytest.raises(UsageError, match="inside the archive proves nothing"):
        _look(store, trust=[str(inside)])
    outside = Path(shutil.copy(inside, store.root.parent / "owner.vkey"))
    _look(store, trust=[str(outside)])
    assert _look(_go_on(store, "More."), trust=[]).since


@pytest.mark.usefixtures("own")
def test_a_change_of_keys_is_followed(store: ArchiveStore) -> None:
    """Who knew the old key comes to know the new one; the old one signs nothing more."""
    _look(store)
    seal(store, keys=Keys(signing=NEW_KEY, old=KEY), now=NOON)
    _look(store, trust=[])
    _go_on(store, "By the new key.", NEW_KEY)
    path = store.layout.checkpoint_file
    text = parse_note(path.read_bytes()).text
    path.write_bytes(write_note(sign_note(Note(text=text), KEY)))
    with pytest.raises(NotSigned, match="another key replaced that one"):
        _look(store, trust=[])
    path.write_bytes(write_note(sign_note(Note(text=text), NEW_KEY)))
    assert _look(store, trust=[]).since


def test_the_folder_log_is_enough(store: ArchiveStore, own: NewKey, tmp_path: Path) -> None:
    """The owner need not hand out the archive; the entries have no text of it."""
    folder = tmp_path / "sent" / "log"
    shutil.copytree(store.layout.log, folder)
    cosigned = witness(folder, trust=[str(KEY.verifier)], now=NOON)
    take_in(store, cosigned.note)
    assert _verify(store, own).exit_code() == 0


# ── what it refuses ────────────────────────────────────────────────────────────────────────────


def _shorter(store: ArchiveStore) -> ArchiveStore:
    old = _copy(store, "old")
    _look(_go_on(store, "Later."))
    return old


def _other_root_of_one_size(store: ArchiveStore) -> ArchiveStore:
    fork = _copy(store, "fork")
    _look(_go_on(store, "To the one."))
    return _go_on(fork, "To the other.")


def _longer_fork(store: ArchiveStore) -> ArchiveStore:
    return _go_on(_other_root_of_one_size(store), "And on.")


def _other_entries(store: ArchiveStore) -> ArchiveStore:
    (bundle,) = store.layout.log.glob("tile/entries/*/*")
    bundle.write_bytes(bundle.read_bytes().replace(b"harbour2024", b"harbour2025"))
    return store


def _unsigned(store: ArchiveStore) -> ArchiveStore:
    path = store.layout.checkpoint_file
    path.write_bytes(write_note(Note(text=parse_note(path.read_bytes()).text)))
    return store


def _second_log_of_the_key(store: ArchiveStore) -> ArchiveStore:
    _look(store)
    shutil.rmtree(store.root / "log")
    shutil.rmtree(store.root / "trust")
    return _go_on(store, "From the beginning, and longer.")


def _false_state(store: ArchiveStore) -> ArchiveStore:
    """One whose owner signs a state that the entries do not give."""
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    first, *_, last = log.entries(standing.size)
    leaf = {**parse_leaf(last), "size": standing.size + 1, "root": f"sha256:{'5' * 64}"}
    tree = log.grow(standing, [first, encode_leaf(leaf)], staging=begin(store.layout, Journal()))
    checkpoint = Checkpoint(origin=ORIGIN, size=tree.size, root=tree.root())
    log.commit(write_note(sign_note(Note(text=checkpoint.text), KEY)))
    return store


def _no_state(store: ArchiveStore) -> ArchiveStore:
    """One whose owner signs a checkpoint that does not end with a state."""
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    first, *_ = log.entries(standing.size)
    tree = log.grow(standing, [first], staging=begin(store.layout, Journal()))
    checkpoint = Checkpoint(origin=ORIGIN, size=tree.size, root=tree.root())
    log.commit(write_note(sign_note(Note(text=checkpoint.text), KEY)))
    return store


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (_shorter, IntegrityFailed, r"it went back"),
        (_other_root_of_one_size, IntegrityFailed, r"fork: .* entries with root .* root"),
        (_longer_fork, IntegrityFailed, r"fork: .* entries with root .* and at .* had root"),
        (_second_log_of_the_key, IntegrityFailed, r"fork: "),
        (_other_entries, IntegrityFailed, r"do not have the root"),
        (_unsigned, NotSigned, r"no trusted key has signed"),
        (_false_state, StateDoesNotFollow, r"has the root 5{64}"),
        (_no_state, StateDoesNotFollow, r"does not end with one"),
    ],
)
def test_nothing_else_is_signed(
    store: ArchiveStore,
    change: Callable[[ArchiveStore], ArchiveStore],
    error: type[CitekitError],
    message: str,
) -> None:
    """Whoever shows it holds the owner's key: the history is what it goes by."""
    shown = change(store)
    before = _memory()
    with pytest.raises(error, match=message):
        _look(shown)
    assert _memory() == before


def _memory() -> bytes:
    (path,) = (Path(os.environ["XDG_DATA_HOME"]) / "citekit" / "witness").glob("*.json")
    return path.read_bytes()


@pytest.mark.usefixtures("own")
def test_of_two_histories_at_once_one_is_signed(store: ArchiveStore) -> None:
    """Looking and remembering is one step: who comes second is told of the fork."""
    _look(store)
    stores = [_go_on(_copy(store, f"fork-{n}"), f"Fork {n}.") for n in range(4)]
    with ThreadPoolExecutor(len(stores)) as pool:
        told = list(pool.map(_outcome, stores))
    assert sorted(told) == ["fork", "fork", "fork", "signed"]


def _outcome(store: ArchiveStore) -> str:
    try:
        _look(store)
    except IntegrityFailed as error:
        return error.message.partition(":")[0]
    return "signed"


# ── its memory ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lost", ["memory", "count", "both", "older"])
def test_a_lost_memory_is_told_and_signs_nothing(
    store: ArchiveStore, own: NewKey, lost: str
) -> None:
    """Deleted, or put back from an older copy: only somebody's decision goes on."""
    memory, count = memory_file(own.verifier), own.path.with_name(f"{own.path.name}.count")
    older = memory.read_bytes()
    _look(store)
    if lost in ("memory", "both"):
        memory.unlink()
    if lost in ("count", "both"):
        count.unlink()
    if lost == "older":
        memory.write_bytes(older)
    with pytest.raises(StoreConflict, match=r"is gone|is an older copy"):
        _look(store)
    assert _look(store, start_over=True).size == _standing(store).size
    assert _look(_go_on(store, "More.")).since


@pytest.mark.usefixtures("own")
def test_its_own_signature_reminds_it(store: ArchiveStore, own: NewKey) -> None:
    """All of its files were put back, and the log shows what it had signed since."""
    memory, count = memory_file(own.verifier), own.path.with_name(f"{own.path.name}.count")
    older = memory.read_bytes(), count.read_bytes()
    fork = _go_on(_copy(store, "fork"), "Another.")
    take_in(store, _look(_go_on(store, "One.")).note)
    memory.write_bytes(older[0])
    count.write_bytes(older[1])
    with pytest.raises(StoreConflict, match="shows a cosignature of this witness"):
        _look(store)
    shutil.copytree(store.layout.log / "cosigned", fork.layout.log / "cosigned")
    with pytest.raises(StoreConflict, match="shows a cosignature of this witness"):
        _look(store, at=NOON - timedelta(days=400))
    with pytest.raises(IntegrityFailed, match="fork"):
        _look(fork, start_over=True)
    assert _look(store, start_over=True).since == _standing(store).size


@pytest.mark.parametrize(
    "text", ["", "{}", "[", '{"format":"citekit-witness/1","witness":"x","count":-1}']
)
def test_a_memory_that_is_none_is_told(store: ArchiveStore, own: NewKey, text: str) -> None:
    """Damaged or of another witness: nothing is signed."""
    memory_file(own.verifier).write_text(text)
    with pytest.raises(InvalidData):
        _look(store)


@pytest.mark.usefixtures("own")
def test_a_clock_that_went_back_signs_nothing(store: ArchiveStore) -> None:
    """A cosignature says when it was made; the second cannot be before the first."""
    _look(store)
    with pytest.raises(StoreConflict, match="the clock says"):
        _look(_go_on(store, "More."), at=NOON - timedelta(hours=1))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child that is killed is a fork")
def test_a_witness_killed_anywhere_signs_one_history(store: ArchiveStore, own: NewKey) -> None:
    """After a SIGKILL at any call it goes on, and what it may have signed it remembers."""
    _look(store)
    fork, store = _go_on(_copy(store, "fork"), "Other."), _go_on(store, "One.")
    home = [Path(os.environ[name]) for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME")]
    for folder in home:
        shutil.copytree(folder, folder.with_name(f"{folder.name}-before"))
    output = own.path.with_name("signed")
    for n in range(1, 60):
        was_killed = killed_at(n, lambda: output.write_bytes(_look(store).note))
        if output.exists():
            with pytest.raises(IntegrityFailed, match="fork"):
                _look(fork)
        assert _outcome(fork) in ("fork", "signed"), f"call {n}"
        if not was_killed:
            break
        output.unlink(missing_ok=True)
        for folder in home:
            shutil.rmtree(folder)
            shutil.copytree(folder.with_name(f"{folder.name}-before"), folder)
    assert 5 < n < 59


# ── requests from afar ─────────────────────────────────────────────────────────────────────────


def _request(store: ArchiveStore, old: int, **changes: Any) -> Path:  # noqa: ANN401  # of WitnessRequest
    log, path = LogFolder(store.layout), store.root.parent / "request"
    size = _standing(store).size
    hashes = log.prove_begins(old, size) if 0 < old < size else ()
    request = {"old": old, "hashes": hashes, "checkpoint": log.standing().data, **changes}  # type: ignore[union-attr]  # it was sealed
    path.write_bytes(write_request(WitnessRequest(**request)))
    return path


@pytest.mark.usefixtures("own")
def test_a_request_is_answered_as_the_protocol_says(store: ArchiveStore) -> None:
    """With the entries beside it; from another size, or by a wrong proof, it is refused."""
    size = _standing(store).size
    assert _look(store, request=_request(store, 0)).size == size
    _go_on(store, "More.")
    with pytest.raises(Elsewhere) as told:
        _look(store, request=_request(store, 0))
    assert told.value.size == size
    with pytest.raises(DidNotGrow, match="did not grow from"):
        _look(store, request=_request(store, size, hashes=(bytes(32),)))
    assert _look(store, request=_request(store, size)).since == size
    later = _request(store, _standing(store).size)
    with pytest.raises(UsageError, match="the request is about"):
        _look(_go_on(store, "And more."), request=later)


# ── taking in ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("own")
def test_only_what_is_of_this_log_is_taken_in(store: ArchiveStore, tmp_path: Path) -> None:
    """A fork is told by name; what nobody has cosigned, and another log's, is refused."""
    fork = _go_on(_copy(store, "fork"), "Another.")
    theirs = _look(fork).note
    with pytest.raises(IntegrityFailed, match="and has"):
        take_in(store, theirs)
    _go_on(store, "One.")
    with pytest.raises(IntegrityFailed, match=r"^fork: "):
        take_in(store, theirs)
    with pytest.raises(InvalidData, match="no witness has signed"):
        take_in(store, store.layout.checkpoint_file.read_bytes())
    other = build_archive(tmp_path / "other")
    with pytest.raises(UsageError, match="nothing is sealed"):
        take_in(other, theirs)
    with pytest.raises(InvalidData):
        take_in(store, b"not a note")


def test_a_memory_has_no_secret(own: NewKey) -> None:
    """It may be read by others; it says which logs were seen, no more."""
    memory = json.loads(memory_file(own.verifier).read_text())
    assert memory == {"format": "citekit-witness/1", "witness": str(own.verifier)}
