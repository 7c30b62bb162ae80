"""Everything that is in an archive, read once, with what could not be read.

The walk follows no link and opens nothing but plain files. What a path is, its name alone says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from citekit.app.verifying.payload_hashing import Hashing, PayloadJson
from citekit.errors import CitekitError
from citekit.model.annotation import Annotation
from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.item import ItemFacts
from citekit.model.records.json_text import parse_json
from citekit.model.value import Value
from citekit.store import files
from citekit.store.folder_names import folded, is_cut
from citekit.store.layout import is_link
from citekit.store.reading import ArchiveReader
from citekit.store.verified_marks import Mark, Remembered

_GIT: Final = (".git", ".gitattributes", ".gitignore", ".gitmodules")
_AT_THE_TOP = re.compile(r"(?:README|LICEN[CS]E)(?:[.-][\w.-]+)?", re.IGNORECASE)


class Marked(Value):
    """An annotation with its line in annotations.jsonl."""

    line: int
    annotation: Annotation


@dataclass(slots=True, kw_only=True)
class Inspection:
    """One archive under inspection. Names are paths inside it, with slashes."""

    store: ArchiveReader
    keys: tuple[str, ...]
    """The items that are looked at: all, or those that were asked for."""
    item_folders: list[str] = field(default_factory=list)
    """Their folders; if all are looked at, also folders right in ``items`` that can be no items."""
    is_partial: bool
    names: dict[str, str] = field(default_factory=dict)
    """By key, the names of the folders of these items."""
    progress: Callable[[int, int], None] | None = None
    remembered: Remembered | None = None
    """What need not be hashed again, in a check that is not a full one."""
    marks: dict[tuple[str, str], Mark] | None = None
    """Where to note the payloads that are whole, if they are to be remembered."""
    folders: dict[str, set[str]] = field(default_factory=dict)
    """Every folder that was looked into, with the names of the plain files right in it. Of items
    only what has not been read: ``digests`` has the others."""
    oddities: list[tuple[str, str]] = field(default_factory=list)
    """Links, pipes and so on: name and what it is."""
    collisions: list[tuple[str, str]] = field(default_factory=list)
    """Names in one folder that some systems take for one."""
    items: dict[str, ItemFacts] = field(default_factory=dict)
    """By key: the access and the names of each item that can be read; not its evidence, which in
    all takes much room."""
    long_evidence: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    """By key: variables with evidence that is too long for a restricted item, and its words."""
    hashing: Hashing = field(init=False)
    """What was found of the payloads when the records were read."""
    captures: dict[tuple[str, str], str] = field(default_factory=dict)
    """By key and stamp: the text of each record that has been checked (see ``payloads``)."""
    words: dict[str, int] = field(default_factory=dict)
    """By key: how many words the text of an item has; of several texts the longest."""
    annotations: dict[str, list[Marked]] = field(default_factory=dict)
    entities: dict[str, Entity] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    unread: dict[str, CitekitError] = field(default_factory=dict)
    """Records and folders that could not be read, and why."""

    digests: dict[str, str] = field(default_factory=dict)
    """The digests of the files that have been read whole."""
    texts: dict[tuple[str, str], str | None] = field(default_factory=dict)
    """Texts that were asked for, by key and stamp; None for one that is absent or damaged."""
    _others: set[str] = field(default_factory=set)
    _prefix: str = field(init=False, default="")

    def __post_init__(self) -> None:
        """Know how paths begin: making a Path for each file takes longer than reading it."""
        self._prefix = str(self.store.root / "x")[:-1]

    @property
    def files(self) -> set[str]:
        """The names of all plain files."""
        return {
            f"{folder}/{name}" if folder else name
            for folder, names in self.folders.items()
            for name in names
        }

    def folder(self, key: str) -> str:
        """The path of an item's folder: ``items/mem2023turkiye``."""
        return f"items/{self.names[key]}"

    def is_file(self, name: str) -> bool:
        """Whether a plain file has this name."""
        folder, _, last = name.rpartition("/")
        return name in self.digests or last in self.folders.get(folder, ())

    def in_folder(self, folder: str) -> list[str]:
        """The names of the JSON files right in a folder, sorted."""
        names = self.folders.get(folder, ())
        return sorted([f"{folder}/{name}" for name in names if name.endswith(".json")])

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
        return self.is_file(name) or name in self.folders or name in self._others

    def note_other(self, name: str) -> None:
        """Something has this name that is neither a plain file nor a folder that can be read."""
        self._others.add(name)

    def show(self, name: str) -> str:
        """The path as the user would type it."""
        return self._prefix + name.replace("/", os.sep) if name else str(self.store.root)

    def read(self, name: str) -> bytes:
        """The bytes of a file, whose digest is noted; raises an error of the tree."""
        # The walk has followed no link to it; of some items, it began below where one may be.
        data = None if self.is_partial else files.read_small(self.show(name))
        if data is None:
            path = self.store.root.joinpath(*name.split("/"))
            data = files.read_bytes(self.store.layout.check_inside(path))
        self.digests[name] = f"sha256:{sha256(data).hexdigest()}"
        return data

    def payloads(self, key: str, stamp: str) -> Mapping[str, PayloadJson]:
        """The payloads of a capture by role. To keep those of all would take longer than this."""
        payloads: Mapping[str, PayloadJson] = parse_json(self.captures[key, stamp])["payloads"]
        return payloads

    def take(self, folder: str, name: str) -> bytes:
        """The bytes of a record of an item, which is then accounted for."""
        data = self.read(f"{folder}/{name}")
        self.folders[folder].discard(name)
        return data

    def forget_empty(self, *folders: str) -> None:
        """Forget folders in which every file is accounted for: as a rule, all those of items."""
        for folder in folders:
            if not self.folders.get(folder, True):
                del self.folders[folder]


def inspect(store: ArchiveReader) -> Inspection:
    """Walk an archive, and read nothing."""
    inspection = begin(store, ())
    for folder in inspection.item_folders:
        walk(inspection, folder)
    return inspection


def begin(
    store: ArchiveReader,
    keys: tuple[str, ...],
    progress: Callable[[int, int], None] | None = None,
    *,
    is_partial: bool = False,
) -> Inspection:
    """Walk an archive but its items, or the log that accounts for some items.

    ``is_partial`` where some are looked at, and these may be none. What is private is not walked.
    Items are walked as they are read: what was just listed is near at hand for the processor.
    """
    is_partial = is_partial or bool(keys)
    inspection = Inspection(store=store, keys=keys, is_partial=is_partial, progress=progress)
    if is_partial:
        inspection.names = {key: store.layout.folder_name(key) for key in keys}
        inspection.item_folders = [inspection.folder(key) for key in keys]
        for folder in _folders_of_log(inspection):
            walk(inspection, folder)
        return inspection
    for folder in _look_into(inspection, ""):
        if folder == "items":
            inspection.item_folders = _look_into(inspection, folder)
            inspection.names = _names(store, inspection.item_folders)
            inspection.keys = tuple(inspection.names)
        else:
            walk(inspection, folder)
    return inspection


def walk(inspection: Inspection, folder: str) -> None:
    """Take note of everything that is in a folder and below."""
    folders = [folder]
    while folders:  # a stack, because folders may be nested deeper than Python can call
        folders.extend(_look_into(inspection, folders.pop()))


def is_at_the_top(name: str) -> bool:
    """Whether a file at the top belongs to git, or is a README or LICENSE."""
    return name in _GIT or _AT_THE_TOP.fullmatch(name) is not None


def _names(store: ArchiveReader, folders: Iterable[str]) -> dict[str, str]:
    """The names of all folders that could be items, by key, whether their item.json is there.

    Of two folders of one key, the marked one counts, which comes later.
    """
    found = {}
    for name in (folder.removeprefix("items/") for folder in sorted(folders)):
        key = store.key_in(name)
        if key is not None or is_cut(name):  # whose item.json cannot be read, or is another's
            found[key or name] = name
    return found


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
    path = inspection.show(folder)
    try:
        with os.scandir(path) as entries:
            found = list(entries)
    except OSError as error:
        inspection.unread[folder] = files.storage_error(error, path)
        inspection.note_other(folder)
        return []
    # The folder has told what each one is: nothing is asked again.
    plain = {entry.name for entry in found if entry.is_file(follow_symlinks=False)}
    inspection.folders[folder] = plain
    prefix = f"{folder}/" if folder else ""
    if len(found) > 1:
        names = [entry.name for entry in found]
        inspection.collisions += [(prefix + name, other) for name, other in _collisions(names)]
    if len(plain) == len(found):
        return []
    inside = [entry.name for entry in found if _is_folder(entry)]
    if len(plain) + len(inside) < len(found):
        _note_oddities(inspection, prefix, found)
    if not folder:
        inside = [name for name in inside if name not in (".git", ".citekit", "private")]
    return [prefix + name for name in sorted(inside)]


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder, and none of Windows's links; elsewhere a folder is never one."""
    is_one = entry.is_dir(follow_symlinks=False)
    return is_one and not (os.name == "nt" and is_link(entry.path))


def _note_oddities(inspection: Inspection, prefix: str, found: list[os.DirEntry[str]]) -> None:
    """Take note of what is neither a plain file nor a folder."""
    for entry in sorted(found, key=lambda entry: entry.name):
        if not entry.is_file(follow_symlinks=False) and not _is_folder(entry):
            inspection.oddities.append((prefix + entry.name, _describe(entry)))
            inspection.note_other(prefix + entry.name)


def _describe(entry: os.DirEntry[str]) -> str:
    return "a symbolic link" if is_link(entry.path) else "neither a file nor a folder"


def _collisions(names: list[str]) -> Iterable[tuple[str, str]]:
    """Names of one folder that fold to the same, each with the first of its kind."""
    together = "".join(names)
    if together.isascii() and (
        together.islower() or len(set(map(str.lower, names))) == len(names)
    ):  # of ASCII, folding makes lower case
        return ()
    seen: dict[str, str] = {}
    firsts = [(name, seen.setdefault(folded(name), name)) for name in sorted(names)]
    return [(name, first) for name, first in firsts if first != name]
