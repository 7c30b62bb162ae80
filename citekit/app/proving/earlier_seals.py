"""Since when the entries of a proof exist: the earliest timestamps that cover them.

Whom the reader of a proof trusts is not known when it is made. So for each entry the earliest
timestamp of *each* authority is told, unless the checkpoint that stands has one that is as early.
"""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from citekit.app.proving.proof_file import (
    EarlierCheckpoint,
    EarlierEntry,
    ProofTimestamp,
    write_response,
)
from citekit.integrity.digest import digest_bytes
from citekit.integrity.earlier import edge_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from citekit.app.sealing.kept_checkpoints import KnownSeal
    from citekit.store.log.folder import LogFolder


class _Stamped(NamedTuple):
    """One timestamp, in the order in which they are preferred."""

    at: datetime
    size: int
    response: bytes
    authority: str


def prove_earlier(
    log: LogFolder, seals: Sequence[KnownSeal], indexes: Iterable[int]
) -> Iterator[EarlierCheckpoint]:
    """The earlier checkpoints that show more than the last one of ``seals``; the oldest first.

    Raises MissingExtra for timestamps without rfc3161-client.
    """
    by_size = {seal.size: seal for seal in seals}
    stamps = sorted(
        _Stamped(timestamp.at, seal.size, response, timestamp.authority)
        for seal in seals
        for response, timestamp in seal.timestamps()
    )
    entries: dict[int, list[int]] = defaultdict(list)
    responses: dict[int, dict[bytes, None]] = defaultdict(dict)
    for index in indexes:
        first: dict[str, _Stamped] = {}
        for stamp in stamps:
            if index < stamp.size:
                first.setdefault(stamp.authority, stamp)
        for size in sorted({stamp.size for stamp in first.values()} - {seals[-1].size}):
            entries[size].append(index)
            chosen = (stamp.response for stamp in first.values() if stamp.size == size)
            responses[size].update(dict.fromkeys(chosen))
    for size in sorted(entries):
        yield EarlierCheckpoint(
            checkpoint=by_size[size].standing.data.decode(),
            entries=tuple(_entry(log, index, size) for index in entries[size]),
            timestamps=tuple(map(_write, responses[size])),
        )


def _entry(log: LogFolder, index: int, size: int) -> EarlierEntry:
    edge = edge_of(index, size, log.prove(index, size))
    return EarlierEntry(index=index, edge=None if edge is None else b64encode(edge).decode())


def _write(response: bytes) -> ProofTimestamp:
    return write_response(response, digest_bytes(response))
