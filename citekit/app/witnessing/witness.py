"""``citekit witness``: remember how far a log had grown, and cosign only what grew from there.

The memory is written before the cosignature leaves. Of one size no second root is ever signed, and
a log whose entries were not shown, or do not lead to its checkpoint, is not signed at all.
Source: C2SP tlog-witness, tlog-cosignature.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.app.sealing.signing_keys import find_witness_key, keygen, read_signing_key
from citekit.app.verifying.log_checks.trust_anchors import read_outside
from citekit.app.witnessing.judge import judge
from citekit.app.witnessing.log_folder import read_shown
from citekit.app.witnessing.memory import MemoryFile, SeenLog
from citekit.errors import IntegrityFailed, StoreConflict, UsageError
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.note import write_note, write_signature
from citekit.integrity.rotation import follow_keys
from citekit.integrity.sign import WITNESS, parse_vkey
from citekit.integrity.witness.cosignature import cosign, verify_cosignatures
from citekit.integrity.witness.request import MAX_REQUEST_BYTES, WitnessRequest, parse_request
from citekit.model.records.codec import write_instant
from citekit.model.value import Value, replace
from citekit.store import files
from citekit.store.clock import now as this_second

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.app.sealing.signing_keys import NewKey
    from citekit.app.witnessing.log_folder import ShownLog
    from citekit.app.witnessing.memory import Memory
    from citekit.integrity.rotation import KeyChain
    from citekit.integrity.sign import SignerKey, VerifierKey


_ANY_TIME: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Own words are heard whatever the clock says now: it may have gone back."""


def make_witness_key(name: str, path: str | Path | None = None) -> NewKey:
    """Make the key of a witness, and its memory, which has seen nothing yet.

    Raises as ``keygen`` does.
    """
    key = keygen(name, path, algorithm=WITNESS)
    MemoryFile(key.verifier, key.path).create()
    return key


class Cosigned(Value):
    """What a witness has signed: its line, and the whole checkpoint with that line below.

    ``since`` is the size that it remembered; None: it has never seen this log before.
    """

    origin: str
    size: int
    root: bytes
    witness: str
    at: datetime
    line: str
    note: bytes
    since: int | None = None

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "origin": self.origin,
            "size": self.size,
            "root": b64encode(self.root).decode(),
            "witness": self.witness,
            "at": write_instant(self.at),
            "line": self.line.rstrip("\n"),
            "since": self.since,
        }


def witness(
    folder: str | Path,
    *,
    request: str | Path | None = None,
    signing_key: str | Path | None = None,
    trust: Sequence[str] = (),
    start_over: bool = False,
    now: datetime | None = None,
) -> Cosigned:
    """Look at the log in a folder, and cosign its checkpoint if it grew from what was seen last.

    ``request`` is a file with what a log has asked (C2SP add-checkpoint); the folder holds its
    entries then. ``trust`` names keys of the log, needed the first time. Raises IntegrityFailed for
    a log that went back, forked, or is not what its checkpoint says; NotFound for one without a
    known key; StoreConflict for a memory that was lost, unless ``start_over`` decides to go on.
    """
    path = Path(signing_key).expanduser() if signing_key else find_witness_key()
    key = read_signing_key(path, algorithm=WITNESS)
    at = now or this_second()
    shown = read_shown(Path(folder).expanduser())
    memory_file = MemoryFile(key.verifier, path)
    with memory_file.held():
        memory = memory_file.read(starts_over=start_over)
        origin = shown.standing.checkpoint.origin
        seen = _seen(memory, shown, key.verifier, starts_over=start_over)
        asked = _asked(request, shown) if request else shown.request(seen)
        chain = _keys(seen, trust, shown, origin)
        checkpoint = judge(asked, seen, chain)
        if seen and at < seen.seen_at:
            raise StoreConflict(
                f"the clock says {write_instant(at)}, and this witness has signed at "
                f"{write_instant(seen.seen_at)}",
                hint="set the clock right",
            )
        new = SeenLog(
            size=checkpoint.size,
            root=b64encode(checkpoint.root).decode(),
            vkeys=tuple(map(str, chain.keys)),
            seen_at=at,
        )
        memory_file.write(memory.with_seen(origin, new))
    return _sign(asked.checkpoint, key, at, since=seen.size if seen else None)


def _sign(data: bytes, key: SignerKey, at: datetime, *, since: int | None) -> Cosigned:
    checkpoint, note = parse_checkpoint(data)
    line = cosign(note.text, key, at)
    return Cosigned(
        origin=checkpoint.origin,
        size=checkpoint.size,
        root=checkpoint.root,
        witness=str(key.verifier),
        at=at,
        line=write_signature(line),
        note=write_note(replace(note, signatures=(*note.signatures, line))),
        since=since,
    )


def _asked(path: str | Path, shown: ShownLog) -> WitnessRequest:
    request = parse_request(files.read_bytes(Path(path).expanduser(), limit=MAX_REQUEST_BYTES))
    checkpoint, _ = parse_checkpoint(request.checkpoint)
    if checkpoint != shown.standing.checkpoint:
        raise UsageError(
            f"the request is about {checkpoint.origin!r} with {checkpoint.size} entries, the "
            f"folder has {shown.standing.checkpoint.origin!r} with {shown.standing.size}",
            hint="get the entries as they were when the request was made",
        )
    return request


def _seen(
    memory: Memory, shown: ShownLog, own: VerifierKey, *, starts_over: bool
) -> SeenLog | None:
    """What was seen last of the log: as remembered, and as the log itself can show.

    Raises StoreConflict where the log has a cosignature of ours that the memory knows nothing of,
    unless somebody decided to start over: then that is what was seen.
    """
    seen = memory.logs.get(shown.standing.checkpoint.origin)
    known = seen.size if seen else 0
    for checkpoint, note in shown.cosigned():
        if checkpoint.origin != shown.standing.checkpoint.origin or checkpoint.size <= known:
            continue
        try:
            ours = verify_cosignatures(note, [own], now=_ANY_TIME)
        except IntegrityFailed:
            continue
        if ours and not starts_over:
            raise StoreConflict(
                f"the log shows a cosignature of this witness at {checkpoint.size} entries, and "
                f"it remembers {known}: its memory is an older copy",
                hint="bring the memory back from a copy; or go on from what the log shows: "
                "--start-over",
            )
        if ours:
            known = checkpoint.size
            seen = SeenLog(
                size=known,
                root=b64encode(checkpoint.root).decode(),
                vkeys=seen.vkeys if seen else (),
                seen_at=ours[0].at,
            )
    return seen


def _keys(seen: SeenLog | None, trust: Sequence[str], shown: ShownLog, origin: str) -> KeyChain:
    """The keys that are known for the log, and those that they have handed over to."""
    named = read_outside(trust, archive=shown.layout.root).keys
    if any(key.name != origin for key in named):
        wrong = next(key for key in named if key.name != origin)
        raise UsageError(
            f"{wrong.short} is no key of {origin!r}", hint="a log signs under its own name"
        )
    known = [parse_vkey(vkey) for vkey in (seen.vkeys if seen else ())]
    return follow_keys([*known, *named], shown.steps())
