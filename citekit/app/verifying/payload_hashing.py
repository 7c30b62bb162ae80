"""Payloads are hashed as soon as a capture names them: most are good, and are done with at once.

A record that has just been read is near at hand for the processor. Whoever keeps all records and
comes back to them waits for the memory, several times for each payload.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, NotRequired, Self, TypedDict

from citekit.store import files
from citekit.store.hashing import whole_files
from citekit.store.verified_marks import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from citekit.store.verified_marks import Mark, Remembered

PLACES: Final = ("objects", "restricted")
_BEGIN: Final = len("sha256:")
_NAME: Final = len("sha256:00")  # the folder is named by what stands between the two
_FOLDERS: Final = tuple(f"{number:02x}" for number in range(256))


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


@dataclass(slots=True)
class Place:
    """One of the two folders of payloads, and what was found in it.

    ``whole`` are payloads that captures want here, and whose bytes have the digest that names them:
    digest -> size in bytes. ``characters`` counts those of the texts among them; -1 where they are
    not known.
    """

    name: str
    path: str
    folders: dict[str, set[str]]
    """The names of the files in its folders, by the names of these; empty if some items are
    looked at, and these folders are not."""
    whole: dict[str, int] = field(default_factory=dict)
    characters: dict[str, int] = field(default_factory=dict)
    prefixes: dict[str, str] = field(default_factory=dict)
    descriptor: int | None = None
    """How files in these folders are opened: see ``files.opened_folder``."""

    def name_of(self, digest: str) -> str:
        """The name inside the archive that a payload has, or would have."""
        return f"{self.name}/sha256/{digest[_BEGIN:_NAME]}/{digest[_NAME:]}"

    def file(self, digest: str) -> str:
        """The path at which a payload is, or would be."""
        return f"{self.path}{os.sep}{digest[_BEGIN:_NAME]}{os.sep}{digest[_NAME:]}"

    def others(self) -> list[str]:
        """What the names of the files say that their digests are, without those that are whole."""
        if self._are_all_whole():
            return []
        named = [
            f"sha256:{folder}{name}" for folder, names in self.folders.items() for name in names
        ]
        return [digest for digest in named if digest not in self.whole]

    def _are_all_whole(self) -> bool:
        if len(self.whole) < sum(map(len, self.folders.values())):
            return False
        # Where a file system takes A for a, a file may be called otherwise than it was asked for.
        return all("".join(names).islower() for names in self.folders.values() if names)


class Hashing:
    """Hashes payloads, each once: ``with inspection.hashing as hashing: hashing.take(…)``.

    ``doubtful`` are the digests of those that are not whole, in the right place, as large and long
    as their captures say; ``not_hashed`` counts those that were taken to be as they are remembered.
    A large payload is judged at the end, when all are hashed side by side.
    """

    def __init__(
        self,
        places: Iterable[Place],
        *,
        is_partial: bool,
        remembered: Remembered | None,
        marks: dict[tuple[str, str], Mark] | None,
        progress: Callable[[int, int], None] | None,
    ) -> None:
        self._is_partial = is_partial
        self._remembered = remembered
        self._marks = marks
        self._watches = self._remembered is not None or self._marks is not None
        self._progress = progress
        self._later: list[tuple[Place, str, PayloadJson]] = []
        self._open = ExitStack()
        self._done = 0
        self.places = tuple(places)
        self.doubtful: set[str] = set()
        self.not_hashed = 0
        self._of = sum(len(names) for place in self.places for names in place.folders.values())

    def __enter__(self) -> Self:
        for place in self.places:
            folder = files.opened_folder(place.path)
            before, place.descriptor = self._open.enter_context(folder)
            names = _FOLDERS if self._is_partial else place.folders
            place.prefixes = {name: f"{before}{name}/" for name in names}
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._open.close()
        if kind is None:
            self._hash_large()
            while self._progress and self._done < self._of:  # what is not whole is done with, too
                self._step()

    def take(self, payloads: Mapping[str, PayloadJson], *, is_public: bool) -> None:
        """Judge the payloads of one capture by role, of an item that is public or not."""
        place = self.places[not is_public]
        for role, payload in payloads.items():
            digest, is_text = payload["digest"], role == "text"
            known = place.characters if is_text else place.whole
            if digest not in known and not self._hash(place, digest, role):
                self._later.append((place, role, payload))
            elif place.whole[digest] != payload["size_bytes"] or (
                is_text and not _has_shape(payload, place.characters[digest])
            ):
                self.doubtful.add(digest)

    def named(self) -> set[str]:
        """The digests of all payloads that captures name."""
        return self.doubtful.union(*(place.whole for place in self.places))

    def read_whole(self, digest: str) -> bytes | None:
        """The bytes of a payload that was found whole and is not large; None for any other."""
        for place in self.places:
            data = files.read_small(place.file(digest)) if digest in place.whole else None
            if data is not None and sha256(data).hexdigest() == digest[_BEGIN:]:
                return data
        return None

    def has(self, place: Place, digest: str) -> bool:
        """Whether a file is in a place that should hold these bytes."""
        if self._is_partial:
            return Path(place.file(digest)).is_file()
        return digest[_NAME:] in place.folders.get(digest[_BEGIN:_NAME], ())

    def _hash(self, place: Place, digest: str, role: str) -> bool:
        """Whether a payload is whole that is not large: then it is noted."""
        prefix = place.prefixes.get(digest[_BEGIN:_NAME])
        if prefix is None:
            return False  # the folder is absent or a link, and none is followed
        before = mark(place.file(digest)) if self._watches else None
        if before and self._is_remembered(place, digest, before, role):
            return True
        data = files.read_small(prefix + digest[_NAME:], folder=place.descriptor)
        if data is None or sha256(data).hexdigest() != digest[_BEGIN:]:
            return False
        place.whole[digest] = len(data)
        if role == "text":
            place.characters[digest] = _characters(data)
        if before:
            self._remember(place, digest, before)
        if self._progress:
            self._step()
        return True

    def _hash_large(self) -> None:
        """Judge the payloads that were put off: the large ones, and whatever is not whole."""
        for place in self.places:
            later = [(role, payload) for at, role, payload in self._later if at is place]
            most: dict[str, int] = {}
            for _, payload in later:
                known = most.get(payload["digest"], 0)
                most[payload["digest"]] = max(known, payload["size_bytes"])
            paths = {
                digest: place.file(digest)
                for digest, size_bytes in most.items()
                if self.has(place, digest) and files.is_plausible(place.file(digest), size_bytes)
            }
            before = {digest: mark(path) for digest, path in paths.items() if self._watches}
            for digest, size_bytes in whole_files(paths):
                place.whole[digest] = size_bytes
                if was := before.get(digest):
                    self._remember(place, digest, was)
                self._step()
            self.doubtful.update(
                payload["digest"]
                for role, payload in later
                if role == "text" or place.whole.get(payload["digest"]) != payload["size_bytes"]
            )

    def _is_remembered(self, place: Place, digest: str, now: Mark, role: str) -> bool:
        """Whether the file is as it was when it was last found whole: then it is noted as such."""
        marks = self._remembered.marks if self._remembered else {}
        known = marks.get((place.name, digest))
        if known is None or not known.is_of(now) or (role == "text" and known.characters < 0):
            return False
        place.whole[digest] = known.size_bytes
        if known.characters >= 0:
            place.characters[digest] = known.characters
        self.not_hashed += 1
        return True

    def _remember(self, place: Place, digest: str, before: Mark) -> None:
        """Have it remembered how the file of a whole payload was before it was read."""
        if self._marks is not None:
            characters = place.characters.get(digest, -1)
            self._marks[place.name, digest] = before._replace(characters=characters)

    def _step(self) -> None:
        """Tell of a payload that is done."""
        self._done += 1
        if self._progress:
            self._progress(self._done, max(self._done, self._of))


def place_of(name: str, path: str, folders: Mapping[str, set[str]]) -> Place:
    """The place at a path, with the files in it.

    ``folders`` are those of the archive that were looked into; where only some items are looked at,
    these are not known.
    """
    above = f"{name}/sha256"
    found = {
        folder: folders[f"{above}/{folder}"]
        for folder in _FOLDERS
        if f"{above}/{folder}" in folders
    }
    return Place(name=name, path=path, folders=found)


def _characters(data: bytes) -> int:
    """How many characters a text has; -1 when it is none."""
    with suppress(UnicodeDecodeError):
        return len(data.decode())
    return -1


def _has_shape(payload: PayloadJson, characters: int) -> bool:
    """Whether the text is so long, and its paragraphs are ranges of it, one after the other."""
    shape = payload.get("map")
    if shape is None or characters < 0:
        return characters >= 0
    paragraphs = shape.get("paragraphs", [])
    ends = [end for paragraph in paragraphs for end in paragraph]
    return (
        shape["characters"] == characters
        and all(len(paragraph) == 2 and paragraph[0] < paragraph[1] for paragraph in paragraphs)
        and ends == sorted(ends)
        and (not ends or (ends[0] >= 0 and ends[-1] <= characters))
    )
