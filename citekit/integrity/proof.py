"""Proofs as text: that one entry is in a log, with the checkpoint that says so.

Reading and writing are exact inverses. Whether a proof leads to its checkpoint is the business of
``merkle``, whether anybody signed that one is the business of ``sign``. Source: C2SP tlog-proof.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Final

from citekit.errors import InvalidData
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.merkle import HASH_BYTES, MAX_TREE_SIZE, verify_inclusion
from citekit.integrity.note import MAX_NOTE_BYTES, decode_base64
from citekit.model.value import Value

HEADER: Final = "c2sp.org/tlog-proof@v1"
MAX_HASHES: Final = MAX_TREE_SIZE.bit_length()
MAX_EXTRA_BYTES: Final = 1 << 16

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)
_MAX_BYTES = MAX_NOTE_BYTES + 2 * MAX_EXTRA_BYTES + 64 * MAX_HASHES


class LogProof(Value):
    """The index of an entry, the hashes from its leaf up, and a checkpoint as it was written.

    ``extra`` belongs to nobody's signature: never trust it.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    def _check(self) -> None:
        """Refuse what no proof can be."""
        if not 0 <= self.index < MAX_TREE_SIZE:
            raise InvalidData(f"not the index of an entry: {self.index}")
        if len(self.hashes) > MAX_HASHES or any(len(h) != HASH_BYTES for h in self.hashes):
            raise InvalidData(f"a proof has at most {MAX_HASHES} hashes of {HASH_BYTES} bytes")
        if self.extra is not None and not 0 < len(self.extra) <= MAX_EXTRA_BYTES:
            raise InvalidData("the extra data of a proof are empty or too long")

    def leads_from(self, leaf: bytes) -> bool:
        """Tell whether the leaf hash is at ``index`` in the tree of the checkpoint.

        Raises InvalidData when the checkpoint is none.
        """
        checkpoint, _ = parse_checkpoint(self.checkpoint)
        return verify_inclusion(leaf, self.index, checkpoint.size, self.hashes, checkpoint.root)


def write_proof(proof: LogProof) -> bytes:
    """Write a proof; the checkpoint stands in it as it is."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {b64encode(proof.extra).decode()}")
    lines.append(f"index {proof.index}")
    lines += [b64encode(value).decode() for value in proof.hashes]
    return "\n".join([*lines, "", ""]).encode() + proof.checkpoint


def parse_proof(data: bytes) -> LogProof:
    """Read a proof; raises InvalidData for everything ``write_proof`` would not write."""
    if len(data) > _MAX_BYTES:
        raise InvalidData(f"a proof has at most {_MAX_BYTES} bytes, this one {len(data)}")
    head, separator, checkpoint = data.partition(b"\n\n")
    try:
        header, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidData("not a proof of a transparency log") from error
    if not separator or header != HEADER:
        raise InvalidData("not a proof of a transparency log", hint=f"its first line is {HEADER}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
    match = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if match is None:
        raise InvalidData("the proof does not say the index of its entry")
    parse_checkpoint(checkpoint)
    hashes = tuple(map(decode_base64, lines[: MAX_HASHES + 1]))
    return LogProof(index=int(match[1]), hashes=hashes, checkpoint=checkpoint, extra=extra)
