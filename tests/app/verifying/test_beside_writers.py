"""Verify while others write: never a wrong verdict, and no waiting without end."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from citekit.app.sealing.seal import seal
from citekit.app.verifying.beside_writers import ATTEMPTS, until_steady
from citekit.errors import NotFound, StoreConflict
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit.store.archive import ArchiveStore

RUNS = 20


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchiveStore:
    """A sealed archive; no key of whoever runs the tests is found."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    store = build_archive(tmp_path / "archive")
    seal(store)
    return store


@contextmanager
def _busy_writer(root: Path) -> Iterator[subprocess.Popen[bytes]]:
    program = [sys.executable, "-m", "citekit.testing.busy_writer", str(root), "tide2023", "0.02"]
    with subprocess.Popen(program) as writer:
        try:
            yield writer
        finally:
            writer.kill()


def _verify(root: Path) -> tuple[int, str]:
    words = [sys.executable, "-m", "citekit", "--archive", str(root), "verify"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_verify_beside_a_busy_writer_finds_nothing_wrong(store: ArchiveStore) -> None:
    """Edits and seals one after the other, in a process of their own: no verdict is wrong."""
    before = store.layout.checkpoint_file.read_bytes()
    with _busy_writer(store.root) as writer:
        told = [_verify(store.root) for _ in range(RUNS)]
        assert writer.poll() is None
    assert store.layout.checkpoint_file.read_bytes() != before
    assert [said for code, said in told if code not in (0, 7)] == []
    assert [code for code, _ in told].count(0) > RUNS // 2


def test_what_is_tampered_is_found_beside_a_busy_writer(store: ArchiveStore) -> None:
    """Others who write are no excuse: other bytes in a payload are never fine."""
    (path, *_) = sorted((store.root / "objects").rglob("*/??/*"))
    path.write_bytes(path.read_bytes() + b"!")
    with _busy_writer(store.root):
        codes = [_verify(store.root)[0] for _ in range(5)]
    assert 6 in codes
    assert set(codes) <= {6, 7}


def test_an_archive_that_never_rests_is_said_to_be_changed(store: ArchiveStore) -> None:
    """After a few attempts it ends, and says with exit code 7 what is going on."""
    checks = []

    def check() -> str:
        path = store.layout.pending_file
        path.write_bytes(path.read_bytes() + b"\n")
        checks.append("done")
        return "something is wrong"

    with pytest.raises(StoreConflict, match="is being changed") as stopped:
        until_steady(store.layout, check, is_well=lambda _: False)
    assert (stopped.value.exit_code, len(checks)) == (7, ATTEMPTS)


def test_a_check_that_fails_beside_a_writer_starts_anew(store: ArchiveStore) -> None:
    """An item that was just renamed is no missing one; a real failure is told at once."""
    checks = []

    def check() -> str:
        checks.append("done")
        if len(checks) == 1:
            os.utime(store.layout.checkpoint_file, (0, 0))
            raise NotFound("it has another name now")
        return "well"

    assert until_steady(store.layout, check, is_well=lambda _: True) == "well"
    assert len(checks) == 2


def test_only_waiting_events_take_nothing_from_a_good_verdict(store: ArchiveStore) -> None:
    """Whoever adds to the archive all day lets a long check end all the same."""

    def check() -> str:
        path = store.layout.pending_file
        path.write_bytes(path.read_bytes() + b"\n")
        return "well"

    assert until_steady(store.layout, check, is_well=lambda _: True) == "well"
