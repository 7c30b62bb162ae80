"""Lists that the shell completes from, kept as text: one entry a line, after a line with a stamp.

They lie in the user's cache folder, never in an archive, which may be a stranger's or read-only.
The stamp changes with what the list was made of, and costs a few calls of ``stat``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.model.machine.user_folders import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Entry = tuple[str, str]
"""A word, and what is said of it."""


def lists_folder() -> Path:
    """The folder of these lists."""
    return cache_folder() / "completion"


def stamp_of(*paths: Path) -> str:
    """A stamp that changes when one of the files, or the list of a folder, does."""
    return " ".join(_change(path) for path in paths)


def _change(path: Path) -> str:
    try:
        found = path.stat()
    except OSError:
        return "-"
    return f"{found.st_mtime_ns}:{found.st_size}:{found.st_ino}"


def read_kept(path: Path, stamp: str) -> str | None:
    """The kept list, or None where there is none with this stamp."""
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError):
        return None
    return text if text.partition("\n")[0] == stamp else None


def as_text(stamp: str, entries: Iterable[Entry]) -> str:
    """A list as it is kept."""
    return "\n".join([stamp, *(f"{word}\t{' '.join(said.split())}" for word, said in entries)])


def entries_of(text: str, prefix: str) -> list[Entry]:
    """The entries of a kept list whose word begins with the prefix."""
    lines = [line.partition("\t") for line in text.split("\n")[1:] if line.startswith(prefix)]
    return [(word, said) for word, _, said in lines]
