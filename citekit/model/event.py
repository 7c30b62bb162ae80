"""Something done to the archive: who, what, when, and the digest of what it left.

An event is one entry of the transparency log (docs/reference/log.md). An occurrence in the world
is not an event but an entity (see entity.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, get_args

from citekit.model.capture import Tool
from citekit.model.item import Access
from citekit.model.value import NOTHING, Value

Action = Literal[
    "settings",
    "item",
    "capture",
    "note",
    "annotation",
    "entity",
    "claim",
    "access",
    "rename",
    "remove",
    "purge",
    "withdraw",
    "readmit",
    "erase",
    "key",
    "checkpoint",
    "timestamp",
]
ACTIONS: frozenset[str] = frozenset(get_args(Action))
VERSION = 2
"""Of the schema of entries; a reader that meets a higher one says so."""
SINCE: Final = {"withdraw": 2, "readmit": 2, "erase": 2}
"""Actions that the first schema did not know, and the one that an entry with them names."""
MAX_REASON = 500


class Agent(Value):
    """The person or program behind an event."""

    ALWAYS: ClassVar = frozenset(["kind"])
    name: str
    kind: Literal["person", "software", "organization"] = "person"
    version: str | None = None
    extra: Mapping[str, Any] = NOTHING


class LoggedPayload(Value):
    """What an event says of a payload: its role, digest and size; never a word of it."""

    role: str
    digest: str
    size_bytes: int
    extra: Mapping[str, Any] = NOTHING


class Event(Value):
    """One event. ``subject`` is a path inside the archive, ``digest`` of its bytes afterwards.

    ``source`` is *done* when citekit did it and noted who and when; *found* when a seal met the
    change, so that ``at`` is when it was found and ``agent`` who sealed. ``payloads`` belong to
    captures, purges and erasures, ``access`` to items, ``to`` to a renaming (both are folders),
    ``vkey``, ``replaces`` (a key id) and ``revoked_from`` (since when that one is revoked) to keys.
    """

    ALWAYS: ClassVar = frozenset(["source", "v"])
    action: Action
    subject: str
    at: datetime
    agent: Agent
    tool: Tool
    source: Literal["done", "found"] = "done"
    digest: str | None = None
    payloads: tuple[LoggedPayload, ...] = ()
    access: Access | None = None
    to: str | None = None
    vkey: str | None = None
    replaces: str | None = None
    revoked_from: datetime | None = None
    reason: str | None = None
    v: int = 1
    extra: Mapping[str, Any] = NOTHING

    def _check(self) -> None:
        """Keep what cannot be forgotten short."""
        if self.reason is not None and len(self.reason) > MAX_REASON:
            raise ValueError(f"a reason has at most {MAX_REASON} characters")
