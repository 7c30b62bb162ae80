"""Which items need a payload: read from the capture records themselves, never from the index.

Bytes are removed or moved on this answer, so what cannot be read counts as needing them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.errors import CitekitError, NotFound
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Collection

    from citekit.model.item import Access
    from citekit.store.archive import ArchiveStore


def needed_by(store: ArchiveStore, digests: Collection[str]) -> dict[str, set[Access | None]]:
    """Digest -> the access of each item that has it; None stands for an item that is unreadable."""
    needed: dict[str, set[Access | None]] = {digest: set() for digest in digests}
    wanted = {digest: digest.encode() for digest in digests}
    for key in store.keys() if digests else ():
        records = b"".join(_records(store, key))
        found = [digest for digest, spelled in wanted.items() if spelled in records]
        if found:
            access = _access(store, key)
            for digest in found:
                needed[digest].add(access)
    return needed


def _records(store: ArchiveStore, key: str) -> list[bytes]:
    records = []
    for stamp in store.stamps(key):
        try:
            records.append(files.read_bytes(store.layout.capture_file(key, stamp)))
        except NotFound:
            continue
    return records


def _access(store: ArchiveStore, key: str) -> Access | None:
    try:
        return store.item(key).facts.access
    except CitekitError:
        return None
