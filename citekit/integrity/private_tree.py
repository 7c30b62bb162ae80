"""A tree of files that nobody may know of: its root says nothing, and one leaf can be opened later.

Each seal makes a tree of its own with a new secret. A leaf is the hash of a salt, a path and a
digest; the salt follows from the secret, and is 32 bytes that nobody can guess. The tree is filled
up with leaves that look alike and have nothing in them, to a power of two, and its leaves are in
the order of their hashes: neither the root nor an opened leaf tells how many files there are, what
they are called, or whether anything has changed since the last seal.

An opened leaf shows that who made the tree knew the digest of the file then. It does not show that
nothing else was there. Hashes are those of RFC 6962 §2.1.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, Final, Self

from citekit.errors import InvalidData, NotFound
from citekit.integrity.digest import parse_digest
from citekit.integrity.merkle import (
    HASH_BYTES,
    leaf_hash,
    parents,
    prove_inclusion,
    verify_inclusion,
)
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_BYTES: Final = 32
LEAST_LEAVES: Final = 256
"""Of every tree: up to so many files, an opened leaf does not even tell the order of magnitude."""
_DOMAIN: Final = b"citekit private file v1\n"
_MOST_LEVELS: Final = 40


class OpenedLeaf(Value):
    """One leaf of a private tree with what is in it, and the hashes that lead to the root.

    There are as many leaves as the hashes say: two to the power of their number.
    """

    path: str
    digest: str
    salt: bytes
    index: int
    hashes: tuple[bytes, ...]

    def is_under(self, root: bytes) -> bool:
        """Whether this leaf is in the tree of this root."""
        leaf = leaf_hash(_leaf(self.salt, self.path, self.digest))
        size = 1 << len(self.hashes)
        is_whole = len(self.salt) == HASH_BYTES and size >= LEAST_LEAVES
        return is_whole and verify_inclusion(leaf, self.index, size, self.hashes, root)

    def to_json(self) -> dict[str, Any]:
        """The opening as a proof has it; hashes are hexadecimal."""
        return {
            "path": self.path,
            "digest": self.digest,
            "salt": self.salt.hex(),
            "index": self.index,
            "hashes": [value.hex() for value in self.hashes],
        }

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read what ``to_json`` wrote; raises InvalidData for anything else."""
        match data:
            case {"path": str(path), "digest": str(digest), "salt": str(salt),
                  "index": int(index), "hashes": list(hashes), **more} if (
                not more and len(hashes) <= _MOST_LEVELS and type(index) is int  # True is an int
            ):  # fmt: skip
                return cls(
                    path=path,
                    digest=str(parse_digest(digest)),
                    salt=_hash(salt),
                    index=index,
                    hashes=tuple(map(_hash, hashes)),
                )
        raise InvalidData("is no opened leaf of a private tree")


class PrivateTree:
    """The tree of files (path -> digest) under one secret."""

    def __init__(self, secret: bytes, files: Mapping[str, str]) -> None:
        self._secret = secret
        self._files = files
        leaves = [self._leaf_of(path) for path in files]
        fillers = _size_for(len(leaves)) - len(leaves)
        leaves += [self._derive(b"filler", str(number)) for number in range(fillers)]
        self._levels = [sorted(leaves)]
        while len(self._levels[-1]) > 1:
            self._levels.append(parents(self._levels[-1]))

    @property
    def root(self) -> bytes:
        """32 bytes that look random to who has not the secret."""
        return self._levels[-1][0]

    def open(self, path: str) -> OpenedLeaf:
        """The leaf of one file, for others; raises NotFound where the tree has none."""
        if path not in self._files:
            raise NotFound("the private tree has no such file")
        size = len(self._levels[0])
        index = self._levels[0].index(self._leaf_of(path))
        return OpenedLeaf(
            path=path,
            digest=self._files[path],
            salt=self._salt(path),
            index=index,
            hashes=prove_inclusion(index, size, lambda level, number: self._levels[level][number]),
        )

    def _leaf_of(self, path: str) -> bytes:
        return leaf_hash(_leaf(self._salt(path), path, self._files[path]))

    def _salt(self, path: str) -> bytes:
        return self._derive(b"salt", f"{self._files[path]} {path}")

    def _derive(self, purpose: bytes, text: str) -> bytes:
        return hmac.digest(self._secret, purpose + b"\n" + text.encode(), "sha256")


def _size_for(files: int) -> int:
    """The power of two, at least ``LEAST_LEAVES``, to which a tree is filled up.

    >>> _size_for(0), _size_for(256), _size_for(257)
    (256, 256, 512)
    """
    return max(LEAST_LEAVES, 1 << max(files - 1, 0).bit_length())


def _leaf(salt: bytes, path: str, digest: str) -> bytes:
    """What is hashed into a leaf: of salt and digest the length is known, so it reads one way."""
    return _DOMAIN + salt + digest.encode() + b"\n" + path.encode()


def _hash(text: object) -> bytes:
    """32 bytes in hexadecimal; raises InvalidData."""
    try:
        value = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        value = b""
    if len(value) != HASH_BYTES or text != value.hex():
        raise InvalidData("is no hash of 32 bytes in hexadecimal")
    return value
