"""The seals of a log that still show: the checkpoint that stands, and those that were kept.

A log has no entry for its own signatures. What is left of a seal is its last entry, the state, and
its checkpoint where that was kept for a timestamp or a change of keys, or still stands. Nothing is
verified here but that each one is of this log.
"""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from citekit.errors import CitekitError, InvalidData
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.note import MAX_NOTE_BYTES, NoteSignature, parse_note
from citekit.integrity.state.state_leaf import ACTION as STATE
from citekit.integrity.timestamp import MAX_RESPONSE_BYTES, Timestamp, read_timestamp
from citekit.integrity.witness.cosignature import is_of_witness
from citekit.model.value import Value
from citekit.store import files
from citekit.store.log.folder import Standing
from citekit.store.log.record_kinds import action_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.store.layout import Layout
    from citekit.store.log.folder import LogFolder
    from citekit.store.reading import ArchiveReader


class KnownSeal(Value):
    """A checkpoint of the log, and the RFC 3161 responses that are kept about it, unread.

    ``first`` is the number of the first entry that no earlier known seal covers.
    """

    standing: Standing
    first: int = 0
    responses: tuple[bytes, ...] = ()

    @property
    def size(self) -> int:
        """How many entries it covers."""
        return self.standing.size

    @property
    def digest(self) -> str:
        """Of the bytes of the checkpoint, which is what is stamped."""
        return digest_bytes(self.standing.data)

    def timestamps(self) -> tuple[tuple[bytes, Timestamp], ...]:
        """The responses that are timestamps of this checkpoint, with what they claim.

        One that is damaged or about something else is left out: ``verify`` tells of it. Raises
        MissingExtra without rfc3161-client.
        """
        read = ((response, _claimed(response)) for response in self.responses)
        return tuple((r, claim) for r, claim in read if claim and claim.digest == self.digest)


def known_seals(store: ArchiveReader, log: LogFolder, latest: Standing) -> tuple[KnownSeal, ...]:
    """The seals whose checkpoints are here, oldest first; the last one is that which stands."""
    responses = _responses(store)
    seals, first = [], 0
    for size, standing in kept_standings(store.layout, log, latest).items():
        seals.append(
            KnownSeal(standing=standing, first=first, responses=tuple(responses.get(size, ())))
        )
        first = size
    return tuple(seals)


def kept_standings(layout: Layout, log: LogFolder, latest: Standing) -> dict[int, Standing]:
    """Size -> the checkpoint that was kept or still stands, in order; all are of this log."""
    standings = {latest.size: latest}
    for size in _kept_sizes(layout):
        kept = kept_at(layout, log, size) if size <= latest.size else None
        if kept is not None:
            standings[size] = kept
    return dict(sorted(standings.items()))


def cosignatures_of(layout: Layout, standing: Standing) -> tuple[NoteSignature, ...]:
    """The lines of witnesses below this checkpoint that are here, nothing of them verified."""
    notes = [standing.note]
    with suppress(CitekitError):
        path = layout.check_inside(layout.cosigned_checkpoint(standing.size))
        notes.append(parse_note(files.read_bytes(path, limit=MAX_NOTE_BYTES)))
    origin, text = standing.checkpoint.origin, standing.note.text
    lines = (line for note in notes if note.text == text for line in note.signatures)
    return tuple(dict.fromkeys(line for line in lines if is_of_witness(line, origin)))


def sealing_event(log: LogFolder, size: int) -> Mapping[str, Any] | None:
    """What the seal of that size wrote itself, as its last entry: it has its time and agent.

    None where a seal made before there were states had found nothing itself: it left no word on who
    made it, and when.
    """
    with suppress(CitekitError):
        event = parse_leaf(log.whole_entry(size - 1))
        if event.get("source") == "found" or event.get("action") in ("key", STATE):
            return event
    return None


@lru_cache(maxsize=4096)
def _claimed(response: bytes) -> Timestamp | None:
    """What a response claims, unverified: a site reads the same few for the proof of each item."""
    with suppress(InvalidData):
        return read_timestamp(response)
    return None


def _kept_sizes(layout: Layout) -> list[int]:
    return [
        int(name)
        for name in files.names(layout.trust / "checkpoints")
        if action_of(f"trust/checkpoints/{name}")
    ]


def kept_at(layout: Layout, log: LogFolder, size: int) -> Standing | None:
    """The checkpoint kept for that size, if it is one of this log."""
    with suppress(CitekitError):
        path = layout.check_inside(layout.kept_checkpoint(size))
        data = files.read_bytes(path, limit=MAX_NOTE_BYTES)
        checkpoint, note = parse_checkpoint(data)
        if checkpoint.size == size and log.root_at(size) == checkpoint.root:
            return Standing(checkpoint=checkpoint, note=note, data=data)
    return None


def _responses(store: ArchiveReader) -> dict[int, list[bytes]]:
    """Size of the log -> responses of authorities about its checkpoint, in one order."""
    found: dict[int, list[bytes]] = {}
    folder = store.layout.trust / "timestamps"
    for name in sorted(files.names(folder)):
        if action_of(f"trust/timestamps/{name}"):
            with suppress(CitekitError):
                path = store.layout.check_inside(folder / name)
                response = files.read_bytes(path, limit=MAX_RESPONSE_BYTES)
                found.setdefault(int(name.partition("-")[0]), []).append(response)
    return found
