"""Which items need a payload: read from the capture records themselves, never from the index.

Bytes are removed or moved on this answer, so what cannot be read counts as needing them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.errors import CitekitError, NotFound
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from citekit.model.item import Access
    from citekit.store.reading import ArchiveReader


def needed_by(
    store: ArchiveReader, digests: Collection[str], *, besides: str | None = None
) -> dict[str, set[Access | None]]:
    """Digest -> the access of each item that has it; None stands for what cannot be read.

    The item in the folder named ``besides`` does not count.
    """
    needed: dict[str, set[Access | None]] = {digest: set() for digest in digests}
    for name, found in _naming(store, digests):
        if name == besides:
            continue
        access = _access(store, name) if found is not None else None
        for digest in digests if found is None else found:
            needed[digest].add(access)
    return needed


def owners_of(store: ArchiveReader, digests: Collection[str]) -> dict[str, set[str]]:
    """Digest -> the keys of the items that have it, or that cannot be read and so may have it."""
    owners: dict[str, set[str]] = {digest: set() for digest in digests}
    for name, found in _naming(store, digests):
        for digest in digests if found is None else found:
            owners[digest].add(store.key_in(name) or name)
    return owners


def _naming(
    store: ArchiveReader, digests: Collection[str]
) -> Iterator[tuple[str, list[str] | None]]:
    """Each item's folder that names some of the digests, with these; None: it cannot be read."""
    for folder in _item_folders(store) if digests else ():
        name = folder.name
        try:
            records = _records(folder / "captures")
        except CitekitError:
            yield name, None
            continue
        found = [digest for digest in digests if digest.encode() in records]
        if found:
            yield name, found


def _item_folders(store: ArchiveReader) -> Iterator[Path]:
    for top in (store.layout.items, store.layout.private_items):
        for name in files.folders(top):
            yield top / name


def _records(folder: Path) -> bytes:
    """All capture records of one item, as bytes: to look for a digest needs no parsing."""
    records = []
    for name in files.names(folder):
        try:
            records.append(files.read_bytes(folder / name))
        except NotFound:
            continue
    return b"\n".join(records)


def _access(store: ArchiveReader, name: str) -> Access | None:
    try:
        return store.item_in(name).facts.access
    except CitekitError:
        return None
