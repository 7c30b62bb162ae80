"""Proofs as text: bytes and values correspond one to one, and everything else is refused."""

from __future__ import annotations

import contextlib
from base64 import b64encode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.checkpoint import Checkpoint, write_checkpoint
from citekit.integrity.merkle import leaf_hash, prove_inclusion, root_of
from citekit.integrity.note import MAX_NOTE_BYTES, Note, NoteSignature, write_note
from citekit.integrity.proof import (
    HEADER,
    MAX_EXTRA_BYTES,
    MAX_HASHES,
    LogProof,
    parse_proof,
    write_proof,
)

LEAVES = [leaf_hash(bytes([n])) for n in range(7)]
CHECKPOINT = Checkpoint(origin="example.org/a", size=7, root=root_of(LEAVES))
SIGNED = write_checkpoint(CHECKPOINT)
HASHES = st.binary(min_size=32, max_size=32)
PROOFS = st.builds(
    LogProof,
    index=st.integers(0, 2**63 - 2),
    hashes=st.lists(HASHES, max_size=5).map(tuple),
    checkpoint=st.just(SIGNED),
    extra=st.none() | st.binary(min_size=1, max_size=50),
)
ONE = b64encode(bytes(32)).decode()
GOOD = f"{HEADER}\nextra AAAA\nindex 3\n{ONE}\n\n".encode() + SIGNED


def _node(level: int, index: int) -> bytes:
    return root_of(LEAVES[index << level : (index + 1) << level])


def test_the_text_is_that_of_the_specification() -> None:
    """Header, extra data, index and hashes stand on a line each, then the checkpoint as it was."""
    proof = LogProof(index=3, hashes=(bytes(32),), checkpoint=SIGNED, extra=bytes(3))
    assert write_proof(proof) == GOOD
    assert parse_proof(GOOD) == proof
    plain = f"{HEADER}\nindex 0\n\n".encode() + SIGNED
    assert write_proof(LogProof(index=0, hashes=(), checkpoint=SIGNED)) == plain


@given(PROOFS)
@example(LogProof(index=0, hashes=(bytes(32),) * MAX_HASHES, checkpoint=SIGNED))
@example(LogProof(index=0, hashes=(), checkpoint=SIGNED, extra=bytes(MAX_EXTRA_BYTES)))
def test_proofs_are_read_back(proof: LogProof) -> None:
    """Whatever is written is read back as it was, at the bounds too."""
    assert parse_proof(write_proof(proof)) == proof


@given(st.data())
def test_near_misses_are_written_back_or_refused(data: st.DataObject) -> None:
    """A good proof with a few bytes replaced is read as what it says, or not at all."""
    start = data.draw(st.integers(0, len(GOOD)))
    end = data.draw(st.integers(start, min(len(GOOD), start + 4)))
    changed = GOOD[:start] + data.draw(st.binary(max_size=3)) + GOOD[end:]
    with contextlib.suppress(InvalidData):
        assert write_proof(parse_proof(changed)) == changed


@pytest.mark.parametrize("index", range(7))
def test_a_proof_leads_from_its_entry_alone(index: int) -> None:
    """The leaf at the index leads to the checkpoint, and no other leaf does."""
    hashes = prove_inclusion(index, 7, _node)
    proof = LogProof(index=index, hashes=hashes, checkpoint=SIGNED)
    assert [proof.leads_from(leaf) for leaf in LEAVES] == [n == index for n in range(7)]


def test_a_proof_without_a_checkpoint_leads_nowhere() -> None:
    """What was put in the place of the checkpoint has to be one."""
    with pytest.raises(InvalidData, match="note"):
        LogProof(index=0, hashes=(), checkpoint=b"none").leads_from(LEAVES[0])


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (HEADER, HEADER.replace("1", "2"), "not a proof of a transparency log"),
        (HEADER, HEADER + "\u00a0", "not a proof of a transparency log"),
        ("extra AAAA\nindex 3\n", "", "index of its entry"),
        (f"\nextra AAAA\nindex 3\n{ONE}", "", "index of its entry"),
        ("index 3", "index 03", "index of its entry"),
        ("index 3", "index -3", "index of its entry"),
        ("index 3", "index ٣", "not a proof of a transparency log"),
        ("index 3", "Index 3", "index of its entry"),
        ("index 3", f"index {2**63 - 1}", f"not the index of an entry: {2**63 - 1}"),
        ("extra AAAA", "extra ", "extra data of a proof are empty or too long"),
        ("extra AAAA", "extra AAA", "not base64"),
        ("extra AAAA", "extra AAF=", "not the shortest base64"),
        ("extra AAAA", "other AAAA", "index of its entry"),
        (ONE, "AAAA", "at most 63 hashes of 32 bytes"),
        (ONE, "\n".join([ONE] * 64), "at most 63 hashes of 32 bytes"),
        (ONE, "\n".join([ONE] * 70), "at most 63 hashes of 32 bytes"),
        ("example.org/a\n7", "example.org/a\nseven", "size of a log"),
    ],
)
def test_other_spellings_are_refused(old: str, new: str, message: str) -> None:
    """Header, numbers and base64 have one spelling each; what is wrong is said."""
    changed = GOOD.replace(old.encode(), new.encode(), 1)
    assert changed != GOOD
    with pytest.raises(InvalidData, match=message):
        parse_proof(changed)


def test_what_is_no_proof_is_told_how_one_begins() -> None:
    """Somebody who took the wrong file, or half of one, sees what to look for."""
    with pytest.raises(InvalidData, match="not a proof of a transparency log"):
        parse_proof(GOOD.partition(b"\n\n")[0])
    with pytest.raises(InvalidData) as refused:
        parse_proof(SIGNED)
    assert refused.value.hint == "its first line is c2sp.org/tlog-proof@v1"


@pytest.mark.parametrize("index", [-1, 2**63 - 1])
def test_impossible_indexes_are_not_written(index: int) -> None:
    """A log has no such entry."""
    with pytest.raises(InvalidData, match=f"not the index of an entry: {index}"):
        LogProof(index=index, hashes=(), checkpoint=SIGNED)


@pytest.mark.parametrize("extra", [b"", bytes(MAX_EXTRA_BYTES + 1)], ids=["empty", "long"])
def test_extra_data_are_some_and_not_too_many(extra: bytes) -> None:
    """No extra data are left out, not written as an empty line."""
    with pytest.raises(InvalidData, match="extra data of a proof"):
        LogProof(index=0, hashes=(), checkpoint=SIGNED, extra=extra)


def test_the_size_of_a_proof_is_bounded() -> None:
    """The largest proof that can be written is read; beyond, nothing is taken apart."""
    size = MAX_NOTE_BYTES - len(SIGNED) - 100
    signature = NoteSignature(name="example.org/a", key_id=b"abcd", signature=bytes(3 * size // 4))
    checkpoint = write_note(Note(text=CHECKPOINT.text, signatures=(signature,)))
    largest = LogProof(
        index=2**63 - 2,
        hashes=(b"\xff" * 32,) * MAX_HASHES,
        checkpoint=checkpoint,
        extra=bytes(MAX_EXTRA_BYTES),
    )
    assert parse_proof(write_proof(largest)) == largest
    with pytest.raises(InvalidData, match=r"a proof has at most \d+ bytes, this one 1000000"):
        parse_proof(bytes(1_000_000))
