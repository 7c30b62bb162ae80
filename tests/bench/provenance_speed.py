"""What verify costs beside hashing: ``python tests/bench/provenance_speed.py [SHAPE …]``.

A shape is ``OBJECTSxBYTES/ROLES/CAPTURES``: so many payloads of that size, so many of them (up to
6) in each capture, so many captures in each item. Without one, those of SHAPES. Each is made,
sealed and verified, with the caches of the disk warm. One figure a line, the best of several runs:

- ``hash_cpu_s``, ``hash_wall_s``: open, read and hash each payload, in a simple loop of Python;
- ``sha256sum_cpu_s``, ``sha256sum_wall_s``: the same by ``xargs sha256sum`` (coreutils), which is
  given the machine's processors one each where there are large payloads;
- ``verify_cpu_s``, ``verify_wall_s``: everything, and ``changed_…`` for ``verify --changed``;
- ``verify_to_hash``: CPU of verify by CPU of hashing the payloads, ``verify_to_hash_all`` by CPU of
  hashing every file of the archive, ``verify_to_sha256sum`` by CPU of sha256sum;
- ``command_cpu_s``, ``command_wall_s``: ``citekit verify`` as a process, its start included.

With ``/evidence`` behind it each item has evidence for its fields, as that of an added page has. A
page that was added from a file has two payloads, ``original`` and ``text``, and its item two
folders: so ``…/2/1/evidence`` is what an archive of such pages is like.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.verify import verify
from citekit.integrity.digest import digest_bytes
from citekit.model.capture import ROLES, Capture, Payload, Source, Tool
from citekit.model.identifiers import make_stamp
from citekit.model.records.codec import to_json
from citekit.model.records.json_text import dump_json
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SHAPES = (
    "20000x2048/6/1",
    "20000x2048/6/100",
    "20000x2048/2/1",
    "20000x2048/2/1/evidence",
    "20000x2048/1/1",
    "2000x100000/2/1",
    "100x10000000/1/1",
    "1x1000000000/1/1",
)
RUNS = 5
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
LARGE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How many payloads of what size, and how they are shared out."""

    objects: int
    size_bytes: int
    roles: int
    captures: int
    has_evidence: bool

    @classmethod
    def parse(cls, text: str) -> Shape:
        """Read ``20000x2048/6/1``."""
        match = re.fullmatch(r"(\d+)x(\d+)/([1-6])/(\d+)(/evidence)?", text)
        if match is None:
            raise SystemExit(f"not a shape: {text}")
        objects, size_bytes, roles, captures = map(int, match.groups()[:4])
        return cls(
            objects=objects,
            size_bytes=size_bytes,
            roles=roles,
            captures=captures,
            has_evidence=match[5] is not None,
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of the processors, those of other processes included, and on the clock."""

    cpu_s: float
    wall_s: float


def main(shapes: list[str]) -> None:
    """Make, seal, measure, print."""
    for text in shapes:
        tell("shape", text)
        with tempfile.TemporaryDirectory() as folder:
            measure(Path(folder) / "archive", Shape.parse(text))


def measure(root: Path, shape: Shape) -> None:
    """One archive."""
    store = make_archive(root, shape)
    tell_cost("seal", cost_of(lambda: seal(store, keys=Keys(), now=AT)))
    payloads = [str(p) for p in (root / "objects").rglob("*") if p.is_file()]
    every = [str(p) for p in root.rglob("*") if p.is_file()]
    tell("payloads", f"{len(payloads)}")
    tell("files", f"{len(every)}")
    hash_them = hash_large if shape.size_bytes >= LARGE_BYTES else hash_small
    hashed = best(lambda: hash_them(payloads))
    hashed_all = best(lambda: hash_them(every))
    verified = best(lambda: check(store))
    tell_cost("hash", hashed)
    tell_cost("hash_all", hashed_all)
    summed = None
    if shutil.which("sha256sum"):
        large = shape.size_bytes >= LARGE_BYTES
        summed = best(lambda: sha256sum(payloads, at_once=large))
        tell_cost("sha256sum", summed)
    tell_cost("verify", verified)
    tell_cost("command", best(lambda: command(root)))
    tell("verify_to_hash", f"{verified.cpu_s / hashed.cpu_s:.2f}")
    if summed:
        tell("verify_to_sha256sum", f"{verified.cpu_s / summed.cpu_s:.2f}")
    tell("verify_to_hash_all", f"{verified.cpu_s / hashed_all.cpu_s:.2f}")
    check_changed(store)
    tell_cost("changed", best(lambda: check_changed(store)))


def make_archive(root: Path, shape: Shape) -> ArchiveStore:
    """Plain files written without flushing: only reading them is measured."""
    store = ArchiveStore.create(root, title="bench")
    payloads = make_payloads(store, shape)
    number = 0
    while captures := [c for _ in range(shape.captures) if (c := take(payloads, shape.roles))]:
        number += 1
        key = f"item{number}"
        item: dict[str, Any] = {
            "id": key,
            "type": "webpage",
            "title": f"Page {number}",
            "custom": {"citekit": {"access": "public"}},
        }
        if shape.has_evidence:
            item["custom"]["citekit"]["evidence"] = make_evidence(number)
        write(store.layout.item_file(key), dump_json(item).encode())
        for minutes, found in enumerate(captures):
            at = AT + timedelta(minutes=minutes)
            source = Source(fact="declared", url=f"https://bench.example/{number}")
            tool = Tool(name="citekit", version="bench")
            capture = Capture(captured_at=at, source=source, tool=tool, payloads=found)
            record = store.layout.capture_file(key, make_stamp(at))
            write(record, dump_json(to_json(capture)).encode())
    return store


def make_evidence(number: int) -> dict[str, Any]:
    """Two candidates for each of six fields: about 4 KB in an item's record."""
    rules = ("meta citation_title", "json-ld headline")
    return {
        variable: [
            {
                "value": f"The {variable} of page {number}",
                "origin": "html",
                "fact": "observed",
                "rule": rule,
                "place": {"start": 120 * place, "end": 120 * place + 40},
                "confidence": 0.9 - place / 10,
                "chosen": place == 0,
            }
            for place, rule in enumerate(rules)
        ]
        for variable in ("title", "author", "container-title", "publisher", "issued", "language")
    }


def make_payloads(store: ArchiveStore, shape: Shape) -> Iterator[Payload]:
    """Write payloads of hexadecimal digits, which any role may have."""
    rng = random.Random(1)  # noqa: S311  # the same archive every time
    tail = b"0" * max(0, shape.size_bytes - 2048)
    for _ in range(shape.objects):
        data = rng.randbytes(min(shape.size_bytes, 2048) // 2).hex().encode() + tail
        digest = digest_bytes(data)
        write(store.layout.object_file(digest), data)
        yield Payload(digest=digest, size_bytes=len(data), media_type="application/octet-stream")


def take(payloads: Iterator[Payload], count: int) -> dict[str, Payload]:
    """The payloads of one capture by role; none when there are no more."""
    return dict(zip(ROLES[:count], payloads, strict=False))


def write(path: Path, data: bytes) -> None:
    """Write one file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


# ── what is measured ───────────────────────────────────────────────────────────────────────────


def hash_small(paths: list[str]) -> None:
    """Open, read and hash each file, as lean as Python can."""
    for path in paths:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  # a Path takes longer
            hashlib.sha256(file.read()).hexdigest()


def hash_large(paths: list[str]) -> None:
    """Hash each file piece by piece, since memory is not free."""
    for path in paths:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123  # as above
            hashlib.file_digest(file, "sha256").hexdigest()


def sha256sum(paths: list[str], *, at_once: bool) -> None:
    """Hash the files by coreutils, one process for each processor where that pays."""
    command = ["xargs", "-0", "sha256sum"]
    if at_once:
        command[2:2] = ["-n", "1", "-P", str(os.cpu_count() or 1)]
    data = "\0".join(paths).encode()
    subprocess.run(command, input=data, stdout=subprocess.DEVNULL, check=True)


def check(store: ArchiveStore) -> None:
    """Verify everything; nothing may be wrong."""
    report = verify(store)
    if not report.ok:
        raise SystemExit(f"the archive is not whole: {report.findings[:3]}")


def command(root: Path) -> None:
    """Verify everything by the command line."""
    words = [sys.executable, "-m", "citekit", "--archive", str(root), "verify"]
    subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)


def check_changed(store: ArchiveStore) -> None:
    """Verify incrementally; the first time it is a full check."""
    if not verify(store, only_changed=True, now=datetime.now(UTC) + timedelta(hours=1)).ok:
        raise SystemExit("the archive is not whole")


def best(action: Callable[[], object]) -> Cost:
    """The least of several runs: what others do on this machine only adds."""
    costs = [cost_of(action) for _ in range(RUNS)]
    return Cost(min(cost.cpu_s for cost in costs), min(cost.wall_s for cost in costs))


def cost_of(action: Callable[[], object]) -> Cost:
    """What one run takes."""
    cpu, wall = cpu_s(), time.perf_counter()
    action()
    return Cost(cpu_s() - cpu, time.perf_counter() - wall)


def cpu_s() -> float:
    """Seconds that this process and those that it waited for have had."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, who))


def tell_cost(name: str, cost: Cost) -> None:
    """Print both figures."""
    tell(f"{name}_cpu_s", f"{cost.cpu_s:.3f}")
    tell(f"{name}_wall_s", f"{cost.wall_s:.3f}")


def tell(name: str, value: str) -> None:
    """Print one figure."""
    sys.stdout.write(f"{name}: {value}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:] or list(SHAPES))
