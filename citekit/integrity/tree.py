"""A Merkle tree kept in tiles: read proofs from the tiles, grow the tree at its right edge.

Storage is one function, ``read_tile(level, index, width) -> bytes``. A log of a million leaves
needs three tile reads for a proof and keeps at most 255 hashes a level in memory while it grows.
Source: C2SP tlog-tiles, RFC 6962 §2.1.
"""

from __future__ import annotations

from collections.abc import Callable

from citekit.errors import IntegrityFailed, InvalidData, NotFound
from citekit.integrity.merkle import (
    MAX_TREE_SIZE,
    Proof,
    parents,
    prove_consistency,
    prove_inclusion,
    root_from,
    root_of,
)
from citekit.integrity.tiles import (
    TILE_HEIGHT,
    TILE_WIDTH,
    Tile,
    encode_tile,
    parse_tile,
    partial_tiles,
    tile_width,
)
from citekit.model.value import Value

ReadTile = Callable[[int, int, int], bytes]
"""``read_tile(level, index, width)``: the bytes of the tile of that width."""

_KEPT_TILES = 64  # about a megabyte of hashes, however many proofs are asked for


class TiledTree:
    """A tree of ``size`` leaves whose hashes are in tiles; nothing is read before it is asked for.

    Raises InvalidData when a tile has another length than its width asks for.
    """

    __slots__ = ("_levels", "_read_tile", "size")

    def __init__(self, size: int, read_tile: ReadTile) -> None:
        if not 0 <= size <= MAX_TREE_SIZE:
            raise InvalidData(f"not the size of a log: {size}")
        self.size = size
        self._read_tile = read_tile
        self._levels: dict[tuple[int, int], list[list[bytes]]] = {}

    def root(self) -> bytes:
        """Compute the root from the tiles of the right edge."""
        return root_from(self.size, self.node)

    def leaf(self, index: int) -> bytes:
        """Read one leaf hash; raises NotFound when there is no such leaf."""
        if not 0 <= index < self.size:
            raise NotFound(f"a log of {self.size} leaves has no leaf {index}")
        return self.node(0, index)

    def prove_inclusion(self, index: int) -> Proof:
        """Prove that leaf ``index`` is in this tree."""
        return prove_inclusion(index, self.size, self.node)

    def prove_consistency(self, old: int) -> Proof:
        """Prove that this tree begins with the tree of its first ``old`` leaves."""
        return prove_consistency(old, self.size, self.node)

    def node(self, level: int, index: int) -> bytes:
        """Read the hash of the complete subtree ``index`` over 2**level leaves."""
        tile_level, height = divmod(level, TILE_HEIGHT)
        tile_index, position = divmod(index << height, TILE_WIDTH)
        return self._tile_levels(tile_level, tile_index)[height][position >> height]

    def _tile_levels(self, level: int, index: int) -> list[list[bytes]]:
        """Give a tile's hashes, and above them the levels that its complete pairs make."""
        known = self._levels.get((level, index))
        if known is not None:
            return known
        width = tile_width(level, index, self.size)
        levels = [list(parse_tile(self._read_tile(level, index, width), width))]
        while len(levels[-1]) > 1:
            levels.append(parents(levels[-1]))
        if len(self._levels) >= _KEPT_TILES:
            del self._levels[next(iter(self._levels))]
        self._levels[level, index] = levels
        return levels


class TileFile(Value):
    """A tile to be written: where, and its bytes."""

    tile: Tile
    data: bytes


class GrowingTree:
    """A tree that takes leaf hashes at its right edge and hands out the tiles to be written.

    >>> from citekit.integrity.merkle import leaf_hash
    >>> tree = GrowingTree()
    >>> tree.append(leaf_hash(b"an event"))
    ()
    >>> [file.tile.path for file in tree.edge()]
    ['tile/0/000.p/1']
    """

    __slots__ = ("_rows", "size")

    def __init__(self) -> None:
        self.size = 0
        self._rows: list[list[bytes]] = []  # by level: the hashes of the unfinished tile

    @classmethod
    def resume(cls, size: int, read_tile: ReadTile, *, root: bytes) -> GrowingTree:
        """Take up a stored tree where it ended, by reading one partial tile a level.

        Raises IntegrityFailed when these tiles do not have the root that a checkpoint promised:
        growing on from there would make the damage look sealed.
        """
        tree = cls()
        tree.size = size
        for tile in partial_tiles(size):
            data = read_tile(tile.level, tile.index, tile.width)
            tree._row(tile.level).extend(parse_tile(data, tile.width))
        if tree.root() != root:
            raise IntegrityFailed(
                "the tiles at the end of the log do not have the root of its checkpoint",
                hint="restore the log folder from a copy that verifies",
            )
        return tree

    def append(self, leaf: bytes) -> tuple[TileFile, ...]:
        """Take in one leaf hash; give the tiles that are now full, usually none."""
        full = []
        level, value = 0, leaf
        while True:
            row = self._row(level)
            row.append(value)
            if len(row) < TILE_WIDTH:
                break
            index = (self.size >> (TILE_HEIGHT * level)) // TILE_WIDTH
            full.append(TileFile(tile=Tile(level=level, index=index), data=encode_tile(row)))
            value = root_of(row)
            row.clear()
            level += 1
        self.size += 1
        return tuple(full)

    def edge(self) -> tuple[TileFile, ...]:
        """Give the partial tiles that this size needs, to be written before its checkpoint."""
        return tuple(
            TileFile(tile=tile, data=encode_tile(self._rows[tile.level]))
            for tile in partial_tiles(self.size)
        )

    def root(self) -> bytes:
        """Compute the root; each unfinished tile counts as the last subtree of the row above."""
        below: list[bytes] = []
        for row in self._rows:
            hashes = [*row, *below]
            below = [root_of(hashes)] if hashes else []
        return root_of(below)

    def _row(self, level: int) -> list[bytes]:
        while len(self._rows) <= level:
            self._rows.append([])
        return self._rows[level]
