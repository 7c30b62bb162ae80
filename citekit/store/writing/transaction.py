"""One change of an archive, from its journal to its tidying; the Writer says what is changed.

The order is always the same: a journal, what must be so before, then one rename that makes the
change (the commit), then tidying. ``recovery`` ends what was stopped in between.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.errors import CitekitError, IntegrityFailed, UsageError
from citekit.model.value import replace
from citekit.store import files
from citekit.store.staging import Journal, Unfinished, begin, end
from citekit.store.writing.payload_places import PLACES
from citekit.store.writing.recovery import mend, tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from citekit.model.capture import Capture, Payload
    from citekit.model.item import Access
    from citekit.store.reading import ArchiveReader

PayloadSource = bytes | Path


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
        known = named_by(captures, payloads)
        for digest, source in payloads.items():
            path, is_new = self.stage(digest, source, access)
            check_size(path, known[digest])
            if is_new:
                target = self._store.objects.path(digest, access)
                self._store.layout.check_inside(target.parent)
                files.make_folder(target.parent, root=self._store.root)
                files.move(path, target)
        self._store.objects.note_held(payloads)

    def stage(
        self, digest: str, source: PayloadSource, access: Access, *, flushes: bool = True
    ) -> tuple[Path, bool]:
        """Where a payload's bytes are, and whether that is in the staging folder, without a name.

        What lies elsewhere in the archive stays there until the change is committed, and then
        settles. Raises IntegrityFailed for a source with another digest.
        """
        objects = self._store.objects
        others = [objects.path(digest, place) for place in PLACES if place != access]
        self.settles = self.settles or any(other.exists() for other in others)
        here = objects.whole_place(digest, source, (objects.path(digest, access), *others))
        if here is not None:
            return here, False
        return objects.stage(digest, source, self.folder, flushes=flushes), True

    def set_aside(self, digest: str) -> None:
        """Take a payload's bytes out of the archive, and keep them until the change is done."""
        objects = self._store.objects
        for access in PLACES:
            path = self._store.layout.check_inside(objects.path(digest, access))
            if path.is_file():
                files.move(path, Unfinished(self.folder, Journal()).aside(digest, access))
                files.remove_empty(path.parent, root=self._store.layout.root)

    @property
    def records(self) -> Path:
        """Where to set the folder of an item aside."""
        return Unfinished(self.folder, Journal()).records

    def move_over(self, path: Path, data: bytes) -> None:
        """Have these bytes in the file, at once and whole."""
        staged = files.unused(self.folder)
        files.write_new(staged, [data])
        files.move(staged, self._store.layout.check_inside(path))


def named_by(captures: Iterable[Capture], digests: Iterable[str]) -> dict[str, Payload]:
    """What captures say of payloads; raises UsageError for one that none of them names."""
    known = {p.digest: p for capture in captures for p in capture.payloads.values()}
    for digest in digests:
        if digest not in known:
            raise UsageError(f"no capture of this item names the payload {digest}")
    return known


def check_size(path: Path, said: Payload) -> None:
    """Raise IntegrityFailed for a payload of another size than its capture says."""
    size = path.stat().st_size
    if size != said.size_bytes:
        message = f"{said.digest} has {size} bytes, but the capture says {said.size_bytes}"
        raise IntegrityFailed(message)


@contextmanager
def changing(store: ArchiveReader, journal: Journal) -> Iterator[Change]:
    """Journal, then the steps of the caller, then tidying; after a failure they are undone."""
    change = Change(store, begin(store.layout, journal))
    try:
        yield change
    except BaseException:
        with suppress(CitekitError):
            mend(store, Unfinished(change.folder, journal))
        raise
    if journal.purged or journal.erased:
        end(change.folder)  # from here on nothing brings the bytes back
    digests = journal.digests if change.settles else ()
    tidy(store, Unfinished(change.folder, replace(journal, digests=digests)))
