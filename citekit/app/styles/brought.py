"""What somebody brings: one file of a folder or a zip file, and how much of them is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from citekit.errors import CitekitError, InvalidData

if TYPE_CHECKING:
    from pathlib import Path

MAX_FILES: Final = 100_000
"""The CSL project's own styles are 10,844."""
MAX_ZIP_BYTES: Final = 256 << 20
MAX_UNPACKED_BYTES: Final = 1 << 30
_WANTED: Final = r".+\.csl|locales-.+\.xml"


class Brought(NamedTuple):
    """One file that somebody brings: where it was, and its bytes, or why they were not read."""

    place: str
    data: bytes
    error: CitekitError | None = None

    @property
    def name(self) -> str:
        """The name of the file, without folders."""
        return re.split(r"[/\\]", self.place)[-1]


def is_wanted(name: str) -> bool:
    """Whether a file of this name is a style or a locale."""
    return re.fullmatch(_WANTED, name, re.IGNORECASE) is not None


def too_many(path: Path) -> InvalidData:
    """The error for a source of more than MAX_FILES files."""
    return InvalidData(f"has more than {MAX_FILES:,} files", place=str(path))
