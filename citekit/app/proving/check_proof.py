"""Check a proof file with nothing but the file and what the checker trusts; reads no archive.

The answer has two lists: what is proven, and what is not. A proof by itself shows that it is
consistent; only a key, a checkpoint or an authority known from elsewhere makes it a proof to you.

The standalone script of the documentation comes to the same verdict: first the whole file is read,
and one part that cannot be read makes it no proof file; only then is anything judged.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from citekit.app.proving.held_privately import is_shown
from citekit.app.proving.last_word import check_last_word
from citekit.app.proving.proof_file import item_path
from citekit.app.proving.proof_keys import (
    ProofEvidence,
    check_signature,
    check_witnesses,
    cosignatures,
)
from citekit.app.proving.proof_reading import (
    ReadEarlier,
    ReadEntry,
    ReadProof,
    ReadResponse,
    Unreadable,
    read_proof,
)
from citekit.app.proving.proof_verdict import ProofVerdict, ProvenEntry, ProvenPurge, ProvenTime
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, IntegrityFailed, InvalidData, MissingExtra, Place
from citekit.integrity.checkpoint import is_same_tree
from citekit.integrity.digest import digest_bytes
from citekit.integrity.earlier import earlier_proof
from citekit.integrity.merkle import verify_consistency, verify_inclusion
from citekit.integrity.timestamp import Timestamp, read_timestamp, verify_timestamp
from citekit.integrity.witness.fork import fork_told, forks_among
from citekit.model.records.json_text import parse_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from citekit.app.proving.proof_file import ProofDocument
    from citekit.integrity.checkpoint import Checkpoint
    from citekit.integrity.note import Note


def check_proof(
    data: bytes, outside: Outside | None = None, *, payloads: Mapping[str, bytes] | None = None
) -> ProofVerdict:
    """Check a proof file; ``payloads`` (name -> bytes) are compared with the digests in it.

    Never raises for what the file says; raises MissingExtra where a signature or a timestamp
    should be read without the packages for that.
    """
    outside = outside or Outside()
    verdict = ProofVerdict()
    try:
        read = read_proof(data)
    except Unreadable as error:
        verdict.findings += [found("CK-E630", place, message) for place, message in error.parts]
        return verdict
    verdict.key = read.document.key
    if not _check_entries(verdict, read):
        return verdict
    said = _last_words(verdict.entries)
    _check_files(verdict, read.document, said)
    _take_purges(verdict)
    check_last_word(verdict, read, said)
    _check_held(verdict, read)
    _check_payloads(verdict, payloads or {})
    check_signature(verdict, read, outside, tuple(_evidence(read, outside)))
    check_witnesses(verdict, read, outside)
    _check_checkpoints(verdict, read, outside)
    _check_times(verdict, read, outside)
    if verdict.shows_last_word:
        verdict.proven.append(str(verdict.last_word))
    return verdict


def _check_entries(verdict: ProofVerdict, read: ReadProof) -> bool:
    """Each entry leads to the root of one checkpoint; whether there is that one."""
    entries = [*read.entries, *([read.state.entry] if read.state else ())]
    entries += [held.entry for held in read.held]
    for entry in entries:
        if entry.is_proven and entry in read.entries:
            verdict.entries.append(ProvenEntry(index=entry.proof.index, event=entry.event))
        elif not entry.is_proven:
            _wrong(verdict, "CK-E632", "is not in the log of its checkpoint", entry.place)
    checkpoints = {entry.proof.checkpoint for entry in entries}
    if len(checkpoints) != 1:
        _wrong(verdict, "CK-E633", f"the proof has {len(checkpoints)} checkpoints, not one")
        return False
    verdict.checkpoint = entries[0].checkpoint
    return True


def _check_files(
    verdict: ProofVerdict, document: ProofDocument, said: Mapping[str, ProvenEntry]
) -> None:
    """Each file is what the last entry about it says, under the name that renamings gave it."""
    how = "is unchanged since it was sealed" if document.state else "was sealed as it is here"
    for number, file in enumerate(document.files):
        place = f"files[{number}]"
        digest = digest_bytes(file.text.encode())
        expected = said[file.path].event.get("digest") if file.path in said else None
        if file.path not in said:
            _wrong(verdict, "CK-E631", f"no entry of the proof is about {file.path!r}", place)
        elif expected != digest:
            _wrong(verdict, "CK-E631", f"{file.path} has {digest}, not {expected}", place)
        else:
            verdict.proven.append(f"{file.path} {how} ({digest})")
            with suppress(InvalidData):
                verdict.documents[file.path] = parse_json(file.text)
    path = item_path(document)
    item = None if path is None else verdict.documents.get(path)
    if not isinstance(item, dict) or item.get("id") != document.key:
        _wrong(verdict, "CK-E631", f"the proof has no item.json of {document.key!r}")


def _check_held(verdict: ProofVerdict, read: ReadProof) -> None:
    """What was private before: each opened leaf is of a capture record here, and of that seal."""
    records = {digest_bytes(f.text.encode()): f.path for f in read.document.files}
    for number, held in enumerate(read.held):
        digest, place = held.leaf.digest, f"held[{number}]"
        if is_shown(held, records):
            index = held.entry.proof.index
            message = f"{records[digest]} was held privately at the seal that wrote entry {index}"
            verdict.proven.append(f"{message} of the log ({digest})")
        else:
            _wrong(verdict, "CK-E678", "does not lead to the private root of its seal", place)


def _last_words(entries: Iterable[ProvenEntry]) -> dict[str, ProvenEntry]:
    """Path -> the entry that says its digest, replayed in the order of the log."""
    said: dict[str, ProvenEntry] = {}
    for entry in sorted(entries, key=lambda e: e.index):
        subject, to = str(entry.event.get("subject")), entry.event.get("to")
        if entry.event.get("action") == "rename":
            for path in [path for path in said if path.startswith(f"{subject}/")]:
                said[f"{to}{path[len(subject) :]}"] = said.pop(path)
        elif entry.event.get("action") != "purge":
            said[subject] = entry
    return said


def _take_purges(verdict: ProofVerdict) -> None:
    """Which payloads of the captures were removed for good; that takes nothing from the proof."""
    known = dict(_payloads(verdict, "capture"))
    for entry in sorted(verdict.entries, key=lambda e: e.index):
        if entry.event.get("action") != "purge":
            continue
        agent, reason = entry.event.get("agent"), entry.event.get("reason")
        for digest, role in _payloads_in(entry):
            if digest in known:
                purge = ProvenPurge(
                    index=entry.index,
                    role=role,
                    digest=digest,
                    at=str(entry.event.get("at")),
                    by=str(agent.get("name") if isinstance(agent, dict) else None),
                    reason=None if reason is None else str(reason),
                )
                verdict.purged.append(purge)
                verdict.proven.append(str(purge))


def _payloads(verdict: ProofVerdict, action: str) -> Iterator[tuple[str, str]]:
    for entry in verdict.entries:
        if entry.event.get("action") == action:
            yield from _payloads_in(entry)


def _payloads_in(entry: ProvenEntry) -> Iterator[tuple[str, str]]:
    """Digest and role of each payload that an entry names."""
    payloads = entry.event.get("payloads")
    for payload in payloads if isinstance(payloads, list) else ():
        if isinstance(payload, dict):
            yield str(payload.get("digest")), str(payload.get("role"))


def _check_payloads(verdict: ProofVerdict, payloads: Mapping[str, bytes]) -> None:
    known = dict(_payloads(verdict, "capture"))
    for name, data in payloads.items():
        digest = digest_bytes(data)
        if digest in known:
            verdict.proven.append(f"{name} is the payload {known[digest]!r} ({digest})")
        else:
            _wrong(verdict, "CK-E636", f"no capture of the proof has {digest}", name)


def _check_checkpoints(verdict: ProofVerdict, read: ReadProof, outside: Outside) -> None:
    """Compare the proof's checkpoint with those that were kept, of whatever size they are."""
    ours = read.entries[0].checkpoint
    for told in forks_among(outside.checkpoints):
        _wrong(verdict, "CK-E651", told)
    for path, known in outside.checkpoints:
        if known.origin != ours.origin:
            _wrong(verdict, "CK-E637", f"is of another log: {known.origin!r}", path)
        elif known.size < ours.size:
            _check_growth(verdict, read, path, known)
        elif known.size > ours.size:
            message = f"is later ({known.size} entries) than the proof ({ours.size})"
            verdict.findings.append(found("CK-I638", Place(json_path=path), message))
        elif known.root != ours.root:
            _wrong(verdict, "CK-E651", fork_told(known, "what you kept", ours, ours.root), path)
        else:
            verdict.is_authentic = verdict.is_checkpoint_authentic = True
            verdict.proven.append(f"the log was as {path} says, which you kept")


def _check_growth(verdict: ProofVerdict, read: ReadProof, path: str, known: Checkpoint) -> None:
    """Whether the log grew from what was kept; for what it had then, that vouches."""
    ours = read.entries[0].checkpoint
    proofs = [part.hashes for part in read.since if part.size == known.size]
    if not proofs:
        message = f"is earlier ({known.size} entries), and the proof shows no way from there"
        verdict.findings.append(found("CK-I638", Place(json_path=path), message))
        return
    for hashes in proofs:
        if not verify_consistency(known.size, ours.size, hashes, known.root, ours.root):
            message = f"the log of the proof does not begin with its {known.size} entries"
            _wrong(verdict, "CK-E637", message, path)
            return
    verdict.proven.append(f"the log is consistent with {path}, which you kept: it only grew")
    if all(entry.proof.index < known.size for entry in read.entries):
        verdict.is_authentic = True


def _evidence(read: ReadProof, outside: Outside) -> Iterator[ProofEvidence]:
    """What is known from outside of the log's past, to judge revoked keys by."""
    ours = read.entries[0].checkpoint
    everything = frozenset(entry.proof.index for entry in read.entries)
    for response, about in _stamped(ProofVerdict(), read):
        if _leads_to_trust(response, about, outside):
            at = read_timestamp(response.data).at
            yield ProofEvidence(
                checkpoint=about.checkpoint, indexes=about.indexes, at=at, signed=about.note
            )
    with suppress(IntegrityFailed):  # told by check_witnesses
        for cosignature in cosignatures(read, outside):
            yield ProofEvidence(checkpoint=ours, indexes=everything, at=cosignature.at)
    for _, known in outside.checkpoints:
        had = (entry.proof.index for entry in read.entries if entry.proof.index < known.size)
        if is_same_tree(known, ours) or _grew_from(read, known):
            yield ProofEvidence(checkpoint=known, indexes=frozenset(had))


def _grew_from(read: ReadProof, known: Checkpoint) -> bool:
    ours = read.entries[0].checkpoint
    proofs = [part.hashes for part in read.since if part.size == known.size < ours.size]
    return (
        known.origin == ours.origin
        and bool(proofs)
        and all(
            verify_consistency(known.size, ours.size, hashes, known.root, ours.root)
            for hashes in proofs
        )
    )


# ── since when ─────────────────────────────────────────────────────────────────────────────────


class _About(NamedTuple):
    """A stamped checkpoint, and which entries of the proof it has."""

    digest: str
    checkpoint: Checkpoint
    note: Note
    indexes: frozenset[int]

    @property
    def size(self) -> int:
        """How many entries the checkpoint covers."""
        return self.checkpoint.size


def _check_times(verdict: ProofVerdict, read: ReadProof, outside: Outside) -> None:
    """What timestamps say, of the proof's checkpoint and of earlier ones; the earliest first."""
    names = _names(verdict, read)
    for response, about in _stamped(verdict, read):
        timestamp = _claimed(verdict, response, about)
        covered = [name for name, index in names.items() if index in about.indexes]
        if timestamp and covered:
            time = ProvenTime(
                at=timestamp.at,
                authority=timestamp.authority,
                size=about.size,
                names=tuple(covered),
                is_whole=len(covered) == len(names),
                is_trusted=_leads_to_trust(response, about, outside),
            )
            verdict.times.append(time)
    verdict.times.sort(key=lambda time: (time.at, time.size))
    verdict.proven += [str(time) for time in verdict.times if time.is_trusted]
    if outside.roots and not verdict.existed_by:
        _wrong(verdict, "CK-E635", "no timestamp leads to a root that you trust")


def _stamped(verdict: ProofVerdict, read: ReadProof) -> Iterator[tuple[ReadResponse, _About]]:
    """Each timestamp, and what it has to be about."""
    ours = read.entries[0]
    entries = (*read.entries, *(held.entry for held in read.held))
    everything = frozenset(entry.proof.index for entry in entries)
    digest = digest_bytes(ours.proof.checkpoint)
    about = _About(digest, ours.checkpoint, ours.note, everything)
    yield from ((response, about) for response in read.responses)
    for earlier in read.earlier:
        had = frozenset(index for index, _ in earlier.edges)
        if _check_earlier(verdict, earlier, entries):
            about = _About(earlier.digest, earlier.checkpoint, earlier.note, had)
            yield from ((response, about) for response in earlier.responses)


def _names(verdict: ProofVerdict, read: ReadProof) -> dict[str, int]:
    """What of the proof a timestamp can be about: files and purges -> index of their entry."""
    said = _last_words(verdict.entries)
    files = {file.path: said[file.path].index for file in read.document.files if file.path in said}
    purges = {f"the purge in entry {purge.index}": purge.index for purge in verdict.purged}
    held = {f"{h.leaf.path}, held privately": h.entry.proof.index for h in read.held}
    return {**files, **purges, **held}


def _check_earlier(
    verdict: ProofVerdict, earlier: ReadEarlier, entries: Sequence[ReadEntry]
) -> bool:
    """Whether each entry that it names was in the log of the earlier checkpoint already."""
    by_index = {entry.proof.index: entry for entry in entries}
    ours = entries[0].checkpoint
    for index, edge in earlier.edges:
        entry = by_index.get(index)
        if earlier.checkpoint.origin != ours.origin or not _was_in(earlier, entry, edge):
            message = f"does not show that entry {index} was in this log at the time"
            _wrong(verdict, "CK-E632", message, earlier.place)
            return False
    return True


def _was_in(earlier: ReadEarlier, entry: ReadEntry | None, edge: bytes | None) -> bool:
    if entry is None:
        return False
    index, size = entry.proof.index, entry.checkpoint.size
    then = earlier.checkpoint
    try:
        hashes = earlier_proof(index, size, entry.proof.hashes, earlier_size=then.size, edge=edge)
    except InvalidData:
        return False
    return verify_inclusion(entry.leaf, index, then.size, hashes, then.root)


def _claimed(verdict: ProofVerdict, response: ReadResponse, about: _About) -> Timestamp | None:
    """What a timestamp says, unverified; None, and a finding, if it is of something else."""
    try:
        timestamp = read_timestamp(response.data)
    except MissingExtra:
        raise
    except CitekitError as error:
        _wrong(verdict, "CK-E635", error.message, response.place)
        return None
    if timestamp.digest != about.digest or not response.is_whole:
        _wrong(verdict, "CK-E635", "is of something else, or was changed", response.place)
        return None
    return timestamp


def _leads_to_trust(response: ReadResponse, about: _About, outside: Outside) -> bool:
    if outside.roots:
        with suppress(CitekitError):  # of another authority: one is enough
            verify_timestamp(response.data, about.digest, outside.roots)
            return True
    return False


def _wrong(verdict: ProofVerdict, code: str, message: str, place: str = "") -> None:
    where = Place(json_path=place) if place else Place()
    verdict.findings.append(found(code, where, message))
