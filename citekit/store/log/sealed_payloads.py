"""What the sealed entries say of payloads: who mends a stopped change may remove no other bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from citekit.errors import CitekitError, InvalidData
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.integrity.tree import GrowingTree
from citekit.store.log.log_state import said_by

if TYPE_CHECKING:
    from citekit.store.log.folder import LogFolder


class SealedPayloads(NamedTuple):
    """The digests that sealed captures name, those that were purged, the folders that were erased.

    Where ``is_known`` is False the log is damaged, so that nobody can say.
    """

    named: frozenset[str] = frozenset()
    purged: frozenset[str] = frozenset()
    erased: frozenset[str] = frozenset()
    is_known: bool = True

    @classmethod
    def read(cls, log: LogFolder) -> Self:
        """Read the whole log; its entries must have the root of its checkpoint."""
        named: set[str] = set()
        purged: set[str] = set()
        erased: set[str] = set()
        tree = GrowingTree()
        try:
            standing = log.standing()
            for entry in log.entries(standing.size) if standing else ():
                tree.append(leaf_hash(entry))
                action, subject, digests = _payloads(entry)
                (purged if action in ("purge", "erase") else named).update(digests)
                erased.update([subject] if action == "erase" else ())
        except CitekitError:
            return cls(is_known=False)
        if standing and tree.root() != standing.checkpoint.root:
            return cls(is_known=False)
        return cls(frozenset(named), frozenset(purged), frozenset(erased))

    def account_for(self, digest: str) -> bool:
        """Whether bytes with this digest must not go."""
        return not self.is_known or (digest in self.named and digest not in self.purged)


def _payloads(entry: bytes) -> tuple[str, str, list[str]]:
    """An entry's action, subject and payloads; nothing for one that is no event or has none."""
    if b'"payloads"' not in entry and b'"erase"' not in entry:  # parsing every entry is what costs
        return "", "", []
    try:
        said = said_by(entry)
    except InvalidData:
        return "", "", []
    payloads = parse_leaf(entry).get("payloads", ())
    return said.action, said.subject, [str(payload["digest"]) for payload in payloads]
