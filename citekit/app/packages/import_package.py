"""``import`` of a package: a bag, an RO-Crate or an archive folder, whole or in a zip file.

A package is hostile until shown otherwise: it is bounded, unpacked only where it leads, and checked
before anything of it is taken in. Items come with their captures and the payloads that are there.
"""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from citekit.app.intake.bibliographies import Imported
from citekit.app.packages.bag import MAX_FILES, is_bag, read_bag
from citekit.app.sealing.purged import purged_digests
from citekit.errors import CitekitError, InvalidData, NotFound, Place, StoreConflict
from citekit.findings import Finding, Severity
from citekit.formats.bagit import check_path
from citekit.model.value import Value
from citekit.store import files
from citekit.store.archive import ArchiveStore
from citekit.store.folder_names import folded
from citekit.store.layout import SETTINGS_FILE, is_link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from citekit.model.capture import Capture
    from citekit.store.writing.writer import Writer

T = TypeVar("T")

MAX_UNPACKED_BYTES: Final = 64 << 30
_MAX_RATIO: Final = 200  # deflate reaches 1,032; text that people wrote stays far below
_PIECE_BYTES: Final = 1 << 20


class _Room(Value):
    """Where the archive folder of a package is, and what its wrapping was found to be."""

    folder: Path
    findings: tuple[Finding, ...] = ()


def is_package(path: Path) -> bool:
    """Whether this is what ``import_package`` reads, not a bibliography file."""
    if not path.is_dir():
        return path.suffix.lower() == ".zip"
    return is_bag(path) or any(
        (folder / SETTINGS_FILE).is_file() for folder in (path, path / "archive")
    )


def import_package(
    store: ArchiveStore, path: str | Path, *, max_unpacked_bytes: int = MAX_UNPACKED_BYTES
) -> Imported:
    """Take in every item of a package under its own key, with the entities and claims it needs.

    An item that is here already with the same captures is known; one whose key is another item's
    is a finding. A valid bag without an archive in it gives a finding and no item. Raises
    InvalidData for a bag that is not valid and a file that is no package, NotFound for no file.
    """
    path = Path(path)
    with _unpacked(path, max_unpacked_bytes) as folder:
        room = _look(folder, path)
        if room.folder == folder and not (folder / SETTINGS_FILE).is_file():
            return Imported(findings=room.findings)
        source = ArchiveStore.open(room.folder)
        return _take_in(store, source, path, room.findings)


def _look(folder: Path, path: Path) -> _Room:
    """Check the wrapping, and find the archive folder in it."""
    findings: tuple[Finding, ...] = ()
    if is_bag(folder):
        bag = read_bag(folder)
        findings = tuple(bag.findings)
        if not bag.is_valid:
            first = next(f for f in findings if f.severity is Severity.ERROR)
            place = os.path.relpath(str(first.place), folder) if first.place else ""
            raise InvalidData(
                f"is no valid bag: {place}: {first.message}", place=str(path), hint=first.hint
            )
        if not (folder / "data" / SETTINGS_FILE).is_file():
            return _Room(folder=folder, findings=(*findings, _no_archive(path)))
        return _Room(folder=folder / "data", findings=findings)
    for inside in (folder, folder / "archive"):
        if (inside / SETTINGS_FILE).is_file() and not is_link(inside):
            return _Room(folder=inside)
    raise InvalidData(
        "holds no archive: neither a bag, nor an RO-Crate of citekit, nor an archive folder",
        place=str(path),
        hint="citekit add archives files",
    )


# ── items ──────────────────────────────────────────────────────────────────────────────────────


def _take_in(
    store: ArchiveStore, source: ArchiveStore, path: Path, findings: tuple[Finding, ...]
) -> Imported:
    new: list[str] = []
    known: list[str] = []
    told = list(findings)
    purged = purged_digests(store)
    with store.writing() as writer:
        for entity in _readable(source.entity_ids(), source.entity, path, told):
            if entity.id not in store.entity_ids():
                writer.write_entity(entity)
        for key in source.keys():  # noqa: SIM118  # no mapping
            try:
                is_new = _take_item(store, source, writer, key, purged)
            except CitekitError as error:
                told.append(_refused(error, path, key))
                continue
            (new if is_new else known).append(key)
        _take_claims(store, source, writer, path, told)
    return Imported(new=tuple(new), known=tuple(known), findings=tuple(told))


def _take_item(
    store: ArchiveStore, source: ArchiveStore, writer: Writer, key: str, purged: frozenset[str]
) -> bool:
    """Add an item with its captures, payloads, note and annotations; False when it is here."""
    item = source.item(key)
    captures = source.captures(key)
    if store.has(key):
        if store.item(key).csl() == item.csl() and captures.keys() <= set(store.stamps(key)):
            return False
        raise StoreConflict(f"the key {key} is taken by another item", hint="citekit rename it")
    payloads = {d: found for d in source.digests(key) - purged if (found := source.payload_path(d))}
    _check_sizes(captures, payloads)
    annotations = source.annotations(key)
    writer.add_item(item, captures=captures, payloads=payloads, note=source.note(key))
    if annotations:
        writer.write_annotations(key, annotations)
    return True


def _check_sizes(captures: Mapping[str, Capture], payloads: Mapping[str, Path]) -> None:
    """Raise InvalidData for a payload that is far larger than its record says, before it is read.

    A file of no bytes on the disk can claim gigabytes, and would be copied before its digest is
    known to be wrong.
    """
    for capture in captures.values():
        for payload in capture.payloads.values():
            path = payloads.get(payload.digest)
            if path and not files.is_plausible(str(path), payload.size_bytes):
                message = f"{payload.digest} is larger than the {payload.size_bytes} bytes of it"
                raise InvalidData(message, hint="get the package anew: this one is damaged")


def _take_claims(
    store: ArchiveStore,
    source: ArchiveStore,
    writer: Writer,
    path: Path,
    told: list[Finding],
) -> None:
    """Claims whose sources are all here now; one with an id that is taken stays out."""
    claims = [name.removesuffix(".json") for name in sorted(files.names(source.layout.claims))]
    for claim in _readable(claims, source.claim, path, told):
        if store.layout.claim_file(claim.id).exists():
            continue
        if all(store.has(part.item) for part in claim.evidence):
            writer.write_claim(claim)


def _readable(
    names: Iterable[str], read: Callable[[str], T], path: Path, told: list[Finding]
) -> Iterator[T]:
    for name in names:
        try:
            yield read(name)
        except CitekitError as error:
            told.append(_refused(error, path, name))


def _refused(error: CitekitError, path: Path, name: str) -> Finding:
    return Finding(
        code="CK-E803",
        message=f"{name}: {error.message}",
        place=Place(path=str(path)),
        rule="Import of a package",
        hint=error.hint or "",
    )


def _no_archive(path: Path) -> Finding:
    return Finding(
        code="CK-W804",
        severity=Severity.WARNING,
        message="is a valid bag without a citekit archive in it: nothing to import",
        place=Place(path=str(path)),
        rule="Import of a package",
        hint="citekit add archives the files below its data/",
    )


# ── zip files ──────────────────────────────────────────────────────────────────────────────────


@contextmanager
def _unpacked(path: Path, max_bytes: int) -> Iterator[Path]:
    """The folder itself, or that of a zip file, unpacked for a moment."""
    if is_link(path):
        raise InvalidData("is a symbolic link", place=str(path))
    if path.is_dir():
        yield path
        return
    if not path.exists():
        raise NotFound("does not exist", place=str(path))
    folder = Path(tempfile.mkdtemp(prefix="citekit-"))
    try:
        with files.reported(path):
            _unzip(path, folder, max_bytes)
        names = files.names(folder)
        inner = folder / names[0] if len(names) == 1 else folder
        yield inner if inner.is_dir() else folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unzip(path: Path, folder: Path, max_bytes: int) -> None:
    """Unpack plain files below the folder; raises InvalidData for anything that is suspicious."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_entries(entries, path, max_bytes)
            left = max_bytes
            for entry in entries:
                if not entry.is_dir():
                    left -= _unpack_one(archive, entry, folder, left)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError,
            EOFError, ValueError, zlib.error) as error:  # fmt: skip
        raise InvalidData(f"is no zip file that can be read: {error}", place=str(path)) from error


def _check_entries(entries: list[zipfile.ZipInfo], path: Path, max_bytes: int) -> None:
    if len(entries) > MAX_FILES:
        raise InvalidData(f"has more than {MAX_FILES} entries", place=str(path))
    seen: set[str] = set()
    total = 0
    for entry in entries:
        name = check_path(entry.filename.rstrip("/"))
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or entry.flag_bits & 0x1:
            raise InvalidData(f"{name!r} is no plain file", place=str(path))
        form = folded(name)
        if form in seen:
            raise InvalidData(f"{name!r} is in it twice", place=str(path))
        seen.add(form)
        total += entry.file_size
        large = entry.file_size > _PIECE_BYTES
        if total > max_bytes or (large and entry.file_size > _MAX_RATIO * entry.compress_size):
            raise InvalidData(f"{name!r} would become too large", place=str(path))


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path, left: int) -> int:
    """Write one entry; the sizes that a zip file claims are not believed."""
    target = folder.joinpath(*check_path(entry.filename).split("/"))
    target.parent.mkdir(parents=True, exist_ok=True)
    size = 0
    with archive.open(entry) as inside, target.open("xb") as out:
        while piece := inside.read(_PIECE_BYTES):
            size += len(piece)
            if size > min(left, entry.file_size):
                raise InvalidData(f"{entry.filename!r} is larger than it says")
            out.write(piece)
    return size
