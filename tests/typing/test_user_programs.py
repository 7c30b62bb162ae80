"""citekit's types from a user's side: programs against the installed package, checked by mypy.

The programs lie in ``good`` and ``bad``; a line of a bad one says at its end what it must give,
``# error: [code] words of the message``. They are copied away from the source tree and its
settings, so that mypy finds citekit as it finds any installed package: by its ``py.typed``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("mypy", reason="mypy is not installed: pip install mypy")

HERE = Path(__file__).parent
CACHE = HERE.parents[1] / ".mypy_cache" / "users"
_TOLD = re.compile(r"^(?P<file>[\w/\\]+\.py):(?P<line>\d+): error: (?P<text>.*)$")
_MEANT = re.compile(r"  # error: \[(?P<code>[\w-]+)\] (?P<words>.+)$")


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], str]:
    """What mypy says of all programs: (file, line) -> message with its code."""
    folder = tmp_path_factory.mktemp("users")
    for kind in ("good", "bad"):
        shutil.copytree(HERE / kind, folder / kind, ignore=shutil.ignore_patterns("__pycache__"))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--config-file", ""),
            *("--hide-error-context", "--no-error-summary", "--cache-dir", str(CACHE)),
            *(path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.py"))),
        ],
        capture_output=True, text=True, check=False, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    found = [match for line in done.stdout.splitlines() if (match := _TOLD.match(line))]
    return {(m["file"].replace("\\", "/"), int(m["line"])): m["text"] for m in found}


def test_right_programs_are_right(errors: dict[tuple[str, int], str]) -> None:
    """Nothing is said of them: the package has types, and they are those that it promises."""
    assert [error for error in errors.items() if error[0][0].startswith("good")] == []


@pytest.mark.parametrize("program", sorted(path.name for path in (HERE / "bad").glob("*.py")))
def test_wrong_programs_are_stopped(errors: dict[tuple[str, int], str], program: str) -> None:
    """Each marked line gives its error, and no other line gives one."""
    text = (HERE / "bad" / program).read_text("utf-8")
    meant = {
        number: match
        for number, line in enumerate(text.splitlines(), 1)
        if (match := _MEANT.search(line))
    }
    told = {line: said for (file, line), said in errors.items() if file == f"bad/{program}"}
    assert meant.keys() == told.keys(), told
    for line, match in meant.items():
        assert told[line].endswith(f"[{match['code']}]")
        assert match["words"] in told[line]
