"""``citekit log``: the last entries of the log, and the events that wait for a seal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from citekit.errors import InvalidData
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.state.state_leaf import ACTION as STATE
from citekit.model.value import Value
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from citekit.store.reading import ArchiveReader


class LoggedEvent(Value):
    """One entry as the log has it; ``index`` is None while it waits. ``event`` may be anything.

    A state leaf is no change: it says what the archive was when it was sealed, and by whom.
    """

    index: int | None
    event: Mapping[str, Any]

    @property
    def told(self) -> str:
        """One line for people."""
        agent = self.event.get("agent")
        name = agent.get("name") if isinstance(agent, dict) else None
        said = [self.event.get(field) for field in ("at", "action", "subject")]
        if said[1] == STATE:
            what = f"of the whole archive, after {self.event.get('size')} entries"
            return f"{said[0]}  {STATE:10}  {what}, sealed by {name}"
        revoked = self.event.get("revoked_from")
        if revoked is not None:
            key = self.event.get("replaces")
            return f"{said[0]}  {said[1]!s:10}  {key} is revoked from {revoked}  by {name}"
        found = " (found)" if self.event.get("source") == "found" else ""
        return f"{said[0]}  {said[1]!s:10}  {said[2]}  by {name}{found}"

    def to_json(self) -> dict[str, Any]:
        """The event with its index."""
        return {"index": self.index, **self.event}


def list_events(store: ArchiveReader, *, limit: int = 20) -> list[LoggedEvent]:
    """The last events, oldest first, at most ``limit``; those that wait come last."""
    log = LogFolder(store.layout)
    standing = log.standing()
    size = standing.size if standing else 0
    waiting = [_read(None, entry) for entry in log.waiting(size)]
    first = max(0, size - max(0, limit - len(waiting)))
    sealed = [_read(first + i, entry) for i, entry in enumerate(log.entries_from(first, size))]
    return (sealed + waiting)[-limit:] if limit > 0 else []


def _read(index: int | None, entry: bytes) -> LoggedEvent:
    try:
        return LoggedEvent(index=index, event=parse_leaf(entry))
    except InvalidData as error:
        return LoggedEvent(index=index, event={"action": "unreadable", "subject": error.message})
