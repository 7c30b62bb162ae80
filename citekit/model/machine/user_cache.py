"""What can be made again, kept in the user's cache folder: by this user, for this user.

A cache never matters: what cannot be read, or what somebody else may have written, is as good as
absent, and what cannot be written is made again next time.
"""

from __future__ import annotations

import os
import stat
from binascii import crc32
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_READS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_MAKES = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def read_kept(path: Path, made_of: str) -> list[str]:
    """The lines that ``keep`` kept for what they were made of; none where anything is different."""
    said, _, body = (_read_own(path) or b"").partition(b"\n")
    is_whole = said == f"{made_of} {crc32(body)}".encode()
    return body.decode().split("\n") if is_whole else []


def keep(path: Path, made_of: str, lines: Iterable[str]) -> None:
    """Keep lines in a file for this user alone, with what they were made of and their sum."""
    body = "\n".join(lines).encode()
    _write_own(path, f"{made_of} {crc32(body)}\n".encode() + body)


def keep_newest(folder: Path, most: int) -> None:
    """Remove the files of a cache folder that were written first, where there are too many."""
    with suppress(OSError):
        states = [(entry.stat().st_mtime_ns, entry.path) for entry in os.scandir(folder)]
        for _, path in sorted(states)[: max(len(states) - most, 0)]:
            os.unlink(path)  # noqa: PTH108  # names are all we have


def _read_own(path: Path) -> bytes | None:
    """A file that only this user can have written; None for any other, and where there is none."""
    try:
        descriptor = os.open(path, _READS | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    try:
        if not _is_own(os.fstat(descriptor)):
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file, suppress(OSError):
            return file.read()
    finally:
        os.close(descriptor)
    return None


def _is_own(found: os.stat_result) -> bool:
    """Whether something is a plain file that this user owns and nobody else may write."""
    is_own = os.name != "posix" or (
        found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_WRITE
    )
    return stat.S_ISREG(found.st_mode) and is_own


def _write_own(path: Path, data: bytes) -> None:
    """Write a file for this user alone; beside and renamed, so that nobody reads half of it."""
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, _MAKES, 0o600), "wb") as file:
            file.write(data)
        beside.replace(path)
        return
    with suppress(OSError):
        beside.unlink()
