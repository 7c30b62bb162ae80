"""The map of the package leads somewhere: rooms, files of the walks, numbers of decisions."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "citekit"
MAP = (ROOT / "docs/explanation/architecture.md").read_text("utf-8")
EXTEND = (ROOT / "docs/how-to/extend.md").read_text("utf-8")
DECISIONS = ROOT / "docs" / "decisions"
INVENTED = {
    "citekit/formats/tabs.py",
    "citekit/app/verifying/NAME.py",
    "citekit/pages/publishers.py",
}
INVENTED |= {"citekit/cli/commands/count.py", "citekit/cli/actions/count.py"}


def files_named(page: str) -> set[str]:
    """Files in backticks; a bare name counts from the folder of the file before it in its line."""
    found = set()
    for line in page.splitlines():
        folder = ""
        for name in re.findall(r"`([\w/.-]+\.(?:py|toml|template|txt))`", line):
            folder = name.rpartition("/")[0] or folder
            found.add(name if "/" in name or not folder else f"{folder}/{name}")
    return found


def is_there(name: str) -> bool:
    """Whether a file of this name is in the package or in the repository."""
    return (PACKAGE / name).is_file() or (ROOT / name).is_file()


def test_every_file_on_the_map_is_there() -> None:
    """Walks and policies name files that exist."""
    named = files_named(MAP)
    assert len(named) > 80
    assert {name for name in named if not is_there(name)} == set()


def test_every_room_is_on_the_map() -> None:
    """Each folder of the package with modules has its line."""
    rooms = {
        path.parent.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("__init__.py")
        if path.parent != PACKAGE
    }
    on_the_map = {name.rstrip("/") for name in re.findall(r"`([\w/]+/)`", MAP)}
    told_room_by_room = {"app", "csl", "store", "extract", "formats", "sphinx", "cli"}
    assert rooms - on_the_map - told_room_by_room == set()


def test_every_file_of_the_recipes_is_there() -> None:
    """The recipes name files that exist, but for those that they add."""
    named = set(re.findall(r"`((?:citekit|tests|docs)/[\w/.-]+\.\w+)`", EXTEND))
    assert {name for name in named if not is_there(name)} <= INVENTED


def test_decisions_are_numbered_without_gaps() -> None:
    """0001, 0002 …, each with its number in the heading."""
    pages = sorted(DECISIONS.glob("0*.md"))
    for number, page in zip(count(1), pages, strict=False):
        assert page.name.startswith(f"{number:04d}-")
        assert page.read_text("utf-8").startswith(f"# {number}. ")
    assert len(pages) >= 14


def test_decisions_that_are_cited_exist() -> None:
    """Code and pages cite decisions by a path that is there."""
    sources = [*PACKAGE.rglob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "pyproject.toml"]
    cited = {
        number
        for path in sources
        for number in re.findall(r"decisions/(\d{4})", path.read_text("utf-8"))
    }
    assert cited
    assert {number for number in cited if not [*DECISIONS.glob(f"{number}-*.md")]} == set()
