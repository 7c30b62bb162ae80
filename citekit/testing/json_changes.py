"""Every change of every field of a JSON document: to be tried on who reads it.

``changes`` gives the document with one change, for each field left out, replaced by another kind of
value, and changed in itself: lines of a text, letters, bytes of what is base64.
"""

from __future__ import annotations

import copy
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = Any
"""A parsed JSON value."""
Change = tuple[str, Json]
"""What was changed, for people, and the document with it."""

_OTHERS: tuple[Json, ...] = (
    None, True, -1, 0, 7, 2**63, 1.5, "", "x", "\ud800", "\u00e9", [], {}, [[]], [{}], {"x": 1},
)  # fmt: skip


def changes(document: Json) -> Iterator[Change]:
    """The document with one change, for each change there is, and what that was."""
    for path in _paths(document, ()):
        what = "/".join(map(str, path))
        value = _at(document, path)
        yield f"{what} left out", _without(document, path)
        for other in _OTHERS:
            yield f"{what} = {other!r}", _with(document, path, other)
        for how, other in _own_changes(value, path[-1]):
            yield f"{what} {how}", _with(document, path, other)


def _own_changes(value: Json, name: str | int) -> Iterator[Change]:
    match value:
        case str() if name == "response":
            yield from _changed_bytes(value)
        case str():
            yield from _changed_text(value)
        case list() if value:
            yield "twice", [*value, value[0]]
            yield "backwards", value[::-1]
            yield "far too long", value * 1001
        case dict():
            yield "with more", {**value, "more": 1}
        case int():
            yield "one more", value + 1
        case _:
            pass


def _changed_text(text: str) -> Iterator[Change]:
    middle = len(text) // 2
    yield "cut", text[:-1]
    yield "beheaded", text[1:]
    yield "longer", text + "\n"
    yield "with a space", text[:middle] + " " + text[middle:]
    yield (
        "with another letter",
        text[:middle] + _other(text[middle : middle + 1]) + text[middle + 1 :],
    )
    yield "with a sign that is not printed", text[:middle] + "\x7f" + text[middle + 1 :]
    yield "in capitals", text.upper()
    lines = text.split("\n") if "\n" in text else []
    for number, line in enumerate(lines):
        before, after = lines[:number], lines[number + 1 :]
        yield f"line {number} gone", "\n".join([*before, *after])
        yield f"line {number} twice", "\n".join([*before, line, line, *after])
        yield f"line {number} other", "\n".join([*before, _other(line[:1]) + line[1:], *after])
        yield f"line {number} end", "\n".join([*before, line[:-1] + _other(line[-1:]), *after])
        yield f"line {number} longer", "\n".join([*before, line + "A", *after])


def _other(letter: str) -> str:
    return "B" if letter == "A" else "A"


def _changed_bytes(encoded: str) -> Iterator[Change]:
    try:
        data = b64decode(encoded)
    except ValueError:  # it has been changed before
        yield from _changed_text(encoded)
        return
    yield "cut", encoded[:-4]
    yield "not padded", encoded.rstrip("=") + "=="
    for position in range(0, len(data), 97):
        changed = bytearray(data)
        changed[position] ^= 1
        yield f"byte {position} other", b64encode(changed).decode()


def _paths(value: Json, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    steps = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for step in steps:
        yield (*path, step)
        yield from _paths(value[step], (*path, step))


def _at(document: Json, path: tuple[str | int, ...]) -> Json:
    for step in path:
        document = document[step]
    return document


def _with(document: Json, path: tuple[str | int, ...], value: Json) -> Json:
    changed = copy.deepcopy(document)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _without(document: Json, path: tuple[str | int, ...]) -> Json:
    changed = copy.deepcopy(document)
    del _at(changed, path[:-1])[path[-1]]
    return changed
