"""What the sealed entries say of payloads: who mends a stopped change may remove no other bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from citekit.errors import CitekitError, InvalidData
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.integrity.tree import GrowingTree

if TYPE_CHECKING:
    from citekit.store.log.folder import LogFolder


class SealedPayloads(NamedTuple):
    """The digests that sealed captures name, and those that sealed purges name.

    Where ``is_known`` is False the log is damaged, so that nobody can say.
    """

    named: frozenset[str] = frozenset()
    purged: frozenset[str] = frozenset()
    is_known: bool = True

    @classmethod
    def read(cls, log: LogFolder) -> Self:
        """Read the whole log; its entries must have the root of its checkpoint."""
        named: set[str] = set()
        purged: set[str] = set()
        tree = GrowingTree()
        try:
            standing = log.standing()
            for entry in log.entries(standing.size) if standing else ():
                tree.append(leaf_hash(entry))
                action, digests = _payloads(entry)
                (purged if action == "purge" else named).update(digests)
        except CitekitError:
            return cls(is_known=False)
        if standing and tree.root() != standing.checkpoint.root:
            return cls(is_known=False)
        return cls(frozenset(named), frozenset(purged))

    def account_for(self, digest: str) -> bool:
        """Whether bytes with this digest must not go."""
        return not self.is_known or (digest in self.named and digest not in self.purged)


def _payloads(entry: bytes) -> tuple[str, list[str]]:
    """What an entry does to payloads, and their digests; nothing for what is no event of ours."""
    if b'"payloads"' not in entry:  # parsing every entry is what costs
        return "", []
    try:
        event = parse_leaf(entry)
    except InvalidData:
        return "", []
    payloads = event.get("payloads")
    among = payloads if isinstance(payloads, list) else []
    return str(event.get("action")), [str(p.get("digest")) for p in among if isinstance(p, dict)]
