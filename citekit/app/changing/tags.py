"""Tags of items: what stands between the commas of CSL's ``keyword``, where others look for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.changing.fields import with_fields
from citekit.app.citing.archived_item import archived
from citekit.errors import NotFound, UsageError
from citekit.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.writer import Writer

_OPTIONS: Final = {"fields": ["keyword"]}


def tag(store: ArchiveStore, key: str, tags: Iterable[str]) -> Item:
    """Add tags to an item; one that it has already, in whatever letter case, stays as it is.

    Raises NotFound for an unknown item, UsageError for what is no tag.
    """
    asked = tuple(map(_checked, tags))
    with store.writing(options=_OPTIONS) as writer:
        item = store.item(store.resolve(key))
        known = set(map(str.casefold, item.tags))
        new = {name.casefold(): name for name in reversed(asked) if name.casefold() not in known}
        return _write(store, writer, item, (*item.tags, *reversed(new.values())))


def untag(store: ArchiveStore, key: str, tags: Iterable[str]) -> Item:
    """Take tags from an item.

    Raises NotFound for an unknown item and for a tag that it has not, UsageError for what is none.
    """
    asked = tuple(map(_checked, tags))
    with store.writing(options=_OPTIONS) as writer:
        item = store.item(store.resolve(key))
        for name in asked:
            if name.casefold() not in map(str.casefold, item.tags):
                hint = did_you_mean(name, item.tags) or f"citekit tag {item.key} shows its tags"
                raise NotFound(f"{item.key} has no tag {name!r}", hint=hint)
        gone = set(map(str.casefold, asked))
        left = (name for name in item.tags if name.casefold() not in gone)
        return _write(store, writer, item, left)


def _checked(text: str) -> str:
    """A tag as it is kept; raises UsageError for one that would be none, or several."""
    name = " ".join(text.split())
    if not name or re.search("[,;]", name):
        raise UsageError(f"is no tag: {text!r}", hint="a tag has no comma and no semicolon")
    return name


def _write(store: ArchiveStore, writer: Writer, item: Item, tags: Iterable[str]) -> Item:
    """Have these tags in the item's record, unless it has them."""
    after = tuple(tags)
    if after != item.tags:
        item = with_fields(item, {"keyword": ", ".join(after) or None})
        writer.replace_item(item)
    return archived(store, item)
