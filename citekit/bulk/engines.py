"""Who does the work: processes of this machine, or the workers of a Dask cluster.

A shard is a task. Of a worker that dies its task is done again by another, a few times; then it is
a shard that gave nothing, and the others go on.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any, Final, Literal

from citekit.bulk.optional import load
from citekit.bulk.report import ShardDone
from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Engine = Literal["processes", "dask"]
Task = tuple[Any, ...]  # its first part is the shard

TRIES: Final = 3


def work(
    function: Callable[..., ShardDone],
    tasks: Sequence[Task],
    *,
    engine: Engine,
    workers: int | None,
    scheduler: str | None,
) -> Iterator[ShardDone]:
    """What becomes of each task, as it is done; raises UsageError for what is not installed."""
    if scheduler is not None and engine != "dask":
        raise UsageError("--scheduler is for --engine dask")
    if engine == "processes":
        return _by_processes(function, tasks, workers or os.cpu_count() or 1)
    dask = load("citekit.bulk.dask_engine")
    if dask is None:
        hint = "pip install 'citekit[bulk]', or --engine processes"
        raise UsageError("the engine dask is not installed", hint=hint)
    found: Iterator[ShardDone] = dask.work(function, tasks, workers=workers, scheduler=scheduler)
    return found


def _by_processes(
    function: Callable[..., ShardDone], tasks: Sequence[Task], workers: int
) -> Iterator[ShardDone]:
    """All tasks; those that were under way when a worker died again, each alone the last time."""
    left = list(tasks)
    for number in range(TRIES):
        if not left:
            return
        width = workers if number < TRIES - 1 else 1
        broken: list[Task] = []
        for group in [left] if width > 1 else [[task] for task in left]:
            yield from _try(function, group, width, broken)
        left = broken
    for task in left:
        yield ShardDone(shard=task[0], error=f"its worker died {TRIES} times")


def _try(
    function: Callable[..., ShardDone], tasks: Sequence[Task], workers: int, broken: list[Task]
) -> Iterator[ShardDone]:
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        waiting = {pool.submit(function, *task): task for task in tasks}
        for future in as_completed(waiting):
            try:
                yield future.result()
            except BrokenProcessPool:
                broken.append(waiting[future])
