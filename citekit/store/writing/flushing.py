"""Having the disk remember many files at once: one call for all of them, where that is reliable.

Linux flushes a whole file system in one journey (``syncfs``), which for a few dozen small files
takes a tenth of the time of flushing each. Elsewhere, on file systems that are not known to heed
it, and for a few files, each file is flushed and then each folder, some of them side by side.
"""

from __future__ import annotations

import errno
import os
import sys
import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from citekit.store import files

try:
    import ctypes
except ImportError:  # a Python that was built without it
    _HAS_CTYPES = False
else:
    _HAS_CTYPES = True

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_FEW: Final = 16
"""So many are flushed one by one: a whole flush waits for what others have written, too."""
_PATIENCE_S: Final = 2.0
_TELLS_ERRORS_FROM: Final = (5, 8)
"""Before this version of Linux nobody heard of what could not be written: syncfs(2)."""
_HEEDING: Final = frozenset(
    [
        *(0xEF53, 0x58465342, 0x9123683E, 0xF2F52010),  # ext2 to ext4, XFS, Btrfs, F2FS
        *(0x2FC12FC1, 0xCA451A4E, 0x794C7630, 0x01021994),  # ZFS, bcachefs, overlayfs, tmpfs
    ]
)
"""File systems by their numbers in statfs(2); of those in user space or on a network nobody
knows."""

_NOT_OFFERED: Final = frozenset([errno.ENOSYS, errno.EPERM, errno.EINVAL, errno.EOPNOTSUPP])


def flush(root: Path, paths: Collection[Path], folders: Collection[Path]) -> None:
    """Have the disk remember these files of an archive, and what these folders name.

    Raises StorageFailed.
    """
    if len(paths) + len(folders) > _FEW and _WHOLE.flush(root):
        return
    files.flush_files(paths)
    files.flush_folders(folders)


class _WholeFlush:
    """The call of the system that flushes all of a file system, as long as it is a good way."""

    def __init__(self) -> None:
        self._is_slow = False

    def flush(self, root: Path) -> bool:
        """Flush all that the file system of a folder has; False where that is no good way.

        Where it takes long, others write much, and from then on only our own is flushed.
        """
        if self._is_slow or self._library is None:
            return False
        begin = time.monotonic()
        with files.reported(root):
            descriptor = os.open(root, os.O_RDONLY)
            try:
                is_done = self._heeds(descriptor) and self._call(descriptor)
            finally:
                os.close(descriptor)
        self._is_slow = time.monotonic() - begin > _PATIENCE_S
        return is_done

    @cached_property
    def _library(self) -> Any:  # noqa: ANN401  # the functions of C
        """The C library of a Linux that tells what went wrong; None elsewhere."""
        if sys.platform != "linux" or not _HAS_CTYPES:
            return None
        version = os.uname().release.split(".")
        if tuple(int(part) for part in version[:2] if part.isdecimal()) < _TELLS_ERRORS_FROM:
            return None
        library = ctypes.CDLL(None, use_errno=True)
        return library if hasattr(library, "syncfs") and hasattr(library, "fstatfs") else None

    def _heeds(self, descriptor: int) -> bool:
        """Whether the file system is one that is known to write all that it is told to."""
        about = ctypes.create_string_buffer(512)  # struct statfs has 120 bytes
        failed = self._library.fstatfs(descriptor, about)
        return not failed and ctypes.c_long.from_buffer(about).value in _HEEDING

    def _call(self, descriptor: int) -> bool:
        if self._library.syncfs(descriptor) == 0:
            return True
        error = ctypes.get_errno()
        if error in _NOT_OFFERED:
            return False
        raise OSError(error, os.strerror(error))


_WHOLE: Final = _WholeFlush()
