"""Who vouches for the log: signatures, timestamps, and checkpoints that were kept elsewhere."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, InvalidData, MissingExtra
from citekit.findings import Finding, Severity
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.note import MAX_NOTE_BYTES, Note
from citekit.integrity.rotation import KeyStep, follow_keys
from citekit.integrity.sign import is_signature, parse_vkey
from citekit.integrity.timestamp import MAX_RESPONSE_BYTES, read_timestamp, verify_timestamp
from citekit.model.records.codec import write_instant
from citekit.model.value import Value
from citekit.store import files
from citekit.store.log.record_kinds import action_of
from citekit.store.log.whole_state import missing_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.verifying.inspection import Inspection
    from citekit.app.verifying.log_checks.log_tree import Reading
    from citekit.app.verifying.log_checks.trust_anchors import Outside
    from citekit.integrity.sign import VerifierKey
    from citekit.store.log.folder import Standing


class Kept(Value):
    """A checkpoint that the archive keeps below ``trust/checkpoints``."""

    checkpoint: Checkpoint
    note: Note
    data: bytes


def check_trust(
    inspection: Inspection, reading: Reading, standing: Standing, outside: Outside
) -> Iterator[Finding]:
    """Judge everything below ``trust/``, and the log by what the verifier brought along."""
    kept: dict[int, Kept] = {}
    yield from _check_kept(inspection, reading, standing, kept)
    yield from _check_outside(inspection, reading, standing, outside)
    own = list(_check_own_signature(inspection, reading, standing, kept))
    yield from own
    if outside.keys or not any(finding.severity is Severity.ERROR for finding in own):
        yield from _check_signature(inspection, reading, standing, outside, kept)
    yield from _check_timestamps(inspection, outside, kept)


def _check_kept(
    inspection: Inspection, reading: Reading, standing: Standing, kept: dict[int, Kept]
) -> Iterator[Finding]:
    """Checkpoints that the archive keeps are of this log, and lead to its root."""
    for name in _below(inspection, "trust/checkpoints"):
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
        else:
            kept[size] = Kept(checkpoint=checkpoint, note=note, data=data)


def _is_next(reading: Reading, standing: Standing, checkpoint: Checkpoint) -> bool:
    """Whether the checkpoint is of the log with the entries that wait: a seal was stopped."""
    is_within = checkpoint.size <= standing.size + len(reading.waiting)
    return is_within and reading.root_at(checkpoint.size) == checkpoint.root


def _check_outside(
    inspection: Inspection, reading: Reading, standing: Standing, outside: Outside
) -> Iterator[Finding]:
    place = inspection.show("log/checkpoint")
    for path, checkpoint in outside.checkpoints:
        size = checkpoint.size
        if checkpoint.origin != standing.checkpoint.origin:
            message = f"{path} is of another log: {checkpoint.origin!r}"
            yield found("CK-E613", place, message)
        elif size > standing.size:
            message = f"the log had {size} entries when {path} was kept, and has {standing.size}"
            yield found("CK-E613", place, message)
        elif not reading.is_rooted or reading.root_at(size) != checkpoint.root:
            yield found("CK-E613", place, f"the first {size} entries are not those of {path}")
        else:
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
    keys = list(_named_keys(reading))
    named = {(key.name, key.key_id): key for key in keys}
    signatures = standing.note.signatures
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


def _named_keys(reading: Reading) -> Iterator[VerifierKey]:
    """The keys that the entries of the log name, in the order in which they came to sign."""
    for change in reading.history.keys:
        with suppress(InvalidData):
            yield parse_vkey(change.vkey)


def _check_signature(
    inspection: Inspection,
    reading: Reading,
    standing: Standing,
    outside: Outside,
    kept: dict[int, Kept],
) -> Iterator[Finding]:
    place = inspection.show("log/checkpoint")
    if not outside.keys:
        signed = "signed" if standing.note.signatures else "unsigned"
        if not outside.checkpoints:
            yield found("CK-I615", place, f"consistent ({signed}); signer not authenticated")
        return
    try:
        chain = follow_keys(outside.keys, _key_steps(reading, standing, kept))
        signers = chain.signers(standing.note, standing.size)
    except MissingExtra:
        raise
    except CitekitError as error:
        yield found("CK-E614", place, error.message)
    else:
        names = ", ".join(str(key) for key in signers)
        yield found("CK-I620", place, f"signed by {names}")


def _key_steps(reading: Reading, standing: Standing, kept: dict[int, Kept]) -> Iterator[KeyStep]:
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


def _check_timestamps(
    inspection: Inspection, outside: Outside, kept: dict[int, Kept]
) -> Iterator[Finding]:
    names = _below(inspection, "trust/timestamps")
    verified = 0
    for name in names:
        for finding in _check_timestamp(inspection, outside, kept, name):
            verified += finding.code == "CK-I618"
            yield finding
    if outside.roots and not verified:
        place = inspection.show("trust/timestamps")
        yield found("CK-E616", place, "no timestamp leads to a root that you trust")


def _check_timestamp(
    inspection: Inspection, outside: Outside, kept: dict[int, Kept], name: str
) -> Iterator[Finding]:
    path = inspection.show(name)
    size, _, hexadecimal = name.rpartition("/")[2].removesuffix(".tsr").partition("-")
    try:
        response = files.read_bytes(inspection.store.root / name, limit=MAX_RESPONSE_BYTES)
    except CitekitError as error:
        yield found("CK-E616", path, error.message)
        return
    if digest_bytes(response) != f"sha256:{hexadecimal}":
        yield found("CK-E616", path, "the bytes are not those that its name says")
        return
    about = kept.get(int(size))
    if about is None:
        # There or not, nothing that stands vouches for it: a log that went back may have left it.
        path = inspection.show(f"trust/checkpoints/{size}")
        yield found("CK-E606", path, "a timestamp is about this checkpoint")
        return
    digest = digest_bytes(about.data)
    try:
        if read_timestamp(response).digest != digest:
            yield found("CK-E616", path, "is a timestamp of something else")
        elif outside.roots:
            yield _verified(path, response, digest, outside, about.checkpoint.size)
        else:
            yield found("CK-I617", path, "not checked: no root of its authority was given")
    except MissingExtra as error:
        yield found("CK-I617", path, f"not checked: {error.message}")
    except CitekitError as error:
        yield found("CK-E616", path, error.message)


def _verified(path: str, response: bytes, digest: str, outside: Outside, size: int) -> Finding:
    try:
        timestamp = verify_timestamp(response, digest, outside.roots)
    except CitekitError as error:  # of another authority, or forged: either way it proves nothing
        return found("CK-I617", path, error.message)
    at = write_instant(timestamp.at)
    message = f"the first {size} entries existed by {at} ({timestamp.authority})"
    return found("CK-I618", path, message)


def _below(inspection: Inspection, folder: str) -> list[str]:
    return sorted(name for name in inspection.below(folder) if action_of(name))
