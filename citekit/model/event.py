"""Something done to the archive: who, what, when, and the digest of what it left.

An occurrence in the world is not an event but an entity (see entity.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Action = Literal[
    "capture",
    "item",
    "annotation",
    "entity",
    "claim",
    "note",
    "access",
    "rename",
    "remove",
    "purge",
    "key",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """The person or program behind an event."""

    name: str
    kind: Literal["person", "software", "organization"] = "person"
    version: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event. ``subject`` is a path inside the archive, ``digest`` of its bytes afterwards."""

    action: Action
    subject: str
    at: datetime
    agent: Agent
    digest: str | None = None
    reason: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
