"""Which of the events that wait this computer wrote itself: a secret of the user's shows it.

Whoever can write in the archive's folder can write a line into ``log/pending.jsonl``. So each
event that is noted here gets a MAC by a secret that lies in the user's configuration, outside every
archive. The MACs are in ``.citekit/own``, one a line, in the order in which the events were noted:
no clone and no copy by git has them, and the entry itself stays as it is. Where the file or the
secret is gone, events are nobody's, which costs who and when, and excuses less; never more.

Source of the MAC: RFC 2104, with SHA-256.
"""

from __future__ import annotations

import hmac
import logging
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.errors import CitekitError
from citekit.integrity.merkle import leaf_hash
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from citekit.store.layout import Layout

SECRET_BYTES: Final = 32
MAX_OWN_BYTES: Final = 128 << 20
_ABOUT: Final = b"citekit: an event noted by this computer\n"

_log = logging.getLogger(__name__)


class OwnEvents:
    """The marks of one archive: made when an event is noted, asked for when it is to be believed.

    A mark is bound to the ``origin`` of the log that stood then ("" before the first seal), so that
    another log of the same user cannot lend one.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._secret: bytes | None = None

    def mark(self, entries: Iterable[bytes], *, origin: str) -> None:
        """Say that these events are noted by this computer; in silence where that is impossible.

        Nothing is flushed: a mark that a loss of power takes makes its event somebody's.
        """
        secret = self._own_secret(creates=True)
        if secret is None:
            return
        with suppress(CitekitError):
            path = self._layout.check_inside(self._layout.own_file)
            files.make_folder_unflushed(path.parent, root=self._layout.root)
            marks = (_mac(secret, origin, entry) for entry in entries)
            files.append_whole(path, _lines(marks), creates=True, flushes=False)

    def among(self, entries: Collection[bytes], *, origin: str) -> dict[bytes, int]:
        """Those that are this computer's own, each with its place in the order of noting."""
        secret = self._own_secret() if entries else None
        if secret is None:
            return {}
        places = {mark: place for place, mark in enumerate(self._marks())}
        found = ((entry, places.get(_mac(secret, origin, entry))) for entry in entries)
        return {entry: place for entry, place in found if place is not None}

    def keep_only(self, entries: Iterable[bytes], *, origin: str) -> None:
        """Have marks of these events alone, in this order: the others do not wait any more."""
        path, secret = self._layout.own_file, self._own_secret(creates=True)
        marks = [_mac(secret, origin, entry) for entry in entries] if secret else []
        with suppress(CitekitError):
            if marks:
                layout = self._layout
                layout.check_inside(path)
                files.write_whole(path, _lines(marks), staging=layout.staging, root=layout.root)
            else:
                files.remove_file_unflushed(self._layout.check_inside(path))

    def _marks(self) -> list[str]:
        with suppress(CitekitError):
            path = self._layout.check_inside(self._layout.own_file)
            return files.read_bytes(path, limit=MAX_OWN_BYTES).decode("ascii", "replace").split()
        return []

    def _own_secret(self, *, creates: bool = False) -> bytes | None:
        if self._secret is None:
            self._secret = own_secret(creates=creates)
        return self._secret


def own_secret(*, creates: bool = False) -> bytes | None:
    """The secret of this user on this computer; None when there is none, or none to rely on.

    With ``creates`` it is made on first need: of several processes that do so at once, one wins,
    and the others take what it made.
    """
    path = secret_file()
    try:
        return _read_secret(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        _log.warning("events are not marked as this computer's own: %s: %s", path, error.strerror)
        return None
    if not creates:
        return None
    try:
        _make_secret(path)
        return _read_secret(path)
    except OSError as error:  # a home that cannot be written: events stay nobody's
        _log.info("events are not marked as this computer's own: %s", error)
        return None


def secret_file() -> Path:
    """Where the secret is: in the user's configuration, where platformdirs has citekit's keys.

    Written out here, because to ask platformdirs takes 10 ms of every change.
    """
    home = os.path.expanduser("~")  # noqa: PTH111  # Path.home fails where there is none
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or f"{home}/AppData/Local"
        return Path(base, "citekit", "citekit", "own.secret")
    if sys.platform == "darwin":
        return Path(home, "Library", "Application Support", "citekit", "own.secret")
    return Path(os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config", "citekit", "own.secret")


def _read_secret(path: Path) -> bytes | None:
    """The secret in this file; None for one that others may read, or that is none."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        mode = os.fstat(descriptor).st_mode
        data = os.read(descriptor, 2 * SECRET_BYTES + 2)
    finally:
        os.close(descriptor)
    with suppress(ValueError):
        secret = bytes.fromhex(data.decode("ascii", "replace").strip())
        is_ours = os.name != "posix" or not stat.S_IMODE(mode) & 0o077
        if len(secret) == SECRET_BYTES and is_ours and stat.S_ISREG(mode):
            return secret
    _log.warning("%s is no secret, or others may read it: delete it, another is made", path)
    return None


def _make_secret(path: Path) -> None:
    """Make the file whole, or not at all; one that is there stays."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    staged = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(6).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(staged, flags, 0o600)
    try:
        try:
            os.write(descriptor, f"{os.urandom(SECRET_BYTES).hex()}\n".encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        with suppress(FileExistsError):
            _put_new(staged, path)
    finally:
        staged.unlink(missing_ok=True)


def _put_new(staged: Path, path: Path) -> None:
    """Give the file its name, unless one has it: raises FileExistsError then."""
    try:
        os.link(staged, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        if path.exists():
            raise FileExistsError from None
        staged.rename(path)


def own_mark(secret: bytes, about: bytes, message: bytes) -> str:
    """The MAC of a message by this user's secret; ``about``, a line, keeps kinds of marks apart."""
    return hmac.digest(secret, about + message, "sha256").hex()


def _mac(secret: bytes, origin: str, entry: bytes) -> str:
    return own_mark(secret, _ABOUT, b"%s\n%s" % (origin.encode(), leaf_hash(entry)))


def _lines(marks: Iterable[str]) -> bytes:
    return "".join(f"{mark}\n" for mark in marks).encode()
