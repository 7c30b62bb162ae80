"""The files beside an export, by the paths that it names: nothing outside its own folder is read.

The paths are other people's text. One that leads out of the folder, upwards or through a link, is
refused; one that names a place of the machine that made the export is no file of the export.
"""

from __future__ import annotations

import os
import re
import unicodedata
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from citekit.errors import InvalidData, NotFound
from citekit.store.layout import is_link

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ELSEWHERE: Final = re.compile(r"[/\\]|[A-Za-z][A-Za-z0-9+.-]*:")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


def is_elsewhere(named: str) -> bool:
    r"""Whether a path names a place of somebody's machine, and none beside the export.

    >>> is_elsewhere("/home/ada/Zotero/storage/a.pdf"), is_elsewhere("storage:a.pdf")
    (True, True)
    >>> is_elsewhere(r"C:\Zotero\a.pdf"), is_elsewhere("files/12/a: b.pdf")
    (True, False)
    """
    return _ELSEWHERE.match(named) is not None


def find_file(folder: Path, named: str) -> Path:
    """The file that an export in this folder names.

    Raises InvalidData for a path that leads out of the folder, NotFound where no file is.
    """
    for spelled in _spellings(named):
        path = _inside(folder, spelled)
        if os.path.lexists(path):
            return path
    raise NotFound("is not beside the export", hint="export it from Zotero with its files")


def _spellings(named: str) -> Iterator[str]:
    """The path as written; as an address is written; in either form of accents, by the system."""
    written = [named, *([unquote(named)] if "%" in named else [])]
    forms = ("NFC", "NFD")
    others = [unicodedata.normalize(form, text) for text in written for form in forms]  # type: ignore[arg-type]  # two of its names
    yield from dict.fromkeys([*written, *others])


def _inside(folder: Path, spelled: str) -> Path:
    parts = spelled.replace("\\", "/").split("/")
    if is_elsewhere(spelled) or _CONTROL.search(spelled) or not {"", ".", ".."}.isdisjoint(parts):
        raise InvalidData("leads out of the folder of the export, and was left there")
    path = folder
    for part in parts:
        path /= part
        if is_link(path):
            raise InvalidData("is a link, or lies behind one, and was left there")
    return path
