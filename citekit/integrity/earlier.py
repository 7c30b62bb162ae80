"""The proof of an entry in an earlier, smaller tree, told by what a later proof lacks.

Both paths lead up from the same leaf, and a complete subtree has one hash in every tree that has
it. So the hashes differ at most where the smaller tree ends: in one sibling, which is cut short
there. Whoever has the later proof needs that one hash, the *edge*, and no more.
Source: RFC 6962 §2.1.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.errors import InvalidData
from citekit.integrity.merkle import MAX_TREE_SIZE, Proof

if TYPE_CHECKING:
    from collections.abc import Iterator


def edge_of(index: int, size: int, proof: Proof) -> bytes | None:
    """The one hash of this inclusion proof that later trees do not have; None for none."""
    levels = _sibling_levels(index, size)
    cut = (h for level, h in zip(levels, proof, strict=True) if not _is_whole(index, level, size))
    return next(cut, None)


def earlier_proof(
    index: int, size: int, proof: Proof, *, earlier_size: int, edge: bytes | None
) -> Proof:
    """The inclusion proof in the tree of ``earlier_size`` leaves, from that in a later tree.

    Only ``verify_inclusion`` tells whether it is right. Raises InvalidData where it cannot be made:
    the earlier tree does not have the leaf or is no smaller one, hashes or the edge are missing.
    """
    if not 0 <= index < earlier_size <= size <= MAX_TREE_SIZE:
        raise InvalidData(f"a tree of {earlier_size} leaves is no earlier one with the entry")
    levels = list(_sibling_levels(index, size))
    if len(levels) != len(proof):
        raise InvalidData("the later proof has another number of hashes")
    known = dict(zip(levels, proof, strict=True))
    hashes = []
    for level in _sibling_levels(index, earlier_size):
        sibling = known[level] if _is_whole(index, level, earlier_size) else edge
        if sibling is None:
            raise InvalidData("the proof of an earlier tree lacks its edge")
        hashes.append(sibling)
    return tuple(hashes)


def _sibling_levels(index: int, size: int) -> Iterator[int]:
    """The levels, from the leaves up, at which the path of a leaf has a sibling in the tree."""
    level = 0
    while (size - 1) >> level:
        if ((index >> level) ^ 1) << level < size:
            yield level
        level += 1


def _is_whole(index: int, level: int, size: int) -> bool:
    """Whether the sibling at that level is a complete subtree, the same in every larger tree."""
    return (((index >> level) ^ 1) + 1) << level <= size
