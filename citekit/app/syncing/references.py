"""What a site cites beside the archive: the entries of bibliography files, looked up by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.model.item import Item

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from citekit.app.syncing.library import Library as BibliographyFile

_PREFIX_ENDS: Final = "-:_./"


class References(Mapping[str, Item]):
    """The entries of some files, the first of a key counts; each is read when it is asked for."""

    def __init__(self, files: Sequence[BibliographyFile] = ()) -> None:
        self._files = tuple(files)
        self._read: dict[str, Item] = {}

    def __getitem__(self, key: str) -> Item:
        """The entry of a key; raises KeyError for none, and for one that cannot be read."""
        if key not in self._read:
            file = self._file_of(key)
            if file is None:
                raise KeyError(key)
            self._read[key] = _item(key, file.items([key])[key])
        return self._read[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._file_of(key) is not None

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys(key for file in self._files for key in _keys(file))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def resolve(self, name: str) -> str | None:
        """The key of the entry that is called so; None for none."""
        found = (file.find(name) for file in self._files)
        return next((key for key in found if key is not None), None)

    def keys_of(self, names: Sequence[str]) -> list[str]:
        """The keys of the files that are called so, of all files where none is named."""
        chosen = [f for f in self._files if not names or {f.path.name, str(f.path)} & {*names}]
        return list(dict.fromkeys(key for file in chosen for key in _keys(file)))

    def path_of(self, key: str) -> Path | None:
        """The file in which an entry stands."""
        file = self._file_of(key)
        return file.path if file is not None else None

    def _file_of(self, key: str) -> BibliographyFile | None:
        return next((file for file in self._files if file.find(key) == key), None)


class Citable(Mapping[str, Item]):
    """All that a site can cite, by key: the archive's items, then the entries of its files."""

    def __init__(self, archived: Mapping[str, Item], references: References) -> None:
        self._archived = archived
        self._references = references

    def __getitem__(self, key: str) -> Item:
        """The item of a key; raises KeyError."""
        return self._archived[key] if key in self._archived else self._references[key]

    def __contains__(self, key: object) -> bool:
        return key in self._archived or key in self._references

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys([*self._archived, *self._references])

    def __len__(self) -> int:
        return len(list(iter(self)))


def beginnings(name: str) -> Iterator[str]:
    """What follows the prefixes that a key may have been given (``:keyprefix:``), longest first.

    >>> list(beginnings("a-knuth:1984"))
    ['knuth:1984', '1984']
    """
    for at, sign in enumerate(name[:-1], 1):
        if sign in _PREFIX_ENDS:
            yield name[at:]


def _keys(file: BibliographyFile) -> tuple[str, ...]:
    keys = file.keys
    return keys()


def _item(key: str, data: Mapping[str, Any]) -> Item:
    return Item.from_json({**data, "id": key})
