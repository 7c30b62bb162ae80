"""A .bib file as it is now, with what was found out about these very bytes before.

Reading 10,000 entries takes seconds, and most of the time nothing in them has changed. What is
found out is kept as lines of text in the user's cache folder, a file for each question, under the
path of the bibliography; it counts for one digest and one version of citekit. A small file is read
anew.
"""

from __future__ import annotations

import os
from binascii import crc32
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.app.intake.bibliography_reading import SMALL_SIGNS
from citekit.formats.bibtex.blocks import MOST_TEXT
from citekit.formats.decoding import decode_bibliography
from citekit.integrity.digest import digest_bytes
from citekit.model.machine.user_cache import keep, keep_newest, read_kept
from citekit.model.machine.user_folders import cache_folder
from citekit.store import files
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_BYTES: Final = 4 * MOST_TEXT
_FORM: Final = 1
"""To be counted up when other lines are kept."""
_MOST_KEPT: Final = 60
"""Files in the cache folder: the last used of some twenty bibliographies."""


class BibText:
    """The bytes and text of one file; ``told`` is the finding about its encoding, if any."""

    def __init__(self, path: str | Path) -> None:
        """Read it, links followed; raises NotFound, StorageFailed, and InvalidData if too large."""
        self.path = Path(path)
        self.data = files.read_bytes(Path(os.path.realpath(path)), limit=_MOST_BYTES)
        self.text, self.told = decode_bibliography(self.data)

    def kept(self, question: str) -> list[str] | None:
        """The lines that are known of these bytes; None where nothing is."""
        if self._is_small:
            return None
        lines = read_kept(self._file(question), self._made_of)
        return (lines if lines != [""] else []) if lines else None

    def keep(self, question: str, lines: Iterable[str]) -> None:
        """Keep lines, none of which has a line end in it or is empty, for the next time."""
        if not self._is_small:
            keep(self._file(question), self._made_of, lines)
            keep_newest(self._folder, _MOST_KEPT)

    @property
    def _is_small(self) -> bool:
        return len(self.text) <= SMALL_SIGNS

    @property
    def _folder(self) -> Path:
        return cache_folder() / "bibliographies"

    def _file(self, question: str) -> Path:
        place = os.path.realpath(self.path)
        return self._folder / f"{crc32(os.fsencode(place)):08x}-{question}.txt"

    @cached_property
    def _made_of(self) -> str:
        return f"{__version__} {_FORM} {len(self.data)} {digest_bytes(self.data)}"
