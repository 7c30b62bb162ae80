"""What hostile input costs: families of texts × the readers that meet them × three sizes.

    python tests/bench/hostile_speed.py [--only WORD] [--bytes 1000000]

Each reading is a fresh process with a limit of time. A row gives the CPU seconds at an eighth, a
half and the whole of the size, the exponent fitted over the three (1 is linear; the start of the
process is taken off), the largest memory, and how the reader ended: ``read``, or ``told`` where it
refused with one of citekit's errors. A row is marked where 1,000,000 bytes take more than 10 s or
1 GB, where the time grows faster than 12-fold over eight sizes, or where anything else was raised.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import threading
from typing import Final, NamedTuple

LIMIT_S: Final = 100
MOST_S, MOST_MB, MOST_EXPONENT = 10.0, 1000.0, math.log(12, 8)
SHARES: Final = (8, 2, 1)

# before, what is repeated, after: each family is filled up to the size with the middle part
FAMILIES: Final[dict[str, dict[str, tuple[str, str, str]]]] = {
    "csl-json": {
        "open brackets": ("", "[", ""),
        "digits": ('[{"id":"a","type":"book","volume":', "1", "}]"),
        "twice the same key": ("[{", '"a":1,', '"a":1}]'),
        "many items": ("[", '{"id":"a","type":"book"},', '{"id":"b","type":"book"}]'),
        "backslashes": ('["', "\\\\", '"]'),
    },
    "csl-yaml": {
        "open brackets": ("", "[", ""),
        "dashes": ("", "- ", "a"),
        "anchors": ("", "- &a x\n", ""),
        "aliases": ("a: &a [x]\nb: [", "*a,", "]"),
        "digits": ("- id: a\n  volume: ", "1", "\n"),
    },
    "bibtex": {
        "strings": ('@string{s="x"}\n', "@string{s=s # s}\n", "@book{k, title=s}"),
        "pieces": ("@book{k, title=", '"a" # ', '"b"}'),
        "open braces": ("@book{k, title={", "{", ""),
        "open entries": ("", "@book{k\n", ""),
        "fields": ("@book{k,", "a={b},", "}"),
        "commands": ("@book{k, title={", "\\textbf{", "}}"),
        "people": ("@book{k, author={A", " and A", "}}"),
    },
    "ris": {
        "lines that go on": ("TY  - BOOK\nTI  - a", "\nb", "\nER  - \n"),
        "records": ("", "TY  - BOOK\nER  - \n", ""),
        "key words": ("TY  - BOOK\n", "KW  - a\n", "ER  - \n"),
    },
    "style": {
        "tower of macros": (
            "",
            '<macro name="m{i}"><text macro="m{j}"/><text macro="m{j}"/></macro>',
            "",
        ),
        "chain of macros": ("", '<macro name="m{i}"><text macro="m{j}"/></macro>', ""),
        "elements": ('<macro name="x">', '<text variable="title"/>', "</macro>"),
        "nested groups": ('<macro name="x">', "<group>", ""),
        "languages": ("", "<locale/>", ""),
        "long term": ('<locale><terms><term name="and">', "a", "</term></terms></locale>"),
    },
    "item": {
        "blanks in pages": ("1", " ", "x"),
        "marks": ("", "<i>'\"(", ""),
        "pages": ("", "1-2, ", ""),
    },
    "settings": {
        "dots": ("", "a.", "b = 1"),
        "digits": ("x = ", "1", ""),
        "open brackets": ("x = ", "[", ""),
        "tables": ("", "[[publisher]]\n", ""),
    },
    "proof": {
        "open brackets": ("", "[", ""),
        "digits": ('{"format":', "1", "}"),
    },
    "text": {
        "comments": ("", "<!---->", "x"),
        "blanks": ("# a", " ", "#"),
        "years": ("", "1999 ", ""),
    },
    "markdown": {
        "brackets": ("", "[", ""),
        "stars": ("", "*a_ ", ""),
        "front matter": ("---\n", "a: &a [*a]\n", "---\nx"),
    },
    "html": {
        "open elements": ("<html><body>", "<div>", "x"),
        "attributes": ("<html><body><p ", "a=b ", ">x"),
        "linked data": ('<script type="application/ld+json">', '{"author":', "</script>"),
    },
}
# The child is a program of its own, so that what this bench imports is not counted.
CHILD: Final = """\
import sys
kind, text = sys.argv[1], sys.stdin.buffer.read()
from citekit.errors import CitekitError
def read():
    if kind == 'style':
        from citekit.csl import process
        before = "<style xmlns='http://purl.org/net/xbiblio/csl' version='1.0' class='in-text'>"
        after = "<citation><layout><text macro='m0'/></layout></citation></style>"
        process(before + text.decode() + after, [{'id': 'a', 'type': 'book', 'title': 'T'}])
    elif kind == 'item':
        from citekit.csl import process
        names = 'page', 'title', 'number', 'edition', 'container-title', 'URL', 'note'
        item = {'id': 'a', 'type': 'article-journal', **dict.fromkeys(names, text.decode())}
        process('apa', [item], [[{'id': 'a', 'locator': text.decode()}]])
    elif kind == 'settings':
        from citekit.store.settings import read_settings
        read_settings(text.decode(), 'archive.toml')
    elif kind == 'proof':
        from citekit.app.proving.check_proof import check_proof
        from citekit.app.verifying.log_checks.trust_anchors import Outside
        if check_proof(text, Outside()).exit_code:
            raise CitekitError('no proof')
    elif kind in ('text', 'markdown', 'html'):
        from citekit.extract import extract
        extract(text, name={'text': 'a.txt', 'markdown': 'a.md', 'html': 'a.html'}[kind])
    else:
        from citekit import formats
        formats.read(text.decode(), kind)
if text:
    try:
        read()
    except CitekitError:
        sys.exit(4)
"""


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
    empty = measure("style", b"").cpu_s
    marked = 0
    print(f"{'reader':10}{'family':20}{'s at 1/8':>9}{'1/2':>8}{'whole':>8}{'grows':>7}{'MB':>6}")
    for kind, families in FAMILIES.items():
        for name, parts in families.items():
            if options.only in f"{kind} {name}":
                marked += show(kind, name, parts, options.bytes, empty)
    return 1 if marked else 0


def show(kind: str, name: str, parts: tuple[str, str, str], size: int, empty: float) -> bool:
    """Measure and print one row; whether it is marked."""
    costs = [measure(kind, filled(parts, size // share)) for share in SHARES]
    times = [max(cost.cpu_s - empty, 0.01) for cost in costs]
    grows = exponent(times)
    peak = max(cost.peak_mb for cost in costs)
    ended = {0: "read", 4: "told"}.get(costs[-1].code, f"ended with {costs[-1].code}")
    is_bad = (
        costs[-1].code not in (0, 4)
        or times[-1] > MOST_S
        or peak > MOST_MB
        or (times[-1] > 1 and grows > MOST_EXPONENT)
    )
    shown = "".join(f"{seconds:8.2f}" for seconds in times)
    mark = "  !" if is_bad else ""
    print(f"{kind:10}{name:20} {shown}{grows:7.2f}{peak:6.0f}  {ended}{mark}", flush=True)
    return is_bad


def filled(parts: tuple[str, str, str], size: int) -> bytes:
    """A text of the family with about so many bytes."""
    before, repeat, after = parts
    times = max((size - len(before) - len(after)) // len(repeat), 1)
    if "{i}" in repeat:
        made = (repeat.replace("{i}", str(i)).replace("{j}", str(i + 1)) for i in range(times))
        after = f'<macro name="m{times}"><text variable="title"/></macro>{after}'
        return (before + "".join(made) + after).encode()
    return (before + repeat * times + after).encode()


def measure(kind: str, text: bytes) -> Cost:
    """The cost of one reading in a process of its own, killed after the limit."""
    with tempfile.TemporaryFile() as file:
        file.write(text)
        file.seek(0)
        command = [sys.executable, "-c", CHILD, kind]
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
