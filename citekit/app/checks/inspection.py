"""Everything that is in an archive, read once, with what could not be read.

The walk follows no link and opens nothing but plain files. What a path is, its name alone says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, NotRequired, TypedDict

from citekit.errors import CitekitError, InvalidData
from citekit.integrity.digest import digest_bytes
from citekit.model.annotation import Annotation
from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.item import Item
from citekit.store import files
from citekit.store.archive import ArchiveStore
from citekit.store.layout import check_key, folded, is_link
from citekit.store.remembered import Mark, Remembered

_GIT: Final = (".git", ".gitattributes", ".gitignore", ".gitmodules")
_AT_THE_TOP = re.compile(r"(?:README|LICEN[CS]E)(?:[.-][\w.-]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Marked:
    """An annotation with its line in annotations.jsonl."""

    line: int
    annotation: Annotation


class TextMapJson(TypedDict):
    """A ``TextMap`` as its record has it."""

    characters: int
    words: int
    paragraphs: NotRequired[list[list[int]]]


class PayloadJson(TypedDict):
    """A ``Payload`` as its record has it: JSON that has been checked, and needs no building."""

    digest: str
    size_bytes: int
    map: NotRequired[TextMapJson | None]


@dataclass(slots=True, kw_only=True)
class Inspection:
    """One archive under inspection. Names are paths inside it, with slashes."""

    store: ArchiveStore
    keys: tuple[str, ...]
    """The items that are looked at: all, or those that were asked for."""
    is_partial: bool
    progress: Callable[[int, int], None] | None = None
    remembered: Remembered | None = None
    """What need not be hashed again, in a check that is not a full one."""
    not_hashed: int = 0
    """How many payloads were taken to be as they are remembered."""
    marks: dict[tuple[str, str], Mark] | None = None
    """Where to note the payloads that are whole, if they are to be remembered."""
    files: set[str] = field(default_factory=set)
    """Every plain file."""
    oddities: list[tuple[str, str]] = field(default_factory=list)
    """Links, pipes and so on: name and what it is."""
    collisions: list[tuple[str, str]] = field(default_factory=list)
    """Names in one folder that some systems take for one."""
    items: dict[str, Item] = field(default_factory=dict)
    captures: dict[tuple[str, str], Mapping[str, PayloadJson]] = field(default_factory=dict)
    """By key and stamp: the payloads of each record that has been checked, by role."""
    annotations: dict[str, list[Marked]] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    unread: dict[str, CitekitError] = field(default_factory=dict)
    """Records and folders that could not be read, and why."""

    folders: dict[str, list[str]] = field(default_factory=dict)
    """Every folder that was looked into, with the names of the plain files right in it."""
    digests: dict[str, str] = field(default_factory=dict)
    """The digests of the files that have been read whole."""
    texts: dict[tuple[str, str], str | None] = field(default_factory=dict)
    """Texts that were asked for, by key and stamp; None for one that is absent or damaged."""
    _others: set[str] = field(default_factory=set)
    _prefix: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Know how paths begin: making a Path for each file takes longer than reading it."""
        self._prefix = str(self.store.root / "x")[:-1]

    def in_folder(self, folder: str) -> list[str]:
        """The names of the JSON files right in a folder, sorted."""
        names = self.folders.get(folder, ())
        return sorted(f"{folder}/{name}" for name in names if name.endswith(".json"))

    def below(self, *tops: str) -> Iterator[str]:
        """The names of the files in these folders and those in them; "" is the archive's own."""
        inside = tuple(f"{top}/" for top in tops if top)
        for folder, names in self.folders.items():
            if folder in tops or folder.startswith(inside):
                prefix = f"{folder}/" if folder else ""
                for name in names:
                    yield prefix + name

    def has(self, name: str) -> bool:
        """Whether anything has this name: a file, a folder, or neither."""
        return name in self.files or name in self.folders or name in self._others

    def note_other(self, name: str) -> None:
        """Something has this name that is neither a plain file nor a folder that can be read."""
        self._others.add(name)

    def show(self, name: str) -> str:
        """The path as the user would type it."""
        return self._prefix + name.replace("/", os.sep) if name else str(self.store.root)

    def read(self, name: str) -> bytes:
        """The bytes of a file, whose digest is noted; raises an error of the tree."""
        data = files.read_small(self.show(name)) if name in self.files else None
        if data is None:
            path = self.store.root.joinpath(*name.split("/"))
            data = files.read_bytes(self.store.layout.check_inside(path))
        self.digests[name] = digest_bytes(data)
        return data


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
    prefix = f"{folder}/" if folder else ""
    plain: list[str] = []
    inside: list[str] = []
    odd: list[tuple[str, str]] = []
    path = inspection.show(folder)
    try:
        with os.scandir(path) as entries:
            for entry in entries:  # the folder has told what each one is: nothing is asked again
                if entry.is_file(follow_symlinks=False):
                    plain.append(entry.name)
                elif entry.is_dir(follow_symlinks=False) and not _is_junction(entry):
                    inside.append(entry.name)
                else:
                    odd.append((entry.name, _describe(entry)))
    except OSError as error:
        inspection.unread[folder] = files.storage_error(error, path)
        inspection.note_other(folder)
        return []
    inspection.folders[folder] = plain
    inspection.files.update([prefix + name for name in plain])
    for name, what in sorted(odd):
        inspection.oddities.append((prefix + name, what))
        inspection.note_other(prefix + name)
    names = [*plain, *inside, *(name for name, _ in odd)] if inside or odd else plain
    if len(names) > 1 and _may_collide(names):
        inspection.collisions += [(prefix + name, other) for name, other in _collisions(names)]
    if not folder:
        inside = [name for name in inside if name not in (".git", ".citekit")]
    return [prefix + name for name in sorted(inside)]


def _is_junction(entry: os.DirEntry[str]) -> bool:
    """Whether a folder is one of Windows's links; elsewhere a folder is never one."""
    return os.name == "nt" and is_link(entry.path)


def _describe(entry: os.DirEntry[str]) -> str:
    return "a symbolic link" if is_link(entry.path) else "neither a file nor a folder"


def _may_collide(names: list[str]) -> bool:
    """Whether names of one folder may fold to the same; of ASCII, folding makes lower case."""
    together = "".join(names)
    if not together.isascii():
        return True
    return not together.islower() and len(set(map(str.lower, names))) < len(names)


def _collisions(names: list[str]) -> Iterator[tuple[str, str]]:
    """Names of one folder that fold to the same, each with the first of its kind."""
    seen: dict[str, str] = {}
    for name in sorted(names):
        other = seen.setdefault(folded(name), name)
        if other != name:
            yield name, other
