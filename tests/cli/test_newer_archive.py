"""An archive that needs what this citekit does not know is left alone by every command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.cli.run import run
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = (
    "list", "search dusk", "show tide2023", "verify", "log", "seal", "cite tide2023",
    "export --format bagit --output out", "backup copy", "set tide2023 title=New",
    "rename tide2023 new2023", "remove tide2023 --yes", "purge tide2023 --reason none --yes",
    "annotate tide2023", "annotations tide2023", "add page.txt", "import refs.bib",
    "restore page.txt", "prove tide2023", "diff tide2023", "entity list", "claim list",
)  # fmt: skip


def _need(settings: Path, feature: str) -> None:
    text = settings.read_text("utf-8")
    settings.write_text(text.replace('features = ["', f'features = ["{feature}", "', 1), "utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_an_unknown_feature_ends_every_command(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 4, what it needs, what to install; and nothing is written."""
    root = build_archive(tmp_path / "archive").root
    path = root / "archive.toml"
    _need(path, "tides")
    before = {file: file.read_bytes() for file in root.rglob("*") if file.is_file()}
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.txt").write_text("A headline\n\nA paragraph.\n", "utf-8")
    (tmp_path / "refs.bib").write_text("", "utf-8")
    code = run(["--archive", str(root), *command.split()])
    said = capsys.readouterr().err
    assert (code, "made by a newer citekit" in said, "'tides'" in said) == (4, True, True)
    assert {file: file.read_bytes() for file in root.rglob("*") if file.is_file()} == before


def test_doctor_says_what_is_wrong_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It looks at the machine all the same, and names the archive's trouble among the rest."""
    root = build_archive(tmp_path / "archive").root
    path = root / "archive.toml"
    _need(path, "tides")
    assert run(["--archive", str(root), "doctor"]) == 1
    assert "made by a newer citekit" in capsys.readouterr().out
