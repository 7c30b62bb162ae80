"""What verify costs beside hashing: ``python tests/bench/provenance_speed.py [OBJECTS [ROLES]]``.

Makes a sealed archive of that many payloads of 2 KB (default 20,000), ROLES of them in each capture
(default 6, as many as there are roles), and prints CPU seconds, one figure a line: hashing
the payloads alone, hashing every file, verify, and their ratios. The caches of the disk are warm.
"""

from __future__ import annotations

import hashlib
import random
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.seal import Keys, seal
from citekit.app.verify import verify
from citekit.integrity.digest import digest_bytes
from citekit.model.capture import ROLES, Capture, Payload, Source, Tool
from citekit.model.codec import to_json
from citekit.model.identifiers import make_stamp
from citekit.model.json_text import dump_json
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from collections.abc import Iterable

SIZE_BYTES = 2048
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def main(objects: int, roles: int) -> None:
    """Make, seal, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        store = make_archive(Path(folder) / "archive", objects, ROLES[:roles])
        started = time.process_time()
        sealed = seal(store, keys=Keys(), now=AT)
        tell("seal_cpu_s", time.process_time() - started)
        tell("entries", sealed.size)
        payloads = sorted(p for p in (store.root / "objects").rglob("*") if p.is_file())
        every = sorted(p for p in store.root.rglob("*") if p.is_file())
        hashed = min(cpu_of_hashing(payloads) for _ in range(3))
        hashed_all = min(cpu_of_hashing(every) for _ in range(3))
        verified = min(cpu_of_verify(store) for _ in range(3))
        tell("payloads", len(payloads))
        tell("files", len(every))
        tell("hash_payloads_cpu_s", hashed)
        tell("hash_every_file_cpu_s", hashed_all)
        tell("verify_cpu_s", verified)
        tell("verify_to_hash_payloads", verified / hashed)
        tell("verify_to_hash_every_file", verified / hashed_all)


def make_archive(root: Path, objects: int, roles: Iterable[str]) -> ArchiveStore:
    """Plain files written without flushing: only reading them is measured."""
    store = ArchiveStore.create(root, title="bench")
    rng = random.Random(1)  # noqa: S311  # the same archive every time
    names = tuple(roles)
    for number in range(objects // len(names)):
        payloads = {}
        for role in names:
            data = rng.randbytes(SIZE_BYTES // 2).hex().encode()
            digest = digest_bytes(data)
            media = "application/octet-stream"
            payloads[role] = Payload(digest=digest, size_bytes=SIZE_BYTES, media_type=media)
            write(store.layout.object_file(digest), data)
        source = Source(fact="declared", url=f"https://bench.example/{number}")
        tool = Tool(name="citekit", version="bench")
        capture = Capture(captured_at=AT, source=source, tool=tool, payloads=payloads)
        key = f"item{number}"
        item = {
            "id": key,
            "type": "webpage",
            "title": f"Page {number}",
            "custom": {"citekit": {"access": "public"}},
        }
        write(store.layout.item_file(key), dump_json(item).encode())
        record = store.layout.capture_file(key, make_stamp(AT))
        write(record, dump_json(to_json(capture)).encode())
    return store


def write(path: Path, data: bytes) -> None:
    """Write one file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def cpu_of_hashing(paths: Iterable[Path]) -> float:
    """CPU seconds to open, read and hash these files in this process, like sha256sum."""
    started = time.process_time()
    for path in paths:
        with path.open("rb", buffering=0) as file:
            hashlib.sha256(file.read()).hexdigest()
    return time.process_time() - started


def cpu_of_verify(store: ArchiveStore) -> float:
    """CPU seconds of verify, which has to find nothing wrong."""
    started = time.process_time()
    report = verify(store)
    spent = time.process_time() - started
    if not report.ok:
        raise SystemExit(f"the archive is not whole: {report.findings[:3]}")
    return spent


def tell(name: str, value: float) -> None:
    """Print one figure."""
    sys.stdout.write(f"{name}: {value:.3f}\n" if value % 1 else f"{name}: {value:.0f}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*[int(word) for word in (*sys.argv[1:], *("20000", "6")[len(sys.argv) - 1 :])])
