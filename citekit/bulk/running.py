"""Run over shards: each WARC file becomes one output, written whole or not at all.

An output is called by its shard, the digest of the shard's bytes and the version of citekit. One
that is there is not made again: a run that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from functools import partial
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.app.intake.reader_process import READING_CHILD, ReaderProcess
from citekit.bulk.engines import Engine, work
from citekit.bulk.optional import load
from citekit.bulk.report import Report, ShardDone
from citekit.bulk.rows import PAGE_S, Row, extract_record
from citekit.capture.body import recorded_exchange
from citekit.capture.exchange import Limits
from citekit.capture.warc_reading import read_responses
from citekit.errors import CitekitError, NotFound
from citekit.integrity.digest import digest_chunks
from citekit.model.value import Value, replace
from citekit.store.outputs import write_file
from citekit.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citekit.capture.warc_reading import Recorded

_PAGES: Final = ("text/html", "application/xhtml+xml", "text/plain", "application/pdf")
_MOST_BYTES: Final = 20 * 10**6
"""Of one page; larger ones are failures."""
_SLOWEST: Final = 5


class Options(Value):
    """How shards are read: whether rows have the text, and the seconds for a page."""

    with_text: bool = False
    page_s: float = PAGE_S


def run(
    shards: Sequence[str | Path],
    output: str | Path,
    *,
    engine: Engine = "processes",
    workers: int | None = None,
    scheduler: str | None = None,
    options: Options | None = None,
    told: Callable[[ShardDone], None] | None = None,
) -> Report:
    """Read WARC and WACZ files, named or by patterns, into tables in a folder.

    Each gives a file of JSON lines and, with ``citekit[bulk]``, one of Parquet; ``report.json``
    sums up. ``engine`` is ``processes`` for this machine or ``dask``, with ``scheduler`` as the
    address of a cluster. ``told`` hears of each shard as it is done. Raises NotFound for a shard
    that is not there, UsageError for an engine that is not installed.
    """
    paths = find_shards(shards)
    folder = Path(output)
    folder.mkdir(parents=True, exist_ok=True)
    chosen = options or Options()
    tasks = [(str(path), str(folder), chosen) for path in paths]
    done = {}
    for one in work(run_shard, tasks, engine=engine, workers=workers, scheduler=scheduler):
        done[one.shard] = one
        if told is not None:
            told(one)
    report = Report(shards=tuple(done[str(path)] for path in paths))
    text = json.dumps(report.to_json(), indent=2, ensure_ascii=False) + "\n"
    write_file(folder / "report.json", text.encode())
    return report


def find_shards(named: Sequence[str | Path]) -> list[Path]:
    """The files, patterns resolved, each once; raises NotFound."""
    found: dict[Path, None] = {}
    for name in named:
        paths = sorted(glob(str(name), recursive=True)) or [str(name)]  # noqa: PTH207  # any root
        for path in map(Path, paths):
            if not path.is_file():
                raise NotFound("no such file", place=str(path), hint="name WARC or WACZ files")
            found[path] = None
    return list(found)


def run_shard(shard: str, output: str, options: Options | None = None) -> ShardDone:
    """Read one shard into its output; what is wrong with the shard is said, and never raised."""
    begun = time.monotonic()
    path = Path(shard)
    try:
        target = Path(output) / _name_of(path)
        if target.exists():
            done = replace(_counted(target), is_old=True)
        else:
            done = _write(path, target, options or Options())
        _to_parquet(target)
    except (CitekitError, OSError) as error:
        return ShardDone(shard=shard, error=str(error), seconds=time.monotonic() - begun)
    return replace(done, shard=shard, output=target.name, seconds=time.monotonic() - begun)


def read_shard(path: Path, options: Options | None = None) -> Iterator[tuple[Row, float]]:
    """The rows of a shard in its order, each with the seconds that it took.

    Where the file is cut off the last row says so. Raises InvalidData for what is no WARC.
    """
    chosen = options or Options()
    reader = ReaderProcess(READING_CHILD)
    try:
        for recorded in read_responses(path, size_bytes=_MOST_BYTES):
            begun = time.monotonic()
            row = _row_of(recorded, chosen, reader)
            if row is not None:
                yield replace(row, warc=path.name), time.monotonic() - begun
    finally:
        reader.close()


def _row_of(recorded: Recorded, options: Options, reader: ReaderProcess) -> Row | None:
    """The row of a response; None for one that is no page."""
    place: dict[str, Any] = {"offset": recorded.offset, "record_id": recorded.record_id}
    if recorded.hop is None:
        return Row(url=recorded.url, failure=recorded.fault, **place)
    hop = recorded.hop
    try:
        exchange = recorded_exchange(hop, Limits(size_bytes=_MOST_BYTES))
    except CitekitError as error:
        return Row(url=hop.url, failure=error.message, **place)
    if exchange.media_type not in _PAGES:
        return None
    row = extract_record(
        exchange.body,
        hop.url,
        hop.at,
        media_type=exchange.content_type,
        with_text=options.with_text,
        reader=reader,
        timeout_s=options.page_s,
    )
    verdict = "failed" if exchange.status >= 400 else row.completeness
    kind: dict[str, Any] = {"media_type": exchange.media_type, "status": exchange.status}
    return replace(row, completeness=verdict, **kind, **place)


def _name_of(path: Path) -> str:
    with path.open("rb") as file:
        digest, _ = digest_chunks(iter(partial(file.read, 1 << 20), b""))
    return f"{path.name}-{digest.removeprefix('sha256:')[:16]}-v{__version__}.jsonl"


def _write(path: Path, target: Path, options: Options) -> ShardDone:
    """Write the rows beside their place, and put them there when all are."""
    kinds: Counter[str] = Counter()
    slow: list[tuple[str, float]] = []
    failures = 0
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            for row, took in read_shard(path, options):
                file.write(json.dumps(row.to_json(), ensure_ascii=False) + "\n")
                kinds[row.type or "failure"] += 1
                failures += bool(row.failure)
                slow = sorted([*slow, (row.url, took)], key=lambda one: -one[1])[:_SLOWEST]
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return ShardDone(
        shard=str(path),
        rows=kinds.total(),
        failures=failures,
        kinds=tuple(kinds.items()),
        slowest=tuple(slow),
    )


def _counted(target: Path) -> ShardDone:
    """What a finished output holds."""
    kinds: Counter[str] = Counter()
    failures = 0
    with target.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            kinds[row["type"] or "failure"] += 1
            failures += bool(row["failure"])
    return ShardDone(shard="", rows=kinds.total(), failures=failures, kinds=tuple(kinds.items()))


def _to_parquet(target: Path) -> None:
    """Write the same rows as Parquet, where that is installed and not done."""
    parquet = load("citekit.bulk.parquet")
    place = target.with_suffix(".parquet")
    if parquet is not None and not place.exists():
        parquet.convert(target, place)
