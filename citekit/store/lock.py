"""One writer at a time: a lock of the operating system on the archive folder itself.

The system drops it when the process ends, however that happens, so a lock is never left behind.
POSIX locks the folder. Windows cannot lock folders: there it is one byte of ``archive.toml`` far
beyond its end, where it keeps nobody from reading the file.
"""

from __future__ import annotations

import errno
import os
import time
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import CitekitError, Place, StorageFailed, StoreConflict
from citekit.store.files import storage_error
from citekit.store.layout import SETTINGS_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# The C runtime of Windows gives only 31 bits to the place of a lock.
_LOCKED_BYTE: Final = 0x7FFF_0000
_POLL_S: Final = 0.02

_BUSY: Final = frozenset([errno.EACCES, errno.EAGAIN, errno.EDEADLK])
# What systems answer where a file system, most often a network share, knows no locks.
_NO_LOCKS: Final = frozenset(
    [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EINVAL]
)


@contextmanager
def exclusive(root: Path, *, timeout_s: float = 10.0, file: str = SETTINGS_FILE) -> Iterator[None]:
    """Hold the lock of a folder; raises StoreConflict when another process keeps it too long.

    ``file`` is one in it that is always there, for systems that lock no folders.
    Raises StorageFailed where the file system has no locks: two writers could not see each other.
    """
    with _windows(root, timeout_s, file) if os.name == "nt" else _posix(root, timeout_s):
        yield


def is_taken(root: Path) -> bool:
    """Whether somebody holds the lock now; False also where that cannot be known."""
    try:
        with exclusive(root, timeout_s=0):
            return False
    except StoreConflict:
        return True
    except CitekitError:  # no locks here, or no right to look
        return False


@contextmanager
def _posix(root: Path, timeout_s: float) -> Iterator[None]:
    import fcntl

    descriptor = _open(root, os.O_RDONLY)
    try:
        _wait(lambda: fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB), root, timeout_s)
        try:
            yield
        finally:
            # A child that this process started may hold the descriptor too: unlock, then close.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


@contextmanager
def _windows(root: Path, timeout_s: float, file: str) -> Iterator[None]:
    msvcrt: Any = import_module("msvcrt")  # typed on Windows only
    descriptor = _open(root / file, os.O_RDONLY | getattr(os, "O_BINARY", 0))

    def locking(mode: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, mode, 1)

    try:
        _wait(lambda: locking(msvcrt.LK_NBLCK), root, timeout_s)
        try:
            yield
        finally:
            with suppress(OSError):  # closing the file drops the lock as well
                locking(msvcrt.LK_UNLCK)
    finally:
        os.close(descriptor)


def _open(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise storage_error(error, path) from error


def _wait(attempt: Any, root: Path, timeout_s: float) -> None:  # noqa: ANN401  # any callable
    end = time.monotonic() + timeout_s
    while True:
        try:
            attempt()
        except OSError as error:
            if error.errno in _NO_LOCKS:
                raise _without_locks(root) from error
            if error.errno not in _BUSY:
                raise storage_error(error, root) from error
            if time.monotonic() >= end:
                raise _taken(root, timeout_s) from error
            time.sleep(_POLL_S)
        else:
            return


def _taken(root: Path, timeout_s: float) -> StoreConflict:
    return StoreConflict(
        f"another process is writing here (waited {timeout_s:g} s)",
        place=Place(path=str(root)),
        hint="wait until it is done, or look for another running citekit; reading is possible",
    )


def _without_locks(root: Path) -> StorageFailed:
    return StorageFailed(
        "this file system has no locks, so two writers could destroy each other's work",
        place=Place(path=str(root)),
        hint="keep the archive on a local disk and share it with git; reading is possible",
    )
