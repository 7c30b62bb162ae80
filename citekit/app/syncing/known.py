"""Which item of an archive a paper means by a key."""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from citekit.app.annotating.passage_names import split_name
from citekit.app.intake.import_keys import items_with
from citekit.app.intake.recognising.known_works import KnownWorks
from citekit.errors import CitekitError
from citekit.formats import read
from citekit.model.citekey import is_citekey
from citekit.model.item import Item
from citekit.model.records.json_text import dump_json
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.store.reading import ArchiveReader

Standing = Literal["open", "private", "withdrawn"]


class Known(Value):
    """An item: its key now, by which name the paper cites it, and whether others may see it."""

    key: str
    name: str
    standing: Standing


class ArchiveKeys:
    """The names of an archive's items: keys, old keys, ids that they have elsewhere."""

    def __init__(self, store: ArchiveReader) -> None:
        self._store = store
        self._open = store.for_others()
        self._works = KnownWorks(store)

    def find(self, name: str, data: Mapping[str, Any]) -> Known | None:
        """The item with this name, else the one that is what ``data`` says; None for none.

        Of ``KEY#p3`` it is the item whose passage that is.
        """
        key = self._named(name)
        if key is None and "#" in name:
            name, _ = split_name(name, lambda part: self._named(part) is not None)
            key = self._named(name)
        if key is None and data:
            key = name = self._described(data) or ""
        return Known(key=key, name=name, standing=self._standing(key)) if key else None

    def names(self) -> tuple[str, ...]:
        """The keys that others may see, sorted."""
        return self._open.keys()

    def item(self, key: str) -> Item:
        """An item that others may see; raises NotFound, InvalidData."""
        return self._open.item(key)

    def _named(self, name: str) -> str | None:
        if is_citekey(name) and self._store.has(name):
            return name
        if name in self._old_names:
            return self._old_names[name]
        is_typed = is_citekey(name) and "://" not in name and not name.isdigit()
        return None if is_typed else self._foreign_ids.get(name)

    @cached_property
    def _old_names(self) -> dict[str, str]:
        """Old keys: all items are looked at when a key is not one of now."""
        return {name: key for key, names in self._store.aliases() for name in names}

    @cached_property
    def _foreign_ids(self) -> dict[str, str]:
        """Names that other programs have for items, which are no keys."""
        found = items_with(self._store, b'"foreign_ids"')
        return {name: item.key for item in found for name in item.facts.foreign_ids}

    def _described(self, data: Mapping[str, Any]) -> str | None:
        """The item that is, without a doubt, the work that a document describes."""
        beside = data.get("citation-key")
        if isinstance(beside, str) and (key := self._named(beside)):
            return key
        entry = as_entry(data)
        match = self._works.find(Item.from_json({**entry, "id": "entry"})) if entry else None
        return match.item.key if match and match.is_sure else None

    def _standing(self, key: str) -> Standing:
        if self._open.has(key):
            return "open"
        with suppress(CitekitError):
            if self._store.item(key).facts.withdrawn:
                return "withdrawn"
        return "private"


def as_entry(data: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a document says of a work, as an entry that citekit can have; None for nonsense."""
    said = {name: value for name, value in data.items() if name != "custom"}
    with suppress(CitekitError):
        for item in read(dump_json([said]), "csl-json").items:
            return item
    return None
