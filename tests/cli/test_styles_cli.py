"""``styles`` and ``--style`` for people."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run

if TYPE_CHECKING:
    from pathlib import Path


def test_a_mistyped_style_suggests_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two letters that have changed places."""
    archive = ["--archive", str(tmp_path / "a")]
    run([*archive, "init"])
    file = tmp_path / "k.json"
    file.write_text('[{"id": "k", "type": "book", "title": "Nets"}]', "utf-8")
    run([*archive, "import", str(file)])
    assert run([*archive, "cite", "k", "--style", "aap"]) == 3
    assert "nearest: apa," in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_lines_are_cut_on_a_terminal_and_whole_in_a_pipe() -> None:
    """As wide as the terminal; who reads the output with a program gets all of it."""
    command = [sys.executable, "-m", "citekit", "styles", "chicago"]
    whole = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert max(map(len, whole)) > 60

    ours, theirs = os.openpty()
    narrow = {**os.environ, "COLUMNS": "60"}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, env=narrow) as process:
        os.close(theirs)
        said = b""
        try:
            while chunk := os.read(ours, 65536):
                said += chunk
        except OSError:  # the program has ended, and all is read
            pass
        os.close(ours)
    assert process.returncode == 0
    shown = said.decode().splitlines()
    assert len(shown) == len(whole)
    assert max(map(len, shown)) == 60
    cut = [(one, all_) for one, all_ in zip(shown, whole, strict=True) if one != all_]
    assert cut
    assert all(one == f"{all_[:59]}…" for one, all_ in cut)
