"""Kill each command at every one of its calls, and say what verify finds in what is left.

    python tests/bench/crash_sweep.py [NAME]...

A row for each command of tests/cases/crash/commands.toml: how many calls there are, how often
verify ended with which exit code, how often ``citekit recover`` made it end as it should, how often
restricted bytes lay where git takes them. Gives 1 where anything is not as it must be.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

from citekit.app.changing.recover import recover
from citekit.store.archive import ArchiveStore
from citekit.testing.crashes import Command, judge, prepare, read_commands, sweep

TABLE = Path(__file__).parents[1] / "cases" / "crash" / "commands.toml"


def main(*names: str) -> int:
    """Print the table; 1 where a verdict is wrong."""
    commands = read_commands(TABLE)
    sys.stdout.write(f"{'command':30} {'calls':>5}  {'verify':28} {'mended':>9}  in the open\n")
    is_well = True
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = str(Path(folder) / "config")
        base = prepare(Path(folder) / "base")
        for name in names or commands:
            is_well &= _row(name, commands[name], base, Path(folder) / "work")
    return 0 if is_well else 1


def _row(name: str, command: Command, base: Path, work: Path) -> bool:
    codes: Counter[int] = Counter()
    mended = interrupted = leaks = calls = 0
    for outcome in sweep(command, base, work):
        calls = outcome.n - 1
        codes[outcome.code] += 1
        leaks += bool(outcome.in_the_open)
        if outcome.code not in (0, 7):
            sys.stdout.write(f"  {name} at call {outcome.n}: {sorted(outcome.codes)}\n")
        if outcome.code == 7:
            interrupted += 1
            recover(ArchiveStore.open(outcome.root))
            after = judge(outcome.root)
            mended += after.code == 0
            if after.code:
                sys.stdout.write(f"  {name} at call {outcome.n}, mended: {sorted(after.codes)}\n")
    counts = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
    sys.stdout.write(f"{name:30} {calls:5}  {counts:28} {mended:>4}/{interrupted:<4}  {leaks}\n")
    sys.stdout.flush()
    return set(codes) <= {0, 7} and mended == interrupted and not leaks


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
