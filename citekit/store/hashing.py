"""Digests of large files as fast as this machine can: side by side.

Hashing is all that counts for them, and hashlib lets other threads run: each processor takes one.
For a file of a few kilobytes, handing it to another thread takes longer than hashing it.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

Whole = tuple[str, int]
"""A digest, and the size of the file that has it."""

_PREFIX: Final = len("sha256:")
_WORKERS: Final = min(8, os.cpu_count() or 1)
_QUEUED: Final = 4 * _WORKERS
_BUFFER_BYTES: Final = 256 << 10  # fits into the cache of a processor


def whole_files(paths: Mapping[str, str]) -> Iterator[Whole]:
    """Hash plain files (digest -> path), and give those that have the digest they should have.

    Why another one is not whole is for a second look to tell: damaged, unreadable, or no file.
    """
    if not paths:
        return
    pool = ThreadPoolExecutor(_WORKERS)
    waiting: deque[Future[Whole | None]] = deque()
    try:
        for digest, path in paths.items():
            waiting.append(pool.submit(_hash, digest, path))
            if len(waiting) > _QUEUED:
                yield from _result(waiting.popleft())
        for future in waiting:
            yield from _result(future)
    finally:
        pool.shutdown(cancel_futures=True)


def _result(future: Future[Whole | None]) -> Iterator[Whole]:
    whole = future.result()
    if whole is not None:
        yield whole


def _hash(digest: str, path: str) -> Whole | None:
    state, size_bytes = sha256(), 0
    buffer = bytearray(_BUFFER_BYTES)
    view = memoryview(buffer)
    try:
        with files.open_plain(path) as file:
            while count := file.readinto(buffer):
                state.update(view[:count])
                size_bytes += count
    except OSError:
        return None
    return (digest, size_bytes) if state.hexdigest() == digest[_PREFIX:] else None
