"""What Sphinx keeps from one build for the next: pickles, which are programs to whoever loads them.

They lie below ``.citekit`` in the archive, and an archive may come from a stranger, with them. So a
build goes on from what it finds only where this user's citekit left it there: a mark says so by a
secret in the user's cache folder, about this folder and the time of its newest file. Whoever
unpacks or changes files cannot set the times at which that happened. Without the secret, which may
be deleted, everything is read again.
"""

from __future__ import annotations

import hmac
import os
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from citekit.model.machine.user_folders import cache_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_UNFINISHED: Final = "unfinished"
_MARK: Final = "ours"
_SECRET_BYTES: Final = 32


@contextmanager
def begun(work: Path) -> Iterator[None]:
    """A build in this folder, which a mark calls unfinished until it has ended well.

    Sphinx warns of a page only when it reads it. So what an unfinished build left is removed, as is
    what nobody of ours left, and the next one reads every page again.
    """
    unfinished = work / _UNFINISHED
    if work.exists() and (unfinished.exists() or not is_ours(work)):
        shutil.rmtree(work)
    work.mkdir(parents=True, exist_ok=True)
    unfinished.touch()
    yield
    unfinished.unlink()
    (work / _MARK).write_text(_mark(work), "ascii")


def is_ours(work: Path) -> bool:
    """Whether a build of this user ended well in the folder, and nothing in it came since."""
    try:
        return hmac.compare_digest((work / _MARK).read_bytes(), _mark(work).encode())
    except OSError:
        return False


def _mark(work: Path) -> str:
    """What only this user can say of the folder as it is now; raises OSError."""
    newest = 0
    for folder, _, names in os.walk(work):
        for name in names:
            status = os.lstat(os.path.join(folder, name))  # noqa: PTH118  # there are thousands
            if name != _MARK:
                newest = max(newest, status.st_ctime_ns, status.st_mtime_ns)
    said = f"{work.resolve()}\n{work.stat().st_ino}\n{newest}"
    return hmac.new(_secret(), os.fsencode(said), "sha256").hexdigest()


def _secret() -> bytes:
    """The user's secret, made when it is absent; a new one each time where none can be kept."""
    path = cache_folder() / "site-builds.key"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
            file.write(os.urandom(_SECRET_BYTES))
    except OSError:
        pass  # it is there, or cannot be
    try:
        secret = path.read_bytes()
    except OSError:
        secret = b""
    return secret if len(secret) == _SECRET_BYTES else os.urandom(_SECRET_BYTES)
