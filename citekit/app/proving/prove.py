"""``citekit prove``: one small file that shows a stranger what was sealed about an item.

It holds the item, its capture records, the entries of the log about them with their proofs, and
timestamps. The checkpoint is the one that stands: the key of today has signed it. What an earlier,
stamped one had already is shown to be as old as that. Texts are never in a proof: a capture record
has their digests. Payloads that were purged are proven too, and the entry that says so is part of
the proof.
"""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.app.chosen import open_key
from citekit.app.proving.check_proof import check_proof
from citekit.app.proving.earlier_seals import prove_earlier
from citekit.app.proving.held_privately import (
    HeldPrivately,
    OpenedSeal,
    held_privately,
    opened_seals,
)
from citekit.app.proving.proof_file import (
    FORMAT,
    WITHOUT_STATE,
    ProofDocument,
    ProofEntry,
    ProofFile,
    ProofHeld,
    ProofState,
    SinceCheckpoint,
    write_entry,
    write_proof_file,
    write_response,
    write_state,
)
from citekit.app.proving.proof_page import render_page
from citekit.app.proving.proof_verdict import ProofVerdict
from citekit.app.sealing.kept_checkpoints import KnownSeal, cosignatures_of, known_seals
from citekit.app.sealing.plan import replay
from citekit.app.sealing.unconfirmed import erasures_among
from citekit.errors import IntegrityFailed, InvalidData, Place, UsageError
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.note import write_signature
from citekit.integrity.proof import LogProof
from citekit.integrity.state.group_state import write_group
from citekit.integrity.state.state_tree import StateTree, state_key
from citekit.model.value import Value
from citekit.store import files
from citekit.store.clock import now as this_second
from citekit.store.log.folder import LogFolder, Standing
from citekit.store.log.log_state import History
from citekit.store.log.record_kinds import action_of
from citekit.store.log.whole_state import WholeState
from citekit.store.writing.event_recorder import this_tool

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    from citekit.integrity.checkpoint import Checkpoint
    from citekit.store.reading import ArchiveReader


class Proof(Value):
    """A proof file's bytes, a readable page about it, and what it proves by itself."""

    key: str
    data: bytes
    page: str
    verdict: ProofVerdict


class ReadLog(Value):
    """A log read once, from which many items are proven; ``renames`` are index, old and new.

    ``seals`` are those whose checkpoints are here, the last one is that which stands;
    ``unsealed_purges`` the digests whose purge waits for a seal. ``states`` is the tree of what the
    log says; None where the log does not end with a state. ``opened`` are seals whose private root
    may be opened, for items that were private before.
    """

    log: LogFolder
    latest: Standing
    history: History
    renames: tuple[tuple[int, str, str], ...]
    seals: tuple[KnownSeal, ...]
    unsealed_purges: frozenset[str] = frozenset()
    states: StateTree | None = None
    opened: tuple[OpenedSeal, ...] = ()


def read_log(store: ArchiveReader, *, opens_private: bool = False) -> ReadLog:
    """Read the whole log; raises UsageError where there is none, IntegrityFailed if damaged.

    A proof tells that its item was private before where the log ``opens_private`` roots.
    """
    log = LogFolder(store.layout)
    latest = log.standing()
    if latest is None:
        raise UsageError("nothing is sealed here yet", hint="citekit seal")
    history = replay(log, latest)
    has_state = history.states[-1:] == [latest.size - 1]
    return ReadLog(
        log=log,
        latest=latest,
        history=history,
        renames=tuple(_all_renames(log, latest)),
        seals=known_seals(store, log, latest),
        unsealed_purges=frozenset(_waiting_purges(log, latest)),
        states=WholeState(history).tree() if has_state else None,
        opened=opened_seals(store.layout) if opens_private else (),
    )


def prove(
    store: ArchiveReader,
    key: str,
    *,
    now: datetime | None = None,
    read: ReadLog | None = None,
    since: Sequence[Checkpoint] = (),
) -> Proof:
    """Make the proof of one item; who proves many reads the log once.

    ``since`` are earlier checkpoints that its readers have kept: it shows that the log only grew
    from there. Raises UsageError when the item is private, when it or a capture of it is not
    sealed, or a checkpoint is of another log; IntegrityFailed when something is not what was
    sealed, or the log does not begin as such a checkpoint says.
    """
    key = open_key(store, key)
    store = store.for_others()
    read = read or read_log(store, opens_private=True)
    proof_files, indexes = _sealed_files(store, read.history, key)
    indexes += _purges(store, read, key)
    renames = _renames(read, store.layout.item_name(key), min(indexes))
    chosen = sorted({*indexes, *renames})
    *_, last = read.seals
    state = _prove_state(read, store.layout.item_name(key))
    held = held_privately(store, key, read.opened) if state else ()
    dated = sorted({*indexes, *(part.entry for part in held)})
    document = ProofDocument(
        format=FORMAT if state else WITHOUT_STATE,
        key=key,
        made_at=now or this_second(),
        tool=this_tool(),
        files=tuple(proof_files),
        entries=tuple(_prove_entries(read.log, last.standing, chosen)),
        rotations=tuple(_rotations(read)),
        timestamps=tuple(write_response(r, digest_bytes(r)) for r, _ in last.timestamps()),
        earlier=tuple(prove_earlier(read.log, read.seals, dated)),
        since=tuple(_prove_growth(read, kept) for kept in dict.fromkeys(since)),
        cosignatures=tuple(
            write_signature(line).rstrip("\n")
            for line in cosignatures_of(store.layout, read.latest)
        ),
        state=state,
        held=tuple(_prove_held(read, part) for part in held),
    )
    data = write_proof_file(document)
    verdict = check_proof(data)
    if verdict.exit_code not in (0, 1):
        first = verdict.findings[0]
        raise IntegrityFailed(
            f"no proof can be made: {first.message}", hint="citekit verify shows what is wrong"
        )
    return Proof(key=key, data=data, page=render_page(verdict, document), verdict=verdict)


def _sealed_files(
    store: ArchiveReader, history: History, key: str
) -> tuple[list[ProofFile], list[int]]:
    """The item and its capture records as text, and the entries that say their digests."""
    layout = store.layout
    paths = [layout.item_file(key), *(layout.capture_file(key, s) for s in store.stamps(key))]
    proof_files, indexes = [], []
    for path in paths:
        name = layout.name(path)
        data = files.read_bytes(layout.check_inside(path))
        known = history.get(name)
        if known is None or (known.digest != digest_bytes(data) and action_of(name) == "item"):
            hint = "citekit seal, then prove again"
            raise UsageError("is not sealed as it is now", place=Place(path=str(path)), hint=hint)
        if known.digest != digest_bytes(data):
            raise IntegrityFailed(
                "is not what was sealed", place=Place(path=str(path)), hint="citekit verify"
            )
        proof_files.append(ProofFile(path=name, text=_text(data, path)))
        indexes.append(known.entry)
    return proof_files, indexes


def _purges(store: ArchiveReader, read: ReadLog, key: str) -> list[int]:
    """The entries that say which payloads of the item were removed for good.

    With them those about an item of before that had the same folder, and was erased. Raises
    UsageError for a purge that is not sealed: a proof that kept silent would mislead.
    """
    digests = store.digests(key)
    if digests & read.unsealed_purges:
        hint = "citekit seal, then prove again"
        raise UsageError(f"the purge of {key} is not sealed yet", hint=hint)
    purged, state = read.history.purged, read.history.state_of(store.layout.item_name(key))
    of_folder = set(state.purged.values()) if state else set()
    return sorted(of_folder | {purged[digest] for digest in digests & purged.keys()})


def _waiting_purges(log: LogFolder, standing: Standing) -> Iterable[str]:
    for _, said in erasures_among(log.waiting(standing.size)):
        yield from (str(payload["digest"]) for payload in said.value.get("payloads", ()))


def _text(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidData("is not UTF-8", place=Place(path=str(path))) from error


def _all_renames(log: LogFolder, standing: Standing) -> Iterable[tuple[int, str, str]]:
    for index, entry in enumerate(log.entries(standing.size)):
        if b'"action":"rename"' in entry:  # parsing every entry is what costs
            with suppress(InvalidData):
                event = parse_leaf(entry)
                yield index, str(event.get("subject")), str(event.get("to"))


def _renames(read: ReadLog, folder: str, first: int) -> list[int]:
    """The renamings since the entry ``first`` that led to the item's folder of today."""
    names, chosen = {folder}, []
    for index, old, new in reversed(read.renames):
        if index > first and new in names:
            names.add(old)
            chosen.append(index)
    return chosen


def _prove_entries(
    log: LogFolder, standing: Standing, indexes: Iterable[int]
) -> Iterable[ProofEntry]:
    for index in indexes:
        hashes = log.prove(index, standing.size)
        proof = LogProof(index=index, hashes=hashes, checkpoint=standing.data)
        yield write_entry(log.whole_entry(index), proof)


def _prove_state(read: ReadLog, folder: str) -> ProofState | None:
    """All that the log says of a folder, led to the state with which the log ends."""
    group = read.history.state_of(folder)
    path = read.states.prove(state_key(folder)) if read.states else None
    if group is None or path is None:
        return None
    index = read.latest.size - 1
    proof = LogProof(
        index=index,
        hashes=read.log.prove(index, read.latest.size),
        checkpoint=read.seals[-1].standing.data,
    )
    return write_state(read.log.whole_entry(index), proof, write_group(group), path)


def _prove_held(read: ReadLog, held: HeldPrivately) -> ProofHeld:
    (part,) = _prove_entries(read.log, read.latest, [held.entry])
    return ProofHeld(entry=part.entry, proof=part.proof, leaf=held.leaf.to_json())


def _prove_growth(read: ReadLog, kept: Checkpoint) -> SinceCheckpoint:
    """That the log began with what a checkpoint covers; refused where it did not."""
    origin, size = read.latest.checkpoint.origin, read.latest.size
    if kept.origin != origin or not kept.size:
        raise UsageError(
            f"--since names a checkpoint of {kept.origin!r} with {kept.size} entries",
            hint=f"give one of this log, {origin!r}, that covers something",
        )
    if kept.size > size or read.log.root_at(kept.size) != kept.root:
        raise IntegrityFailed(
            f"this log does not begin with the {kept.size} entries of that checkpoint",
            hint="citekit verify --checkpoint FILE says more: the log went back or was rewritten",
        )
    hashes = read.log.prove_begins(kept.size, size)
    return SinceCheckpoint(
        size=kept.size, hashes=tuple(b64encode(value).decode() for value in hashes)
    )


def _rotations(read: ReadLog) -> Iterable[ProofEntry]:
    """Each change of keys, proven by the checkpoint that both keys have signed.

    A key that says that another is revoked does so at the checkpoint that stands.
    """
    for change in read.history.keys:
        if change.revoked_from is not None:
            yield from _prove_entries(read.log, read.seals[-1].standing, [change.entry])
            continue
        both = (s for s in read.seals if change.entry < s.size and len(s.standing.signatures) > 1)
        seal = next(both, None)
        if change.replaces and seal:
            yield from _prove_entries(read.log, seal.standing, [change.entry])
