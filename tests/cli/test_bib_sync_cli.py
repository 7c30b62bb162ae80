"""``citekit bib sync`` and ``cite --from``, as people call them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.cli.run import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]

BOOKS = """@book{lund1999, title = {Rain}, author = {Lund, Bo}, year = 1999}
@book{reed2010, title = {Kites}, author = {Reed, Di}, year = 2010}
@book{hidden2020, title = {Hidden}, author = {Owl, Ed}, year = 2020}
"""


@pytest.fixture
def call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Call citekit beside an archive of three books, one of which is private."""
    archive = Archive.create(tmp_path / "archive")
    archive.import_text(BOOKS, format="biblatex")
    archive.set_access("hidden2020", "private")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_a_paper_is_kept_in_step(call: Call, tmp_path: Path) -> None:
    """0 whether something was written or not; stderr says which."""
    (tmp_path / "paper.tex").write_text(r"\cite{lund1999,hidden2020}", "utf-8")
    command = ("bib", "sync", "--for", "paper.tex", "--output", "refs.bib")

    first, again = call(*command), call(*command)

    private = "not in it, being private: 1 private item\n"
    assert first == (0, "", f"{private}refs.bib: 1 entry, 1 added (lund1999)\n")
    assert again == (0, "", f"{private}refs.bib: in step, 1 entry\n")
    assert "hidden" not in (tmp_path / "refs.bib").read_text("utf-8")


def test_a_check_is_for_ci(call: Call, tmp_path: Path) -> None:
    """1 while the file is not in step, and nothing is written; 0 when it is."""
    (tmp_path / "paper.tex").write_text(r"\cite{lund1999}", "utf-8")
    command = ("bib", "sync", "--for", "paper.tex", "-o", "refs.bib")

    code, out, err = call(*command, "--check")

    assert (code, out) == (1, "")
    assert err == "refs.bib: not in step: 1 added (lund1999)\n"
    assert not (tmp_path / "refs.bib").exists()
    call(*command)
    assert call(*command, "--check", "-q") == (0, "", "")


def test_an_unknown_key_is_not_found(call: Call, tmp_path: Path) -> None:
    """3, with its place and the nearest; the rest is written, and several papers count."""
    (tmp_path / "one.tex").write_text("So\n\\cite{lund1998}", "utf-8")
    (tmp_path / "two.rst").write_text(":cite:`reed2010`", "utf-8")

    code, _, err = call("bib", "sync", "--for", "one.tex", "two.rst", "-o", "refs.json")

    assert code == 3
    assert "one.tex:2:7: error: there is no item 'lund1998' [CK-E791]" in err
    assert "hint: did you mean lund1999?" in err
    assert [item["id"] for item in json.loads((tmp_path / "refs.json").read_text())] == ["reed2010"]
    assert call("bib", "sync", "--for", "one.tex", "-o", "refs.json", "--check")[0] == 3


def test_the_json_tells_nothing_private(call: Call, tmp_path: Path) -> None:
    """Keys, changes and findings; how many were private stands on stderr alone."""
    (tmp_path / "paper.tex").write_text(r"\cite{lund1999,hidden2020,nosuch}", "utf-8")

    code, out, err = call("bib", "sync", "--for", "paper.tex", "--json")

    said = json.loads(out)
    assert code == 3
    assert (said["keys"], said["rewritten"], said["path"]) == (["lund1999"], False, None)
    assert [(one["path"], one["line"], one["column"]) for one in said["unknown"]] == [
        ("paper.tex", 1, 27)
    ]
    assert "hidden" not in out
    assert "private" not in out
    assert "1 private item" in err


def test_own_entries_are_told(call: Call, tmp_path: Path) -> None:
    """What was kept, and why."""
    (tmp_path / "refs.bib").write_text("@book{own, title = {O}}\n@book{odd, title = {X}}", "utf-8")
    (tmp_path / "paper.tex").write_text(r"\cite{own}", "utf-8")
    command = ("bib", "sync", "--for", "paper.tex", "-o", "refs.bib")

    _, _, err = call(*command)

    assert "in no archive or library, and kept: own\n" in err
    assert "cited nowhere, and kept: odd (--prune lets them go)\n" in err
    assert "1 removed (odd)" in call(*command, "--prune")[2]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--check",), "--check needs a file"),
        (("--watch",), "--watch needs a file"),
        (("--watch", "--check", "-o", "refs.bib"), "--check writes nothing"),
        (("-o", "refs.pdf"), "cannot tell the format"),
    ],
)
def test_wrong_options_are_told(
    call: Call, tmp_path: Path, options: tuple[str, ...], said: str
) -> None:
    """Nothing is written."""
    (tmp_path / "paper.tex").write_text(r"\cite{lund1999}", "utf-8")

    code, _, err = call("bib", "sync", "--for", "paper.tex", *options)

    assert code == 2
    assert said in err
    assert call("bib", "sync")[0] == 2


def test_without_an_archive_a_library_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unless an archive is named that is not there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "all.bib").write_text(BOOKS, "utf-8")
    (tmp_path / "paper.tex").write_text(r"\cite{reed2010}", "utf-8")
    command = ["bib", "sync", "--for", "paper.tex", "--library", "all.bib"]

    assert run(command) == 0
    assert capsys.readouterr().out == BOOKS.splitlines(keepends=True)[1]
    assert run([*command, "--archive", "nosuch"]) == 3
    assert run(command[:4]) == 3


def test_a_paper_is_cited_whole(call: Call, tmp_path: Path) -> None:
    """In a style, in the order of a numbered one; what is unknown is told, and private is not."""
    (tmp_path / "paper.tex").write_text(r"\cite{reed2010,nosuch,lund1999,hidden2020}", "utf-8")
    (tmp_path / "more.rst").write_text(":cite:`lund1999`", "utf-8")

    code, out, err = call("cite", "--from", "paper.tex", "--style", "ieee")

    assert code == 3
    assert [line[:6] for line in out.splitlines()] == ["[1] D.", "[2] B."]
    assert "paper.tex:1:16: error: there is no item 'nosuch'" in err
    assert "1 private item" in err
    assert "Owl" not in out
    code, out, _ = call("cite", "reed2010", "--from", "more.rst", "-f", "csl-json")
    assert (code, [item["id"] for item in json.loads(out)]) == (0, ["reed2010", "lund1999"])
    assert call("cite", "--from", "more.rst", "--all")[0] == 2


@pytest.fixture
def watching(call: Call, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that keeps ``refs.bib`` in step with ``paper.tex``."""
    assert call("list")[0] == 0
    (tmp_path / "paper.tex").write_text(r"\cite{lund1999}", "utf-8")
    arguments = ["bib", "sync", "--for", "paper.tex", "-o", "refs.bib", "--watch"]
    with subprocess.Popen(
        [sys.executable, "-m", "citekit", *arguments],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def wait_for(path: Path, word: str) -> None:
    """Wait until a file has a word in it."""
    for _ in range(600):
        if path.is_file() and word in path.read_text("utf-8"):
            return
        time.sleep(0.1)
    raise AssertionError(f"{path} never had {word}")


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX's")
def test_a_watch_follows_paper_and_archive(watching: subprocess.Popen[str], tmp_path: Path) -> None:
    """A change of either is written; a paper that is gone for a moment is no end; Ctrl-C is."""
    refs, paper = tmp_path / "refs.bib", tmp_path / "paper.tex"
    wait_for(refs, "lund1999")
    paper.write_text(r"\input{ch}\cite{reed2010}", "utf-8")
    (tmp_path / "ch.tex").write_text(r"\cite{lund1999}", "utf-8")
    wait_for(refs, "reed2010")
    paper.unlink()
    time.sleep(1.5)
    paper.write_text(r"\cite{reed2010}", "utf-8")
    Archive.open(tmp_path / "archive").set_fields("reed2010", {"title": "Kites and gulls"})
    wait_for(refs, "gulls")

    watching.send_signal(signal.SIGINT)
    _, err = watching.communicate(timeout=60)

    assert watching.returncode == 0
    assert "Traceback" not in err
    assert "paper.tex: " in err
