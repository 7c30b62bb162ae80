"""This computer's own events: a secret outside every archive, and what it says of a line."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.store.log.folder import LogFolder
from citekit.store.log.own_events import OwnEvents, own_secret, secret_file
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.archive import ArchiveStore

needs_rights = pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")


@pytest.fixture(autouse=True)
def _configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with a note that this computer has written."""
    store = build_archive(tmp_path / "archive")
    with store.writing() as writer:
        writer.write_note("tide2023", "Mine.\n")
    return store


def _own(store: ArchiveStore, origin: str = "") -> list[bytes]:
    entries = LogFolder(store.layout).pending().entries
    return list(OwnEvents(store.layout).among(entries, origin=origin))


@needs_rights
def test_the_secret_is_the_users_alone(store: ArchiveStore) -> None:
    """It lies in the user's configuration, outside the archive, readable by nobody else."""
    path = secret_file()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.is_relative_to(store.root)
    assert own_secret() == own_secret(creates=True)
    assert sorted(p.name for p in path.parent.iterdir()) == ["own.secret"]


@needs_rights
def test_a_secret_that_others_may_read_shows_nothing(store: ArchiveStore) -> None:
    """Nobody's word is better than a stranger's."""
    assert _own(store)
    secret_file().chmod(0o644)
    assert _own(store) == []


@pytest.mark.parametrize("content", [b"", b"none", b"ab" * 16, b"ab" * 40])
def test_a_damaged_secret_shows_nothing(store: ArchiveStore, content: bytes) -> None:
    """Cut, overwritten, too long: events are nobody's, and writing goes on."""
    secret_file().write_bytes(content)
    assert _own(store) == []
    with store.writing() as writer:
        writer.write_note("tide2023", "Again.\n")


def test_many_processes_make_one_secret(tmp_path: Path) -> None:
    """Of twelve that need it at once one makes it, and all have the same."""
    script = (
        "from citekit.store.log.own_events import own_secret as s; print(s(creates=True).hex())"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        for _ in range(12)
    ]
    answers = {process.communicate()[0].strip() for process in running}
    assert len(answers) == 1
    assert len(answers.pop()) == 64
    assert len(list((tmp_path / "config" / "citekit").iterdir())) == 1


def test_a_home_that_cannot_be_written_is_no_hindrance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a secret everything works, and events are nobody's."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    store = build_archive(tmp_path / "other")
    with store.writing() as writer:
        writer.write_note("tide2023", "Mine.\n")
    assert _own(store) == []


def test_marks_are_not_in_the_entries(store: ArchiveStore) -> None:
    """An entry is what it was, so that older versions read the file as before."""
    (line,) = (e for e in LogFolder(store.layout).pending().entries if b"tide2023/note" in e)
    known = {"action", "agent", "at", "digest", "source", "subject", "tool", "v"}
    assert set(json.loads(line)) == known


def test_lines_may_be_doubled_and_in_another_order(store: ArchiveStore) -> None:
    """What git's union of two files does to the lines takes no event from its owner."""
    with store.writing() as writer:
        writer.write_note("tide2023", "Mine again.\n")
    before = _own(store)
    path = store.layout.pending_file
    head, *lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(head + b"".join(reversed(lines)) + b"".join(lines) + head)
    assert sorted(_own(store)) == sorted(before)


def test_another_log_lends_no_mark(store: ArchiveStore) -> None:
    """A mark is bound to the name of the log that stood when it was made."""
    assert _own(store)
    assert _own(store, origin="coast.example/log") == []


def test_a_mark_is_of_one_event(store: ArchiveStore) -> None:
    """One byte of the event changed, and it is nobody's."""
    (entry,) = (e for e in _own(store) if b"tide2023/note" in e)
    forged = entry.replace(b"tide2023", b"tide2024")
    assert OwnEvents(store.layout).among([forged], origin="") == {}


def test_other_users_events_are_not_own(
    store: ArchiveStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy with its marks shows nothing to somebody with another secret."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "theirs"))
    assert own_secret(creates=True)
    assert _own(store) == []


def test_marks_that_are_not_needed_go(store: ArchiveStore) -> None:
    """Only those of events that wait are kept."""
    own = OwnEvents(store.layout)
    first, *_ = _own(store)
    own.keep_only([first], origin="")
    assert _own(store) == [first]
    own.keep_only([], origin="")
    assert not store.layout.own_file.exists()
