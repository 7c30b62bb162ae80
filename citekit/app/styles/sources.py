"""What a folder, a zip file or a file has of styles and locales, read one by one.

Nothing is unpacked: an entry of a zip file is read into memory under a limit, and its name is never
made a path. What nobody should read is told and passed over; a zip file that is too large, or has
too many entries, is refused as a whole.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from citekit.csl.style.head import MAX_STYLE_BYTES
from citekit.errors import CitekitError, InvalidData, NotFound, Place, StorageFailed
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILES: Final = 100_000
"""The CSL project's own styles are 10,844."""
MAX_ZIP_BYTES: Final = 256 << 20
MAX_UNPACKED_BYTES: Final = 1 << 30
_MAX_RATIO: Final = 100  # the densest large style of the CSL project reaches 10
_SMALL_BYTES: Final = 64 << 10
_WANTED: Final = r".+\.csl|locales-.+\.xml"
_ENCRYPTED: Final = 0x1
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class Brought(NamedTuple):
    """One file that somebody brings: where it was, and its bytes, or why they were not read."""

    place: str
    data: bytes
    error: CitekitError | None = None

    @property
    def name(self) -> str:
        """The name of the file, without folders."""
        return re.split(r"[/\\]", self.place)[-1]


def read_source(path: Path) -> Iterator[Brought]:
    """The styles and locales of a folder and those in it, of a zip file, or a file by itself.

    In the order of their paths. Raises NotFound for nothing there, and InvalidData for a zip file
    that cannot be read or is too large, and for more than MAX_FILES files.
    """
    if path.is_dir():
        yield from _in_folder(path)
    elif path.suffix.lower() in (".csl", ".xml"):
        yield _read_file(path)
    elif path.is_file():
        yield from _in_zip(path)
    else:
        raise NotFound("does not exist", place=str(path))


def _is_wanted(name: str) -> bool:
    return re.fullmatch(_WANTED, name, re.IGNORECASE) is not None


def _in_folder(folder: Path) -> Iterator[Brought]:
    seen = 0
    for parent, folders, names in os.walk(folder):  # links to folders are not followed
        folders.sort()
        seen += len(names)
        if seen > MAX_FILES:
            raise _too_many(folder)
        for name in sorted(names):
            if _is_wanted(name):
                yield _read_file(Path(parent, name))


def _read_file(path: Path) -> Brought:
    try:
        return Brought(str(path), files.read_bytes(path, limit=MAX_STYLE_BYTES))
    except (InvalidData, StorageFailed) as error:
        return Brought(str(path), b"", error)


def _in_zip(path: Path) -> Iterator[Brought]:
    data = files.read_bytes(path, limit=MAX_ZIP_BYTES)
    if data.count(b"PK\1\2") > MAX_FILES:  # each entry has one: counted before any is made
        raise _too_many(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            left = MAX_UNPACKED_BYTES
            for entry in sorted(packed.infolist(), key=lambda entry: entry.orig_filename):
                brought = _read_entry(packed, entry, path)
                if brought is not None:
                    left -= len(brought.data)
                    if left < 0:
                        raise InvalidData("would become too large", place=str(path))
                    yield brought
    except _UNREADABLE as error:
        hint = "a folder, a .zip, a .csl or a locales-….xml file is needed"
        message = f"is no zip file that can be read: {error}"
        raise InvalidData(message, place=str(path), hint=hint) from error


_UNREADABLE: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError,
    ValueError, OSError, zlib.error,
)  # fmt: skip


def _read_entry(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> Brought | None:
    """One entry, None for one that is neither style nor locale."""
    brought = Brought(f"{path}/{entry.orig_filename}", b"")
    if not _is_wanted(brought.name):
        return None
    reason = _suspicion(entry)
    if not reason:
        try:
            with packed.open(entry) as inside:
                data = inside.read(MAX_STYLE_BYTES + 1)
            if len(data) <= min(entry.file_size, MAX_STYLE_BYTES):
                return brought._replace(data=data)
            reason = "is larger than it says"
        except _UNREADABLE as error:
            reason = f"cannot be unpacked: {error}"
    return brought._replace(error=InvalidData(reason, place=Place(path=brought.place)))


def _suspicion(entry: zipfile.ZipInfo) -> str:
    """Why nobody should read an entry, nothing where all is well."""
    parts = re.split(r"[/\\]", entry.orig_filename)
    if ".." in parts or not parts[0] or parts[0].endswith(":"):
        return "has a name that leads out of a folder"
    if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
        return "is no plain file"
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _PACKED:
        return "is encrypted, or packed in an unknown way"
    is_large = entry.file_size > _SMALL_BYTES
    if is_large and entry.file_size > _MAX_RATIO * entry.compress_size:
        return "is packed too tightly for a style"
    if entry.file_size > MAX_STYLE_BYTES:
        return f"is larger than {MAX_STYLE_BYTES:,} bytes"
    return ""


def _too_many(path: Path) -> InvalidData:
    return InvalidData(f"has more than {MAX_FILES:,} files", place=str(path))
