"""Revoking keys: in the log, by the key that replaced one; outside of it, by the key itself.

What an entry of the log says is signed by whoever seals. So a seal writes only the revocations that
it was asked for, and refuses those that wait from elsewhere (docs/decisions/0020).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from citekit.errors import Place, StoreConflict, UsageError
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.note import write_note
from citekit.integrity.revocation import write_statement
from citekit.integrity.sign import parse_vkey
from citekit.model.records.codec import read_instant, write_instant
from citekit.model.value import Value
from citekit.store.writing.event_recorder import agent_of, encode_event, make_event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.app.sealing.plan import Plan
    from citekit.integrity.sign import SignerKey
    from citekit.store.archive import ArchiveStore
    from citekit.store.log.log_state import KeyChange


class KeyToRevoke(Value):
    """A key, by its id in hex, and the instant from which it is revoked."""

    key_id: str
    begins_at: datetime


def read_day(text: str) -> datetime:
    """An instant, or the beginning of a day in UTC; raises UsageError for anything else."""
    try:
        return read_instant(f"{text}T00:00:00Z" if len(text) == len("2026-11-22") else text)
    except ValueError as error:
        raise UsageError(
            f"not a date: {text[:80]!r}", hint="for example 2026-11-22, or 2026-11-22T14:15:00Z"
        ) from error


def read_order(text: str) -> KeyToRevoke:
    """What ``KEY@DATE`` asks for: KEY is a public key or the id of one.

    Raises UsageError, or InvalidData for a public key that is damaged.
    """
    key, _, date = text.rpartition("@")
    if not key:
        hint = "for example --revoke 71e8f426@2026-11-22: the id of the key, and from when"
        raise UsageError(f"not a key and a date: {text[:200]!r}", hint=hint)
    key_id = parse_vkey(key).key_id.hex() if "+" in key else key
    return KeyToRevoke(key_id=key_id, begins_at=read_day(date))


def add_revocations(
    store: ArchiveStore, plan: Plan, orders: Sequence[KeyToRevoke], at: datetime
) -> list[bytes]:
    """Have the plan say that these keys are revoked, which the one that signs now has replaced.

    Gives the events that say so and do not wait yet.
    Raises UsageError for any other key, StoreConflict for a revocation that waits unasked for.
    """
    _refuse_unasked(store, plan, orders)
    new: list[bytes] = []
    for order in orders:
        changes = plan.history.keys
        current = changes[-1] if changes else None
        replaced = [parse_vkey(change.vkey).key_id.hex() for change in changes]
        own = parse_vkey(current.vkey).key_id.hex() if current else None
        if current is None or order.key_id == own or order.key_id not in replaced:
            raise UsageError(
                f"this log has not replaced a key {order.key_id}",
                hint="change keys first, or in the same seal: --signing-key NEW --old-key OLD; a "
                "key that nothing replaces is revoked by itself: citekit revoke",
            )
        if not any(_says(change, order) for change in changes):
            new.append(_entry(store, current, order, at))
            plan.history.take(parse_leaf(new[-1]))
            plan.entries.append(new[-1])
    return new


def _entry(store: ArchiveStore, current: KeyChange, order: KeyToRevoke, at: datetime) -> bytes:
    path = store.layout.key_file(parse_vkey(current.vkey).key_id.hex())
    event = make_event(
        "key",
        store.layout.name(path),
        agent=agent_of(store.settings),
        at=at,
        digest=digest_bytes(f"{current.vkey}\n".encode()),
        vkey=current.vkey,
        replaces=order.key_id,
        revoked_from=order.begins_at,
    )
    return encode_event(event)


def _refuse_unasked(store: ArchiveStore, plan: Plan, orders: Sequence[KeyToRevoke]) -> None:
    first = plan.history.size - len(plan.entries)
    for change in plan.history.keys:
        is_asked = any(_says(change, order) for order in orders)
        if change.entry >= first and change.revoked_from is not None and not is_asked:
            raise StoreConflict(
                f"nobody asked for this: {change.vkey} says that the key {change.replaces} is "
                f"revoked from {change.revoked_from}",
                place=Place(path=str(store.layout.pending_file)),
                hint=f"citekit seal --revoke {change.replaces}@{change.revoked_from} signs it, if "
                "it is yours; else delete its line from log/pending.jsonl",
            )


def _says(change: KeyChange, order: KeyToRevoke) -> bool:
    said = write_instant(order.begins_at)
    return change.replaces == order.key_id and change.revoked_from == said


def revoke(key: SignerKey, begins_at: datetime) -> bytes:
    """The key's own word that it is revoked from an instant, to be kept and handed out.

    Raises MissingExtra without cryptography.
    """
    return write_note(write_statement(key, begins_at))
