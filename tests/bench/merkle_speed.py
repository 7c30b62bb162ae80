"""How fast a log grows and proves: ``python tests/bench/merkle_speed.py [LEAVES]``.

Seals that many events (default 10**6) into tiles and bundles in a temporary folder, appends one,
proves and checks; prints one figure a line. No fsync: what a disk adds is measured elsewhere.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import (
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from citekit.integrity.tiles import (
    TILE_WIDTH,
    Bundle,
    Tile,
    encode_bundle,
    parse_bundle,
    tiles_of,
)
from citekit.integrity.tree import GrowingTree, TiledTree, TileFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Folder:
    """The files of a log in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.written = 0
        self.reads = 0

    def read_tile(self, level: int, index: int, width: int) -> bytes:
        """Read a tile."""
        self.reads += 1
        return (self.root / Tile(level=level, index=index, width=width).path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        """Write one file and the folders above it."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.written += len(data)

    def write_tiles(self, files: Iterable[TileFile]) -> None:
        """Write tiles that a growing tree gave out."""
        for file in files:
            self.write(file.tile.path, file.data)


def main(leaves: int) -> None:
    """Measure one log."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Folder(Path(temporary))
        with measured(f"seal {leaves} leaves"):
            tree = seal(folder, leaves)
        say("files", f"{sum(p.is_file() for p in folder.root.rglob('*'))}")
        say("bytes written", f"{folder.written / 1e6:.1f} MB")
        say("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
        old_root = tree.root()
        with measured("resume, append one leaf, write the edge"):
            grown = append_one(folder, leaves, old_root)
        prove(folder, leaves, old_root, grown)
        with measured("recompute the whole tree from the bundles"):
            recompute(folder, leaves, old_root)


def seal(folder: Folder, leaves: int) -> GrowingTree:
    """Write the tiles and bundles of a new log."""
    tree = GrowingTree()
    bundle: list[bytes] = []
    for number in range(leaves):
        entry = make_entry(number)
        bundle.append(entry)
        folder.write_tiles(tree.append(leaf_hash(entry)))
        if len(bundle) == TILE_WIDTH:
            folder.write(Bundle(index=number // TILE_WIDTH).path, encode_bundle(bundle))
            bundle.clear()
    folder.write_tiles(tree.edge())
    if bundle:
        last = Bundle(index=leaves // TILE_WIDTH, width=len(bundle))
        folder.write(last.path, encode_bundle(bundle))
    return tree


def append_one(folder: Folder, leaves: int, root: bytes) -> GrowingTree:
    """Take up the log from its tiles and append one leaf, with its bundle."""
    tree = GrowingTree.resume(leaves, folder.read_tile, root=root)
    entry = make_entry(leaves)
    index, width = divmod(leaves, TILE_WIDTH)
    entries: tuple[bytes, ...] = ()
    if width:
        old = (folder.root / Bundle(index=index, width=width).path).read_bytes()
        entries = parse_bundle(old, width)
    bundle = Bundle(index=index, width=width + 1)
    folder.write(bundle.path, encode_bundle([*entries, entry]))
    folder.write_tiles(tree.append(leaf_hash(entry)))
    folder.write_tiles(tree.edge())
    return tree


def prove(folder: Folder, leaves: int, old_root: bytes, grown: GrowingTree) -> None:
    """Prove a leaf and the growth, from the files."""
    size, root, index = grown.size, grown.root(), leaves // 3
    folder.reads = 0
    with measured("prove one leaf, from the files"):
        proof = TiledTree(size, folder.read_tile).prove_inclusion(index)
    say("tiles read", str(folder.reads))
    say("size of the proof", f"{len(proof)} hashes, {32 * len(proof)} bytes")
    with measured("check it"):
        holds = verify_inclusion(leaf_hash(make_entry(index)), index, size, proof, root)
    with measured("prove the growth, from the files"):
        growth = TiledTree(size, folder.read_tile).prove_consistency(leaves)
    consistent = verify_consistency(leaves, size, growth, old_root, root)
    say("both hold", str(holds and consistent))


def recompute(folder: Folder, leaves: int, root: bytes) -> None:
    """Check every entry and every full tile, as a verifier does."""
    tree = GrowingTree()
    for tile in tiles_of(leaves):
        if tile.level:
            break
        data = (folder.root / Bundle(index=tile.index, width=tile.width).path).read_bytes()
        for entry in parse_bundle(data, tile.width):
            for full in tree.append(leaf_hash(entry)):
                place = full.tile
                stored = folder.read_tile(place.level, place.index, place.width)
                if stored != full.data:
                    raise SystemExit(f"{place.path} differs")
    if tree.root() != root:
        raise SystemExit("the root differs")


def make_entry(number: int) -> bytes:
    """Make an event of about the size of a real one."""
    digest = digest_bytes(number.to_bytes(8, "big"))
    return encode_leaf(
        {
            "agent": "Ada Archivist",
            "at": "2026-11-22T14:15:00Z",
            "kind": "capture",
            "path": f"items/item{number}/captures/20261122T141500Z.json",
            "things": [{"digest": digest, "path": f"items/item{number}/item.json"}],
            "tool": "citekit/0.1",
        }
    )


@contextmanager
def measured(what: str) -> Iterator[None]:
    """Say how long a step took."""
    start = time.perf_counter()
    yield
    say(what, f"{time.perf_counter() - start:.4f} s")


def say(what: str, value: str) -> None:
    """Print one figure."""
    sys.stdout.write(f"{what:<45}{value}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10**6)
