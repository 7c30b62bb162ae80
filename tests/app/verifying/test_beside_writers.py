"""Verify while others write: never a wrong verdict, and no waiting without end."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from citekit.app.sealing.seal import seal
from citekit.app.verifying import beside_writers
from citekit.app.verifying.beside_writers import ATTEMPTS, until_steady
from citekit.errors import NotFound, Place, StoreConflict
from citekit.store.lock import exclusive
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
    assert stopped.value.place == Place(path=str(store.root))
    assert "when the other command is done" in str(stopped.value.hint)


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


def test_at_rest_a_bad_verdict_stands_at_once(store: ArchiveStore) -> None:
    """Where nobody writes, what was found is said after one check, and so is a failure."""
    checks = []

    def check() -> str:
        checks.append("done")
        return "something is wrong"

    def fail() -> str:
        checks.append("failed")
        raise NotFound("no such item")

    told = until_steady(store.layout, check, is_well=lambda report: report == "well")
    assert (told, checks) == ("something is wrong", ["done"])
    with pytest.raises(NotFound):
        until_steady(store.layout, fail, is_well=lambda _: True)
    assert checks == ["done", "failed"]


def test_a_writer_at_the_beginning_makes_a_bad_verdict_doubtful(store: ArchiveStore) -> None:
    """It may have been tidying up after its seal: the check begins anew when it is done."""
    writer = exclusive(store.root)
    writer.__enter__()
    checks = []

    def check() -> str:
        checks.append("done")
        if len(checks) == 1:
            writer.__exit__(None, None, None)
        return "something is wrong"

    until_steady(store.layout, check, is_well=lambda _: False)
    assert checks == ["done", "done"]


def test_a_writer_at_the_end_is_waited_for(store: ArchiveStore) -> None:
    """Whoever begins during a check may have moved what it reads; soon done, it costs one more."""
    writer = exclusive(store.root)
    done = threading.Timer(0.2, writer.__exit__, (None, None, None))
    checks = []

    def check() -> str:
        checks.append("done")
        if len(checks) == 1:
            writer.__enter__()
            done.start()
        return "something is wrong"

    until_steady(store.layout, check, is_well=lambda _: False)
    done.join()
    assert checks == ["done", "done"]


def test_a_writer_that_stays_is_not_waited_for_without_end(
    store: ArchiveStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hung writer keeps nobody: after a few attempts it is said what is going on."""
    monkeypatch.setattr(beside_writers, "_PATIENCE_S", 0.03)
    with exclusive(store.root), pytest.raises(StoreConflict, match="is being changed"):
        until_steady(store.layout, lambda: "something is wrong", is_well=lambda _: False)


def test_a_change_without_an_event_makes_a_bad_verdict_doubtful(store: ArchiveStore) -> None:
    """Every change begins in the staging folder, also one that leaves no event."""
    checks = []

    def check() -> str:
        checks.append("done")
        if len(checks) == 1:
            store.layout.staging.mkdir(parents=True, exist_ok=True)
            (store.layout.staging / "left-over").write_bytes(b"")
        return "something is wrong"

    until_steady(store.layout, check, is_well=lambda _: False)
    assert checks == ["done", "done"]
