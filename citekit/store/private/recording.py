"""Noting changes of private files: in the ledger, so that the log shows nothing of them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from citekit.errors import CitekitError, NotFound
from citekit.integrity.digest import digest_bytes
from citekit.store import files
from citekit.store.private.ledger import is_accounted_for, note, private_files, read_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from citekit.store.layout import Layout

_log = logging.getLogger(__name__)


def note_changed(layout: Layout, paths: Iterable[Path]) -> None:
    """Note the state that private files have now; of a folder, that of all it had and has."""
    try:
        names = [path.relative_to(layout.private).as_posix() for path in paths]
        changes: dict[str, str | None] = {}
        for name in names:
            for inner in _files_of(layout, name):
                changes[inner] = _digest(layout, inner)
        note(layout, changes)
    except CitekitError as error:  # the change is done; the next seal finds it
        _log.warning("a private change was not noted, the next seal will find it: %s", error)


def note_removed(layout: Layout, path: Path) -> None:
    """Note that a private file, or all below a folder, is about to go; raises StorageFailed."""
    name = path.relative_to(layout.private).as_posix()
    note(layout, dict.fromkeys(_files_of(layout, name)))


def _files_of(layout: Layout, name: str) -> set[str]:
    """The file of this name inside ``private/``, or all that are or were below the folder."""
    if is_accounted_for(name):
        return {name}
    below = f"{name}/"
    known = (*read_ledger(layout).files, *private_files(layout))
    return {path for path in known if path.startswith(below)}


def _digest(layout: Layout, name: str) -> str | None:
    try:
        path = layout.check_inside(layout.private.joinpath(*name.split("/")))
        return digest_bytes(files.read_bytes(path))
    except NotFound:
        return None
