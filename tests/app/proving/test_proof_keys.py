"""Who vouches for a proof's checkpoint, word by word: revoked keys, what covers them, witnesses.

The log is of our own making: the record of an item, then what each case lets it say.
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.proof_keys import ProofEvidence
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import leaf_hash, prove_consistency, prove_inclusion, root_of
from citekit.integrity.note import Note, write_note, write_signature
from citekit.integrity.proof import LogProof, write_proof
from citekit.integrity.revocation import Authority, Revocation
from citekit.integrity.sign import WITNESS, SignerKey, VerifierKey, new_signer_key, sign_note
from citekit.integrity.witness.cosignature import cosign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.app.proving.proof_verdict import ProofVerdict

ORIGIN = "citekit.invalid/keys"
OLD = new_signer_key(ORIGIN, b"k" * 32)
NEW = new_signer_key(ORIGIN, b"n" * 32)
FIRST, SECOND = (
    new_signer_key(f"{name}.example/w", name[:1].encode() * 32, algorithm=WITNESS)
    for name in ("one", "two")
)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RECORD = '{"id": "gull2024"}'
ITEM, CAPTURE = "items/gull2024/item.json", "items/gull2024/captures/20240302T093000Z.json"

Event = dict[str, Any]
SAID: tuple[Event, ...] = tuple(
    {"action": "item", "subject": path, "digest": digest_bytes(RECORD.encode())}
    for path in (ITEM, CAPTURE)
)
HAND_OVER: Event = {
    "action": "key", "replaces": OLD.verifier.key_id.hex(), "vkey": str(NEW.verifier),
}  # fmt: skip
REVOKING: Event = {**HAND_OVER, "revoked_from": "2026-11-22T12:00:00Z"}
FROM_NOON = Revocation(
    key_id=OLD.verifier.key_id.hex(), begins_at=NOON, authority=Authority.VERIFIER
)
NOT_COVERED = "and nothing that you trust covers from before what it has signed here"
IS_REVOKED = f"{OLD.verifier.short} is revoked from 2026-11-22T12:00:00Z, you say"


class Log:
    """A log with these entries, of whose first ones there are checkpoints too."""

    def __init__(self, *events: Event) -> None:
        self.events = events
        self.leaves = [leaf_hash(encode_leaf(event)) for event in events]

    def checkpoint(self, size: int) -> Checkpoint:
        """The one that the log had with so many entries."""
        return Checkpoint(origin=ORIGIN, size=size, root=root_of(self.leaves[:size]))

    def note(self, size: int, *signers: SignerKey) -> Note:
        """That checkpoint, signed."""
        note = Note(text=self.checkpoint(size).text)
        for signer in signers:
            note = sign_note(note, signer)
        return note

    def entry(self, index: int, size: int, *signers: SignerKey) -> Event:
        """An entry with its proof under the checkpoint of ``size`` entries that these signed."""
        hashes = prove_inclusion(index, size, self.node)
        signed = write_note(self.note(size, *signers))
        proof = write_proof(LogProof(index=index, hashes=hashes, checkpoint=signed))
        return {"entry": encode_leaf(self.events[index]).decode(), "proof": proof.decode()}

    def since(self, size: int) -> Event:
        """The part of a proof that leads on from the tree of ``size`` entries."""
        way = prove_consistency(size, len(self.leaves), self.node)
        return {"size": size, "hashes": [b64encode(one).decode() for one in way]}

    def node(self, level: int, index: int) -> bytes:
        """A node of the tree, as proofs ask for it."""
        return root_of(self.leaves[index << level : (index + 1) << level])


def _proof(log: Log, *signers: SignerKey, shown: Sequence[int] = (0,), **parts: list[Any]) -> bytes:
    """A proof of the entries ``shown``, under the whole log as these signed it."""
    size = len(log.leaves)
    document = {
        "format": "citekit-proof/1", "key": "gull2024", "made_at": "2026-11-22T12:00:00Z",
        "tool": {"name": "citekit", "version": "test"},
        "files": [{"path": log.events[index]["subject"], "text": RECORD} for index in shown],
        "entries": [log.entry(index, size, *signers) for index in shown], **parts,
    }  # fmt: skip
    return json.dumps(document).encode()


def _told(verdict: ProofVerdict) -> list[tuple[str, str | None, str]]:
    return [(f.code, f.place and f.place.json_path, f.message) for f in verdict.findings]


def _outside(*witnesses: VerifierKey, kept: Sequence[Checkpoint] = (), **more: Any) -> Outside:  # noqa: ANN401  # any anchor
    checkpoints = tuple(("kept.txt", checkpoint) for checkpoint in kept)
    return Outside(
        keys=(OLD.verifier,), witnesses=witnesses, checkpoints=checkpoints,
        revocations=more.pop("revocations", (FROM_NOON,)), **more,
    )  # fmt: skip


def _line(log: Log, size: int, at: datetime, key: SignerKey = FIRST) -> str:
    return write_signature(cosign(log.checkpoint(size).text, key, at)).removesuffix("\n")


LOG = Log(SAID[0], {"action": "item", "subject": "items/tern2024/item.json"})


def test_what_a_revoked_key_signed_is_worth_nothing_by_itself() -> None:
    """Its name, from when, who says so; the proof is not authentic."""
    verdict = check_proof(_proof(LOG, OLD), _outside())
    assert _told(verdict) == [("CK-E652", None, f"{IS_REVOKED}, {NOT_COVERED}")]
    assert not verdict.is_authentic
    assert not verdict.is_checkpoint_authentic
    assert verdict.exit_code == 6


@pytest.mark.parametrize(("before", "is_enough"), [(HOUR, True), (timedelta(0), False)])
def test_a_witness_from_before_covers_the_checkpoint(before: timedelta, *, is_enough: bool) -> None:
    """What it saw at the very instant from which the key is revoked is too late."""
    data = _proof(LOG, OLD, cosignatures=[_line(LOG, 2, NOON - before)])
    verdict = check_proof(data, _outside(FIRST.verifier))
    told = ("CK-I655", f"{IS_REVOKED}; this is covered from before")
    refused = ("CK-E652", f"{IS_REVOKED}, {NOT_COVERED}")
    assert [(f.code, f.message) for f in verdict.findings] == [told if is_enough else refused]
    assert verdict.findings[0].place is not None
    assert verdict.is_authentic is verdict.is_checkpoint_authentic is is_enough


def test_a_kept_checkpoint_covers_itself() -> None:
    """Whoever kept it knows that it was there."""
    verdict = check_proof(_proof(LOG, OLD), _outside(kept=[LOG.checkpoint(2)]))
    assert [f.code for f in verdict.findings] == ["CK-I655"]
    assert verdict.is_checkpoint_authentic


def test_an_earlier_checkpoint_covers_what_it_has() -> None:
    """The entries of the proof, not the checkpoint that the revoked key has signed since."""
    earlier = _outside(kept=[LOG.checkpoint(1)])
    verdict = check_proof(_proof(LOG, OLD, since=[LOG.since(1)]), earlier)
    assert [f.code for f in verdict.findings] == ["CK-I655"]
    assert verdict.is_authentic
    assert not verdict.is_checkpoint_authentic


def test_an_earlier_checkpoint_that_lacks_an_entry_covers_nothing() -> None:
    """All that the proof shows has to be from before."""
    log = Log(*SAID)
    data = _proof(log, OLD, shown=(0, 1), since=[log.since(1)])
    verdict = check_proof(data, _outside(kept=[log.checkpoint(1)]))
    assert _told(verdict) == [("CK-E652", None, f"{IS_REVOKED}, {NOT_COVERED}")]
    whole = Log(*SAID, LOG.events[1])
    data = _proof(whole, OLD, shown=(0, 1), since=[whole.since(2)])
    verdict = check_proof(data, _outside(kept=[whole.checkpoint(2)]))
    assert [f.code for f in verdict.findings] == ["CK-I655"]


def test_a_stamp_counts_for_the_key_that_had_signed_what_was_stamped() -> None:
    """Anybody can have bytes stamped; a witness and the reader look at the log themselves."""
    key, checkpoint = OLD.verifier, LOG.checkpoint(2)
    parts: dict[str, Any] = {"checkpoint": checkpoint, "indexes": frozenset([0])}
    signed, by_other = LOG.note(2, OLD), LOG.note(2, NEW)
    assert ProofEvidence(**parts, at=NOON - HOUR, signed=signed).counts(key, NOON)
    assert not ProofEvidence(**parts, at=NOON - HOUR, signed=by_other).counts(key, NOON)
    assert not ProofEvidence(**parts, at=NOON, signed=signed).counts(key, NOON)
    assert ProofEvidence(**parts, at=NOON - HOUR).counts(key, NOON)
    assert not ProofEvidence(**parts, at=NOON).counts(key, NOON)
    assert ProofEvidence(**parts).counts(key, NOON)


# ── what the key that replaced it says of a key ────────────────────────────────────────────────


def _successor_says(
    event: Event, *signers: SignerKey, in_another_log: bool = False
) -> ProofVerdict:
    """The verdict on a log that the old key still signs, where the new one says such a thing.

    ``signers`` are those of the checkpoint that proves the saying; both signed the hand-over.
    """
    log = Log(SAID[0], HAND_OVER, event)
    spoken = Log(SAID[0], HAND_OVER, event, LOG.events[1]) if in_another_log else log
    said = spoken.entry(2, len(spoken.leaves), *signers)
    rotations = [log.entry(1, 2, OLD, NEW), said]
    data = _proof(log, NEW, rotations=rotations)
    return check_proof(data, _outside(revocations=()))


def test_a_successor_may_revoke_the_key_before_it() -> None:
    """Then the hand-over counts for nothing either, and with it the new key."""
    (finding,) = _successor_says(REVOKING, NEW).findings
    says = f"is revoked from 2026-11-22T12:00:00Z, {NEW.verifier.short} says, which replaced it"
    told = f"{OLD.verifier.short} {says} (entry 2), {NOT_COVERED}"
    assert (finding.code, finding.message) == ("CK-E652", told)


def test_an_entry_of_the_proven_tree_needs_no_second_signature() -> None:
    """The proof's own checkpoint is signed; the same tree without a signature says the same."""
    assert [f.code for f in _successor_says(REVOKING).findings] == ["CK-E652"]


def test_in_another_tree_the_successor_has_to_have_signed() -> None:
    """Else anybody could write such an entry."""
    signed = _successor_says(REVOKING, NEW, in_another_log=True)
    assert [f.code for f in signed.findings] == ["CK-E652"]
    unsigned = _successor_says(REVOKING, in_another_log=True)
    assert (unsigned.findings, unsigned.is_authentic) == ([], True)


@pytest.mark.parametrize(
    "event",
    [
        {**REVOKING, "revoked_from": "soon"},
        {**REVOKING, "vkey": "none"},
        {**REVOKING, "replaces": "00000000"},
        {**REVOKING, "vkey": str(OLD.verifier)},
        HAND_OVER,
    ],
    ids=["no-date", "no-key", "of-another-key", "by-itself", "no-revocation"],
)
def test_what_is_no_revocation_revokes_nothing(event: Event) -> None:
    """The proof stays what it was."""
    verdict = _successor_says(event, NEW)
    assert (verdict.findings, verdict.is_authentic) == ([], True)


# ── witnesses ──────────────────────────────────────────────────────────────────────────────────


def _witnessed(*lines: str) -> ProofVerdict:
    data = _proof(LOG, OLD, cosignatures=list(lines))
    return check_proof(data, _outside(FIRST.verifier, SECOND.verifier, revocations=()))


def test_each_witness_that_is_asked_for_is_told_of() -> None:
    """When it saw the log, or that it has not."""
    verdict = _witnessed(_line(LOG, 2, NOON), _line(LOG, 2, NOON + HOUR))
    absent = f"{SECOND.verifier.short} has not cosigned its checkpoint of 2 entries"
    assert _told(verdict) == [("CK-E650", None, absent)]
    saw = f"{FIRST.verifier.short} at 2026-11-22T12:00:00Z"
    assert f"a witness saw the log with 2 entries: {saw}" in verdict.proven
    assert list(map(str, verdict.cosignatures)) == [saw]
    assert verdict.exit_code == 6


def test_a_line_below_the_checkpoint_itself_counts_too() -> None:
    """Wherever the lines stand: in the file's list, or in the note."""
    signed = LOG.note(2, OLD)
    line = cosign(LOG.checkpoint(2).text, SECOND, NOON)
    note = write_note(Note(text=signed.text, signatures=(*signed.signatures, line)))
    document = json.loads(_proof(LOG, OLD, cosignatures=[_line(LOG, 2, NOON)]))
    hashes = prove_inclusion(0, 2, LOG.node)
    proof = write_proof(LogProof(index=0, hashes=hashes, checkpoint=note)).decode()
    document["entries"] = [{**document["entries"][0], "proof": proof}]
    outside = _outside(FIRST.verifier, SECOND.verifier, revocations=())
    verdict = check_proof(json.dumps(document).encode(), outside)
    assert verdict.findings == []
    assert {one.witness for one in verdict.cosignatures} == {FIRST.verifier, SECOND.verifier}


def test_a_wrong_line_of_a_witness_is_a_forgery() -> None:
    """Of another checkpoint, or from the future: nothing else is told of witnesses then."""
    name = FIRST.verifier.short
    wrong = _witnessed(_line(LOG, 1, NOON))
    assert _told(wrong) == [("CK-E653", None, f"the cosignature of {name} is wrong")]
    future = _witnessed(_line(LOG, 2, datetime(9000, 1, 1, tzinfo=UTC)))
    assert _told(future) == [("CK-E653", None, f"the cosignature of {name} is from the future")]
    assert (future.cosignatures, future.exit_code) == ((), 6)


def test_who_is_not_asked_for_is_not_read() -> None:
    """However wrong its line is."""
    data = _proof(LOG, OLD, cosignatures=[_line(LOG, 1, NOON)])
    verdict = check_proof(data, _outside(revocations=()))
    assert (verdict.findings, verdict.cosignatures) == ([], ())
