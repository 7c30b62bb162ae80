"""Digests of many files as fast as this machine can: small ones at once, large ones side by side.

For a file of a few kilobytes, handing it to another thread takes longer than hashing it. For a
large one hashing is all that counts, and hashlib lets other threads run: each processor takes one.
"""

from __future__ import annotations

import os
from collections import deque
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from concurrent.futures import Future

Whole = tuple[str, int, bytes | None]
"""A digest, the size of the file that has it, and its bytes if they are few."""

_PREFIX: Final = len("sha256:")
_WORKERS: Final = min(8, os.cpu_count() or 1)
_QUEUED: Final = 4 * _WORKERS
_BUFFER_BYTES: Final = 256 << 10  # fits into the cache of a processor


def whole_files(paths: Mapping[str, str]) -> Iterator[Whole]:
    """Hash plain files (digest -> path), and give those that have the digest they should have.

    In about the order given: the large ones may come later. Why another one is not whole is for a
    second look to tell: damaged, unreadable, or no file.
    """
    pool = None
    large: deque[Future[Whole | None]] = deque()
    try:
        for digest, path in paths.items():
            data = files.read_small(path)
            if data is not None:
                if sha256(data).hexdigest() == digest[_PREFIX:]:
                    yield digest, len(data), data
                continue
            if pool is None:
                from concurrent.futures import ThreadPoolExecutor

                pool = ThreadPoolExecutor(_WORKERS)
            large.append(pool.submit(_hash_large, digest, path))
            if len(large) > _QUEUED:
                yield from _result(large.popleft())
        for future in large:
            yield from _result(future)
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _result(future: Future[Whole | None]) -> Iterator[Whole]:
    whole = future.result()
    if whole is not None:
        yield whole


def _hash_large(digest: str, path: str) -> Whole | None:
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
    return (digest, size_bytes, None) if state.hexdigest() == digest[_PREFIX:] else None
