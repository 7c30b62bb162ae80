"""What adding many files costs: ``python tests/bench/add_speed.py [FILES]``.

So many HTML pages of 2 KB (default: 2,000) are added by one command to a new archive, a tenth at a
time. Each line is the CPU that a tenth took, the reader's included, by file; a cost that grows from
line to line would be quadratic. The clock is mostly the disk's: every step of an addition is
flushed.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SYLLABLES = ("ka", "lo", "mi", "ser", "tan", "vu", "peh", "nor", "di", "zal")
PARTS = 10


def main() -> None:
    """Make the pages, add them, print what each tenth took."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    words = random.Random(7)  # noqa: S311  # the same pages each time
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        _citekit("init", str(root / "archive"))
        pages = [_page(root / f"{number:06}.html", words) for number in range(count)]
        for start in range(0, count, -(-count // PARTS)):
            part = pages[start : start + -(-count // PARTS)]
            cpu, wall = _timed("--archive", str(root / "archive"), "--quiet", "add", *part)
            print(f"{start:7} + {len(part)}: {cpu / len(part) * 1e3:6.1f} ms CPU a file,", end="")
            print(f" {wall / len(part) * 1e3:6.1f} ms by the clock")


def _page(path: Path, words: random.Random) -> str:
    """A page with a title, an author and a text of its own."""

    def some(number: int) -> str:
        return " ".join("".join(words.choices(SYLLABLES, k=3)) for _ in range(number))

    head = f"<title>{some(4)}</title><meta name=author content='{some(2).title()}'>"
    path.write_text(f"<html><head>{head}</head><body><article><p>{some(250)}</p></article>")
    return str(path)


def _timed(*arguments: str) -> tuple[float, float]:
    before, start = _children(), time.perf_counter()
    _citekit(*arguments)
    return _children() - before, time.perf_counter() - start


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _citekit(*arguments: str) -> None:
    command = [sys.executable, "-m", "citekit", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
