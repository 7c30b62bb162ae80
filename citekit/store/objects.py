"""Payload bytes, stored under their digest: staged, found, read, verified.

An object is written to a staging folder while its digest is computed, and appears under its name
only when that digest is the right one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.errors import IntegrityFailed, NotFound, Place
from citekit.integrity.digest import Hasher, digest_bytes, digest_chunks
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from citekit.model.item import Access
    from citekit.store.layout import Layout

_HELD = re.compile(r"sha256:[0-9a-f]{64}")


class Objects:
    """The payloads of one archive."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout

    def path(self, digest: str, access: Access) -> Path:
        """Where the payload of an item with this access belongs."""
        if access == "public":
            return self._layout.object_file(digest)
        if access == "private":
            return self._layout.private_file(digest)
        return self._layout.restricted_file(digest)

    def find(self, digest: str) -> Path | None:
        """Where the payload is, or None when it is absent."""
        places = [self._layout.object_file(digest), self._layout.restricted_file(digest)]
        if self._layout.sees_private:
            places.append(self._layout.private_file(digest))
        # Twice: a change of access may move it from a later place to an earlier as we look.
        for place in (*places, *places):
            if place.is_file():
                return self._layout.check_inside(place)
        return None

    def read(self, digest: str, size_bytes: int | None = None) -> bytes | None:
        """The bytes, verified; None when absent; raises IntegrityFailed when they differ.

        Raises InvalidData for a file that is larger than ``size_bytes``, which is not read.
        """
        for _ in range(2):  # it may move between finding and reading
            place = self.find(digest)
            if place is None:
                return None
            try:
                limit = None if size_bytes is None else files.plausible_bytes(size_bytes)
                data = b"".join(files.read_chunks(place, limit=limit))
            except NotFound:
                continue
            _check(digest, digest_bytes(data), place)
            return data
        return None

    def whole_place(self, digest: str, source: bytes | Path, places: Iterable[Path]) -> Path | None:
        """The first of these places that has the bytes; raises IntegrityFailed for the source."""
        for place in places:
            if self.is_whole(digest, place):
                if source != place:
                    _check(digest, _digest(source), source)
                return place
        return None

    def stage(
        self, digest: str, source: bytes | Path, staging: Path, *, flushes: bool = True
    ) -> Path:
        """Have the bytes in a new file of a staging folder; raises IntegrityFailed for others."""
        hasher = Hasher()
        staged = files.unused(staging)
        files.write_new(staged, _hashed(source, hasher), flushes=flushes)
        _check(digest, hasher.digest(), source)
        return staged

    def check(self, digest: str) -> None:
        """Raise IntegrityFailed when the payload is here with other bytes than its digest's."""
        place = self.find(digest)
        if place is not None:
            _check(digest, _digest(place), place)

    def is_whole(self, digest: str, path: Path) -> bool:
        """Whether a file is at this path, and has the digest."""
        return path.is_file() and _digest(self._layout.check_inside(path)) == digest

    def move(self, digest: str, source: Path, target: Path) -> None:
        """Have the bytes at ``target`` and not at ``source``, in one step; nothing is replaced.

        A damaged object stays where ``verify`` finds it, and so does one whose place is taken by
        other bytes.
        """
        if not self.is_whole(digest, source):
            return
        if not target.exists():
            self._layout.check_inside(target.parent)
            files.make_folder(target.parent, root=self._layout.root)
            files.move(source, target)
            files.remove_empty(source.parent, root=self._layout.root)
        elif self.is_whole(digest, target):
            self.remove(source)

    def remove(self, path: Path) -> None:
        """Remove one stored payload and the folders that it leaves empty."""
        self._layout.check_inside(path)
        files.remove_file(path)
        files.remove_empty(path.parent, root=self._layout.root)

    def held(self) -> frozenset[str]:
        """The digests that were written or restored on this machine."""
        return frozenset(_HELD.findall(self._read_held().decode("ascii", "replace")))

    def note_held(self, digests: Iterable[str], *, flushes: bool = True) -> None:
        """Remember that this machine has these payloads."""
        held = self._read_held()  # as bytes: it may name many, and a few are asked for
        new = sorted(digest for digest in set(digests) if digest.encode() not in held)
        if new:
            files.append_line(self._layout.held_file, "\n".join(new), flushes=flushes)

    def forget_held(self, digests: Collection[str], staging: Path) -> None:
        """Forget payloads that were removed on purpose."""
        held = self.held()
        if held.isdisjoint(digests):
            return
        kept = "".join(f"{digest}\n" for digest in sorted(held - set(digests)))
        staged = files.unused(staging)
        files.write_new(staged, [kept.encode()])
        files.move(staged, self._layout.held_file)

    def _read_held(self) -> bytes:
        try:
            return files.read_bytes(self._layout.check_inside(self._layout.held_file))
        except NotFound:
            return b""


def _hashed(source: bytes | Path, hasher: Hasher) -> Iterator[bytes]:
    for chunk in [source] if isinstance(source, bytes) else files.read_chunks(source):
        hasher.update(chunk)
        yield chunk


def _digest(source: bytes | Path) -> str:
    if isinstance(source, bytes):
        return digest_bytes(source)
    return digest_chunks(files.read_chunks(source))[0]


def _check(expected: str, found: str, where: bytes | Path) -> None:
    """Raise IntegrityFailed unless the bytes have the digest that was expected."""
    if found != expected:
        raise IntegrityFailed(
            f"these are other bytes: expected {expected}, found {found}",
            place=None if isinstance(where, bytes) else Place(path=str(where)),
            hint="find the file that was captured, or restore it from a copy of the archive",
        )
