"""Cosignatures: a witness says that a log has only grown, and when it saw it so.

A cosignature is one more signature line below a checkpoint, over its text and a time. What a
witness must have looked at before, ``app.witnessing`` says; here is only what it then writes.
Source: C2SP tlog-cosignature, Ed25519 (``cosignature/v1``).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from citekit.errors import IntegrityFailed, InvalidData
from citekit.integrity.note import Note, NoteSignature
from citekit.integrity.sign import (
    SIGNATURE_BYTES,
    WITNESS,
    SignerKey,
    VerifierKey,
    is_signature,
    sign_message,
)
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SKEW: Final = timedelta(minutes=5)
"""How far the clock of a witness may be ahead of the reader's."""
_TIME_BYTES: Final = 8
_LAST: Final = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


class Cosignature(Value):
    """A witness, and the instant at which it saw a checkpoint as the last one of its log."""

    witness: VerifierKey
    at: datetime

    def __str__(self) -> str:
        return f"{self.witness.short} at {self.at:%Y-%m-%dT%H:%M:%SZ}"


def cosign(text: str, key: SignerKey, at: datetime) -> NoteSignature:
    """The signature line of a witness below the checkpoint with this text.

    Raises InvalidData for the key of a log, MissingExtra without cryptography.
    """
    if key.verifier.algorithm != WITNESS:
        raise InvalidData(f"{key.verifier.short} is the key of a log: a witness has its own")
    seconds = int(at.timestamp())
    signature = sign_message(key, _message(text, seconds))
    return NoteSignature(
        name=key.verifier.name,
        key_id=key.verifier.key_id,
        signature=seconds.to_bytes(_TIME_BYTES, "big") + signature,
    )


def verify_cosignatures(
    note: Note, witnesses: Iterable[VerifierKey], *, now: datetime
) -> tuple[Cosignature, ...]:
    """What these witnesses say of the checkpoint in the note: the earliest word of each.

    Lines of others are ignored, as the specification demands. Raises IntegrityFailed for a line of
    one of them that is wrong, or that is from the future.
    """
    known = {(key.name, key.key_id): key for key in witnesses if key.algorithm == WITNESS}
    earliest: dict[VerifierKey, datetime] = {}
    for line in note.signatures:
        witness = known.get((line.name, line.key_id))
        if witness is not None:
            at = _time_of(note.text, line, witness)
            if at > now + MAX_SKEW:
                raise IntegrityFailed(f"the cosignature of {witness.short} is from the future")
            earliest[witness] = min(at, earliest.get(witness, at))
    return tuple(Cosignature(witness=witness, at=at) for witness, at in earliest.items())


def is_of_witness(line: NoteSignature, origin: str) -> bool:
    """Whether a line has the form of a cosignature, and another name than the log; no more."""
    return line.name != origin and len(line.signature) == _TIME_BYTES + SIGNATURE_BYTES


def _time_of(text: str, line: NoteSignature, witness: VerifierKey) -> datetime:
    seconds = int.from_bytes(line.signature[:_TIME_BYTES], "big")
    signature = line.signature[_TIME_BYTES:]
    if not is_signature(witness, _message(text, seconds), signature):
        raise IntegrityFailed(f"the cosignature of {witness.short} is wrong")
    if seconds > _LAST:
        raise IntegrityFailed(f"the cosignature of {witness.short} is from the future")
    return datetime.fromtimestamp(seconds, UTC)


def _message(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
