"""*Kept since then*: an article that was private when it was sealed, shown by one opened leaf.

A seal says one private root in its state leaf, and of what is beneath it nothing. When the article
is one that others may read, its leaf can be opened: the salt, and the hashes that lead to the root.
With the state leaf, which is an entry of the log like any other, that shows that the very capture
record was held here at that seal. It shows neither that nothing else was, nor who held it before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from citekit.errors import InvalidData
from citekit.integrity.digest import digest_bytes
from citekit.integrity.private_tree import OpenedLeaf
from citekit.model.value import Value
from citekit.store import files
from citekit.store.private.ledger import is_immutable
from citekit.store.private.sealed_roots import private_root, private_roots
from citekit.store.private.second_copy import known_seals

if TYPE_CHECKING:
    from citekit.store.private.ledger import PrivateSeal
    from citekit.store.reading import ArchiveReader


class HeldPrivately(Value):
    """One capture record that was private at a seal: the number of its state leaf, and the leaf."""

    entry: int
    leaf: OpenedLeaf

    def is_shown_by(self, state: bytes, record: bytes) -> bool:
        """Whether a state leaf (its entry in the log) shows that this record was held then."""
        root = private_root(state)
        return (
            root is not None
            and self.leaf.digest == digest_bytes(record)
            and is_immutable(self.leaf.path)
            and self.leaf.is_under(root)
        )

    def told(self, stamped: str = "") -> str:
        """What it shows, in words; ``stamped`` is when a timestamp covers that seal."""
        when = f", {stamped}" if stamped else ""
        return (
            f"was held privately at the seal of entry {self.entry}{when}, as "
            f"{self.leaf.path}: the same capture record, {self.leaf.digest}"
        )

    def to_json(self) -> dict[str, Any]:
        """The part of a proof about it."""
        return {"entry": self.entry, "leaf": self.leaf.to_json()}

    @classmethod
    def from_json(cls, data: object) -> Self:
        """Read what ``to_json`` wrote; raises InvalidData for anything else."""
        match data:
            case {"entry": int(entry), "leaf": leaf, **more} if (
                not more and type(entry) is int and entry >= 0
            ):
                return cls(entry=entry, leaf=OpenedLeaf.from_json(leaf))
        raise InvalidData("does not say what was held privately, and when")


def held_privately(store: ArchiveReader, key: str) -> tuple[HeldPrivately, ...]:
    """The capture records of an item that were private when they were sealed: since when.

    Of each the first seal that shows it. Nothing is told of an item that is private now. Raises
    NotFound for an unknown key, IntegrityFailed or InvalidData for a damaged log.
    """
    key = store.resolve(key)
    if store.item(key).facts.access == "private":
        return ()
    seals = known_seals(store.layout)
    wanted = {
        digest_bytes(files.read_bytes(store.layout.check_inside(path)))
        for path in (store.layout.capture_file(key, stamp) for stamp in store.stamps(key))
    }
    found = []
    for index, root in private_roots(store.layout) if seals else ():
        seal = seals.get(root)
        for path in _records(seal, wanted) if seal else ():
            if seal is not None:
                found.append(HeldPrivately(entry=index, leaf=seal.tree().open(path)))
                wanted.discard(seal.files[path])
        if not wanted:
            break
    return tuple(found)


def _records(seal: PrivateSeal, wanted: set[str]) -> list[str]:
    """The capture records in a private tree that have these digests, each digest once."""
    paths = {
        d: path for path, d in sorted(seal.files.items()) if d in wanted and is_immutable(path)
    }
    return sorted(paths.values())
