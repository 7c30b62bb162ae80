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
from citekit.integrity.leaf import MAX_DEPTH, MAX_INTEGER, encode_leaf, parse_leaf
from citekit.integrity.tiles import MAX_ENTRY_BYTES

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
    with pytest.raises(InvalidData, match="an entry of"):
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
    with pytest.raises(InvalidData, match=r"an entry of|name for an entry"):
        encode_leaf(value)


def test_a_ring_is_refused() -> None:
    """A value that contains itself is nested too deeply, not an endless loop."""
    ring: dict[str, Any] = {}
    ring["a"] = ring
    with pytest.raises(InvalidData, match="nested deeper"):
        encode_leaf(ring)


def _nested(depth: int, *, inner: str) -> bytes:
    """An entry of so many levels, the lower ones lists or objects."""
    begin, end = {"list": ("[", "]"), "object": ('{"a":', "}")}[inner]
    bottom = begin.removesuffix('"a":') + end
    return f'{{"a":{begin * (depth - 2)}{bottom}{end * (depth - 2)}}}'.encode()


@pytest.mark.parametrize("inner", ["list", "object"])
@pytest.mark.parametrize("text", ["x", "ä"], ids=["ascii", "other"])
def test_the_deepest_entry_is_written_and_one_deeper_is_not(inner: str, text: str) -> None:
    """32 levels may be, whichever kinds they are and whatever letters stand beside them."""
    deepest = _nested(MAX_DEPTH, inner=inner)[:-1] + f',"b":"{text}"}}'.encode()
    assert encode_leaf(parse_leaf(deepest)) == deepest
    deeper = _nested(MAX_DEPTH + 1, inner=inner)[:-1] + f',"b":"{text}"}}'.encode()
    with pytest.raises(InvalidData, match="deeper than 32 levels"):
        parse_leaf(deeper)
    with pytest.raises(InvalidData, match="deeper than 32 levels"):
        encode_leaf(json.loads(deeper))


def test_a_wide_entry_is_not_a_deep_one() -> None:
    """More lists beside each other than levels may be are no reason to refuse."""
    wide = b'{"a":[' + b",".join([b"[]"] * 40) + b"]}"
    assert encode_leaf(parse_leaf(wide)) == wide


@pytest.mark.parametrize("number", [MAX_INTEGER, -MAX_INTEGER])
def test_the_largest_integer_is_written(number: int) -> None:
    """The bound itself may be, with either sign, beside any letters; one further may not."""
    for text in ("x", "ä"):
        value = {"a": [number], "b": text}
        assert parse_leaf(encode_leaf(value)) == value
    beyond = number + (1 if number > 0 else -1)
    with pytest.raises(InvalidData, match="an entry of the log"):
        parse_leaf(json.dumps({"a": beyond}).encode())
    with pytest.raises(InvalidData, match="integer beyond"):
        encode_leaf({"a": [beyond]})


def test_the_largest_entry_is_written() -> None:
    """As many bytes as a bundle can count, and not one more."""
    largest = {"a": "x" * (MAX_ENTRY_BYTES - 8)}
    assert len(encode_leaf(largest)) == MAX_ENTRY_BYTES
    assert parse_leaf(encode_leaf(largest)) == largest
    with pytest.raises(InvalidData, match="an entry of 65536 bytes does not fit"):
        encode_leaf({"a": largest["a"] + "x"})
    with pytest.raises(InvalidData, match="an entry of 65536 bytes does not fit"):
        parse_leaf(b" " * (MAX_ENTRY_BYTES + 1))


def test_an_entry_says_what_it_cannot_hold() -> None:
    """The kind of a value, or the name, that has no place in the log is named."""
    with pytest.raises(InvalidData, match="cannot hold a float"):
        encode_leaf({"a": [1.5]})
    with pytest.raises(InvalidData, match="not a name for an entry of the log: 'ä'"):
        encode_leaf({"a": ({"ä": "x"},)})
