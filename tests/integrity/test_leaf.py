"""Entries of the log: one spelling, the one of RFC 8785."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import InvalidData
from citekit.integrity.leaf import encode_leaf, parse_leaf

TEXTS = st.text(st.characters(codec="utf-8"))
NAMES = st.text(st.characters(max_codepoint=0x7F), max_size=10)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4)
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=5)


@given(OBJECTS)
def test_entries_are_canonical_and_read_back(value: dict[str, Any]) -> None:
    """An entry is spelled as an independent implementation of RFC 8785 spells it."""
    assert encode_leaf(value) == rfc8785.dumps(value)
    assert parse_leaf(encode_leaf(value)) == value


@given(st.binary() | OBJECTS.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_written_back_or_refused(data: bytes) -> None:
    """Bytes that are read as an entry are exactly those that it is written as."""
    with contextlib.suppress(InvalidData):
        assert encode_leaf(parse_leaf(data)) == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b'{"a": 1}',
        b' {"a":1}',
        b'{"a":1}\n',
        b'{"b":1,"a":1}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\u0061"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xed\xa0\x80"}',
        '{"ä":1}'.encode(),
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":' + b"[" * 40 + b"]" * 40 + b"}",
        b'{"a":' + b"[" * 60_000,
        b'{"a":"' + b"x" * 65_536 + b'"}',
    ],
)
def test_other_spellings_are_refused(data: bytes) -> None:
    """Second spellings, fractions, huge numbers, lone surrogates and deep nesting are refused."""
    with pytest.raises(InvalidData):
        parse_leaf(data)


@pytest.mark.parametrize(
    "value",
    [
        {"a": 1.5},
        {"a": float("nan")},
        {"a": 2**53},
        {"a": "\ud800"},
        {"a": b"bytes"},
        {"a": {1, 2}},
        {"ä": 1},
        {1: 1},
        {"a": "x" * 65_536},
        ["a"],
    ],
)
def test_what_has_no_one_spelling_is_not_written(value: dict[str, Any]) -> None:
    """A value that could be read differently elsewhere never gets into the log."""
    with pytest.raises(InvalidData):
        encode_leaf(value)


def test_a_ring_is_refused() -> None:
    """A value that contains itself is nested too deeply, not an endless loop."""
    ring: dict[str, Any] = {}
    ring["a"] = ring
    with pytest.raises(InvalidData, match="nested deeper"):
        encode_leaf(ring)
