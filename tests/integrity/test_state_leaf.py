"""The entry with which a seal ends: what it says, and what is no such entry."""

from __future__ import annotations

from typing import Any

import pytest

from citekit.errors import InvalidData
from citekit.integrity.leaf import MAX_INTEGER, encode_leaf, parse_leaf
from citekit.integrity.state.state_leaf import (
    StateLeaf,
    may_be_state,
    read_state_leaf,
    write_state_leaf,
)

ABOUT = {"agent": {"name": "A. Quill"}, "at": "2026-11-22T12:00:00Z", "tool": {"name": "citekit"}}
LEAF = StateLeaf(root=b"r" * 32, private=b"p" * 32, size=7, about=ABOUT)
WRITTEN = (
    b'{"action":"state","agent":{"name":"A. Quill"},"at":"2026-11-22T12:00:00Z",'
    b'"private":"sha256:' + b"70" * 32 + b'","root":"sha256:' + b"72" * 32 + b'",'
    b'"size":7,"tool":{"name":"citekit"},"v":2}'
)


def test_a_state_is_written_as_specified_and_comes_back() -> None:
    """The example of another program, byte for byte."""
    assert write_state_leaf(LEAF) == WRITTEN
    assert read_state_leaf(parse_leaf(WRITTEN)) == LEAF
    assert may_be_state(WRITTEN)


def test_nothing_about_the_seal_is_needed() -> None:
    """Who, when and with what may be left out; what is not known of it is not taken in."""
    plain = StateLeaf(root=LEAF.root, private=LEAF.private, size=0)
    read = read_state_leaf({**parse_leaf(write_state_leaf(plain)), "mood": "good"})
    assert read == plain
    assert dict(read.about) == {}


def test_an_entry_that_is_none_is_seen_fast() -> None:
    """Most entries are not asked any further."""
    assert not may_be_state(encode_leaf({"action": "note", "subject": "items/state/note.md"}))


@pytest.mark.parametrize("size", [0, MAX_INTEGER])
def test_any_number_of_entries_may_come_before(size: int) -> None:
    """From the first entry of a log to the last that a number can count."""
    assert read_state_leaf({**parse_leaf(WRITTEN), "size": size}).size == size


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"action": "note"}, "the entry is no state of the log"),
        ({"v": 1}, "the entry is no state of the log"),
        ({"v": 3}, "the entry is no state of the log"),
        ({"size": -1}, "a state of the log does not say of how many entries"),
        ({"size": MAX_INTEGER + 1}, "a state of the log does not say of how many entries"),
        ({"size": True}, "a state of the log does not say of how many entries"),
        ({"size": "7"}, "a state of the log does not say of how many entries"),
        ({"size": None}, "a state of the log does not say of how many entries"),
        ({"root": None}, "not a digest: 'None'"),
        ({"root": "72" * 32}, "not a digest: '7272"),
        ({"private": "sha256:70"}, "not a digest: 'sha256:70'"),
    ],
)
def test_what_is_no_state_is_refused(change: dict[str, Any], message: str) -> None:
    """Each part that is another or absent makes it none."""
    with pytest.raises(InvalidData) as raised:
        read_state_leaf({**parse_leaf(WRITTEN), **change})
    assert raised.value.message.startswith(message)
