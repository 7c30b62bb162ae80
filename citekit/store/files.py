"""Reading and writing files so that a kill or a full disk never leaves half of one.

A file is written under a staging folder, flushed to the disk, and renamed into place; then the
folder that now names it is flushed too. Every call goes to ``os`` by its name, so that a test can
stop the program at each one. OSErrors leave as StorageFailed, NotFound or InvalidData.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, TypeVar

from citekit.errors import CitekitError, InvalidData, NotFound, Place, StorageFailed
from citekit.integrity.digest import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from io import FileIO
    from pathlib import Path

T = TypeVar("T")

MAX_RECORD_BYTES: Final = 64 << 20
"""No record (item, capture, annotations …) is larger; a larger file is refused unread."""

SMALL_BYTES: Final = 256 << 10
_FIRST_BYTES: Final = 16 << 10  # most files are no larger, and room for more takes longer to make

_READ = (
    os.O_RDONLY
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe must not stop us
    | getattr(os, "O_CLOEXEC", 0)
)
_HAS_DESCRIPTORS: Final = os.open in os.supports_dir_fd  # of folders, to open files from

_CREATE = (
    os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
)

_TO_FLUSH: Final = os.O_RDWR if os.name == "nt" else os.O_RDONLY
"""Windows flushes only what is open for writing; elsewhere a file may forbid that."""

# Windows refuses to rename or read a file that another process has open at that instant.
_SHARING_VIOLATIONS: Final = frozenset([5, 32])
_PATIENCE_S: Final = 2.0

_FLUSHES_AT_ONCE: Final = 8
_WORTH_THREADS: Final = 5


def read_bytes(path: Path, *, limit: int = MAX_RECORD_BYTES) -> bytes:
    """The bytes of a regular file; raises NotFound, StorageFailed, InvalidData (too large)."""
    with reported(path):
        descriptor = patiently(lambda: os.open(path, _READ))
        try:
            _check_plain(descriptor, path, limit)
            return b"".join(_chunks(descriptor))
        finally:
            os.close(descriptor)


@contextmanager
def opened_folder(folder: str) -> Iterator[tuple[str, int | None]]:
    """How to name files below a folder for ``read_small``: what comes before, and a descriptor.

    The folder is found once: to walk down to it for each file takes a fifth of opening the file.
    """
    try:
        descriptor = os.open(folder, _READ | os.O_DIRECTORY) if _HAS_DESCRIPTORS else None
    except OSError:
        descriptor = None
    if descriptor is None:
        yield f"{folder}{os.sep}", None
        return
    try:
        yield "", descriptor
    finally:
        os.close(descriptor)


def read_small(path: str, *, folder: int | None = None) -> bytes | None:
    """The bytes of a plain file of 1 byte to 256 KB; None for any other, whatever the reason.

    For who reads many files and takes a second look, with ``read_bytes``, where this says None.
    ``folder`` is the descriptor of the folder that ``path`` starts from.
    """
    try:
        descriptor = os.open(path, _READ, dir_fd=folder)
    except OSError:
        return None
    try:
        data = os.read(descriptor, _FIRST_BYTES)
        if len(data) == _FIRST_BYTES:  # a plain file gives less only at its end: POSIX, read()
            status = os.fstat(descriptor)
            if status.st_size > SMALL_BYTES or not stat.S_ISREG(status.st_mode):
                return None
            while more := os.read(descriptor, status.st_size):
                data += more
                if len(data) > SMALL_BYTES:  # it is growing
                    return None
    except OSError:
        return None
    else:
        return data or None  # what is no file is empty, or cannot be read
    finally:
        os.close(descriptor)


def open_plain(path: str) -> FileIO:
    """A plain file for reading, without a buffer; raises OSError, also for anything else."""
    file = open(path, "rb", buffering=0, opener=lambda name, _: os.open(name, _READ))  # noqa: SIM115  # the caller closes it; a Path would be slow
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(errno.EINVAL, "is not a file", path)
    return file


def read_text(path: Path) -> str:
    """The text of a UTF-8 file; raises InvalidData naming line and column of what is no UTF-8."""
    return decode_text(read_bytes(path), path)


def decode_text(data: bytes, path: Path | str) -> str:
    """The text of a UTF-8 file, already read; raises InvalidData naming line and column."""
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        start_of_line = before.rfind(b"\n") + 1
        column = len(before[start_of_line:].decode()) + 1
        place = Place(path=str(path), line=before.count(b"\n") + 1, column=column)
        raise InvalidData("is not UTF-8", place=place) from error


def read_chunks(path: Path, *, limit: int | None = None) -> Iterator[bytes]:
    """The bytes of a regular file, piece by piece; raises NotFound or StorageFailed.

    Raises InvalidData, before anything is read, for a file that is larger than ``limit`` bytes.
    """
    with reported(path):
        descriptor = patiently(lambda: os.open(path, _READ))
        try:
            _check_plain(descriptor, path, limit)
            yield from _chunks(descriptor)
        finally:
            os.close(descriptor)


def plausible_bytes(size_bytes: int) -> int:
    """How large a file may be that is said to have so many bytes, and still be worth hashing.

    A small one is hashed all the same, which tells whether its bytes or what is said is wrong.
    """
    return max(size_bytes, SMALL_BYTES)


def is_plausible(path: str, size_bytes: int) -> bool:
    """Whether a file is there, and not larger than that: see ``plausible_bytes``."""
    try:
        return os.lstat(path).st_size <= plausible_bytes(size_bytes)
    except OSError:
        return False


def names(folder: Path) -> list[str]:
    """What is in a folder, unsorted; nothing when it is absent; raises StorageFailed."""
    with reported(folder):
        try:
            return os.listdir(folder)  # noqa: PTH208  # names are all we need
        except FileNotFoundError:
            return []


def folders(folder: Path) -> list[str]:
    """The names of the folders in a folder, unsorted; links are none."""
    with reported(folder):
        try:
            with os.scandir(folder) as entries:
                return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        except FileNotFoundError:
            return []


def has_all_of(new: Path, old: Path, *, besides: str = "item.json") -> bool:
    """Whether each file in the old folder and below is in the new one, byte for byte.

    Files with the one name are left out; a link is in none. Raises StorageFailed.
    """
    for name in names(old):
        if is_symlink(old / name) or is_symlink(new / name):
            return False
        if (old / name).is_dir():
            if not has_all_of(new / name, old / name, besides=besides):
                return False
        elif name != besides and read_bytes(old / name) != _bytes_or_none(new / name):
            return False
    return True


def _bytes_or_none(path: Path) -> bytes | None:
    with suppress(NotFound):
        return read_bytes(path)
    return None


def write_new(path: Path, chunks: Iterable[bytes], *, flushes: bool = True) -> None:
    """A new file with these bytes, flushed to the disk; it must not exist yet.

    Who writes many has them flushed together, and then says ``flushes=False``.
    """
    with reported(path):
        descriptor = os.open(path, _CREATE, 0o666)
        try:
            for chunk in chunks:
                _write(descriptor, chunk)
            if flushes:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_many_new(contents: Mapping[Path, bytes]) -> None:
    """New files with these bytes, all of them flushed to the disk when this returns.

    They stay open until then, so give no more than a few dozen at once.
    """
    descriptors: dict[Path, int] = {}
    try:
        for path, data in contents.items():
            with reported(path):
                descriptors[path] = os.open(path, _CREATE, 0o666)
                _write(descriptors[path], data)
        _at_once(_flush_file, descriptors.items())
    finally:
        for descriptor in descriptors.values():
            os.close(descriptor)


def unused(folder: Path) -> Path:
    """A path in a staging folder that nothing has, also not what a stopped change left there."""
    return folder / os.urandom(8).hex()


def write_whole(path: Path, data: bytes, *, staging: Path, root: Path) -> None:
    """A file with these bytes, new or instead of the old one, in one step."""
    make_folder(staging, root=root)
    make_folder(path.parent, root=root)
    staged = unused(staging)
    try:
        write_new(staged, [data])
        move(staged, path)
    except CitekitError:
        with suppress(OSError):
            os.unlink(staged)  # noqa: PTH108
        raise


def append_line(path: Path, line: str, *, flushes: bool = True) -> None:
    """A line more in a local file, which need not exist yet (see ``append_whole``)."""
    append_whole(path, f"{line}\n".encode(), creates=True, flushes=flushes)


def append_whole(path: Path, data: bytes, *, creates: bool = False, flushes: bool = True) -> None:
    """Lines more at the end of a file, flushed: all of them, or none when the disk refuses.

    A last line that a stop has cut off is ended first.
    """
    flags = os.O_RDWR | os.O_APPEND | (_CREATE & ~(os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    with reported(path):
        descriptor = os.open(path, flags | (os.O_CREAT if creates else 0), 0o666)
        try:
            size = os.fstat(descriptor).st_size
            if size:
                os.lseek(descriptor, size - 1, os.SEEK_SET)
                data = data if os.read(descriptor, 1) == b"\n" else b"\n" + data
            try:
                view = memoryview(data)
                while view:  # a disk that is nearly full takes a part, and says so only then
                    view = view[os.write(descriptor, view) :]
                if flushes:
                    os.fsync(descriptor)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)


def move(source: Path, target: Path) -> None:
    """Rename a file or folder into place in one step, durably; a file at ``target`` is replaced."""
    rename_over(source, target)
    flush_folder(target.parent)
    if source.parent != target.parent:
        flush_folder(source.parent)


def rename_over(source: Path, target: Path) -> None:
    """Rename a file or folder into place in one step; to flush the folders is for the caller."""
    with reported(target):
        patiently(lambda: os.replace(source, target))  # noqa: PTH105  # the os layer is the seam


def make_folder(folder: Path, *, root: Path) -> None:
    """The folder and those above it, up to ``root``, each durably named by the one above."""
    for parent in make_folder_unflushed(folder, root=root):
        flush_folder(parent)


def make_folder_unflushed(folder: Path, *, root: Path) -> list[Path]:
    """The folder and those above it, up to ``root``; comes back with the folders to be flushed."""
    missing = []
    while folder != root and not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for child in reversed(missing):
        with reported(child), suppress(FileExistsError):
            os.mkdir(child)  # noqa: PTH102
    return [child.parent for child in reversed(missing)]


def remove_file(path: Path) -> None:
    """Remove a file if it is there, durably."""
    if remove_file_unflushed(path):
        flush_folder(path.parent)


def remove_file_unflushed(path: Path) -> bool:
    """Remove a file if it is there, and tell whether it was; the folder is not flushed."""
    with reported(path):
        try:
            patiently(lambda: os.unlink(path))  # noqa: PTH108
        except FileNotFoundError:
            return False
    return True


def remove_tree(folder: Path) -> None:
    """Remove a folder with all that is in it, or a file; links are removed, not followed."""
    with reported(folder), suppress(FileNotFoundError):
        if stat.S_ISDIR(os.lstat(folder).st_mode):
            _remove_tree(folder)
        else:
            os.unlink(folder)  # noqa: PTH108


def remove_empty(folder: Path, *, root: Path) -> None:
    """Remove the folder and those above it, up to ``root``, as long as they are empty."""
    while folder != root:
        try:
            os.rmdir(folder)  # noqa: PTH106
        except FileNotFoundError:
            pass
        except OSError:
            return
        folder = folder.parent


def flush_folder(folder: Path) -> None:
    """Have the disk remember what a folder names; Windows cannot and need not."""
    if os.name == "nt":
        return
    with reported(folder):
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.EOPNOTSUPP):  # some network shares cannot
                raise
        finally:
            os.close(descriptor)


def flush_folders(folders: Iterable[Path]) -> None:
    """Have the disk remember what each of these folders names."""
    _at_once(flush_folder, sorted(set(folders)))


def flush_files(paths: Iterable[Path]) -> None:
    """Have the disk remember the bytes of each of these files, which nobody has open."""
    _at_once(_flush_closed, sorted(set(paths)))


def patiently(action: Callable[[], T]) -> T:
    """Do it; on Windows try again for a moment while another process has the file open."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return action()
        except PermissionError as error:
            busy = getattr(error, "winerror", None) in _SHARING_VIOLATIONS
            if not busy or time.monotonic() > end:
                raise
            time.sleep(0.02)


@contextmanager
def reported(path: Path) -> Iterator[None]:
    """Turn an OSError into an error of the tree that names the path and says what to do."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


def storage_error(error: OSError, path: Path | str) -> CitekitError:
    """The error of the tree for what the system said about ``path``."""
    place = Place(path=str(path))
    if isinstance(error, FileNotFoundError):
        return NotFound("does not exist", place=place)
    if error.errno in (errno.ELOOP, errno.EMLINK) and is_symlink(path):
        return InvalidData("is a symbolic link; citekit follows none", place=place)
    if error.errno in (errno.ENOTDIR, errno.EISDIR, errno.EEXIST):
        return InvalidData(
            "a file or folder is in the way",
            place=place,
            hint="look at what is there, and move it away",
        )
    message, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), None))
    return StorageFailed(message, place=place, hint=hint)


_REASONS: Final[dict[int, tuple[str, str | None]]] = {
    errno.ENOSPC: ("the disk is full", "free some space, then run the command again"),
    errno.EDQUOT: ("your disk quota is used up", "free some space, then run the command again"),
    errno.EFBIG: ("the file would be larger than the system allows", "look at ulimit -f"),
    errno.EACCES: ("no permission", "look at the owner and the rights of this path"),
    errno.EPERM: ("no permission", "look at the owner and the rights of this path"),
    errno.EROFS: ("the folder is read-only", "copy the archive to a place where you may write"),
    errno.EXDEV: ("lies on another file system", "keep .citekit on the file system of the archive"),
    errno.EMFILE: ("too many open files", "close some programs, or look at ulimit -n"),
    errno.EIO: ("the disk reports an error", "copy the archive to another disk and verify it"),
}


def is_symlink(path: Path | str) -> bool:
    """Whether the path itself is a symbolic link."""
    try:
        return stat.S_ISLNK(os.lstat(path).st_mode)
    except OSError:
        return False


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _flush_file(opened: tuple[Path, int]) -> None:
    path, descriptor = opened
    with reported(path):
        os.fsync(descriptor)


def _flush_closed(path: Path) -> None:
    with reported(path):
        descriptor = os.open(path, _TO_FLUSH)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _at_once(flush: Callable[[T], None], things: Collection[T]) -> None:
    """Flush them all: a disk that is asked for many at a time makes one journey of it."""
    if len(things) < _WORTH_THREADS:
        for thing in things:
            flush(thing)
        return
    from concurrent.futures import ThreadPoolExecutor  # takes longer than all a reader needs here

    with ThreadPoolExecutor(_FLUSHES_AT_ONCE) as pool:
        for _ in pool.map(flush, things):
            pass


def _check_plain(descriptor: int, path: Path, limit: int | None) -> None:
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise InvalidData("is not a file", place=Place(path=str(path)))
    if limit is not None and status.st_size > limit:
        message = f"is larger than {limit} bytes: {status.st_size}"
        raise InvalidData(message, place=Place(path=str(path)))


def _chunks(descriptor: int) -> Iterator[bytes]:
    while chunk := os.read(descriptor, CHUNK_BYTES):
        yield chunk


def _remove_tree(folder: Path) -> None:
    try:
        with os.scandir(folder) as entries:
            children = list(entries)
    except FileNotFoundError:
        return
    for child in children:
        path = folder / child.name
        if child.is_dir(follow_symlinks=False):
            _remove_tree(path)
        else:
            with suppress(FileNotFoundError):
                os.unlink(path)  # noqa: PTH108
    os.rmdir(folder)  # noqa: PTH106
