"""What a seal asks about before it signs: what takes something away, and was not done right here.

A line of ``log/pending.jsonl`` is signed by nobody, and a file can be changed by whoever can write
in the folder. A seal would make of it the owner's word that bytes were removed on purpose, that a
record is gone, or that an item is to be read by others, so it has to be told what it would sign,
and somebody has to say yes (docs/decisions/0009 and 0017).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from citekit.app.sealing.waiting import ERASING
from citekit.errors import InvalidData, Place, StoreConflict
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.model.value import NOTHING, Value
from citekit.store.log.log_state import said_by
from citekit.store.private.sealing import losses
from citekit.store.writing.payload_references import owners_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from citekit.app.sealing.plan import Plan
    from citekit.model.event import Event
    from citekit.store.archive import ArchiveStore
    from citekit.store.log.log_state import Said

ASKED: Final = frozenset(["remove", "access", "withdraw", "readmit"])
"""Kinds of changes that a seal asks about where it *finds* them: nobody noted them here."""
_ERASING: Final = tuple(f'"action":"{action}"'.encode() for action in sorted(ERASING))


class WaitingChange(Value):
    """One change that a seal asks about: what it is, about what, and who says so, and when.

    ``leaf`` is what a seal is told that it is confirmed by: of an event that waits its leaf hash
    (RFC 6962). Of a purge, ``payloads`` maps each digest to its role, ``owners`` to the keys of the
    items that have it, which need not be the item that the event names. ``is_own`` where this
    computer has noted it.
    """

    leaf: bytes
    action: str
    subject: str
    at: str = ""
    agent: str = ""
    reason: str = ""
    is_own: bool = False
    payloads: Mapping[str, str] = NOTHING
    owners: Mapping[str, tuple[str, ...]] = NOTHING

    @property
    def told(self) -> str:
        """What to ask before it is sealed."""
        if self.action not in ERASING:
            return f"{_WORDS[self.action]} of {self.subject}, which nobody has noted here"
        keys = sorted({key for keys in self.owners.values() for key in keys})
        payloads = ", ".join(f"{role} {digest}" for digest, role in self.payloads.items())
        whose = ", ".join(keys) or "no item that is here"
        if self.action == "erase":  # the record is gone, so nobody has the payloads any more
            whose = ", ".join([self.subject, *keys])
        why = f", because: {self.reason}" if self.reason else ""
        by = self.agent if self.is_own else f"{self.agent}, not shown to be this computer's own"
        return f"{_WORDS[self.action]} of {whose} ({payloads}), noted at {self.at} by {by}{why}"


_WORDS: Final = {
    "purge": "purge",
    "erase": "erasing",
    "remove": "removal",
    "access": "change of access",
    "withdraw": "withdrawal",
    "readmit": "return",
}


class Unconfirmed(StoreConflict):
    """A seal was stopped by ``changes`` that nobody has confirmed; nothing is signed."""

    def __init__(self, changes: tuple[WaitingChange, ...], *, place: Place) -> None:
        super().__init__(
            f"nobody has confirmed: {'; '.join(change.told for change in changes)}",
            place=place,
            hint="citekit seal --yes signs it, if it is yours; else citekit recover --drop takes "
            "out an event of others, and a copy has what is gone",
        )
        self.changes = changes


def refuse_unconfirmed(store: ArchiveStore, plan: Plan, confirmed: Collection[bytes]) -> None:
    """Raise Unconfirmed, naming them, for changes that were not done here nor confirmed."""
    changes = tuple(c for c in questions(store, plan) if c.leaf not in confirmed)
    if changes:
        raise Unconfirmed(changes, place=Place(path=str(store.layout.pending_file)))


def questions(store: ArchiveStore, plan: Plan) -> Iterator[WaitingChange]:
    """What sealing this plan would ask about."""
    for entry, said in erasures_among(plan.entries):
        if leaf_hash(entry) not in store.noted and said.value.get("source") != "found":
            yield _erasure(store, entry, said, is_own=True)
    for entry, said in plan.others.erasures:
        yield _erasure(store, entry, said, is_own=False)
    for event in plan.found:
        if event.action in ASKED:
            yield WaitingChange(leaf=token_of(event), action=event.action, subject=event.subject)
    for path in losses(store.layout):
        subject = f"{store.layout.private.name}/{path}"
        yield WaitingChange(leaf=leaf_hash(subject.encode()), action="remove", subject=subject)


def token_of(event: Event) -> bytes:
    """By what a change that a scan has found is confirmed: it is the same at the next look."""
    about = {"action": event.action, "subject": event.subject, "digest": event.digest}
    return leaf_hash(encode_leaf(about))


def erasures_among(entries: Iterable[bytes]) -> Iterator[tuple[bytes, Said]]:
    """The entries after which bytes are gone for good; what is no event of ours is none."""
    for entry in entries:
        if any(action in entry for action in _ERASING):  # parsing every entry is what costs
            with suppress(InvalidData):
                said = said_by(entry)
                if said.action in ERASING:
                    yield entry, said


def _erasure(store: ArchiveStore, entry: bytes, said: Said, *, is_own: bool) -> WaitingChange:
    value: Mapping[str, Any] = said.value
    payloads = {str(p["digest"]): str(p.get("role")) for p in value.get("payloads", ())}
    agent = value.get("agent")
    return WaitingChange(
        leaf=leaf_hash(entry),
        action=said.action,
        subject=said.subject,
        payloads=payloads,
        owners={d: tuple(sorted(keys)) for d, keys in owners_of(store, payloads).items()},
        at=str(value.get("at")),
        agent=str(agent.get("name")) if isinstance(agent, dict) else "nobody",
        reason=str(value.get("reason") or ""),
        is_own=is_own,
    )
