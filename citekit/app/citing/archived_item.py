"""Items as an archive hands them out: a notebook shows the reference, in the archive's style."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.errors import CitekitError
from citekit.model.item import Item
from citekit.model.value import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from citekit.store.items import ItemReader


class ArchivedItem(Item):
    """An item, with the style, language and short forms in which its archive writes references.

    It is equal to any item with the same data: how it is shown is no part of the record.
    """

    style: str | None = None
    locale: str = "en-US"
    folder: Path | None = None
    abbreviations: Mapping[str, Any] = NOTHING

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Item):
            return NotImplemented
        return self.data == other.data and self.facts == other.facts

    __hash__ = Item.__hash__

    def __repr__(self) -> str:
        return f"<Item {self.key}: {self.title}>" if self.title else f"<Item {self.key}>"

    def _repr_html_(self) -> str | None:
        """The reference, with all that is archived escaped; None where it cannot be made."""
        from citekit.app.citing.styled import format_item  # the processor, which few need

        try:
            return format_item(
                self,
                style=self.style,
                locale=self.locale,
                folder=self.folder,
                abbreviations=self.abbreviations,
            )
        except CitekitError:  # a notebook shows the item as text then
            return None


def archived(store: ItemReader, item: Item) -> ArchivedItem:
    """The item as this archive shows it."""
    settings = store.settings
    return ArchivedItem(
        data=item.data,
        facts=item.facts,
        style=settings.style,
        locale=settings.locale,
        folder=store.root,
        abbreviations=settings.abbreviations,
    )


def find_item(store: ItemReader, key: str) -> ArchivedItem:
    """The item with that key or alias; raises NotFound."""
    return archived(store, store.item(store.resolve(key)))
