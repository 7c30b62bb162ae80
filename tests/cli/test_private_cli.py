"""Private things on the command line: made, shown to their owner, asked about, verified."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE = """Ferry left early

By Ada Quill

The ferry left at 0417, a witness at the quay said. She had seen the lights go out before that.
"""


@pytest.fixture
def root(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """An archive with a private article and a restricted one."""
    root = tmp_path / "archive"
    (tmp_path / "quay.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "open.txt").write_text(f"{ARTICLE}\nOpen.\n", encoding="utf-8")
    _run(root, "init")
    _run(root, "add", str(tmp_path / "quay.txt"), "--key", "quay2024", "--access", "private")
    _run(root, "add", str(tmp_path / "open.txt"), "--key", "open2024")
    capsys.readouterr()
    return root


def test_adding_says_what_private_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On stderr: nothing of it is published, and nothing is encrypted."""
    file = root.parent / "third.txt"
    file.write_text(f"{ARTICLE}\nThird.\n", encoding="utf-8")
    assert _run(root, "add", str(file), "--access", "private", "--key", "third") == 0
    told = capsys.readouterr()
    assert told.out == "third\n"
    assert "nothing here is encrypted" in " ".join(told.err.split())


def test_the_owner_sees_it_marked(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In the list, and where it is shown; it is found, cited by name and restored like others."""
    _run(root, "list")
    assert "[private] Ferry left early" in capsys.readouterr().out
    _run(root, "show", "quay2024")
    assert "private)" in capsys.readouterr().out
    _run(root, "search", "lights", "--json")
    assert {hit["key"] for hit in json.loads(capsys.readouterr().out)} == {"quay2024", "open2024"}
    assert _run(root, "cite", "quay2024") == 0
    assert "Ferry left early" in capsys.readouterr().out
    assert _run(root, "restore", "quay2024", str(root.parent / "quay.txt")) == 0


def test_notes_entities_and_claims(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each takes --private, and can be changed afterwards."""
    assert _run(root, "annotate", "open2024", "--note", "mine", "--private") == 0
    identifier = capsys.readouterr().out.strip()
    assert _run(root, "entity", "add", "Witness W", "--kind", "person", "--private") == 0
    assert _run(root, "claim", "add", "It left early.", "--entity", "witness-w") == 0
    assert "private, because" in capsys.readouterr().err
    assert _run(root, "annotation", "edit", identifier, "--entity", "witness-w") == 0
    assert _run(root, "annotation", "private", identifier, "--no") == 7
    assert _run(root, "entity", "private", "witness-w", "--no") == 0
    assert _run(root, "annotation", "private", identifier, "--no") == 0
    assert _run(root, "entity", "private", "witness-w") == 7
    assert _run(root, "claim", "private", "it-left-early", "--no") == 0
    capsys.readouterr()
    _run(root, "claim", "list")
    assert "private" not in capsys.readouterr().out


def test_making_private_is_asked_about(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A script says --yes, else nothing changes and it ends with 7."""
    assert _run(root, "set", "open2024", "--access", "private") == 7
    assert "nobody has confirmed it" in capsys.readouterr().err
    assert (root / "items/open2024/item.json").is_file()
    assert _run(root, "set", "open2024", "--access", "private", "--yes", "--json") == 0
    assert json.loads(capsys.readouterr().out)["access"] == "private"
    assert not (root / "items").exists() or not list((root / "items").iterdir())
    assert _run(root, "set", "open2024", "--access", "private", "title=Another") == 0
    assert _run(root, "set", "open2024", "--access", "restricted") == 0
    assert _run(root, "verify") == 0


def test_private_is_a_default(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``access = "private"`` in archive.toml holds for what is new; a slip is told."""
    settings = root / "archive.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('# access = "restricted"', 'access = "private"'), "utf-8")
    file = root.parent / "fourth.txt"
    file.write_text(f"{ARTICLE}\nFourth.\n", encoding="utf-8")
    assert _run(root, "add", str(file), "--key", "fourth") == 0
    assert (root / "private/items/fourth/item.json").is_file()
    settings.write_text(text.replace('# access = "restricted"', 'access = "secret"'), "utf-8")
    assert _run(root, "list") == 4
    assert 'access = "private"' in capsys.readouterr().err


def _run(root: Path, *words: str) -> int:
    if words == ("init",):
        return run(["init", str(root)])
    return run(["--archive", str(root), *words])
