"""The names of Windows's and macOS's file systems, as far as they matter to folders of items.

A disk here holds folders by the name that the system takes them for, each with the key that its
item.json says; an archive on it is written and read by the rule of ``folder_names`` alone.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from citekit.store.folder_names import folded, names_of

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in "0123456789¹²³")]
)


def _as_windows(name: str) -> str:
    """NTFS: letter by letter in upper case; dots and blanks at the end do not count."""
    upper = (c.upper() if len(c.upper()) == 1 else c for c in name.rstrip(". "))
    return "".join(upper)


def _as_macos(name: str) -> str:
    """APFS and HFS+: decomposed, case folded."""
    folded_ = unicodedata.normalize("NFD", name).casefold()
    return unicodedata.normalize("NFD", folded_)


@dataclass(frozen=True)
class FileSystem:
    """One kind: which names are one, and which are none."""

    same: Callable[[str], str]
    devices: frozenset[str]
    forbidden: frozenset[str]

    def empty(self) -> Disk:
        """A new disk."""
        return Disk(self)


@dataclass
class Disk:
    """Folders by the name that the system takes them for: how they were called, and whose."""

    system: FileSystem
    folders: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, key: str) -> None:
        """Add an item as a writer does: under its plain name, if none stands there already."""
        taken = {folded(name) for name, _ in self.folders.values()}
        plain, marked = names_of(key)
        name = plain if plain is not None and folded(plain) not in taken else marked
        assert not set(name) & self.system.forbidden
        assert name.split(".")[0].strip().casefold() not in self.system.devices
        assert self.system.same(name) not in self.folders
        self.folders[self.system.same(name)] = (name, key)

    def look_up(self, key: str) -> str | None:
        """The key that the found item.json says, as a reader finds it; None when it is absent."""
        plain, marked = names_of(key)
        for name in filter(None, (marked, plain)):
            if self.system.same(name) in self.folders:
                return self.folders[self.system.same(name)][1]
        return None

    def names(self) -> list[str]:
        """How the folders were called."""
        return [name for name, _ in self.folders.values()]


WINDOWS = FileSystem(_as_windows, _DEVICES, frozenset('<>:"/\\|?*' + "".join(map(chr, range(32)))))
MACOS = FileSystem(_as_macos, frozenset(), frozenset("/:\0"))
