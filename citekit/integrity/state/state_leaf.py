"""The entry with which a seal ends: what the log says of the whole archive, in two hashes.

It is the last leaf of the tree of its checkpoint, so ``size``, the number of entries before it, is
its own number in the log. One that stands elsewhere is another seal's, and says nothing of this
one. Source: docs/reference/state-tree.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from citekit.errors import InvalidData
from citekit.integrity.digest import Digest, parse_digest
from citekit.integrity.leaf import MAX_INTEGER, encode_leaf
from citekit.model.value import NOTHING, Value

ACTION: Final = "state"
VERSION: Final = 2
"""Of its schema: to readers that know events alone, which have 1, it is made by a newer citekit."""

_MARK: Final = b'"action":"state"'


class StateLeaf(Value):
    """The root of the state tree after ``size`` entries, and that of what the log says nothing of.

    Both are 32 bytes; the second is random where there is nothing private. ``about`` is who sealed,
    when and with what, as in other entries.
    """

    root: bytes
    private: bytes
    size: int
    about: Mapping[str, Any] = NOTHING


def may_be_state(entry: bytes) -> bool:
    """Whether an entry can be a state leaf; False is sure, and found out fast."""
    return _MARK in entry


def write_state_leaf(leaf: StateLeaf) -> bytes:
    """The entry of the log."""
    return encode_leaf(
        {
            **leaf.about,
            "action": ACTION,
            "private": str(Digest(hex=leaf.private.hex())),
            "root": str(Digest(hex=leaf.root.hex())),
            "size": leaf.size,
            "v": VERSION,
        }
    )


def read_state_leaf(entry: Mapping[str, Any]) -> StateLeaf:
    """What a parsed entry says as a state leaf; raises InvalidData where it is none."""
    if entry.get("action") != ACTION or entry.get("v") != VERSION:
        raise InvalidData("the entry is no state of the log")
    size = entry.get("size")
    if type(size) is not int or not 0 <= size <= MAX_INTEGER:
        raise InvalidData("a state of the log does not say of how many entries")
    return StateLeaf(
        root=parse_digest(str(entry.get("root"))).raw,
        private=parse_digest(str(entry.get("private"))).raw,
        size=size,
        about={name: entry[name] for name in ("agent", "at", "tool") if name in entry},
    )
