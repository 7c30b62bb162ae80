"""What a folder, a zip file or a file has of styles and locales, read one by one.

Nothing is unpacked: an entry of a zip file is read into memory under a limit, and its name is never
made a path. What nobody should read is told and passed over; a zip file that is too large, or has
too many entries, is refused as a whole.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.styles import brought as limits
from citekit.app.styles.brought import Brought, is_wanted, too_many
from citekit.csl.style.head import MAX_STYLE_BYTES
from citekit.errors import InvalidData, NotFound, StorageFailed
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_source(path: Path) -> Iterator[Brought]:
    """The styles and locales of a folder and those in it, of a zip file, or a file by itself.

    In the order of their paths. Raises NotFound for nothing there, and InvalidData for a zip file
    that cannot be read or is too large, and for too many files.
    """
    if path.is_dir():
        yield from _in_folder(path)
    elif path.suffix.lower() in (".csl", ".xml"):
        yield _read_file(path)
    elif path.is_file():
        from citekit.app.styles.zip_source import read_zip  # no search needs what unpacks

        yield from read_zip(path)
    else:
        raise NotFound("does not exist", place=str(path))


def _in_folder(folder: Path) -> Iterator[Brought]:
    seen = 0
    for parent, folders, names in os.walk(folder):  # links to folders are not followed
        folders.sort()
        seen += len(names)
        if seen > limits.MAX_FILES:
            raise too_many(folder)
        for name in sorted(names):
            if is_wanted(name):
                yield _read_file(Path(parent, name))


def _read_file(path: Path) -> Brought:
    try:
        return Brought(str(path), files.read_bytes(path, limit=MAX_STYLE_BYTES))
    except (InvalidData, StorageFailed) as error:
        return Brought(str(path), b"", error)
