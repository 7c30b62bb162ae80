"""What the log says the archive holds: entries replayed, in order, into one state.

An entry is judged by what it may say, not trusted: one that is no event of ours is refused, and a
path in it is only ever compared with paths that were found on the disk. What is first said of a
file that never changes stands for ever: an entry that says otherwise is a contradiction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from sys import intern
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from citekit.errors import IntegrityFailed, InvalidData
from citekit.integrity.digest import parse_digest
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.state.group_state import (
    ACCESS_WORD,
    FileState,
    GroupState,
    group_name,
    read_group,
    write_parts,
)
from citekit.integrity.state.state_leaf import ACTION as STATE
from citekit.integrity.state.state_leaf import read_state_leaf
from citekit.model.event import ACTIONS, SINCE, VERSION
from citekit.model.value import NOTHING
from citekit.store.log.plain_event import read_plain_event
from citekit.store.log.record_kinds import IMMUTABLE, REMOVABLE, action_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MAX_SUBJECT_BYTES = 1024


T = TypeVar("T")


class Known(FileState):
    """The last word of the log on one file: its digest (None: it is gone), and which entry."""

    __slots__ = ()


class Contradiction(IntegrityFailed):
    """An entry says another digest of a path than what stands of it: ``stands`` and ``digest``."""

    def __init__(self, path: str, stands: Known, digest: str) -> None:
        super().__init__(
            f"{path}: an event says {digest}, but entry {stands.entry} of the log {stands.digest}"
        )
        self.path = path
        self.stands = stands
        self.digest = digest


class Said(NamedTuple):
    """What one entry says: of which path, with which digest."""

    action: str
    subject: str
    digest: str | None
    entry: bytes

    @property
    def value(self) -> Mapping[str, Any]:
        """All that the entry says."""
        return parse_leaf(self.entry)


def said_by(entry: bytes) -> Said:
    """What an entry says, judged by itself; raises InvalidData for one that is no event."""
    event = read_plain_event(entry)
    if event is not None and action_of(event[1]) == _named(event[0]):
        return Said(event[0], event[1], event[2], entry)
    value = parse_leaf(entry)
    action, subject = _checked(value)
    return Said(action, subject, value.get("digest"), entry)


class KeyChange(NamedTuple):
    """A key that the log has signed with since an entry; ``replaces`` is a key id.

    With ``revoked_from``, an instant, the key says that the one it ``replaces`` is revoked; it may
    say so in an entry of its own.
    """

    entry: int
    vkey: str
    replaces: str | None
    revoked_from: str | None = None


@dataclass(slots=True)
class History:
    """The state after the entries taken in so far.

    ``payloads`` maps the digest of each payload that a capture names to the entry of that capture,
    ``purged`` those removed for good. ``past`` has the earlier states of files that changed.
    ``states`` are the numbers of the state leaves, and ``touched`` the groups that entries since
    the last of them are about. With ``load`` a group is looked up there (as its text) when an entry
    is about it, and all others are as if the log had no word on them.
    """

    size: int = 0
    payloads: dict[str, int] = field(default_factory=dict)
    purged: dict[str, int] = field(default_factory=dict)
    repeated: set[bytes] = field(default_factory=set)
    """Leaf hashes of entries that were asked for, because they wait, and are sealed already."""
    keys: list[KeyChange] = field(default_factory=list)
    access: dict[str, str] = field(default_factory=dict)
    """By the folder of an item: the last word on who may read it, where the log has one."""
    withdrawn: dict[str, int | None] = field(default_factory=dict)
    """By the folder of an item: the entry that withdrew it; None for one that is back."""
    erased: dict[str, int] = field(default_factory=dict)
    """By the folder of an item that was erased with its records: the entry that says so."""
    past: dict[str, list[Known]] = field(default_factory=dict)
    states: list[int] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    load: Callable[[str], bytes | None] | None = None
    _left: dict[str, Known] = field(default_factory=dict)
    """What stands of immutable paths that a renaming has left."""
    _groups: dict[str, dict[str, Known]] = field(default_factory=dict)
    """By group: what follows its name in each path. Most items have the same few of these, so a
    long log does not hold every path."""
    _purged: dict[str, dict[str, int]] = field(default_factory=dict)
    """By group: what the last change of access says, and what purges about it have removed."""

    def take(self, entry: Mapping[str, Any]) -> None:
        """Take in the next entry; raises InvalidData for one that is no event of this schema.

        Raises Contradiction for another digest of a path that is immutable. A refused entry still
        has its place in the log, so ``size`` grows all the same.
        """
        index = self.size
        self.size += 1
        if entry.get("action") == STATE:
            read_state_leaf(entry)
            self.states.append(index)
            self.touched.clear()
            return
        action, subject = _checked(entry)
        match action:
            case "rename":
                self._rename(subject, str(entry.get("to", "")))
            case "remove":
                if action_of(subject) in REMOVABLE:
                    self._learn(subject, None, index)
                elif is_item_folder(subject):
                    self._withdraw(subject)
            case "purge":
                self._purge(subject, entry, index)
            case "erase":
                self._purge(subject, entry, index)
                self._erase(subject, index)
            case _:
                self._learn(subject, entry["digest"], index)
                self._take_access(subject, entry.get("access"))
                if action in ("withdraw", "readmit"):
                    self.withdrawn[group_name(subject)] = index if action == "withdraw" else None
                if action == "capture":
                    for payload in entry.get("payloads", ()):
                        self.payloads.setdefault(str(payload["digest"]), index)
                if action == "key":
                    self.keys.append(_key_change(index, entry))

    def take_plain(self, entry: bytes) -> bool:
        """Take in the next entry if it is about one file and spelled as citekit does it.

        Says whether it has. False leaves everything as it was: ``parse_leaf`` and ``take`` judge.
        Raises Contradiction as ``take`` does; the entry has its place in the log then too.
        """
        event = read_plain_event(entry)
        if event is None:
            return False
        action, subject, digest, payloads, access = event
        if action_of(subject) != _named(action):
            return False
        index = self.size
        self.size += 1
        self._learn(subject, digest, index)
        if access:  # one of few words: see the pattern
            self.access[group_name(subject)] = access
        for payload in payloads if action == "capture" else ():
            self.payloads.setdefault(payload, index)
        return True

    def get(self, path: str) -> Known | None:
        """What the log says of one file; None when it says nothing."""
        group = group_name(path)
        return self._groups.get(group, {}).get(path[len(group) :])

    def stands(self, path: str) -> Known | None:
        """What was said first of an immutable path, also where a renaming has left it."""
        return self.get(path) or self._left.get(path)

    def files(self) -> Iterator[tuple[str, Known]]:
        """Every file that the log has a word on, also those that are gone."""
        for group, found in self._groups.items():
            for rest, known in found.items():
                yield group + rest, known

    def groups(self) -> Iterator[str]:
        """The folders of the items that the log knows, and the other files."""
        yield from self._groups

    @property
    def number_of_groups(self) -> int:
        """How many ``groups`` there are."""
        return len(self._groups)

    def in_group(self, group: str) -> dict[str, Known]:
        """The files of one item's folder."""
        return {group + rest: known for rest, known in self._groups.get(group, {}).items()}

    def state_of(self, group: str) -> GroupState | None:
        """What the log says of a group; None where it has no word on it."""
        found = self._groups.get(group)
        purged = self._purged.get(group)
        if not found and not purged:
            return None
        return GroupState(
            files={rest[1:]: known for rest, known in (found or {}).items()},
            access=self.access.get(group),
            purged=purged or NOTHING,
        )

    def text_of(self, group: str) -> bytes | None:
        """The text of ``state_of`` a group; None where the log has no word on it."""
        found = self._groups.get(group)
        purged = self._purged.get(group, NOTHING)
        if not found and not purged:
            return None
        files = [(rest[1:], known) for rest, known in (found or {}).items()]
        return write_parts(files, self.access.get(group), purged)

    def _open(self, group: str) -> dict[str, Known]:
        """The files of a group that is to be changed, looked up where it was not known."""
        self.touched.add(group)
        found = self._groups.get(group)
        if found is None:
            found = self._groups[group] = {}
            text = self.load(group) if self.load else None
            if text is not None:
                self._recall(group, found, read_group(text))
        return found

    def _recall(self, group: str, found: dict[str, Known], state: GroupState) -> None:
        is_folder = group.startswith("items/")
        for name, file in state.files.items():
            found[f"/{name}" if is_folder else name] = Known(*file)
        if state.access:
            self.access[group] = state.access
        if state.purged:
            self._purged[group] = dict(state.purged)

    def _learn(self, path: str, digest: str | None, index: int) -> None:
        group = group_name(path)
        found = self._open(group)
        rest = intern(path[len(group) :])
        before = found.get(rest)
        stands = before or self._left.get(path)
        if stands is not None and is_immutable(path):
            if digest != stands.digest:
                raise Contradiction(path, stands, str(digest))
            if before is not None:
                return  # said again
        elif before is not None:
            self.past.setdefault(path, []).append(before)
        found[rest] = Known(digest, index)

    def _rename(self, old: str, new: str) -> None:
        if not (is_item_folder(old) and is_item_folder(new)) or self._open(new):
            raise InvalidData(f"an item cannot be renamed to {new[:80]!r}")
        moved = self._open(old)
        self._groups[new], self._groups[old] = moved, {}
        _move(self.access, old, new)
        _move(self._purged, old, new)
        _move(self.withdrawn, old, new)
        for rest, known in moved.items():
            if is_immutable(old + rest):
                self._left[old + rest] = known
            if old + rest in self.past:
                self.past[new + rest] = self.past.pop(old + rest)

    def _withdraw(self, folder: str) -> None:
        """Forget an item; what stands of its immutable paths stands, should they come back."""
        for rest, known in self._open(folder).items():
            path = folder + rest
            self.past.pop(path, None)
            if is_immutable(path):
                self._left[path] = known
        self._groups[folder] = {}
        self.access.pop(folder, None)

    def _take_access(self, subject: str, access: object) -> None:
        if isinstance(access, str) and ACCESS_WORD.fullmatch(access):
            self.access[group_name(subject)] = access

    def _purge(self, subject: str, entry: Mapping[str, Any], index: int) -> None:
        digests = [str(payload["digest"]) for payload in entry.get("payloads", ())]
        for digest in digests:
            self.purged.setdefault(digest, index)
        if is_item_folder(subject):
            self._open(subject)
            removed = self._purged.setdefault(subject, {})
            for digest in digests:
                removed.setdefault(digest, index)

    def _erase(self, folder: str, index: int) -> None:
        """From here on none of the folder's files is there; which there were stays known."""
        self.erased[folder] = index
        found = self._open(folder)
        for rest, known in found.items():
            self.past.setdefault(folder + rest, []).append(known)
            found[rest] = Known(None, index)

    def is_erased(self, path: str, digest: str | None) -> bool:
        """Whether the file with this digest was erased, so that nothing may bring it back."""
        words = self.past.get(path, ()) if group_name(path) in self.erased else ()
        return digest is not None and any(word.digest == digest for word in words)


def _move(words: dict[str, T], old: str, new: str) -> None:
    """Have what is said of a folder said of it under its new name."""
    if old in words:
        words[new] = words.pop(old)


def is_item_folder(path: str) -> bool:
    """Whether this is the path of an item's folder: ``items/mem2023turkiye``."""
    return path.startswith("items/") and path.count("/") == 1


def _key_change(index: int, entry: Mapping[str, Any]) -> KeyChange:
    revoked_from = entry.get("revoked_from")
    return KeyChange(
        index,
        str(entry.get("vkey", "")),
        entry.get("replaces"),
        None if revoked_from is None else str(revoked_from),
    )


def is_immutable(path: str) -> bool:
    """Whether the file at this path never changes once it is recorded."""
    return action_of(path) in IMMUTABLE


def _checked(entry: Mapping[str, Any]) -> tuple[str, str]:
    """The action and the subject of an entry whose parts that matter here are well formed."""
    version = entry.get("v")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise InvalidData(
            f"an entry of another schema: v is {version!r}",
            hint="install a newer citekit: pip install --upgrade citekit",
        )
    action, subject = entry.get("action"), entry.get("subject")
    is_known = isinstance(action, str) and action in ACTIONS
    if not is_known or version != SINCE.get(str(action), 1) or not isinstance(subject, str):
        raise InvalidData(f"not an event: action {str(action)[:40]!r}")
    if len(subject) > MAX_SUBJECT_BYTES or not isinstance(entry.get("digest", ""), str):
        raise InvalidData("not an event: its subject or digest is none")
    if "digest" in entry:
        parse_digest(entry["digest"])
    if action not in ("rename", "remove", "purge", "erase"):
        _check_file(action, subject, entry)
    payloads = entry.get("payloads", [])
    if not isinstance(payloads, list) or not all(isinstance(p, dict) for p in payloads):
        raise InvalidData("not an event: payloads is no list")
    for payload in payloads:
        parse_digest(str(payload.get("digest")))
    return str(action), subject


def _named(action: str) -> str:
    """What ``action_of`` calls the file that an action is about."""
    return "item" if action in ("access", "withdraw", "readmit") else action


def _check_file(action: object, subject: str, entry: Mapping[str, Any]) -> None:
    if action_of(subject) != _named(str(action)) or "digest" not in entry:
        raise InvalidData(f"not an event: {action} of {subject[:80]!r}")
