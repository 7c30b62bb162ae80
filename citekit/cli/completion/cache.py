"""Lists that the shell completes from, kept as text: one entry a line, after a line with a stamp.

They lie in the user's cache folder, never in an archive, which may be a stranger's or read-only.
The stamp changes with what the list was made of, and costs a few calls of ``stat``. A list that
cannot be kept is made each time.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.errors import CitekitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Entry = tuple[str, str]
"""A word, and what is said of it."""


def kept(path: Path, stamp: str, make: Callable[[], Iterable[Entry]], prefix: str) -> list[Entry]:
    """The entries whose word begins with the prefix, made anew where the stamp is another."""
    text = _read(path)
    if text.partition("\n")[0] != stamp:
        text = "\n".join([stamp, *map(_line, make())])
        with suppress(CitekitError, OSError):
            _keep(path, text)
    return [_entry(line) for line in text.split("\n")[1:] if line.startswith(prefix)]


def stamp_of(*paths: Path) -> str:
    """A stamp that changes when one of the files, or the list of a folder, does."""
    return " ".join(_change(path) for path in paths)


def _change(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "-"
    return f"{found.st_mtime_ns}:{found.st_size}:{found.st_ino}"


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError):
        return ""


def _keep(path: Path, text: str) -> None:
    from citekit.store.files import write_whole

    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode(), staging=path.parent, root=path.parent)


def _line(entry: Entry) -> str:
    return f"{entry[0]}\t{' '.join(entry[1].split())}"


def _entry(line: str) -> Entry:
    word, _, said = line.partition("\t")
    return word, said
