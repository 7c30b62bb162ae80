"""The page of JSON output says what there is, and each index what its pages are for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from citekit.cli.run import run

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "archive")
JSON_PAGE = (ROOT / "docs/reference/json.md").read_text("utf-8")
CALLS = {
    "show": ("mem2023turkiye",),
    "list": (),
    "search": ("barracks",),
    "entity list": (),
    "claim list": (),
    "styles": ("mla",),
    "cite": ("mem2023turkiye",),
    "verify": (),
    "doctor": (),
}


def said(command: str) -> set[str]:
    """The keys that the page names for a command."""
    row = re.search(rf"^\| `{command}` \| (.+) \|$", JSON_PAGE, re.MULTILINE)
    assert row is not None
    return set(re.findall(r"`(\w+)`", row[1]))


@pytest.mark.parametrize("command", CALLS)
def test_a_document_has_the_keys_of_the_page(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The keys of a command's JSON are those that its row names."""
    run([*command.split(), *CALLS[command], "--json", "--archive", EXAMPLE])
    answer: Any = json.loads(capsys.readouterr().out)

    objects = answer if isinstance(answer, list) else [answer]
    assert {key for one in objects for key in one} <= said(command)
    assert said(command) - {"authorities"} <= {key for one in objects for key in one}


@pytest.mark.parametrize("command", ["add", "import"])
def test_what_comes_in_is_answered_as_the_page_says(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Archiving and importing answer with items, and importing with findings."""
    source = tmp_path / "refs.json"
    source.write_text('[{"id": "a", "type": "book", "title": "A"}]')
    run(["init", str(tmp_path / "archive"), "--quiet"])
    capsys.readouterr()

    run([command, str(source), "--json", "--archive", str(tmp_path / "archive")])

    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == said(command)
    more = {"capture"} if command == "add" else set()
    assert set(answer["items"][0]) == {"key", "new", "findings", *more}


@pytest.mark.parametrize("folder", ["tutorials", "how-to", "guide", "explanation", "reference"])
def test_an_index_says_what_each_page_is_for(folder: str) -> None:
    """Every page of a folder is linked from its index, with a line about it."""
    index = ROOT / "docs" / folder / "index.md"
    described = re.findall(r"^\[.+\]\(([\w-]+\.md)\)\n: ", index.read_text("utf-8"), re.MULTILINE)

    assert sorted(described) == sorted(p.name for p in index.parent.glob("*.md") if p != index)
