"""What people read is said in plain words; JSON and files keep the terms of their standards."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.daily.conftest import Shown

    Call = Callable[..., tuple[int, str, str]]
    Terminal = Callable[..., Shown]


@pytest.fixture
def clone(call: Call, tmp_path: Path, article: Path) -> Path:
    """What git gives somebody else of an archive with a restricted article."""
    call("add", str(article), "--url", "https://coast.example/1")
    call("seal", "--quiet")
    name = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    root = str(tmp_path / "a")
    for words in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "All of it")):
        subprocess.run(["git", *name, "-C", root, *words], check=True)
    subprocess.run(["git", "clone", "-q", root, str(tmp_path / "clone")], check=True)
    return tmp_path / "clone"


def test_a_clone_says_in_one_line_what_is_not_here(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However much it is; ``--verbose`` names each, and JSON always does."""
    at = ["--archive", str(clone), "verify"]
    capsys.readouterr()

    assert run(at) == 0
    out = capsys.readouterr().out
    assert "not on this computer (as intended)  2 saved files of restricted items" in out
    assert "withheld" not in out
    assert out.count("CK-I303") == 0
    assert run([*at, "--verbose"]) == 0
    assert capsys.readouterr().out.count("[CK-I303]") == 2
    assert run([*at, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["class"] for one in document["findings"]].count("withheld") == 2


def test_show_says_who_said_what(library: Call, article: Path) -> None:
    """What was read, what somebody said, and what is a saved file."""
    key = library("add", str(article), "--url", "https://coast.example/9")[1].strip()
    library("set", key, "publisher=Coastal Press")
    out = library("show", key)[1]
    assert "read in the page: original line 3" in out
    assert "you said, given by hand" in out
    assert "saved file 2" in out
    assert "you said: https://coast.example/9, " in out
    shown = json.loads(library("show", key, "--json")[1])
    assert shown["evidence"]["publisher"][0]["fact"] == "declared"
    assert shown["captures"]


def test_many_files_show_how_far_they_are(terminal: Terminal, call: Call, tmp_path: Path) -> None:
    """On a terminal, on one line that goes; nothing of it in files and pipes."""
    paths = [tmp_path / f"boat{number}.txt" for number in range(3)]
    for path in paths:
        path.write_text(f"Boat {path.stem}\n\nIt left the harbour at noon, and came back.\n")
    done = terminal("add", *map(str, paths))
    assert done.code == 0
    assert "1 of 3 sources" in done.text
    assert done.text.rstrip().endswith("3 added")
    assert done.text.count("text stays on this computer") == 1
    assert "of 3 sources" not in "".join(call("add", *map(str, paths))[1:])
