"""Where a change is prepared, and what must be known if it is never finished.

Each change has a folder under ``.citekit/tmp``. Its journal, written before the first step, names
what to look at: payloads that are placed, moved or given up, the old folder of a renamed item,
files whose removal is noted first, payloads that a purge has set aside here. Whoever mends decides
by looking at the archive, never by the journal alone: a hostile one removes nothing that anything
accounts for, and excuses nothing that is not found with the digest it names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from citekit.errors import CitekitError, InvalidData
from citekit.integrity.digest import parse_digest
from citekit.model.records.codec import decode_text, to_json
from citekit.model.records.json_text import dump_json
from citekit.model.value import NOTHING, Value
from citekit.store import files
from citekit.store.folder_names import check_name

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.layout import Layout

_JOURNAL = "journal.json"
_DONE = "done.json"
"""The journal of a change that is done, but for what it has set aside here."""


class Journal(Value):
    """What one change touches outside its staging folder.

    ``digests`` are payloads that it places, moves or gives up; ``renamed`` holds the names of the
    old and the new folder of an item; ``leaving`` files and folders that it has noted as removed
    and then removes; ``purged`` payloads that it notes as purged and sets aside; ``placed`` files
    of the log (path inside it -> digest) that no checkpoint may cover yet; ``erased`` the folder of
    an item that it notes as erased and sets aside, with its ``records`` (path inside it -> digest).
    ``merged`` holds the folders of an item that goes and of the one that takes it in.
    ``action`` and ``subject`` tell people what it was.
    """

    action: str = ""
    subject: str = ""
    digests: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    leaving: tuple[str, ...] = ()
    purged: tuple[str, ...] = ()
    placed: Mapping[str, str] = NOTHING
    erased: str = ""
    records: Mapping[str, str] = NOTHING
    merged: tuple[str, ...] = ()

    @property
    def names_something(self) -> bool:
        """Whether a stop could leave anything that somebody must look at."""
        return self != Journal(action=self.action, subject=self.subject)


class Unfinished(NamedTuple):
    """The staging folder of a change that was never finished; ``is_done``: but for tidying."""

    folder: Path
    journal: Journal
    is_done: bool = False

    def aside(self, digest: str, access: str) -> Path:
        """Where the bytes of a payload are while its purge is under way."""
        return self.folder / f"{access}-{parse_digest(digest).hex}"

    @property
    def records(self) -> Path:
        """Where the folder of an item is while its erasing is under way."""
        return self.folder / "records"


def begin(layout: Layout, journal: Journal) -> Path:
    """A new staging folder with its journal, both on the disk, if the journal names something."""
    folder = layout.check_inside(layout.staging) / f"{os.getpid()}-{os.urandom(6).hex()}"
    if not journal.names_something:
        files.make_folder_unflushed(folder, root=layout.root)  # nothing asks for it after a stop
    else:
        files.make_folder(folder, root=layout.root)
        write_journal(folder, journal)
    return folder


def write_journal(folder: Path, journal: Journal) -> None:
    """Have this journal in a staging folder, new or instead of the old one, on the disk."""
    part = files.unused(folder)
    files.write_new(part, [dump_json(to_json(journal)).encode()])
    files.move(part, folder / _JOURNAL)


def discard(folder: Path) -> None:
    """Remove a staging folder: its change is done. Where that fails, the next writer tries."""
    with suppress(CitekitError):
        files.remove_tree(folder)


def end(folder: Path) -> None:
    """Have the change count as done: what is left in its folder is rubbish from here on."""
    files.move(folder / _JOURNAL, folder / _DONE)


def unfinished(layout: Layout) -> list[Unfinished]:
    """The staging folders that a stopped writer left, each with its journal."""
    found = []
    for name in sorted(files.names(layout.check_inside(layout.staging))):
        folder = layout.staging / name
        stopped = Unfinished(folder, Journal())
        for file in (_DONE, _JOURNAL):
            # An unreadable journal was never finished, so the change had not begun.
            with suppress(CitekitError):
                stopped = Unfinished(folder, read_journal(layout, folder / file), file == _DONE)
        found.append(stopped)
    return found


def read_journal(layout: Layout, path: Path) -> Journal:
    """The journal in this file; raises NotFound or InvalidData."""
    text = files.read_text(layout.check_inside(path))
    journal = decode_text(Journal, text, path=str(path))
    _refuse_strange(journal, str(path))
    return journal


def _refuse_strange(journal: Journal, path: str) -> None:
    """Raise InvalidData for what could not become a path."""
    for digest in (*journal.digests, *journal.purged, *journal.placed.values()):
        parse_digest(digest)
    erased = [journal.erased] if journal.erased else []
    for name in (*journal.renamed, *journal.merged, *erased):
        check_name(name)
    for name in journal.leaving:
        if not {"", ".", ".."}.isdisjoint(name.split("/")) or "\\" in name:
            raise InvalidData(f"is no path inside the archive: {name!r}", place=path)
    for pair in (journal.renamed, journal.merged):
        if len(pair) not in (0, 2):
            raise InvalidData("does not name an old and a new folder", place=path)


def renames_under_way(layout: Layout) -> list[tuple[str, str]]:
    """Old and new folder of items that are being renamed, or whose renaming was stopped.

    A reader may have no rights on the staging folder; then there is nothing to be seen.
    """
    return [(j.renamed[0], j.renamed[1]) for j in _journals(layout) if j.renamed]


def merges_under_way(layout: Layout) -> list[tuple[str, str]]:
    """The folders of items that are being taken in by another, or were as that was stopped."""
    return [(j.merged[0], j.merged[1]) for j in _journals(layout) if j.merged]


def _journals(layout: Layout) -> list[Journal]:
    with suppress(CitekitError):
        return [stopped.journal for stopped in unfinished(layout)]
    return []
