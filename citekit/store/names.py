"""The keys and aliases of an archive: which are taken, and which is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.errors import Place, StoreConflict
from citekit.store.knowledge import Knowledge
from citekit.store.layout import check_key, folded

if TYPE_CHECKING:
    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore


class Names(Knowledge):
    """Every name that an item has; two that differ by case are one. To be asked under the lock.

    They are read once, and again when somebody else has changed the archive.
    """

    def __init__(self, store: ArchiveStore) -> None:
        super().__init__(store)
        self._known: dict[str, str] | None = None

    def check_free(self, item: Item, *, owner: str | None) -> None:
        """Find the item's names free, or its ``owner``'s own; raises StoreConflict."""
        names = self._owners()
        for name in (item.key, *item.facts.aliases):
            taken_by = names.get(folded(check_key(name)), owner)
            if taken_by is not None and taken_by != owner:
                raise self._conflict(name, taken_by)

    def note(self, item: Item) -> None:
        """The item has these names now."""
        names = self._owners()
        names.update({folded(name): item.key for name in (item.key, *item.facts.aliases)})

    def forget(self) -> None:
        """Names have gone: read them again when next asked."""
        super().forget()
        self._known = None

    def unique(self, base: str) -> str:
        """The key itself when it is free, else with a, b, c … z, aa, ab …; aliases are taken."""
        names = self._owners()
        check_key(base)
        number = 0
        key = base
        while folded(key) in names:
            number += 1
            key = base + _letters(number)
        return check_key(key)

    def _owners(self) -> dict[str, str]:
        """Folded key or alias -> the key of the item that has it."""
        if self._known is None:
            self._begin_reading()
            self._known = {folded(key): key for key in self._store.keys()}  # noqa: SIM118  # no mapping
            for key, aliases in self._store.aliases():
                self._known.update({folded(alias): key for alias in aliases})
        return self._known

    def _conflict(self, name: str, owner: str) -> StoreConflict:
        same = "the key" if name == owner else f"a name of the item {owner!r}, the key or alias"
        return StoreConflict(
            f"{same} {name!r} is taken",
            place=Place(path=str(self._store.layout.item_file(owner))),
            hint="choose another key",
        )


def _letters(number: int) -> str:
    """1 -> a, 26 -> z, 27 -> aa.

    >>> [_letters(n) for n in (1, 26, 27, 703)]
    ['a', 'z', 'aa', 'aaa']
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
