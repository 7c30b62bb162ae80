"""What hostile input costs: families of texts × the readers that meet them × three sizes.

    python tests/bench/hostile_speed.py [--only WORD] [--bytes 1000000]

The families are in hostile_families.toml. Each reading is a fresh process (hostile_child.py) with a
limit of time. A row gives the CPU seconds at an eighth, a half and the whole of the size, the
exponent fitted over the three (1 is linear; what an empty input costs is taken off), the largest
memory, and how the reader ended: ``read``, or ``told`` where it refused with one of citekit's
errors. What takes less than half a second whole is not measured at smaller sizes. A row is marked
where 1,000,000 bytes take more than 10 s or 1 GB, where the time grows faster than 12-fold over
eight sizes, or where anything else was raised.

The slowest family seen of each reader, in several runs on two busy processors, December 2026. Not
all of a reader's families were in one of them: of html, markdown, mhtml, the pending events, the
annotations, item.json and the site some have been measured at 100,000 bytes only, or not yet, and
the runs of one sign at the whole size only.

    reader             families  slowest              s whole    grows    MB
    csl-json                 19  no items                 2.6     0.95   145
    csl-yaml                 20  flow                     1.7     0.86   160
    bibtex                   30  open entries             3.5     0.94   313
    ris                      15  authors                  0.3        -    72
    style                    28  languages                0.8     0.75    97
    item                     36  quotes                   0.5        -    41
    settings, proof, bundle  28  tables                   0.4        -   131
    text                     32  heads                    2.0     0.59   164
    markdown                 39  numbered                 9.4     0.91   490
    html                     64  times                    5.8     0.63   244
    mhtml                    19  parts                    1.1     0.14    78
    pdf, drawn and packed    33  moves                    2.6     0.60   453
    pending.jsonl            10  blank lines              5.3     0.63    84
    annotations.jsonl         8  lines                    2.0     0.38   207
    item.json                 9  names                    2.1     0.41    77
    packages, manifests      12  words                    2.5     0.51    48
    site notes                   spread lines             7.3        -   190
    site annotations             notes                    9.1        -   137
    site item                    title                    5.6     1.07   324
    site text                    paragraphs              12.8        -   287  !
    runs of one sign             markdown, run of <        1.8        -    92

The one that is marked is a text of 333,000 paragraphs, of which a page shows ten thousand rows.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import threading
import tomllib
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMIT_S: Final = 600
MOST_S, MOST_MB, MOST_EXPONENT = 10.0, 1000.0, math.log(12, 8)
SHARES: Final = (8, 2, 1)
LEAST_S: Final = 0.5

HERE: Final = Path(__file__).parent
DATA: Final = tomllib.loads((HERE / "hostile_families.toml").read_text("utf-8"))


class Cost(NamedTuple):
    """What one reading used; ``code`` is the child's exit code."""

    cpu_s: float
    peak_mb: float
    code: int


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 where a row is marked."""
    parser = argparse.ArgumentParser(description="what hostile input costs")
    parser.add_argument("--only", default="", help="rows whose reader or family holds this")
    parser.add_argument("--bytes", type=int, default=1_000_000, help="the largest size")
    options = parser.parse_args(arguments)
    marked = []
    print(f"{'reader':18}{'family':22}{'s at 1/8':>9}{'1/2':>8}{'whole':>8}{'grows':>7}{'MB':>6}")
    for kind, name, make in families():
        if options.only in f"{kind} {name}" and show(kind, name, make, options.bytes):
            marked.append(f"{kind}: {name}")
    print(f"marked: {', '.join(marked) or 'none'}")
    return 1 if marked else 0


def families() -> Iterator[tuple[str, str, Callable[[int], bytes]]]:
    """Readers, the names of families, and what makes a text of so many bytes."""
    for kind, parts_of in DATA.items():
        if kind not in ("runs", "places"):
            yield from ((kind, name, partial(filled, parts)) for name, parts in parts_of.items())
    for kind, template in DATA["places"].items():
        for name, sign in DATA["runs"].items():
            yield kind, f"run of {name}", partial(run_through, template, sign)


def run_through(template: str, sign: str, size: int) -> bytes:
    """A document with a run of one sign in each of its places."""
    times = size // (template.count("{run}") * len(sign.encode()))
    return template.replace("{run}", sign * times).encode()


def show(kind: str, name: str, make: Callable[[int], bytes], size: int) -> bool:
    """Measure and print one row; whether it is marked."""
    empty = start(kind)
    whole = measure(kind, make(size))
    shares = SHARES[:-1] if whole.cpu_s - empty > LEAST_S else ()
    costs = [*(measure(kind, make(size // share)) for share in shares), whole]
    times = [max(cost.cpu_s - empty, 0.01) for cost in costs]
    grows = exponent(times) if shares else 0.0
    peak = max(cost.peak_mb for cost in costs)
    ended = {0: "read", 4: "told"}.get(whole.code, f"ended with {whole.code}")
    is_bad = (
        whole.code not in (0, 4)
        or times[-1] > MOST_S
        or peak > MOST_MB
        or (times[-1] > 1 and grows > MOST_EXPONENT)
    )
    shown = "".join(f"{seconds:8.2f}" for seconds in times).rjust(8 * len(SHARES))
    rate = f"{grows:7.2f}" if shares else f"{'-':>7}"
    mark = "  !" if is_bad else ""
    print(f"{kind:18}{name:22} {shown}{rate}{peak:6.0f}  {ended}{mark}", flush=True)
    return is_bad


@cache
def start(kind: str) -> float:
    """The CPU seconds of a reading of nothing: of a site, one of next to nothing is built."""
    return measure(kind, b"\n" if kind.startswith("site ") else b"").cpu_s


def filled(parts: list[str], size: int) -> bytes:
    """A text of the family with about so many bytes."""
    if len(parts) == 4:  # what is opened so often is closed as often
        before, opened, middle, closed = parts
        times = (size - len(before) - len(middle)) // (len(opened) + len(closed))
        return (before + opened * times + middle + closed * times).encode()
    before, repeat, after = parts
    room = size - len(before) - len(after)
    if "{i}" not in repeat and "{uuid}" not in repeat:
        return (before + repeat * max(room // len(repeat), 1) + after).encode()
    pieces: list[str] = []
    while room > 0:
        number = len(pieces)
        numbered = repeat.replace("{i}", str(number)).replace("{j}", str(number + 1))
        pieces.append(numbered.replace("{uuid}", str(UUID(int=number))))
        room -= len(pieces[-1])
    return "".join([before, *pieces, after.replace("{i}", str(len(pieces)))]).encode()


def measure(kind: str, text: bytes) -> Cost:
    """The cost of one reading in a process of its own, killed after the limit."""
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        command = [sys.executable, str(HERE / "hostile_child.py"), kind]
        process = subprocess.Popen(command, stdin=file, stderr=subprocess.DEVNULL)
    timer = threading.Timer(LIMIT_S, process.kill)
    timer.start()
    _, status, used = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)  # so that nobody waits for it again
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, process.returncode)


def exponent(times: list[float]) -> float:
    """The slope of time over size, both as logarithms, by least squares.

    >>> round(exponent([1.0, 4.0, 8.0]), 2)
    1.0
    """
    sizes = [math.log(1 / share) for share in SHARES]
    logs = [math.log(seconds) for seconds in times]
    middle, level = sum(sizes) / len(sizes), sum(logs) / len(logs)
    slope = sum((x - middle) * (y - level) for x, y in zip(sizes, logs, strict=True))
    return slope / sum((x - middle) ** 2 for x in sizes)


if __name__ == "__main__":
    raise SystemExit(main())
