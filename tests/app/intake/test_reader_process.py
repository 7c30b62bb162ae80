"""The child that reads documents: asked again and again, stopped when late, replaced when dead."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from citekit.app.intake.reader_process import GaveUp, ReaderProcess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ANSWERING = """
import os, sys, time
asked = False
for line in sys.stdin:
    word = line.strip()
    if word == "sleep":
        time.sleep(60)
    if word == "die":
        os._exit(7)
    if word == "die later" and asked:
        os._exit(8)
    if word == "spin":
        import resource
        resource.setrlimit(resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))
        while True:
            pass
    asked = True
    print(word, os.getpid(), flush=True)
"""


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReaderProcess]:
    """A reader whose child repeats what it is told, with its process id."""
    (tmp_path / "repeating_child.py").write_text(ANSWERING)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    reader = ReaderProcess("repeating_child")
    yield reader
    reader.stop()


def ask(reader: ReaderProcess, word: str, timeout_s: float = 30) -> list[str]:
    """The words of an answer."""
    return reader.ask(word.encode(), timeout_s=timeout_s).decode().split()


def test_one_child_serves_many(reader: ReaderProcess) -> None:
    """The second document costs no second start."""
    first, second = ask(reader, "a"), ask(reader, "b")
    assert (first[0], second[0]) == ("a", "b")
    assert first[1] == second[1]


def test_a_late_child_is_stopped_and_the_next_document_read(reader: ReaderProcess) -> None:
    """The limit holds for one document; what follows is read by a fresh child."""
    before = ask(reader, "a")
    with pytest.raises(GaveUp, match="took more than 1 s"):
        ask(reader, "sleep", timeout_s=1)
    after = ask(reader, "b")
    assert after[0] == "b"
    assert after[1] != before[1]


def test_a_document_that_kills_its_reader_is_given_up(reader: ReaderProcess) -> None:
    """Also where the child had read others; the next one is read."""
    for _ in range(2):
        with pytest.raises(GaveUp, match="ended with 7"):
            ask(reader, "die")
        assert ask(reader, "a")[0] == "a"


def test_a_worn_child_is_no_reason_to_give_up(reader: ReaderProcess) -> None:
    """A document that only a used child fails on is read by a fresh one."""
    ask(reader, "a")
    assert ask(reader, "die later")[:2] == ["die", "later"]


@pytest.mark.skipif(os.name == "nt", reason="Windows counts no computing time for us")
def test_a_child_that_has_used_its_time_is_told_from_one_that_died(reader: ReaderProcess) -> None:
    """The document is given up at once, also by a child that had read others."""
    ask(reader, "a")
    with pytest.raises(GaveUp, match="more time than its size allows"):
        ask(reader, "spin")
    assert ask(reader, "b")[0] == "b"


def test_a_child_that_was_killed_is_replaced(reader: ReaderProcess) -> None:
    """Whoever ends it, the next document has one."""
    pid = int(ask(reader, "a")[1])
    os.kill(pid, signal.SIGTERM)
    assert ask(reader, "b")[0] == "b"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_fork_has_a_child_of_its_own(reader: ReaderProcess) -> None:
    """It neither talks into its parent's pipes nor ends its parent's child."""
    before = ask(reader, "a")
    fork = os.fork()
    if fork == 0:
        answer = ask(reader, "b")
        reader.stop()
        os._exit(0 if answer[0] == "b" and answer[1] != before[1] else 1)
    assert os.waitpid(fork, 0)[1] == 0
    assert ask(reader, "c")[1] == before[1]
