"""What a seal would add to the log: events that wait, and changes that nobody noted.

Sealing must not launder tampering. What never changes and yet did, or is gone, stops the seal
here, before anything is written; so does an event that says otherwise than what is sealed, and a
purge that nobody who seals knows of (docs/decisions/0009).
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from citekit.app.sealing.waiting import (
    Conflict,
    Others,
    Waiting,
    conflicts_in,
    read_others,
    split_waiting,
)
from citekit.errors import CitekitError, IntegrityFailed, InvalidData, Place
from citekit.integrity.digest import ALGORITHM
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.integrity.state.state_leaf import ACTION as STATE
from citekit.integrity.state.state_leaf import may_be_state, read_state_leaf
from citekit.integrity.tree import GrowingTree
from citekit.model.event import Event
from citekit.store import files
from citekit.store.folder_names import is_name_of_any
from citekit.store.log.drift import Difference, differences, renamed_groups
from citekit.store.log.folder import LogFolder, Standing, needed_paths
from citekit.store.log.log_state import Contradiction, History
from citekit.store.log.plain_event import read_plain_event
from citekit.store.log.record_kinds import FOLDERS, OF_THE_SEAL, REMOVABLE, group_of, logged_files
from citekit.store.log.whole_state import WholeState
from citekit.store.private.withdrawn import kept_privately
from citekit.store.writing.event_recorder import about_file, encode_event, facts_in, make_event

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from citekit.model.event import Agent
    from citekit.store.items import ItemReader
    from citekit.store.reading import ArchiveReader

_RESTORE = "citekit verify shows every place; bring the file back, or restore it from a copy"


@dataclass(slots=True)
class Plan:
    """Entries to add to a log of ``size``, in order, and the state after them.

    ``is_as_pending``: they are exactly what ``pending.jsonl`` has. ``contradictions`` (of what is
    sealed) and ``conflicts`` (of what waits) are of events that are not among the entries; while
    there are any, nothing may be sealed. ``others`` are the events that are nobody's, ``found``
    those among the entries that the scan has made. ``removed`` are folders of items that were
    sealed, and whose removal waits.
    """

    history: History
    size: int = 0
    entries: list[bytes] = field(default_factory=list)
    removed_by_hand: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    others: Others = field(default_factory=Others)
    found: list[Event] = field(default_factory=list)
    is_as_pending: bool = True


def replay(log: LogFolder, standing: Standing | None, *, waiting: Iterable[bytes] = ()) -> History:
    """The state that the sealed entries say; raises IntegrityFailed when they are others.

    Those of ``waiting`` that are sealed already are ``repeated`` in it.

    An entry that is no event of ours, or contradicts an earlier one, has been sealed by somebody:
    ``verify`` reports it, it changes nothing here.
    """
    history, tree, asked = History(), GrowingTree(), set(map(leaf_hash, waiting))
    for entry in log.entries(standing.size) if standing else ():
        leaf = leaf_hash(entry)
        tree.append(leaf)
        if leaf in asked:
            history.repeated.add(leaf)
        with suppress(InvalidData, Contradiction):
            if not history.take_plain(entry):
                history.take(parse_leaf(entry))
        history.size = tree.size
    if standing and tree.root() != standing.checkpoint.root:
        raise IntegrityFailed(
            "the entries of the log do not have the root of its checkpoint",
            hint="citekit verify shows where; restore the log folder from a copy that verifies",
        )
    return history


def read_waiting(
    store: ItemReader,
    log: LogFolder,
    standing: Standing | None,
    *,
    noted: Collection[bytes] = (),
) -> tuple[History, Waiting]:
    """What is sealed, and what waits and is not: said again, an old event is no new one.

    Raises IntegrityFailed or InvalidData for a damaged log.
    """
    entries = log.waiting(standing.size if standing else 0)
    history = replay(log, standing, waiting=entries)
    new = [entry for entry in entries if leaf_hash(entry) not in history.repeated]
    origin = standing.checkpoint.origin if standing else ""
    return history, split_waiting(store, new, origin=origin, noted=noted)


def take_waiting(history: History, waiting: Waiting) -> Plan:
    """The events that wait and are own; what came and went between two seals leaves none.

    A state leaf waits where a seal was stopped; it stays if it follows from what is before it.
    """
    kept = without_what_went(history, list(waiting.own))
    plan = Plan(history=history, size=history.size, others=read_others(waiting.others))
    plan.is_as_pending = len(kept) == len(waiting.own) and not waiting.others
    state = WholeState(history)
    for entry in kept:
        try:
            if not history.take_plain(entry):
                value = parse_leaf(entry)
                if value.get("action") == STATE and not _follows(plan, state, value):
                    plan.is_as_pending = False
                    continue
                history.take(value)
        except InvalidData:
            history.size -= 1
            plan.is_as_pending = False  # no event of ours: the scan finds what is true
        except Contradiction as contradiction:
            history.size -= 1
            _note(plan, contradiction)
        else:
            plan.entries.append(entry)
            if removes_item(entry):
                plan.removed.append(str(parse_leaf(entry)["subject"]))
    for path, digests in plan.others.digests.items():
        stands = history.stands(path)
        for digest in digests if stands and stands.entry < plan.size else ():
            if stands and digest != stands.digest:
                plan.contradictions.append(Contradiction(path, stands, digest))
    plan.conflicts += conflicts_in(history, plan.size, plan.others)
    return plan


def _note(plan: Plan, contradiction: Contradiction) -> None:
    stands = contradiction.stands
    if stands.entry < plan.size:
        plan.contradictions.append(contradiction)
    else:
        digests = (str(stands.digest), contradiction.digest)
        plan.conflicts.append(Conflict(path=contradiction.path, digests=digests))


def take_found(plan: Plan, event: Event) -> None:
    """Add an event to the plan that whoever seals has found."""
    entry = encode_event(event)
    plan.history.take(parse_leaf(entry))
    plan.entries.append(entry)
    plan.found.append(event)
    plan.is_as_pending = False


def scan(store: ArchiveReader, plan: Plan, *, agent: Agent, at: datetime) -> None:
    """Add a *found* event to the plan for each change that nobody noted.

    Raises IntegrityFailed for what must not be sealed, InvalidData for a record that is none.
    """
    disk = disk_digests(store)

    def find(action: str, subject: str, **more: Any) -> None:  # noqa: ANN401  # fields of Event
        event = make_event(action, subject, agent=agent, at=at, source="found", **more)
        take_found(plan, event)

    for old, new in list(renamed_groups(plan.history, disk, resolver(store))):
        find("rename", old, to=new)
    for folder in list(kept_privately(store.layout, plan.history, disk)):
        find("remove", folder)
    found = [d for d in differences(plan.history, disk) if not _is_to_come(d, plan.size)]
    _refuse(store, [d for d in found if _is_laundering(d) or _is_back(plan.history, d)])
    found = [d for d in found if d.known is not None or not _is_of_this_seal(d, plan.size)]
    if all(d.action in OF_THE_SEAL for d in found) and not plan.entries:
        return
    for difference in found:
        if difference.digest is None:
            plan.removed_by_hand.append(difference.path)
            find("remove", difference.path)
        else:
            data = files.read_bytes(store.root / difference.path)
            find(*_change(store, plan.history, difference, data), **_about(store, difference, data))


def disk_digests(store: ArchiveReader) -> dict[str, str]:
    """The digest of every file that the log accounts for, by its path."""
    layout, root, digests = store.layout, str(store.root), {}
    for folder in FOLDERS:  # below them the walk follows no link
        layout.check_inside(store.root / folder)
    for path, _ in logged_files(layout):
        data = files.read_small(f"{root}{os.sep}{path}")
        if data is None:
            data = files.read_bytes(layout.check_inside(store.root / path))
        digests[path] = f"{ALGORITHM}:{sha256(data).hexdigest()}"
    return digests


def resolver(store: ArchiveReader) -> Any:  # noqa: ANN401  # str -> str | None
    """Where the item is that was once in a folder of this name: names of folders."""

    def resolve(name: str) -> str | None:
        renamed = (key for key, aliases in store.aliases() if is_name_of_any(name, aliases))
        return next(map(store.layout.folder_name, renamed), None)

    return resolve


def check_leftovers(log: LogFolder, standing: Standing | None, entries: list[bytes]) -> None:
    """Raise IntegrityFailed for a file of the log that is beyond what sealing now would write.

    A seal that was stopped left a beginning of it. Anything else was there before the checkpoint
    went back: sealing on would hide that.
    """
    size = standing.size if standing else 0
    needed = set(needed_paths(size))
    strange = {path for path in log.paths() if path not in needed and not log.outgrown(path, size)}
    if not strange:
        return
    expected = log.preview(standing, entries)
    for path in sorted(strange):
        if not log.begins(path, expected):
            raise IntegrityFailed(
                "a file of the log is beyond its checkpoint",
                place=Place(path=str(log.file(path))),
                hint="the log was longer once: restore log/ from a copy that verifies",
            )


def removes_item(entry: bytes) -> bool:
    """Whether the event says that a whole item was removed."""
    if b'"action":"remove"' not in entry:  # in canonical JSON it is spelled in no other way
        return False
    value = parse_leaf(entry)
    subject = str(value.get("subject"))
    return value.get("action") == "remove" and subject.count("/") == 1 and "items/" in subject


def action_said(entry: bytes) -> str:
    """What an event says was done."""
    event = read_plain_event(entry)
    return event[0] if event else str(parse_leaf(entry)["action"])


def is_state(entry: bytes) -> bool:
    """Whether the entry is a state leaf: no change, but what a seal says of all of them."""
    return may_be_state(entry) and action_said(entry) == STATE


def is_sealed(store: ArchiveReader, key: str) -> bool:
    """Whether the log knows the item: then its folder stays for good."""
    log = LogFolder(store.layout)
    standing = log.standing()
    return standing is not None and bool(
        replay(log, standing).in_group(store.layout.item_name(key))
    )


def without_what_went(history: History, entries: list[bytes]) -> list[bytes]:
    """Leave out the events of items that were added and removed while they waited.

    Of one that was sealed, its removal stays: what the log has said, it takes back by an event.
    """
    sealed = _sealed_folders(history, entries)
    gone: set[str] = set()
    kept: list[bytes] = []
    for entry in reversed(entries):
        event = read_plain_event(entry)
        value = {} if event else parse_leaf(entry)
        subject, to = event[1] if event else str(value.get("subject")), value.get("to")
        folder = group_of(subject)
        if removes_item(entry):
            if folder in sealed and folder not in gone:
                kept.append(entry)
            gone.add(folder)
        elif value.get("action") == "rename" and to in gone:
            if subject in sealed:
                kept.append(entry)
            gone.add(subject)
        elif folder not in gone:
            kept.append(entry)
    kept.reverse()
    return kept


def _sealed_folders(history: History, entries: list[bytes]) -> set[str]:
    """The folders of sealed items, also under the names that they get while entries wait."""
    sealed = {folder for folder in history.groups() if history.in_group(folder)}
    for entry in entries:
        if b'"action":"rename"' in entry:
            value = parse_leaf(entry)
            if value.get("subject") in sealed:
                sealed.add(str(value.get("to")))
    return sealed


def _follows(plan: Plan, state: WholeState, value: dict[str, Any]) -> bool:
    """Whether a state leaf says what the entries before it say, of which some wait."""
    with suppress(InvalidData):
        return bool(plan.entries) and state.fault(read_state_leaf(value)) is None
    return False


def _is_laundering(difference: Difference) -> bool:
    if difference.is_immutable:
        return True
    lost = difference.known is not None and difference.digest is None
    return lost and difference.action not in REMOVABLE


def _is_back(history: History, difference: Difference) -> bool:
    """Whether it is a file that was erased."""
    return history.is_erased(difference.path, difference.digest)


def _is_to_come(difference: Difference, size: int) -> bool:
    """Whether it is the file of a key that is not put in its place before the seal is sure."""
    known = difference.known
    is_new = known is not None and known.entry >= size
    return difference.action == "key" and difference.digest is None and is_new


def _is_of_this_seal(difference: Difference, size: int) -> bool:
    """Whether the file is what this seal leaves itself, or one like it that was stopped."""
    if difference.action == "checkpoint":
        return int(difference.path.rpartition("/")[2]) > size
    return difference.action == "key"


def _refuse(store: ArchiveReader, found: list[Difference]) -> None:
    if not found:
        return
    first = found[0]
    stands = (
        f"entry {first.known.entry} of the log says {first.known.digest}" if first.known else ""
    )
    what = "is missing" if first.digest is None else f"has {first.digest}, but {stands}"
    more = f"; so are {len(found) - 1} more" if len(found) > 1 else ""
    raise IntegrityFailed(
        f"{what}; sealing would hide it{more}",
        place=Place(path=str(store.root / first.path)),
        hint=_RESTORE,
    )


def _change(
    store: ArchiveReader, history: History, difference: Difference, data: bytes
) -> tuple[str, str]:
    """What a change of a file that nobody noted is called: of an item's record, what it does."""
    facts = facts_in(data) if difference.action == "item" else None
    if facts is not None:
        group = group_of(difference.path)
        was_withdrawn = history.withdrawn.get(group) is not None
        if (facts.withdrawn is not None) != was_withdrawn:
            return "readmit" if was_withdrawn else "withdraw", difference.path
        said = history.access.get(group)
        if said is None and difference.known and facts.access == "restricted":
            # An older log does not say what it was. It matters only where a payload is not here.
            said = "unknown" if _lacks_payloads(store, group) else None
        if said not in (None, facts.access):
            return "access", difference.path
    return difference.action, difference.path


def _lacks_payloads(store: ArchiveReader, group: str) -> bool:
    """Whether a payload of the item in this folder is not here."""
    with suppress(CitekitError):
        key = store.item_in(group.removeprefix("items/")).key
        return any(store.payload_path(digest) is None for digest in store.digests(key))
    return True


def _about(store: ArchiveReader, difference: Difference, data: bytes) -> dict[str, Any]:
    try:
        return about_file(difference.action, data)
    except CitekitError as error:
        place = Place(path=str(store.root / difference.path))
        raise InvalidData(error.message, place=place, hint=_RESTORE) from error
