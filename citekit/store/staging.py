"""Where a change is prepared, and what the next writer needs to know if it is never finished.

Each change has a folder under ``.citekit/tmp``. Its journal, written before the first step, names
what to look at: payloads that may have no owner, and the old folder of a renamed item. Cleaning
decides by looking at the archive, never by the journal alone: a hostile one removes nothing
that anything accounts for.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.errors import CitekitError, InvalidData
from citekit.integrity.digest import parse_digest
from citekit.model.records.codec import decode_text, to_json
from citekit.model.records.json_text import dump_json
from citekit.model.value import Value
from citekit.store import files
from citekit.store.folder_names import check_name

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.layout import Layout

_JOURNAL = "journal.json"


class Journal(Value):
    """What one change touches outside its staging folder.

    ``digests`` are payloads that it places or gives up; ``renamed`` holds the names of the old
    and the new folder of an item.
    """

    digests: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()


def begin(layout: Layout, journal: Journal) -> Path:
    """A new staging folder with its journal, both on the disk; an empty journal needs no file."""
    folder = layout.check_inside(layout.staging) / f"{os.getpid()}-{os.urandom(6).hex()}"
    if journal == Journal():
        files.make_folder_unflushed(folder, root=layout.root)  # nothing asks for it after a stop
    else:
        files.make_folder(folder, root=layout.root)
        part = files.unused(folder)
        files.write_new(part, [dump_json(to_json(journal)).encode()])
        files.move(part, folder / _JOURNAL)
    return folder


def unfinished(layout: Layout) -> list[tuple[Path, Journal]]:
    """The staging folders that a stopped writer left, each with its journal."""
    found = []
    for name in sorted(files.names(layout.check_inside(layout.staging))):
        folder = layout.staging / name
        # An unreadable journal was never finished, so the change had not begun.
        journal = Journal()
        with suppress(CitekitError):
            journal = read_journal(layout, folder)
        found.append((folder, journal))
    return found


def read_journal(layout: Layout, folder: Path) -> Journal:
    """The journal of one staging folder; raises NotFound or InvalidData."""
    path = layout.check_inside(folder / _JOURNAL)
    journal = decode_text(Journal, files.read_text(path), path=str(path))
    _refuse_strange(journal, str(path))
    return journal


def _refuse_strange(journal: Journal, path: str) -> None:
    """Raise InvalidData for what could not become a path."""
    for digest in journal.digests:
        parse_digest(digest)
    for name in journal.renamed:
        check_name(name)
    if len(journal.renamed) not in (0, 2):
        raise InvalidData("renamed is not an old and a new folder", place=path)


def renames_under_way(layout: Layout) -> list[tuple[str, str]]:
    """Old and new folder of items that are being renamed, or whose renaming was stopped.

    A reader may have no rights on the staging folder; then there is nothing to be seen.
    """
    with suppress(CitekitError):
        return [(j.renamed[0], j.renamed[1]) for _, j in unfinished(layout) if j.renamed]
    return []
