"""Entries recognised by a pattern: they are taken in exactly as the rules take them in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.leaf import parse_leaf
from citekit.model.event import Agent, LoggedPayload
from citekit.store.log.log_state import History
from citekit.store.writing.event_recorder import encode_event, make_event

if TYPE_CHECKING:
    from typing import Any

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGEST = "sha256:" + "0123456789abcdef" * 4
OTHER = "sha256:" + "fedcba9876543210" * 4
PAYLOADS = (
    LoggedPayload(role="original", digest=DIGEST, size_bytes=0),
    LoggedPayload(role="text", digest=OTHER, size_bytes=2048),
)
RECORD = "items/mem2023/captures/20261122T120000Z.json"


def _entry(action: str, subject: str, **more: Any) -> bytes:  # noqa: ANN401  # fields of Event
    agent = Agent(name="Ayşe", kind="person")
    return encode_event(make_event(action, subject, agent=agent, at=NOON, **more))


USUAL = {
    "item": _entry("item", "items/mem2023/item.json", digest=DIGEST),
    "capture": _entry("capture", RECORD, digest=DIGEST, payloads=PAYLOADS),
    "access": _entry("access", "items/mem2023/item.json", digest=DIGEST, access="public"),
    "settings": _entry("settings", "archive.toml", digest=DIGEST, source="found"),
    "entity": _entry("entity", "entities/kfor.json", digest=OTHER),
}
TOOL = b'"tool":{"name":"citekit",'
USUAL["options"] = USUAL["item"].replace(TOOL, TOOL + b'"options":{"fields":["title","URL"]},')


def _by_the_rules(entry: bytes) -> History | None:
    history = History(size=3)
    try:
        history.take(parse_leaf(entry))
    except InvalidData:
        return None
    return history


@pytest.mark.parametrize("name", USUAL)
def test_what_citekit_writes_is_recognised(name: str) -> None:
    """And leaves the state that the rules leave."""
    history = History(size=3)
    assert history.take_plain(USUAL[name])
    by_the_rules = _by_the_rules(USUAL[name])
    assert by_the_rules
    assert asdict(history) == asdict(by_the_rules)


@pytest.mark.parametrize(
    "entry",
    [
        _entry("remove", "items/mem2023/note.md"),
        _entry("rename", "items/mem2023", to="items/new2023"),
        _entry("purge", "items/mem2023", payloads=PAYLOADS),
        _entry("key", "trust/keys/00000000.vkey", digest=DIGEST, vkey="a+00000000+b"),
        _entry("item", "items/a/b/item.json", digest=DIGEST),
        _entry("note", "items/mem2023/item.json", digest=DIGEST),
        _entry("item", 'items/"quoted"/item.json', digest=DIGEST),
        USUAL["item"].replace(b'"v":1', b'"v":2'),
        USUAL["item"].replace(b'"v":1', b'"v":1.0'),
        USUAL["item"].replace(b',"v"', b', "v"'),
        USUAL["item"].replace(b'"source"', b'"reason":"r","source"'),
        USUAL["item"].replace(b"Ay", b"\xff"),
        USUAL["item"].replace(DIGEST.encode(), DIGEST.upper().encode()),
        USUAL["capture"].replace(b":2048", b":02048"),
        USUAL["capture"].replace(b":2048", b":12345678901234567890"),
        USUAL["item"].replace(TOOL, TOOL + b'"options":{"b":true,"a":true},'),
        USUAL["item"].replace(TOOL, TOOL + b'"options":{},'),
        USUAL["item"].replace(TOOL, b'"options":{"a":true},' + TOOL),
        USUAL["item"] + b"\n",
        b"",
    ],
)
def test_everything_else_is_left_to_the_rules(entry: bytes) -> None:
    """Nothing has changed then."""
    history = History(size=3)
    assert not history.take_plain(entry)
    assert asdict(history) == asdict(History(size=3))


@given(st.sampled_from(sorted(USUAL)), st.data())
def test_a_changed_entry_is_never_taken_in_another_way(name: str, data: st.DataObject) -> None:
    """However an entry is edited: what the pattern lets through, the rules read alike."""
    entry = USUAL[name]
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(entry)))
        end = data.draw(st.integers(start, min(len(entry), start + 8)))
        new = data.draw(st.sampled_from([b"", b'"', b",", b"a", b"0", b"\\", b"\x00", b"{}", b" "]))
        entry = entry[:start] + new + entry[end:]
    history = History(size=3)
    if history.take_plain(entry):
        by_the_rules = _by_the_rules(entry)
        assert by_the_rules
        assert asdict(history) == asdict(by_the_rules)
