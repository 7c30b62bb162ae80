"""``diff``: what changed between two captures, for people and for programs."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from citekit.app.looking.diff import diff
from citekit.cli.run import run
from citekit.errors import NotFound, UsageError
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (
    "<html><head><title>{0}</title></head>"
    "<body><article><h1>{0}</h1><p>{1}</p></article></body></html>"
)
OLD = "Forty people were hurt at the quay."
NEW = "Fourteen people were hurt at the quay."


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An item captured three times; its headline and a number changed at the second capture."""
    pages = [PAGE.format("Many hurt", OLD), PAGE.format("Some hurt", NEW)]
    captures = [
        build_capture(text=f"{OLD}\n\nThe end.", original=pages[0].encode()),
        build_capture(text=f"{NEW}\n\nThe end.", original=pages[1].encode(), minutes=1),
        build_capture(text=f"{NEW}\n\nThe end.", original=pages[1].encode(), minutes=2),
    ]
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        add_item(writer, build_item("quay2026", access="public"), *captures)
        add_item(writer, build_item("once2026"), captures[0])
    return store


def test_headline_and_words_are_compared(store: ArchiveStore) -> None:
    """What a page's headline said before and after, and the one word that differs."""
    found = diff(store, "quay2026", "20261122T1415", "20261122T1416")
    assert found.metadata["title"] == ("Many hurt", "Some hurt")
    assert found.text is not None
    (changed,) = [paragraph for paragraph in found.text if not paragraph.is_same]
    assert [(p.op, p.text) for p in changed.pieces][:2] == [
        ("removed", "Forty"), ("added", "Fourteen"),
    ]  # fmt: skip
    assert not found.is_same


def test_without_stamps_the_last_two(store: ArchiveStore) -> None:
    """The last two captures are the same but for their time; one stamp means it and the last."""
    assert diff(store, "quay2026").is_same
    assert diff(store, "quay2026", "20261122T141500Z").new == "20261122T141700Z"


def test_what_cannot_be_compared_is_said(store: ArchiveStore) -> None:
    """One capture, an unknown stamp, one that is not clear: errors that name the stamps."""
    with pytest.raises(UsageError):
        diff(store, "once2026")
    with pytest.raises(NotFound, match="begin with"):
        diff(store, "quay2026", "2026")
    with pytest.raises(NotFound, match="no capture"):
        diff(store, "quay2026", "2025")


def test_a_withheld_text_is_judged_by_its_digest(store: ArchiveStore) -> None:
    """Where the words are not here, the record still tells whether they changed."""
    for path in store.layout.objects.rglob("*"):
        if path.is_file():
            path.unlink()
    found = diff(store, "quay2026", "20261122T141500Z", "20261122T141600Z")
    assert (found.text, found.is_same_text) == (None, False)


def test_marks_and_json(store: ArchiveStore, capsys: pytest.CaptureFixture[str]) -> None:
    """Into a pipe go marks, never colours; the JSON has only what changed."""
    words = ["--archive", str(store.root), "diff", "quay2026", "20261122T141500Z"]
    assert run(words) == 0
    text = capsys.readouterr().out
    assert "p1: [-Forty-]{+Fourteen+} people were hurt" in text
    assert "\x1b" not in text
    assert run([*words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [paragraph["old"] for paragraph in document["text"]] == [1]
    assert document["metadata"]["title"] == ["Many hurt", "Some hurt"]


@pytest.mark.parametrize("no_colour", [False, True])
def test_colours_only_on_a_terminal_that_wants_them(
    store: ArchiveStore, *, no_colour: bool
) -> None:
    """On a real pseudo-terminal the words are coloured, unless NO_COLOR is set."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "TERM": "xterm"} | ({"NO_COLOR": "1"} if no_colour else {})
    words = [sys.executable, "-m", "citekit", "--archive", str(store.root), "diff", "quay2026",
             "20261122T141500Z"]  # fmt: skip
    subprocess.run(words, stdout=follower, check=True, env=environment)
    os.close(follower)
    text = os.read(leader, 100_000).decode()
    os.close(leader)
    assert ("\x1b[31" in text) != no_colour
