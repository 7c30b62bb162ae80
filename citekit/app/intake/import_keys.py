"""Which key an entry of a bibliography file comes in under, and whether it is here already.

A key that BibTeX takes is the item's key, whatever signs it has. What other programs call an entry
besides (addresses, texts with white space) is no key: the item gets the ``citation-key`` that
stands beside it or a made one, and keeps the other name as a foreign id, by which the next import
knows it again.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.new_citekey import make_citekey
from citekit.app.intake.recognising.known_works import (
    KnownWorks,
    Match,
    Sign,
    are_alike,
    folded_doi,
)
from citekit.app.intake.recognising.said import NAMES, checksums, said, text_of
from citekit.errors import CitekitError, InvalidData
from citekit.model.citekey import is_citekey
from citekit.model.item import Item
from citekit.model.value import replace
from citekit.store import files

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from citekit.model.item import ItemFacts
    from citekit.store.reading import ArchiveReader
    from citekit.store.writing.writer import Writer

_KEYED: Final = frozenset(["bibtex", "biblatex", "hayagriva"])
"""Formats in which people type the key of an entry: even an address is one there."""
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


class ImportKeys:
    """The keys of one import. To be asked under the lock."""

    def __init__(
        self, store: ArchiveReader, writer: Writer, format_: str, ids: Collection[str]
    ) -> None:
        """``ids`` are those of all entries: none of them becomes another key of one entry."""
        self._store = store
        self._writer = writer
        self._ids = ids
        self.refused: list[str] = []
        """Other keys of the entry made last that are taken, or are no keys."""
        self._is_keyed = format_ in _KEYED
        self._foreign: dict[str, str] | None = None
        self._works = KnownWorks(store, self.item)
        self._new_dois: dict[str, str] = {}
        self._came: dict[str, Item] = {}
        self._made: set[str] = set()
        self._bases: set[str] = set()
        """What keys were made of that are in ``_made``, with all that are like them."""
        self._by_text: dict[str, str] = {}

    def find(self, data: Mapping[str, Any]) -> Match | None:
        """The item of the archive that an entry is; None for a new one.

        Raises InvalidData where it has the key or id of an item that is another work.
        """
        foreign = self._foreign_id(data)
        key = self._of_foreign(foreign) if foreign else None
        by: Sign = "id" if key else "key"
        named = key or self._key_in(data)
        key = self._writer.owner(named) if named else None
        if key is None:
            return self._by_what_it_says(data, named)
        item, entry = self.item(key), _entry(data)
        if are_alike(item, entry) or (by == "id" and _ADDRESS.match(foreign or "")):
            return Match(item=item, by=by)
        raise InvalidData(
            f"the key {named} is taken by another item"
            if by == "key"
            else f"the item {key} has this id, and is another work",
            hint="rename the one that is there: citekit rename KEY NEW",
        )

    def _by_what_it_says(self, data: Mapping[str, Any], named: str | None) -> Match | None:
        like = None if named else self._like(data)
        return Match(item=like, by="text") if like else self._works.find(_entry(data))

    def with_names_of(self, item: Item, data: Mapping[str, Any]) -> Item:
        """The item, which an entry was recognised as, with the entry's key and id as well."""
        key, foreign = self._key_in(data), self._foreign_id(data)
        facts = item.facts
        if key and self._writer.is_free(key):
            facts = replace(facts, aliases=(*facts.aliases, key))
        if foreign and foreign not in facts.foreign_ids:
            facts = replace(facts, foreign_ids=(*facts.foreign_ids, foreign))
        return item if facts == item.facts else item.with_facts(facts)

    def make(self, data: Mapping[str, Any], facts: ItemFacts) -> Item:
        """The item that a new entry becomes, with its key, and ``facts`` unless it has its own."""
        key = self._key_in(data)
        if key is None:
            key = self._writer.unique_key(make_citekey(data))
            self._made.add(key)
        variables = {name: value for name, value in data.items() if name not in NAMES}
        item = Item.from_json({"id": key, **variables})
        own = item.data.get("custom", {}).get("citekit", {})
        foreign = self._foreign_id(data)
        foreign_ids = dict.fromkeys((*item.facts.foreign_ids, *([foreign] if foreign else [])))
        known = replace(
            item.facts,
            access=item.facts.access if "access" in own else facts.access,
            aliases=tuple(self._free(item.facts.aliases, key)),
            foreign_ids=tuple(foreign_ids),
            # what brings evidence says by it where its values are from, and none is written over
            imported={} if item.facts.evidence else checksums(said(item.data)),
        )
        return item.with_facts(known)

    def _free(self, aliases: Sequence[str], key: str) -> Iterator[str]:
        """Those that the item can have; an entry's own key goes before another's alias."""
        self.refused = []
        for alias in aliases:
            taken = alias in self._ids or not self._writer.is_free(alias)
            if taken or not is_citekey(alias):
                self.refused.append(alias)
            elif alias != key:
                yield alias

    def same_doi(self, item: Item) -> str | None:
        """The other item with this one's DOI, which names one work. To be asked before ``note``."""
        doi = folded_doi(item)
        if not doi:
            return None
        twins = (other.key for other in self._works.with_sign("doi", doi))
        return next(twins, self._new_dois.get(doi))

    def note(self, item: Item) -> None:
        """The item is to come in, or to be as it is here."""
        self._came[item.key] = item
        self._note_text(item)
        self._new_dois.setdefault(folded_doi(item), item.key)
        if self._foreign is not None:
            self._foreign.update(dict.fromkeys(item.facts.foreign_ids, item.key))

    def item(self, key: str) -> Item:
        """An item as it is to be: what was planned is not on the disk yet."""
        return self._came.get(key) or self._store.item(key)

    def _key_in(self, data: Mapping[str, Any]) -> str | None:
        """The key that the entry names itself by."""
        name, beside = str(data.get("id") or ""), data.get("citation-key")
        if self._is_key(name):
            return name
        return beside if isinstance(beside, str) and is_citekey(beside) else None

    def _foreign_id(self, data: Mapping[str, Any]) -> str | None:
        name = str(data.get("id") or "")
        return name if name and not self._is_key(name) else None

    def _is_key(self, name: str) -> bool:
        """An address is one only where people type keys, or where an item has it as its key."""
        if not is_citekey(name):
            return False
        return self._is_keyed or not _ADDRESS.match(name) or self._store.has(name)

    def _of_foreign(self, foreign: str) -> str | None:
        """The key of the item with this foreign id; all are read when the first is asked for."""
        if self._foreign is None:
            self._foreign = {
                name: item.key
                for item in items_with(self._store, b'"foreign_ids"')
                for name in item.facts.foreign_ids
            }
        return self._foreign.get(foreign)

    def _like(self, data: Mapping[str, Any]) -> Item | None:
        """The item that an entry without a key became before, if it still says the same."""
        base = make_citekey(data)
        if base not in self._bases:
            self._bases.add(base)
            for key in self._writer.keys_like(base):
                self._made.add(key)
                self._note_text(self.item(key))
        named = self._by_text.get(text_of(data))
        item = self.item(named) if named else None
        return item if item and said(item.data) == said(data) else None

    def _note_text(self, item: Item) -> None:
        """What an item says, if it has a key that is made: it may be recognised by that."""
        if item.key in self._made:
            self._by_text.setdefault(text_of(item.data), item.key)


def _entry(data: Mapping[str, Any]) -> Item:
    """The entry as an item, whatever its key will be."""
    return Item.from_json({**data, "id": "entry"})


def items_with(store: ArchiveReader, said: bytes) -> Iterator[Item]:
    """The items in whose record these bytes stand; those that cannot be read are left out."""
    for name, key in store.folders().items():
        with suppress(CitekitError):
            path = store.layout.check_inside(store.layout.items / name / "item.json")
            if said in files.read_bytes(path):
                yield store.item(key)
