"""Everything that is in an archive, read once, with what could not be read.

The walk follows no link and opens nothing but plain files. What a path is, its name alone says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from citekit.errors import CitekitError, InvalidData
from citekit.model.annotation import Annotation
from citekit.model.capture import Capture
from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.item import Item
from citekit.store import files
from citekit.store.archive import ArchiveStore
from citekit.store.layout import check_key, folded, is_link

_GIT: Final = (".git", ".gitattributes", ".gitignore", ".gitmodules")
_AT_THE_TOP = re.compile(r"(?:README|LICEN[CS]E)(?:[.-][\w.-]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marked:
    """An annotation with its line in annotations.jsonl."""

    line: int
    annotation: Annotation


@dataclass(slots=True, kw_only=True)
class Inspection:
    """One archive under inspection. Names are paths inside it, with slashes."""

    store: ArchiveStore
    keys: tuple[str, ...]
    """The items that are looked at: all, or those that were asked for."""
    is_partial: bool
    progress: Callable[[int, int], None] | None = None
    files: set[str] = field(default_factory=set)
    """Every plain file."""
    oddities: list[tuple[str, str]] = field(default_factory=list)
    """Links, pipes and so on: name and what it is."""
    collisions: list[tuple[str, str]] = field(default_factory=list)
    """Names in one folder that some systems take for one."""
    items: dict[str, Item] = field(default_factory=dict)
    captures: dict[tuple[str, str], Capture] = field(default_factory=dict)
    annotations: dict[str, list[Marked]] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    unread: dict[str, CitekitError] = field(default_factory=dict)
    """Records and folders that could not be read, and why."""

    _by_folder: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str | None] = field(default_factory=dict)
    """Texts that were asked for, by key and stamp; None for one that is absent or damaged."""

    def in_folder(self, folder: str) -> list[str]:
        """The names of the JSON files right in a folder, sorted."""
        if not self._by_folder:
            for name in sorted(self.files):
                self._by_folder.setdefault(name.rpartition("/")[0], []).append(name)
        return [name for name in self._by_folder.get(folder, ()) if name.endswith(".json")]

    def show(self, name: str) -> str:
        """The path as the user would type it."""
        return str(self.store.root.joinpath(*name.split("/"))) if name else str(self.store.root)


def inspect(
    store: ArchiveStore,
    keys: tuple[str, ...],
    progress: Callable[[int, int], None] | None = None,
) -> Inspection:
    """Walk an archive, or the folders of some items and of the log that accounts for them."""
    inspection = Inspection(
        store=store, keys=keys or _item_folders(store), is_partial=bool(keys), progress=progress
    )
    folders = [f"items/{key}" for key in keys] or [""]
    if keys:
        folders += _folders_of_log(inspection)
    while folders:  # a stack, because folders may be nested deeper than Python can call
        folders.extend(_look_into(inspection, folders.pop()))
    return inspection


def is_at_the_top(name: str) -> bool:
    """Whether a file at the top belongs to git, or is a README or LICENSE."""
    return name in _GIT or _AT_THE_TOP.fullmatch(name) is not None


def _item_folders(store: ArchiveStore) -> tuple[str, ...]:
    """All folders that could be items, whether their item.json is there or not."""
    names = []
    for name in files.folders(store.layout.items):
        try:
            names.append(check_key(name))
        except InvalidData:
            continue
    return tuple(sorted(names))


def _folders_of_log(inspection: Inspection) -> list[str]:
    """``log`` and ``trust``, where they are folders; what else they may be is an oddity."""
    found = []
    for name in ("log", "trust"):
        path = inspection.store.root / name
        if is_link(path):
            inspection.oddities.append((name, "a symbolic link"))
        elif path.is_dir():
            found.append(name)
    return found


def _look_into(inspection: Inspection, folder: str) -> list[str]:
    """Take note of what is in a folder; the folders in it are looked into next."""
    path = inspection.store.root.joinpath(*folder.split("/")) if folder else inspection.store.root
    try:
        with files.reported(path), os.scandir(path) as entries:
            children = sorted(entries, key=lambda entry: entry.name)
    except CitekitError as error:
        inspection.unread[folder] = error
        return []
    _find_collisions(inspection, folder, [child.name for child in children])
    found = []
    for child in children:
        name = f"{folder}/{child.name}" if folder else child.name
        if is_link(child.path):
            inspection.oddities.append((name, "a symbolic link"))
        elif child.is_dir(follow_symlinks=False):
            if name not in (".git", ".citekit"):
                found.append(name)
        elif child.is_file(follow_symlinks=False):
            inspection.files.add(name)
        else:
            inspection.oddities.append((name, "neither a file nor a folder"))
    return found


def _find_collisions(inspection: Inspection, folder: str, names: list[str]) -> None:
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(folded(name), name)
        if other != name:
            inspection.collisions.append((f"{folder}/{name}" if folder else name, other))
