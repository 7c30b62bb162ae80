"""Checkpoints: what a log says of itself at one size, fit to be signed and kept elsewhere.

The text of the note has the log's origin, its size, its root, and possibly further lines that are
kept as they are. Reading and writing are exact inverses. Source: C2SP tlog-checkpoint.
"""

from __future__ import annotations

import re
from base64 import b64encode

from citekit.errors import InvalidData
from citekit.integrity.merkle import EMPTY_ROOT, HASH_BYTES, MAX_TREE_SIZE
from citekit.integrity.note import Note, NoteSignature, decode_base64, parse_note, write_note
from citekit.model.value import Value

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class Checkpoint(Value):
    """The origin (a name like ``example.org/archive``), size in leaves, and 32-byte root.

    Raises InvalidData for one that no checkpoint could say.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def _check(self) -> None:
        if not all(line and "\n" not in line for line in (self.origin, *self.extensions)):
            raise InvalidData("the lines of a checkpoint are not empty")
        if not 0 <= self.size <= MAX_TREE_SIZE:
            raise InvalidData(f"not the size of a log: {self.size}")
        if len(self.root) != HASH_BYTES:
            raise InvalidData(f"a root has {HASH_BYTES} bytes, this one {len(self.root)}")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise InvalidData("a log without leaves has another root")

    @property
    def text(self) -> str:
        """The text that is signed, with its final newline."""
        lines = (self.origin, str(self.size), b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def is_same_tree(one: Checkpoint, other: Checkpoint) -> bool:
    """Whether both are of one log and have the same entries, whatever else they say."""
    return (one.origin, one.size, one.root) == (other.origin, other.size, other.root)


def parse_checkpoint(data: bytes) -> tuple[Checkpoint, Note]:
    """Read a checkpoint and the note that carries it, with its signatures not yet checked.

    Raises InvalidData for everything ``write_checkpoint`` would not write.
    """
    note = parse_note(data)
    return parse_checkpoint_text(note.text), note


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Read the text of a checkpoint's note; raises InvalidData for any other text."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop():
        raise InvalidData("a checkpoint has lines for origin, size and root")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise InvalidData(f"not the size of a log: {size[:80]!r}")
    return Checkpoint(
        origin=origin, size=int(size), root=decode_base64(root), extensions=tuple(extensions)
    )


def own_signatures(checkpoint: Checkpoint, note: Note) -> tuple[NoteSignature, ...]:
    """The lines below a checkpoint that claim to be of its log; the others are of witnesses."""
    return tuple(line for line in note.signatures if line.name == checkpoint.origin)


def write_checkpoint(checkpoint: Checkpoint) -> bytes:
    """Write a checkpoint that nobody has signed yet."""
    return write_note(Note(text=checkpoint.text))
