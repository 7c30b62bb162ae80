"""What git is told about an archive: which files it ignores, how it merges others.

That ``private/`` is ignored is said in every archive, also where nothing is private: so it tells
nobody where there is something.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from citekit.errors import CitekitError, NotFound
from citekit.store import files

if TYPE_CHECKING:
    from citekit.store.layout import Layout

_ATTRIBUTES: Final = (
    "* -text",
    "/log/pending.jsonl merge=union",
    "/items/*/annotations.jsonl merge=union",
)
_PRIVATE: Final = "/private/"
_CACHES: Final = "/.citekit/"  # which hold private texts too, and changes under way
_IGNORED: Final = ("/restricted/", _PRIVATE, _CACHES)


def write_git_files(layout: Layout) -> None:
    """Write what git is to know of a new archive, keeping what is there; raises StorageFailed."""
    _add_lines(layout, ".gitattributes", _ATTRIBUTES)
    _add_lines(layout, ".gitignore", _IGNORED)


def renew_git_files(layout: Layout) -> None:
    """Give an archive of an older citekit the lines that are new.

    A file that is not there stays away, and what cannot be read or written is left as it is: who
    writes something private calls ``keep_from_git`` first. What else git ignores is the user's to
    change.
    """
    for name, lines in ((".gitattributes", _ATTRIBUTES), (".gitignore", (_PRIVATE,))):
        with suppress(CitekitError):
            if (layout.root / name).is_file():
                _add_lines(layout, name, lines)


def keep_from_git(layout: Layout) -> None:
    """Have git ignore what is private: before the first byte of it is written.

    Raises StorageFailed, or InvalidData for a .gitignore that is no file of text.
    """
    _add_lines(layout, ".gitignore", (_PRIVATE, _CACHES))


def _add_lines(layout: Layout, name: str, lines: tuple[str, ...]) -> None:
    """Have these lines in one of git's files, keeping what is there."""
    path = layout.root / name
    try:
        text = files.read_text(path)
    except NotFound:
        text = ""
    missing = [line for line in lines if line not in text.split("\n")]
    if missing:
        if text and not text.endswith("\n"):
            text += "\n"
        data = (text + "\n".join(missing) + "\n").encode()
        files.write_whole(path, data, staging=layout.staging, root=layout.root)
