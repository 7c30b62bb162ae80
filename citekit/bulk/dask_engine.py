"""The engine ``dask``: a cluster that is there, or one of this machine; needs ``distributed``.

A cluster of this machine listens at 127.0.0.1 alone, its page of statistics at a free port there.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from distributed import Client, KilledWorker, LocalCluster, as_completed

from citekit.bulk.report import ShardDone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citekit.bulk.engines import Task


def work(
    function: Callable[..., ShardDone],
    tasks: Sequence[Task],
    *,
    workers: int | None,
    scheduler: str | None,
) -> Iterator[ShardDone]:
    """What becomes of each task, as it is done; a task that kills its workers is given up."""
    with _client(workers, scheduler) as client:
        futures = {client.submit(function, *task, pure=False): task for task in tasks}
        for future in as_completed(futures):  # type: ignore[no-untyped-call]
            try:
                yield future.result()
            except KilledWorker:
                yield ShardDone(shard=futures[future][0], error="its workers died")


@contextmanager
def _client(workers: int | None, scheduler: str | None) -> Iterator[Client]:
    if scheduler is not None:
        with Client(scheduler) as client:  # type: ignore[no-untyped-call]
            yield client
        return
    with (
        LocalCluster(  # type: ignore[no-untyped-call]
            n_workers=workers,
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=False,
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]
    ):
        yield client
