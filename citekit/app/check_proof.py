"""Check a proof file with nothing but the file and what the checker trusts; reads no archive.

The answer has two lists: what is proven, and what is not. A proof by itself shows that it is
consistent; only a key, a checkpoint or an authority known from elsewhere makes it a proof to you.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from citekit.app.checks.rules import found
from citekit.app.outside import Outside
from citekit.app.proof_file import (
    ProofDocument,
    ProofEntry,
    parse_proof_file,
    read_entry,
    read_response,
)
from citekit.errors import CitekitError, InvalidData, MissingExtra, Place
from citekit.findings import Finding, FindingClass, Severity
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.integrity.rotation import KeyStep, follow_keys
from citekit.integrity.sign import parse_vkey, verify_note
from citekit.integrity.timestamp import read_timestamp, verify_timestamp
from citekit.model.codec import write_instant
from citekit.model.json_text import parse_json

if TYPE_CHECKING:
    from citekit.integrity.note import Note

NOT_PROVEN = (
    "that the source ever served this: citekit says what it saw or was told, and nobody signs that",
    "what is declared: somebody said so, and the log says when and who",
    "that nothing came later: this is about the log as it was at its checkpoint",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenEntry:
    """One entry of a proof: its number in the log and what it says."""

    index: int
    event: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvenPurge:
    """A payload that an entry of a proof says was removed for good: what, when, by whom, why."""

    index: int
    role: str
    digest: str
    at: str
    by: str
    reason: str | None = None

    def __str__(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return (
            f"payload {self.role} ({self.digest}) was removed for good at {self.at} by {self.by}, "
            f"as entry {self.index} says{why}"
        )

    def to_json(self) -> dict[str, Any]:
        """One of ``purged`` in the document of ``--json``."""
        return {
            "entry": self.index,
            "role": self.role,
            "digest": self.digest,
            "at": self.at,
            "by": self.by,
            "reason": self.reason,
        }


@dataclass(slots=True, kw_only=True)
class ProofVerdict:
    """What a proof proves, to this checker. ``is_authentic``: by a key or checkpoint they trust."""

    key: str = ""
    checkpoint: Checkpoint | None = None
    signers: tuple[str, ...] = ()
    is_authentic: bool = False
    existed_by: list[str] = field(default_factory=list)
    proven: list[str] = field(default_factory=list)
    entries: list[ProvenEntry] = field(default_factory=list)
    purged: list[ProvenPurge] = field(default_factory=list)
    documents: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def not_proven(self) -> tuple[str, ...]:
        """What nobody can conclude from this proof."""
        who = () if self.is_authentic else ("who made it: the signer is not authenticated",)
        return (*who, *NOT_PROVEN)

    @property
    def exit_code(self) -> int:
        """0 proven · 1 consistent, signer not authenticated · 4 no proof file · 6 tampered."""
        wrong = {finding.kind for finding in self.findings if finding.severity is Severity.ERROR}
        if FindingClass.TAMPERED in wrong:
            return 6
        if wrong:
            return 4
        return 0 if self.is_authentic else 1

    @property
    def summary(self) -> str:
        """One line."""
        return {
            0: "proven",
            1: "consistent; signer not authenticated",
            4: "not a proof",
            6: "tampered",
        }[self.exit_code]

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "ok": self.exit_code == 0,
            "verdict": self.summary,
            "key": self.key,
            "origin": self.checkpoint.origin if self.checkpoint else None,
            "size": self.checkpoint.size if self.checkpoint else None,
            "signers": list(self.signers),
            "proven": self.proven if self.exit_code == 0 else [],
            "consistent": self.proven if self.exit_code == 1 else [],
            "not_proven": list(self.not_proven),
            "purged": [purge.to_json() for purge in self.purged],
            "findings": [finding.to_json() for finding in self.findings],
        }


def check_proof(
    data: bytes, outside: Outside | None = None, *, payloads: Mapping[str, bytes] | None = None
) -> ProofVerdict:
    """Check a proof file; ``payloads`` (name -> bytes) are compared with the digests in it.

    Never raises for what the file says; raises MissingExtra where a signature should be checked
    without cryptography.
    """
    outside = outside or Outside()
    verdict = ProofVerdict()
    try:
        document = parse_proof_file(data)
    except InvalidData as error:
        verdict.findings.append(found("CK-E630", error.place or Place(), error.message))
        return verdict
    verdict.key = document.key
    note = _check_entries(verdict, document)
    if note is None or verdict.checkpoint is None:
        return verdict
    _check_files(verdict, document)
    _take_purges(verdict)
    _check_payloads(verdict, payloads or {})
    _check_signature(verdict, document, note, outside)
    _check_checkpoints(verdict, outside)
    _check_timestamps(verdict, document, note, outside)
    return verdict


def _check_entries(verdict: ProofVerdict, document: ProofDocument) -> Note | None:
    """Each entry leads to the root of one checkpoint; gives the note that carries it."""
    checkpoints: dict[bytes, tuple[Checkpoint, Note]] = {}
    for number, part in enumerate(document.entries):
        place = f"entries[{number}]"
        read = _read(verdict, part, place)
        if read is None:
            continue
        index, event, note_bytes = read
        verdict.entries.append(ProvenEntry(index=index, event=event))
        checkpoints[note_bytes] = parse_checkpoint(note_bytes)
    if len(checkpoints) != 1:
        code = "CK-E633" if checkpoints else "CK-E630"
        _wrong(verdict, code, f"the proof has {len(checkpoints)} checkpoints, not one")
        return None
    ((verdict.checkpoint, note),) = checkpoints.values()
    return note


def _read(
    verdict: ProofVerdict, part: ProofEntry, place: str
) -> tuple[int, dict[str, Any], bytes] | None:
    try:
        entry, proof = read_entry(part)
        event = parse_leaf(entry)
        leads = proof.leads_from(leaf_hash(entry))
    except InvalidData as error:
        _wrong(verdict, "CK-E630", error.message, place)
        return None
    if not leads:
        _wrong(verdict, "CK-E632", "is not in the log of its checkpoint", place)
        return None
    return proof.index, event, proof.checkpoint


def _check_files(verdict: ProofVerdict, document: ProofDocument) -> None:
    """Each file is what the last entry about it says, under the name that renamings gave it."""
    said = _digests(verdict.entries)
    for number, file in enumerate(document.files):
        place = f"files[{number}]"
        digest = digest_bytes(file.text.encode())
        if file.path not in said:
            _wrong(verdict, "CK-E631", f"no entry of the proof is about {file.path!r}", place)
        elif said[file.path] != digest:
            _wrong(verdict, "CK-E631", f"{file.path} has {digest}, not {said[file.path]}", place)
        else:
            verdict.proven.append(f"{file.path} is unchanged since it was sealed ({digest})")
            with suppress(InvalidData):
                verdict.documents[file.path] = parse_json(file.text)
    if not document.files:
        _wrong(verdict, "CK-E630", "the proof has no files")
    elif not any(file.path == f"items/{document.key}/item.json" for file in document.files):
        _wrong(verdict, "CK-E631", f"the proof has no item.json of {document.key!r}")


def _digests(entries: list[ProvenEntry]) -> dict[str, object]:
    """Path -> digest that the entries say, replayed in the order of the log."""
    said: dict[str, object] = {}
    for entry in sorted(entries, key=lambda e: e.index):
        subject, to = str(entry.event.get("subject")), entry.event.get("to")
        if entry.event.get("action") == "rename":
            for path in [path for path in said if path.startswith(f"{subject}/")]:
                said[f"{to}{path[len(subject) :]}"] = said.pop(path)
        elif entry.event.get("action") != "purge":
            said[subject] = entry.event.get("digest")
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


def _check_signature(
    verdict: ProofVerdict, document: ProofDocument, note: Note, outside: Outside
) -> None:
    verdict.signers = tuple(f"{s.name}+{s.key_id.hex()}" for s in note.signatures)
    if not outside.keys:
        return
    steps = [step for part in document.rotations for step in _steps(verdict, part)]
    try:
        signers = verify_note(note, follow_keys(outside.keys, steps))
    except MissingExtra:
        raise
    except CitekitError as error:
        _wrong(verdict, "CK-E634", error.message)
        return
    verdict.signers = tuple(map(str, signers))
    verdict.is_authentic = True
    names = ", ".join(verdict.signers)
    verdict.proven.append(f"the log says so at its checkpoint, signed by {names}")


def _steps(verdict: ProofVerdict, part: ProofEntry) -> list[KeyStep]:
    """The change of keys that a proven entry of this log says; nothing for any other."""
    with suppress(InvalidData):
        entry, proof = read_entry(part)
        checkpoint, note = parse_checkpoint(proof.checkpoint)
        event = parse_leaf(entry)
        same_log = verdict.checkpoint and checkpoint.origin == verdict.checkpoint.origin
        if same_log and event.get("action") == "key" and proof.leads_from(leaf_hash(entry)):
            new = parse_vkey(str(event.get("vkey")))
            return [KeyStep(new=new, replaces=str(event.get("replaces")), note=note)]
    return []


def _check_checkpoints(verdict: ProofVerdict, outside: Outside) -> None:
    ours = verdict.checkpoint
    for path, known in outside.checkpoints:
        if ours and (known.origin, known.size, known.root) == (ours.origin, ours.size, ours.root):
            verdict.is_authentic = True
            verdict.proven.append(f"the log was as {path} says, which you kept")
        else:
            _wrong(verdict, "CK-E637", "is another checkpoint than that of the proof", path)


def _check_timestamps(
    verdict: ProofVerdict, document: ProofDocument, note: Note, outside: Outside
) -> None:
    from citekit.integrity.note import write_note

    digest = digest_bytes(write_note(note))
    for number, part in enumerate(document.timestamps):
        place = f"timestamps[{number}]"
        try:
            response = read_response(part)
            claimed = read_timestamp(response)
        except MissingExtra:
            raise
        except CitekitError as error:
            _wrong(verdict, "CK-E635", error.message, place)
            continue
        if claimed.digest != digest or part.digest != digest_bytes(response):
            _wrong(verdict, "CK-E635", "is a timestamp of something else, or was changed", place)
        elif outside.roots:
            _verify_timestamp(verdict, response, digest, outside)
    if outside.roots and not verdict.existed_by:
        _wrong(verdict, "CK-E635", "no timestamp leads to a root that you trust")


def _verify_timestamp(
    verdict: ProofVerdict, response: bytes, digest: str, outside: Outside
) -> None:
    with suppress(InvalidData, CitekitError):  # of another authority: one that leads is enough
        timestamp = verify_timestamp(response, digest, outside.roots)
        at = write_instant(timestamp.at)
        verdict.existed_by.append(at)
        verdict.proven.append(f"it existed by {at}, says {timestamp.authority}")


def _wrong(verdict: ProofVerdict, code: str, message: str, place: str = "") -> None:
    where = Place(json_path=place) if place else Place()
    verdict.findings.append(found(code, where, message))
