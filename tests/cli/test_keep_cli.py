"""``purge``, ``backup``, ``export``, ``import`` of packages and ``restore``, as typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run one command in a small archive; exit code, stdout and stderr."""
    build_archive(tmp_path / "a")

    def do(*words: str) -> tuple[int, str, str]:
        code = run(["--archive", str(tmp_path / "a"), *words])
        out, err = capsys.readouterr()
        return code, out, err

    return do


def test_purge_asks_first(call: Call) -> None:
    """Where nobody can answer nothing is purged; --yes is an answer; the key is printed."""
    code, out, err = call("purge", "harbour2024")
    assert (code, out) == (2, "")
    assert "nothing purged" in err
    code, out, err = call("purge", "harbour2024", "--yes", "--reason", "asked")
    assert (code, out) == (0, "harbour2024\n")
    assert "backups, exports and built sites elsewhere are not reached" in err
    code, out, _ = call("verify")
    assert code == 0
    assert "was purged" in out


def test_show_says_what_was_purged(call: Call) -> None:
    """Who looks at an item sees that its bytes are gone for good, and not just elsewhere."""
    call("purge", "harbour2024", "--yes")
    assert ", purged: removed for good" in call("show", "harbour2024")[1]
    assert set(json.loads(call("show", "harbour2024", "--json")[1])["absent"].values()) == {
        "purged"
    }


def test_access_that_is_so_already_is_no_event(call: Call) -> None:
    """The log tells of changes; there was none."""
    call("seal")
    assert call("set", "harbour2024", "--access", "restricted")[0] == 0
    assert "waits" not in call("log")[1]


def test_purge_as_json(call: Call) -> None:
    """The document names what is gone and what git has."""
    document = json.loads(call("purge", "lantern2024", "--yes", "--json")[1])
    assert [payload["role"] for payload in document["purged"]] == ["text"]
    assert document["git"] is None
    assert document["kept"] == {}


def test_purge_of_nothing(call: Call) -> None:
    """An item without payloads and an unknown one are not found."""
    assert call("purge", "tide2023", "--yes")[0] == 3
    assert call("purge", "nobody", "--yes")[0] == 3


def test_backup_says_what_it_did(call: Call, tmp_path: Path) -> None:
    """Two lines: files, and the verdict on the copy; a foreign folder is a conflict."""
    code, out, _ = call("backup", str(tmp_path / "b"))
    assert code == 0
    assert "files copied" in out
    assert "the copy verifies" in out
    assert json.loads(call("backup", str(tmp_path / "b"), "--json")[1])["copied"] == 0
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "x").write_text("x")
    assert call("backup", str(tmp_path / "c"))[0] == 7


@pytest.mark.parametrize("format_", ["bagit", "ro-crate"])
def test_export_and_import(
    call: Call, tmp_path: Path, format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The package's path is the answer, what was left out a note; another archive takes it in."""
    package = str(tmp_path / "p.zip")
    code, out, err = call("export", "--format", format_, "--output", package)
    assert (code, out) == (0, f"{package}\n")
    assert "left out: 1 restricted payloads" in err
    assert run(["--archive", str(tmp_path / "n"), "init", "--quiet"]) == 0
    capsys.readouterr()
    assert run(["--archive", str(tmp_path / "n"), "import", package]) == 0
    assert capsys.readouterr().out.split() == ["harbour2024", "lantern2024", "tide2023"]


def test_export_wants_format_and_place(call: Call, tmp_path: Path) -> None:
    """Without them the hint has the whole command; an existing path is a conflict."""
    code, _, err = call("export")
    assert code == 2
    assert "--format bagit|ro-crate|prov|wacz --output PATH" in err
    assert call("export", "--format", "bagit", "-o", str(tmp_path))[0] == 7


def test_a_broken_bag_is_invalid_data(call: Call, tmp_path: Path) -> None:
    """Exit code 4, with the place inside the bag."""
    assert call("export", "-f", "bagit", "-o", str(tmp_path / "bag"))[0] == 0
    (tmp_path / "bag" / "data" / "archive.toml").write_text("layout = 1\n")
    code, out, err = call("import", str(tmp_path / "bag"))
    assert (code, out) == (4, "")
    assert "is no valid bag" in err


def test_set_access_tells_what_it_took_out(call: Call) -> None:
    """The key is the answer; each thing taken out of the records is a line on stderr."""
    code, out, err = call("set", "lantern2024", "--access", "restricted")
    assert (code, out) == (0, "lantern2024\n")
    assert "taken out; the offsets stay" in err
    document = json.loads(call("set", "lantern2024", "--access", "public", "--json")[1])
    assert (document["key"], document["access"]) == ("lantern2024", "public")


def test_restore_without_an_address(call: Call) -> None:
    """An item without captures has nothing to restore; a private address needs leave."""
    assert call("restore", "tide2023")[0] == 3
