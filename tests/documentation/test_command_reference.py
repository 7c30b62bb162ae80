"""What the documentation says of the command line is what the command line does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from citekit.cli import call, generate, typer_app
from citekit.cli.arguments import Globals, Values, normalise
from citekit.cli.command_table import COMMANDS, GROUPS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
PAGES = [page for page in PAGES if "_build" not in page.parts and "_staged" not in page.parts]


def test_the_reference_page_says_what_is_declared() -> None:
    """Every command with its help stands in the reference; ``python -m citekit.cli.generate``."""
    assert generate.PAGE.read_text("utf-8") == generate.page()


def prompts(page: Path) -> list[str]:
    """The citekit commands that a page shows behind a prompt."""
    lines = re.findall(r"^\$ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    ends = r"\s[#>]\s|&&|;(?![^\[]*\])"
    parts = [part.strip() for line in lines for part in re.split(ends, line)]
    return [part for part in parts if part.startswith("citekit ")]


def names(page: Path) -> list[str]:
    """The citekit commands that a page names in backticks."""
    return re.findall(r"`citekit ([a-z][a-z-]*(?: [a-z]+)?)", page.read_text("utf-8"))


SHOWN = [
    pytest.param(command, id=f"{page.relative_to(ROOT)}: {command[:60]}")
    for page in PAGES
    for command in prompts(page)
]


@pytest.mark.parametrize("command", SHOWN)
def test_commands_shown_behind_a_prompt_work(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command that a reader may copy is one that typer accepts, with those options."""
    called: list[str] = []

    def record(shown: str, _: Values, __: Globals) -> int:
        called.append(shown)
        return 0

    monkeypatch.setattr(call, "call", record)
    found, rest = normalise(shlex.split(command)[1:])
    assert typer_app.run_typer(rest, found) == 0
    assert called or rest[-1] in ("--help", "--version")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_named_in_the_text_exist(page: Path) -> None:
    """Each command that a page names is in the table."""
    known = set(COMMANDS) | set(GROUPS)
    unknown = [n for n in names(page) if n not in known and n.split()[0] not in known]
    assert unknown == []
