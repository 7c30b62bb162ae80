"""The parts of a proof file, each read into what it says; nothing here is judged.

A file that cannot be read to its last part is no proof file, whatever else is right in it: then
there is nothing to say about what was sealed. Everything that is read can be judged without error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from citekit.app.proving.proof_file import (
    EarlierCheckpoint,
    ProofDocument,
    ProofEntry,
    ProofHeld,
    ProofState,
    ProofTimestamp,
    SinceCheckpoint,
    parse_proof_file,
    read_entry,
    read_response,
)
from citekit.errors import InvalidData, Place
from citekit.integrity.checkpoint import Checkpoint, parse_checkpoint
from citekit.integrity.digest import digest_bytes, parse_digest
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import HASH_BYTES, MAX_TREE_SIZE, leaf_hash, verify_inclusion
from citekit.integrity.note import (
    KEY_ID_BYTES,
    Note,
    NoteSignature,
    check_key_name,
    decode_base64,
    parse_signature,
)
from citekit.integrity.private_tree import OpenedLeaf
from citekit.integrity.proof import LogProof
from citekit.integrity.state.group_state import GroupState, read_group
from citekit.integrity.state.state_leaf import StateLeaf, read_state_leaf
from citekit.integrity.state.state_tree import StatePath, read_bits
from citekit.model.value import Value

T = TypeVar("T")
Part = TypeVar("Part")


class ReadEntry(Value):
    """An entry, where it stands in the file, and the checkpoint that its proof leads to."""

    place: str
    leaf: bytes
    event: Mapping[str, Any]
    proof: LogProof
    checkpoint: Checkpoint
    note: Note

    @property
    def is_proven(self) -> bool:
        """Whether the hashes lead to the root of its checkpoint."""
        checkpoint = self.checkpoint
        return verify_inclusion(
            self.leaf, self.proof.index, checkpoint.size, self.proof.hashes, checkpoint.root
        )


class ReadResponse(Value):
    """An RFC 3161 response, unread, and the digest that the file says it has."""

    place: str
    digest: str
    data: bytes

    @property
    def is_whole(self) -> bool:
        """Whether it has that digest: bytes of it are signed by nobody."""
        return digest_bytes(self.data) == self.digest


class ReadEarlier(Value):
    """An earlier checkpoint, the entries it had (index -> edge), and its timestamps."""

    place: str
    checkpoint: Checkpoint
    note: Note
    digest: str
    edges: tuple[tuple[int, bytes | None], ...]
    responses: tuple[ReadResponse, ...]


class ReadSince(Value):
    """A consistency proof from the tree of ``size`` entries; from which root, the reader knows."""

    size: int
    hashes: tuple[bytes, ...]


class ReadState(Value):
    """The state leaf, the text of one group in it with what that says, and the way to the root."""

    entry: ReadEntry
    leaf: StateLeaf
    text: bytes
    group: GroupState
    path: StatePath


class ReadHeld(Value):
    """The state leaf of an earlier seal, the private root that it says, and a leaf under that."""

    entry: ReadEntry
    root: bytes
    leaf: OpenedLeaf


class ReadProof(Value):
    """A proof file, read whole."""

    document: ProofDocument
    entries: tuple[ReadEntry, ...]
    rotations: tuple[ReadEntry, ...]
    responses: tuple[ReadResponse, ...]
    earlier: tuple[ReadEarlier, ...]
    since: tuple[ReadSince, ...]
    cosignatures: tuple[NoteSignature, ...]
    state: ReadState | None = None
    held: tuple[ReadHeld, ...] = ()


class Unreadable(Exception):  # not an error of the tree: always turned into findings
    """Every part that cannot be read: where, and why."""

    def __init__(self, parts: Iterable[tuple[Place, str]]) -> None:
        super().__init__()
        self.parts = tuple(parts)


def read_proof(data: bytes) -> ReadProof:
    """Read a proof file with all its parts; raises Unreadable naming each that is none."""
    try:
        document = parse_proof_file(data)
    except InvalidData as error:
        raise Unreadable([(error.place or Place(), error.message)]) from error
    wrong: list[tuple[Place, str]] = []
    read = ReadProof(
        document=document,
        entries=_all(document.entries, "entries", _entry, wrong),
        rotations=_all(document.rotations, "rotations", _entry, wrong),
        responses=_all(document.timestamps, "timestamps", _response, wrong),
        earlier=_all(document.earlier, "earlier", _earlier, wrong),
        since=_all(document.since, "since", _since, wrong),
        cosignatures=_all(document.cosignatures, "cosignatures", _cosignature, wrong),
        state=next(iter(_all(_states(document), "state", _state, wrong)), None),
        held=_all(document.held, "held", _held, wrong),
    )
    if not document.entries or not document.files:
        wrong.append((Place(), "the proof has no entries or no files"))
    if wrong:
        raise Unreadable(wrong)
    return read


def _all(
    parts: tuple[Part, ...],
    name: str,
    read: Callable[[Part, str], T],
    wrong: list[tuple[Place, str]],
) -> tuple[T, ...]:
    """Those parts that can be read; what is wrong with the others goes into ``wrong``."""
    found = []
    for number, part in enumerate(parts):
        place = f"{name}[{number}]"
        try:
            found.append(read(part, place))
        except InvalidData as error:
            wrong.append((Place(json_path=place), error.message))
    return tuple(found)


def _entry(part: ProofEntry, place: str) -> ReadEntry:
    data, proof = read_entry(part)
    checkpoint, note = parse_checkpoint(proof.checkpoint)
    return ReadEntry(
        place=place,
        leaf=leaf_hash(data),
        event=parse_leaf(data),
        proof=proof,
        checkpoint=checkpoint,
        note=note,
    )


def _response(part: ProofTimestamp, place: str) -> ReadResponse:
    parse_digest(part.digest)
    return ReadResponse(place=place, digest=part.digest, data=read_response(part))


def _earlier(part: EarlierCheckpoint, place: str) -> ReadEarlier:
    data = part.checkpoint.encode()
    checkpoint, note = parse_checkpoint(data)
    return ReadEarlier(
        place=place,
        checkpoint=checkpoint,
        note=note,
        digest=digest_bytes(data),
        edges=tuple((entry.index, _edge(entry.edge)) for entry in part.entries),
        responses=tuple(
            _response(stamp, f"{place}.timestamps[{number}]")
            for number, stamp in enumerate(part.timestamps)
        ),
    )


def _edge(text: str | None) -> bytes | None:
    return None if text is None else _hash(text, "an edge")


def _since(part: SinceCheckpoint, _: str) -> ReadSince:
    if not 0 < part.size <= MAX_TREE_SIZE:
        raise InvalidData(f"not the size of a log that proves something: {part.size}")
    hashes = tuple(_hash(text, "a hash") for text in part.hashes)
    return ReadSince(size=part.size, hashes=hashes)


def _cosignature(line: str, _: str) -> NoteSignature:
    signature = parse_signature(line)
    if len(signature.key_id) != KEY_ID_BYTES or not signature.signature:
        raise InvalidData("a signature is cut short")
    check_key_name(signature.name)
    return signature


def _states(document: ProofDocument) -> tuple[ProofState, ...]:
    return (document.state,) if document.state else ()


def _state(part: ProofState, _: str) -> ReadState:
    entry = _entry(ProofEntry(entry=part.entry, proof=part.proof), "state")
    text = part.group.encode()
    return ReadState(
        entry=entry,
        leaf=read_state_leaf(entry.event),
        text=text,
        group=read_group(text),
        path=StatePath(read_bits(part.bits), tuple(_hash(h, "a hash") for h in part.hashes)),
    )


def _held(part: ProofHeld, place: str) -> ReadHeld:
    entry = _entry(ProofEntry(entry=part.entry, proof=part.proof), place)
    root = read_state_leaf(entry.event).private
    return ReadHeld(entry=entry, root=root, leaf=OpenedLeaf.from_json(dict(part.leaf)))


def _hash(text: str, what: str) -> bytes:
    data = decode_base64(text)
    if len(data) != HASH_BYTES:
        raise InvalidData(f"{what} has {HASH_BYTES} bytes")
    return data
