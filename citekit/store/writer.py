"""Changes to an archive; each one happens wholly or not at all, also when the program is killed.

The order is always the same: a journal, payloads, then one rename that makes the change (the
commit), then tidying. Payloads that no record names are rubbish; the journal says where to look.
Get a Writer from ``ArchiveStore.writing()``; it is the only one while it lives.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.errors import (
    CitekitError,
    IntegrityFailed,
    InvalidData,
    Place,
    StoreConflict,
    UsageError,
)
from citekit.model.codec import to_json
from citekit.model.json_text import dump_json, dump_json_line
from citekit.store import files
from citekit.store.layout import check_key, folded
from citekit.store.record import Recorder
from citekit.store.references import needed_by
from citekit.store.staging import Journal, begin, unfinished

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from citekit.model.annotation import Annotation
    from citekit.model.capture import Capture, Payload
    from citekit.model.claim import Claim
    from citekit.model.entity import Entity
    from citekit.model.event import LoggedPayload
    from citekit.model.item import Access, Item
    from citekit.store.archive import ArchiveStore

PayloadSource = bytes | Path
_NOTHING: Mapping[str, Any] = {}
_PURGED_AT_ONCE = 200  # payloads in one event: an entry of the log has at most 64 KiB


@dataclass(slots=True)
class _Change:
    """A change under way. ``settles`` asks for a look at every owner of its payloads afterwards."""

    folder: Path
    settles: bool = False


class Writer:
    """The one who may change an archive; every method is atomic and durable."""

    def __init__(self, store: ArchiveStore) -> None:
        self._store = store
        self._layout = store.layout
        self._objects = store.objects
        self._record = Recorder(store)
        self._names: dict[str, str] | None = None
        self._is_open = True
        self._clean()

    def close(self) -> None:
        """Refuse further changes: the lock is gone."""
        self._is_open = False

    @property
    def has_changed(self) -> bool:
        """Whether anything was changed that the log accounts for."""
        return self._record.has_recorded

    # ── items ──────────────────────────────────────────────────────────────────────────────────

    def add_item(
        self,
        item: Item,
        *,
        captures: Mapping[str, Capture] = _NOTHING,
        payloads: Mapping[str, PayloadSource] = _NOTHING,
        note: str | None = None,
    ) -> None:
        """Add an item with its captures (stamp -> capture) and payloads (digest -> bytes or file).

        Raises StoreConflict when the key, an alias, or one that differs only by case is taken.
        """
        names = self._check_free(item, owner=None)
        access = item.facts.access
        with self._change(payloads) as change:
            self._place(payloads, captures.values(), access, change)
            folder = files.unused(change.folder)
            self._stage_item(folder, item, captures, note)
            self._move_in(folder, item.key)
        names.update({folded(name): item.key for name in (item.key, *item.facts.aliases)})
        records = [self._layout.capture_file(item.key, stamp) for stamp in sorted(captures)]
        note_files = [self._layout.note_file(item.key)] if note else []
        self._record.changed(self._layout.item_file(item.key), *records, *note_files)

    def replace_item(self, item: Item) -> None:
        """Write item.json anew; payloads move when the access has changed. Raises NotFound."""
        if self._store.item(item.key).facts.access != item.facts.access:
            self.set_access(item)
            return
        names = self._check_free(item, owner=item.key)
        self._write(self._layout.item_file(item.key), _item_bytes(item))
        names.update({folded(name): item.key for name in item.facts.aliases})

    def set_access(self, item: Item) -> None:
        """Write an item that has its new access, and have its payloads where that says."""
        self._require(item.key)
        names = self._check_free(item, owner=item.key)
        digests = self._digests_of(item.key)
        present = {digest: self._objects.find(digest) for digest in digests}
        sources = {digest: path for digest, path in present.items() if path}
        with self._change(digests) as change:
            change.settles = True
            for digest, source in sources.items():
                target = self._objects.path(digest, item.facts.access)
                self._objects.put(digest, source, target, change.folder)
            self._move_over(self._layout.item_file(item.key), _item_bytes(item), change)
        names.update({folded(name): item.key for name in item.facts.aliases})
        self._record.changed(self._layout.item_file(item.key), access=item.facts.access)

    def rename_item(self, old_key: str, item: Item) -> None:
        """Give an item its new key; ``item`` carries it, and the old one among its aliases.

        Raises NotFound, or StoreConflict when the new key is taken.
        """
        self._require(old_key)
        if old_key not in item.facts.aliases or item.key in item.facts.aliases:
            raise UsageError("a renamed item has its old key, and not its new one, as an alias")
        if folded(old_key) == folded(item.key):
            raise StoreConflict(
                f"{old_key!r} and {item.key!r} are one name on some systems",
                hint="choose a key that differs by more than case",
            )
        self._check_free(item, owner=old_key)
        old_folder = self._layout.check_inside(self._layout.item_folder(old_key))
        with self._change(renamed=(old_key, item.key)) as change:
            folder = files.unused(change.folder)
            _copy_tree(old_folder, folder, without="item.json")
            files.write_new(folder / "item.json", [_item_bytes(item)])
            files.flush_folder(folder)
            self._move_in(folder, item.key)
            files.move(old_folder, files.unused(change.folder))
        self._names = None
        self._record.renamed(old_folder, self._layout.item_folder(item.key))

    def remove_item(self, key: str) -> None:
        """Remove an item, and the payloads that no other item has; raises NotFound."""
        self._require(key)
        folder = self._layout.check_inside(self._layout.item_folder(key))
        with self._change(self._digests_of(key)) as change:
            change.settles = True
            files.move(folder, files.unused(change.folder))
        self._names = None
        self._record.removed(folder)

    def unique_key(self, base: str) -> str:
        """The key itself when it is free, else with a, b, c … z, aa, ab …; aliases are taken."""
        names = self._taken()
        check_key(base)
        number = 0
        key = base
        while folded(key) in names:
            number += 1
            key = base + _letters(number)
        return check_key(key)

    # ── captures and payloads ──────────────────────────────────────────────────────────────────

    def add_capture(
        self, key: str, stamp: str, capture: Capture, payloads: Mapping[str, PayloadSource]
    ) -> None:
        """Add a capture to an item; raises NotFound, or StoreConflict when the stamp is taken."""
        item = self._store.item(key)
        path = self._layout.check_inside(self._layout.capture_file(key, stamp))
        if path.exists():
            raise StoreConflict("there is a capture already", place=Place(path=str(path)))
        with self._change(payloads) as change:
            self._place(payloads, [capture], item.facts.access, change)
            files.make_folder(path.parent, root=self._layout.root)
            self._move_over(path, dump_json(to_json(capture)).encode(), change)
        self._record.changed(path)

    def put_payload(self, key: str, payload: Payload, source: PayloadSource) -> None:
        """Bring an absent payload of an item back; raises IntegrityFailed for other bytes."""
        item = self._store.item(key)
        captures = [self._store.capture(key, stamp) for stamp in self._store.stamps(key)]
        known = [capture for capture in captures if capture]
        with self._change([payload.digest]) as change:
            self._place({payload.digest: source}, known, item.facts.access, change)

    def purge(
        self,
        key: str,
        payloads: Sequence[LoggedPayload],
        *,
        reason: str | None = None,
        noted: Collection[str] = (),
    ) -> None:
        """Remove payloads of an item for good; the log says so before the first byte goes.

        ``noted`` are digests that the log has as purged already: an earlier purge was stopped. A
        stop in between leaves bytes that ``verify`` names; caches go whole, whatever they hold.
        """
        self._require(key)
        new = [payload for payload in payloads if payload.digest not in noted]
        for start in range(0, len(new), _PURGED_AT_ONCE):
            part = tuple(new[start : start + _PURGED_AT_ONCE])
            self._record.purged(self._layout.item_folder(key), part, reason)
        with self._change() as change:
            digests = {payload.digest for payload in payloads}
            for digest in sorted(digests):
                for access in _PLACES:
                    self._objects.remove(self._objects.path(digest, access))
            self._objects.forget_held(digests, change.folder)
            for name in files.names(self._layout.check_inside(self._layout.local)):
                if name not in (self._layout.held_file.name, self._layout.staging.name):
                    files.remove_tree(self._layout.local / name)

    # ── notes, annotations, entities, claims ───────────────────────────────────────────────────

    def write_note(self, key: str, text: str | None) -> None:
        """Write an item's note; None or an empty text removes it. Raises NotFound."""
        self._require(key)
        self._write(self._layout.note_file(key), text.encode() if text else None)

    def write_annotations(self, key: str, annotations: Iterable[Annotation]) -> None:
        """Write all annotations of an item; none removes the file. Raises NotFound."""
        self._require(key)
        lines = "".join(dump_json_line(dict(annotation.data)) for annotation in annotations)
        self._write(self._layout.annotations_file(key), lines.encode() or None)

    def write_entity(self, entity: Entity) -> None:
        """Write an entity, new or changed."""
        self._write(self._layout.entity_file(entity.id), dump_json(to_json(entity)).encode())

    def remove_entity(self, identifier: str) -> None:
        """Remove an entity; raises NotFound."""
        self._store.entity(identifier)
        self._write(self._layout.entity_file(identifier), None)

    def write_claim(self, claim: Claim) -> None:
        """Write a claim, new or changed."""
        self._write(self._layout.claim_file(claim.id), dump_json(to_json(claim)).encode())

    def remove_claim(self, identifier: str) -> None:
        """Remove a claim; raises NotFound."""
        self._store.claim(identifier)
        self._write(self._layout.claim_file(identifier), None)

    # ── one change ─────────────────────────────────────────────────────────────────────────────

    @contextmanager
    def _change(
        self, digests: Iterable[str] = (), *, renamed: tuple[str, ...] = ()
    ) -> Iterator[_Change]:
        """Journal, then the steps of the caller, then tidying; after a failure too."""
        self._check_open()
        journal = Journal(digests=tuple(sorted(digests)), renamed=renamed)
        change = _Change(begin(self._layout, journal))
        try:
            yield change
        except BaseException:
            with suppress(CitekitError):
                self._finish(change.folder, journal)
            raise
        self._finish(change.folder, journal if change.settles else Journal())

    def _check_open(self) -> None:
        if not self._is_open:
            raise StoreConflict("this writer has given its lock back", hint="call writing() again")

    def _clean(self) -> None:
        """Finish or undo what writers that were stopped left behind."""
        for folder, journal in unfinished(self._layout):
            self._finish(folder, journal)

    def _finish(self, folder: Path, journal: Journal) -> None:
        if journal.renamed:
            old, new = journal.renamed
            self._drop_renamed(old, new, folder)
        self._settle(journal.digests, folder)
        with suppress(CitekitError):  # the change itself is done; the next writer tries again
            files.remove_tree(folder)

    def _drop_renamed(self, old: str, new: str, folder: Path) -> None:
        """Remove the old folder of a renamed item, if the new one is there and says so."""
        if self._layout.item_folder(old).is_dir() and self._layout.item_file(new).is_file():
            with suppress(InvalidData):
                if old in self._store.item(new).facts.aliases:
                    files.move(self._layout.item_folder(old), files.unused(folder))

    def _settle(self, digests: Collection[str], folder: Path) -> None:
        """Have each payload exactly where its owners say: objects, restricted, or nowhere."""
        for digest, owners in needed_by(self._store, digests).items():
            if None in owners:
                continue  # an owner cannot be read: when in doubt, keep the bytes
            wanted = _belongs(owners)
            for access in _PLACES:
                if access != wanted:
                    self._remove_copy(digest, access, wanted, folder)
            if wanted is None:
                self._objects.forget_held([digest], folder)
            elif self._objects.path(digest, wanted).is_file():
                self._objects.note_held([digest])

    def _remove_copy(
        self, digest: str, access: Access, wanted: Access | None, folder: Path
    ) -> None:
        copy = self._objects.path(digest, access)
        if wanted and copy.is_file():
            try:
                self._objects.put(digest, copy, self._objects.path(digest, wanted), folder)
            except IntegrityFailed:
                return  # damaged bytes stay where verify finds them
        self._objects.remove(copy)

    def _place(
        self,
        payloads: Mapping[str, PayloadSource],
        captures: Iterable[Capture],
        access: Access,
        change: _Change,
    ) -> None:
        """Store the bytes where the item's access says; raises IntegrityFailed."""
        known = {p.digest: p for capture in captures for p in capture.payloads.values()}
        for digest, source in payloads.items():
            if digest not in known:
                raise UsageError(f"no capture of this item names the payload {digest}")
            target = self._objects.path(digest, access)
            other = self._objects.path(digest, "restricted" if access == "public" else "public")
            change.settles = change.settles or other.exists()
            self._objects.put(digest, source, target, change.folder)
            size = target.stat().st_size
            if size != known[digest].size_bytes:
                raise IntegrityFailed(
                    f"{digest} has {size} bytes, but the capture says {known[digest].size_bytes}"
                )
        self._objects.note_held(payloads)

    def _stage_item(
        self, folder: Path, item: Item, captures: Mapping[str, Capture], note: str | None
    ) -> None:
        records = folder / "captures"
        files.make_folder(records if captures else folder, root=self._layout.root)
        for stamp, capture in captures.items():
            name = self._layout.capture_file(item.key, stamp).name
            files.write_new(records / name, [dump_json(to_json(capture)).encode()])
        if captures:
            files.flush_folder(records)
        if note:
            files.write_new(folder / "note.md", [note.encode()])
        files.write_new(folder / "item.json", [_item_bytes(item)])
        files.flush_folder(folder)

    def _move_in(self, folder: Path, key: str) -> None:
        """The commit of a new item: its folder appears whole."""
        target = self._layout.item_folder(key)
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
        if data is None:
            if path.is_file():
                files.remove_file(path)
                self._record.changed(path)
            return
        with self._change() as change:
            files.make_folder(path.parent, root=self._layout.root)
            self._move_over(path, data, change)
        self._record.changed(path)

    def _move_over(self, path: Path, data: bytes, change: _Change) -> None:
        staged = files.unused(change.folder)
        files.write_new(staged, [data])
        files.move(staged, self._layout.check_inside(path))

    # ── names ──────────────────────────────────────────────────────────────────────────────────

    def _require(self, key: str) -> None:
        if not self._store.has(key):
            self._store.item(key)  # raises NotFound with the nearest keys

    def _check_free(self, item: Item, *, owner: str | None) -> dict[str, str]:
        """All names, after the item's have been found free or its ``owner``'s own.

        Raises StoreConflict.
        """
        names = self._taken()
        for name in (item.key, *item.facts.aliases):
            taken_by = names.get(folded(check_key(name)), owner)
            if taken_by is not None and taken_by != owner:
                raise self._conflict(name, taken_by)
        return names

    def _conflict(self, name: str, owner: str) -> StoreConflict:
        same = "the key" if name == owner else f"a name of the item {owner!r}, the key or alias"
        return StoreConflict(
            f"{same} {name!r} is taken",
            place=Place(path=str(self._layout.item_file(owner))),
            hint="choose another key",
        )

    def _taken(self) -> dict[str, str]:
        """Folded key or alias -> the key of the item that has it; read once for each lock."""
        if self._names is None:
            self._names = {folded(key): key for key in self._store.keys()}  # noqa: SIM118  # no mapping
            for key, aliases in self._store.aliases():
                self._names.update({folded(alias): key for alias in aliases})
        return self._names

    def _digests_of(self, key: str) -> set[str]:
        captures = (self._store.capture(key, stamp) for stamp in self._store.stamps(key))
        return {p.digest for capture in captures if capture for p in capture.payloads.values()}


_PLACES: tuple[Access, ...] = ("public", "restricted")


def _belongs(owners: Collection[Access | None]) -> Access | None:
    """Where a payload belongs: objects if any owner is public."""
    return "public" if "public" in owners else "restricted" if owners else None


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


def _letters(number: int) -> str:
    """1 -> a, 26 -> z, 27 -> aa.

    >>> [_letters(n) for n in (1, 26, 27, 703)]
    ['a', 'z', 'aa', 'aaa']
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
