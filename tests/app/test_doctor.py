"""``doctor``: tries what it tells, changes nothing, and never fails itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from citekit.app.doctor import CheckedThing, examine
from citekit.store.archive import ArchiveStore

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def _by_name(checks: list[CheckedThing]) -> dict[str, CheckedThing]:
    return {check.name: check for check in checks}


def test_what_the_core_needs_is_here() -> None:
    """Python and SQLite are required and fine where these tests run; extras are only told."""
    checks = _by_name(examine())
    assert checks["python"].ok
    assert checks["search"].ok
    assert {name for name, check in checks.items() if check.required} == {"python", "search"}
    assert all(check.hint for check in checks.values())
    assert {"extra site", "extra seal", "extra browser", "browser", "biber", "git"} <= set(checks)


def test_programs_that_are_absent_are_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With an empty PATH nothing is found, and every hint says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CITEKIT_BROWSER", raising=False)
    checks = _by_name(examine())
    assert not checks["git"].ok
    assert not checks["biber"].ok
    assert "apt install git" in checks["git"].hint


def test_a_program_that_does_not_answer_well_is_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program that fails or talks nonsense counts as found, without a version."""
    program = tmp_path / "git"
    program.write_bytes(b"#!/bin/sh\nprintf '\\377\\376 nonsense'; exit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert _by_name(examine())["git"].detail == "git"


def test_an_archive_is_tried(tmp_path: Path) -> None:
    """Writing, locking, the index and file names are looked at, and nothing stays behind."""
    store = ArchiveStore.create(tmp_path / "archive")
    checks = _by_name(examine(store.root))
    assert checks["archive"].detail.endswith("archive: 0 items")
    assert checks["archive writable"].ok
    assert checks["archive lock"].detail == "works"
    assert checks["index"].detail.startswith("none yet")
    assert not [path for path in store.layout.local.rglob("*") if path.is_file()]
    assert checks["file names"].to_json()["ok"] is True


def test_a_lock_that_is_taken_is_fine(tmp_path: Path) -> None:
    """Another writer at work is no fault of the machine."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing():
        check = _by_name(examine(store.root))["archive lock"]
    assert check.ok
    assert "another process has it" in check.detail


def test_a_broken_archive_is_told(tmp_path: Path) -> None:
    """An archive.toml that cannot be read is one failed check with its place."""
    (tmp_path / "archive.toml").write_text("layout = \n")
    check = _by_name(examine(tmp_path))["archive"]
    assert not check.ok
    assert check.required
    assert "archive.toml:1:" in check.detail


def test_a_folder_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    """When .citekit is a file, writing fails with a hint, and reading goes on."""
    store = ArchiveStore.create(tmp_path / "archive")
    store.layout.local.write_text("in the way")
    check = _by_name(examine(store.root))["archive writable"]
    assert not check.ok
    assert check.detail.startswith("only reading is possible")
    assert check.hint
