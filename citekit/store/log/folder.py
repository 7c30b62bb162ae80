"""The transparency log on the disk: checkpoint, tiles, bundles of entries, and events that wait.

``log/`` is laid out as C2SP tlog-tiles says. ``pending.jsonl`` is a write-ahead log: its first line
says how many entries the log had when it began, each further line is byte for byte a future entry.
So sealing is a function of the log and this file, and one that was stopped is repeated exactly.

The order is always: tiles and bundles, each flushed and renamed into place; then the checkpoint,
whose rename is the commit; then tidying. Nothing that the old checkpoint needs is ever replaced.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

from citekit.errors import (
    CitekitError,
    IntegrityFailed,
    InvalidData,
    NotFound,
    Place,
    StoreConflict,
)
from citekit.integrity.checkpoint import Checkpoint, own_signatures, parse_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import encode_leaf, parse_leaf
from citekit.integrity.merkle import (
    HASH_BYTES,
    Proof,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_from,
)
from citekit.integrity.note import MAX_NOTE_BYTES, Note, NoteSignature
from citekit.integrity.tiles import (
    MAX_ENTRY_BYTES,
    TILE_WIDTH,
    Bundle,
    Tile,
    bundles_between,
    bundles_of,
    encode_bundle,
    parse_bundle,
    parse_path,
    partial_tiles,
    tiles_of,
)
from citekit.integrity.tree import GrowingTree, TiledTree
from citekit.model.value import Value, replace
from citekit.store import files
from citekit.store.log.plain_event import is_plain_event
from citekit.store.staging import Journal, begin, write_journal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from citekit.store.layout import Layout

MAX_BUNDLE_BYTES: Final = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)
MAX_PENDING_BYTES: Final = 256 << 20
"""Of ``pending.jsonl``: over half a million events. They are held in memory to be sealed."""
_FILES_AT_ONCE: Final = 64  # open ones: some systems allow a process no more than 256


class Standing(Value):
    """The checkpoint that stands: what it says, the note that carries it, and its very bytes."""

    checkpoint: Checkpoint
    note: Note
    data: bytes

    @property
    def size(self) -> int:
        """How many entries are sealed."""
        return self.checkpoint.size

    @property
    def signatures(self) -> tuple[NoteSignature, ...]:
        """The lines that claim to be of this log: those of witnesses are left out."""
        return own_signatures(self.checkpoint, self.note)


class Pending(Value):
    """What waits: ``base`` entries were sealed when the file began; then future entries.

    A merge of two such files has lines twice, which count once, and may have two beginnings:
    ``base`` is the larger then, and ``first_base`` the smaller. ``damaged`` are the numbers (from
    1) of lines that are no entry, such as a torn last one.
    """

    base: int = 0
    first_base: int = 0
    entries: tuple[bytes, ...] = ()
    damaged: tuple[int, ...] = ()


class LogFolder:
    """The log of one archive. Reading needs no lock; writing is for who holds the archive's."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    # ── reading ────────────────────────────────────────────────────────────────────────────────

    def standing(self) -> Standing | None:
        """The checkpoint; None when nothing was ever sealed. Raises InvalidData."""
        path = self._layout.check_inside(self._layout.checkpoint_file)
        try:
            data = files.read_bytes(path, limit=MAX_NOTE_BYTES)
        except NotFound:
            return None
        try:
            checkpoint, note = parse_checkpoint(data)
        except InvalidData as error:
            raise InvalidData(error.message, place=Place(path=str(path))) from error
        return Standing(checkpoint=checkpoint, note=note, data=data)

    def origin(self) -> str:
        """The name of the log that stands; "" before the first seal, or where nobody can tell."""
        with suppress(CitekitError):
            standing = self.standing()
            return standing.checkpoint.origin if standing else ""
        return ""

    def read_tile(self, level: int, index: int, width: int) -> bytes:
        """The bytes of one tile; raises IntegrityFailed when it is absent."""
        return self._read(Tile(level=level, index=index, width=width).path, width * HASH_BYTES)

    def read_bundle(self, bundle: Bundle) -> tuple[bytes, ...]:
        """The entries of one bundle; raises IntegrityFailed, or InvalidData for a damaged one."""
        data = self._read(bundle.path, MAX_BUNDLE_BYTES)
        try:
            return parse_bundle(data, bundle.width)
        except InvalidData as error:
            place = Place(path=str(self._layout.log_file(bundle.path)))
            raise InvalidData(error.message, place=place) from error

    def entries(self, size: int) -> Iterator[bytes]:
        """The first ``size`` entries, in order, as they are on the disk: nothing is verified."""
        for bundle in bundles_of(size):
            yield from self.read_bundle(bundle)

    def whole_entry(self, index: int) -> bytes:
        """One entry of the log that stands, as it is on the disk."""
        standing = self.standing()
        size = standing.size if standing else 0
        if not 0 <= index < size:
            raise NotFound(f"a log of {size} entries has no entry {index}")
        number, position = divmod(index, TILE_WIDTH)
        width = min(TILE_WIDTH, size - number * TILE_WIDTH)
        return self.read_bundle(Bundle(index=number, width=width))[position]

    def root_at(self, size: int) -> bytes:
        """The root of the first ``size`` entries of the log that stands, from its tiles."""
        return root_from(size, self._stable_tree().node)

    def prove(self, index: int, size: int) -> Proof:
        """Prove that an entry is in the tree of the first ``size`` entries."""
        return prove_inclusion(index, size, self._stable_tree().node)

    def prove_begins(self, old: int, size: int) -> Proof:
        """Prove that the tree of the first ``size`` entries begins with that of the first ``old``.

        Raises NotFound unless ``0 < old <= size``.
        """
        return prove_consistency(old, size, self._stable_tree().node)

    def _stable_tree(self) -> TiledTree:
        """The tree that stands: it has the complete subtrees of every smaller one."""
        standing = self.standing()
        return TiledTree(standing.size if standing else 0, self.read_tile)

    def paths(self) -> Iterator[str]:
        """Every file below ``tile/``, by its path inside the log; folders and links count too."""
        yield from _walk(self._layout.log / "tile", "tile")

    def _read(self, path: str, limit: int) -> bytes:
        file = self._layout.check_inside(self._layout.log_file(path))
        try:
            return files.read_bytes(file, limit=limit)
        except NotFound as error:
            raise IntegrityFailed(
                "a file of the log is missing",
                place=Place(path=str(file)),
                hint="restore the log folder from a copy that verifies",
            ) from error

    # ── events that wait ───────────────────────────────────────────────────────────────────────

    def pending(self) -> Pending:
        """What is in ``pending.jsonl``, damaged lines left out; nothing when it is absent.

        Raises InvalidData for a file that is too large, which is not read.
        """
        path = self._layout.check_inside(self._layout.pending_file)
        with suppress(NotFound):
            return _read_pending(path)
        return Pending()

    def waiting(self, size: int, pending: Pending | None = None) -> tuple[bytes, ...]:
        """The entries of ``pending.jsonl`` that the log of ``size`` entries does not have yet.

        A stop between checkpoint and tidying leaves lines that are sealed, and so does a merge.
        ``pending`` is what has been read of the file already.
        """
        pending = pending or self.pending()
        if not pending.entries or pending.first_base >= size:
            return pending.entries
        tail = set(self.entries_from(pending.first_base, size))
        return tuple(entry for entry in pending.entries if entry not in tail)

    def append(self, entries: Iterable[bytes]) -> None:
        """Have events wait, flushed: all of them or none. A torn last line is ended first.

        Raises StoreConflict where the file would become too large to be sealed.
        """
        path = self._layout.check_inside(self._layout.pending_file)
        data = b"".join(entry + b"\n" for entry in entries)
        _check_room(path, len(data))
        if not path.is_file():
            standing = None
            with suppress(CitekitError):  # whoever seals or verifies hears of a damaged checkpoint
                standing = self.standing()
            self.await_only((), size=standing.size if standing else 0)
        files.append_whole(path, data)

    def await_only(self, entries: Iterable[bytes], *, size: int) -> None:
        """Write ``pending.jsonl`` anew for a log of that size, in one step."""
        header = encode_leaf({"base": size}) + b"\n"
        lines = b"".join(entry + b"\n" for entry in entries)
        self.write(self._layout.pending_file, header + lines)

    def write(self, path: Path, data: bytes) -> None:
        """Write one file of ``log/`` or ``trust/``, new or instead of the old one, in one step."""
        layout = self._layout
        folder = begin(layout, Journal())
        try:
            staged = files.unused(folder)
            files.write_new(staged, [data])
            files.make_folder(layout.check_inside(path).parent, root=layout.root)
            files.rename_over(staged, path)
            files.flush_folder(path.parent)
        finally:
            with suppress(CitekitError):
                files.remove_tree(folder)

    def entries_from(self, first: int, size: int) -> Iterator[bytes]:
        """The entries from ``first`` on, reading only the bundles that hold them."""
        for bundle in bundles_between(first, size):
            begin = bundle.index * TILE_WIDTH
            yield from self.read_bundle(bundle)[max(0, first - begin) :]

    # ── growing ────────────────────────────────────────────────────────────────────────────────

    def grow(
        self, standing: Standing | None, entries: Iterable[bytes], *, staging: Path
    ) -> GrowingTree:
        """Write the tiles and bundles of a longer log; what stands is not touched.

        Raises IntegrityFailed when the end of the log is not what its checkpoint says.
        """
        size = standing.size if standing else 0
        tree = GrowingTree()
        if standing:
            tree = GrowingTree.resume(size, self.read_tile, root=standing.checkpoint.root)
        with _Placing(self._layout, staging) as placing:
            for path, data in self._new_files(tree, entries):
                placing.write(path, data)
        return tree

    def _new_files(
        self, tree: GrowingTree, entries: Iterable[bytes]
    ) -> Iterator[tuple[str, bytes]]:
        """Grow the tree, giving each tile and bundle as soon as it is full, then the edge."""
        size = tree.size
        bundle = list(self._last_bundle(tree, size))
        for entry in entries:
            bundle.append(entry)
            for file in tree.append(leaf_hash(entry)):
                yield file.tile.path, file.data
            if len(bundle) == TILE_WIDTH:
                yield Bundle(index=tree.size // TILE_WIDTH - 1).path, encode_bundle(bundle)
                bundle.clear()
        if tree.size > size:
            for file in tree.edge():
                yield file.tile.path, file.data
            if bundle:
                last = Bundle(index=tree.size // TILE_WIDTH, width=len(bundle))
                yield last.path, encode_bundle(bundle)

    def commit(self, data: bytes) -> None:
        """Put the checkpoint in its place: from here on the longer log stands."""
        self.write(self._layout.checkpoint_file, data)

    def tidy(self, size: int, *, before: int | None = None) -> None:
        """Remove the partial files that a log of ``size`` entries has outgrown.

        With ``before`` only those of that size, so that a long log is not walked for one entry.
        """
        needed = set(needed_paths(size)) if before is None else partial_paths(size)
        found = self.paths() if before is None else partial_paths(before)
        folders = set()
        for path in [path for path in found if path not in needed]:
            if self.outgrown(path, size):
                file = self._layout.log_file(path)
                files.remove_file_unflushed(file)
                files.remove_empty(file.parent, root=self._layout.log)
                folders.update([file.parent, file.parent.parent])
        files.flush_folders(folder for folder in folders if folder.is_dir())

    def preview(self, standing: Standing | None, entries: Iterable[bytes]) -> dict[str, bytes]:
        """The files that growing by these entries would write: path -> bytes, nothing written."""
        size = standing.size if standing else 0
        tree = GrowingTree()
        if standing:
            tree = GrowingTree.resume(size, self.read_tile, root=standing.checkpoint.root)
        return dict(self._new_files(tree, entries))

    def begins(self, path: str, expected: Mapping[str, bytes]) -> bool:
        """Whether the file is the beginning of one that is expected, at the same place or wider."""
        with suppress(CitekitError):
            found = parse_path(path)
            data = files.read_bytes(
                self._layout.check_inside(self._layout.log_file(path)), limit=MAX_BUNDLE_BYTES
            )
            return any(
                data and wider.startswith(data)
                for place, wider in expected.items()
                if _same_place(parse_path(place), found)
            )
        return False

    def file(self, path: str) -> Path:
        """Where the file with this path inside the log is."""
        return self._layout.log_file(path)

    def outgrown(self, path: str, size: int) -> bool:
        """Whether the file is a partial one whose bytes begin a wider one of this log."""
        with suppress(CitekitError):
            wider = _wider(parse_path(path), size)
            if wider:
                limit = MAX_BUNDLE_BYTES
                file = self._layout.check_inside(self._layout.log_file(path))
                part = files.read_bytes(file, limit=limit)
                return self._read(wider.path, limit).startswith(part)
        return False

    def _last_bundle(self, tree: GrowingTree, size: int) -> tuple[bytes, ...]:
        """The entries of the unfinished bundle, checked against the hashes of the tree."""
        width = size % TILE_WIDTH
        if not width:
            return ()
        bundle = Bundle(index=size // TILE_WIDTH, width=width)
        entries = self.read_bundle(bundle)
        (tile,) = (f.data for f in tree.edge() if f.tile.level == 0)
        if b"".join(map(leaf_hash, entries)) != tile:
            raise IntegrityFailed(
                "entries of the log are not those that were sealed",
                place=Place(path=str(self._layout.log_file(bundle.path))),
                hint="restore the log folder from a copy that verifies",
            )
        return entries


class _Placing:
    """Many files written together, each flushed and then renamed into place.

    The folders are flushed once, at the end: no checkpoint asks for these files before.
    """

    def __init__(self, layout: Layout, staging: Path) -> None:
        self._layout = layout
        self._staging = staging
        self._waiting: dict[Path, bytes] = {}
        self._folders: set[Path] = set()
        self._placed: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self._place()
            files.flush_folders(self._folders)

    def write(self, path: str, data: bytes) -> None:
        self._waiting[self._layout.check_inside(self._layout.log_file(path))] = data
        if len(self._waiting) == _FILES_AT_ONCE:
            self._place()

    def _place(self) -> None:
        staged = {target: files.unused(self._staging) for target in self._waiting}
        files.write_many_new({staged[target]: data for target, data in self._waiting.items()})
        for target, data in self._waiting.items():
            self._placed[target.relative_to(self._layout.log).as_posix()] = digest_bytes(data)
        if staged:  # whoever finds them without their checkpoint knows what they are
            write_journal(self._staging, Journal(action="seal", placed=self._placed))
        for target, source in staged.items():
            self._make_folder(target.parent)
            files.rename_over(source, target)
        self._waiting.clear()

    def _make_folder(self, folder: Path) -> None:
        if folder not in self._folders:
            root = self._layout.root
            self._folders.update([folder, *files.make_folder_unflushed(folder, root=root)])


def needed_paths(size: int) -> Iterator[str]:
    """The path of every tile and bundle that a log of ``size`` entries consists of."""
    for tile in tiles_of(size):
        yield tile.path
    for bundle in bundles_of(size):
        yield bundle.path


def partial_paths(size: int) -> set[str]:
    """The paths of the partial files of a log of that size."""
    paths = {tile.path for tile in partial_tiles(size)}
    width = size % TILE_WIDTH
    return paths | {Bundle(index=size // TILE_WIDTH, width=width).path} if width else paths


def _same_place(one: Tile | Bundle, other: Tile | Bundle) -> bool:
    """Whether two files hold the same part of a log, whatever their widths."""
    return replace(one, width=TILE_WIDTH) == replace(other, width=TILE_WIDTH)


def _wider(found: Tile | Bundle, size: int) -> Tile | Bundle | None:
    """The file of a log of that size that continues a partial one, if there is one."""
    level = found.level if isinstance(found, Tile) else 0
    width = min(TILE_WIDTH, (size >> (8 * level)) - found.index * TILE_WIDTH)
    if found.width >= width:
        return None
    if isinstance(found, Tile):
        return Tile(level=level, index=found.index, width=width)
    return Bundle(index=found.index, width=width)


def _read_pending(path: Path) -> Pending:
    bases: list[int] = []
    entries: dict[bytes, None] = {}
    damaged: list[int] = []
    for number, line in enumerate(_lines(path), 1):
        whole = line[:-1] if line.endswith(b"\n") else b""
        try:
            base = None if is_plain_event(whole) else _read_base(parse_leaf(whole))
        except InvalidData:
            damaged.append(number)
            continue
        if base is None:
            entries.pop(whole, None)  # of the same line twice the last counts: it is the last word
            entries[whole] = None
        else:
            bases.append(base)
    if entries and not bases and 1 not in damaged:
        damaged.insert(0, 1)  # it should have said how many entries were sealed
    return Pending(
        base=max(bases, default=0),
        first_base=min(bases, default=0),
        entries=tuple(entries),
        damaged=tuple(damaged),
    )


def _check_room(path: Path, more_bytes: int) -> None:
    with suppress(NotFound), files.reported(path):
        size = path.stat().st_size
        if size + more_bytes + 1 > MAX_PENDING_BYTES:
            raise StoreConflict(
                f"too much waits for a seal: {size} bytes, of {MAX_PENDING_BYTES} at most",
                place=Place(path=str(path)),
                hint="citekit seal, then do this again",
            )


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of a file with their newlines; one that is too long for an entry is cut."""
    rest = b""
    for chunk in files.read_chunks(path, limit=MAX_PENDING_BYTES):
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line + b"\n" for line in lines)
        rest = rest[: MAX_ENTRY_BYTES + 1]
    if rest:
        yield rest


def _read_base(value: dict[str, object]) -> int | None:
    """How many entries were sealed, if the line says that; None for an event."""
    base = value.get("base")
    if "base" not in value or "action" in value:
        return None
    if set(value) != {"base"} or type(base) is not int or base < 0:
        raise InvalidData("a line that begins the file says how many entries were sealed")
    return base


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    """Files below a folder by their path; nothing when it is absent; links are not followed."""
    with files.reported(folder):
        try:
            with os.scandir(folder) as found:
                children = sorted(found, key=lambda entry: entry.name)
        except (FileNotFoundError, NotADirectoryError):
            return
    for child in children:
        if child.is_dir(follow_symlinks=False):
            yield from _walk(folder / child.name, f"{prefix}/{child.name}")
        else:
            yield f"{prefix}/{child.name}"
