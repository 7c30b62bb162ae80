"""Lists and searches, answered by the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from citekit.store.archive import ArchiveStore
    from citekit.store.index import Hit, Row


def list_items(
    store: ArchiveStore, *, type_: str | None = None, access: str | None = None
) -> list[Row]:
    """Every item, by key; only those of a CSL type or an access when one is named."""
    from citekit.store.index import Index

    return [
        row
        for row in Index.open(store).rows()
        if type_ in (None, row.type) and access in (None, row.access)
    ]


def search(store: ArchiveStore, query: str, *, limit: int = 20) -> list[Hit]:
    """The items that hold every word of the query, best first."""
    from citekit.store.index import Index

    return Index.open(store).search(query, limit=limit)
