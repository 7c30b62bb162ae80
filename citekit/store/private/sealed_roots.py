"""The private roots that the seals of a log have said, each in its state leaf."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from citekit.errors import CitekitError
from citekit.integrity.digest import parse_digest
from citekit.integrity.leaf import parse_leaf
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.store.layout import Layout

_STATE: Final = b'"action":"state"'


def private_root(entry: bytes) -> bytes | None:
    """The private root that an entry of the log says; None for one that is no state leaf."""
    with suppress(CitekitError, ValueError):
        value = parse_leaf(entry) if _STATE in entry else {}
        if value.get("action") == "state":
            return bytes.fromhex(parse_digest(str(value.get("private"))).hex)
    return None


def private_roots(layout: Layout) -> Iterator[tuple[int, bytes]]:
    """The private root of each seal of the log, with the number of its state leaf.

    Raises IntegrityFailed or InvalidData for a damaged log.
    """
    log = LogFolder(layout)
    standing = log.standing()
    for index, entry in enumerate(log.entries(standing.size) if standing else ()):
        root = private_root(entry)
        if root is not None:
            yield index, root
