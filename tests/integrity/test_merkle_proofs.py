"""Merkle trees: every proof of every small tree holds, and nothing else does."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import NotFound
from citekit.integrity.merkle import (
    EMPTY_ROOT,
    complete_subtrees,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root_from,
    root_of,
    verify_consistency,
    verify_inclusion,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.integrity.merkle import ReadNode

LEAVES = [leaf_hash(str(n).encode()) for n in range(257)]
SIZES = st.integers(1, 257)
HASHES = st.binary(min_size=32, max_size=32)


def textbook_root(leaves: Sequence[bytes]) -> bytes:
    """Compute a root as RFC 6962 §2.1 writes it down: slow, recursive, obviously right."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    left, right = textbook_root(leaves[:k]), textbook_root(leaves[k:])
    return hashlib.sha256(b"\x01" + left + right).digest()


ROOTS = [textbook_root(LEAVES[:size]) for size in range(258)]


def cached_nodes() -> ReadNode:
    """Answer for the complete subtrees of LEAVES, and for no others."""
    nodes = {(0, i): leaf for i, leaf in enumerate(LEAVES)}
    for level in range(1, 9):
        for index in range(len(LEAVES) >> level):
            left, right = nodes[level - 1, 2 * index], nodes[level - 1, 2 * index + 1]
            nodes[level, index] = node_hash(left, right)
    return lambda level, index: nodes[level, index]


NODE = cached_nodes()


def test_roots_are_those_of_the_textbook() -> None:
    """Both ways to a root agree with the recursion of the RFC, for every size to 257."""
    assert [root_of(LEAVES[:size]) for size in range(258)] == ROOTS
    assert [root_from(size, NODE) for size in range(258)] == ROOTS
    assert ROOTS[0] == EMPTY_ROOT


def test_a_leaf_is_never_a_node() -> None:
    """Leaves and nodes are hashed under different prefixes, so one cannot pose as the other."""
    left, right = LEAVES[:2]
    assert leaf_hash(left + right) != node_hash(left, right)
    assert leaf_hash(b"") == hashlib.sha256(b"\x00").digest()


@pytest.mark.parametrize("size", range(1, 258))
def test_every_inclusion_proof_holds(size: int) -> None:
    """In every tree to 257 leaves, the proof of every leaf holds and has the RFC's length."""
    proofs = [prove_inclusion(index, size, NODE) for index in range(size)]
    assert all(
        verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
        for index, proof in enumerate(proofs)
    )
    assert max(map(len, proofs)) == (size - 1).bit_length()


@pytest.mark.parametrize("new", range(1, 258))
def test_every_consistency_proof_holds(new: int) -> None:
    """Every tree to 257 leaves proves that it begins with every smaller one."""
    assert all(
        verify_consistency(old, new, prove_consistency(old, new, NODE), ROOTS[old], ROOTS[new])
        for old in range(1, new + 1)
    )


@pytest.mark.parametrize("size", range(1, 34))
def test_no_inclusion_proof_holds_elsewhere(size: int) -> None:
    """A proof holds for its own leaf, index and root, and for no other index or tree.

    The one thing RFC 6962 leaves open is the size: trees whose paths have one shape cannot be
    told apart by a proof, so the size has to come with the root, from one checkpoint.
    """
    holds = [
        (index, other)
        for index in range(size)
        for other in range(-1, size + 2)
        if verify_inclusion(
            LEAVES[index], other, size, prove_inclusion(index, size, NODE), ROOTS[size]
        )
    ]
    assert holds == [(index, index) for index in range(size)]
    assert not any(
        verify_inclusion(LEAVES[0], 0, size, prove_inclusion(0, size, NODE), ROOTS[other])
        for other in range(258)
        if other != size
    )


@pytest.mark.parametrize("new", range(2, 34))
def test_no_consistency_proof_holds_for_another_root(new: int) -> None:
    """A rewritten old tree, or a rewritten new one, is not proven by an honest proof."""
    for old in range(1, new):
        proof = prove_consistency(old, new, NODE)
        assert not verify_consistency(old, new, proof, ROOTS[old + 1], ROOTS[new])
        assert not verify_consistency(old, new, proof, ROOTS[old], ROOTS[new + 1])
        assert not verify_consistency(old, new, proof, ROOTS[new], ROOTS[old])
        assert not verify_consistency(old, new, (*proof, LEAVES[0]), ROOTS[old], ROOTS[new])
        assert not verify_consistency(old, new, proof[:-1], ROOTS[old], ROOTS[new])


@given(data=st.data(), size=SIZES)
def test_a_changed_inclusion_proof_fails(data: st.DataObject, size: int) -> None:
    """One flipped bit anywhere in leaf, proof or root makes an inclusion proof fail."""
    index = data.draw(st.integers(0, size - 1))
    whole = [LEAVES[index], *prove_inclusion(index, size, NODE), ROOTS[size]]
    which = data.draw(st.integers(0, len(whole) - 1))
    whole[which] = flip(whole[which], data.draw(st.integers(0, 255)))
    leaf, *proof, root = whole
    assert not verify_inclusion(leaf, index, size, proof, root)


@given(data=st.data(), new=st.integers(2, 257))
def test_a_changed_consistency_proof_fails(data: st.DataObject, new: int) -> None:
    """One flipped bit anywhere in proof or roots makes a consistency proof fail."""
    old = data.draw(st.integers(1, new - 1))
    whole = [ROOTS[old], *prove_consistency(old, new, NODE), ROOTS[new]]
    which = data.draw(st.integers(0, len(whole) - 1))
    whole[which] = flip(whole[which], data.draw(st.integers(0, 255)))
    old_root, *proof, new_root = whole
    assert not verify_consistency(old, new, proof, old_root, new_root)


@given(
    st.binary(max_size=40),
    st.integers(-(2**70), 2**70),
    st.integers(-(2**70), 2**70),
    st.lists(st.binary(max_size=40), max_size=70),
    st.binary(max_size=40),
)
def test_made_up_inclusion_proofs_are_refused(
    leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes
) -> None:
    """Whatever lengths and numbers a stranger sends, the verdict is no, not an error."""
    assert verify_inclusion(leaf, index, size, proof, root) is (
        index == 0 and size == 1 and not proof and leaf == root and len(leaf) == 32
    )


@given(
    st.integers(-(2**70), 2**70),
    st.integers(-(2**70), 2**70),
    st.lists(st.binary(max_size=40), max_size=70),
    HASHES,
    HASHES,
)
def test_made_up_consistency_proofs_are_refused(
    old: int, new: int, proof: list[bytes], old_root: bytes, new_root: bytes
) -> None:
    """The same for consistency: only equal trees are consistent without knowing hashes."""
    trivial = 0 < old == new < 2**63 and not proof and old_root == new_root
    assert verify_consistency(old, new, proof, old_root, new_root) is trivial


def test_the_empty_tree_proves_nothing() -> None:
    """No proof leads from or to the empty tree: it would be consistent with every rewriting."""
    assert not verify_consistency(0, 0, (), EMPTY_ROOT, EMPTY_ROOT)
    assert not verify_consistency(0, 5, (), EMPTY_ROOT, ROOTS[5])
    assert not verify_inclusion(LEAVES[0], 0, 0, (), EMPTY_ROOT)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (6, 5), (-1, 5), (1, 2**63)])
def test_impossible_consistency_is_not_found(old: int, new: int) -> None:
    """Asking for a proof that cannot be says so."""
    with pytest.raises(NotFound, match="no proof leads"):
        prove_consistency(old, new, NODE)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (0, 2**63)])
def test_impossible_inclusion_is_not_found(index: int, size: int) -> None:
    """Asking for the proof of a leaf that is not there says so."""
    with pytest.raises(NotFound, match="no leaf"):
        prove_inclusion(index, size, NODE)


@given(st.integers(0, 2**40), st.integers(0, 2**40))
def test_subtrees_cover_their_range(begin: int, length: int) -> None:
    """Complete subtrees cover a range without gap or overlap, and are few."""
    subtrees = complete_subtrees(begin, begin + length)
    edges = [(index << level, (index + 1) << level) for level, index in subtrees]
    assert [start for start, _ in edges] == [begin, *(end for _, end in edges)][: len(edges)]
    assert (edges[-1][1] if edges else begin) == begin + length
    assert len(subtrees) <= 2 * max(1, length.bit_length())


def test_the_largest_tree_can_be_proven() -> None:
    """Up to 2**63 - 1 leaves, all alike, without anybody having read them."""
    alike = [leaf_hash(b"x")]
    for _ in range(63):
        alike.append(node_hash(alike[-1], alike[-1]))
    size = 2**63 - 1
    root = root_from(size, lambda level, _: alike[level])
    for index in (0, size // 3, size - 1):
        proof = prove_inclusion(index, size, lambda level, _: alike[level])
        assert verify_inclusion(alike[0], index, size, proof, root)
    proof = prove_consistency(size - 1, size, lambda level, _: alike[level])
    old_root = root_from(size - 1, lambda level, _: alike[level])
    assert verify_consistency(size - 1, size, proof, old_root, root)
    assert verify_consistency(size, size, (), root, root)


def flip(data: bytes, bit: int) -> bytes:
    """Change one bit."""
    number = int.from_bytes(data, "big") ^ (1 << bit)
    return number.to_bytes(len(data), "big")
