"""The log on a real disk: ``python tests/bench/log_speed.py [ENTRIES [PATHS]]``.

The defaults are 10**6 and 10**5.

Grows a log to that many entries with every flush that a seal makes, appends one, proves one. Then
``citekit seal``, for as many events that wait in ``pending.jsonl``, and for one more: all but its
look at the archive's files, of which there are none.

Then the state of the whole archive: what of a proof is about the state, among as many items as
there are entries; and in an archive of so many paths the CPU seconds of a seal after one change, of
the look for changes made by hand, and of making the tree anew. Prints one figure a line.
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

from citekit.app.proving.proof_file import EarlierCheckpoint, EarlierEntry, write_state
from citekit.app.sealing.plan import disk_digests, replay
from citekit.app.sealing.seal import Keys, seal_locked, seal_recorded
from citekit.integrity.checkpoint import Checkpoint, write_checkpoint
from citekit.integrity.digest import digest_bytes
from citekit.integrity.earlier import edge_of
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.merkle import leaf_hash
from citekit.integrity.proof import LogProof, write_proof
from citekit.integrity.state.group_state import FileState, GroupState, write_group
from citekit.integrity.state.state_leaf import StateLeaf, write_state_leaf
from citekit.integrity.state.state_tree import StateTree, state_key, state_value
from citekit.model.records.codec import to_json
from citekit.model.records.json_text import dump_json
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.store.log.whole_state import WholeState
from citekit.store.staging import Journal, begin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def main(count: int, paths: int) -> None:
    """Grow, append, prove, seal, print."""
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
    tell("state_proof_bytes", state_proof_bytes(count))
    with tempfile.TemporaryDirectory() as folder:
        seal_one_change(ArchiveStore.create(Path(folder) / "archive"), paths)


def state_proof_bytes(count: int) -> int:
    """What of a proof is about tree and state, without the text of the state leaf's checkpoint."""
    item = GroupState(
        files={
            "item.json": FileState(f"sha256:{count:064x}", count),
            "captures/20261122T141500Z.json": FileState(f"sha256:{count:064x}", count + 1),
        }
    )
    tree, text = StateTree(), write_group(item)
    keys = (state_key(f"items/item{number}") for number in range(count))
    tree.fill((key, state_value(text)) for key in keys)
    path = tree.prove(state_key(f"items/item{count // 3}"))
    assert path is not None
    leaf = StateLeaf(root=tree.root, private=bytes(32), size=count, about=ABOUT)
    hashes = tuple(bytes(32) for _ in range((count - 1).bit_length()))
    proof = LogProof(index=count, hashes=hashes, checkpoint=b"")
    part = write_state(write_state_leaf(leaf), proof, text, path)
    return len(dump_json(to_json(part)))


def seal_one_change(store: ArchiveStore, paths: int) -> None:
    """An archive of so many files, all sealed; then one more change."""
    log = LogFolder(store.layout)
    log.await_only((), size=0)
    with store.layout.pending_file.open("ab") as file:
        for number in range(paths // len(FILES)):
            file.writelines(entry + b"\n" for entry in write_item(store.root, number))
    tell("paths_seal_all_cpu_s", cpu(lambda: seal(store)))
    (store.root / "items" / "item7" / "note.md").write_text("Changed.\n", "utf-8")
    log.append([about_file(store.root, "note", "items/item7/note.md")])
    tell("paths_seal_one_cpu_s", cpu(lambda: seal(store)))
    standing = log.standing()
    tell("paths_look_cpu_s", cpu(lambda: disk_digests(store)))
    tell("paths_read_log_cpu_s", cpu(lambda: replay(log, standing)))
    state = WholeState(replay(log, standing))
    tell("paths_make_tree_cpu_s", cpu(state.tree))
    tell(
        "paths_seal_with_look_cpu_s", cpu(lambda: seal_locked(store, Keys(), at=datetime.now(UTC)))
    )


def write_item(root: Path, number: int) -> Iterator[bytes]:
    """The files of an item, and the events about them."""
    folder = f"items/item{number}"
    (root / folder / "captures").mkdir(parents=True)
    for action, name in FILES.items():
        text = json.dumps({"id": f"item{number}", "type": "article", "title": name * 40})
        (root / folder / name).write_text(text, "utf-8")
        yield about_file(root, action, f"{folder}/{name}")


def about_file(root: Path, action: str, subject: str) -> bytes:
    """An event of about 350 bytes."""
    digest = digest_bytes((root / subject).read_bytes())
    event = {"action": action, "digest": digest, "source": "done", "subject": subject, "v": 1}
    return encode_leaf({**event, **ABOUT})


ABOUT = {
    "agent": {"kind": "software", "name": "citekit"},
    "at": "2026-11-22T12:00:00Z",
    "tool": {"name": "citekit", "version": "bench"},
}
FILES = {
    "item": "item.json",
    "capture": "captures/20261122T120000Z.json",
    "note": "note.md",
    "annotation": "annotations.jsonl",
}


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
    """As ``seal = "auto"`` does after a change that this process has made."""
    store.noted.update(map(leaf_hash, LogFolder(store.layout).pending().entries))
    seal_recorded(store, Keys(), at=datetime.now(UTC))


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


def cpu(action: Callable[[], object]) -> float:
    """Seconds of CPU."""
    started = time.process_time()
    action()
    return time.process_time() - started


def tell(name: str, value: float) -> None:
    """Print one figure."""
    sys.stdout.write(f"{name}: {value:.4g}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(given[0] if given else 10**6, given[1] if given[1:] else 10**5)
