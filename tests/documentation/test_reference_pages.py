"""The page of JSON output says what there is, and each index what its pages are for."""

from __future__ import annotations

import json
import re
from contextlib import redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from citekit.cli.command_table import COMMANDS
from citekit.cli.run import run

ROOT = Path(__file__).parents[2]
EXAMPLE = str(ROOT / "archive")
JSON_PAGE = (ROOT / "docs/reference/json.md").read_text("utf-8")
SOMETIMES = {"authorities", "explained"}
"""Keys that stand there only where there is something to say, or something asks for them."""
CALLS = {
    "show": ("mem2023turkiye",),
    "list": (),
    "search": ("barracks",),
    "entity list": (),
    "claim list": (),
    "styles": ("mla",),
    "styles show": ("mla",),
    "bib check": (str(ROOT / "tests/cases/bib-check/odds.bib"),),
    "audit": (str(ROOT / "tests/cases/papers/roles.rst"),),
    "bib sync": ("--for", str(ROOT / "tests/cases/papers/roles.rst")),
    "cite": ("mem2023turkiye",),
    "render": (str(ROOT / "tests/cases/rendering/kites.md"),),
    "verify": (),
    "doctor": (),
}


def said(command: str) -> set[str]:
    """The keys that the page names for a command."""
    row = re.search(rf"^\| [^|]*`{command}`[^|]* \| (.+) \|$", JSON_PAGE, re.MULTILINE)
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
    assert said(command) - SOMETIMES <= {key for one in objects for key in one}


CHANGES = (
    ("init", ("init", "{root}", "--title", "Kites")),
    ("keygen", ("keygen", "--output", "{folder}/key")),
    ("add", ("add", "{folder}/kite.txt", "--key", "kite", "--url", "https://kite.example/1")),
    ("set", ("set", "kite", "genre=report", "--access", "public")),
    ("rename", ("rename", "kite", "kites")),
    ("entity add", ("entity", "add", "Ada Quill", "--kind", "person", "--description", "Flies.")),
    ("annotate", ("annotate", "kites", "--quote", "Forty kites", "--entity", "ada-quill")),
    ("entity show", ("entity", "show", "ada-quill")),
    ("claim add", ("claim", "add", "Forty flew.", "--id", "forty")),
    ("claim link", ("claim", "link", "forty", "kites", "--says", "forty")),
    ("open", ("open", "kites", "--folder")),
    ("seal", ("seal", "--signing-key", "{folder}/key")),
    ("log", ("log", "--limit", "1")),
    ("prove", ("prove", "kites", "--output", "{folder}/kites.citekit-proof.json")),
    ("check-proof", ("check-proof", "{folder}/kites.citekit-proof.json")),
    ("check-proof --print-script", ("check-proof", "--print-script")),
    ("export", ("export", "--format", "prov", "--output", "{folder}/events.jsonld")),
    ("backup", ("backup", "{folder}/copy")),
    ("add again", ("add", "{folder}/again.txt", "--to", "kites")),
    ("diff", ("diff", "kites")),
    ("restore", ("restore", "kites", "{folder}/kite.txt")),
    ("purge", ("purge", "kites", "--yes")),
    ("site new", ("site", "new", "{folder}/site")),
)
"""Rows of the page, and calls of one archive in their order."""
UNNAMED = {  # keys of records: their own pages have them; and answers of several shapes
    "prove": {"key", "proof", "page", "size_bytes"},  # the row tells of a bundle, too
    "annotate": {"@context", "id", "type", "motivation", "created", "body", "target"},
    "entity add": {"id", "kind", "name", "description"},
    "entity show": {"id", "kind", "name", "description", "mentions"},
    "claim add": {"id", "statement"},
    "claim link": {"id", "statement", "evidence"},
    "log": {"index", "v", "action", "root", "private", "size", "at", "agent", "tool"},
}


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each call of CHANGES answers, in an archive of its own."""
    folder = tmp_path_factory.mktemp("json")
    text = "Kites over the quay\n\nForty kites flew over the quay on Sunday, and {} came down.\n"
    (folder / "kite.txt").write_text(text.format("one"))
    (folder / "again.txt").write_text(text.format("two"))
    found = {}
    for name, words in CHANGES:
        call = [word.format(folder=folder, root=folder / "archive") for word in words]
        with redirect_stdout(TextIOWrapper(BytesIO(), encoding="utf-8")) as out:
            run([*call, "--json", "--quiet", "--archive", str(folder / "archive")])
        out.seek(0)
        found[name] = json.loads(out.read())
    return found


@pytest.mark.parametrize("command", [name for name, _ in CHANGES if name != "add again"])
def test_a_change_is_answered_as_the_page_says(command: str, answers: dict[str, Any]) -> None:
    """The keys of a document are those of its row; of a record those that the record has."""
    answer = answers[command]
    (one,) = answer if isinstance(answer, list) else [answer]
    assert set(one) - {"to"} == UNNAMED.get(command, said(command))


def test_every_command_has_its_row() -> None:
    """No command prints JSON that the page does not tell of."""
    rows = re.findall(r"^\| (`.+?`) \|", JSON_PAGE, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`([a-z -]+)`", row)}
    assert set(COMMANDS) - told == {"site serve"}


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
    more = {"capture", "completeness"} if command == "add" else {"status"}
    assert set(answer["items"][0]) == {"key", "new", "findings", *more}


@pytest.mark.parametrize("folder", ["tutorials", "how-to", "guide", "explanation", "reference"])
def test_an_index_says_what_each_page_is_for(folder: str) -> None:
    """Every page of a folder is linked from its index, with a line about it."""
    index = ROOT / "docs" / folder / "index.md"
    described = re.findall(r"^\[.+\]\(([\w-]+\.md)\)\n: ", index.read_text("utf-8"), re.MULTILINE)

    assert sorted(described) == sorted(p.name for p in index.parent.glob("*.md") if p != index)
