"""``citekit cite`` without a key on a terminal, and ``--copy``: real terminals, a real display."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import NamedTuple

    class Shown(NamedTuple):
        """What stood on a terminal, and the exit code."""

        text: str
        code: int

    Call = Callable[..., tuple[int, str, str]]
    Terminal = Callable[..., Shown]

PATIENCE_S = 60


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of three items."""
    return build_archive(tmp_path_factory.mktemp("picking") / "archive").root


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A display of X11 that nobody sees."""
    if not shutil.which("Xvfb") or not shutil.which("xclip"):
        pytest.skip("Xvfb or xclip is absent")
    reads, writes = os.pipe()
    command = ["Xvfb", "-displayfd", str(writes), "-screen", "0", "640x480x8", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writes], stderr=subprocess.DEVNULL) as server:
        os.close(writes)
        assert select.select([reads], [], [], PATIENCE_S)[0]
        yield f":{os.read(reads, 20).decode().strip()}"
        server.terminate()
    os.close(reads)


def test_items_are_chosen_by_parts_of_what_they_are(
    library: Call, terminal: Terminal, tmp_path: Path
) -> None:
    """Letters of a title choose one, of a key another; an empty line ends it."""
    _, named, _ = library("cite", "marsh2019", "undated")
    typed = (
        ("cite:", "slt and wlls\r"),
        ("and:", "no such thing 77\r"),
        ("nothing is like that", "undated\r"),
        ("and:", "\r"),
    )
    answer = tmp_path / "answer.txt"
    shown = terminal("cite", "--output", str(answer), typed=typed, columns=200)
    assert shown.code == 0, shown.text
    assert answer.read_text(encoding="utf-8") == named


def test_who_chooses_nothing_is_told_how_to_name_items(library: Call, terminal: Terminal) -> None:
    """The end of the input is an answer, too: nothing is cited, exit code 2."""
    assert library("list")[0] == 0
    shown = terminal("cite", typed=(("cite:", "\x04"),))
    assert shown.code == 2
    assert "name the items" in shown.text


def test_without_a_terminal_nobody_is_asked(root: Path) -> None:
    """A script hears what is wanted."""
    done = subprocess.run(
        [sys.executable, "-m", "citekit", "--archive", str(root), "cite"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "citekit list shows the keys" in done.stderr


def _copy(root: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "citekit", "--archive", str(root), "cite", "tide2023", "--copy"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
        timeout=PATIENCE_S,
    )


def test_references_are_on_the_clipboard(root: Path, display: str) -> None:
    """As text, and as HTML where Tk is there to offer both; they are printed as well."""
    environment = {**os.environ, "DISPLAY": display}
    done = _copy(root, environment)
    assert done.returncode == 0, done.stderr
    assert "copied as text" in done.stderr
    assert _pasted(environment, "UTF8_STRING").strip() == done.stdout.strip()
    if "text and HTML" in done.stderr:
        assert "csl-entry" in _pasted(environment, "text/html")


def _pasted(environment: dict[str, str], target: str) -> str:
    done = subprocess.run(
        ["xclip", "-o", "-selection", "clipboard", "-t", target],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=PATIENCE_S,
    )
    return done.stdout


def test_without_a_display_there_is_no_clipboard(root: Path) -> None:
    """It is said, with what else can be done, and nothing hangs."""
    environment = {n: v for n, v in os.environ.items() if n not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = _copy(root, environment)
    assert done.returncode == 3
    assert "no clipboard here" in done.stderr
    assert "--output FILE" in done.stderr
