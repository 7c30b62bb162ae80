"""The sealed log is what its checkpoint says: every tile and entry recomputed, then replayed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, InvalidData, Place
from citekit.findings import Finding
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import HASH_BYTES, leaf_hash
from citekit.integrity.state.state_leaf import ACTION as STATE
from citekit.integrity.state.state_leaf import VERSION as STATE_VERSION
from citekit.integrity.state.state_leaf import StateLeaf, read_state_leaf
from citekit.integrity.tiles import TILE_WIDTH, Bundle, Tile, bundles_of
from citekit.integrity.tree import GrowingTree
from citekit.model.event import VERSION
from citekit.store import files
from citekit.store.log.folder import needed_paths
from citekit.store.log.log_state import Contradiction, History
from citekit.store.log.whole_state import WholeState, missing_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citekit.app.verifying.inspection import Inspection
    from citekit.store.log.folder import LogFolder, Standing


@dataclass(slots=True)
class Reading:
    """The log as it was read: the state that its entries say, and what is wrong with its files.

    ``rows`` are the leaf hashes, 256 a row, that lead to the root (or, where nothing does, those
    of the tiles): they answer for the tree, whatever the tiles above them say.
    """

    history: History = field(default_factory=History)
    state: WholeState = field(init=False)
    findings: list[Finding] = field(default_factory=list)
    rows: list[bytes] = field(default_factory=list)
    is_rooted: bool = True
    has_all_entries: bool = True
    """Whether each entry that the tree has was there to be taken in."""
    waiting: tuple[bytes, ...] = ()
    """Entries that wait: what a seal that was stopped would have added."""
    _roots: dict[int, bytes] = field(default_factory=dict)
    """By size, found when rows and waiting entries were known; see ``find_roots``."""

    def __post_init__(self) -> None:
        """Make the state of the whole archive follow from the same entries."""
        self.state = WholeState(self.history)

    def leaves(self) -> list[bytes]:
        """The leaf hash of every sealed entry, in order."""
        return _leaves(self.rows, self.history.size)

    def root_at(self, size: int) -> bytes:
        """The root of the first ``size`` entries, those that wait included."""
        if size not in self._roots:
            self.find_roots([size])
        return self._roots[size]

    def find_roots(self, sizes: Iterable[int]) -> None:
        """Find the roots at all of these sizes in one go: there may be a checkpoint for each."""
        wanted = frozenset(sizes)
        last, tree = max(wanted, default=0), GrowingTree()
        sealed = _leaves(self.rows, last)
        for leaf in [*sealed, *map(leaf_hash, self.waiting[: last - len(sealed)])]:
            if tree.size in wanted:
                self._roots[tree.size] = tree.root()
            tree.append(leaf)
        self._roots.update({size: tree.root() for size in wanted - self._roots.keys()})


class _Entries(NamedTuple):
    """The entries of one bundle, and their leaf hashes one after the other."""

    entries: tuple[bytes, ...] = ()
    hashes: bytes = b""


def read_log(inspection: Inspection, log: LogFolder, standing: Standing) -> Reading:
    """Recompute the tree from the entries and compare every file; then replay the entries."""
    reading = Reading()
    bundles: dict[int, _Entries] = {}
    from_entries: dict[int, bytes] = {}
    for bundle in bundles_of(standing.size):
        entries = _read_entries(inspection, reading, log, bundle)
        row = _read_row(inspection, reading, log, bundle)
        own = None
        if entries:
            own = b"".join(map(leaf_hash, entries))
            bundles[bundle.index] = _Entries(entries, own)
            if row is not None and own != row:
                from_entries[bundle.index] = own
        reading.rows.append(row or own or bytes(bundle.width * HASH_BYTES))
    _judge(inspection, reading, standing, from_entries)
    _replay(inspection, reading, standing.size, bundles)
    missing = missing_state(reading.history, standing.size) if reading.has_all_entries else None
    if missing is not None:
        _tell(inspection, reading, "CK-E641", "checkpoint", missing.message)
    return reading


def _judge(
    inspection: Inspection, reading: Reading, standing: Standing, from_entries: Mapping[int, bytes]
) -> None:
    """Tell which of entries, tiles and checkpoint was changed: the two that agree are right."""
    size, root = standing.size, standing.checkpoint.root
    computed, tiles = _grow(reading.rows, size)
    if computed != root and from_entries:
        rows = [from_entries.get(index, row) for index, row in enumerate(reading.rows)]
        other, other_tiles = _grow(rows, size)
        if other == root:
            for index in from_entries:
                _tell(inspection, reading, "CK-E605", _tile(0, index, size), "other hashes")
            computed, tiles, reading.rows = other, other_tiles, rows
            from_entries = {}
    for index in from_entries:
        path = Bundle(index=index, width=_width(index, size)).path
        _tell(inspection, reading, "CK-E605", path, "entries are not those that were sealed")
    reading.is_rooted = computed == root
    if not reading.is_rooted:
        message = "its root is not that of the entries"
        _tell(inspection, reading, "CK-E605", "checkpoint", message)
    for path, data in tiles.items():
        _compare(inspection, reading, path, data)


def _replay(
    inspection: Inspection, reading: Reading, size: int, bundles: Mapping[int, _Entries]
) -> None:
    for index, row in enumerate(reading.rows):
        entries, hashes = bundles.get(index, _Entries())
        if hashes == row:
            for entry in entries:
                _take(inspection, reading, entry)
            continue
        for position in range(_width(index, size)):
            at = slice(position * HASH_BYTES, (position + 1) * HASH_BYTES)
            if position < len(entries) and hashes[at] == row[at]:
                _take(inspection, reading, entries[position])
            else:
                reading.history.size += 1
                reading.has_all_entries = False


def _take(inspection: Inspection, reading: Reading, entry: bytes) -> None:
    history, number = reading.history, reading.history.size
    value: dict[str, object] = {}
    try:
        if not history.take_plain(entry):
            value = parse_leaf(entry)
            if value.get("action") == STATE:
                _judge_state(inspection, reading, read_state_leaf(value))
            history.take(value)
    except Contradiction as contradiction:
        code, error = "CK-I626", str(contradiction)
    except InvalidData as invalid:
        history.size = number + 1
        version = value.get("v")
        is_newer = type(version) is int and version > max(VERSION, STATE_VERSION)
        code, error = "CK-I611" if is_newer else "CK-E610", invalid.message
    else:
        return
    _tell(inspection, reading, code, "checkpoint", f"entry {number}: {error}")


def _judge_state(inspection: Inspection, reading: Reading, leaf: StateLeaf) -> None:
    """Tell of a state that does not follow; where entries are missing, that cannot be known."""
    if reading.has_all_entries:
        message = reading.state.fault(leaf)
        if message is not None:
            entry = f"entry {reading.history.size}"
            _tell(inspection, reading, "CK-E640", "checkpoint", f"{entry} {message}")


def _read_entries(
    inspection: Inspection, reading: Reading, log: LogFolder, bundle: Bundle
) -> tuple[bytes, ...]:
    if not _is_there(inspection, reading, bundle.path):
        return ()
    try:
        return log.read_bundle(bundle)
    except CitekitError as error:
        _tell(inspection, reading, "CK-E605", bundle.path, error.message)
    return ()


def _read_row(
    inspection: Inspection, reading: Reading, log: LogFolder, bundle: Bundle
) -> bytes | None:
    path = Tile(level=0, index=bundle.index, width=bundle.width).path
    if not _is_there(inspection, reading, path):
        return None
    try:
        row = log.read_tile(0, bundle.index, bundle.width)
    except CitekitError as error:
        _tell(inspection, reading, "CK-E605", path, error.message)
        return None
    if len(row) != bundle.width * HASH_BYTES:
        _tell(inspection, reading, "CK-E605", path, f"has {len(row)} bytes")
        return None
    return row


def _grow(rows: list[bytes], size: int) -> tuple[bytes, dict[str, bytes]]:
    """The root of these leaves, and the tiles above the first level that they make."""
    tree = GrowingTree()
    tiles = {}
    for leaf in _leaves(rows, size):
        for file in tree.append(leaf):
            if file.tile.level:
                tiles[file.tile.path] = file.data
    tiles.update({file.tile.path: file.data for file in tree.edge() if file.tile.level})
    return tree.root(), tiles


def _leaves(rows: list[bytes], size: int) -> list[bytes]:
    leaves = [row[i : i + HASH_BYTES] for row in rows for i in range(0, len(row), HASH_BYTES)]
    return leaves[:size]


def _compare(inspection: Inspection, reading: Reading, path: str, data: bytes) -> None:
    if not _is_there(inspection, reading, path):
        return
    with suppress(CitekitError):
        file = inspection.store.layout.log_file(path)
        if files.read_bytes(file, limit=TILE_WIDTH * HASH_BYTES) == data:
            return
    _tell(inspection, reading, "CK-E605", path, "other hashes than those of its entries")


def _is_there(inspection: Inspection, reading: Reading, path: str) -> bool:
    """Whether a plain file is there; links and folders in its place have been told as well."""
    if inspection.is_file(f"log/{path}"):
        return True
    _tell(inspection, reading, "CK-E606", path, "a file of the log is missing")
    return False


def _tell(inspection: Inspection, reading: Reading, code: str, path: str, message: str) -> None:
    place = Place(path=inspection.show(f"log/{path}"))
    reading.findings.append(found(code, place, message))


def _width(index: int, size: int) -> int:
    return min(TILE_WIDTH, size - index * TILE_WIDTH)


def _tile(level: int, index: int, size: int) -> str:
    return Tile(level=level, index=index, width=_width(index, size)).path


def tile_paths(size: int) -> set[str]:
    """Every file below ``log/`` that a log of that size consists of, by its path in the archive."""
    return {f"log/{path}" for path in needed_paths(size)}
