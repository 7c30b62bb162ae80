"""Captures recognised by a pattern: never more is let through than the codec reads."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.model.capture import Capture
from citekit.model.records.codec import decode_text
from citekit.model.records.json_text import dump_json, parse_json
from citekit.model.records.plain_capture import read_plain_capture

DIGEST = "sha256:" + "0123456789abcdef" * 4
PAYLOAD = {"digest": DIGEST, "size_bytes": 7, "media_type": "text/plain"}
SHAPE = {"characters": 7, "words": 1, "paragraphs": [[0, 3], [4, 7]]}
RECORD: dict[str, Any] = {
    "captured_at": "2026-11-22T15:00:00Z",
    "source": {"fact": "declared", "url": "https://one.example/", "file": "Çanakkale.txt"},
    "tool": {"name": "citekit", "version": "1", "libraries": {"lxml": "6.1", "htmldate": "1"}},
    "payloads": {
        "original": PAYLOAD,
        "text": {**PAYLOAD, "encoding": "utf-8", "map": SHAPE},
        "pdf": {**PAYLOAD, "size_bytes": 0},
    },
}
TEXT = dump_json(RECORD)


def _facts(record: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """What a verifier needs to know of a record."""
    kept = ("digest", "size_bytes", "map")
    payloads = {
        role: {key: payload[key] for key in kept if key in payload}
        for role, payload in record["payloads"].items()
    }
    return record["captured_at"], payloads


def test_a_page_from_a_file_is_recognised() -> None:
    """With what a verifier needs to know of it."""
    assert read_plain_capture(TEXT) == _facts(RECORD)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"original"', '"text"'),
        ('"size_bytes": 7', '"size_bytes": 7, "size_bytes": 7'),
        ('"size_bytes": 7', '"size_bytes": -7'),
        ('"size_bytes": 7', '"size_bytes": 07'),
        ('"size_bytes": 7', '"size_bytes": 7.0'),
        ('"size_bytes": 7', '"size_bytes": true'),
        ('"size_bytes": 7', '"size_bytes": NaN'),
        ('"size_bytes": 7', '"size_bytes": ' + "7" * 5000),
        ('"version": "1"', '"version": "1",\n    "new": 1'),
        ('"htmldate"', '"lxml"'),
        ('"htmldate": "1"', '"htmldate": 1'),
        ("declared", "dreamt"),
        ("anakkale", "\\ud800"),
        ("anakkale", "\x1f"),
        ("anakkale", "/home"),
        ("anakkale", "\\\\home"),
        ("2026-11-22T", "2026-11-31T"),
        ("15:00:00Z", "15:00:00"),
        (DIGEST, DIGEST[:-1]),
        (DIGEST, DIGEST.upper()),
        ('"paragraphs": [', '"paragraphs": [4,'),
        ('"paragraphs": [', '"paragraphs": [[],'),
        ('"paragraphs": [', '"paragraphs": [[[]],'),
        ('"paragraphs": [', '"paragraphs": [[04],'),
        ('"paragraphs": [', '"paragraphs": [[4 4],'),
        ('"paragraphs": [', '"paragraphs": ' + "[" * 9999),
        ('"characters": 7', '"characters": 7,\n        "characters": 7'),
        ('"tool"', '"tools"'),
        ("{\n", "\ufeff{\n"),
        ("\n}\n", "\n}"),
        ("\n}\n", "\n}\n\n"),
    ],
)
def test_whatever_else_is_said_is_read_by_the_codec(old: str, new: str) -> None:
    """The pattern knows it not, or takes it for what it is."""
    text = TEXT.replace(old, new)
    _check(text)
    assert text != TEXT


@pytest.mark.parametrize("text", ["", "[]", "{}", TEXT + TEXT, TEXT[:-3]])
def test_what_is_no_record_is_not_recognised(text: str) -> None:
    """Any text may be asked about."""
    assert read_plain_capture(text) is None


@given(st.data())
def test_what_is_recognised_is_read_by_the_codec(data: st.DataObject) -> None:
    """However a record is edited: what is let through is what the codec reads, value for value."""
    text = TEXT
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 12)))
        pieces = st.sampled_from(
            ['"', ":", ",\n", "{}", "[]", "null", "0", " ", "é", "[1,2],", TEXT]
        )
        text = text[:start] + data.draw(pieces) + text[end:]
    _check(text)


def _check(text: str) -> None:
    found = read_plain_capture(text)
    try:
        decode_text(Capture, text)
        read = _facts(parse_json(text))
    except InvalidData:
        read = None
    assert found is None or found == read
