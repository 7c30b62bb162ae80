"""Checkpoints that witnesses have signed: whether they are of this log, and who vouches for it.

They lie in ``log/cosigned``, which no entry accounts for. A witness that is not trusted proves
nothing and harms nothing; but a checkpoint that it has signed and that is not of this log tells of
a fork, whoever put it there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.verifying.log_checks.evidence import Evidence, fault_of_lines
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, IntegrityFailed
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.note import MAX_NOTE_BYTES
from citekit.integrity.witness.cosignature import verify_cosignatures
from citekit.integrity.witness.fork import fork_told
from citekit.model.records.codec import write_instant
from citekit.store import files
from citekit.store.clock import now
from citekit.store.log.record_kinds import cosigned_size
from citekit.store.log.whole_state import missing_state

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.app.verifying.inspection import Inspection
    from citekit.app.verifying.log_checks.log_tree import Reading
    from citekit.app.verifying.log_checks.trust_anchors import Outside
    from citekit.findings import Finding
    from citekit.integrity.note import Note
    from citekit.integrity.witness.cosignature import Cosignature
    from citekit.store.log.folder import Standing


def check_witnesses(
    inspection: Inspection,
    reading: Reading,
    standing: Standing,
    outside: Outside,
    evidence: list[Evidence],
) -> Iterator[Finding]:
    """Judge what witnesses have signed; the word of trusted ones goes into ``evidence``."""
    notes: list[tuple[str, int, Note]] = [("log/checkpoint", standing.size, standing.note)]
    yield from _check_cosigned(inspection, reading, standing, notes)
    origin = standing.checkpoint.origin
    for name, _, note in notes:
        yield from _passed_over(inspection.show(name), note, origin, outside)
    if not outside.witnesses:
        return
    last: dict[str, tuple[int, Cosignature]] = {}
    for name, size, note in notes:
        try:
            cosignatures = verify_cosignatures(note, outside.witnesses, now=now())
        except IntegrityFailed as error:
            yield found("CK-E653", inspection.show(name), error.message)
            continue
        for cosignature in cosignatures:
            evidence.append(Evidence(size=size, at=cosignature.at))
            known = last.setdefault(str(cosignature.witness), (size, cosignature))
            if (-size, cosignature.at) < (-known[0], known[1].at):  # the last size, seen first
                last[str(cosignature.witness)] = size, cosignature
    for witness in outside.witnesses:
        place = inspection.show("log/checkpoint")
        yield _told(place, witness.short, standing.size, last.get(str(witness)))


def _passed_over(path: str, note: Note, origin: str, outside: Outside) -> Iterator[Finding]:
    """Whoever else has signed proves nothing to this verifier; but nobody is to do it unseen."""
    asked = {(witness.name, witness.key_id) for witness in outside.witnesses}
    lines = [s for s in note.signatures if s.name != origin and (s.name, s.key_id) not in asked]
    names = ", ".join(dict.fromkeys(f"{s.name}+{s.key_id.hex()}" for s in lines))
    if names:
        yield found("CK-I656", path, f"not checked, nobody asked for these witnesses: {names}")


def _told(place: str, witness: str, size: int, last: tuple[int, Cosignature] | None) -> Finding:
    if last is None:
        return found("CK-E650", place, f"{witness} has cosigned nothing of this log")
    seen, cosignature = last
    told = f"saw the log with {seen} entries at {write_instant(cosignature.at)}"
    if seen < size:
        return found("CK-E650", place, f"{witness} {told}, and has not cosigned it with {size}")
    return found("CK-I654", place, f"{witness} {told}")


def _check_cosigned(
    inspection: Inspection,
    reading: Reading,
    standing: Standing,
    notes: list[tuple[str, int, Note]],
) -> Iterator[Finding]:
    """Those that lie in ``log/cosigned`` and are of this log go into ``notes``."""
    sizes = cosigned_sizes(inspection.below("log/cosigned"))
    for name, size in sizes.items():
        path = inspection.show(name)
        try:
            data = files.read_bytes(inspection.store.root / name, limit=MAX_NOTE_BYTES)
            checkpoint, note = parse_checkpoint(data)
        except CitekitError as error:
            yield found("CK-E609", path, error.message)
            continue
        if checkpoint.size != size or checkpoint.origin != standing.checkpoint.origin:
            yield found("CK-E612", path, "is the checkpoint of another log or size")
        elif size > standing.size:
            yield found("CK-E612", path, f"the log had {size} entries, and has {standing.size}")
        elif reading.is_rooted and reading.root_at(size) != checkpoint.root:
            told = fork_told(checkpoint, name, standing.checkpoint, reading.root_at(size))
            yield found("CK-E651", path, told)
        elif reading.has_all_entries and (missing := missing_state(reading.history, size)):
            yield found("CK-E641", path, missing.message)
        elif fault := fault_of_lines(note, checkpoint, reading):
            yield found("CK-E653", path, fault)
        elif reading.is_rooted:
            notes.append((name, size, note))


def cosigned_sizes(names: Iterator[str]) -> Mapping[str, int]:
    """Path inside the archive -> size, of the checkpoints that witnesses have signed."""
    sizes = {name: cosigned_size(name) for name in sorted(names)}
    return {name: size for name, size in sizes.items() if size is not None}
