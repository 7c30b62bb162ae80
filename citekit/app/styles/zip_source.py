"""A zip file of styles and locales, read entry by entry; loaded by who was given one."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from typing import TYPE_CHECKING, Final

from citekit.app.styles import brought as limits
from citekit.app.styles.brought import Brought, is_wanted, too_many
from citekit.csl.style.head import MAX_STYLE_BYTES
from citekit.errors import InvalidData, Place
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MAX_RATIO: Final = 100  # the densest large style of the CSL project reaches 10
_SMALL_BYTES: Final = 64 << 10
_ENCRYPTED: Final = 0x1
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UNREADABLE: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError,
    ValueError, OSError, zlib.error,
)  # fmt: skip


def read_zip(path: Path) -> Iterator[Brought]:
    """The styles and locales in a zip file, in the order of their names.

    Raises InvalidData for one that cannot be read, is too large or has too many entries.
    """
    data = files.read_bytes(path, limit=limits.MAX_ZIP_BYTES)
    if data.count(b"PK\1\2") > limits.MAX_FILES:  # each entry has one: counted before any is made
        raise too_many(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            left = limits.MAX_UNPACKED_BYTES
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


def _read_entry(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> Brought | None:
    """One entry, None for one that is neither style nor locale."""
    brought = Brought(f"{path}/{entry.orig_filename}", b"")
    if not is_wanted(brought.name):
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
