"""``citekit seal``: append what is not sealed, write a checkpoint, sign it, have it timestamped.

A checkpoint proves something to others only when it is signed by a key they know, stamped by an
authority they trust, or kept by them. Unsigned seals work, and say that they are unsigned.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from citekit.app.sealing.plan import (
    Plan,
    action_said,
    check_leftovers,
    is_state,
    removes_item,
    replay,
    scan,
    take_waiting,
)
from citekit.app.sealing.revoking import KeyToRevoke, add_revocations, read_order
from citekit.app.sealing.sealed_state import SealedState
from citekit.app.sealing.signing_keys import find_signing_key, log_origin, read_signing_key
from citekit.app.sealing.stamp import authorities_to_ask, stamp
from citekit.app.sealing.state_feature import name_feature
from citekit.app.sealing.waiting_purges import refuse_unconfirmed
from citekit.capture.safety import split_url
from citekit.errors import IntegrityFailed, InvalidData, Place, UsageError
from citekit.findings import Finding, Severity
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.integrity.note import Note, write_note
from citekit.integrity.sign import SignerKey, VerifierKey, parse_vkey, sign_note, verify_note
from citekit.integrity.state_leaf import may_be_state
from citekit.integrity.state_tree import MissingNode
from citekit.integrity.timestamp import Timestamp
from citekit.model.records.codec import write_instant
from citekit.model.value import NOTHING, Value, replace
from citekit.store.clock import now as this_second
from citekit.store.log.folder import LogFolder, Pending, Standing
from citekit.store.log.record_kinds import IMMUTABLE
from citekit.store.staging import Journal, begin
from citekit.store.writing.event_recorder import agent_of, encode_event, make_event, this_tool

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from citekit.store.archive import ArchiveStore
    from citekit.store.log.log_state import Contradiction, KeyChange


_WEIGHTY = tuple(f'"action":"{action}"'.encode() for action in sorted(IMMUTABLE | {"purge"}))


class Keys(Value):
    """What to sign with. At a change of keys ``old`` signs once more, unless it ``is_lost``.

    The log is to say that those of ``revoked`` are revoked; ``signing`` has replaced them.
    """

    signing: SignerKey | None = None
    old: SignerKey | None = None
    is_lost: bool = False
    revoked: tuple[KeyToRevoke, ...] = ()


def read_keys(
    store: ArchiveStore,
    signing_key: str | Path | None = None,
    *,
    old_key: str | Path | None = None,
    lost_key: bool = False,
    revoke: Sequence[str] = (),
) -> Keys:
    """The keys in these files; without ``signing_key`` the log's own, if it is at its place.

    ``revoke`` are keys that it has replaced, and from when: ``KEY@DATE``. Raises NotFound,
    InvalidData for a file that holds no key, UsageError where others may read it.
    """
    signing = read_signing_key(Path(signing_key)) if signing_key else None
    return Keys(
        signing=signing or find_signing_key(log_origin(store)),
        old=read_signing_key(Path(old_key)) if old_key else None,
        is_lost=lost_key,
        revoked=tuple(map(read_order, revoke)),
    )


class Sealed(Value):
    """What a seal did: how many changes it ``added`` (0: nothing was new), and the log's state.

    The entry that says the state of the whole archive, with which every seal ends, is none of them.
    """

    origin: str
    size: int
    root: bytes
    added: int
    signers: tuple[str, ...]
    actions: Mapping[str, int] = NOTHING
    timestamps: tuple[Timestamp, ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "origin": self.origin,
            "size": self.size,
            "root": b64encode(self.root).decode(),
            "added": self.added,
            "actions": self.actions,
            "signers": list(self.signers),
            "timestamps": [
                {"at": write_instant(t.at), "authority": t.authority} for t in self.timestamps
            ],
            "findings": [finding.to_json() for finding in self.findings],
        }


def seal(
    store: ArchiveStore,
    *,
    keys: Keys | None = None,
    tsa: Sequence[str] | None = None,
    allow_private: bool = False,
    confirmed: Collection[bytes] = (),
    now: datetime | None = None,
) -> Sealed:
    """Seal everything; the checkpoint is signed if there is a key, and stamped by each authority.

    Without ``keys`` the archive's own key is looked up; without ``tsa`` those authorities are asked
    that ``archive.toml`` names and have not stamped the log as it is. ``confirmed`` are the
    ``waiting_purges`` (by their ``leaf``) that somebody has said yes to. Raises IntegrityFailed for
    what must not be sealed (nothing is written then), StoreConflict for purges that were neither
    done by this process nor confirmed (the same), UsageError when a signed log would go on
    unsigned or under another key, or an authority has no web address. An authority that does not
    answer is a finding: the seal stands.
    """
    for url in tsa or ():
        split_url(url)
    with store.writing():
        sealed = seal_locked(store, keys, at=now or this_second(), confirmed=confirmed)
    urls = authorities_to_ask(store) if tsa is None else tsa
    if not urls:
        return sealed
    timestamps, findings = stamp(store, urls, allow_private=allow_private)
    return replace(sealed, timestamps=timestamps, findings=(*sealed.findings, *findings))


def seal_recorded(store: ArchiveStore) -> None:
    """Seal the events that were just noted, without looking for others (``seal = "auto"``).

    For who holds the lock. A log that needs more than that waits for ``citekit seal``.
    """
    keys = Keys(signing=find_signing_key(log_origin(store)))
    seal_locked(store, keys, at=this_second(), looks=False)


def seal_locked(
    store: ArchiveStore,
    keys: Keys | None,
    *,
    at: datetime,
    looks: bool = True,
    confirmed: Collection[bytes] = (),
) -> Sealed:
    """Seal under the lock that the caller holds; ``looks`` for changes that nobody noted."""
    log = LogFolder(store.layout)
    origin = log_origin(store)
    keys = keys or Keys(signing=find_signing_key(origin))
    standing = log.standing()
    size = standing.size if standing else 0
    pending = log.pending()
    _check_pending(pending, size)
    log.preview(standing, ())  # raises when the end of the log is not what its checkpoint says
    waiting = log.waiting(size, pending)
    task = _Task(store, standing, waiting, keys, at)
    with SealedState(store, log, standing) as state:
        plan = None if looks else _quick_plan(task, state)
        if plan is None:
            plan = _whole_plan(task, confirmed, looks=looks)
            if plan.entries or (standing and state.leaf is None):
                _end_with_state(task, plan, state)
        if not plan.entries:
            return _nothing_new(log, standing, origin)
        sealed = _grow(store, standing, plan, keys, origin)
        state.keep()
    return sealed


class _Task(NamedTuple):
    """What is to be sealed, onto what, with which keys, and when."""

    store: ArchiveStore
    standing: Standing | None
    waiting: Sequence[bytes]
    keys: Keys
    at: datetime


def _quick_plan(task: _Task, state: SealedState) -> Plan | None:
    """The plan for events that nothing sealed can contradict, without reading the log.

    None where it has to be read: to say what may be sealed, or because the cache lacks something.
    """
    store, standing, waiting, keys, _ = task
    if standing is None or not _signs_alone(standing, keys.signing):
        return None
    if any(_needs_history(store, entry) for entry in waiting):
        return None
    history = state.history(standing.size)
    if history is None:
        return None
    _check_signed(store, standing, str(keys.signing.verifier) if keys.signing else None)
    try:
        plan = take_waiting(history, waiting)
        _refuse_contradictions(store, plan.contradictions)
        if plan.entries:
            _end_with_state(task, plan, state)
    except MissingNode:
        return None
    return plan


def _whole_plan(task: _Task, confirmed: Collection[bytes], *, looks: bool) -> Plan:
    """The plan of who has read the whole log, and with ``looks`` every file as well."""
    store, standing, waiting, keys, at = task
    log = LogFolder(store.layout)
    sealed = replay(log, standing)
    _check_signed(store, standing, sealed.keys[-1].vkey if sealed.keys else None)
    plan = take_waiting(sealed, waiting)
    _refuse_contradictions(store, plan.contradictions)
    refuse_unconfirmed(store, plan.entries, confirmed)
    _change_key(store, plan, keys, log_origin(store), at)
    add_revocations(store, plan, keys.revoked, at)
    _place_keys(store, plan, standing.size if standing else 0)
    if standing or plan.entries:
        name_feature(store, plan, at)
    if looks:
        scan(store, plan, agent=agent_of(store.settings), at=at)
        check_leftovers(log, standing, plan.entries)
    return plan


def _end_with_state(task: _Task, plan: Plan, state: SealedState) -> None:
    """Add the state leaf, unless a seal that was stopped has left the right one."""
    if plan.entries and is_state(plan.entries[-1]):
        return
    entry = state.next_entry(plan.history, task.at)
    plan.history.take(parse_leaf(entry))
    plan.entries.append(entry)
    if plan.is_as_pending:
        LogFolder(task.store.layout).append([entry])


def _grow(
    store: ArchiveStore, standing: Standing | None, plan: Plan, keys: Keys, origin: str
) -> Sealed:
    log = LogFolder(store.layout)
    size = standing.size if standing else 0
    if not plan.is_as_pending:
        log.await_only(plan.entries, size=size)  # from here on a stop is repeated exactly
    folder = begin(store.layout, Journal())
    tree = log.grow(standing, plan.entries, staging=folder)
    checkpoint = Checkpoint(origin=origin, size=tree.size, root=tree.root())
    changed = [k for k in plan.history.keys if k.entry >= size and k.replaces and _is_change(k)]
    signers = _signers(keys, with_old=bool(changed) and not keys.is_lost)
    data = _signed(checkpoint, signers)
    if len(signers) > 1:
        log.write(store.layout.kept_checkpoint(tree.size), data)
    log.commit(data)
    log.await_only((), size=tree.size)
    store.noted.clear()
    log.tidy(tree.size, before=size)
    changes = [entry for entry in plan.entries if not is_state(entry)]
    return Sealed(
        origin=origin,
        size=tree.size,
        root=checkpoint.root,
        added=len(changes),
        signers=tuple(str(key.verifier) for key in signers),
        actions=dict(Counter(map(action_said, changes))),
        findings=tuple(map(_removed_by_hand, plan.removed_by_hand)),
    )


def _nothing_new(log: LogFolder, standing: Standing | None, origin: str) -> Sealed:
    """Nothing to add; what a stopped seal left to tidy is tidied."""
    if standing is None:
        raise UsageError("there is nothing to seal", hint="citekit add archives something")
    if log.pending().base != standing.size:
        log.await_only((), size=standing.size)
    log.tidy(standing.size)
    return Sealed(
        origin=origin, size=standing.size, root=standing.checkpoint.root, added=0, signers=()
    )


def _needs_history(store: ArchiveStore, entry: bytes) -> bool:
    """Whether what is sealed decides if this event may be sealed.

    So it is with all that never changes and all that excuses, unless this process has noted it.
    """
    is_weighty = any(action in entry for action in _WEIGHTY)
    is_unknown = is_weighty and leaf_hash(entry) not in store.noted
    return is_unknown or may_be_state(entry) or removes_item(entry)


def _refuse_contradictions(store: ArchiveStore, contradictions: Sequence[Contradiction]) -> None:
    """Name what waits and says otherwise than what stands, both digests told."""
    if contradictions:
        raise IntegrityFailed(
            "; ".join(map(str, contradictions)),
            place=Place(path=str(store.layout.pending_file)),
            hint="what was said first stands: bring the file back from a copy, and delete the "
            "event's line from log/pending.jsonl",
        )


def _check_signed(store: ArchiveStore, standing: Standing | None, vkey: str | None) -> None:
    """Raise IntegrityFailed where the log's own key has not signed what stands.

    Who lacks the key can make the log longer too, and the next signature would cover it.
    """
    if standing is None or vkey is None:
        return
    try:
        verify_note(standing.note, [parse_vkey(vkey)])
    except (IntegrityFailed, InvalidData) as error:
        raise IntegrityFailed(
            f"the key of this log has not signed its checkpoint: {error.message}",
            place=Place(path=str(store.layout.checkpoint_file)),
            hint="somebody else changed the log: bring log/ back from a copy that verifies",
        ) from error


def _check_pending(pending: Pending, size: int) -> None:
    base = pending.base
    if base > size:
        raise IntegrityFailed(
            f"the log had {base} entries when pending.jsonl began, its checkpoint says {size}",
            hint="the log went back: restore log/ from a copy that verifies",
        )


# ── keys ───────────────────────────────────────────────────────────────────────────────────────


def _change_key(store: ArchiveStore, plan: Plan, keys: Keys, origin: str, at: datetime) -> None:
    """Have the log say which key signs from here on; raises UsageError for a silent change."""
    current = next(filter(_is_change, reversed(plan.history.keys)), None)
    if keys.signing is None:
        if current:
            raise UsageError(
                f"this log is signed by {current.vkey}, and that key is not here",
                hint="name its file with --signing-key, or a new one with --lost-key as well",
            )
        return
    verifier = keys.signing.verifier
    if verifier.name != origin:
        raise UsageError(
            f"the key is named {verifier.name!r}, the log {origin!r}",
            hint="make one with citekit keygen, run for this archive",
        )
    if current and current.vkey != str(verifier):
        _refuse_replaced(plan, verifier)
        _check_old(current, keys)
    if current is None or current.vkey != str(verifier):
        _add_key(store, plan, verifier, current, at, is_lost=keys.is_lost)
    elif _is_waiting(current, plan) and current.replaces:
        _check_old(_replaced(plan, current), keys)


def _refuse_replaced(plan: Plan, key: VerifierKey) -> None:
    """Raise UsageError for a key that the log has replaced: nobody would believe it again."""
    if any(change.vkey == str(key) for change in plan.history.keys):
        raise UsageError(
            f"this log has replaced that key: {key}",
            hint="what was replaced signs nothing more; make another with citekit keygen --output",
        )


def _check_old(old: KeyChange, keys: Keys) -> None:
    has_old = keys.old is not None and str(keys.old.verifier) == old.vkey
    if not has_old and not keys.is_lost:
        raise UsageError(
            f"this log is signed by another key: {old.vkey}",
            hint="name that one's file with --signing-key; to change keys, give it with --old-key "
            "beside the new one, so that those who trust it can follow; if it is lost, say so with "
            "--lost-key",
        )


def _is_change(key: KeyChange) -> bool:
    """Whether the key signs from this entry on, which does not only say that one is revoked."""
    return key.revoked_from is None


def _is_waiting(key: KeyChange, plan: Plan) -> bool:
    return key.entry >= plan.history.size - len(plan.entries)


def _replaced(plan: Plan, key: KeyChange) -> KeyChange:
    return plan.history.keys[plan.history.keys.index(key) - 1]


def _add_key(
    store: ArchiveStore,
    plan: Plan,
    key: VerifierKey,
    current: KeyChange | None,
    at: datetime,
    *,
    is_lost: bool,
) -> None:
    old_id = parse_vkey(current.vkey).key_id.hex() if current else None
    path = store.layout.key_file(key.key_id.hex())
    event = make_event(
        "key",
        store.layout.name(path),
        agent=agent_of(store.settings),
        at=at,
        tool=this_tool({"lost_key": True if current and is_lost else None}),
        digest=digest_bytes(_key_bytes(str(key))),
        vkey=str(key),
        replaces=old_id,
    )
    entry = encode_event(event)
    plan.history.take(parse_leaf(entry))
    plan.entries.append(entry)
    LogFolder(store.layout).append([entry])


def _place_keys(store: ArchiveStore, plan: Plan, size: int) -> None:
    """Have the public key of each waiting event in its file, which a stop may have prevented."""
    for key in plan.history.keys:
        path = store.layout.key_file(parse_vkey(key.vkey).key_id.hex())
        if key.entry >= size and not path.is_file():
            LogFolder(store.layout).write(path, _key_bytes(key.vkey))


def _key_bytes(vkey: str) -> bytes:
    return f"{vkey}\n".encode()


def _signers(keys: Keys, *, with_old: bool) -> tuple[SignerKey, ...]:
    if keys.signing is None:
        return ()
    return (keys.signing, keys.old) if with_old and keys.old else (keys.signing,)


def _signed(checkpoint: Checkpoint, signers: Sequence[SignerKey]) -> bytes:
    note = Note(text=checkpoint.text)
    for key in signers:
        note = sign_note(note, key)
    return write_note(note)


def _signs_alone(standing: Standing, key: SignerKey | None) -> bool:
    """Whether this key, and no other, has signed what stands; no key for an unsigned log."""
    ids = {(signature.name, signature.key_id) for signature in standing.signatures}
    return ids == ({(key.verifier.name, key.verifier.key_id)} if key else set())


def _removed_by_hand(path: str) -> Finding:
    return Finding(
        code="CK-W602",
        message="was sealed and is gone; the log says so now",
        severity=Severity.WARNING,
        place=Place(path=path),
        rule="a removal by hand is found, not known",
        hint="if you did not remove it, restore it from a copy and seal again",
    )
