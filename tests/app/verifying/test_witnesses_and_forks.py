"""``verify`` asks for witnesses by name, and calls a fork a fork."""

from __future__ import annotations

import shutil
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from citekit import Archive
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.prove import prove
from citekit.app.sealing.auto_seal import AutoSeal
from citekit.app.sealing.seal import Keys, seal
from citekit.app.sealing.stamp import stamp
from citekit.app.verifying.log_checks.log_tree import Reading
from citekit.app.verifying.log_checks.trust_anchors import Outside, read_outside
from citekit.app.verifying.verify import Report, verify
from citekit.app.witnessing.take_in import take_in
from citekit.cli.run import run
from citekit.errors import InvalidData
from citekit.findings import Severity
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.merkle import leaf_hash, root_of
from citekit.integrity.note import Note, NoteSignature, parse_note, write_note, write_signature
from citekit.integrity.sign import (
    WITNESS,
    SignerKey,
    VerifierKey,
    new_signer_key,
    sign_note,
    write_signer_key,
)
from citekit.integrity.timestamp import parse_roots
from citekit.integrity.witness.cosignature import cosign
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import build_archive
from citekit.testing.tsa import TimestampAuthority, serve_authority

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
FIRST = new_signer_key("one.example/w", b"1" * 32, algorithm=WITNESS)
SECOND = new_signer_key("two.example/w", b"2" * 32, algorithm=WITNESS)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchiveStore:
    """An archive that was sealed once."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    return store


def _go_on(store: ArchiveStore, note: str) -> ArchiveStore:
    with store.writing() as writer:
        writer.write_note("tide2023", f"{note}\n")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    return store


def _copy(store: ArchiveStore, name: str) -> ArchiveStore:
    return ArchiveStore.open(Path(shutil.copytree(store.root, store.root.parent / name)))


def _standing(store: ArchiveStore) -> Checkpoint:
    return parse_checkpoint(store.layout.checkpoint_file.read_bytes())[0]


def _line(store: ArchiveStore, key: SignerKey = FIRST, at: datetime = NOON) -> bytes:
    return write_signature(cosign(_standing(store).text, key, at)).encode()


def _verify(store: ArchiveStore, *witnesses: VerifierKey, **more: object) -> Report:
    outside = Outside(keys=(KEY.verifier,), witnesses=witnesses)
    return verify(ArchiveStore.open(store.root), outside=replace(outside, **more))


def _errors(report: Report) -> list[tuple[str, str]]:
    return [(f.code, f.message) for f in report.findings if f.severity is Severity.ERROR]


def _passed_over(report: Report) -> list[tuple[str, str]]:
    """Where the lines of others are, and whose."""
    return [
        (str(f.place).rpartition("/")[0][-12:], f.message.rpartition(": ")[2])
        for f in report.findings
        if f.code == "CK-I656"
    ]


def test_each_witness_is_asked_for(store: ArchiveStore) -> None:
    """One that has cosigned, and one that has not; nobody asks for those that are not named."""
    take_in(store, _line(store))
    assert _errors(_verify(store)) == []
    assert _passed_over(_verify(store)) == [("log/cosigned", FIRST.verifier.short)]
    assert _passed_over(_verify(store, FIRST.verifier)) == []
    assert _errors(_verify(store, FIRST.verifier)) == []
    ((code, told),) = _errors(_verify(store, FIRST.verifier, SECOND.verifier))
    assert (code, told) == (
        "CK-E650",
        f"{SECOND.verifier.short} has cosigned nothing of this log",
    )


def test_a_log_that_went_on_is_no_longer_covered(store: ArchiveStore) -> None:
    """How far the witness saw is told, and since when."""
    take_in(store, _line(store))
    seen = _standing(store).size
    _go_on(store, "Later.")
    ((code, told),) = _errors(_verify(store, FIRST.verifier))
    assert code == "CK-E650"
    assert f"saw the log with {seen} entries at 2026-11-22T12:00:00Z, and has not" in told
    for hours in (3, 1, 2):
        take_in(store, _line(store, at=NOON + timedelta(hours=hours)))
    (now,) = [f.message for f in _verify(store, FIRST.verifier).findings if f.code == "CK-I654"]
    assert now.endswith("entries at 2026-11-22T13:00:00Z")


def test_an_archive_without_a_log_has_no_witness(tmp_path: Path) -> None:
    """Who names one is told, also where nothing was ever sealed."""
    store = build_archive(tmp_path / "archive")
    assert ("CK-E650", f"there is no checkpoint that {FIRST.verifier.short} cosigned") in _errors(
        _verify(store, FIRST.verifier, keys=())
    )


@pytest.mark.parametrize(
    "line",
    [
        cosign(f"{ORIGIN}\n3\nAAAA\n", FIRST, NOON),
        cosign("coast.example/log\n3\nAAAA\n", FIRST, NOON),
    ],
    ids=["another size", "another log"],
)
def test_a_cosignature_of_something_else_is_wrong(store: ArchiveStore, line: NoteSignature) -> None:
    """Glued below this checkpoint, a signature of a trusted witness is tampering."""
    take_in(store, write_signature(line).encode())
    assert _errors(_verify(store)) == []
    codes = {code for code, _ in _errors(_verify(store, FIRST.verifier))}
    assert codes == {"CK-E653", "CK-E650"}


def test_a_cosignature_from_the_future_is_wrong(store: ArchiveStore) -> None:
    """The clock of the witness, or somebody, is not to be trusted."""
    take_in(store, _line(store, at=datetime.now(UTC) + timedelta(days=1)))
    told = dict(_errors(_verify(store, FIRST.verifier)))
    assert told["CK-E653"].endswith("is from the future")


def test_lines_of_witnesses_below_the_checkpoint_itself_are_as_good(
    store: ArchiveStore, authority: TimestampAuthority
) -> None:
    """As other tools put them there: own signature, stamps and automatic seals go on as before."""
    path = store.layout.checkpoint_file
    with serve_authority(authority) as url:
        stamp(store, [url], allow_private=True)
        lines = [cosign(_standing(store).text, FIRST, NOON + timedelta(hours=n)) for n in (0, 1)]
        note = parse_note(path.read_bytes())
        path.write_bytes(write_note(replace(note, signatures=(lines[0], *note.signatures, *lines))))
        stamp(store, [url], allow_private=True)
    roots = parse_roots(authority.root_pem)
    assert _errors(_verify(store, FIRST.verifier, roots=roots)) == []
    verdict = check_proof(
        prove(store, "tide2023").data,
        Outside(keys=(KEY.verifier,), witnesses=(FIRST.verifier,), roots=roots),
    )
    assert (verdict.exit_code, len(verdict.times)) == (0, 2)
    assert verdict.signers == (str(KEY.verifier),)
    assert check_proof(prove(store, "tide2023").data).signers == (KEY.verifier.short,)
    _go_on(store, "Sealed on.")
    assert _errors(_verify(store, roots=roots)) == []


def test_an_automatic_seal_signs_on_below_a_witness(
    store: ArchiveStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The line of a witness is no second signer."""
    file = tmp_path / "own.key"
    file.write_text(f"{write_signer_key(KEY)}\n")
    file.chmod(0o600)
    monkeypatch.setenv("CITEKIT_SIGNING_KEY", str(file))
    path = store.layout.checkpoint_file
    path.write_bytes(path.read_bytes() + _line(store))
    sealing = ArchiveStore(store.root, store.settings, after_change=AutoSeal())
    with sealing.writing() as writer:
        writer.write_note("tide2023", "By itself.\n")
    report = _verify(store)
    assert _errors(report) == []
    assert report.exit_code(strict=True) == 0


def test_a_stranger_in_the_logs_own_name_is_none_of_them(store: ArchiveStore) -> None:
    """Whoever signs as the log has to be a key that the log names."""
    path = store.layout.checkpoint_file
    note = parse_note(path.read_bytes())
    own_name = new_signer_key(ORIGIN, b"1" * 32, algorithm=WITNESS)
    line = cosign(note.text, own_name, NOON)
    path.write_bytes(write_note(replace(note, signatures=(*note.signatures, line))))
    assert {code for code, _ in _errors(_verify(store))} == {"CK-E627"}


# ── what lies in log/cosigned ──────────────────────────────────────────────────────────────────


def _cosigned(store: ArchiveStore, checkpoint: Checkpoint, *, size: int | None = None) -> None:
    path = store.layout.cosigned_checkpoint(size or checkpoint.size)
    path.parent.mkdir(exist_ok=True)
    line = cosign(checkpoint.text, FIRST, NOON)
    path.write_bytes(write_note(Note(text=checkpoint.text, signatures=(line,))))


def test_a_cosigned_checkpoint_of_another_log_tells_of_a_fork(store: ArchiveStore) -> None:
    """The owner showed a witness another history than this one."""
    fork = _go_on(_copy(store, "fork"), "To the witness.")
    _go_on(store, "To the reader.")
    _cosigned(store, _standing(fork))
    for witnesses in ((), (FIRST.verifier,)):
        told = dict(_errors(_verify(store, *witnesses)))
        assert told["CK-E651"].startswith("fork: log/cosigned/")
        assert all(
            b64encode(_standing(one).root).decode() in told["CK-E651"] for one in (store, fork)
        )


def test_a_log_that_went_back_is_told_by_what_was_cosigned(store: ArchiveStore) -> None:
    """It had more entries once; and a name says which size is in the file."""
    old = _copy(store, "old")
    _cosigned(old, _standing(_go_on(store, "Later.")))
    assert [code for code, _ in _errors(_verify(old))] == ["CK-E612"]
    _cosigned(store, _standing(store), size=3)
    assert [code for code, _ in _errors(_verify(store))] == ["CK-E612"]


@pytest.mark.parametrize("name", ["0", "017", "x", "5/5", "note.txt"])
def test_nothing_else_lies_there(store: ArchiveStore, name: str) -> None:
    """Files of other names are extra."""
    path = store.layout.log / "cosigned" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(store.layout.checkpoint_file.read_bytes())
    assert [code for code, _ in _errors(_verify(store))] == ["CK-E101"]


def test_a_damaged_one_is_told(store: ArchiveStore) -> None:
    """Bytes that are no checkpoint are named; taking in a good one mends it."""
    path = store.layout.cosigned_checkpoint(_standing(store).size)
    path.parent.mkdir()
    path.write_bytes(b"\xff")
    assert [code for code, _ in _errors(_verify(store))] == ["CK-E609"]
    take_in(store, _line(store))
    assert _errors(_verify(store, FIRST.verifier)) == []


# ── forks ──────────────────────────────────────────────────────────────────────────────────────


def test_two_checkpoints_of_one_size_are_a_fork(store: ArchiveStore, tmp_path: Path) -> None:
    """Whichever of them this log is, or none: both are named, with size and roots."""
    kept = []
    for name in ("one", "two"):
        fork = _go_on(_copy(store, name), f"To {name}.")
        path = tmp_path / f"{name}.note"
        shutil.copy(fork.layout.checkpoint_file, path)
        kept.append(str(path))
    size = _standing(fork).size
    roots = [b64encode(parse_checkpoint(Path(path).read_bytes())[0].root).decode() for path in kept]
    outside = read_outside([str(KEY.verifier)], kept, archive=fork.root)
    told = [
        message for code, message in _errors(verify(fork, outside=outside)) if code == "CK-E651"
    ]
    assert f"with {size} entries has root {roots[0]} in {kept[0]}" in told[0]
    assert f"root {roots[1]} in {kept[1]}" in told[0]
    assert "this log" in told[1]
    assert len(told) == 2
    proof = prove(fork, "tide2023").data
    verdict = check_proof(proof, read_outside([], kept))
    assert [f.code for f in verdict.findings] == ["CK-E651", "CK-E651"]
    assert verdict.exit_code == 6


def test_a_fork_further_back_is_told_with_both_sizes(store: ArchiveStore) -> None:
    """The log has grown since; its root at that size is recomputed."""
    kept = _standing(_go_on(_copy(store, "fork"), "To another."))
    _go_on(_go_on(store, "To you."), "And on.")
    ((code, told),) = _errors(_verify(store, checkpoints=(("kept", kept),)))
    assert code == "CK-E651"
    assert f"kept has {kept.size} entries with root" in told
    assert f"this log {_standing(store).size} entries with root" in told
    assert f"at {kept.size} entries had root" in told


def test_a_second_log_of_the_same_key_is_found_by_what_is_outside(store: ArchiveStore) -> None:
    """The owner, or a thief, begins anew: the key alone cannot tell, all else can."""
    kept, cosigned = _standing(store), _line(store)
    shutil.rmtree(store.root / "log")
    shutil.rmtree(store.root / "trust")
    _go_on(_go_on(store, "Another"), "history.")
    assert _errors(_verify(store)) == []
    assert dict(_errors(_verify(store, checkpoints=(("kept", kept),)))).keys() == {"CK-E651"}
    assert dict(_errors(_verify(store, FIRST.verifier))).keys() == {"CK-E650"}
    take_in(store, cosigned)
    assert "CK-E653" in dict(_errors(_verify(store, FIRST.verifier)))


def test_very_many_cosigned_checkpoints_take_no_longer_than_the_log() -> None:
    """Each has its root compared, and the tree is made once: one of each size in a long log."""
    reading = Reading()
    reading.rows = [b"".join(leaf_hash(b"%d" % n) for n in range(256))] * 40
    begin = time.process_time()
    reading.find_roots(range(0, 10_241, 8))
    assert time.process_time() - begin < 10
    again = Reading()
    again.rows = reading.rows
    for size in (0, 1, 255, 256, 257, 5_000, 10_240):
        assert reading.root_at(size) == again.root_at(size) == _root(again.rows, size)


def _root(rows: list[bytes], size: int) -> bytes:
    whole = b"".join(rows)
    return root_of([whole[32 * n : 32 * n + 32] for n in range(size)])


# ── how it is asked for ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("trust", "witness"), [(str(FIRST.verifier), None), (str(KEY.verifier), str(KEY.verifier))]
)
def test_a_key_of_the_other_kind_is_refused(trust: str, witness: str | None) -> None:
    """The key of a witness makes no log trusted, that of a log is no witness."""
    with pytest.raises(InvalidData, match=r"the public key of a (witness|log), not of a"):
        read_outside([trust], witnesses=[witness] if witness else [])


def test_the_commands_ask_for_witnesses(
    store: ArchiveStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """verify, cite and check-proof, by a key or a file of keys."""
    take_in(store, _line(store))
    keys = tmp_path / "witnesses.txt"
    keys.write_text(f"# ours\n{FIRST.verifier}\n")
    root = ["--archive", str(store.root)]
    proof = tmp_path / "proof.json"
    proof.write_bytes(Archive(store).prove("tide2023").data)
    trust = ["--trust", str(KEY.verifier)]
    for words in (
        [*root, "verify", *trust],
        [*root, "cite", "tide2023"],
        ["check-proof", str(proof), *trust],
    ):
        assert run([*words, "--witness", str(keys)]) == 0
        assert run([*words, "--witness", str(FIRST.verifier)]) == 0
        assert run([*words, "--witness", str(SECOND.verifier)]) == 6
    capsys.readouterr()
    assert run(["--json", "check-proof", str(proof), *trust, "--witness", str(keys)]) == 0
    assert f'"witness": "{FIRST.verifier}"' in capsys.readouterr().out
    note = sign_note(Note(text="x\n"), KEY)
    (tmp_path / "x").write_bytes(write_note(note))
    assert run([*root, "seal", "--witness", str(tmp_path / "x")]) == 4
