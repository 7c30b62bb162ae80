"""``citekit bulk run``: a line for each shard, and what is still to come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from citekit.bulk.running import Options, find_shards
from citekit.bulk.running import run as run_shards
from citekit.cli import output
from citekit.errors import InvalidData

if TYPE_CHECKING:
    from citekit.bulk.engines import Engine
    from citekit.bulk.report import Report, ShardDone
    from citekit.cli.context import Context


def run(
    context: Context,
    *,
    shards: list[str],
    output_: str | None,
    engine: Engine | None,
    workers: int | None,
    scheduler: str | None,
    text: bool,
) -> int:
    """Read all shards; exit 4 where one of them gave nothing."""
    progress = _Progress(context, len(find_shards(shards)))
    report = run_shards(
        shards,
        output_ or "rows",
        engine=engine or "processes",
        workers=workers,
        scheduler=scheduler,
        options=Options(with_text=text),
        told=progress.tell,
    )
    output.end_progress(quiet=context.quiet)
    if context.json:
        output.answer_json(report.to_json())
    else:
        _tell(report, context)
    for shard in report.lost:
        output.tell_error(InvalidData(shard.error, place=shard.shard), as_json=context.json)
    return InvalidData.exit_code if report.lost else 0


class _Progress:
    """Says of each shard that it is done, how fast, and when the rest will be."""

    def __init__(self, context: Context, number: int) -> None:
        self._context, self._number = context, number
        self._begun = time.monotonic()
        self._done = self._rows = 0

    def tell(self, shard: ShardDone) -> None:
        """One more is done."""
        self._done += 1
        self._rows += 0 if shard.is_old else shard.rows
        passed = max(time.monotonic() - self._begun, 0.01)
        left = passed / self._done * (self._number - self._done)
        output.tell_progress(
            f"{self._done} of {self._number} shards, {self._rows / passed:.0f} pages a second, "
            f"about {left:.0f} s to go",
            quiet=self._context.quiet,
        )


def _tell(report: Report, context: Context) -> None:
    for shard in report.shards:
        if not shard.error:
            output.answer(shard.output)
    told = report.to_json()
    kinds = ", ".join(f"{count} {kind}" for kind, count in told["kinds"].items())
    before = sum(shard.is_old for shard in report.shards)
    parts = [f"{report.rows} rows ({kinds or 'none'})", f"{report.failures} could not be read"]
    parts += [f"{before} shards were done before"] if before else []
    output.note("; ".join(parts), quiet=context.quiet)
