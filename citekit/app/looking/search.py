"""Searches, answered by the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.app.looking.listing import tell_problems
from citekit.app.looking.rows import Rows
from citekit.store.index.sqlite import Index

if TYPE_CHECKING:
    from citekit.app.looking.listing import Tell
    from citekit.store.index.sqlite import Hit
    from citekit.store.reading import ArchiveReader

_FOUND: Final = ("key", "title", "field", "snippet")


def search(
    store: ArchiveReader, query: str, *, limit: int = 20, unreadable: Tell | None = None
) -> Rows[Hit]:
    """The items that hold every word of the query, best first.

    ``unreadable`` hears why an item is left out, once for each.
    """
    with Index.open(store) as index:
        hits = index.search(query, limit=limit)
        tell_problems(index.problems(), unreadable)
    return Rows(hits, _FOUND)
