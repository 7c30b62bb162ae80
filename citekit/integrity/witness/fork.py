"""Forks: two checkpoints that cannot be of one log, because a log only grows.

Of one size there is one root. Whoever is shown two has been shown two logs under one name, and
both checkpoints together, if their signatures are right, prove it to others.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.integrity.checkpoint import Checkpoint


def fork_told(known: Checkpoint, where: str, ours: Checkpoint, root_then: bytes) -> str:
    """That a known checkpoint (found in ``where``) and this log are two logs.

    ``root_then`` is the root that this log, whose checkpoint is ``ours``, has at the known size.
    """
    told = f"fork: {where} has {known.size} entries with root {_base64(known.root)}, this log "
    if known.size == ours.size:
        return f"{told}{ours.size} entries with root {_base64(root_then)}"
    return (
        f"{told}{ours.size} entries with root {_base64(ours.root)}, and at {known.size} entries "
        f"had root {_base64(root_then)}"
    )


def forks_among(checkpoints: Iterable[tuple[str, Checkpoint]]) -> Iterator[str]:
    """What to say of each checkpoint that has another root than an earlier one of its size."""
    first: dict[tuple[str, int], tuple[str, Checkpoint]] = {}
    for path, checkpoint in checkpoints:
        where, known = first.setdefault((checkpoint.origin, checkpoint.size), (path, checkpoint))
        if known.root != checkpoint.root:
            yield (
                f"fork: {known.origin!r} with {known.size} entries has root {_base64(known.root)} "
                f"in {where}, and root {_base64(checkpoint.root)} in {path}"
            )


def _base64(root: bytes) -> str:
    return b64encode(root).decode()
