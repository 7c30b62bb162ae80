"""Ending what was stopped: a change is completed when it was committed, and else undone.

Whoever writes next does this first, and ``citekit recover`` does nothing else. What is done follows
from the archive and from what is sealed; the journal only says where to look. So no journal, true
or forged, has anything removed that a seal accounts for, or puts bytes over others.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from citekit.errors import CitekitError, InvalidData, NotFound
from citekit.integrity.leaf import parse_leaf
from citekit.model.value import Value
from citekit.store import files
from citekit.store.folder_names import is_name_of_any
from citekit.store.log.folder import LogFolder
from citekit.store.log.sealed_payloads import SealedPayloads
from citekit.store.staging import Unfinished, unfinished
from citekit.store.writing.payload_places import PLACES, belongs, settle
from citekit.store.writing.payload_references import needed_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

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
        mend(store, stopped)
        if stopped.journal.names_something:
            mended.append(Mended(action=stopped.journal.action, subject=stopped.journal.subject))
    return tuple(mended)


def mend(store: ArchiveReader, stopped: Unfinished) -> None:
    """Complete or undo one change."""
    sealed = cache(lambda: SealedPayloads.read(LogFolder(store.layout)))  # if anybody asks
    if not stopped.is_done:
        if not _bring_back(store, stopped, sealed):
            return  # other bytes are in the way: verify finds them, and here is the good copy
        _take_back_events(store, stopped, sealed)
    tidy(store, stopped, may_go=lambda digest: not sealed().account_for(digest))


def tidy(
    store: ArchiveReader, stopped: Unfinished, *, may_go: Callable[[str], bool] = lambda _: True
) -> None:
    """What follows the commit of every change: nothing is left over, and payloads are in place."""
    folder, journal = stopped.folder, stopped.journal
    if journal.renamed:
        old, new = journal.renamed
        _drop_renamed(store, old, new, folder)
    settle(store, journal.digests, folder, may_go=may_go)
    with suppress(CitekitError):  # the change itself is done; the next writer tries again
        files.remove_tree(folder)


def _bring_back(store: ArchiveReader, stopped: Unfinished, sealed: _Sealed) -> bool:
    """Have what a purge has set aside in its place, unless that purge is sealed; whether it is."""
    objects, are_all_back = store.objects, True
    digests = _not_purged(stopped, sealed)
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


def _not_purged(stopped: Unfinished, sealed: _Sealed) -> list[str]:
    """The payloads of a stopped purge that no seal says is done."""
    digests = stopped.journal.purged
    return [d for d in digests if d not in sealed().purged] if digests else []


def _take_back_events(store: ArchiveReader, stopped: Unfinished, sealed: _Sealed) -> None:
    """Have no event wait for a seal that says what has not come about."""
    journal = stopped.journal
    purged = set(_not_purged(stopped, sealed))
    left = {name for name in journal.leaving if store.root.joinpath(*name.split("/")).exists()}
    if not purged and not left:
        return
    log = LogFolder(store.layout)
    pending = log.pending()
    kept = [entry for entry in pending.entries if not _says_gone(entry, purged, left)]
    if len(kept) < len(pending.entries):
        log.await_only(kept, size=pending.first_base)


def _says_gone(entry: bytes, purged: set[str], left: set[str]) -> bool:
    if b'"purge"' not in entry and b'"remove"' not in entry:
        return False
    event = parse_leaf(entry)
    if event.get("action") == "purge":
        return any(payload.get("digest") in purged for payload in event.get("payloads", ()))
    return event.get("action") == "remove" and event.get("subject") in left


def _drop_renamed(store: ArchiveReader, old: str, new: str, folder: Path) -> None:
    """Remove the old folder of a renamed item, if the new one has all of it and says so."""
    old_folder = store.layout.items / old
    with suppress(InvalidData, NotFound):
        if (
            old_folder.is_dir()
            and is_name_of_any(old, store.item_in(new).facts.aliases)
            and _has_all_of(store.layout.items / new, old_folder)
        ):
            files.move(old_folder, files.unused(folder))


def _has_all_of(new: Path, old: Path) -> bool:
    """Whether each capture record of the old folder is in the new one too, byte for byte."""
    return all(
        name in files.names(new / "captures")
        and files.read_bytes(new / "captures" / name) == files.read_bytes(old / "captures" / name)
        for name in files.names(old / "captures")
    )
