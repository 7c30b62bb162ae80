"""The items of an archive, read from plain files.

Apart from the rest of what can be read, because the shortest commands read nothing else. Opening
and reading write nothing and take no lock. The truth is the files: every read goes to them.

What is private is seen by its owner alone, and so is what was withdrawn. Whatever goes to others is
made from what ``for_others()`` gives, where neither is to be found: that is the one rule about it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Self

from citekit.errors import CitekitError, InvalidData, NotFound, Place
from citekit.model.citekey import is_citekey
from citekit.model.item import Item
from citekit.model.nearest import did_you_mean
from citekit.model.value import replace
from citekit.store import files
from citekit.store.folder_names import folded, is_cut, is_name_of, key_of
from citekit.store.layout import Layout
from citekit.store.private.left_out import LeftOut
from citekit.store.settings import Settings, read_settings
from citekit.store.staging import merges_under_way, renames_under_way

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class ItemReader:
    """The items of one archive; ``root`` is kept as given, so that messages name paths alike."""

    def __init__(self, root: Path, settings: Settings, *, sees_private: bool = True) -> None:
        self.root = root
        self.settings = settings
        self.layout = Layout(root=root, sees_private=sees_private)

    @classmethod
    def open(cls, root: Path) -> Self:
        """The archive in this folder; raises NotFound, or InvalidData for a broken archive.toml."""
        layout = Layout(root=root)
        path = layout.check_inside(layout.settings_file)
        try:
            text = files.read_text(path)
        except NotFound as error:
            raise NotFound(
                f"no archive here: {path.name} does not exist",
                place=Place(path=str(root)),
                hint=f"citekit init {root} makes one; --archive names another folder",
            ) from error
        return cls(root, read_settings(text, str(path)))

    def for_others(self) -> ItemReader:
        """The archive as others may see it: nothing private or withdrawn is in it."""
        return ItemReader(self.root, self.settings, sees_private=False)

    def left_out(self) -> LeftOut:
        """How much is private, so that ``for_others()`` does not have it; for the owner to hear."""
        return LeftOut.count(self.layout, self._marked_private())

    def keys(self) -> tuple[str, ...]:
        """The citekeys of all items, sorted."""
        return tuple(sorted(set(self.folders().values())))

    def folders(self) -> dict[str, str]:
        """The folders of all items by their names, each with the key of its item."""
        names = self._folder_names()
        renamed = self.superseded()  # in this order: a rename may be under way as we look
        found = {}
        for name in names:
            key = self.key_in(name) if name not in renamed else None
            if key is not None and self.may_be_seen(name):
                found[name] = key
        return found

    def _folder_names(self) -> list[str]:
        names = files.folders(self.layout.items)
        if self.layout.sees_private:
            known = set(names)
            names += [n for n in files.folders(self.layout.private_items) if n not in known]
        return names

    def key_in(self, name: str) -> str | None:
        """The key of the item whose folder has this name; None when it can be no item's."""
        key = key_of(name)
        if key is None and is_cut(name):
            with suppress(CitekitError):
                return self.item_in(name).key
        return key

    def has(self, key: str) -> bool:
        """Whether an item has exactly this key; aliases do not count."""
        if not is_citekey(key):
            return False
        name = self.layout.folder_name(key)
        if not self.may_be_seen(name) or name in self.superseded():
            return False
        return not (self._ignores_case and self._is_another(name, key))

    def resolve(self, key: str) -> str:
        """The key of the item that has this key or alias; raises NotFound with the nearest keys."""
        if self.has(key):
            return key
        for item_key, aliases in self.aliases():
            if key in aliases:
                return item_key
        raise self._unknown(key)

    def aliases(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The keys of items that have aliases, with these; unreadable items are passed over."""
        for key in self.keys():
            path = self.layout.item_file(key)
            with suppress(CitekitError):
                if b'"aliases"' in files.read_bytes(self.layout.check_inside(path)):
                    yield key, self.item(key).facts.aliases

    def item(self, key: str) -> Item:
        """The item with this key; raises NotFound, or InvalidData for a broken item.json."""
        if not is_citekey(key):
            raise self._unknown(key)
        name = self.layout.folder_name(key)
        try:
            item = self._read_item(name)
        except NotFound as error:
            raise self._unknown(key) from error
        if item.key == key:
            return item
        if folded(item.key) == folded(key):  # a file system that ignores case found another item
            raise self._unknown(key)
        raise self._misplaced(item, name)

    def item_in(self, name: str) -> Item:
        """The item in the folder of this name; raises NotFound, or InvalidData where it is none."""
        item = self._read_item(name)
        if not is_name_of(name, item.key):
            raise self._misplaced(item, name)
        return item

    def items(self) -> Iterator[Item]:
        """All items in the order of their keys; one that is removed meanwhile is left out."""
        keys = self.keys()
        for key in keys:
            try:
                yield self.item(key)
            except NotFound:
                with suppress(NotFound):
                    renamed = self.resolve(key)
                    if renamed not in keys:
                        yield self.item(renamed)

    def note(self, key: str) -> str | None:
        """The item's note, or None."""
        with suppress(NotFound):
            return files.read_text(self.layout.check_inside(self.layout.note_file(key)))
        return None

    def superseded(self) -> dict[str, str]:
        """Old folder -> new folder, while a renamed or merged item has both; the new one counts."""
        found = {}
        for old, new in renames_under_way(self.layout):
            with suppress(CitekitError):
                if self.is_renamed(old, new):
                    found[old] = new
        for old, new in merges_under_way(self.layout):
            with suppress(CitekitError):
                if self.is_merged(old, new):
                    found[old] = new
        return found

    def has_taken_in(self, old: str, new: str) -> bool:
        """Whether the item of the new folder says that it has taken in that of the old one.

        Raises NotFound where one of the two is no item, InvalidData where one cannot be read.
        """
        before, after = self.item_in(old), self.item_in(new)
        taken = after.facts.merged
        has_record = any(one.get("item") == before.as_merged() for one in taken)
        has_all = has_record and all(one in taken for one in before.facts.merged)
        return has_all and before.key in after.facts.aliases

    def is_merged(self, old: str, new: str) -> bool:
        """Whether it has, with all captures and annotations; raises as ``has_taken_in`` does.

        A journal alone hides nothing: whoever can write one could hide an item.
        """
        folders = self.layout.folder_of(old), self.layout.folder_of(new)
        own, others = (_captures_in(folder) for folder in folders)
        if not (own <= others and self.has_taken_in(old, new)):
            return False
        notes = (self.layout.private_notes / old, self.layout.private_notes / new)
        pairs = (folders, notes)
        return all(_ids_in(gone) <= _ids_in(stays) for gone, stays in pairs)

    def is_renamed(self, old: str, new: str) -> bool:
        """Whether the new folder holds the item of the old one under another key, with all it had.

        A journal alone hides nothing: whoever can write one could hide an item. Raises NotFound
        where one of the two is no item, InvalidData where one cannot be read.
        """
        before, after = self.item_in(old), self.item_in(new)
        facts = replace(after.facts, aliases=before.facts.aliases)
        is_same = after.with_variables({"id": before.key}).with_facts(facts) == before
        folders = self.layout.folder_of(new), self.layout.folder_of(old)
        return before.key in after.facts.aliases and is_same and files.has_all_of(*folders)

    @cached_property
    def _ignores_case(self) -> bool:
        """Whether the file system takes names that differ by case for one."""
        return (self.root / self.layout.settings_file.name.upper()).is_file()

    def _is_another(self, name: str, key: str) -> bool:
        """Whether the item in this folder can be read and has another key."""
        with suppress(CitekitError):
            return self._read_item(name).key != key
        return False

    def _read_item(self, name: str) -> Item:
        path = self.layout.check_inside(self.layout.folder_of(name) / "item.json")
        item = Item.from_text(files.read_text(path), path=str(path))
        if item.facts.access != "private" and self.layout.lies_in_private(path):
            return item.with_facts(replace(item.facts, access="private"))
        if _is_kept_back(item) and not self.layout.sees_private:
            raise NotFound("does not exist", place=Place(path=str(path)))
        return item

    def may_be_seen(self, name: str) -> bool:
        """Whether a folder holds an item; for others, one that is neither private nor withdrawn."""
        path = self.layout.folder_of(name) / "item.json"
        if self.layout.sees_private:
            return path.is_file()
        try:
            item = self._kept_back(path)
        except CitekitError:  # whoever reads it hears why it cannot be read
            return path.is_file()
        return item is None

    def _kept_back(self, path: Path) -> Item | None:
        """The item of this item.json, if it is not for others; raises where it cannot be read."""
        text = files.read_text(self.layout.check_inside(path))
        if '"private"' not in text and '"withdrawn"' not in text:  # as a rule, and sooner told
            return None
        item = Item.from_text(text, path=str(path))
        return item if _is_kept_back(item) else None

    def _marked_private(self) -> int:
        """How many items say that they are private and yet lie with the others."""
        found = 0
        for name in files.folders(self.layout.items):
            with suppress(CitekitError):
                item = self._kept_back(self.layout.items / name / "item.json")
                found += item is not None and item.facts.access == "private"
        return found

    def _misplaced(self, item: Item, name: str) -> InvalidData:
        return InvalidData(
            f'"id" is {item.key!r}, but the folder says {key_of(name) or name!r}',
            place=Place(path=str(self.layout.folder_of(name) / "item.json")),
        )

    def _unknown(self, key: str) -> NotFound:
        hint = did_you_mean(key, self.keys()) or "citekit list shows the keys"
        return NotFound(
            f"no item with the key {key!r}", place=Place(path=str(self.root)), hint=hint
        )


def _captures_in(folder: Path) -> set[bytes]:
    """The capture records of an item's folder, to the byte."""
    captures = folder / "captures"
    return {files.read_bytes(captures / name) for name in files.names(captures)}


def _ids_in(folder: Path) -> set[bytes]:
    """The ids in the annotations of a folder, those of what annotations refer to among them."""
    with suppress(NotFound):
        text = files.read_bytes(folder / "annotations.jsonl")
        return set(re.findall(rb'"id"\s*:\s*"([^"]*)"', text))
    return set()


def _is_kept_back(item: Item) -> bool:
    """Whether an item is in nothing that is made for others."""
    return item.facts.access == "private" or item.facts.withdrawn is not None
