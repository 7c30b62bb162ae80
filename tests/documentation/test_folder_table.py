"""The table of keys and folders in the reference is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from citekit.store.folder_names import key_of, names_of

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "archive-format.md"
ROW = re.compile(r"^\| (`.+?)(?:, where .*?)? \| (`.+`|the same) \|", re.MULTILINE)


def rows() -> list[tuple[str, str]]:
    """Each key of the section with its folder."""
    section = PAGE.read_text(encoding="utf-8").split("## Keys and folders")[1].split("\n## ")[0]
    found = []
    for keys, folders in ROW.findall(section):
        spelled = re.findall("`([^`]+)`", keys)
        names = spelled if folders == "the same" else re.findall("`([^`]+)`", folders)
        found += list(zip(spelled, names, strict=True))
    return found


@pytest.mark.parametrize(("key", "folder"), rows())
def test_the_reference_names_the_folders(key: str, folder: str) -> None:
    """Each folder of the table is one of the key's two names, and leads back to it."""
    assert folder in names_of(key)
    assert key_of(folder) == key


def test_the_table_is_read() -> None:
    """The test sees the rows."""
    assert len(rows()) == 12
