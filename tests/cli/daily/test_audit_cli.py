"""``citekit audit`` as a user types it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

PAPER = "“Nothing of this is there at all” [@{key}].\n"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The key of an item in an archive beside a paper that quotes it wrongly."""
    store = build_archive(tmp_path / "archive")
    key = next(key for key in store.folders() if store.text(key))
    (tmp_path / "paper.md").write_text(PAPER.format(key=key), "utf-8")
    monkeypatch.chdir(tmp_path)
    return key


def test_what_is_wanting_is_told_with_its_line(
    key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """On stdout, with the code; the sum on stderr."""
    assert run(["audit", "paper.md"]) == 1
    out, err = capsys.readouterr()
    assert f"paper.md:1:2: error: “Nothing of this is there at all” is not in {key}," in out
    assert err == "1 quotation: 1 absent; 1 source; 1 thing wanting\n"


def test_a_paper_in_order(key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Notes are no wants, and what is not sealed is none but with --strict."""
    (tmp_path / "paper.md").write_text(f"It is said [@{key}].\n", "utf-8")
    assert run(["audit", "paper.md", "--quiet"]) == 0
    assert "CK-I818" in capsys.readouterr().out
    assert run(["audit", "paper.md", "--strict"]) == 1


def test_annotations_of_a_pull_request(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A line each, in the form that GitHub reads."""
    assert run(["audit", "paper.md", "--format", "github", "--quiet"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("::error file=paper.md,line=1,col=2,title=CK-E813::“Nothing")
    assert lines[1].startswith("::notice file=paper.md,line=1,")
    assert key in lines[1]


def test_json(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One document; by either of the options."""
    run(["audit", "paper.md", "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert [(q["verdict"], q["key"]) for q in answer["quotations"]] == [("absent", key)]
    run(["audit", "paper.md", "--format", "json"])
    assert json.loads(capsys.readouterr().out) == answer


def test_the_page_is_written_beside(
    key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Never over the paper, and never into the archive."""
    assert run(["audit", "paper.md", "-o", "audit.html"]) == 1
    page = (tmp_path / "audit.html").read_text("utf-8")
    assert "✗ not found" in page
    capsys.readouterr()
    assert run(["audit", "paper.md", "--format", "html"]) == 1
    assert capsys.readouterr().out == page
    for path in ("paper.md", "archive/audit.html"):
        assert run(["audit", "paper.md", "-o", path]) == 2
    assert (tmp_path / "paper.md").read_text("utf-8") == PAPER.format(key=key)


@pytest.mark.parametrize(("paper", "code"), [("none.md", 3), ("archive.toml", 2)])
def test_what_is_no_paper(key: str, tmp_path: Path, paper: str, code: int) -> None:
    """A file that is not there, and one of another kind."""
    assert key
    (tmp_path / "archive.toml").touch()
    assert run(["audit", paper, "--archive", "archive"]) == code
