"""A format of somebody else's package on the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from citekit import Archive

CODE = """from citekit.csl import OutputFormat
class Loud(OutputFormat):
    def escape(self, text):
        return text.upper()
quiet = "no format"
"""


def test_a_package_adds_a_format(archive: Archive, harbour: str, tmp_path: Path) -> None:
    """By an entry point; what is none, and a name that nobody knows, are told."""
    info = tmp_path / "loud-1.dist-info"
    info.mkdir()
    (tmp_path / "loud.py").write_text(CODE, "utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: loud\nVersion: 1\n", "utf-8")
    points = "[citekit.formats]\nloud = loud:Loud\nquiet = loud:quiet\n"
    (info / "entry_points.txt").write_text(points, "utf-8")

    def cite(name: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "citekit", "--archive", str(archive.store.root)]
        done = subprocess.run(
            [*command, "cite", harbour, "--format", name],
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    code, out, _ = cite("loud")
    assert (code, out.strip()) == (0, out.strip().upper())
    assert out.strip()
    assert (cite("quiet")[0], "no OutputFormat" in cite("quiet")[2]) == (2, True)
    assert (cite("shrill")[0], "loud" in cite("shrill")[2]) == (2, True)
