"""What a witness is asked with: a checkpoint, and that its log began with what the witness saw.

Reading and writing are exact inverses. Source: C2SP tlog-witness, the body of add-checkpoint.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Final

from citekit.errors import InvalidData
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.merkle import HASH_BYTES, MAX_TREE_SIZE, verify_consistency
from citekit.integrity.note import MAX_NOTE_BYTES, decode_base64
from citekit.model.value import Value

MAX_HASHES: Final = 63
MAX_REQUEST_BYTES: Final = MAX_NOTE_BYTES + 64 * MAX_HASHES

_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)


class WitnessRequest(Value):
    """The size that the witness saw last (0: never), a consistency proof, and a checkpoint."""

    old: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes

    def _check(self) -> None:
        checkpoint, _ = parse_checkpoint(self.checkpoint)
        if not 0 <= self.old <= checkpoint.size <= MAX_TREE_SIZE:
            raise InvalidData(f"a log of {checkpoint.size} entries did not have {self.old} before")
        if len(self.hashes) > MAX_HASHES or any(len(h) != HASH_BYTES for h in self.hashes):
            raise InvalidData(f"at most {MAX_HASHES} hashes of {HASH_BYTES} bytes lead there")
        if self.hashes and self.old in (0, checkpoint.size):
            raise InvalidData("there is nothing to prove, and hashes that would")

    def grew_from(self, root: bytes) -> bool:
        """Whether the log began with the tree of ``old`` entries that has this root."""
        checkpoint, _ = parse_checkpoint(self.checkpoint)
        if self.old in (0, checkpoint.size):
            return not self.old or root == checkpoint.root
        return verify_consistency(self.old, checkpoint.size, self.hashes, root, checkpoint.root)


def write_request(request: WitnessRequest) -> bytes:
    """Write the body of a request; the checkpoint stands in it as it is."""
    lines = [f"old {request.old}", *(b64encode(value).decode() for value in request.hashes)]
    return "\n".join([*lines, "", ""]).encode() + request.checkpoint


def parse_request(data: bytes) -> WitnessRequest:
    """Read the body of a request; raises InvalidData for what ``write_request`` does not write."""
    if len(data) > MAX_REQUEST_BYTES:
        raise InvalidData(f"a request has at most {MAX_REQUEST_BYTES} bytes")
    head, separator, checkpoint = data.partition(b"\n\n")
    try:
        first, *lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise InvalidData("not a request to a witness") from error
    match = _OLD.fullmatch(first)
    if not separator or match is None:
        raise InvalidData("not a request to a witness", hint="its first line is: old SIZE")
    hashes = tuple(map(decode_base64, lines[: MAX_HASHES + 1]))
    return WitnessRequest(old=int(match[1]), hashes=hashes, checkpoint=checkpoint)
