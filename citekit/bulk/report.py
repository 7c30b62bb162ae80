"""What became of a run: a line for each shard, and the sums."""

from __future__ import annotations

from collections import Counter
from typing import Any

from citekit.model.value import Value


class ShardDone(Value):
    """One shard: how many rows it gave, of them failures, and in what time; or why it gave none.

    ``slowest`` are pages with the seconds that they took. ``is_old`` says that an earlier run had
    finished it.
    """

    shard: str
    output: str = ""
    rows: int = 0
    failures: int = 0
    kinds: tuple[tuple[str, int], ...] = ()
    slowest: tuple[tuple[str, float], ...] = ()
    seconds: float = 0.0
    is_old: bool = False
    error: str = ""


class Report(Value):
    """All shards of a run, in the order in which they were named."""

    shards: tuple[ShardDone, ...] = ()

    @property
    def rows(self) -> int:
        """How many there are in all outputs."""
        return sum(shard.rows for shard in self.shards)

    @property
    def failures(self) -> int:
        """Rows of pages that could not be read."""
        return sum(shard.failures for shard in self.shards)

    @property
    def lost(self) -> tuple[ShardDone, ...]:
        """Shards that gave no output."""
        return tuple(shard for shard in self.shards if shard.error)

    def to_json(self) -> dict[str, Any]:
        """As ``report.json`` has it."""
        kinds: Counter[str] = Counter()
        for shard in self.shards:
            kinds.update(dict(shard.kinds))
        slowest = sorted((one for s in self.shards for one in s.slowest), key=lambda one: -one[1])
        return {
            "rows": self.rows,
            "failures": self.failures,
            "kinds": dict(kinds.most_common()),
            "slowest": [{"url": url, "seconds": round(took, 2)} for url, took in slowest[:10]],
            "shards": [
                {
                    "shard": one.shard,
                    "output": one.output,
                    "rows": one.rows,
                    "failures": one.failures,
                    "seconds": round(one.seconds, 2),
                    "before": one.is_old,
                    "error": one.error,
                }
                for one in self.shards
            ],
        }
