"""Which payloads the last full check found whole, so that they need not be hashed at each check.

A cache of this machine below ``.citekit``. What it is trusted for: a file whose size, times and
inode are those that were noted then holds the bytes that it held then. Whoever can set those can
lie, so nothing that goes by this is a full check. A cache that is damaged or absent, or that does
not have the MAC of this user's secret, is no cache.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from citekit.errors import CitekitError
from citekit.model.records.codec import read_instant, write_instant
from citekit.model.value import NOTHING, Value
from citekit.store import files
from citekit.store.log.own_events import own_mark, own_secret

if TYPE_CHECKING:
    from citekit.store.layout import Layout

_FIRST_LINE: Final = "citekit verified 2"
_ABOUT: Final = b"citekit: payloads that were found whole\n"
_MAX_BYTES: Final = 1 << 30
_SETTLED: Final = timedelta(seconds=2)
"""Clocks of file systems are coarse: a file that was new when it was hashed may have changed since
without another time, and is not remembered."""


class Mark(NamedTuple):
    """By what a file is known again; and, of a text, how many characters it has (else -1)."""

    size_bytes: int
    modified_ns: int
    changed_ns: int
    inode: int
    characters: int = -1

    def is_of(self, other: Mark | None) -> bool:
        """Whether the two are of one file that has not changed."""
        return other is not None and self[:4] == other[:4]


class Remembered(Value):
    """When the last full check was, and the marks of the payloads that it found whole.

    A payload is named by its place (``objects`` or ``restricted``) and its digest.
    """

    at: datetime
    marks: Mapping[tuple[str, str], Mark] = NOTHING


def mark(path: str) -> Mark | None:
    """How the file is known again; None when it is absent or no plain file."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(status.st_mode):
        return None
    return Mark(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def recall(layout: Layout) -> Remembered | None:
    """What the last full check left; None when it left nothing that can be read."""
    with suppress(CitekitError, ValueError):
        path = layout.check_inside(layout.verified_file)
        head, _, body = files.read_bytes(path, limit=_MAX_BYTES).partition(b"\n\n")
        first, at, said = head.decode().split("\n")
        if first == _FIRST_LINE and said == _mark_of(at, body):
            lines = map(str.split, body.decode().splitlines())
            marks = {(place, name): Mark(*map(int, more)) for place, name, *more in lines}
            return Remembered(at=read_instant(at), marks=marks)
    return None


def remember(layout: Layout, remembered: Remembered) -> bool:
    """Keep this for the next checks; False where that is impossible.

    That is so on a read-only disk, and without a secret of this user's.
    """
    latest_ns = int((remembered.at - _SETTLED).timestamp() * 1e9)
    body = "".join(
        f"{place} {digest} {' '.join(map(str, mark))}\n"
        for (place, digest), mark in remembered.marks.items()
        if max(mark.modified_ns, mark.changed_ns) < latest_ns
    ).encode()
    at = write_instant(remembered.at)
    said = _mark_of(at, body, creates=True)
    if said is None:
        return False
    head = f"{_FIRST_LINE}\n{at}\n{said}\n\n".encode()
    try:
        path = layout.check_inside(layout.verified_file)
        files.write_whole(path, head + body, staging=layout.staging, root=layout.root)
    except CitekitError:
        return False
    return True


def _mark_of(at: str, body: bytes, *, creates: bool = False) -> str | None:
    secret = own_secret(creates=creates)
    return own_mark(secret, _ABOUT, f"{at}\n".encode() + body) if secret else None
