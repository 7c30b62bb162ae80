"""Trees in tiles: growing, resuming and proving all agree with the tree in memory."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citekit.errors import IntegrityFailed, InvalidData, NotFound
from citekit.integrity.merkle import (
    EMPTY_ROOT,
    leaf_hash,
    root_from,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from citekit.integrity.tiles import Tile, tiles_between, tiles_of
from citekit.integrity.tree import GrowingTree, TiledTree, TileFile

LEAVES = [leaf_hash(n.to_bytes(4, "big")) for n in range(66_000)]


class Shelf:
    """Tiles kept in memory by their paths, counting what is read."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.reads: list[str] = []

    def keep(self, files: tuple[TileFile, ...]) -> None:
        """Store tiles that a growing tree gave out."""
        self.files |= {file.tile.path: file.data for file in files}

    def read(self, level: int, index: int, width: int) -> bytes:
        """Read a tile, as a store would."""
        path = Tile(level=level, index=index, width=width).path
        self.reads.append(path)
        return self.files[path]

    def grow(self, tree: GrowingTree, leaves: list[bytes]) -> None:
        """Append leaves, then store the unfinished edge as a seal does."""
        for leaf in leaves:
            self.keep(tree.append(leaf))
        self.keep(tree.edge())


@pytest.fixture(scope="module")
def big() -> Shelf:
    """All LEAVES in tiles of three levels."""
    shelf = Shelf()
    shelf.grow(GrowingTree(), LEAVES)
    return shelf


@pytest.mark.parametrize("size", [0, 1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 66_000])
def test_roots_agree(size: int) -> None:
    """A grown tree, its tiles and the plain list of leaves have one root."""
    tree, shelf = GrowingTree(), Shelf()
    shelf.grow(tree, LEAVES[:size])
    assert tree.size == size
    assert tree.root() == root_of(LEAVES[:size]) == TiledTree(size, shelf.read).root()
    assert set(shelf.files) == {tile.path for tile in tiles_of(size)}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 700), max_size=6))
def test_resuming_makes_no_difference(growths: list[int]) -> None:
    """However many seals it takes, the full tiles, edge and root are the same."""
    shelf, size, root = Shelf(), 0, EMPTY_ROOT
    for growth in growths:
        tree = GrowingTree.resume(size, shelf.read, root=root)
        before = set(shelf.files)
        shelf.grow(tree, LEAVES[size : size + growth])
        written = {tile.path for tile in tiles_between(size, size + growth)}
        assert set(shelf.files) - before == written
        size, root = size + growth, tree.root()
    assert root == root_of(LEAVES[:size])
    once = Shelf()
    once.grow(GrowingTree(), LEAVES[:size])
    assert once.files.items() <= shelf.files.items()


@settings(max_examples=150, deadline=None)  # the first example reads the tiles
@given(st.data())
def test_proofs_from_tiles_hold(big: Shelf, data: st.DataObject) -> None:
    """Proofs read from stored tiles hold, for any leaf and any older size."""
    size = len(LEAVES)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    tree = TiledTree(size, big.read)
    root = tree.root()
    assert tree.leaf(index) == LEAVES[index]
    assert verify_inclusion(LEAVES[index], index, size, tree.prove_inclusion(index), root)
    old_root = root_from(old, tree.node)
    assert verify_consistency(old, size, tree.prove_consistency(old), old_root, root)


@pytest.mark.parametrize("size", [1, 3, 256, 257, 700])
def test_every_proof_of_a_small_tiled_tree_holds(size: int) -> None:
    """Across the borders of tiles, every leaf and every older size is proven."""
    shelf = Shelf()
    shelf.grow(GrowingTree(), LEAVES[:size])
    tree = TiledTree(size, shelf.read)
    root = tree.root()
    assert all(
        verify_inclusion(LEAVES[i], i, size, tree.prove_inclusion(i), root) for i in range(size)
    )
    assert all(
        verify_consistency(n, size, tree.prove_consistency(n), root_of(LEAVES[:n]), root)
        for n in range(1, size + 1)
    )


def test_a_proof_reads_few_tiles(big: Shelf) -> None:
    """A proof reads at most two tiles a level: those of the leaf, and those of the edge."""
    big.reads.clear()
    TiledTree(len(LEAVES), big.read).prove_inclusion(12_345)
    assert len(big.reads) <= 6
    assert len(set(big.reads)) == len(big.reads)


def test_many_proofs_keep_few_tiles(big: Shelf) -> None:
    """Proving leaf after leaf does not gather the whole log in memory."""
    tree = TiledTree(len(LEAVES), big.read)
    proofs = [tree.prove_inclusion(index) for index in range(0, len(LEAVES), 256)]
    assert len(tree._levels) <= 64
    assert len(proofs) == 258


def test_resuming_on_damage_is_refused() -> None:
    """A log whose edge is not what its checkpoint says cannot be grown, only restored."""
    shelf = Shelf()
    tree = GrowingTree()
    shelf.grow(tree, LEAVES[:300])
    shelf.files["tile/0/001.p/44"] = bytes(44 * 32)
    with pytest.raises(IntegrityFailed, match="do not have the root"):
        GrowingTree.resume(300, shelf.read, root=tree.root())


def test_a_truncated_tile_is_invalid() -> None:
    """A tile of another length is refused before anything is proven from it."""
    shelf = Shelf()
    shelf.grow(GrowingTree(), LEAVES[:300])
    shelf.files["tile/0/000"] = shelf.files["tile/0/000"][:-1]
    with pytest.raises(InvalidData, match="8192 bytes, this one 8191"):
        TiledTree(300, shelf.read).prove_inclusion(3)


@pytest.mark.parametrize("size", [-1, 2**63])
def test_impossible_sizes_are_refused(size: int) -> None:
    """A size that no log can have is invalid data."""
    with pytest.raises(InvalidData, match="not the size of a log"):
        TiledTree(size, Shelf().read)


@pytest.mark.parametrize("index", [-1, 300])
def test_a_leaf_outside_is_not_found(index: int) -> None:
    """Asking for a leaf the log does not have says so."""
    with pytest.raises(NotFound, match="no leaf"):
        TiledTree(300, Shelf().read).leaf(index)
