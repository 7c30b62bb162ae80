"""Files that users name for an answer (``--output``): what may be replaced, and what never is.

A regular file is replaced whole or stays as it was. Links are followed and stay, as for a shell's
``>``; what they lead to is written. A device, a named pipe and an open descriptor (``/dev/stdout``,
``>(…)``) are never replaced: text is written into them, and what has to be a file is refused.
"""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import Final

from citekit.errors import NotFound, UsageError
from citekit.store import files

_DESCRIPTOR: Final = r"/dev/(?:stdin|stdout|stderr|fd/\d+)|/proc/\w+/fd/\d+"


def write_output(path: Path, data: bytes) -> None:
    """Write an answer into the file, pipe or device of this name.

    A pipe waits for its reader. Raises UsageError for a folder, a disk or a socket, NotFound where
    the folder is not there, StorageFailed.
    """
    if _takes_a_stream(path):
        with files.reported(path):
            _pour(path, data)
    else:
        write_file(path, data)


def write_file(path: Path, data: bytes) -> None:
    """Have a regular file of this name with these bytes; raises as ``check_file`` does."""
    target = check_file(path)
    files.write_whole(target, data, staging=target.parent, root=target.parent)


def check_file(path: Path) -> Path:
    """Where the file would be, links followed.

    Raises UsageError where something else is there, NotFound where its folder is not.
    """
    place = str(path)
    if path.is_dir():
        raise UsageError("is a folder", place=place, hint="name a file in it")
    if _takes_a_stream(path) or (path.exists() and not path.is_file()):
        raise UsageError(
            "is a device or a pipe, which is not replaced",
            place=place,
            hint="name a file",
        )
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise NotFound("there is no such folder", place=str(target.parent), hint="make it first")
    return target


def _takes_a_stream(path: Path) -> bool:
    """Whether bytes are written into what is there, instead of a new file taking its place."""
    if re.fullmatch(_DESCRIPTOR, str(path)):
        return True
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116  # the os layer is the seam
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISCHR(mode)


def _pour(path: Path, data: bytes) -> None:
    """Append, so that a file behind ``/dev/stdout`` keeps what a shell's ``>>`` had in it."""
    flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    try:
        view = memoryview(data)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)
