"""Changing an item: its fields, its access, its key; and removing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.app.changing.access import set_access
from citekit.app.changing.fields import with_fields
from citekit.app.citing.archived_item import archived
from citekit.app.sealing.plan import is_sealed
from citekit.errors import NotFound, Place, StoreConflict, UsageError
from citekit.model.citekey import check_citekey
from citekit.model.value import replace
from citekit.store.clock import now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.model.item import Access, Item
    from citekit.store.archive import ArchiveStore


def set_fields(
    store: ArchiveStore,
    key: str,
    fields: Mapping[str, Any] | None = None,
    *,
    access: Access | None = None,
) -> Item:
    """Change CSL variables (None removes one) or the access; what was read stays as evidence.

    Raises NotFound, InvalidData, or UsageError when nothing would change.
    """
    if not fields and access is None:
        raise UsageError("nothing to set", hint="give FIELD=VALUE, or --access")
    if access is not None:
        return set_access(store, key, access, fields).item
    with store.writing(options={"fields": sorted(fields or ())}) as writer:
        item = with_fields(store.item(store.resolve(key)), fields or {})
        writer.replace_item(item)
    return archived(store, item)


def edit_fields(store: ArchiveStore, old: Item, fields: Mapping[str, Any]) -> Item:
    """Change CSL variables of an item that was read some time ago; None removes one.

    Raises StoreConflict where somebody has changed one of them since, NotFound or InvalidData.
    """
    with store.writing(options={"fields": sorted(fields)}) as writer:
        now = store.item(store.resolve(old.key))
        others = [name for name in fields if now.data.get(name) != old.data.get(name)]
        if others:
            place = Place(path=str(store.layout.item_file(now.key)))
            message = f"has been changed meanwhile: {', '.join(others)}"
            raise StoreConflict(message, place=place, hint="look at what it says now")
        item = with_fields(now, fields)
        if item != now:
            writer.replace_item(item)
    return archived(store, item)


def rename(store: ArchiveStore, key: str, new_key: str) -> Item:
    """Give an item another key; the old one stays as an alias.

    An alias of the item itself may become its key again. Raises StoreConflict when the new key is
    another item's.
    """
    with store.writing() as writer:
        old_key = store.resolve(key)
        renamed = plan_rename(store, key, new_key)
        writer.rename_item(old_key, renamed)
    return archived(store, renamed)


def plan_rename(store: ArchiveStore, key: str, new_key: str) -> Item:
    """The item as ``rename`` would have it; nothing is changed. Raises as that does."""
    check_citekey(new_key)
    old_key = store.resolve(key)
    item = store.item(old_key)
    if new_key == old_key:
        raise UsageError(f"{old_key} has that key already")
    try:
        owner = store.resolve(new_key)
    except NotFound:
        owner = old_key
    if owner != old_key:
        raise StoreConflict(f"the key {new_key} is taken by {owner}", hint="choose another")
    aliases = [alias for alias in item.facts.aliases if alias != new_key]
    facts = replace(item.facts, aliases=(*aliases, old_key))
    return item.with_variables({"id": new_key}).with_facts(facts)


def remove(store: ArchiveStore, key: str) -> Item:
    """Remove an item, its annotations and the payloads that only it has.

    One that is sealed is withdrawn instead: its files stay, and nothing that is made for others has
    it; ``facts.withdrawn`` of the item that comes back says since when. Raises StoreConflict while
    claims rest on it.
    """
    with store.writing() as writer:
        key = store.resolve(key)
        item = store.item(key)
        refuse_sources(store, key)
        if not is_sealed(store, key):
            writer.remove_item(key)
        elif item.facts.withdrawn is None:
            item = item.with_facts(replace(item.facts, withdrawn=now()))
            writer.withdraw(item)
    return archived(store, item)


def readmit(store: ArchiveStore, key: str) -> Item:
    """Take back that an item was withdrawn; raises UsageError for one that is not."""
    with store.writing() as writer:
        item = store.item(store.resolve(key))
        if item.facts.withdrawn is None:
            raise UsageError(f"{item.key} is not withdrawn", hint="citekit list shows what is")
        item = item.with_facts(replace(item.facts, withdrawn=None))
        writer.withdraw(item)
    return archived(store, item)


def refuse_sources(store: ArchiveStore, key: str) -> None:
    """Raise StoreConflict for an item that claims rest on."""
    names = {key, *store.item(key).facts.aliases}  # a claim keeps the name that its source had
    claims = [c.id for c in store.claims() if any(part.item in names for part in c.evidence)]
    if claims:
        number = "a claim" if len(claims) == 1 else f"{len(claims)} claims"
        raise StoreConflict(
            f"{key} is a source of {number} ({', '.join(claims[:3])})",
            hint="remove those claims first: citekit claim rm ID",
        )
