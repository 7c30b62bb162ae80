"""Proofs in earlier trees: told by one hash, they are exactly those that a prover would make."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.earlier import earlier_proof, edge_of
from citekit.integrity.merkle import leaf_hash, node_hash, prove_inclusion


def _node(level: int, index: int) -> bytes:
    """The nodes of one tree that is as large as anybody asks."""
    if level == 0:
        return leaf_hash(str(index).encode())
    return node_hash(_node(level - 1, 2 * index), _node(level - 1, 2 * index + 1))


@st.composite
def _trees(draw: st.DrawFn) -> tuple[int, int, int]:
    size = draw(st.integers(1, 70))
    earlier = draw(st.integers(1, size))
    return draw(st.integers(0, earlier - 1)), earlier, size


@given(_trees())
def test_the_proof_of_an_earlier_tree_comes_back(tree: tuple[int, int, int]) -> None:
    """Shortened to its edge and lengthened again, a proof is what it was."""
    index, earlier, size = tree
    proof = prove_inclusion(index, earlier, _node)
    later = prove_inclusion(index, size, _node)
    edge = edge_of(index, earlier, proof)
    assert earlier_proof(index, size, later, earlier_size=earlier, edge=edge) == proof


@given(
    st.integers(-2, 70),
    st.integers(-2, 70),
    st.lists(st.binary(min_size=32, max_size=32), max_size=8),
    st.integers(-2, 70),
    st.none() | st.binary(min_size=32, max_size=32),
)
def test_impossible_trees_are_refused(
    index: int, size: int, proof: list[bytes], earlier: int, edge: bytes | None
) -> None:
    """Whatever numbers a proof file says, there is a proof or the documented error."""
    try:
        earlier_proof(index, size, tuple(proof), earlier_size=earlier, edge=edge)
    except InvalidData:
        return
    assert 0 <= index < earlier <= size


def test_a_missing_edge_is_told() -> None:
    """Leaf 0 of 3 leaves needs the third one's hash, which no larger tree has as such."""
    later = prove_inclusion(0, 8, _node)
    with pytest.raises(InvalidData, match="lacks its edge"):
        earlier_proof(0, 8, later, earlier_size=3, edge=None)


def test_a_proof_of_another_length_is_told() -> None:
    """A hash too few or too many cannot be put in its place."""
    later = prove_inclusion(0, 8, _node)
    for proof in (later[:-1], (*later, later[0])):
        with pytest.raises(InvalidData, match="another number of hashes"):
            earlier_proof(0, 8, proof, earlier_size=4, edge=None)


@pytest.mark.parametrize(("index", "earlier", "size"), [(3, 3, 8), (0, 9, 8), (-1, 3, 8),
                                                        (0, 1, 2**63)])  # fmt: skip
def test_a_tree_that_is_no_earlier_one_is_told(index: int, earlier: int, size: int) -> None:
    """The entry has to be in the earlier tree, and that one in the later."""
    with pytest.raises(InvalidData, match=f"a tree of {earlier} leaves is no earlier one"):
        earlier_proof(index, size, (), earlier_size=earlier, edge=None)


def test_the_largest_tree_has_earlier_ones() -> None:
    """A log of 2**63 - 1 leaves can be shortened to its first one."""
    assert earlier_proof(0, 2**63 - 1, (bytes(32),) * 63, earlier_size=1, edge=None) == ()


def test_the_edge_is_the_one_hash_that_later_trees_do_not_have() -> None:
    """In a tree of three, the third leaf is it for the first; in one of eight there is none."""
    proof = prove_inclusion(0, 3, _node)
    assert edge_of(0, 3, proof) == proof[-1] == _node(0, 2)
    assert edge_of(0, 8, prove_inclusion(0, 8, _node)) is None
    with pytest.raises(ValueError, match="zip"):
        edge_of(0, 3, proof[:-1])
