"""What citekit has noted of an archive so far: what is sealed, and own events that wait."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.app.sealing.plan import read_waiting, take_waiting
from citekit.errors import InvalidData
from citekit.integrity.leaf import parse_leaf
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.store.items import ItemReader
    from citekit.store.log.log_state import History


def noted_history(store: ItemReader) -> History:
    """The state after every event that is sealed or this computer's own.

    Raises IntegrityFailed or InvalidData for a damaged log.
    """
    log = LogFolder(store.layout)
    return take_waiting(*read_waiting(store, log, log.standing())).history


def noted_entries(store: ItemReader) -> Iterator[tuple[int | None, bytes]]:
    """Every entry with its number in the log, None for one that waits; nothing is verified."""
    log = LogFolder(store.layout)
    standing = log.standing()
    size = standing.size if standing else 0
    yield from enumerate(log.entries(size))
    yield from ((None, entry) for entry in log.waiting(size))


def sealed_keys(log: LogFolder, size: int) -> dict[str, str]:
    """Name and key id -> the whole public key, of each key that an entry says has signed."""
    keys: dict[str, str] = {}
    for entry in log.entries(size):
        if b'"action":"key"' in entry:  # parsing every entry is what costs
            with suppress(InvalidData):
                vkey = str(parse_leaf(entry).get("vkey"))
                name, _, rest = vkey.partition("+")
                keys[f"{name}+{rest.partition('+')[0]}"] = vkey
    return keys
