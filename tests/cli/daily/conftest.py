"""A small library, and the commands as a user types them."""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from citekit.cli.run import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]
    Terminal = Callable[..., "Shown"]

ITEMS = [
    {"id": "lund2020", "type": "article-journal", "title": "The old harbour and its <i>boats</i>",
     "author": [{"family": "Lund", "given": "Ida"}, {"family": "Díaz", "given": "Rosa"}],
     "issued": {"date-parts": [[2020, 6]]}, "keyword": "boats, Harbour Walls",
     "container-title": "Coast", "URL": "https://coast.example/1"},
    {"id": "marsh2019", "type": "book", "title": "Salt and walls", "publisher": "Quay",
     "author": [{"family": "Marsh", "given": "Bo"}, {"family": "Quill", "given": "Ada"},
                {"family": "Roe", "given": "Cy"}],
     "issued": {"date-parts": [[2019]]}, "keyword": "walls"},
    {"id": "office", "type": "report", "title": "Numbers of the year", "DOI": "10.1000/quay",
     "author": [{"literal": "Harbour Office"}], "issued": {"date-parts": [[2021, 1, 2]]}},
    {"id": "undated", "type": "webpage", "title": "=1+1 was on the wall"},
]  # fmt: skip


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command in the archive ``a``; exit code, stdout and stderr."""

    def do(*words: str) -> tuple[int, str, str]:
        code = run(["--archive", str(tmp_path / "a"), *words])
        out, err = capsys.readouterr()
        return code, out, err

    assert do("init")[0] == 0
    return do


@pytest.fixture
def library(call: Call, tmp_path: Path) -> Call:
    """The same, with four records in the archive."""
    file = tmp_path / "items.json"
    file.write_text(json.dumps(ITEMS), "utf-8")
    assert call("import", str(file))[0] == 0
    return call


class Shown(NamedTuple):
    """What stood on a terminal, and the exit code."""

    text: str
    code: int


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """Run one command in the archive ``a`` on a terminal; of each pair, wait for one, type another.

    Where there are no pseudo-terminals the test skips.
    """
    fcntl, termios = pytest.importorskip("fcntl"), pytest.importorskip("termios")

    def run_there(
        *words: str, typed: tuple[tuple[str, str], ...] = (), columns: int = 80, **env: str
    ) -> Shown:
        ours, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        command = [sys.executable, "-m", "citekit", "--archive", str(tmp_path / "a"), *words]
        with subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            env={**os.environ, "TERM": "xterm", **env},
        ) as process:  # fmt: skip
            os.close(theirs)
            try:
                shown = talk(ours, typed)
            finally:
                process.kill()
                os.close(ours)
        return Shown(shown.replace("\r\n", "\n"), process.returncode)

    return run_there


def talk(terminal: int, typed: tuple[tuple[str, str], ...]) -> str:
    """All that is shown until the end; keys are typed when what they wait for has come."""
    shown, seen, left = b"", 0, list(typed)
    end = time.monotonic() + 120
    while time.monotonic() < end:
        if left and left[0][0].encode() in shown[seen:]:
            seen = len(shown)
            os.write(terminal, left.pop(0)[1].encode())
        if not select.select([terminal], [], [], 0.05)[0]:
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:  # Linux: the other end is closed
            data = b""
        if not data:
            assert not left, f"nobody asked for {left[0][0]!r}: {shown!r}"
            return shown.decode("utf-8", "replace")
        shown += data
        if b"\x1b[6n" in data:  # where is the cursor?
            os.write(terminal, b"\x1b[1;1R")
    pytest.fail(f"the command never ended: {shown!r}")
