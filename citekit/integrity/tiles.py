"""The files of a tiled log: hashes in tiles of 256, entries in bundles of 256.

A tile at level L holds the roots of complete subtrees over 256**L leaves each; level 0 holds the
leaf hashes, next to a bundle with the entries themselves. The last of a row may be partial, and
carries its width in its path. Values in, values out: paths are relative to the folder of the log.
Source: C2SP tlog-tiles.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.errors import InvalidData
from citekit.integrity.merkle import HASH_BYTES, MAX_TREE_SIZE
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TILE_WIDTH = 256
TILE_HEIGHT = 8
"""A full tile is a complete subtree of eight levels."""
MAX_LEVEL = (MAX_TREE_SIZE.bit_length() - 1) // TILE_HEIGHT
MAX_ENTRY_BYTES = 0xFFFF
"""The length of an entry is written in two bytes."""

_INDEX = r"((?:x[0-9]{3}/)*)([0-9]{3})"
_PARTIAL = r"(?:\.p/([1-9][0-9]{0,2}))?"
_TILE_PATH = re.compile(rf"tile/(entries|[0-9]{{1,2}})/{_INDEX}{_PARTIAL}", re.ASCII)
_MAX_PATH = 64


class Tile(Value):
    """Where one tile is: its level, its index in the level, and how many hashes it holds."""

    level: int
    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Its path inside the log.

        >>> Tile(level=0, index=1234067, width=8).path
        'tile/0/x001/x234/067.p/8'
        """
        return f"tile/{self.level}/{_numbered(self.index, self.width)}"


class Bundle(Value):
    """Where one bundle of entries is: its index, and how many entries it holds."""

    index: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """Its path inside the log.

        >>> Bundle(index=273, width=112).path
        'tile/entries/273.p/112'
        """
        return f"tile/entries/{_numbered(self.index, self.width)}"


def parse_path(path: str) -> Tile | Bundle:
    """Read the path of a tile or a bundle; the inverse of ``path``.

    Raises InvalidData for any other spelling, and for what no tree can have.
    """
    match = _TILE_PATH.fullmatch(path) if len(path) <= _MAX_PATH else None
    if match is None:
        raise InvalidData(f"not the path of a tile: {path[:_MAX_PATH]!r}")
    kind, upper, lower, partial = match.groups()
    index = int(upper.replace("x", "").replace("/", "") + lower)
    width = int(partial) if partial else TILE_WIDTH
    found = (
        Bundle(index=index, width=width)
        if kind == "entries"
        else Tile(level=int(kind), index=index, width=width)
    )
    # Printing it again refuses superfluous zeros and a ".p/256" in one stroke.
    if found.path != path or not _is_possible(found):
        raise InvalidData(f"not the path of a tile: {path!r}")
    return found


def parse_tile(data: bytes, width: int) -> tuple[bytes, ...]:
    """Cut a tile into its ``width`` hashes; raises InvalidData when the length is another."""
    if len(data) != width * HASH_BYTES:
        raise InvalidData(
            f"a tile of {width} hashes has {width * HASH_BYTES} bytes, this one {len(data)}"
        )
    return tuple(data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES))


def encode_tile(hashes: Iterable[bytes]) -> bytes:
    """Join hashes into the bytes of a tile."""
    return b"".join(hashes)


def parse_bundle(data: bytes, width: int) -> tuple[bytes, ...]:
    """Cut a bundle into its ``width`` entries.

    Raises InvalidData when it is cut short, or holds fewer or more entries.
    """
    entries: list[bytes] = []
    position = 0
    while position < len(data) and len(entries) < width:
        start = position + 2
        position = start + int.from_bytes(data[position:start], "big")
        entries.append(data[start:position])
    if len(entries) != width or position != len(data):
        raise InvalidData(
            f"a bundle of {width} entries does not have {len(data)} bytes, or is damaged"
        )
    return tuple(entries)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Join entries, each after its length in two bytes, into the bytes of a bundle.

    Raises InvalidData when an entry is longer than 65,535 bytes.
    """
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise InvalidData(
                f"an entry of {len(entry)} bytes does not fit in a log",
                hint=f"an entry has at most {MAX_ENTRY_BYTES} bytes",
            )
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def tiles_of(size: int) -> Iterator[Tile]:
    """Name every tile of a log of ``size`` leaves, level by level."""
    return tiles_between(0, size)


def bundles_of(size: int) -> Iterator[Bundle]:
    """Name every bundle of a log of ``size`` leaves."""
    return bundles_between(0, size)


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """Name the tiles to write when a log grows from ``old`` to ``new`` leaves.

    Full tiles of ``old`` stay as they are; a partial one is written again under its new width, and
    the old file may go once a checkpoint of the new size stands.
    """
    level = 0
    while new:
        for index, width in _row_between(old, new):
            yield Tile(level=level, index=index, width=width)
        old, new, level = old // TILE_WIDTH, new // TILE_WIDTH, level + 1


def bundles_between(old: int, new: int) -> Iterator[Bundle]:
    """Name the bundles to write when a log grows from ``old`` to ``new`` leaves."""
    for index, width in _row_between(old, new):
        yield Bundle(index=index, width=width)


def partial_tiles(size: int) -> tuple[Tile, ...]:
    """Name the partial tiles of a log of ``size`` leaves, level by level."""
    widths = ((level, size >> (TILE_HEIGHT * level)) for level in range(MAX_LEVEL + 1))
    return tuple(
        Tile(level=level, index=count // TILE_WIDTH, width=count % TILE_WIDTH)
        for level, count in widths
        if count % TILE_WIDTH
    )


def tile_width(level: int, index: int, size: int) -> int:
    """Tell how many hashes a tile holds in a log of ``size`` leaves; 0: there is no such tile."""
    count = size >> (TILE_HEIGHT * level)
    return max(0, min(TILE_WIDTH, count - index * TILE_WIDTH))


def _row_between(old: int, new: int) -> Iterator[tuple[int, int]]:
    """Give index and width of each file of one row that is new or wider."""
    if new > old:
        for index in range(old // TILE_WIDTH, -(-new // TILE_WIDTH)):
            yield index, min(TILE_WIDTH, new - index * TILE_WIDTH)


def _numbered(index: int, width: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return number if width == TILE_WIDTH else f"{number}.p/{width}"


def _is_possible(found: Tile | Bundle) -> bool:
    level = found.level if isinstance(found, Tile) else 0
    span = 1 << (TILE_HEIGHT * level)
    leaves = (found.index * TILE_WIDTH + found.width) * span
    return found.width <= TILE_WIDTH and level <= MAX_LEVEL and leaves <= MAX_TREE_SIZE
