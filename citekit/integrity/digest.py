"""Digests of bytes: the string ``sha256:<64 lower-case hex digits>`` that names them for ever.

Values in, values out: who has a file reads it and hands over its chunks. SHA-256 is the one
algorithm; the prefix leaves room for a successor. hashlib is imported where bytes are hashed: it
loads OpenSSL, and most commands only read digests.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from citekit.errors import InvalidData

if TYPE_CHECKING:
    from collections.abc import Iterable

ALGORITHM = "sha256"
CHUNK_BYTES = 1 << 20
"""A good size for the chunks of a file: large enough that hashing is all that costs."""

_DIGEST = r"sha256:([0-9a-f]{64})"


class Digest(NamedTuple):
    """A digest that was checked: ``hex`` is 64 lower-case hex digits."""

    hex: str

    def __str__(self) -> str:
        return f"{ALGORITHM}:{self.hex}"

    @property
    def raw(self) -> bytes:
        """The 32 bytes themselves."""
        return bytes.fromhex(self.hex)


class Hasher:
    """A digest that grows with the bytes it is fed, and counts them.

    >>> hasher = Hasher()
    >>> hasher.update(b"a")
    >>> hasher.size_bytes, hasher.digest()[:14]
    (1, 'sha256:ca97811')
    """

    __slots__ = ("_state", "size_bytes")

    def __init__(self) -> None:
        import hashlib

        self._state = hashlib.sha256()
        self.size_bytes = 0

    def update(self, chunk: bytes | bytearray | memoryview) -> None:
        """Take in more bytes."""
        self._state.update(chunk)
        self.size_bytes += chunk.nbytes if isinstance(chunk, memoryview) else len(chunk)

    def digest(self) -> str:
        """Give the digest of everything so far, as ``sha256:…``; more bytes may follow."""
        return f"{ALGORITHM}:{self._state.hexdigest()}"


def digest_bytes(data: bytes) -> str:
    """Digest bytes in memory, as ``sha256:…``.

    >>> digest_bytes(b"")
    'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    """
    hasher = Hasher()
    hasher.update(data)
    return hasher.digest()


def digest_chunks(chunks: Iterable[bytes]) -> tuple[str, int]:
    """Digest a stream; its size in bytes comes along.

    A file is streamed with ``iter(lambda: file.read(CHUNK_BYTES), b"")``.
    """
    hasher = Hasher()
    for chunk in chunks:
        hasher.update(chunk)
    return hasher.digest(), hasher.size_bytes


def parse_digest(text: str) -> Digest:
    """Read ``sha256:<64 hex>``; exactly one spelling of each digest is accepted.

    Raises InvalidData for anything else: another algorithm, capitals, white space, other lengths.
    """
    match = re.fullmatch(_DIGEST, text)
    if match is None:
        shown = text if len(text) <= 80 else text[:77] + "…"
        raise InvalidData(
            f"not a digest: {shown!r}",
            hint="a digest is written sha256: and 64 lower-case hex digits",
        )
    return Digest(hex=match[1])
