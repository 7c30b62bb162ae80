"""Lists and searches, answered by the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.app.looking.rows import Rows
from citekit.store.index.sqlite import Index

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.model.item import Access
    from citekit.store.index.sqlite import Hit, Row
    from citekit.store.reading import ArchiveReader

    Tell = Callable[[str], None]

_LISTED: Final = ("key", "issued", "access", "title")
_FOUND: Final = ("key", "title", "field", "snippet")


def list_items(
    store: ArchiveReader,
    *,
    type: str | None = None,  # noqa: A002  # the word users know
    access: Access | None = None,
    unreadable: Tell | None = None,
) -> Rows[Row]:
    """Every item, by key; only those of a CSL type or an access when one is named.

    ``unreadable`` hears why an item is left out, once for each.
    """
    with Index.open(store) as index:
        rows = index.rows()
        _tell_problems(index.problems(), unreadable)
    wanted = (r for r in rows if type in (None, r.type) and access in (None, r.access))
    return Rows(wanted, _LISTED)


def search(
    store: ArchiveReader, query: str, *, limit: int = 20, unreadable: Tell | None = None
) -> Rows[Hit]:
    """The items that hold every word of the query, best first; ``unreadable`` as above."""
    with Index.open(store) as index:
        hits = index.search(query, limit=limit)
        _tell_problems(index.problems(), unreadable)
    return Rows(hits, _FOUND)


def _tell_problems(problems: list[tuple[str, str]], tell: Tell | None) -> None:
    if tell:
        for _, reason in problems:
            tell(f"left out: {reason}")
