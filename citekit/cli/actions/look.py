"""``citekit list``, ``duplicates``, ``search`` and ``log``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from citekit.app.looking.duplicates import find_duplicates
from citekit.app.looking.search import list_items
from citekit.app.looking.search import search as search_items
from citekit.cli import output
from citekit.errors import UsageError
from citekit.model.title_markup import without_markup
from citekit.model.value import as_dict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.cli.context import Context
    from citekit.model.item import Access
    from citekit.store.index.sqlite import Row

_BREAKS: Final = dict.fromkeys(range(9, 14), " ")  # not the spaces that other scripts need

_ABSENT = {"": "", "purged": ", purged: removed for good", "absent": ", not on this machine"}


def list_(context: Context, *, query: list[str], type_: str | None, access: Access | None) -> int:
    """Print a line for each item that is asked for: key, date, access, title."""
    found = list_items(
        context.reader(), type=type_, access=access, unreadable=partial(_warn, context)
    )
    words = " ".join(query).casefold().split()
    rows = [row for row in found if _holds(row, words)]
    if context.json:
        output.answer_json([row._asdict() for row in rows])
        return 0
    _table([(row.key, row.issued or "", row.access, _one_line(row.title)) for row in rows])
    if not rows:
        output.note("no items", quiet=context.quiet)
    return 0


def log(context: Context, *, limit: int | None) -> int:
    """Print the last entries of the log and the events that wait, oldest first."""
    from citekit.app.looking.log import list_events  # reads and hashes, which no list does

    events = list_events(context.reader(), limit=20 if limit is None else limit)
    if context.json:
        output.answer_json([event.to_json() for event in events])
        return 0
    for event in events:
        number = "waits" if event.index is None else str(event.index)
        output.answer(f"{number:>7}  {event.told}")
    return 0


def _holds(row: Row, words: list[str]) -> bool:
    """Whether every word stands in the key, the title or a name."""
    text = " ".join((row.key, row.title, *row.names)).casefold()
    return all(word in text for word in words)


def duplicates(context: Context) -> int:
    """Print the keys of items that may be one work, and what they share."""
    found = find_duplicates(context.reader())
    if context.json:
        output.answer_json([{"keys": one.keys, "shared": one.shared} for one in found])
        return 0
    for one in found:
        output.answer(f"{' '.join(one.keys)}  {', '.join(one.shared)}")
    if not found:
        output.note("no duplicates", quiet=context.quiet)
    return 0


def search(context: Context, *, query: list[str], limit: int | None) -> int:
    """Print the items that match, best first."""
    words = " ".join(query)
    if not words.strip():
        raise UsageError("nothing to search for", hint="citekit list shows every item")
    hits = search_items(
        context.reader(), words, limit=limit or 20, unreadable=partial(_warn, context)
    )
    if context.json:
        output.answer_json([as_dict(hit) for hit in hits])
        return 0
    for hit in hits:
        output.answer(f"{hit.key}  {_one_line(hit.title)}")
        if hit.snippet and hit.field != "title":  # which stands there already
            output.answer(f"    {hit.field}: {' '.join(hit.snippet.split())}")
    if not hits:
        output.note("nothing found", quiet=context.quiet)
    return 0


def _one_line(title: str) -> str:
    """A title for a list: without mark-up, on one line."""
    if "<" in title:
        title = without_markup(title)
    return " ".join(word for word in title.translate(_BREAKS).split(" ") if word)


def _warn(context: Context, message: str) -> None:
    output.note(f"warning: {message}", quiet=context.quiet)


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    # A very long cell goes beyond its column, and does not make all rows as long.
    widths = [max((len(row[i]) for row in rows if len(row[i]) <= 48), default=0) for i in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        output.answer("  ".join([*cells, row[3]]).rstrip())
