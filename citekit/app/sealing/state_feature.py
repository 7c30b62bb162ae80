"""Naming in ``archive.toml`` that the log has states: an older citekit would seal without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.errors import NotFound
from citekit.integrity.digest import digest_bytes
from citekit.integrity.leaf import parse_leaf
from citekit.store import files
from citekit.store.log.folder import LogFolder
from citekit.store.settings import STATE_LEAVES, with_feature
from citekit.store.writing.event_recorder import agent_of, encode_event, make_event

if TYPE_CHECKING:
    from datetime import datetime

    from citekit.app.sealing.plan import Plan
    from citekit.store.archive import ArchiveStore


def name_feature(store: ArchiveStore, plan: Plan, at: datetime) -> list[bytes]:
    """Have ``archive.toml`` name it, and give the event that says so; as a rule it does already.

    What somebody else has changed in the file is *found*. Raises InvalidData where the file cannot
    be changed.
    """
    path = store.layout.check_inside(store.layout.settings_file)
    try:
        text = files.read_text(path)
    except NotFound:  # the look at the files tells
        return []
    changed = with_feature(text, STATE_LEAVES, str(path))
    if changed == text:
        return []
    known = plan.history.get(path.name)
    was_known = known is not None and known.digest == digest_bytes(text.encode())
    event = make_event(
        "settings",
        store.layout.name(path),
        agent=agent_of(store.settings),
        at=at,
        source="done" if was_known else "found",
        digest=digest_bytes(changed.encode()),
    )
    entry = encode_event(event)
    LogFolder(store.layout).write(path, changed.encode())
    plan.history.take(parse_leaf(entry))
    plan.entries.append(entry)
    return [entry]
