"""Merkle trees over leaves: hashes, proofs that a leaf is in, proofs that nothing was rewritten.

The tree has no nodes of its own here. A complete subtree is named by (level, index) and covers
the leaves ``[index << level, (index + 1) << level)``; whoever keeps the hashes answers
``read_node(level, index)``. Everything at the right edge is folded from complete subtrees, so a
proof reads O(log n) of them.

Hashes are 32 raw bytes, sizes and indexes count leaves, a proof lists hashes from the leaf up.
Source: RFC 6962 §2.1; the verification algorithms follow RFC 9162 §2.1.3.2 and §2.1.4.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from citekit.errors import NotFound

HASH_BYTES = 32
MAX_TREE_SIZE = 2**63 - 1
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of the tree without leaves."""

ReadNode = Callable[[int, int], bytes]
"""``read_node(level, index)``: the hash of the complete subtree over 2**level leaves."""

Proof = tuple[bytes, ...]


def leaf_hash(entry: bytes) -> bytes:
    """Hash one entry of the log into its leaf; the prefix keeps leaves and nodes apart."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into their parent."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Compute the root over leaf hashes, level by level.

    A last node without a sibling moves up as it is, which gives the same tree as the RFC's split
    at the largest power of two. The hashes may also be complete subtrees of one size, and one
    smaller subtree at the end.
    """
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        level = parents(level) + level[len(level) & ~1 :]
    return level[0]


def parents(level: Sequence[bytes]) -> list[bytes]:
    """Hash neighbours in pairs; a last one without a sibling is left out."""
    pairs = zip(level[::2], level[1::2], strict=False)
    return [hashlib.sha256(b"\x01" + left + right).digest() for left, right in pairs]


def root_from(size: int, read_node: ReadNode) -> bytes:
    """Compute the root of the tree of the first ``size`` leaves."""
    return EMPTY_ROOT if size == 0 else _range_hash(0, size, read_node)


def prove_inclusion(index: int, size: int, read_node: ReadNode) -> Proof:
    """Prove that leaf ``index`` is in the tree of the first ``size`` leaves.

    Raises NotFound when the tree has no such leaf. Source: RFC 6962 §2.1.1.
    """
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise NotFound(f"a log of {size} leaves has no leaf {index}")
    begin, end = 0, size
    siblings: list[tuple[int, int]] = []
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((begin, middle))
            begin = middle
    return tuple(_range_hash(*sibling, read_node) for sibling in reversed(siblings))


def prove_consistency(old: int, new: int, read_node: ReadNode) -> Proof:
    """Prove that the tree of ``new`` leaves begins with the tree of ``old`` leaves.

    Trees of the same size need no hashes. Raises NotFound unless ``0 < old <= new``: the empty
    tree begins every tree, and a proof of that says nothing. Source: RFC 6962 §2.1.2.
    """
    if not 0 < old <= new <= MAX_TREE_SIZE:
        raise NotFound(f"no proof leads from a log of {old} leaves to one of {new}")
    begin, end = 0, new
    siblings: list[tuple[int, int]] = []
    while old != end:
        middle = begin + _split(end - begin)
        if old <= middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((begin, middle))
            begin = middle
    if begin > 0:  # else the remaining subtree is the old tree, whose root the verifier has
        siblings.append((begin, end))
    return tuple(_range_hash(*sibling, read_node) for sibling in reversed(siblings))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Tell whether the proof leads from the leaf hash at ``index`` to the root.

    Wrong lengths, impossible positions and surplus hashes make it false, never an error.
    Source: RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size <= MAX_TREE_SIZE or not _are_hashes(leaf, root, *proof):
        return False
    position, last = index, size - 1
    computed = leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            computed = node_hash(sibling, computed)
            position, last = _skip_missing_siblings(position, last)
        else:
            computed = node_hash(computed, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and computed == root


def verify_consistency(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Tell whether the proof shows that the new tree begins with the old one.

    An empty old tree is refused, because it would be consistent with anything. Trees of one size
    are compared by their roots and take an empty proof. Source: RFC 9162 §2.1.4.2.
    """
    if not 0 < old <= new <= MAX_TREE_SIZE:
        return False
    if old == new:
        return not proof and old_root == new_root
    if not proof or not _are_hashes(old_root, new_root, *proof):
        return False
    if old.bit_count() == 1:  # the old tree is one complete subtree, so its root starts the path
        proof = (old_root, *proof)
    position, last = _skip_ones(old - 1, new - 1)
    old_computed = new_computed = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            old_computed = node_hash(sibling, old_computed)
            new_computed = node_hash(sibling, new_computed)
            position, last = _skip_missing_siblings(position, last)
        else:
            new_computed = node_hash(new_computed, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and old_computed == old_root and new_computed == new_root


def complete_subtrees(begin: int, end: int) -> list[tuple[int, int]]:
    """Name, from left to right, the largest complete subtrees that cover ``[begin, end)``.

    >>> complete_subtrees(0, 7)
    [(2, 0), (1, 2), (0, 6)]
    """
    subtrees = []
    while begin < end:
        level = (end - begin).bit_length() - 1
        if begin:
            level = min(level, (begin & -begin).bit_length() - 1)
        subtrees.append((level, begin >> level))
        begin += 1 << level
    return subtrees


def _range_hash(begin: int, end: int, read_node: ReadNode) -> bytes:
    """Hash a subtree of the RFC's recursion: complete, or at the right edge."""
    *left, last = complete_subtrees(begin, end)
    computed = read_node(*last)
    for level, index in reversed(left):
        computed = node_hash(read_node(level, index), computed)
    return computed


def _split(leaves: int) -> int:
    """Give the largest power of two smaller than ``leaves`` (at least 2)."""
    return 1 << ((leaves - 1).bit_length() - 1)


def _skip_missing_siblings(position: int, last: int) -> tuple[int, int]:
    """Climb while the node is the last of its level and moves up unhashed."""
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _skip_ones(position: int, last: int) -> tuple[int, int]:
    """Climb to the largest complete subtree that ends at ``position``."""
    while position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
