"""What taking in a library costs: ``python tests/bench/import_speed.py [ENTRIES]``.

So many new articles (default: 10,000) come from one ``.bib`` file into a new archive, by one
command. Told are the clock and the CPU of the command, whole and by entry, and the same for the
file taken in again, when every entry is known. Where ``strace`` is, a hundredth of the entries is
taken in and added as pages once more under it, and the flushes by item are counted: on a slow disk
they are the clock.
"""

from __future__ import annotations

import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SYLLABLES = ("ka", "lo", "mi", "ser", "tan", "vu", "peh", "nor", "di", "zal")
PLAIN = [sys.executable, "-m", "citekit", "--quiet"]
FLUSHES = ("fsync", "fdatasync", "syncfs", "sync")


def main() -> None:
    """Make the file, take it in twice, count the flushes of a smaller one."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        library = _library(root / "library.bib", count)
        archive = _archive(root / "archive")
        for name in ("new", "known"):
            cpu, wall = _timed([*PLAIN, "--archive", archive, "import", library])
            print(f"{count} {name}: {wall:.1f} s by the clock, {cpu:.1f} s CPU;", end="")
            print(f" {wall / count * 1e3:.2f} ms and {cpu / count * 1e3:.2f} ms an entry")
        if shutil.which("strace"):
            _tell_flushes(root, max(count // 100, 1))


def _tell_flushes(root: Path, count: int) -> None:
    pages = []
    for number in range(count):
        pages.append(str(root / f"page{number}.html"))
        Path(pages[-1]).write_text(f"<title>Page {number}</title><p>What page {number} says.")
    sources = {"import": [_library(root / "small.bib", count)], "add": pages}
    for command, files in sources.items():
        archive = _archive(root / command)
        trace = root / f"{command}.trace"
        strace = ["strace", "-f", "-qq", "-e", "trace=" + ",".join(FLUSHES), "-o", str(trace)]
        _run([*strace, *PLAIN, "--archive", archive, command, *files])
        calls = re.findall(rf"\b({'|'.join(FLUSHES)})\(", trace.read_text())
        told = ", ".join(f"{calls.count(call)} {call}" for call in FLUSHES if call in calls)
        print(f"{command} of {count}: {len(calls) / count:.2f} flushes an item ({told or 'none'})")


def _library(path: Path, count: int) -> str:
    """A file of articles, each with a title, people, a journal, pages and a DOI of its own."""
    words = random.Random(7)  # noqa: S311  # the same file each time

    def some(number: int) -> str:
        return " ".join("".join(words.choices(SYLLABLES, k=3)) for _ in range(number))

    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(
                f"@article{{entry:{number},\n  title = {{{some(6).capitalize()}}},\n"
                f"  author = {{{some(2).title()} and {some(2).title()}}},\n"
                f"  journal = {{{some(3).title()}}},\n  year = {{{1950 + number % 70}}},\n"
                f"  volume = {{{number % 40 + 1}}},\n  pages = {{{number}--{number + 9}}},\n"
                f"  doi = {{10.1234/entry.{number}}},\n}}\n\n"
            )
    return str(path)


def _archive(folder: Path) -> str:
    _run([*PLAIN, "init", str(folder)])
    return str(folder)


def _timed(command: list[str]) -> tuple[float, float]:
    before, start = _children(), time.perf_counter()
    _run(command)
    return _children() - before, time.perf_counter() - start


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
