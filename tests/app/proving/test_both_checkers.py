"""citekit and the standalone script judge every proof file alike, whatever was changed in it.

They share no code, so one of them would not repeat a mistake of the other. Each field is changed
in every way that its kind allows: a fault of one checker that the other finds is a red test.
"""

from __future__ import annotations

import importlib.util
import json
from base64 import b64encode
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit import Archive
from citekit.app.changing.purge import purge
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.proof_file import parse_proof_file
from citekit.app.proving.prove import Proof, prove
from citekit.app.sealing.revoking import KeyToRevoke
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.witnessing.take_in import take_in
from citekit.errors import IntegrityFailed, UsageError
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.merkle import leaf_hash, prove_consistency, root_of, verify_consistency
from citekit.integrity.note import Note, parse_note, write_note, write_signature
from citekit.integrity.revocation import Authority, Revocation
from citekit.integrity.sign import WITNESS, new_signer_key, sign_note
from citekit.integrity.tree import TiledTree
from citekit.integrity.witness.cosignature import cosign
from citekit.model.value import replace
from citekit.testing.builders import build_archive
from citekit.testing.json_changes import changes
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.store.archive import ArchiveStore

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NEW_KEY = new_signer_key(ORIGIN, b"n" * 32)
WITNESS_KEY = new_signer_key("witness.example/w", b"w" * 32, algorithm=WITNESS)
LATER = datetime(2026, 11, 23, tzinfo=UTC)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SCRIPT = Path(__file__).parents[3] / "docs" / "check_proof.py"
VECTORS = Path(__file__).parents[2] / "cases" / "state-tree" / "vectors.json"

VERDICTS = (1, 6, 0, 0, 0, 6)
"""Of the proof as it is: nothing covers what the old key has signed from before its end."""


@pytest.fixture(scope="module")
def proof_and_kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Proof, Checkpoint]:
    """A proof with all that one can have: a renaming, a purge, another key, stamps old and new.

    It leads on from a checkpoint that somebody kept, which covers all of its entries. A witness has
    seen it, and the log says that the old key is revoked.
    """
    folder = tmp_path_factory.mktemp("both")
    (folder / "tsa").mkdir()
    store = build_archive(folder / "archive")
    with serve_authority(make_authority(folder / "tsa")) as url:
        seal(store, keys=Keys(signing=KEY), tsa=[url], allow_private=True, now=NOON)
        Archive(store).rename("harbour2024", "quay2024")
        seal(store, keys=Keys(signing=NEW_KEY, old=KEY), tsa=[url], allow_private=True, now=NOON)
        purge(store, "quay2024", reason="asked to")
        seal(store, keys=Keys(signing=NEW_KEY), now=NOON)
        kept = _standing(store)
        with store.writing() as writer:
            writer.write_note("tide2023", "Sealed after that.\n")
        revoked = KeyToRevoke(key_id=KEY.verifier.key_id.hex(), begins_at=LATER)
        keys = Keys(signing=NEW_KEY, revoked=(revoked,))
        seal(store, keys=keys, tsa=[url], allow_private=True, now=NOON)
    note = parse_note(store.layout.checkpoint_file.read_bytes())
    take_in(store, write_signature(cosign(note.text, WITNESS_KEY, NOON)).encode())
    return prove(store, "quay2024", now=NOON, since=[kept]), kept


@pytest.fixture(scope="module")
def proof(proof_and_kept: tuple[Proof, Checkpoint]) -> Proof:
    """That proof."""
    return proof_and_kept[0]


def _standing(store: ArchiveStore) -> Checkpoint:
    return parse_checkpoint(store.layout.checkpoint_file.read_bytes())[0]


@pytest.fixture(scope="module")
def script() -> Callable[[list[str]], int]:
    """The standalone program, in this process: thousands of its own would take an hour."""
    spec = importlib.util.spec_from_file_location("check_proof_script", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    main: Callable[[list[str]], int] = module.main
    return main


Checker = Callable[[bytes], tuple[int, ...]]
Checkers = tuple[Checker, Checker]


@pytest.fixture(scope="module")
def checkers(
    script: Callable[[list[str]], int],
    proof_and_kept: tuple[Proof, Checkpoint],
    tmp_path_factory: pytest.TempPathFactory,
) -> Checkers:
    """Both, each giving its verdict for whoever trusts nothing, the old key, the new key, a root.

    The root is of a checkpoint that is smaller than the proof's. The last two ask for a witness as
    well; one of them knows of another date from which the old key is revoked.
    """
    _, kept = proof_and_kept
    path = tmp_path_factory.mktemp("script") / "proof.json"
    keys = (KEY.verifier, NEW_KEY.verifier)

    by_reader = Revocation(
        key_id=KEY.verifier.key_id.hex(),
        begins_at=datetime(2026, 11, 24, tzinfo=UTC),
        authority=Authority.VERIFIER,
    )

    def ours(data: bytes) -> tuple[int, ...]:
        trusts = (
            Outside(),
            *(Outside(keys=(key,)) for key in keys),
            Outside(checkpoints=(("kept", kept),)),
            Outside(keys=keys[1:], witnesses=(WITNESS_KEY.verifier,)),
            Outside(keys=keys[:1], witnesses=(WITNESS_KEY.verifier,), revocations=(by_reader,)),
        )
        return tuple(check_proof(data, trust).exit_code for trust in trusts)

    def theirs(data: bytes) -> tuple[int, ...]:
        path.write_bytes(data)
        words = (
            [],
            *(["--vkey", str(key)] for key in keys),
            _as_words(kept),
            ["--vkey", str(keys[1]), "--witness", str(WITNESS_KEY.verifier)],
            [
                *("--vkey", str(keys[0]), "--witness", str(WITNESS_KEY.verifier)),
                *("--revoked", f"{keys[0]}@2026-11-24"),
            ],
        )
        with redirect_stdout(StringIO()):
            return tuple(script([str(path), *more]) for more in words)

    return ours, theirs


def _as_words(kept: Checkpoint) -> list[str]:
    return ["--root", b64encode(kept.root).decode(), "--size", str(kept.size)]


def test_the_proof_has_every_part(proof: Proof, checkers: Checkers) -> None:
    """What is changed below is there to be changed, and right before that."""
    document = parse_proof_file(proof.data)
    assert all((document.files, document.entries, document.rotations, document.timestamps))
    assert len(document.earlier) == 2
    assert any(entry.edge for earlier in document.earlier for entry in earlier.entries)
    ours, theirs = checkers
    assert document.since
    assert document.cosignatures
    assert ours(proof.data) == theirs(proof.data) == VERDICTS


def test_both_say_the_same_of_every_changed_field(proof: Proof, checkers: Checkers) -> None:
    """Each field is left out, replaced by another kind of value, and changed in itself."""
    ours, theirs = checkers
    told = [
        (what, ours(data), theirs(data))
        for what, document in changes(json.loads(proof.data))
        for data in [json.dumps(document).encode()]
    ]
    assert len(told) > 1500
    assert [line for line in told if line[1] != line[2]] == []


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_both_say_the_same_of_any_changed_byte(
    proof: Proof, checkers: Checkers, data: st.DataObject
) -> None:
    """One byte of the file is another one."""
    ours, theirs = checkers
    position = data.draw(st.integers(0, len(proof.data) - 1))
    byte = data.draw(st.integers(0, 255))
    changed = proof.data[:position] + bytes([byte]) + proof.data[position + 1 :]
    assert ours(changed) == theirs(changed)


def test_both_refuse_a_checkpoint_by_a_replaced_key(
    tmp_path: Path, script: Callable[[list[str]], int]
) -> None:
    """The proof says that the key was replaced: above the hand-over it counts for nothing."""
    store = build_archive(tmp_path / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    seal(store, keys=Keys(signing=NEW_KEY, old=KEY), now=NOON)
    with store.writing() as writer:
        writer.write_note("tide2023", "Sealed by the new key.\n")
    seal(store, keys=Keys(signing=NEW_KEY), now=NOON)
    checkpoint, file = store.layout.checkpoint_file, tmp_path / "proof.json"
    text = parse_note(checkpoint.read_bytes()).text
    for signer, code in ((NEW_KEY, 0), (KEY, 6)):
        checkpoint.write_bytes(write_note(sign_note(Note(text=text), signer)))
        file.write_bytes(prove(store, "tide2023", now=NOON).data)
        assert check_proof(file.read_bytes(), Outside(keys=(KEY.verifier,))).exit_code == code
        assert script([str(file), "--vkey", str(KEY.verifier)]) == code


def test_both_judge_revoked_keys_alike(tmp_path: Path, script: Callable[[list[str]], int]) -> None:
    """At every stage of a log, for each key, witness, date and kept checkpoint."""
    store, file = build_archive(tmp_path / "archive"), tmp_path / "proof.json"
    seal(store, keys=Keys(signing=KEY), now=NOON)
    kept = _standing(store)
    revoked = KeyToRevoke(key_id=KEY.verifier.key_id.hex(), begins_at=LATER)
    told: list[int] = []
    for keys in (
        Keys(signing=KEY),
        Keys(signing=NEW_KEY, old=KEY),
        Keys(signing=NEW_KEY, revoked=(revoked,)),
        Keys(signing=NEW_KEY),
    ):
        with store.writing() as writer:
            writer.write_note("lantern2024", f"{len(told)}\n")
        seal(store, keys=keys, now=NOON)
        note = parse_note(store.layout.checkpoint_file.read_bytes())
        take_in(store, write_signature(cosign(note.text, WITNESS_KEY, NOON)).encode())
        file.write_bytes(prove(store, "tide2023", now=NOON, since=[kept]).data)
        for known in (kept, _standing(store), None):
            for outside, words in _readers(known):
                ours = check_proof(file.read_bytes(), outside).exit_code
                with redirect_stdout(StringIO()):
                    theirs = script([str(file), *words])
                assert ours == theirs, (len(told), words)
                told.append(ours)
    assert {told.count(0) > 40, told.count(6) > 40} == {True}


def _readers(known: Checkpoint | None) -> Iterator[tuple[Outside, list[str]]]:
    """Those who trust a key, and may have a witness, a date and a checkpoint besides."""
    for key in (KEY.verifier, NEW_KEY.verifier):
        for is_witnessed in (False, True):
            for date in (None, "2026-11-22", "2026-11-23"):
                said = Revocation(
                    key_id=KEY.verifier.key_id.hex(),
                    begins_at=datetime.fromisoformat(f"{date or '2026-11-22'}T00:00:00Z"),
                    authority=Authority.VERIFIER,
                )
                outside = Outside(
                    keys=(key,),
                    checkpoints=(("kept", known),) if known else (),
                    witnesses=(WITNESS_KEY.verifier,) if is_witnessed else (),
                    revocations=(said,) if date else (),
                )
                words = ["--vkey", str(key), *(_as_words(known) if known else ())]
                words += ["--witness", str(WITNESS_KEY.verifier)] if is_witnessed else []
                yield outside, words + (["--revoked", f"{KEY.verifier}@{date}"] if date else [])


def test_both_compare_a_kept_checkpoint_of_any_size(
    tmp_path: Path, script: Callable[[list[str]], int]
) -> None:
    """An earlier one vouches for what it has; without a way from there nobody can tell."""
    store, file = build_archive(tmp_path / "archive"), tmp_path / "proof.json"
    kept = []
    for note in ("First.", "Second.", "Third."):
        with store.writing() as writer:
            writer.write_note("lantern2024", f"{note}\n")
            writer.replace_item(store.item("tide2023").with_data(title=note))
        seal(store, keys=Keys(signing=KEY), now=NOON)
        kept.append(_standing(store))
    forged = replace(kept[1], root=kept[0].root)
    way = kept[1:2]
    cases: list[tuple[str, list[Checkpoint], Checkpoint, int]] = [
        ("harbour2024", [], kept[1], 1),
        ("harbour2024", way, kept[1], 0),
        ("harbour2024", way, kept[0], 1),
        ("harbour2024", way, forged, 6),
        ("harbour2024", way, replace(kept[2], root=kept[0].root), 6),
        ("harbour2024", way, replace(kept[2], size=kept[2].size + 1), 1),
        ("harbour2024", way, kept[2], 0),
        ("tide2023", way, kept[1], 1),
    ]
    for key, since, known, code in cases:
        file.write_bytes(prove(store, key, now=NOON, since=since).data)
        verdict = check_proof(file.read_bytes(), Outside(checkpoints=(("kept", known),)))
        assert (key, verdict.exit_code, script([str(file), *_as_words(known)])) == (key, code, code)
    with pytest.raises(IntegrityFailed):
        prove(store, "tide2023", since=[forged])
    with pytest.raises(UsageError):
        prove(store, "tide2023", since=[replace(kept[0], origin="coast.example/log")])


def test_both_follow_every_consistency_proof(script: Callable[[list[str]], int]) -> None:
    """From each size to each larger one, and from no other root or size."""
    only_grew = script.__globals__["only_grew"]
    leaves = [leaf_hash(bytes([number])) for number in range(33)]
    roots = [root_of(leaves[:size]) for size in range(34)]
    tree = TiledTree(33, lambda _level, _index, width: b"".join(leaves[:width]))
    for new in range(2, 34):
        ours = SimpleNamespace(size=new, root=roots[new])
        for old in range(1, new):
            hashes = list(prove_consistency(old, new, tree.node))
            for size, root in (
                (old, roots[old]),
                (old, roots[old - 1]),
                (old % new + 1, roots[old]),
            ):
                expected = size < new and verify_consistency(size, new, hashes, root, roots[new])
                assert (size < new and only_grew(size, root, ours, hashes)) == expected
            assert only_grew(old, roots[old], ours, hashes)
            assert not only_grew(old, roots[old], ours, hashes[:-1])


def test_the_script_follows_the_vectors_of_the_state(script: Callable[[list[str]], int]) -> None:
    """Those that citekit is tested with: it reads each text, and each way leads to the root."""
    program = script.__globals__
    for case in json.loads(VECTORS.read_text("utf-8"))["trees"]:
        for name, proof in case["proofs"].items():
            group = case["groups"][name]
            files, purged = program["read_group"](group)
            assert (files, purged) == (
                json.loads(group)["files"],
                json.loads(group).get("purged", {}),
            )
            bits, hashes = program["read_bits"](proof["bits"]), proof["hashes"]
            state = SimpleNamespace(group=group, bits=bits, hashes=list(map(bytes.fromhex, hashes)))
            assert program["state_root"](name, state).hex() == case["root"]
            assert program["state_root"](f"{name}x", state).hex() != case["root"]


@pytest.mark.parametrize(
    "made_at",
    [
        "0001-01-01T00:00:00+14:00",
        "2026-11-22T12:00:00",
        "2026-11-22",
        "2026-11-22T12:00:00z",
        "now",
    ],
)
def test_both_know_when_there_is_no_instant(proof: Proof, checkers: Checkers, made_at: str) -> None:
    """Instants without a zone or outside the calendar make it no proof file."""
    ours, theirs = checkers
    data = json.dumps({**json.loads(proof.data), "made_at": made_at}).encode()
    assert ours(data) == theirs(data)


def test_a_byte_order_mark_is_no_difference(proof: Proof, checkers: Checkers) -> None:
    """Some editors write one; both read past it."""
    ours, theirs = checkers
    data = b"\xef\xbb\xbf" + proof.data
    assert ours(data) == theirs(data) == VERDICTS


@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 2_000_000,
        '{"format":' + "[" * 400_000 + "]" * 400_000 + "}",
        '{"format":' + "1" * 4_000_000 + "}",
        '{"format":-' + "1" * 4_301 + "}",
        '{"format":1e99999999}',
        '{"format":"' + "x" * 9_000_000 + '"}',
        '{"format":"citekit-proof/1","format":"citekit-proof/1"}',
    ],
    ids=["open", "deep", "digits", "just too many digits", "exponent", "huge", "twice"],
)
def test_both_refuse_hostile_json_at_once(checkers: Checkers, hostile: str) -> None:
    """Depth, digits and bytes without end are no proof file, and no error of the checkers."""
    ours, theirs = checkers
    assert ours(hostile.encode()) == theirs(hostile.encode())
    assert set(ours(hostile.encode())) == {4}


def test_both_refuse_an_item_or_entry_of_endless_digits(proof: Proof, checkers: Checkers) -> None:
    """JSON inside the texts of a proof has the same limits."""
    ours, theirs = checkers
    for part, name in (("files", "text"), ("entries", "entry")):
        document = json.loads(proof.data)
        document[part][0][name] = '{"id":' + "1" * 5_000 + "}"
        data = json.dumps(document).encode()
        assert ours(data) == theirs(data)
        assert 0 not in ours(data)
