"""A folder that tests make once in a process ends with that process, and with no fork of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import os, sys
from citekit.testing.builders import lasting_folder
folder = lasting_folder()
if os.fork() == 0:
    sys.exit(0)
os.wait()
print(folder, folder.is_dir())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks on Windows")
def test_a_fork_that_ends_leaves_the_folder() -> None:
    """However it ends: mutants are tried in forks, and all the later ones need the folder."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    folder, is_there = done.stdout.decode().split()
    assert is_there == "True"
    assert not Path(folder).exists()
