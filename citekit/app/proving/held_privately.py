"""*Kept since then*: an article that was private when it was sealed, shown by one opened leaf.

A seal says one private root in its state leaf, and of what is beneath it nothing. When the article
is one that others may read, its leaf can be opened: the salt, and the hashes that lead to the root.
With the state leaf, which is an entry of the log like any other, that shows that the very capture
record was held here at that seal. It shows neither that nothing else was, nor who held it before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from citekit.integrity.digest import digest_bytes
from citekit.store import files
from citekit.store.private.ledger import is_immutable
from citekit.store.private.sealed_roots import private_roots
from citekit.store.private.second_copy import known_seals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.app.proving.proof_reading import ReadHeld
    from citekit.integrity.private_tree import OpenedLeaf
    from citekit.store.layout import Layout
    from citekit.store.private.ledger import PrivateSeal
    from citekit.store.reading import ArchiveReader


class HeldPrivately(NamedTuple):
    """One capture record that was private at a seal: the number of its state leaf, and the leaf."""

    entry: int
    leaf: OpenedLeaf


class OpenedSeal(NamedTuple):
    """A seal of the log whose private root can be opened here, by the number of its state leaf."""

    entry: int
    seal: PrivateSeal


def opened_seals(layout: Layout) -> tuple[OpenedSeal, ...]:
    """The seals of the log whose private roots can be opened here, the first one first.

    Raises IntegrityFailed or InvalidData for a damaged log.
    """
    known = known_seals(layout)
    if not known:
        return ()
    return tuple(
        OpenedSeal(index, known[root]) for index, root in private_roots(layout) if root in known
    )


def held_privately(
    store: ArchiveReader, key: str, seals: Iterable[OpenedSeal]
) -> tuple[HeldPrivately, ...]:
    """The capture records of an item that were private when they were sealed: since when.

    Of each the first seal that shows it. Nothing is told of an item that is private now. Raises
    NotFound for an unknown key.
    """
    key = store.resolve(key)
    if store.item(key).facts.access == "private":
        return ()
    found: list[HeldPrivately] = []
    wanted = _digests(store, key)
    for index, seal in seals:
        for path in _records(seal, wanted):
            found.append(HeldPrivately(index, seal.tree().open(path)))
            wanted.discard(seal.files[path])
    return tuple(found)


def is_shown(held: ReadHeld, records: Iterable[str]) -> bool:
    """Whether an opened leaf shows that one of these capture records (digests) was held then."""
    leaf = held.leaf
    return leaf.digest in records and is_immutable(leaf.path) and leaf.is_under(held.root)


def _digests(store: ArchiveReader, key: str) -> set[str]:
    paths = (store.layout.capture_file(key, stamp) for stamp in store.stamps(key))
    return {digest_bytes(files.read_bytes(store.layout.check_inside(path))) for path in paths}


def _records(seal: PrivateSeal, wanted: set[str]) -> list[str]:
    """The capture records in a private tree that have these digests, each digest once."""
    paths = {
        d: path for path, d in sorted(seal.files.items()) if d in wanted and is_immutable(path)
    }
    return sorted(paths.values())
