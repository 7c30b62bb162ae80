"""One change of an archive, from its journal to its tidying; the Writer says what is changed.

The order is always the same: a journal, payloads, then one rename that makes the change (the
commit), then tidying. Payloads that no record names are rubbish; the journal says where to look.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.errors import CitekitError, IntegrityFailed, InvalidData, NotFound, UsageError
from citekit.store import files
from citekit.store.folder_names import is_name_of_any
from citekit.store.staging import Journal, begin, unfinished
from citekit.store.writing.payload_references import needed_by

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from citekit.model.capture import Capture
    from citekit.model.item import Access
    from citekit.store.layout import Layout
    from citekit.store.reading import ArchiveReader

PayloadSource = bytes | Path
PLACES: tuple[Access, ...] = ("public", "restricted", "private")
"""Where payloads lie, the most open place first."""


class Change:
    """A change under way. ``settles`` asks for a look at every owner of its payloads afterwards."""

    def __init__(self, store: ArchiveReader, folder: Path) -> None:
        self.folder = folder
        self.settles = False
        self._store = store

    def place(
        self,
        payloads: Mapping[str, PayloadSource],
        captures: Iterable[Capture],
        access: Access,
    ) -> None:
        """Store the bytes where the item's access says; raises IntegrityFailed."""
        objects = self._store.objects
        known = {p.digest: p for capture in captures for p in capture.payloads.values()}
        for digest, source in payloads.items():
            if digest not in known:
                raise UsageError(f"no capture of this item names the payload {digest}")
            target = objects.path(digest, access)
            others = (objects.path(digest, place) for place in PLACES if place != access)
            self.settles = self.settles or any(other.exists() for other in others)
            objects.put(digest, source, target, self.folder)
            size = target.stat().st_size
            if size != known[digest].size_bytes:
                raise IntegrityFailed(
                    f"{digest} has {size} bytes, but the capture says {known[digest].size_bytes}"
                )
        objects.note_held(payloads)

    def move_over(self, path: Path, data: bytes) -> None:
        """Have these bytes in the file, at once and whole."""
        staged = files.unused(self.folder)
        files.write_new(staged, [data])
        files.move(staged, self._store.layout.check_inside(path))


@contextmanager
def changing(
    store: ArchiveReader, digests: Iterable[str] = (), *, renamed: tuple[str, ...] = ()
) -> Iterator[Change]:
    """Journal, then the steps of the caller, then tidying; after a failure too."""
    journal = Journal(digests=tuple(sorted(digests)), renamed=renamed)
    change = Change(store, begin(store.layout, journal))
    try:
        yield change
    except BaseException:
        with suppress(CitekitError):
            _finish(store, change.folder, journal)
        raise
    _finish(store, change.folder, journal if change.settles else Journal())


def clean_up(store: ArchiveReader) -> None:
    """Finish or undo what writers that were stopped left behind."""
    for folder, journal in unfinished(store.layout):
        _finish(store, folder, journal)


def _finish(store: ArchiveReader, folder: Path, journal: Journal) -> None:
    if journal.renamed:
        old, new = journal.renamed
        _drop_renamed(store, old, new, folder)
    _settle(store, journal.digests, folder)
    with suppress(CitekitError):  # the change itself is done; the next writer tries again
        files.remove_tree(folder)


def _drop_renamed(store: ArchiveReader, old: str, new: str, folder: Path) -> None:
    """Remove the old folder of a renamed item, if the new one is there and says so.

    What was noted of the item in private goes with it.
    """
    old_folder = store.layout.folder_of(old)
    with suppress(InvalidData, NotFound):
        if not is_name_of_any(old, store.item_in(new).facts.aliases):
            return
        rename_notes(store.layout, old, new)
        if old_folder.is_dir():
            files.move(old_folder, files.unused(folder))


def rename_notes(layout: Layout, old: str, new: str) -> None:
    """Have private notes of an item where its folder's new name says."""
    notes = layout.private_notes / old
    if notes.is_dir():
        files.move(notes, layout.private_notes / new)


def _settle(store: ArchiveReader, digests: Collection[str], folder: Path) -> None:
    """Have each payload exactly where its owners say: in one of the places, or nowhere."""
    for digest, owners in needed_by(store, digests).items():
        if None in owners:
            continue  # an owner cannot be read: when in doubt, keep the bytes
        wanted = _belongs(owners)
        for access in PLACES:
            if access != wanted:
                _remove_copy(store, digest, access, wanted, folder)
        if wanted is None:
            store.objects.forget_held([digest], folder)
        elif store.objects.path(digest, wanted).is_file():
            store.objects.note_held([digest])


def _remove_copy(
    store: ArchiveReader, digest: str, access: Access, wanted: Access | None, folder: Path
) -> None:
    objects = store.objects
    copy = objects.path(digest, access)
    if wanted and copy.is_file():
        try:
            objects.put(digest, copy, objects.path(digest, wanted), folder)
        except IntegrityFailed:
            return  # damaged bytes stay where verify finds them
    objects.remove(copy)


def _belongs(owners: Collection[Access | None]) -> Access | None:
    """Where a payload belongs: in the most open place that an owner asks for."""
    return next((place for place in PLACES if place in owners), None)
