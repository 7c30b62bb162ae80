"""Kill each command at every one of its calls, and say what verify finds in what is left.

    python tests/bench/crash_sweep.py [--system] [NAME]...

A row for each command of tests/cases/crash/commands.toml: how many calls there are, how often
verify ended with which exit code, how often ``citekit recover`` made it end as it should, how often
restricted bytes lay where git takes them, how often a reader (``search``) failed, how often an item
was there before one that comes earlier. Gives 1 where anything is not as it must be.

Calls are those of Python's os, in a fork; with --system those of the system, SQLite's too, in a
process of its own under strace, which takes about half a second for each.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.changing.recover import recover
from citekit.store.archive import ArchiveStore
from citekit.testing.crashes import judge, prepare, read_commands, run_quietly, sweep, sweep_system

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.testing.crashes import Outcome

TABLE = Path(__file__).parents[1] / "cases" / "crash" / "commands.toml"


def main(*words: str) -> int:
    """Print the table; 1 where a verdict is wrong."""
    names = [word for word in words if word != "--system"]
    walk = sweep_system if "--system" in words else sweep
    commands = read_commands(TABLE)
    sys.stdout.write(
        f"{'command':30} {'calls':>5}  {'verify':28} {'mended':>9}"
        "  in the open  unreadable  disordered\n"
    )
    is_well = True
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CONFIG_HOME"] = str(Path(folder) / "config")
        base = prepare(Path(folder) / "base")
        for name in names or commands:
            work = Path(folder) / "work"
            work.mkdir(exist_ok=True)
            is_well &= _row(name, walk(commands[name], base, work))
    return 0 if is_well else 1


def _row(name: str, outcomes: Iterator[Outcome]) -> bool:
    codes: Counter[int] = Counter()
    mended = interrupted = leaks = unread = disordered = calls = 0
    for outcome in outcomes:
        calls = outcome.n - 1
        codes[outcome.code] += 1
        leaks += bool(outcome.in_the_open)
        disordered += not outcome.are_first
        unread += run_quietly(["--archive", str(outcome.root), "search", "tide"]) != 0
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
    sys.stdout.write(
        f"{name:30} {calls:5}  {counts:28} {mended:>4}/{interrupted:<4}  {leaks:11}"
        f"  {unread:10}  {disordered:10}\n"
    )
    sys.stdout.flush()
    is_well = not (leaks or unread or disordered)
    return is_well and set(codes) <= {0, 7} and mended == interrupted


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
