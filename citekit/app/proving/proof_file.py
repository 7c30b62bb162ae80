"""The proof file: one small JSON document that a stranger can check offline (citekit-proof/2).

Files of the format before, citekit-proof/1, have no ``state``, and do not show the last word.

Reading it judges nothing but its shape. What it says is checked by ``check_proof``, and by the
standalone script of the documentation, which shares no code with this one.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, Literal

from citekit.errors import InvalidData
from citekit.integrity.note import decode_base64
from citekit.integrity.proof import LogProof, parse_proof, write_proof
from citekit.integrity.state.state_tree import KEY_BITS, StatePath, write_bits
from citekit.model.capture import Tool
from citekit.model.records.codec import decode, to_json
from citekit.model.records.json_text import dump_json, parse_json
from citekit.model.value import Value
from citekit.store.folder_names import names_of

FORMAT: Final = "citekit-proof/2"
WITHOUT_STATE: Final = "citekit-proof/1"
"""The format of proofs from a log that was made before there were states."""
MAX_PROOF_BYTES: Final = 8 << 20
MAX_PARTS: Final = 1000
MAX_EARLIER: Final = 10 * MAX_PARTS
MAX_HASHES: Final = 64
"""Of a consistency proof: one more than a tree of 2**63 leaves has levels."""


class ProofFile(Value):
    """A file of the archive, its very text included."""

    path: str
    text: str


class ProofEntry(Value):
    """An entry of the log as it is in the log, and a C2SP proof that it is in there."""

    entry: str
    proof: str


class ProofTimestamp(Value):
    """An RFC 3161 response, base64, and the digest of its bytes."""

    digest: str
    response: str


class EarlierEntry(Value):
    """That the entry with this index was in the log of an earlier checkpoint already.

    Its proof is the one that the entry has, but for ``edge``: see ``citekit.integrity.earlier``.
    """

    index: int
    edge: str | None = None


class EarlierCheckpoint(Value):
    """A checkpoint of the same log when it was smaller, and the timestamps of it.

    It shows since when entries exist; whether they still stand, the proof's own checkpoint says.
    """

    checkpoint: str
    entries: tuple[EarlierEntry, ...]
    timestamps: tuple[ProofTimestamp, ...]


class SinceCheckpoint(Value):
    """That the log began with the tree of ``size`` entries: a consistency proof, base64 hashes.

    Whose root that is, the reader has to know: only a checkpoint that they kept makes use of it.
    """

    size: int
    hashes: tuple[str, ...]


class ProofState(Value):
    """What the log says of the item's folder, and that this is all it says.

    ``entry`` and ``proof`` are the state leaf's, ``group`` is the text of the folder's state, and
    ``bits`` and ``hashes`` (base64) lead from there to the root that the leaf has.
    """

    entry: str
    proof: str
    group: str
    bits: str
    hashes: tuple[str, ...]


class ProofHeld(Value):
    """That a capture record was private at an earlier seal, and held here all the same.

    ``entry`` and ``proof`` are that seal's state leaf, ``leaf`` is an opened one of the tree under
    its private root (``citekit.integrity.private_tree``).
    """

    entry: str
    proof: str
    leaf: Mapping[str, Any]


class ProofDocument(Value):
    """The document. ``entries`` are in the order of the log; ``rotations`` are changes of keys.

    Each rotation is proven by a checkpoint of its own, which old and new key have signed.
    ``timestamps`` and ``cosignatures`` (lines of witnesses) are of the checkpoint that all entries
    have, ``earlier`` of others. ``since`` leads to it from smaller ones that the reader has kept.
    ``state`` is what makes it the last word; a file of the format before has none.
    ``held`` shows what was private before.
    """

    format: Literal["citekit-proof/1", "citekit-proof/2"]
    key: str
    made_at: datetime
    tool: Tool
    files: tuple[ProofFile, ...]
    entries: tuple[ProofEntry, ...]
    rotations: tuple[ProofEntry, ...] = ()
    timestamps: tuple[ProofTimestamp, ...] = ()
    earlier: tuple[EarlierCheckpoint, ...] = ()
    since: tuple[SinceCheckpoint, ...] = ()
    cosignatures: tuple[str, ...] = ()
    state: ProofState | None = None
    held: tuple[ProofHeld, ...] = ()

    def _check(self) -> None:
        """Bound the work that a hostile file can ask for."""
        if (self.state is None) != (self.format == WITHOUT_STATE):
            raise ValueError(f"a proof of the format {FORMAT} has a state, no other one has")
        if self.state and len(self.state.hashes) > KEY_BITS:
            raise ValueError(f"a way to the root of the state has at most {KEY_BITS} hashes")
        parts = (
            self.files,
            self.entries,
            self.rotations,
            self.timestamps,
            self.earlier,
            self.since,
            self.held,
            self.cosignatures,
        )
        inner = [part for e in self.earlier for part in (e.entries, e.timestamps)]
        if any(len(part.hashes) > MAX_HASHES for part in self.since):
            raise ValueError(f"a consistency proof has at most {MAX_HASHES} hashes")
        if any(len(part) > MAX_PARTS for part in (*parts, *inner)):
            raise ValueError(f"a proof has at most {MAX_PARTS} parts of a kind")
        if sum(map(len, inner)) > MAX_EARLIER:
            raise ValueError(f"the earlier checkpoints have at most {MAX_EARLIER} parts together")


def item_path(document: ProofDocument) -> str | None:
    """The path of the item that the proof is about, as one of its files; None: it has none."""
    paths = {file.path for file in document.files}
    with suppress(InvalidData):  # a hostile proof may name what is no key
        for name in reversed(names_of(document.key)):
            if f"items/{name}/item.json" in paths:
                return f"items/{name}/item.json"
    return None


def parse_proof_file(data: bytes) -> ProofDocument:
    """Read a proof file; raises InvalidData for anything else."""
    if len(data) > MAX_PROOF_BYTES:
        raise InvalidData(f"a proof file has at most {MAX_PROOF_BYTES} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidData("a proof file is UTF-8 text") from error
    value = parse_json(text)
    if not isinstance(value, Mapping) or value.get("format") not in (FORMAT, WITHOUT_STATE):
        raise InvalidData(f'not a proof file: its "format" is not {FORMAT} or {WITHOUT_STATE}')
    return decode(ProofDocument, value)


def write_proof_file(document: ProofDocument) -> bytes:
    """Write a proof file."""
    value: dict[str, Any] = to_json(document)
    return dump_json(value).encode()


def write_entry(entry: bytes, proof: LogProof) -> ProofEntry:
    """An entry with its proof, as text."""
    return ProofEntry(entry=entry.decode(), proof=write_proof(proof).decode())


def read_entry(part: ProofEntry) -> tuple[bytes, LogProof]:
    """The bytes of an entry and its proof; raises InvalidData."""
    return part.entry.encode(), parse_proof(part.proof.encode())


def write_state(entry: bytes, proof: LogProof, group: bytes, path: StatePath) -> ProofState:
    """The state leaf with its proof, and a group with the way to its root, as text."""
    return ProofState(
        entry=entry.decode(),
        proof=write_proof(proof).decode(),
        group=group.decode(),
        bits=write_bits(path.bits),
        hashes=tuple(b64encode(value).decode() for value in path.hashes),
    )


def write_response(response: bytes, digest: str) -> ProofTimestamp:
    """A timestamp's response, as text."""
    return ProofTimestamp(digest=digest, response=b64encode(response).decode())


def read_response(part: ProofTimestamp) -> bytes:
    """The bytes of a timestamp's response; raises InvalidData."""
    return decode_base64(part.response)
