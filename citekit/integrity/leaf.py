"""Entries of the log as JSON with exactly one spelling.

Canonical JSON of RFC 8785, without its numbers that are not whole: an event has none, and their
spelling is the one hard part of that RFC. The names in an entry are ASCII, for which sorting by
code points is the RFC's sorting by UTF-16 units.
"""

from __future__ import annotations

import json
from typing import Any, Final

from citekit.errors import InvalidData
from citekit.integrity.tiles import MAX_ENTRY_BYTES

MAX_DEPTH: Final = 32
MAX_INTEGER: Final = 2**53 - 1
"""RFC 7493 §2.2: beyond it, readers that use floating point would disagree."""

_ENCODER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def encode_leaf(value: dict[str, Any]) -> bytes:
    """Write one entry.

    Raises InvalidData for what it may not hold: fractions, NaN, integers beyond 2**53 - 1, lone
    surrogates, names that are not ASCII, nesting deeper than 32, more than 65,535 bytes.
    """
    if not isinstance(value, dict):
        raise InvalidData("an entry of the log is a JSON object")
    _check(value, 1)
    try:
        data = _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidData("an entry of the log holds half of a surrogate pair") from error
    if len(data) > MAX_ENTRY_BYTES:
        raise InvalidData(f"an entry of {len(data)} bytes does not fit in a log")
    return data


def parse_leaf(data: bytes) -> dict[str, Any]:
    """Read one entry; raises InvalidData unless it is spelled as ``encode_leaf`` spells it.

    Duplicate names, white space and another order are all refused by writing it again.
    """
    if len(data) > MAX_ENTRY_BYTES:
        raise InvalidData(f"an entry of {len(data)} bytes does not fit in a log")
    try:
        value = _DECODER.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # ValueError: bad UTF-8, bad JSON, bad numbers
        raise InvalidData("an entry of the log is not JSON of its kind") from error
    if not isinstance(value, dict) or _encode_read(value, data) != data:
        raise InvalidData("an entry of the log is not canonical JSON (RFC 8785)")
    return value


def _encode_read(value: dict[str, Any], data: bytes) -> bytes:
    """Write what was read; walking through it is left out where the bytes show it needless."""
    is_shallow = data.count(b"{") + data.count(b"[") <= MAX_DEPTH
    if not (is_shallow and data.isascii()):  # escapes of other letters are no canonical spelling
        return encode_leaf(value)
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError as error:
        raise InvalidData("an entry of the log holds half of a surrogate pair") from error


def _whole(text: str) -> int:
    number = int(text)
    if abs(number) > MAX_INTEGER:
        raise ValueError("an integer beyond 2**53 - 1")
    return number


def _refuse(text: str) -> float:
    raise ValueError(f"not a number of an entry: {text[:20]}")


_DECODER = json.JSONDecoder(parse_int=_whole, parse_float=_refuse, parse_constant=_refuse)


def _check(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise InvalidData(f"an entry of the log is nested deeper than {MAX_DEPTH} levels")
    match value:
        case str() | None:
            return
        case int():
            if abs(value) > MAX_INTEGER:
                raise InvalidData("an entry of the log holds an integer beyond 2**53 - 1")
        case dict():
            for name, member in value.items():
                if not isinstance(name, str) or not name.isascii():
                    raise InvalidData(f"not a name for an entry of the log: {name!r}")
                if type(member) is not str:  # most are, and a call for each takes longest
                    _check(member, depth + 1)
        case list() | tuple():
            for member in value:
                _check(member, depth + 1)
        case _:
            raise InvalidData(f"an entry of the log cannot hold a {type(value).__name__}")
