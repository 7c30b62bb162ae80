"""The log on a real disk: ``python tests/bench/log_speed.py [ENTRIES]`` (default 10**6).

Grows a log to that many entries with every flush that a seal makes, appends one, proves one. Then
``citekit seal``, for as many events that wait in ``pending.jsonl``, and for one more: all but its
look at the archive's files, of which there are none. Prints one figure a line.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.proving.proof_file import EarlierCheckpoint, EarlierEntry
from citekit.app.sealing.seal import Keys, seal_locked
from citekit.integrity.checkpoint import Checkpoint, write_checkpoint
from citekit.integrity.earlier import edge_of
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.proof import LogProof, write_proof
from citekit.model.records.codec import to_json
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.store.staging import Journal, begin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def main(count: int) -> None:
    """Grow, append, prove, print."""
    with tempfile.TemporaryDirectory() as folder:
        store = ArchiveStore.create(Path(folder) / "archive")
        log = LogFolder(store.layout)
        tell("grow_s", timed(lambda: grow(store, log, entries(0, count))))
        tell("grow_cpu_s", time.process_time())
        tell("peak_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        tell("append_one_s", timed(lambda: grow(store, log, entries(count, count + 1))))
        started = time.perf_counter()
        hashes = log.prove(count // 3, count + 1)
        tell("prove_s", time.perf_counter() - started)
        data = store.layout.checkpoint_file.read_bytes()
        proof = write_proof(LogProof(index=count // 3, hashes=hashes, checkpoint=data))
        tell("proof_bytes", len(proof))
        tell("proof_with_age_bytes", len(proof) + age_bytes(log, count // 3))
    with tempfile.TemporaryDirectory() as folder:
        seal_waiting(ArchiveStore.create(Path(folder) / "archive"), count)


def age_bytes(log: LogFolder, index: int) -> int:
    """What it costs to show that an entry was in the log at an earlier checkpoint already.

    The timestamp itself is about 2 KB more, once for all entries.
    """
    edge = edge_of(index, index + 5, log.prove(index, index + 5))
    entry = EarlierEntry(index=index, edge=b64encode(edge or b"").decode())
    checkpoint = write_checkpoint(
        Checkpoint(origin="bench", size=index + 5, root=log.root_at(index + 5))
    )
    earlier = EarlierCheckpoint(checkpoint=checkpoint.decode(), entries=(entry,), timestamps=())
    return len(json.dumps(to_json(earlier)))


def seal_waiting(store: ArchiveStore, count: int) -> None:
    """Seal events that wait, then one more."""
    LogFolder(store.layout).await_only((), size=0)
    with store.layout.pending_file.open("ab") as file:
        for entry in entries(0, count):
            file.write(entry + b"\n")
    cpu = time.process_time()
    tell("seal_waiting_s", timed(lambda: seal(store)))
    tell("seal_waiting_cpu_s", time.process_time() - cpu)
    tell("seal_waiting_peak_mb", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    LogFolder(store.layout).append(entries(count, count + 1))
    tell("seal_one_more_s", timed(lambda: seal(store)))


def seal(store: ArchiveStore) -> None:
    """As ``seal = "auto"`` does after a change."""
    seal_locked(store, Keys(), at=datetime.now(UTC), looks=False)


def grow(store: ArchiveStore, log: LogFolder, new: Iterable[bytes]) -> None:
    """What a seal writes, without the look at the archive's files."""
    standing = log.standing()
    tree = log.grow(standing, new, staging=begin(store.layout, Journal()))
    log.commit(write_checkpoint(Checkpoint(origin="bench", size=tree.size, root=tree.root())))
    log.await_only((), size=tree.size)
    log.tidy(tree.size, before=standing.size if standing else 0)


def entries(first: int, last: int) -> Iterator[bytes]:
    """Events of about 350 bytes."""
    for number in range(first, last):
        digest = f"sha256:{number:064x}"
        yield encode_leaf(
            {
                "action": "item",
                "agent": {"kind": "software", "name": "citekit"},
                "at": "2026-11-22T12:00:00Z",
                "digest": digest,
                "source": "done",
                "subject": f"items/item{number}/item.json",
                "tool": {"name": "citekit", "version": "bench"},
                "v": 1,
            }
        )


def timed(action: Callable[[], None]) -> float:
    """Seconds on the clock."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def tell(name: str, value: float) -> None:
    """Print one figure."""
    sys.stdout.write(f"{name}: {value:.4g}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10**6)
