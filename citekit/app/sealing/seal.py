"""``citekit seal``: append what is not sealed, write a checkpoint, sign it, have it timestamped.

A checkpoint proves something to others only when it is signed by a key they know, stamped by an
authority they trust, or kept by them. Unsigned seals work, and say that they are unsigned.
"""

from __future__ import annotations

from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from citekit.app.sealing.plan import (
    Plan,
    action_said,
    check_leftovers,
    is_state,
    read_waiting,
    removes_item,
    replay,
    scan,
    take_found,
    take_waiting,
)
from citekit.app.sealing.revoking import KeyToRevoke, add_revocations, read_order
from citekit.app.sealing.sealed_state import SealedState
from citekit.app.sealing.signing_keys import find_signing_key, log_origin, read_signing_key
from citekit.app.sealing.stamp import authorities_to_ask, stamp
from citekit.app.sealing.state_feature import name_feature
from citekit.app.sealing.unconfirmed import WaitingChange, questions, refuse_unconfirmed
from citekit.app.sealing.waiting import Waiting
from citekit.capture.safety import split_url
from citekit.errors import IntegrityFailed, InvalidData, Place, StoreConflict, UsageError
from citekit.findings import Finding, Severity
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.integrity.note import Note, write_note
from citekit.integrity.sign import SignerKey, VerifierKey, parse_vkey, sign_note, verify_note
from citekit.integrity.state.state_tree import MissingNode
from citekit.integrity.timestamp import Timestamp
from citekit.model.event import Event
from citekit.model.records.codec import from_json, to_json, write_instant
from citekit.model.value import NOTHING, Value, replace
from citekit.store.clock import now as this_second
from citekit.store.log.folder import LogFolder, Pending, Standing
from citekit.store.log.log_state import KeyChange, said_by
from citekit.store.log.own_events import OwnEvents
from citekit.store.log.record_kinds import group_of
from citekit.store.private.sealing import has_changed
from citekit.store.staging import Journal, begin, discard
from citekit.store.writing.event_recorder import (
    agent_of,
    encode_event,
    make_event,
    note_events,
    this_tool,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from citekit.store.archive import ArchiveStore
    from citekit.store.log.log_state import KeyChange


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
            "actions": dict(self.actions),
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
    tell: Callable[[Mapping[str, int]], None] | None = None,
    now: datetime | None = None,
) -> Sealed:
    """Seal everything; the checkpoint is signed if there is a key, and stamped by each authority.

    Without ``keys`` the archive's own key is looked up; without ``tsa`` those authorities are asked
    that ``archive.toml`` names and have not stamped the log as it is. ``tell`` hears how many
    events of each kind are about to be signed. ``confirmed`` are the changes (by their ``leaf``)
    that somebody has said yes to. Raises IntegrityFailed for what must not be sealed (nothing is
    written then), Unconfirmed for purges that this process has not done, and removals and changes
    of access that this computer has not noted, unless they are confirmed (the same), StoreConflict
    for events that wait and are in conflict (the same), UsageError when a signed log would go on
    unsigned or under another key, or an authority has no web address. An authority that does not
    answer is a finding: the seal stands.
    """
    for url in tsa or ():
        split_url(url)
    with store.writing():
        at = now or this_second()
        sealed = seal_locked(store, keys, at=at, confirmed=confirmed, tell=tell)
    urls = authorities_to_ask(store) if tsa is None else tsa
    if not urls:
        return sealed
    timestamps, findings = stamp(store, urls, allow_private=allow_private)
    return replace(sealed, timestamps=timestamps, findings=(*sealed.findings, *findings))


def waiting_changes(store: ArchiveStore) -> tuple[WaitingChange, ...]:
    """What a seal would ask about: purges that wait, removals and changes of access found.

    Nothing is changed. Raises IntegrityFailed or InvalidData for what must not be sealed.
    """
    log = LogFolder(store.layout)
    plan = _planned(store, log, log.standing())
    scan(store, plan, agent=agent_of(store.settings), at=this_second())
    return tuple(questions(store, plan))


def seal_recorded(
    store: ArchiveStore, keys: Keys | None = None, *, at: datetime | None = None
) -> int:
    """Seal the events that this process has noted, and nothing else (``seal = "auto"``).

    For who holds the lock. What others have noted goes on waiting: how many events that are, is
    what comes back. A log that needs more than that waits for ``citekit seal``; raises
    StoreConflict where events that go on waiting are about all the same things.
    """
    log = LogFolder(store.layout)
    keys = keys or Keys(signing=find_signing_key(log_origin(store)))
    standing = _look(log)
    waiting = log.waiting(standing.size if standing else 0)
    recorded = dict.fromkeys(_apart(store, waiting))
    rest = [entry for entry in waiting if entry not in recorded]
    task = _Recorded(store, standing, Waiting(own=tuple(recorded)), keys, at or this_second())
    with SealedState(store, log, standing) as state:
        plan = _quick_plan(task, state) or _replayed_plan(task, state)
        if plan.entries:
            _grow(store, standing, plan, keys, log_origin(store), rest=rest)
            state.keep()
    return len(rest)


class _Recorded(NamedTuple):
    """Events that this process has noted, to be sealed onto what, with which keys, and when."""

    store: ArchiveStore
    standing: Standing | None
    waiting: Waiting
    keys: Keys
    at: datetime


def _quick_plan(task: _Recorded, state: SealedState) -> Plan | None:
    """The plan for events that nothing sealed can contradict, without reading the log.

    None where it has to be read: to say what may be sealed, or because the cache lacks something.
    """
    store, standing, waiting, keys, at = task
    if standing is None or not _signs_alone(standing, keys.signing):
        return None
    if any(map(removes_item, waiting.own)):
        return None
    history = state.history(standing.size)
    if history is None:
        return None
    _check_signed(store, standing, str(keys.signing.verifier) if keys.signing else None)
    try:
        plan = take_waiting(history, waiting)
        _refuse_contradictions(store, plan)
        if plan.entries:
            _end_with_state(store, plan, state, at)
    except MissingNode:
        return None
    return plan


def _replayed_plan(task: _Recorded, state: SealedState) -> Plan:
    """The plan of who has read the whole log."""
    store, standing, waiting, keys, at = task
    sealed = replay(LogFolder(store.layout), standing)
    _check_signed(store, standing, sealed.keys[-1].vkey if sealed.keys else None)
    plan = take_waiting(sealed, waiting)
    new = _new_key(store, plan, keys, log_origin(store), at)
    new += add_revocations(store, plan, keys.revoked, at)
    if standing or plan.entries:
        new += name_feature(store, plan, at)
    note_events(store.layout, store.noted, new)
    _place_keys(store, plan, plan.size)
    _refuse_contradictions(store, plan)
    if plan.entries:
        _end_with_state(store, plan, state, at)
    return plan


def seal_locked(
    store: ArchiveStore,
    keys: Keys | None,
    *,
    at: datetime,
    confirmed: Collection[bytes] = (),
    tell: Callable[[Mapping[str, int]], None] | None = None,
) -> Sealed:
    """Seal everything under the lock that the caller holds."""
    log = LogFolder(store.layout)
    origin = log_origin(store)
    keys = keys or Keys(signing=find_signing_key(origin))
    standing = _look(log)
    plan = _planned(store, log, standing)
    size = standing.size if standing else 0
    refuse_unconfirmed(store, plan, confirmed)  # what is erased, before its absence is judged
    _take_confirmed(store, plan, confirmed, at)
    new = _new_key(store, plan, keys, origin, at)
    new += add_revocations(store, plan, keys.revoked, at)
    scan(store, plan, agent=agent_of(store.settings), at=at)
    refuse_unconfirmed(store, plan, confirmed)
    if standing or plan.entries:
        new += name_feature(store, plan, at)
    note_events(store.layout, store.noted, new)
    _place_keys(store, plan, size)
    check_leftovers(log, standing, plan.entries)
    with SealedState(store, log, standing, takes_losses=True) as state:  # they were asked about
        if plan.entries or (standing and _has_news(store, state)):
            if tell and plan.entries:
                tell(_kinds(plan))
            _end_with_state(store, plan, state, at)
        if not plan.entries:
            return _nothing_new(log, standing, origin)
        sealed = _grow(store, standing, plan, keys, origin)
        state.keep()
    return sealed


def _has_news(store: ArchiveStore, state: SealedState) -> bool:
    """Whether a seal without entries has a state to say: the first one, or of private changes."""
    return state.leaf is None or has_changed(store.layout)


def _end_with_state(store: ArchiveStore, plan: Plan, state: SealedState, at: datetime) -> None:
    """Add the state leaf, unless a seal that was stopped has left the right one."""
    if plan.entries and is_state(plan.entries[-1]):
        return
    entry = state.next_entry(plan.history, at)
    plan.history.take(parse_leaf(entry))
    plan.entries.append(entry)
    if plan.is_as_pending:
        note_events(store.layout, store.noted, [entry])


def _kinds(plan: Plan) -> Counter[str]:
    """How many events of each kind a plan has, those that were found apart."""
    found = Counter(str(event.action) for event in plan.found)
    noted = Counter(map(action_said, plan.entries)) - found
    return noted + Counter({f"{action} (found)": count for action, count in found.items()})


def _take_confirmed(
    store: ArchiveStore, plan: Plan, confirmed: Collection[bytes], at: datetime
) -> None:
    """Take in, as found by whoever seals, the purges of others that somebody has confirmed."""
    for entry, said in plan.others.erasures:
        if leaf_hash(entry) in confirmed:
            event = from_json(Event, {**said.value, "tool": to_json(this_tool())})
            agent = agent_of(store.settings)
            take_found(plan, replace(event, agent=agent, at=at, source="found"))
    plan.others.erasures[:] = [e for e in plan.others.erasures if leaf_hash(e[0]) not in confirmed]


def _look(log: LogFolder) -> Standing | None:
    """The checkpoint that stands, after a look at what would make a seal impossible."""
    standing = log.standing()
    _check_pending(log.pending(), standing.size if standing else 0)
    log.preview(standing, ())  # raises when the end of the log is not what its checkpoint says
    return standing


def _planned(store: ArchiveStore, log: LogFolder, standing: Standing | None) -> Plan:
    """What is sealed and the own events that wait; raises what keeps both from being signed."""
    sealed, waiting = read_waiting(store, log, standing, noted=store.noted)
    _check_signed(store, standing, sealed.keys[-1].vkey if sealed.keys else None)
    plan = take_waiting(sealed, waiting)
    _refuse_contradictions(store, plan)
    return plan


def _apart(store: ArchiveStore, waiting: Sequence[bytes]) -> list[bytes]:
    """The events that this process has noted, about things that no other event waits about.

    Signed later, the others would have the last word, though they came first. Raises StoreConflict
    where that leaves none.
    """
    recorded = [entry for entry in waiting if leaf_hash(entry) in store.noted]
    shared = {_about(e) for e in waiting if leaf_hash(e) not in store.noted} - {None}
    apart = [entry for entry in recorded if _about(entry) not in shared]
    if recorded and not apart:
        about = ", ".join(sorted({str(_about(entry)) for entry in recorded})[:3])
        raise StoreConflict(
            f"events that this command has not made wait, about {about}",
            place=Place(path=str(store.layout.pending_file)),
            hint="citekit seal signs both, and asks where that is needed",
        )
    return apart


def _about(entry: bytes) -> str | None:
    """The item's folder, or other file, that an event is about; None for what is no event."""
    with suppress(InvalidData):
        subject = said_by(entry).subject
        return group_of(subject) if subject.startswith("items/") else subject
    return None


def _grow(
    store: ArchiveStore,
    standing: Standing | None,
    plan: Plan,
    keys: Keys,
    origin: str,
    *,
    rest: Sequence[bytes] = (),
) -> Sealed:
    """Write the longer log, and have only the ``rest`` of the events wait on."""
    log, own = LogFolder(store.layout), OwnEvents(store.layout)
    size = standing.size if standing else 0
    before = log.origin()
    kept = list(own.among(rest, origin=before))
    if rest or not plan.is_as_pending:  # from here on a stop is repeated exactly
        own.keep_only([*plan.entries, *kept], origin=before)
        log.await_only([*plan.entries, *rest], size=size)
    folder = begin(store.layout, Journal())
    tree = log.grow(standing, plan.entries, staging=folder)
    checkpoint = Checkpoint(origin=origin, size=tree.size, root=tree.root())
    changed = [k for k in plan.history.keys if k.entry >= size and k.replaces and _is_change(k)]
    signers = _signers(keys, with_old=bool(changed) and not keys.is_lost)
    data = _signed(checkpoint, signers)
    if len(signers) > 1:
        log.write(store.layout.kept_checkpoint(tree.size), data)
    store.last_change.forget()  # what is sealed is not taken back
    log.commit(data)
    log.await_only(rest, size=tree.size)
    own.keep_only(kept, origin=origin)
    store.noted.intersection_update(map(leaf_hash, rest))
    log.tidy(tree.size, before=size)
    discard(folder)
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
    pending = log.pending()
    if pending.base != standing.size or pending.entries:  # of others, and nothing came of them
        log.await_only((), size=standing.size)
    log.tidy(standing.size)
    return Sealed(
        origin=origin, size=standing.size, root=standing.checkpoint.root, added=0, signers=()
    )


def _refuse_contradictions(store: ArchiveStore, plan: Plan) -> None:
    """Name what waits and says otherwise than what stands, or than another event that waits."""
    place = Place(path=str(store.layout.pending_file))
    if plan.contradictions:
        raise IntegrityFailed(
            "; ".join(map(str, plan.contradictions)),
            place=place,
            hint="what was said first stands: bring the file back from a copy; citekit recover "
            "--drop PATH takes an event of others out",
        )
    if plan.conflicts:
        raise StoreConflict(
            "; ".join(map(str, plan.conflicts)),
            place=place,
            hint="citekit recover --keep DIGEST decides which of the two is right",
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


def _new_key(store: ArchiveStore, plan: Plan, keys: Keys, origin: str, at: datetime) -> list[bytes]:
    """Have the plan say which key signs from here on, if it is another; the event that says so.

    Raises UsageError for a silent change.
    """
    current = next(filter(_is_change, reversed(plan.history.keys)), None)
    if keys.signing is None:
        if current:
            raise UsageError(
                f"this log is signed by {current.vkey}, and that key is not here",
                hint="name its file with --signing-key, or a new one with --lost-key as well",
            )
        return []
    verifier = keys.signing.verifier
    if verifier.name != origin:
        raise UsageError(
            f"the key is named {verifier.name!r}, the log {origin!r}",
            hint="make one with citekit keygen, run for this archive",
        )
    if current and current.vkey != str(verifier):
        _refuse_replaced(plan, verifier)
        _check_old(current, keys)
    elif current and _is_waiting(current, plan) and current.replaces:
        _check_old(_replaced(plan, current), keys)
    if current and current.vkey == str(verifier):
        return []
    entry = encode_event(_key_event(store, verifier, current, at, is_lost=keys.is_lost))
    plan.history.take(parse_leaf(entry))
    plan.entries.append(entry)
    return [entry]


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


def _key_event(
    store: ArchiveStore,
    key: VerifierKey,
    current: KeyChange | None,
    at: datetime,
    *,
    is_lost: bool,
) -> Event:
    return make_event(
        "key",
        store.layout.name(store.layout.key_file(key.key_id.hex())),
        agent=agent_of(store.settings),
        at=at,
        tool=this_tool({"lost_key": True if current and is_lost else None}),
        digest=digest_bytes(_key_bytes(str(key))),
        vkey=str(key),
        replaces=parse_vkey(current.vkey).key_id.hex() if current else None,
    )


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
