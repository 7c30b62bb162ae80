"""``--dry-run`` of what changes much: it says what would be, and not a byte is another."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]

LIST = "key,title,tags\nlund2020,Another,\nmarsh2019,Salt and walls,walls\nnosuch,X,\n"


@pytest.fixture
def archived(library: Call, article: Path) -> str:
    """The key of an item with a file and an annotation."""
    key = library("add", str(article))[1].strip()
    library("annotate", key, "--note", "Read it.")
    return key


def everything(folder: Path) -> dict[str, bytes]:
    """Every file of the archive."""
    found = folder / "a"
    return {str(p.relative_to(found)): p.read_bytes() for p in found.rglob("*") if p.is_file()}


def dry(call: Call, folder: Path, *words: str) -> tuple[int, str, str]:
    """What a dry run says; nothing may be another afterwards."""
    before = everything(folder)
    said = call(*words, "--dry-run")
    assert everything(folder) == before
    return said


def test_removing_is_told(library: Call, archived: str, tmp_path: Path) -> None:
    """With what goes along; of a sealed item, that it is only withdrawn."""
    code, out, err = dry(library, tmp_path, "remove", archived)
    assert code == 0
    assert out.startswith(f"{archived} (Old lighthouse")
    assert out.endswith(", with 1 capture and 1 annotation\n")
    assert err == "nothing was changed\n"
    library("seal", "--quiet")
    assert "is sealed: its files stay" in dry(library, tmp_path, "remove", archived)[1]
    assert json.loads(dry(library, tmp_path, "remove", archived, "--json")[1]) == {
        "key": archived,
        "captures": 1,
        "annotations": 1,
        "withdrawn": True,
    }


def test_purging_is_told(library: Call, archived: str, tmp_path: Path) -> None:
    """Each payload with its size, and the records that would go."""
    _, out, _ = dry(library, tmp_path, "purge", archived, "--record")
    assert out.startswith(f"remove for good, from {archived} ")
    assert "original (" in out
    assert "item.json" in out
    document = json.loads(dry(library, tmp_path, "purge", archived, "--json")[1])
    assert {payload["role"] for payload in document["purged"]} == {"original", "text"}
    assert document["erased"] == []


def test_renaming_is_told(library: Call, tmp_path: Path) -> None:
    """The new key with the old one as alias; a key that is taken is refused as without."""
    said = dry(library, tmp_path, "rename", "lund2020", "lund")
    assert said == (0, "lund, known as lund2020 too\n", "nothing was changed\n")
    code, _, err = dry(library, tmp_path, "rename", "lund2020", "marsh2019")
    assert code == 7
    assert "is taken by marsh2019" in err


def test_setting_is_told(library: Call, archived: str, tmp_path: Path) -> None:
    """The fields that would be others; what is there already is none."""
    words = ("set", "marsh2019", "title=Salt and walls", "volume=3")
    assert dry(library, tmp_path, *words)[1] == "marsh2019  volume\n"
    assert dry(library, tmp_path, *words, "--access", "public")[1] == (
        "marsh2019  volume, access public\n"
    )
    assert dry(library, tmp_path, "set", archived, "type=nonsense")[0] == 4


def test_a_list_is_told_line_by_line(library: Call, tmp_path: Path) -> None:
    """A line that would fail is told as it would be."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, "utf-8")

    code, out, err = dry(library, tmp_path, "set", "--from", str(path))

    assert code == 3
    assert out == "lund2020  title\nmarsh2019  as it is\n"
    assert "nothing was written: 1 changed, 1 as before, 1 not" in err
    assert library("set", "--from", str(path))[1] == "lund2020\n"


def test_lines_that_say_what_is_there_write_nothing(library: Call, tmp_path: Path) -> None:
    """A list that nobody has edited makes no event and no evidence."""
    path = tmp_path / "list.csv"
    path.write_text(library("list", "--csv", "--columns", "key,title,tags,date")[1], "utf-8")
    before = everything(tmp_path)
    code, out, err = library("set", "--from", str(path))
    assert (code, out, err) == (0, "", "0 changed, 4 as before\n")
    assert everything(tmp_path) == before
