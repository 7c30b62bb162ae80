"""``citekit import``: merging, dry runs, folders and several files, as people call it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., tuple[int, str, str]]

TIDES = "@book{tides, title={Tides}, year=2019, volume=3, author={Lund, Bo}}\n"


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An empty archive in ``archive``."""
    return ArchiveStore.create(tmp_path / "archive")


@pytest.fixture
def call(
    store: ArchiveStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Call:
    """Call citekit in the folder of the archive."""
    assert store.keys() == ()
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        out, err = capsys.readouterr()
        return code, out, err

    return call


def write(folder: Path, name: str, text: str) -> str:
    """A file below the folder; its name as it is called there."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, "utf-8")
    return name


def test_a_dry_run_is_a_table_and_writes_nothing(call: Call, tmp_path: Path) -> None:
    """New, known, changed and doubtful, on stdout; the counts are one line, not with -q."""
    call("import", write(tmp_path, "a.bib", TIDES + "@book{same, title={Same}}"))
    more = (
        TIDES.replace("volume=3", "volume=4")
        + "@book{other, title={Tides}, year=2019}\n@book{same, title={Same}}\n@book{new, title={N}}"
    )
    file = write(tmp_path, "b.bib", more)

    code, out, err = call("import", file, "--dry-run", "--merge", "theirs")

    assert code == 0
    assert out.splitlines() == [
        "doubtful  other  may be tides",
        "new       new",
        "known     same",
        "changed   tides  takes over volume",
    ]
    assert err.splitlines()[-1] == (
        "nothing was written: 2 new, 1 known, 1 changed, 1 doubtful (of the new ones)"
    )
    assert call("list")[1].count("\n") == 2
    assert "stays otherwise volume" in call("import", file, "--dry-run")[1]
    quiet = call("-q", "import", file, "--dry-run", "--merge", "theirs")[2]
    assert "written" not in quiet
    rows = json.loads(call("--json", "import", file, "--dry-run", "--merge", "theirs")[1])["items"]
    assert [(row["status"], row["new"]) for row in rows] == [
        ("doubtful", True),
        ("new", True),
        ("known", False),
        ("changed", False),
    ]
    assert rows[3]["taken"] == rows[3]["variables"] == ["volume"]


def test_scripts_keep_unless_told(call: Call, store: ArchiveStore, tmp_path: Path) -> None:
    """Without a terminal nobody is asked."""
    call("import", write(tmp_path, "a.bib", TIDES))
    file = write(tmp_path, "a.bib", TIDES.replace("volume=3", "volume=4"))
    code, out, err = call("import", file)
    assert (code, out) == (0, "")
    assert "tides stays as it is here: volume [CK-W770]" in err
    assert call("import", file, "--merge", "ask")[0] == 2
    assert store.item("tides").text("volume") == "3"
    assert call("import", file, "--merge", "theirs")[2] == "0 new, 1 changed\n"
    assert store.item("tides").text("volume") == "4"


@pytest.mark.skipif(sys.platform == "win32", reason="pty")
def test_a_terminal_is_asked(call: Call, store: ArchiveStore, tmp_path: Path) -> None:
    """The answer of a person at a real terminal counts."""
    call("import", write(tmp_path, "a.bib", TIDES))
    write(tmp_path, "a.bib", TIDES.replace("volume=3", "volume=4"))
    ours, theirs = pty.openpty()
    os.write(ours, b"theirs\n")
    with open(theirs, "r+b", buffering=0) as terminal:  # noqa: PTH123  # a descriptor
        done = subprocess.run(
            [sys.executable, "-m", "citekit", "import", "a.bib"],
            cwd=tmp_path,
            stdin=terminal,
            stderr=terminal,
            stdout=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    told = os.read(ours, 10_000).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "tides says otherwise than the file: volume." in told
    assert store.item("tides").text("volume") == "4"


def test_a_folder_gives_all_its_bibliographies(call: Call, tmp_path: Path) -> None:
    """Of all formats and depths; other JSON, hidden folders, links and archives are left out."""
    write(tmp_path, "refs/a.bib", "@book{a, title={A}}")
    write(tmp_path, "refs/deep/er/b.ris", "TY  - BOOK\nID  - b\nTI  - B\nER  - \n")
    write(tmp_path, "refs/c.json", '[{"id": "c", "type": "book", "title": "C"}]')
    write(tmp_path, "refs/package.json", '{"name": "no bibliography"}')
    write(tmp_path, "refs/list.json", '[{"name": "none either"}]')
    write(tmp_path, "refs/.git/d.bib", "@book{d, title={D}}")
    write(tmp_path, "outside.bib", "@book{e, title={E}}")
    (tmp_path / "refs/link.bib").symlink_to(tmp_path / "outside.bib")
    inner = ArchiveStore.create(tmp_path / "refs/kept")
    write(inner.root, "f.bib", "@book{f, title={F}}")

    code, out, err = call("import", "refs")

    assert (code, out) == (0, "a\nc\nb\n")
    assert err.count("is no bibliography, and was left out [CK-I773]") == 2
    assert err.splitlines()[-1] == "3 new"


def test_one_bad_file_does_not_stop_the_others(call: Call, tmp_path: Path) -> None:
    """In a folder and on the command line; the exit code says that something was refused."""
    write(tmp_path, "refs/a.bib", "@book{a, title={A}}")
    write(tmp_path, "refs/b.ris", "")
    write(tmp_path, "refs/c.bib", "@book{c, title={C}}")
    code, out, err = call("import", "refs")
    assert (code, out) == (4, "a\nc\n")
    assert "b.ris" in err
    assert "[CK-E772]" in err
    last = write(tmp_path, "d.bib", "@book{d, title={D}}")
    assert call("import", "nowhere.bib", "refs/b.ris", last)[:2] == (3, "d\n")


def test_a_folder_without_bibliographies_is_refused(call: Call, tmp_path: Path) -> None:
    """It says what a bibliography is called."""
    (tmp_path / "empty").mkdir()
    code, _, err = call("import", "empty")
    assert code == 4
    assert "holds neither an archive nor a bibliography" in err
    assert ".bib" in err


def test_a_package_is_not_tried_out(call: Call, tmp_path: Path) -> None:
    """What a package does not have is refused before anything is read."""
    ArchiveStore.create(tmp_path / "other")
    assert call("import", "other", "--dry-run")[0] == 2
    assert call("import", "other", "--merge", "theirs")[0] == 2
    assert call("import", "other")[0] == 0
