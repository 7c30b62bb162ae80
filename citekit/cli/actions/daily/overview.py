"""``citekit duplicates`` and ``log``: the archive as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.looking.duplicates import find_duplicates
from citekit.app.looking.log import list_events
from citekit.cli import output

if TYPE_CHECKING:
    from citekit.cli.context import Context


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


def log(context: Context, *, limit: int | None) -> int:
    """Print the last entries of the log and the events that wait, oldest first."""
    events = list_events(context.reader(), limit=20 if limit is None else limit)
    if context.json:
        output.answer_json([event.to_json() for event in events])
        return 0
    for event in events:
        number = "waits" if event.index is None else str(event.index)
        output.answer(f"{number:>7}  {event.told}")
    return 0
