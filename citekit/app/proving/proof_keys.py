"""Who vouches for the checkpoint of a proof: keys, those they handed over to, and witnesses.

A revoked key vouches only where something covers it from before (``integrity.revocation``): here a
trusted timestamp or cosignature of the very checkpoint, or of an earlier one that the key had
signed and that has every entry of the proof, or a checkpoint that the reader kept.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, IntegrityFailed, InvalidData, MissingExtra, Place
from citekit.integrity.checkpoint import (
    Checkpoint,
    is_same_tree,
    own_signatures,
    parse_checkpoint_text,
)
from citekit.integrity.note import Note
from citekit.integrity.revocation import Authority, Revocation, Revoked
from citekit.integrity.rotation import KeyStep, follow_keys, has_signed
from citekit.integrity.sign import parse_vkey
from citekit.integrity.witness.cosignature import Cosignature, verify_cosignatures
from citekit.model.records.codec import read_instant
from citekit.model.value import Value, replace
from citekit.store.clock import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from citekit.app.proving.proof_reading import ReadEntry, ReadProof
    from citekit.app.proving.proof_verdict import ProofVerdict
    from citekit.app.verifying.log_checks.trust_anchors import Outside
    from citekit.integrity.sign import VerifierKey


class ProofEvidence(Value):
    """That a checkpoint was there at an instant (None: the reader kept it), with these entries.

    A timestamp is of bytes, whoever made them, so the key has to have signed what was stamped.
    """

    checkpoint: Checkpoint
    indexes: frozenset[int]
    at: datetime | None = None
    signed: Note | None = None

    def counts(self, key: VerifierKey, before: datetime) -> bool:
        """Whether it shows what the key had signed before an instant."""
        is_in_time = self.at is None or self.at < before
        return is_in_time and (self.signed is None or has_signed(self.signed, key))


def check_signature(
    verdict: ProofVerdict, read: ReadProof, outside: Outside, evidence: Sequence[ProofEvidence]
) -> None:
    """Whether a key that is trusted, or that one has handed over to, has signed the checkpoint."""
    note, ours = read.entries[0].note, read.entries[0].checkpoint
    own = own_signatures(ours, note)
    verdict.signers = tuple(f"{s.name}+{s.key_id.hex()}" for s in own)
    if not outside.keys:
        return
    everything = frozenset(entry.proof.index for entry in read.entries)

    def covers_tree(key: VerifierKey, before: datetime, about: Checkpoint) -> bool:
        return any(
            part.counts(key, before) and is_same_tree(part.checkpoint, about) for part in evidence
        )

    def covers(key: VerifierKey, before: datetime, _: int, about: Note) -> bool:
        checkpoint = parse_checkpoint_text(about.text)
        return covers_tree(key, before, checkpoint) or any(
            part.counts(key, before)
            and is_same_tree(checkpoint, ours)
            and everything <= part.indexes
            for part in evidence
        )

    proven = [entry for entry in read.rotations if _is_key_of(entry, verdict)]
    steps = [step for entry in proven for step in _steps(entry)]
    said = (r for entry in proven for r in _revocations(entry, ours))
    revocations = [*outside.revocations, *said]
    try:
        chain = follow_keys(outside.keys, steps, revocations, covers)
        signers = chain.signers(note, ours.size, covers)
    except MissingExtra:
        raise
    except Revoked as error:
        verdict.findings.append(found("CK-E652", Place(), error.message))
        return
    except CitekitError as error:
        verdict.findings.append(found("CK-E634", Place(), error.message))
        return
    verdict.signers = tuple(map(str, signers))
    verdict.is_authentic = True
    verdict.is_checkpoint_authentic = any(
        key not in chain.revoked or covers_tree(key, chain.revoked[key].begins_at, ours)
        for key in signers
    )
    names = ", ".join(verdict.signers)
    verdict.proven.append(f"the log says so at its checkpoint, signed by {names}")
    for key in signers:
        if key in chain.revoked:
            told = f"{key.short} {chain.revoked[key].told}; this is covered from before"
            verdict.findings.append(found("CK-I655", Place(), told))


def _is_key_of(entry: ReadEntry, verdict: ProofVerdict) -> bool:
    """Whether it is a proven entry of this log about a key."""
    ours = verdict.checkpoint
    same_log = ours is not None and entry.checkpoint.origin == ours.origin
    return same_log and entry.event.get("action") == "key" and entry.is_proven


def _steps(entry: ReadEntry) -> Iterator[KeyStep]:
    """The change of keys that an entry says."""
    with suppress(InvalidData):
        yield KeyStep(
            new=parse_vkey(str(entry.event.get("vkey"))),
            replaces=str(entry.event.get("replaces")),
            entry=entry.proof.index,
            size=entry.checkpoint.size,
            note=entry.note,
        )


def _revocations(entry: ReadEntry, ours: Checkpoint) -> Iterator[Revocation]:
    """What the key that an entry names says of one before it; somebody has to vouch for that."""
    with suppress(InvalidData, ValueError):
        said_by = parse_vkey(str(entry.event.get("vkey")))
        begins_at = entry.event.get("revoked_from")
        is_vouched = is_same_tree(entry.checkpoint, ours) or has_signed(entry.note, said_by)
        if begins_at is not None and is_vouched:
            yield Revocation(
                key_id=str(entry.event.get("replaces")),
                begins_at=read_instant(str(begins_at)),
                authority=Authority.SUCCESSOR,
                said_by=said_by,
                entry=entry.proof.index,
                size=entry.checkpoint.size,
                note=entry.note,
            )


def cosignatures(read: ReadProof, outside: Outside) -> tuple[Cosignature, ...]:
    """What trusted witnesses say of the checkpoint; raises IntegrityFailed for a wrong line."""
    note = read.entries[0].note
    whole = replace(note, signatures=(*note.signatures, *read.cosignatures))
    return verify_cosignatures(whole, outside.witnesses, now=now())


def check_witnesses(verdict: ProofVerdict, read: ReadProof, outside: Outside) -> None:
    """Whether each witness that is asked for has cosigned the checkpoint."""
    if not outside.witnesses:
        return
    try:
        found_here = cosignatures(read, outside)
    except IntegrityFailed as error:
        verdict.findings.append(found("CK-E653", Place(), error.message))
        return
    verdict.cosignatures += found_here
    size = read.entries[0].checkpoint.size
    for cosignature in found_here:
        verdict.proven.append(f"a witness saw the log with {size} entries: {cosignature}")
    for witness in _absent(outside.witnesses, found_here):
        message = f"{witness.short} has not cosigned its checkpoint of {size} entries"
        verdict.findings.append(found("CK-E650", Place(), message))


def _absent(
    witnesses: Iterable[VerifierKey], found_here: Iterable[Cosignature]
) -> Iterator[VerifierKey]:
    there = {cosignature.witness for cosignature in found_here}
    yield from (witness for witness in witnesses if witness not in there)
