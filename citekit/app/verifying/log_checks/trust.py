"""Who vouches for the log: signatures, timestamps, and checkpoints that were kept elsewhere."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from citekit.app.verifying.log_checks.evidence import (
    Evidence,
    Kept,
    covering,
    fault_of_lines,
    named_keys,
    names_below,
)
from citekit.app.verifying.log_checks.timestamps import check_timestamps
from citekit.app.verifying.log_checks.witnesses import check_witnesses, cosigned_sizes
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, InvalidData, MissingExtra
from citekit.findings import Finding, Severity
from citekit.integrity.checkpoint import Checkpoint, own_signatures, parse_checkpoint
from citekit.integrity.note import MAX_NOTE_BYTES
from citekit.integrity.revocation import Authority, Revocation, Revoked
from citekit.integrity.rotation import KeyStep, follow_keys
from citekit.integrity.sign import is_signature, parse_vkey
from citekit.integrity.witness.fork import fork_told, forks_among
from citekit.model.records.codec import read_instant
from citekit.store import files
from citekit.store.log.whole_state import missing_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from citekit.app.verifying.inspection import Inspection
    from citekit.app.verifying.log_checks.log_tree import Reading
    from citekit.app.verifying.log_checks.trust_anchors import Outside
    from citekit.integrity.note import Note
    from citekit.integrity.sign import VerifierKey
    from citekit.store.log.folder import Standing


def check_trust(
    inspection: Inspection, reading: Reading, standing: Standing, outside: Outside
) -> Iterator[Finding]:
    """Judge everything below ``trust/``, and the log by what the verifier brought along."""
    kept: dict[int, Kept] = {}
    evidence: list[Evidence] = []
    reading.find_roots(size for size in _sizes(inspection, outside) if size <= standing.size)
    yield from _check_kept(inspection, reading, standing, kept)
    yield from _check_outside(inspection, reading, standing, outside, evidence)
    own = list(_check_own_signature(inspection, reading, standing, kept))
    yield from own
    times = [
        *check_witnesses(inspection, reading, standing, outside, evidence),
        *check_timestamps(inspection, outside, kept, evidence),
    ]
    if outside.keys or not any(finding.severity is Severity.ERROR for finding in own):
        signatures = _Signatures(reading, standing, kept, evidence)
        yield from _check_signature(inspection, signatures, outside)
    yield from times


def _sizes(inspection: Inspection, outside: Outside) -> Iterator[int]:
    """The sizes of all checkpoints that the log is compared with."""
    yield from (checkpoint.size for _, checkpoint in outside.checkpoints)
    yield from cosigned_sizes(inspection.below("log/cosigned")).values()
    for name in names_below(inspection, "trust/checkpoints"):
        yield int(name.rpartition("/")[2])


def _check_kept(
    inspection: Inspection, reading: Reading, standing: Standing, kept: dict[int, Kept]
) -> Iterator[Finding]:
    """Checkpoints that the archive keeps are of this log, and lead to its root."""
    for name in names_below(inspection, "trust/checkpoints"):
        size = int(name.rpartition("/")[2])
        path = inspection.show(name)
        try:
            data = files.read_bytes(inspection.store.root / name, limit=MAX_NOTE_BYTES)
            checkpoint, note = parse_checkpoint(data)
        except CitekitError as error:
            yield found("CK-E609", path, error.message)
            continue
        if checkpoint.size != size or checkpoint.origin != standing.checkpoint.origin:
            yield found("CK-E612", path, "is the checkpoint of another log or size")
        elif size > standing.size and _is_next(reading, standing, checkpoint):
            yield found("CK-I608", path, "a seal was stopped")
        elif size > standing.size:
            yield found("CK-E612", path, f"the log had {size} entries, and has {standing.size}")
        elif reading.is_rooted and reading.root_at(size) != checkpoint.root:
            yield found("CK-E612", path, f"the first {size} entries have another root now")
        elif reading.has_all_entries and (missing := missing_state(reading.history, size)):
            yield found("CK-E641", path, missing.message)
        elif fault := _kept_fault(reading, checkpoint, note):
            yield found("CK-E627", path, fault)
        else:
            kept[size] = Kept(checkpoint=checkpoint, note=note, data=data)


def _kept_fault(reading: Reading, checkpoint: Checkpoint, note: Note) -> str | None:
    """What is wrong with who has signed a checkpoint that is kept; None where nothing is.

    An authority may have stamped it, so it is bytes that nobody may exchange: no key but those that
    the log names has signed it, and one of those that it named by then has.
    """
    if not (reading.has_all_entries and reading.is_rooted):
        return None  # told already; an entry that is not there may name the key
    is_signed_log = any(change.entry < checkpoint.size for change in reading.history.keys)
    if is_signed_log and not own_signatures(checkpoint, note):
        return "no key of the log has signed it"
    return fault_of_lines(note, checkpoint, reading)


def _is_next(reading: Reading, standing: Standing, checkpoint: Checkpoint) -> bool:
    """Whether the checkpoint is of the log with the entries that wait: a seal was stopped."""
    is_within = checkpoint.size <= standing.size + len(reading.waiting)
    return is_within and reading.root_at(checkpoint.size) == checkpoint.root


def _check_outside(
    inspection: Inspection,
    reading: Reading,
    standing: Standing,
    outside: Outside,
    evidence: list[Evidence],
) -> Iterator[Finding]:
    """Compare the log with checkpoints that were kept; those that it has grown from vouch."""
    place = inspection.show("log/checkpoint")
    for told in forks_among(outside.checkpoints):
        yield found("CK-E651", place, told)
    for path, checkpoint in outside.checkpoints:
        size = checkpoint.size
        if checkpoint.origin != standing.checkpoint.origin:
            message = f"{path} is of another log: {checkpoint.origin!r}"
            yield found("CK-E613", place, message)
        elif size > standing.size:
            message = f"the log had {size} entries when {path} was kept, and has {standing.size}"
            yield found("CK-E613", place, message)
        elif not reading.is_rooted:
            yield found("CK-E613", place, f"the first {size} entries are not those of {path}")
        elif reading.root_at(size) != checkpoint.root:
            told = fork_told(checkpoint, path, standing.checkpoint, reading.root_at(size))
            yield found("CK-E651", place, told)
        elif reading.has_all_entries and (missing := missing_state(reading.history, size)):
            yield found("CK-E641", place, f"{path}: {missing.message}")
        else:
            evidence.append(Evidence(size=size))
            yield found("CK-I619", place, f"the log begins as {path} says ({size} entries)")


def _check_own_signature(
    inspection: Inspection, reading: Reading, standing: Standing, kept: dict[int, Kept]
) -> Iterator[Finding]:
    """The key that the log names has signed its checkpoint, and no other has.

    Whether that key is the owner's, nobody can tell from here. But who lacks it can neither change
    the checkpoint, nor take the signature away, and have the archive look consistent.
    """
    if not reading.has_all_entries or not reading.is_rooted:
        return  # told already; an entry that is not there may name the key
    place = inspection.show("log/checkpoint")
    try:
        for fault in _own_faults(reading, standing, kept):
            yield found("CK-E627", place, fault)
    except MissingExtra as error:
        yield found("CK-I628", place, f"the log's own signature is not checked: {error.message}")


def _own_faults(reading: Reading, standing: Standing, kept: dict[int, Kept]) -> Iterator[str]:
    """What is wrong with the signatures below the checkpoint; raises MissingExtra."""
    keys = list(named_keys(reading))
    named = {(key.name, key.key_id): key for key in keys}
    signatures = standing.signatures
    signers = [named.get((s.name, s.key_id)) for s in signatures]
    if keys and keys[-1] not in signers:
        yield f"the log's own key has not signed it: {keys[-1]}"
    chain = follow_keys(keys, _key_steps(reading, standing, kept))
    for signature, key in zip(signatures, signers, strict=True):
        if key is None:
            signer = f"{signature.name}+{signature.key_id.hex()}"
            yield f"is signed by {signer}, a key that no entry of the log names"
        elif not is_signature(key, standing.note.text.encode(), signature.signature):
            yield f"the signature of the log's own key is wrong: {key}"
        elif not chain.counts(key, standing.size):
            yield f"is signed by a key that the log has replaced since: {key}"


class _Signatures(NamedTuple):
    """What there is to judge by whether a key of the verifier's vouches for the log."""

    reading: Reading
    standing: Standing
    kept: Mapping[int, Kept]
    evidence: Sequence[Evidence]


def _check_signature(
    inspection: Inspection, signatures: _Signatures, outside: Outside
) -> Iterator[Finding]:
    place, standing = inspection.show("log/checkpoint"), signatures.standing
    if not outside.keys:
        signed = "signed" if standing.signatures else "unsigned"
        if not outside.checkpoints:
            yield found("CK-I615", place, f"consistent ({signed}); signer not authenticated")
        return
    try:
        signers, revoked = _signers(signatures, outside)
    except MissingExtra:
        raise
    except Revoked as error:
        yield found("CK-E652", place, error.message)
    except CitekitError as error:
        yield found("CK-E614", place, error.message)
    else:
        names = ", ".join(str(key) for key in signers)
        yield found("CK-I620", place, f"signed by {names}")
        for key in signers:
            if key in revoked:
                told = (
                    f"{key.short} {revoked[key].told}; what it signed here is covered from before"
                )
                yield found("CK-I655", place, told)


def _signers(
    signatures: _Signatures, outside: Outside
) -> tuple[tuple[VerifierKey, ...], Mapping[VerifierKey, Revocation]]:
    """The keys that vouch for the log, and those that are revoked; raises as ``signers`` does."""
    reading, standing, kept, evidence = signatures
    covers = covering(evidence)
    revocations = [*outside.revocations, *_revocations(reading, standing)]
    steps = _key_steps(reading, standing, kept)
    chain = follow_keys(outside.keys, steps, revocations, covers)
    return chain.signers(standing.note, standing.size, covers), chain.revoked


def _revocations(reading: Reading, standing: Standing) -> Iterator[Revocation]:
    """What keys of the log say of those that they have replaced."""
    for change in reading.history.keys if reading.is_rooted else ():
        if change.revoked_from is not None and change.replaces:
            with suppress(InvalidData, ValueError):
                yield Revocation(
                    key_id=change.replaces,
                    begins_at=read_instant(change.revoked_from),
                    authority=Authority.SUCCESSOR,
                    said_by=parse_vkey(change.vkey),
                    entry=change.entry,
                    size=change.entry + 1,
                    note=standing.note,
                )


def _key_steps(reading: Reading, standing: Standing, kept: Mapping[int, Kept]) -> Iterator[KeyStep]:
    notes = [(size, k.note) for size, k in sorted(kept.items())]
    notes.append((standing.size, standing.note))
    for change in reading.history.keys if reading.is_rooted else ():
        with suppress(InvalidData):
            new = parse_vkey(change.vkey)
            for size, note in notes:
                if size > change.entry and change.replaces:
                    yield KeyStep(
                        new=new, replaces=change.replaces, entry=change.entry, size=size, note=note
                    )
