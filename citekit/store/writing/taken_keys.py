"""The keys and aliases of an archive: which are taken, which is free, and where an item goes."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from citekit.errors import Place, StoreConflict
from citekit.model.citekey import check_citekey
from citekit.store.folder_names import alias_names, folded, names_of
from citekit.store.writing.knowledge import Knowledge

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.model.item import Item
    from citekit.store.reading import ArchiveReader


class Names(Knowledge):
    """Every name that an item has, and every folder and page. To be asked under the lock.

    They are read once, and again when somebody else has changed the archive.
    """

    def __init__(self, store: ArchiveReader) -> None:
        super().__init__(store)
        self._known: dict[str, str] | None = None
        self._folded: set[str] = set()
        self._reached: dict[str, int] = {}
        """By a key that was asked for: the first of those made of it that may be free."""
        self._pages: dict[str, str] = {}

    def check_free(self, item: Item, *, owner: str | None) -> None:
        """Find the item's names free, or its ``owner``'s own; raises StoreConflict."""
        names = self._owners()
        for name in (item.key, *item.facts.aliases):
            taken_by = names.get(check_citekey(name), owner)
            if taken_by is not None and taken_by != owner:
                raise self._conflict(name, taken_by)

    def is_free(self, name: str) -> bool:
        """Whether no item has this key or alias."""
        return name not in self._owners()

    def owner(self, name: str) -> str | None:
        """The key of the item that has this key or alias."""
        return self._owners().get(name)

    def folder_for(self, key: str) -> str:
        """The name of the folder for an item that comes in under this key.

        Whoever came first keeps the plain name, since sealed paths and addresses stay; an old key
        counts too, for its page leads on. Raises StoreConflict when both names are taken.
        """
        self._owners()
        plain, marked = names_of(key)
        for name in filter(None, (plain, marked)):
            if self._pages.get(folded(name), key) == key:
                return name
        other = self._pages[folded(marked)]
        raise StoreConflict(
            f"the folder of the key {key!r} is that of {other!r} on some systems",
            hint="choose another key",
        )

    def note(self, item: Item) -> None:
        """The item has these names now, also one that is still to come in."""
        names = self._owners()
        if item.key not in names:
            self._pages[folded(self.folder_for(item.key))] = item.key
        for alias in item.facts.aliases:
            if alias not in names:
                self._pages[folded(self.folder_for(alias))] = alias
        for name in (item.key, *item.facts.aliases):
            names[name] = item.key
            self._folded.add(folded(name))

    def forget(self) -> None:
        """Names have gone: read them again when next asked."""
        super().forget()
        self._known = None

    def unique(self, base: str) -> str:
        """The key itself when it is free, else with a, b, c … z, aa, ab …; aliases are taken.

        A key that differs from another by case alone is not made, though it may be given.
        """
        self._owners()
        for number in count(self._reached.get(check_citekey(base), 0)):
            key = _made(base, number)
            if folded(key) not in self._folded:
                break
        self._reached[base] = number  # names only come, until all are read again
        return key

    def made_of(self, base: str) -> Iterator[str]:
        """The keys of items that ``unique`` may have given for this one, in its order."""
        names = self._owners()
        check_citekey(base)
        for key in (_made(base, number) for number in count()):
            if folded(key) not in self._folded:
                return
            if names.get(key) == key:
                yield key

    def _owners(self) -> dict[str, str]:
        """Key or alias -> the key of the item that has it."""
        if self._known is None:
            self._begin_reading()
            folders = self._store.folders()
            self._known = {key: key for key in folders.values()}
            self._reached.clear()
            for key, aliases in self._store.aliases():
                self._known.update(dict.fromkeys(aliases, key))
            self._folded = {folded(name) for name in self._known}
            pages = alias_names(folders, self._known.keys() - set(folders.values()))
            self._pages = {folded(page): alias for alias, page in pages.items()}
            self._pages.update({folded(name): key for name, key in folders.items()})
        return self._known

    def _conflict(self, name: str, owner: str) -> StoreConflict:
        same = "the key" if name == owner else f"a name of the item {owner!r}, the key or alias"
        return StoreConflict(
            f"{same} {name!r} is taken",
            place=Place(path=str(self._store.layout.item_file(owner))),
            hint="choose another key",
        )


def _made(base: str, number: int) -> str:
    """The key itself for 0, then with a, b and so on."""
    return base + _letters(number)


def _letters(number: int) -> str:
    """0 -> nothing, 1 -> a, 26 -> z, 27 -> aa.

    >>> [_letters(n) for n in (0, 1, 26, 27, 703)]
    ['', 'a', 'z', 'aa', 'aaa']
    """
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
