"""A verifiable map: one root for a key and a value each, whatever the order in which they came.

A binary trie over the bits of 32-byte keys, in which a node that would have one child is left out:
a branch says at which bit its two sides differ. So the same keys and values always have the same
root, and a change, a look and a proof take about log2(n) nodes. Nodes are kept under their hashes,
so whoever knows the root notices each node that is not the right one.

Four kinds of bytes are hashed, each after a byte of its own that no leaf or node of the log has
(RFC 6962 uses 0 and 1). The shape is that of Merkle maps with compressed paths; the reasons and the
vectors are in docs/reference/state-tree.md.
"""

from __future__ import annotations

import itertools
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from citekit.errors import InvalidData
from citekit.integrity.merkle import HASH_BYTES
from citekit.integrity.note import decode_base64

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

KEY_BITS: Final = 8 * HASH_BYTES

_KEY: Final = b"\x20"
_VALUE: Final = b"\x21"
_LEAF: Final = b"\x22"
_BRANCH: Final = b"\x23"

EMPTY_STATE: Final = sha256(_LEAF).digest()
"""The root of the tree without keys."""


class MissingNode(Exception):  # not an error of the tree: whoever reads a cache makes it anew
    """A node that the tree needs is not there, or is not what its hash says."""


class StatePath(NamedTuple):
    """What leads from a key and its value to the root.

    ``bits`` are those at which the path branches, from the leaf up; ``hashes`` the other sides.
    """

    bits: tuple[int, ...]
    hashes: tuple[bytes, ...]


def state_key(name: str) -> bytes:
    """The key of a name: its place in the tree says nothing of it, but it can be guessed."""
    return sha256(_KEY + name.encode()).digest()


def state_value(text: bytes) -> bytes:
    """The value that stands for a text."""
    return sha256(_VALUE + text).digest()


def root_by(key: bytes, value: bytes, path: StatePath) -> bytes | None:
    """The root that a path leads to from this key and value; None for what is no path."""
    bits, hashes = path
    is_rising = all(above < below for below, above in itertools.pairwise(bits))
    if len(bits) != len(hashes) or not is_rising or any(not 0 <= b < KEY_BITS for b in bits):
        return None
    if any(len(h) != HASH_BYTES for h in (key, value, *hashes)):
        return None
    node = sha256(_LEAF + key + value).digest()
    for bit, other in zip(bits, hashes, strict=True):
        node = sha256(_branch(bit, key, node, other)).digest()
    return node


def write_bits(bits: Iterable[int]) -> str:
    """The bits of a path as base64 of 32 bytes, in which those are set: one spelling each."""
    number = sum(1 << (KEY_BITS - 1 - bit) for bit in bits)
    return b64encode(number.to_bytes(HASH_BYTES, "big")).decode()


def read_bits(text: str) -> tuple[int, ...]:
    """The bits that ``write_bits`` wrote, the deepest first; raises InvalidData for other text."""
    data = decode_base64(text)
    if len(data) != HASH_BYTES:
        raise InvalidData(f"the bits of a path have {HASH_BYTES} bytes")
    number = int.from_bytes(data, "big")
    return tuple(bit for bit in range(KEY_BITS - 1, -1, -1) if number >> (KEY_BITS - 1 - bit) & 1)


class StateTree:
    """The tree with a root, whose nodes are read where ``read`` has them; no node is changed there.

    ``added`` are nodes that are new (hash -> what was hashed), ``dropped`` the hashes of those that
    are needed no more: together they lead from the nodes that ``read`` has to those of today.
    Raises MissingNode where a node is not there.

    >>> tree = StateTree()
    >>> tree.put(state_key("items/a"), state_value(b"{}"))
    >>> tree.remove(state_key("items/a"))
    >>> tree.root == EMPTY_STATE
    True
    """

    __slots__ = ("_read", "added", "dropped", "root")

    def __init__(
        self, root: bytes = EMPTY_STATE, read: Callable[[bytes], bytes | None] | None = None
    ) -> None:
        self.root = root
        self.added: dict[bytes, bytes] = {}
        self.dropped: set[bytes] = set()
        self._read = read

    def get(self, key: bytes) -> bytes | None:
        """The value of a key; None for a key that is not in the tree."""
        _, leaf = self._walk(key)
        return leaf[33:] if leaf is not None and leaf[1:33] == key else None

    def put(self, key: bytes, value: bytes) -> None:
        """Give a key this value."""
        steps, leaf = self._walk(key)
        new = self._add(_LEAF + key + value)
        if leaf is None:
            self.root = new
            return
        found = leaf[1:33]
        if found == key:
            old = sha256(leaf).digest()
            if old != new:
                self._drop(old)
                self._rise(steps, key, new)
            return
        bit = first_difference(key, found)
        above = [step for step in steps if step.bit < bit]
        beside = steps[len(above)].node if len(above) < len(steps) else sha256(leaf).digest()
        self._rise(above, key, self._add(_branch(bit, key, new, beside)))

    def remove(self, key: bytes) -> None:
        """Take a key out; nothing is done for one that is not in the tree."""
        steps, leaf = self._walk(key)
        if leaf is None or leaf[1:33] != key:
            return
        self._drop(sha256(leaf).digest())
        if not steps:
            self.root = EMPTY_STATE
            return
        *above, last = steps
        self._drop(last.node)
        self._rise(above, key, last.other)

    def prove(self, key: bytes) -> StatePath | None:
        """What leads from a key to the root; None for a key that is not in the tree."""
        steps, leaf = self._walk(key)
        if leaf is None or leaf[1:33] != key:
            return None
        steps.reverse()
        return StatePath(tuple(s.bit for s in steps), tuple(s.other for s in steps))

    def fill(self, values: Iterable[tuple[bytes, bytes]]) -> None:
        """Make the tree of these keys and values, each key once, instead of what it was."""
        added: dict[bytes, bytes] = {}
        self.added, self.dropped, self._read, self.root = added, set(), None, EMPTY_STATE
        pairs = sorted(values)
        numbers = [int.from_bytes(key, "big") for key, _ in pairs]
        left: list[tuple[int, bytes]] = []  # subtrees that wait for the one right of them
        followed = zip(numbers, [*numbers[1:], None], pairs, strict=False)  # of no keys, by nothing
        for number, following, (key, value) in followed:
            body = _LEAF + key + value
            node = sha256(body).digest()
            added[node] = body
            bit = -1 if following is None else KEY_BITS - (number ^ following).bit_length()
            while left and left[-1][0] > bit:
                branch, other = left.pop()
                body = _BRANCH + bytes((branch,)) + other + node
                node = sha256(body).digest()
                added[node] = body
            left.append((bit, node))
            self.root = node

    def _walk(self, key: bytes) -> tuple[list[_Step], bytes | None]:
        """The branches from the root down that the bits of a key lead through, and the leaf."""
        steps: list[_Step] = []
        node = self.root
        if node == EMPTY_STATE:
            return steps, None
        while (body := self._body(node))[:1] == _BRANCH:
            bit, left, right = body[1], body[2:34], body[34:]
            if key[bit >> 3] >> (7 - (bit & 7)) & 1:
                steps.append(_Step(bit, node, left))
                node = right
            else:
                steps.append(_Step(bit, node, right))
                node = left
        return steps, body

    def _body(self, node: bytes) -> bytes:
        body = self.added.get(node)
        if body is None and self._read is not None:
            body = self._read(node)
            if body is not None and sha256(body).digest() != node:
                body = None
        if body is None or (body[:1], len(body)) not in _SHAPES:
            raise MissingNode(node.hex())
        return body

    def _rise(self, steps: Sequence[_Step], key: bytes, node: bytes) -> None:
        """Make the branches above a node anew, up to the root."""
        for step in reversed(steps):
            self._drop(step.node)
            node = self._add(_branch(step.bit, key, node, step.other))
        self.root = node

    def _add(self, body: bytes) -> bytes:
        node = sha256(body).digest()
        self.added[node] = body
        self.dropped.discard(node)
        return node

    def _drop(self, node: bytes) -> None:
        if self.added.pop(node, None) is None:
            self.dropped.add(node)


class _Step(NamedTuple):
    """A branch on the way down: its bit, its hash, and the hash of the side not taken."""

    bit: int
    node: bytes
    other: bytes


_SHAPES: Final = frozenset([(_LEAF, 1 + 2 * HASH_BYTES), (_BRANCH, 2 + 2 * HASH_BYTES)])


def first_difference(one: bytes, other: bytes) -> int:
    """The first bit at which two keys differ, counted from 0 at the left; 256 for one key twice."""
    return KEY_BITS - (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_length()


def _branch(bit: int, key: bytes, own: bytes, other: bytes) -> bytes:
    """What is hashed into a branch: the side of the key whose bit is 0 comes first."""
    if key[bit >> 3] >> (7 - (bit & 7)) & 1:
        return _BRANCH + bytes([bit]) + other + own
    return _BRANCH + bytes([bit]) + own + other
