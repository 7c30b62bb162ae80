"""``citekit log``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.looking.log import list_events
from citekit.cli import output

if TYPE_CHECKING:
    from citekit.cli.context import Context


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
