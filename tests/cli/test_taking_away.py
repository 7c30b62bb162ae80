"""seal, recover, remove and purge as they are called, where something is to go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.testing.builders import build_archive
from citekit.testing.tamper import wait_for_seal

if TYPE_CHECKING:
    from pathlib import Path

OTHER = f"sha256:{'0' * 64}"


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A sealed archive, with a configuration folder and a key of its own."""
    store = build_archive(tmp_path / "archive")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("CITEKIT_ARCHIVE", str(store.root))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    assert run(["keygen", "--quiet"]) == 0
    assert run(["seal", "--quiet"]) == 0
    return store.root


def _answer(*words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """The command in a process of its own; what is typed is no terminal's."""
    command = [sys.executable, "-m", "citekit", *words]
    environment = dict(os.environ)
    return subprocess.run(
        command, input=typed, capture_output=True, text=True, check=False, env=environment
    )


def test_a_seal_says_what_it_signs_before_it_does(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By kind, and what was only found apart; on stderr, so that the answer stays what it was."""
    assert run(["set", "tide2023", "genre=report"]) == 0
    (archive / "items" / "harbour2024" / "note.md").write_text("By hand.\n")
    capsys.readouterr()
    assert run(["seal"]) == 0
    assert "signs item × 1, note (found) × 1" in capsys.readouterr().err


def test_a_seal_asks_and_signs_nothing_without_an_answer(archive: Path) -> None:
    """A note that was deleted by hand: 7 where nobody can answer, ``--yes`` names and signs it."""
    (archive / "items" / "harbour2024" / "note.md").unlink()
    before = (archive / "log" / "checkpoint").read_bytes()
    refused = _answer("seal", typed="y\n")
    assert (refused.returncode, refused.stdout) == (7, "")
    assert "removal of items/harbour2024/note.md" in refused.stderr
    assert (archive / "log" / "checkpoint").read_bytes() == before
    done = _answer("seal", "--yes")
    assert done.returncode == 0
    assert "signs the removal of items/harbour2024/note.md" in done.stderr
    assert _answer("verify", "--strict").returncode == 0


@pytest.mark.usefixtures("archive")
def test_what_another_command_noted_is_known() -> None:
    """Each command is a process of its own, and the seal knows all of them as this computer's."""
    key = json.loads(_answer("claim", "list", "--json").stdout)[0]["id"]
    assert _answer("claim", "rm", key).returncode == 0
    assert _answer("set", "harbour2024", "--access", "public").returncode == 0
    done = _answer("seal")
    assert done.returncode == 0
    assert "(found)" not in done.stderr


def test_a_conflict_is_decided(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Verify 6, seal 7, recover names it with 1, and ``--keep`` ends it."""
    text = archive.parent / "kites.txt"
    text.write_text("Kites\n\nBy A. Person\n\nForty kites flew over the quay.\n")
    assert run(["add", str(text), "--key", "kites2026", "--quiet"]) == 0
    (path,) = (archive / "items" / "kites2026" / "captures").iterdir()
    subject = path.relative_to(archive).as_posix()
    wait_for_seal(archive, {"action": "capture", "subject": subject, "digest": OTHER})
    assert run(["verify"]) == 6
    assert run(["seal"]) == 7
    capsys.readouterr()
    assert run(["recover", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    (conflict,) = answer["conflicts"]
    assert (conflict["path"], answer["dropped"]) == (subject, 0)
    (mine,) = (digest for digest in conflict["digests"] if digest != OTHER)
    assert run(["recover", "--keep", mine]) == 0
    assert run(["verify"]) == 0
    assert run(["seal"]) == 0


def test_an_item_is_withdrawn_and_comes_back(
    archive: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Remove of a sealed item says what it did; ``--undo`` takes it back without a question."""
    for claim in (archive / "claims").iterdir():
        claim.unlink()
    assert run(["seal", "--yes", "--quiet"]) == 0
    capsys.readouterr()
    assert run(["remove", "tide2023", "--yes"]) == 0
    told = capsys.readouterr()
    assert told.out == "tide2023\n"
    assert "withdrawn" in told.err
    assert run(["list"]) == 0
    assert "withdrawn" in capsys.readouterr().out
    assert run(["remove", "tide2023", "--undo"]) == 0
    assert run(["remove", "tide2023", "--undo"]) == 2
    assert run(["seal"]) == 0
    assert run(["verify", "--strict"]) == 0


def test_a_record_is_erased(archive: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Purge --record names the files, waits for the seal, and is fine after it."""
    for claim in (archive / "claims").iterdir():
        claim.unlink()
    assert run(["seal", "--yes", "--quiet"]) == 0
    capsys.readouterr()
    assert run(["purge", "harbour2024", "--record", "--yes", "--json"]) == 0
    assert "items/harbour2024/item.json" in json.loads(capsys.readouterr().out)["erased"]
    assert run(["verify"]) == 6
    assert run(["seal", "--yes"]) == 0
    assert run(["verify", "--strict"]) == 0
    assert run(["show", "harbour2024"]) == 3
