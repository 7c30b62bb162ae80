"""``citekit render`` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from citekit import Archive
from citekit.cli.run import run

PAPER = "---\nbibliography: refs.json\ncsl: apa\n---\n\nNets [@lund2001] and @none.\n"
LIBRARY = Path(__file__).parents[1] / "cases" / "rendering" / "library.json"


@pytest.fixture
def paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A paper in a folder of its own, with its bibliography, and no archive anywhere."""
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "refs.json").write_bytes(LIBRARY.read_bytes())
    (folder / "paper.md").write_text(PAPER, "utf-8")
    monkeypatch.chdir(folder)
    return folder / "paper.md"


def test_prints_the_paper(paper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The paper goes to stdout, what nobody knows to stderr with its line; then the end is 3."""
    assert run(["render", "paper.md"]) == 3
    out, err = capsys.readouterr()
    assert "Nets (Lund, 2001) and **none?**.\n\nLund, H. (2001)." in out
    assert "paper.md:6:22: error: no source has the key none [CK-E743]" in err
    assert paper.read_text("utf-8") == PAPER


def test_the_ending_of_the_output_is_its_format(paper: Path) -> None:
    """A file is written whole, in the format of its name; never over the paper."""
    paper.write_text(PAPER.replace(" and @none", ""), "utf-8")
    for name, begins in (("a.html", "<!DOCTYPE html>"), ("a.tex", "Nets (Lund"), ("a.md", "---\n")):
        assert run(["render", "paper.md", "--output", name]) == 0
        assert (paper.parent / name).read_text("utf-8").startswith(begins)
    assert run(["render", "paper.md", "--output", "../paper/paper.md"]) == 2


def test_json(paper: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One document has the text, the keys and what was found."""
    run(["render", str(paper), "--json", "--to", "text"])
    answer = json.loads(capsys.readouterr().out)
    assert (answer["cited"], answer["unknown"]) == (["lund2001"], ["none"])
    assert "Nets (Lund, 2001) and none?." in answer["text"]
    assert [finding["line"] for finding in answer["findings"]] == [6]


def test_archives(paper: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The archive that the paper names gives what is for others; one that the user names wins."""
    library = LIBRARY.read_text("utf-8")
    one, two = library.replace("Lund", "Lundone"), library.replace("Lund", "Lundtwo")
    Archive.create(tmp_path / "one").import_text(one, access="public")
    Archive.create(tmp_path / "two").import_text(two, access="private")
    paper.write_text("---\ncitekit-archive: ../one\n---\n\n@lund2001\n", "utf-8")
    assert run(["render", "paper.md", "--style", "apa"]) == 0
    assert "Lundone (2001)" in capsys.readouterr().out
    asked = ["render", "paper.md", "--style", "apa", "--archive", str(tmp_path / "two")]
    assert run(asked) == 3
    assert "--with-private" in capsys.readouterr().err
    assert run([*asked, "--with-private"]) == 0
    assert "Lundtwo (2001)" in capsys.readouterr().out
    paper.write_text("---\ncitekit-archive: ../two\n---\n\n@lund2001\n", "utf-8")
    assert run(["render", "paper.md", "--with-private"]) == 3
    assert run([*asked, "--output", str(tmp_path / "two" / "items" / "x.md")]) == 2


def test_a_paper_that_is_not_there(capsys: pytest.CaptureFixture[str], paper: Path) -> None:
    """It is told, and ends with 3."""
    assert run(["render", str(paper.parent / "no.md")]) == 3
    assert "does not exist" in capsys.readouterr().err
