"""Purges that wait for a seal, and that the process which seals has not done itself.

A line of ``log/pending.jsonl`` is signed by nobody: whoever can write in the folder can write one.
A seal would make of it the owner's word that bytes were removed on purpose, so it has to be told
what it would sign, and somebody has to say yes (docs/decisions/0009).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from citekit.errors import InvalidData, Place, StoreConflict
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.model.value import Value
from citekit.store.log.folder import LogFolder
from citekit.store.log.log_state import History
from citekit.store.writing.payload_references import owners_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from citekit.store.archive import ArchiveStore


class WaitingPurge(Value):
    """One purge that waits: whose payloads it says were removed, and who says so, and when.

    ``leaf`` is the leaf hash of its event (RFC 6962), by which a seal is told that it is
    confirmed. ``payloads`` maps each digest to its role, ``owners`` to the keys of the items that
    have it, which need not be the item that the event names.
    """

    leaf: bytes
    subject: str
    payloads: dict[str, str]
    owners: dict[str, tuple[str, ...]]
    at: str
    agent: str
    reason: str

    @property
    def told(self) -> str:
        """What to ask before it is sealed."""
        keys = sorted({key for keys in self.owners.values() for key in keys})
        payloads = ", ".join(f"{role} {digest}" for digest, role in self.payloads.items())
        whose = ", ".join(keys) or "no item that is here"
        why = f", because: {self.reason}" if self.reason else ""
        return f"purge of {whose} ({payloads}), noted at {self.at} by {self.agent}{why}"


def waiting_purges(store: ArchiveStore) -> tuple[WaitingPurge, ...]:
    """The purges that a seal would ask about: those that wait and were not done here.

    Raises IntegrityFailed or InvalidData for a log that cannot be read.
    """
    log = LogFolder(store.layout)
    standing = log.standing()
    waiting = log.waiting(standing.size if standing else 0)
    return tuple(_not_done_here(store, waiting))


def refuse_unconfirmed(
    store: ArchiveStore, entries: Iterable[bytes], confirmed: Collection[bytes]
) -> None:
    """Raise StoreConflict, naming them, for purges that were not done here nor confirmed."""
    purges = [p for p in _not_done_here(store, entries) if p.leaf not in confirmed]
    if purges:
        raise StoreConflict(
            f"nobody has confirmed: {'; '.join(purge.told for purge in purges)}",
            place=Place(path=str(store.layout.pending_file)),
            hint="citekit seal --yes signs it, if it is yours; else delete its line from "
            "log/pending.jsonl, and bring the bytes back from a copy",
        )


def purges_among(entries: Iterable[bytes]) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The entries that are purges, with what they say; one that is no event of ours is none."""
    for entry in entries:
        if b'"action":"purge"' in entry:  # parsing every entry is what costs
            with suppress(InvalidData):
                event = parse_leaf(entry)
                History().take(event)
                if event["action"] == "purge":
                    yield entry, event


def _not_done_here(store: ArchiveStore, entries: Iterable[bytes]) -> Iterator[WaitingPurge]:
    for entry, event in purges_among(entries):
        if leaf_hash(entry) not in store.noted:
            yield _read(store, entry, event)


def _read(store: ArchiveStore, entry: bytes, event: Mapping[str, Any]) -> WaitingPurge:
    payloads = {str(p["digest"]): str(p.get("role")) for p in event.get("payloads", ())}
    agent = event.get("agent")
    return WaitingPurge(
        leaf=leaf_hash(entry),
        subject=str(event["subject"]),
        payloads=payloads,
        owners={d: tuple(sorted(keys)) for d, keys in owners_of(store, payloads).items()},
        at=str(event.get("at")),
        agent=str(agent.get("name")) if isinstance(agent, dict) else "nobody",
        reason=str(event.get("reason") or ""),
    )
