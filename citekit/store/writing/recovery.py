"""Ending what was stopped: a change is completed when it was committed, and else undone.

Whoever writes next does this first, and ``citekit recover`` does nothing else. What is done follows
from the archive and from what is sealed; the journal only says where to look. So no journal, true
or forged, has anything removed that a seal accounts for, or puts bytes over others.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from citekit.errors import IntegrityFailed, InvalidData, NotFound
from citekit.integrity.digest import digest_bytes
from citekit.integrity.tiles import parse_path
from citekit.model.value import Value
from citekit.store import files
from citekit.store.folder_names import is_name_of_any
from citekit.store.log.folder import LogFolder, needed_paths
from citekit.store.log.log_state import said_by
from citekit.store.log.sealed_payloads import SealedPayloads
from citekit.store.private.ledger import read_ledger
from citekit.store.private.recording import note_changed, note_removed
from citekit.store.staging import Unfinished, discard, unfinished
from citekit.store.writing.merging import finish
from citekit.store.writing.payload_places import PLACES, belongs, settle
from citekit.store.writing.payload_references import needed_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.store.layout import Layout
    from citekit.store.reading import ArchiveReader

    _Sealed = Callable[[], SealedPayloads]


class Mended(Value):
    """A change that was stopped, and has been completed or undone."""

    action: str
    subject: str

    def told(self) -> str:
        """What to say of it."""
        return f"{self.action} {self.subject}".strip() or "a change"


def clean_up(store: ArchiveReader) -> tuple[Mended, ...]:
    """Complete or undo what writers that were stopped left behind."""
    mended = []
    for stopped in unfinished(store.layout):
        with suppress(InvalidData, IntegrityFailed, NotFound):  # no writer of ours has left that
            mend(store, stopped)
        if stopped.journal.names_something and not stopped.folder.exists():
            mended.append(Mended(action=stopped.journal.action, subject=stopped.journal.subject))
    return tuple(mended)


def mend(store: ArchiveReader, stopped: Unfinished) -> None:
    """Complete or undo one change."""
    sealed = cache(lambda: SealedPayloads.read(LogFolder(store.layout)))  # if anybody asks
    if not stopped.is_done:
        if stopped.journal.merged:
            finish(store, stopped)
        if not (_bring_back(store, stopped, sealed) and _bring_item_back(store, stopped, sealed)):
            return  # other bytes are in the way: verify finds them, and here is the good copy
        _take_back_events(store, stopped, sealed)
        _take_back_files(store, stopped)
    tidy(store, stopped, may_go=lambda digest: not sealed().account_for(digest))


def tidy(
    store: ArchiveReader, stopped: Unfinished, *, may_go: Callable[[str], bool] = lambda _: True
) -> None:
    """What follows the commit of every change: nothing is left over, and payloads are in place."""
    folder, journal = stopped.folder, stopped.journal
    if journal.renamed:
        old, new = journal.renamed
        _drop_renamed(store, old, new, folder)
    if journal.merged:
        finish(store, stopped)
    settle(store, journal.digests, folder, may_go=may_go)
    discard(folder)


def _bring_back(store: ArchiveReader, stopped: Unfinished, sealed: _Sealed) -> bool:
    """Have what a purge has set aside in its place, unless that purge is sealed; whether it is."""
    objects, are_all_back = store.objects, True
    digests = _not_purged(store, stopped, sealed)
    needed = needed_by(store, digests)
    for digest in digests:
        for access in PLACES:
            aside = store.layout.check_inside(stopped.aside(digest, access))
            if aside.exists():
                place = belongs(needed[digest]) or access
                objects.move(digest, aside, objects.path(digest, place))
                objects.note_held([digest])
                are_all_back &= not objects.is_whole(digest, aside)
    return are_all_back


def _bring_item_back(store: ArchiveReader, stopped: Unfinished, sealed: _Sealed) -> bool:
    """Have an item's folder in its place unless its erasing is sealed; whether it is.

    A folder that is not, file for file, what the journal says stays where it is.
    """
    aside, name = stopped.records, stopped.journal.erased
    if not name or not aside.is_dir() or _is_erased(store, stopped, sealed):
        return True
    target = store.layout.check_inside(_home(store, stopped) / name)
    found = digests_below(store.layout.check_inside(aside))
    if target.exists() or found != stopped.journal.records:
        return False
    files.move(aside, target)
    return True


def _home(store: ArchiveReader, stopped: Unfinished) -> Path:
    """The folder of items in which the item was."""
    is_private = stopped.journal.subject.startswith("private/")
    return store.layout.private_items if is_private else store.layout.items


def _is_erased(store: ArchiveReader, stopped: Unfinished, sealed: _Sealed) -> bool:
    """Whether a sealed erasing says that the item has gone; of a private one, the ledger does."""
    name = f"items/{stopped.journal.erased}"
    if _home(store, stopped) == store.layout.items:
        return name in sealed().erased
    return not any(path.startswith(f"{name}/") for path in read_ledger(store.layout).files)


def digests_below(folder: Path) -> dict[str, str]:
    """The digest of every file in a folder and below, by its path in it; links count as others."""
    found = {}
    for name in sorted(files.names(folder)):
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            inside = digests_below(path)
            found.update({f"{name}/{rest}": digest for rest, digest in inside.items()})
        else:
            found[name] = digest_bytes(files.read_bytes(path))
    return found


def _not_purged(store: ArchiveReader, stopped: Unfinished, sealed: _Sealed) -> list[str]:
    """The payloads of a stopped purge of which neither a seal nor the ledger says that they go."""
    digests = stopped.journal.purged
    purged = set(sealed().purged if digests else ())
    if digests and _home(store, stopped) == store.layout.private_items:
        purged |= read_ledger(store.layout).purged
    return [digest for digest in digests if digest not in purged]


def _take_back_events(store: ArchiveReader, stopped: Unfinished, sealed: _Sealed) -> None:
    """Have no event wait for a seal that says what has not come about."""
    journal = stopped.journal
    purged = set(_not_purged(store, stopped, sealed))
    left = {name for name in journal.leaving if store.root.joinpath(*name.split("/")).exists()}
    if journal.erased and not _is_erased(store, stopped, sealed):
        left.add(f"items/{journal.erased}")
    if not purged and not left:
        return
    log = LogFolder(store.layout)
    pending = log.pending()
    kept = [entry for entry in pending.entries if not _says_gone(entry, purged, left)]
    if len(kept) < len(pending.entries):
        log.await_only(kept, size=pending.first_base)


def _take_back_files(store: ArchiveReader, stopped: Unfinished) -> None:
    """Remove the files of a seal that never came to its checkpoint; it will be made anew."""
    placed, log = stopped.journal.placed, LogFolder(store.layout)
    standing = log.standing() if placed else None
    needed = set(needed_paths(standing.size)) if standing else set()
    for path in placed.keys() - needed:
        with suppress(InvalidData, NotFound):  # no file of a log, or none any more
            file = store.layout.check_inside(log.file(parse_path(path).path))
            if digest_bytes(files.read_bytes(file)) == placed[path]:
                files.remove_file(file)
                files.remove_empty(file.parent, root=store.layout.log)


def _says_gone(entry: bytes, purged: set[str], left: set[str]) -> bool:
    if not any(action in entry for action in (b'"purge"', b'"erase"', b'"remove"')):
        return False
    with suppress(InvalidData):  # what is no event says nothing, and waits for who asks about it
        said = said_by(entry)
        if said.action == "purge":
            digests = {str(payload["digest"]) for payload in said.value.get("payloads", ())}
            return not digests.isdisjoint(purged)
        return said.action in ("erase", "remove") and said.subject in left
    return False


def _drop_renamed(store: ArchiveReader, old: str, new: str, folder: Path) -> None:
    """Remove the old folder of a renamed item, if the new one is that item, with all it had."""
    old_folder = store.layout.folder_of(old)
    with suppress(InvalidData, NotFound):
        if is_name_of_any(old, store.item_in(new).facts.aliases):
            rename_notes(store.layout, old, new)
        if not old_folder.is_dir():
            return
        if store.is_renamed(old, new):
            if store.layout.lies_in_private(old_folder):
                note_removed(store.layout, old_folder)
            files.move(old_folder, files.unused(folder))


def rename_notes(layout: Layout, old: str, new: str) -> None:
    """Have private notes of an item where its folder's new name says."""
    notes, target = layout.private_notes / old, layout.private_notes / new
    if notes.is_dir() and not target.exists():
        note_removed(layout, notes)
        files.move(layout.check_inside(notes), target)
        note_changed(layout, [target])
