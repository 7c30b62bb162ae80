"""Which items need a payload: read from the capture records themselves, never from the index.

Bytes are removed or moved on this answer, so what cannot be read counts as needing them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.errors import CitekitError, NotFound
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from citekit.model.item import Access
    from citekit.store.archive import ArchiveStore


def needed_by(store: ArchiveStore, digests: Collection[str]) -> dict[str, set[Access | None]]:
    """Digest -> the access of each item that has it; None stands for what cannot be read."""
    needed: dict[str, set[Access | None]] = {digest: set() for digest in digests}
    for name in files.folders(store.layout.items) if digests else ():
        try:
            records = _records(store.layout.items / name / "captures")
        except CitekitError:
            for owners in needed.values():
                owners.add(None)
            continue
        found = [digest for digest in digests if digest.encode() in records]
        if found:
            access = _access(store, name)
            for digest in found:
                needed[digest].add(access)
    return needed


def _records(folder: Path) -> bytes:
    """All capture records of one item, as bytes: to look for a digest needs no parsing."""
    records = []
    for name in files.names(folder):
        try:
            records.append(files.read_bytes(folder / name))
        except NotFound:
            continue
    return b"\n".join(records)


def _access(store: ArchiveStore, key: str) -> Access | None:
    try:
        return store.item(key).facts.access
    except CitekitError:
        return None
