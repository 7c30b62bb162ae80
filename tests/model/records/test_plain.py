"""Records checked without building anything: never more is let through than the codec reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.model.capture import Capture
from citekit.model.entity import Entity
from citekit.model.records.codec import decode_text
from citekit.model.records.json_text import dump_json, parse_json
from citekit.model.records.plain import read_plain

DIGEST = "sha256:" + "0" * 64
PAYLOAD = {"digest": DIGEST, "size_bytes": 7, "media_type": "text/plain"}
RECORD: dict[str, Any] = {
    "captured_at": "2026-11-22T15:00:00Z",
    "source": {"fact": "declared", "file": "Çanakkale.txt"},
    "tool": {"name": "citekit", "version": "1"},
    "payloads": {
        "original": PAYLOAD,
        "text": {**PAYLOAD, "map": {"characters": 7, "words": 1, "paragraphs": [[0, 3], [4, 7]]}},
    },
    "redirects": ["https://one.example/"],
    "headers": [["content-type", "text/html"]],
    "status": 200,
    "completeness": {"blocked": [], "notes": {"images": [1, "two"]}},
}
TEXT = dump_json(RECORD)


def test_a_usual_record_is_plain() -> None:
    """What the codec would build need not be built."""
    assert read_plain(Capture, TEXT) == RECORD


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"size_bytes": 7', '"size_bytes": 7, "size_bytes": 7'),
        ('"status": 200', '"status": 200, "source" : 1, "source": {"fact":"declared"}'),
        ('"size_bytes": 7', '"size_bytes": -7'),
        ('"size_bytes": 7', '"size_bytes": 7.0'),
        ('"size_bytes": 7', '"size_bytes": true'),
        ('"status": 200', '"status": NaN'),
        ('"status": 200', '"status": null'),
        ('"status": 200', '"status": 200, "new": 1'),
        ("declared", "dreamt"),
        ("anakkale", "\\ud800"),
        ("anakkale", "/home"),
        ("2026-11-22T", "2026-11-31T"),
        ("15:00:00Z", "15:00:00"),
        (DIGEST, DIGEST[:-1]),
        ('"paragraphs": [', '"paragraphs": [4,'),
        ('"paragraphs": [', '"paragraphs": [["4"],'),
        ('"tool"', '"tools"'),
        ('"blocked": []', '"blocked": ' + "[" * 70 + "]" * 70),
    ],
)
def test_whatever_is_unusual_is_not_plain(old: str, new: str) -> None:
    """Duplicate keys, numbers of another kind, nulls, escapes, depth: the codec judges them."""
    text = TEXT.replace(old, new)
    assert read_plain(Capture, text) is None


@pytest.mark.parametrize(
    "text", ["", "[]", "1", '"a"', "{}", TEXT + "{}", "\ufeff" + TEXT, TEXT[:-3]]
)
def test_what_is_no_record_is_not_plain(text: str) -> None:
    """Any text may be asked about."""
    assert read_plain(Capture, text) is None


def test_a_class_that_checks_more_than_it_says_is_never_plain() -> None:
    """A new __post_init__ without a word on its fields is not skipped by mistake."""
    record = {"id": "kfor", "kind": "organization", "name": "KFOR"}
    checks_itself = hasattr(Entity, "__post_init__")
    assert (read_plain(Entity, dump_json(record)) is None) == checks_itself


@given(st.data())
def test_what_is_plain_is_read_by_the_codec(data: st.DataObject) -> None:
    """However a record is edited: what is let through is what the codec reads, value for value."""
    text = TEXT
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        pieces = st.sampled_from(['"', ":", ",", "{}", "[]", "null", "0", " ", '"a":1,', "é", text])
        text = text[:start] + data.draw(pieces)[: len(TEXT)] + text[end:]
    value = read_plain(Capture, text)
    try:
        decode_text(Capture, text)
        read = parse_json(text)
    except InvalidData:
        read = None
    assert value is None or value == read
