"""What is known from outside of the log's past: how far it had grown, and when at the latest.

It is what remains of a key that was revoked (``integrity.revocation``): its signature counts for
what was covered before the date.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from citekit.errors import InvalidData, MissingExtra
from citekit.integrity.checkpoint import Checkpoint, own_signatures
from citekit.integrity.note import Note
from citekit.integrity.rotation import has_signed
from citekit.integrity.sign import is_signature, parse_vkey
from citekit.model.value import Value
from citekit.store.log.record_kinds import action_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.app.verifying.inspection import Inspection
    from citekit.app.verifying.log_checks.log_tree import Reading
    from citekit.integrity.rotation import Covers
    from citekit.integrity.sign import VerifierKey


class Kept(Value):
    """A checkpoint of this log that the archive keeps: what it says, its signatures, its bytes."""

    checkpoint: Checkpoint
    note: Note
    data: bytes


class Evidence(Value):
    """That the log had its first ``size`` entries by an instant; None: the verifier kept that.

    A timestamp is of bytes, whoever made them: there the key's own signature has to be in what was
    ``signed``. A witness has looked for it, and who keeps a checkpoint knows where it is from.
    """

    size: int
    at: datetime | None = None
    signed: Note | None = None

    def covers(self, key: VerifierKey, before: datetime, size: int) -> bool:
        """Whether it shows what the key had signed of that size before an instant."""
        is_in_time = self.at is None or self.at < before
        is_by_key = self.signed is None or has_signed(self.signed, key)
        return size <= self.size and is_in_time and is_by_key


def covering(evidence: Iterable[Evidence]) -> Covers:
    """Whether any of the evidence, all of one log, covers a signature from before an instant."""
    known = tuple(evidence)

    def covers(key: VerifierKey, before: datetime, size: int, _: Note) -> bool:
        return any(part.covers(key, before, size) for part in known)

    return covers


def named_keys(reading: Reading) -> Iterator[VerifierKey]:
    """The keys that the entries of the log name, in the order in which they came to sign."""
    for change in reading.history.keys:
        with suppress(InvalidData):
            yield parse_vkey(change.vkey)


def fault_of_lines(note: Note, checkpoint: Checkpoint, reading: Reading) -> str | None:
    """What is wrong with the lines below a checkpoint, whoever is trusted; None where nothing is.

    A line that claims to be of the log itself need not be there, but has to be right.
    """
    if len(set(note.signatures)) < len(note.signatures):
        return "has the same signature twice"
    named = {(key.name, key.key_id): key for key in named_keys(reading)}
    for line in own_signatures(checkpoint, note):
        key = named.get((line.name, line.key_id))
        if key is None and not reading.has_all_entries:
            continue  # an entry that is not there may name it
        with suppress(MissingExtra):  # told where the log's own signature is checked
            if key is None or not is_signature(key, note.text.encode(), line.signature):
                return f"has a signature by {line.name}+{line.key_id.hex()} that is not of this log"
    return None


def names_below(inspection: Inspection, folder: str) -> list[str]:
    """The files of their kind below a folder of ``trust/``, in one order."""
    return sorted(name for name in inspection.below(folder) if action_of(name))
