"""Changes to an archive; each one happens wholly or not at all, also when the program is killed.

Get a Writer from ``ArchiveStore.writing()``; it is the only one while it lives.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from citekit.errors import CitekitError, Place, StoreConflict, UsageError
from citekit.model.annotation import Annotation, partition
from citekit.model.capture import Capture
from citekit.model.item import Item
from citekit.model.records.codec import decode_text, to_json
from citekit.model.records.json_text import dump_json, dump_json_line
from citekit.model.value import NOTHING
from citekit.store import files
from citekit.store.addresses import findable_addresses
from citekit.store.private.vouched import read_vouched
from citekit.store.staging import Journal
from citekit.store.writing.arrivals import Arrival, Arrivals, Arriving
from citekit.store.writing.crossing import let_out, records_in, take_in
from citekit.store.writing.event_recorder import Recorder, logged_payloads
from citekit.store.writing.git_files import keep_from_git
from citekit.store.writing.merging import Merged, record_of, stage
from citekit.store.writing.payload_places import retreat
from citekit.store.writing.recovery import clean_up, digests_below, rename_notes
from citekit.store.writing.transaction import PayloadSource, changing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from citekit.model.capture import Payload
    from citekit.model.claim import Claim
    from citekit.model.entity import Entity
    from citekit.model.event import LoggedPayload
    from citekit.model.item import Access
    from citekit.store.reading import ArchiveReader
    from citekit.store.writing.last_change import LastChange
    from citekit.store.writing.payload_holders import Holders
    from citekit.store.writing.taken_keys import Names
    from citekit.store.writing.transaction import Change

__all__ = ["PayloadSource", "Writer"]

_PURGED_AT_ONCE = 200  # payloads in one event: an entry of the log has at most 64 KiB


class Writer:
    """The one who may change an archive; every method is atomic and durable."""

    def __init__(
        self,
        store: ArchiveReader,
        *,
        names: Names,
        holders: Holders,
        noted: set[bytes],
        last: LastChange,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        self._store = store
        self._layout = store.layout
        self._objects = store.objects
        self._record = Recorder(store, noted, options)
        self._names = names
        self._holders = holders
        self._last = last
        self._is_open = True
        self._has_false_names = False  # of items that were planned and stayed out
        self._afterwards = ExitStack()
        self.mended = clean_up(store)
        """What writers that were stopped had left unfinished."""
        for known in (names, holders):
            known.begin_change()
        last.begin()

    def close(self) -> None:
        """Refuse further changes: only what follows them is still to be done."""
        self._is_open = False
        if self._has_false_names:
            self._names.forget()

    def finish(self) -> None:
        """Have what was purged go for good: a seal says so by now, if one was to be made."""
        self._afterwards.close()

    @property
    def has_changed(self) -> bool:
        """Whether anything was changed that the log accounts for."""
        return self._record.has_recorded

    # ── items ──────────────────────────────────────────────────────────────────────────────────

    def add_item(
        self,
        item: Item,
        *,
        captures: Mapping[str, Capture] = NOTHING,
        payloads: Mapping[str, PayloadSource] = NOTHING,
        note: str | None = None,
    ) -> None:
        """Add an item with its captures (stamp -> capture) and payloads (digest -> bytes or file).

        Raises StoreConflict when the key or an alias is taken.
        """
        self.plan_item(item)
        arrival = Arrival(item=item, captures=captures, payloads=payloads, note=note)
        (error,) = self.add_items([arrival])
        if error is not None:
            raise error

    def plan_item(self, item: Item) -> None:
        """Find that an item can be added, and keep its names for it; nothing is written.

        Raises StoreConflict as ``add_item`` does.
        """
        self._names.check_free(item, owner=None)
        self._names.note(item)

    def plan_change(self, item: Item) -> None:
        """Find that an item, planned or here, can have these names; raises StoreConflict."""
        self._names.check_free(item, owner=item.key)
        self._names.note(item)

    def add_items(self, arrivals: Sequence[Arrival]) -> tuple[CitekitError | None, ...]:
        """Add items whose names were planned, in this order; of each the error that keeps it out.

        They are flushed together, so give no more than ``MOST_TOGETHER``. A stop leaves the first
        so many of them. Where the disk cannot say that it has one, it may be in with an error.
        """
        arriving = [Arriving(arrival, self._home_of(arrival.item)) for arrival in arrivals]
        try:
            self._bring_in(arriving)
        except CitekitError as error:
            for one in arriving:
                one.error = one.error or (None if one.is_in else error)
        finally:
            self._note_arrived([one for one in arriving if one.is_in])
        self._has_false_names |= any(one.error for one in arriving)
        return tuple(one.error for one in arriving)

    def _bring_in(self, arriving: Sequence[Arriving]) -> None:
        """One change for all of them; raises the first error, so that it is mended."""
        if not arriving:
            return
        if any(one.arrival.access == "private" for one in arriving):
            self._keep_from_git("private")
        digests = {digest for one in arriving for digest in one.arrival.payloads}
        first = f"items/{arriving[0].target.name}"
        subject = first if len(arriving) == 1 else f"{first} and {len(arriving) - 1} more"
        with self._change("add", subject, digests=digests) as change:
            Arrivals(self._store, change, arriving, self._last).come_in()
            for error in filter(None, (one.error for one in arriving)):
                raise error

    def _note_arrived(self, arrived: Sequence[Arriving]) -> None:
        for one in arrived:
            addresses = findable_addresses(one.arrival.item, one.arrival.captures.values())
            self._holders.note(one.arrival.item.key, one.arrival.payloads, addresses)
        if arrived:
            self._record.came_in(arrived)

    def _home_of(self, item: Item) -> Path:
        """Where the folder of an item that comes in is to be."""
        is_private = item.facts.access == "private"
        items = self._layout.private_items if is_private else self._layout.items
        return items / self._names.folder_for(item.key)

    def replace_item(self, item: Item) -> None:
        """Write item.json anew; payloads move when the access has changed. Raises NotFound."""
        if self._store.item(item.key).facts.access != item.facts.access:
            self.set_access(item)
            return
        self._names.check_free(item, owner=item.key)
        self._write(self._layout.item_file(item.key), _item_bytes(item))
        self._names.note(item)
        self._holders.forget()  # its address may be another one now

    def set_access(self, item: Item) -> None:
        """Write an item that has its new access, and have its payloads where that says.

        Raises IntegrityFailed for payloads with other bytes. At no time do bytes lie where git
        takes them while the item says that they are restricted.
        """
        self._last.bar("access")
        if "private" in (item.facts.access, self._store.item(item.key).facts.access):
            self._cross_to(item)
            return
        self._require(item.key)
        self._names.check_free(item, owner=item.key)
        digests = self._store.digests(item.key)
        for digest in digests:
            self._objects.check(digest)
        folder = self._layout.item_folder(item.key).name
        with self._change("access", f"items/{folder}", digests=digests) as change:
            change.settles = True
            retreat(self._store, digests, besides=folder, access=item.facts.access)
            change.move_over(self._layout.item_file(item.key), _item_bytes(item))
        self._names.note(item)
        self._record.changed(self._layout.item_file(item.key), action="access")

    def withdraw(self, item: Item) -> None:
        """Write an item that is ``withdrawn`` now, or is so no longer. Raises NotFound."""
        self._require(item.key)
        path = self._layout.item_file(item.key)
        self._last.write(path, _item_bytes(item))
        with self._change("withdraw", self._layout.name(path.parent)) as change:
            change.move_over(path, _item_bytes(item))
        action = "withdraw" if item.facts.withdrawn else "readmit"
        self._record.changed(path, action=action)

    def _cross_to(self, item: Item) -> None:
        """Have an item in private, or out of it."""
        self._names.check_free(item, owner=item.key)
        old, access = self._layout.item_folder(item.key), item.facts.access
        self._keep_from_git(access)
        if access != "private":  # what was marked private stays so
            self._write_annotations(item.key, self._store.annotations(item.key), access)
        digests, name = self._store.digests(item.key), self._layout.name(old)
        for digest in digests:
            self._objects.check(digest)
        with self._change("access", name, digests=digests, leaving=(name,)) as change:
            change.settles = True
            if access == "private":
                retreat(self._store, digests, besides=old.name, access=access)
            self._record.removed(old)
            new = (take_in if access == "private" else let_out)(self._store, change, item)
        self._forget_names()
        self._record.changed(new / "item.json", action="access")
        self._record.changed(*records_in(new))
        if access != "private":
            self._tell_purged(item.key, new)

    def _tell_purged(self, key: str, folder: Path) -> None:
        """Have the log say which payloads of an item that comes out of private are gone."""
        purged = read_vouched(self._layout).purged
        captures = self._store.captures(key).values() if purged else ()
        gone = {p.digest: p for c in captures for p in logged_payloads(c) if p.digest in purged}
        absent = tuple(p for digest, p in gone.items() if self._objects.find(digest) is None)
        if absent:
            self._record.purged(folder, absent, None)

    def rename_item(self, old_key: str, item: Item) -> None:
        """Give an item its new key; ``item`` carries it, and the old one among its aliases.

        Raises NotFound, or StoreConflict when the new key is taken.
        """
        self._require(old_key)
        if old_key not in item.facts.aliases or item.key in item.facts.aliases:
            raise UsageError("a renamed item has its old key, and not its new one, as an alias")
        self._names.check_free(item, owner=old_key)
        old_folder = self._layout.check_inside(self._layout.item_folder(old_key))
        name = self._names.folder_for(item.key)
        names = (old_folder.name, name)
        with self._change("rename", self._layout.name(old_folder), renamed=names) as change:
            folder = files.unused(change.folder)
            _copy_tree(old_folder, folder, without="item.json")
            files.write_new(folder / "item.json", [_item_bytes(item)])
            files.flush_folder(folder)
            self._last.rename(old_folder, old_folder.parent / name, _item_bytes(item))
            self._move_in(folder, old_folder.parent / name)
            if self._layout.lies_in_private(old_folder):
                self._record.removed(old_folder)
            files.move(old_folder, files.unused(change.folder))
            rename_notes(self._layout, old_folder.name, name)
        self._forget_names()
        self._record.renamed(old_folder, old_folder.parent / name)

    def remove_item(self, key: str) -> None:
        """Remove an item, and the payloads that no other item has; raises NotFound."""
        self._require(key)
        folder = self._layout.check_inside(self._layout.item_folder(key))
        digests, name = self._store.digests(key), self._layout.name(folder)
        if self._layout.private_notes_file(key).is_file():
            self._last.write(self._layout.private_notes_file(key), None)
        found = {digest: self._objects.find(digest) for digest in sorted(digests)}
        self._last.go(folder, {digest: path for digest, path in found.items() if path})
        with self._change("remove", name, digests=digests, leaving=(name,)) as change:
            change.settles = True
            retreat(self._store, digests, besides=folder.name)
            notes = self._layout.private_notes / folder.name
            for gone in (folder, *([notes] if notes.is_dir() else ())):
                self._record.removed(gone)
                files.move(gone, files.unused(change.folder))
        self._forget_names()

    def merge_item(self, merged: Merged) -> None:
        """Have an item take in another one, whose key becomes its alias; raises NotFound.

        What the other one was sealed with stays sealed: its capture records are the same to the
        byte, in another folder, and the log says that its own was removed.
        """
        layout, item = self._layout, merged.item
        for key in (item.key, merged.gone):
            self._require(key)
        gone = layout.check_inside(layout.item_folder(merged.gone))
        notes = layout.private_notes_file(merged.gone).parent
        leaving = (gone, *([notes] if notes.is_dir() else ()))
        names = tuple(map(layout.name, leaving))
        pair = (gone.name, layout.item_folder(item.key).name)
        self._last.bar("merge")
        with self._change("merge", names[0], leaving=names, merged=pair) as change:
            stage(change.folder, merged, root=layout.root)
            for folder in leaving:
                self._record.removed(folder)
            change.move_over(layout.item_file(item.key), record_of(merged))
        self._forget_names()
        changed = [layout.item_file(item.key)]
        changed += (layout.capture_file(item.key, stamp) for stamp in sorted(merged.captures))
        others = (layout.note_file, layout.annotations_file, layout.private_notes_file)
        changed += (path for path in (of(item.key) for of in others) if path.is_file())
        self._record.changed(*changed)

    def unique_key(self, base: str) -> str:
        """The key itself when it is free, else with a, b, c … z, aa, ab …; aliases are taken."""
        return self._names.unique(base)

    def is_free(self, name: str) -> bool:
        """Whether no item has this key or alias."""
        return self._names.is_free(name)

    def owner(self, name: str) -> str | None:
        """The key of the item that has this key or alias; None where it is free."""
        return self._names.owner(name)

    def keys_like(self, base: str) -> Iterator[str]:
        """The keys of items that ``unique_key`` may have given for this one."""
        return self._names.made_of(base)

    # ── captures and payloads ──────────────────────────────────────────────────────────────────

    def add_capture(
        self, key: str, stamp: str, capture: Capture, payloads: Mapping[str, PayloadSource]
    ) -> None:
        """Add a capture to an item; raises NotFound, or StoreConflict when the stamp is taken."""
        item = self._store.item(key)
        path = self._layout.check_inside(self._layout.capture_file(key, stamp))
        if path.exists():
            raise StoreConflict("there is a capture already", place=Place(path=str(path)))
        name = self._layout.item_name(key)
        self._last.bar("capture")
        with self._change("capture", name, digests=payloads) as change:
            change.place(payloads, [capture], item.facts.access)
            files.make_folder(path.parent, root=self._layout.root)
            change.move_over(path, dump_json(to_json(capture)).encode())
        self._holders.note(key, payloads, findable_addresses(item, [capture]))
        self._record.changed(path)

    def put_payload(self, key: str, payload: Payload, source: PayloadSource) -> None:
        """Bring an absent payload of an item back; raises IntegrityFailed for other bytes."""
        item = self._store.item(key)
        known = self._store.captures(key).values()
        name = self._layout.item_name(key)
        with self._change("restore", name, digests=[payload.digest]) as change:
            change.place({payload.digest: source}, known, item.facts.access)

    def purge(
        self,
        key: str,
        payloads: Sequence[LoggedPayload],
        *,
        reason: str | None = None,
        noted: Collection[str] = (),
    ) -> None:
        """Remove payloads of an item for good; the log says so before the first byte goes.

        ``noted`` are digests that the log has as purged already. The bytes are set aside, and go
        when the writer is finished: a stop before that, and before a seal, takes the purge back.
        Caches go whole, whatever they hold.
        """
        self._require(key)
        folder = self._layout.item_folder(key)
        digests = {payload.digest for payload in payloads}
        new = [payload for payload in payloads if payload.digest not in noted]
        with ExitStack() as undo:
            name = self._layout.name(folder)
            change = undo.enter_context(self._change("purge", name, purged=digests))
            for start in range(0, len(new), _PURGED_AT_ONCE):
                part = tuple(new[start : start + _PURGED_AT_ONCE])
                self._record.purged(folder, part, reason)
            self._set_aside(change, digests)
            self._afterwards.push(undo.pop_all())

    def erase(
        self,
        key: str,
        payloads: Sequence[LoggedPayload],
        *,
        reason: str | None = None,
        is_noted: bool = False,
    ) -> None:
        """Remove an item for good, its records and these payloads; the log says so first.

        ``is_noted`` when the log has that already. A stop takes it back as one of ``purge``.
        """
        self._require(key)
        folder = self._layout.check_inside(self._layout.item_folder(key))
        digests = {payload.digest for payload in payloads}
        parts = [
            tuple(payloads[i : i + _PURGED_AT_ONCE])
            for i in range(0, max(len(payloads), 1), _PURGED_AT_ONCE)
        ]
        with ExitStack() as undo:
            records, name = digests_below(folder), self._layout.name(folder)
            change = undo.enter_context(
                self._change("erase", name, purged=digests, erased=folder.name, records=records)
            )
            for part in () if is_noted else parts:
                self._record.erased(folder, part, reason)
            self._set_aside(change, digests)
            files.move(folder, change.records)
            self._afterwards.push(undo.pop_all())
        self._forget_names()

    def _set_aside(self, change: Change, digests: set[str]) -> None:
        """Take payloads out of the archive, and remove the caches, whatever they hold."""
        layout = self._layout
        for digest in sorted(digests):
            change.set_aside(digest)
        self._objects.forget_held(digests, change.folder)
        kept = {path.name for path in (layout.held_file, layout.own_file, layout.staging)}
        for name in files.names(layout.check_inside(layout.local)):
            if name not in kept:
                files.remove_tree(layout.local / name)
        self._last.bar("purge")

    # ── notes, annotations, entities, claims ───────────────────────────────────────────────────

    def write_note(self, key: str, text: str | None) -> None:
        """Write an item's note; None or an empty text removes it. Raises NotFound."""
        self._require(key)
        self._write(self._layout.note_file(key), text.encode() if text else None)

    def write_annotations(self, key: str, annotations: Iterable[Annotation]) -> None:
        """Write all annotations of an item; none removes the file. Raises NotFound."""
        self._require(key)
        self._write_annotations(key, annotations, self._store.item(key).facts.access)

    def _write_annotations(
        self, key: str, annotations: Iterable[Annotation], access: Access
    ) -> None:
        own, private = partition(annotations, access)
        notes = self._layout.private_notes_file(key)
        if private or notes.is_file():
            before = partition(self._store.annotations(key), access)
            if _change_sides(before, (own, private)):
                self._last.bar("access")
        if private:  # first: one that is made private is never nowhere
            self._write(notes, _lines(private))
        self._write(self._layout.annotations_file(key), _lines(own))
        if not private:
            self._write(notes, None)
            files.remove_empty(notes.parent, root=self._layout.root)

    def write_entity(self, entity: Entity) -> None:
        """Write an entity, new or changed."""
        data = dump_json(to_json(entity)).encode()
        self._write_record(self._layout.entity_file(entity.id), data, is_private=entity.private)

    def remove_entity(self, identifier: str) -> None:
        """Remove an entity; raises NotFound."""
        self._store.entity(identifier)
        self._write(self._layout.entity_file(identifier), None)

    def write_claim(self, claim: Claim) -> None:
        """Write a claim, new or changed."""
        data = dump_json(to_json(claim)).encode()
        self._write_record(self._layout.claim_file(claim.id), data, is_private=claim.private)

    def remove_claim(self, identifier: str) -> None:
        """Remove a claim; raises NotFound."""
        self._store.claim(identifier)
        self._write(self._layout.claim_file(identifier), None)

    # ── taking back ────────────────────────────────────────────────────────────────────────────

    def keep_nothing(self) -> None:
        """Have nothing kept of what is changed here that others are not to have."""
        self._last.bar("access")

    def put_back(self, path: Path, data: bytes | None) -> None:
        """Have a record byte for byte as it was; None: it was not there."""
        self._write(path, data)
        if path.name == "item.json":
            self._forget_names()

    def put_item_back(
        self,
        folder: Path,
        contents: Mapping[str, bytes],
        payloads: Mapping[str, Path],
    ) -> None:
        """Have an item that was removed in its folder again, with its files and its bytes.

        Raises StoreConflict where its key or an alias is taken, InvalidData for what is no item.
        """
        item = Item.from_text(contents["item.json"].decode("utf-8", "surrogateescape"))
        self._names.check_free(item, owner=None)
        is_private = self._layout.lies_in_private(folder)
        access: Access = "private" if is_private else item.facts.access
        self._keep_from_git(access)
        captures = [
            decode_text(Capture, data.decode("utf-8", "surrogateescape"))
            for name, data in contents.items()
            if name.startswith("captures/")
        ]
        with self._change("add", self._layout.name(folder), digests=payloads) as change:
            change.place(payloads, captures, access)
            staged = files.unused(change.folder)
            _write_tree(staged, contents)
            self._last.come(folder, contents)
            self._move_in(staged, folder)
        self._forget_names()
        self._record.changed(folder / "item.json", *records_in(folder))

    # ── steps ──────────────────────────────────────────────────────────────────────────────────

    def _change(
        self,
        action: str = "",
        subject: str = "",
        *,
        digests: Iterable[str] = (),
        purged: Iterable[str] = (),
        renamed: tuple[str, ...] = (),
        leaving: tuple[str, ...] = (),
        erased: str = "",
        records: Mapping[str, str] = NOTHING,
        merged: tuple[str, ...] = (),
    ) -> AbstractContextManager[Change]:
        """A change whose journal names these things (``Journal`` says which)."""
        self._check_open()
        journal = Journal(
            action=action,
            subject=subject,
            digests=tuple(sorted(digests)),
            purged=tuple(sorted(purged)),
            renamed=renamed,
            leaving=leaving,
            erased=erased,
            records=records,
            merged=merged,
        )
        return changing(self._store, journal)

    def _check_open(self) -> None:
        if not self._is_open:
            raise StoreConflict("this writer has given its lock back", hint="call writing() again")

    def _write_record(self, path: Path, data: bytes, *, is_private: bool) -> None:
        """Write an entity or claim, which lies at ``path`` so far; it may go elsewhere."""
        layout = self._layout
        was_private = layout.lies_in_private(path)
        if path.is_file() and was_private != is_private:
            self._last.bar("access")
        if is_private and not was_private:
            self._write(layout.private / layout.name(path), data)
            self._write(path, None)
            return
        self._write(path, data)
        if was_private and not is_private:
            target = layout.root / path.relative_to(layout.private)
            files.make_folder(layout.check_inside(target.parent), root=layout.root)
            files.move(path, target)
            self._record.changed(path, target)

    def _keep_from_git(self, access: Access) -> None:
        if access == "private":
            keep_from_git(self._layout)

    def _move_in(self, folder: Path, target: Path) -> None:
        """The commit of a new item: its folder appears whole."""
        files.make_folder(self._layout.check_inside(target.parent), root=self._layout.root)
        files.remove_empty(target, root=target.parent)
        if target.exists():
            raise StoreConflict(
                "is in the way: a folder without an item",
                place=Place(path=str(target)),
                hint="citekit verify shows what is in it; move it away",
            )
        files.move(folder, target)

    def _write(self, path: Path, data: bytes | None) -> None:
        """Write one file as a change of its own; None removes it."""
        self._check_open()
        self._layout.check_inside(path)
        if data is not None and self._layout.lies_in_private(path):
            keep_from_git(self._layout)
        if data is not None or path.is_file():
            self._last.write(path, data)
        if data is None:
            if path.is_file():
                name = self._layout.name(path)
                with self._change("remove", name, leaving=(name,)):
                    self._record.removed(path)
                    files.remove_file(path)
            return
        with self._change() as change:
            files.make_folder(path.parent, root=self._layout.root)
            change.move_over(path, data)
        self._record.changed(path)

    def _forget_names(self) -> None:
        """A key has gone: whatever was known by it is read again."""
        self._names.forget()
        self._holders.forget()

    def _require(self, key: str) -> None:
        if not self._store.has(key):
            self._store.item(key)  # raises NotFound with the nearest keys


def _change_sides(
    before: tuple[list[Annotation], list[Annotation]],
    after: tuple[list[Annotation], list[Annotation]],
) -> bool:
    """Whether an annotation is private that was not, or the other way round."""
    ids = [[{annotation.id for annotation in side} for side in sides] for sides in (before, after)]
    (open_before, apart_before), (open_after, apart_after) = ids
    return bool(open_before & apart_after or apart_before & open_after)


def _write_tree(folder: Path, contents: Mapping[str, bytes]) -> None:
    """A new folder with these files, by their paths in it, durably."""
    for name, data in contents.items():
        path = folder.joinpath(*name.split("/"))
        files.make_folder(path.parent, root=folder.parent)
        files.write_new(path, [data])
    for inner in {folder.joinpath(*name.split("/")).parent for name in contents}:
        files.flush_folder(inner)


def _lines(annotations: Iterable[Annotation]) -> bytes | None:
    """What an annotations.jsonl is to hold; None: it is not to be there."""
    lines = (dump_json_line(dict(annotation.data)) for annotation in annotations)
    return "".join(lines).encode() or None


def _item_bytes(item: Item) -> bytes:
    return dump_json(dict(item.data)).encode()


def _copy_tree(source: Path, target: Path, *, without: str = "") -> None:
    """Copy a folder of plain files, durably; raises InvalidData for a link or a pipe."""
    with files.reported(target):
        target.mkdir()
    with files.reported(source):
        children = sorted(source.iterdir())
    for child in children:
        if child.is_dir() and not child.is_symlink():
            _copy_tree(child, target / child.name)
        elif child.name != without:
            files.write_new(target / child.name, files.read_chunks(child))
    files.flush_folder(target)
