"""Strict JSON text: what may be in a file of an archive, and where in it something stands.

Refused beyond the grammar: duplicate keys, NaN and infinities, lone surrogates, nesting deeper
than 64 levels. Source: RFC 8259; I-JSON, RFC 7493.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import InvalidData, Place

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH: Final = 64
_TOKEN: Final = re.compile(
    r'"(?:[^"\\]|\\.)*"|[{}\[\]]|NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?', re.DOTALL
)
_CONFLICT_MARK: Final = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?= |$)", re.MULTILINE)
JsonPath = tuple[str | int, ...]
Json = Any  # a parsed JSON value: the border where types end


def parse_json(text: str, *, path: str | None = None, first_line: int = 1) -> Json:
    """The value of one JSON text; raises InvalidData with file, line and column.

    ``first_line`` is the line at which ``text`` starts in its file (JSON lines).
    """
    try:
        value = _DECODER.decode(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        refuse_conflict_marks(text, path=path, first_line=first_line)
        place = Place(path=path, line=error.lineno + first_line - 1, column=error.colno)
        raise InvalidData(f"is not JSON: {error.msg}", place=place) from error
    except (ValueError, RecursionError) as error:
        place = _place_at(text, _offence(text), path=path, first_line=first_line)
        raise InvalidData(_reason(error), place=place) from error
    _check(value, text, path, first_line)
    return value


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, RecursionError):
        return "nested too deeply"
    # Python bounds what it takes for an integer, since reading one takes the square of its digits
    return "a number of too many digits" if "integer string" in str(error) else str(error)


def refuse_conflict_marks(text: str, *, path: str | None, first_line: int = 1) -> None:
    """Raise InvalidData, with a hint, where a merge that git could not finish has left its marks.

    To be asked of a text that cannot be read as what it should be.
    """
    mark = _CONFLICT_MARK.search(text)
    if mark:
        raise InvalidData(
            "holds git's conflict marks: two versions of it wait to be made one",
            place=_place_at(text, mark.start(), path=path, first_line=first_line),
            hint="git checkout --ours or --theirs takes one version, an editor joins both",
        )


def dump_json(value: Json) -> str:
    """The text as an archive keeps it: two-space indent, keys as given, one final newline."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def dump_json_line(value: Json) -> str:
    """One line of a ``.jsonl`` file, with its newline."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"


def place_in(text: str, json_path: JsonPath, *, path: str | None, first_line: int = 1) -> Place:
    """The line and column at which the value at ``json_path`` stands in ``text``."""
    place = _place_at(text, _find(text, json_path), path=path, first_line=first_line)
    return place._replace(json_path=show_path(json_path))


class JsonPlaces:
    """Where values stand in a JSON text, for who asks often: elements and lines are found once.

    ``array`` is the path of the array whose elements are asked for.
    """

    def __init__(self, text: str, array: JsonPath = ()) -> None:
        self._text = text
        self._array = array

    def place(self, json_path: JsonPath) -> Place:
        """The same as ``place_in``, in a time that does not grow with what stands before it."""
        position = self._find(json_path)
        line = bisect_right(self._lines, position)
        column = position - self._lines[line - 1] + 1
        return Place(line=line, column=column, json_path=show_path(json_path))

    def _find(self, json_path: JsonPath) -> int:
        inside = (
            json_path[len(self._array) :] if json_path[: len(self._array)] == self._array else ()
        )
        first = inside[0] if inside else None
        if isinstance(first, int) and first < len(self._elements):
            return _find(self._text, inside[1:], self._elements[first])
        return _find(self._text, json_path)

    @cached_property
    def _elements(self) -> list[int]:
        """The offsets of the elements of the array; of another value none."""
        start = _find(self._text, self._array)
        if self._text[start : start + 1] != "[":
            return []
        return [position for _, position in _children(self._text, start)]

    @cached_property
    def _lines(self) -> list[int]:
        """The offset at which each line begins."""
        return [0, *(match.end() for match in re.finditer("\n", self._text))]


def show_path(json_path: JsonPath) -> str:
    """The path in JSONPath form.

    >>> show_path(("author", 0, "family"))
    '$.author[0].family'
    """
    return "$" + "".join(
        f"[{step}]"
        if isinstance(step, int)
        else f".{step}"
        if step.isidentifier()
        else f"[{step!r}]"
        for step in json_path
    )


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]  # add returns None, meant
        raise ValueError(f'the key "{twice}" stands twice in one object')
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is not a JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):  # it would be written back as Infinity, which is no JSON
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite
)


def _place_at(text: str, position: int, *, path: str | None, first_line: int) -> Place:
    line = text.count("\n", 0, position) + first_line
    return Place(path=path, line=line, column=position - text.rfind("\n", 0, position))


def _offence(text: str) -> int:
    """The offset of the first duplicate key, impossible number or too deep bracket; else 0."""
    keys: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        word, position = token[0], token.start()
        if word in ("{", "["):
            keys.append(set())
            if len(keys) > MAX_DEPTH:
                return position
        elif word in ("}", "]"):
            del keys[-1:]
        elif word[0] != '"':
            if not math.isfinite(float(word)):
                return position
        elif keys and text.startswith(":", _skip(text, token.end())):
            if word in keys[-1]:
                return position
            keys[-1].add(word)
    return 0


def _check(value: Json, text: str, path: str | None, first_line: int) -> None:
    """Refuse what the grammar lets through: depth, lone surrogates; walked without recursion."""
    if _is_harmless(text):
        return
    stack: list[tuple[Any, JsonPath]] = [(value, ())]
    while stack:
        node, where = stack.pop()
        if len(where) > MAX_DEPTH:
            place = _place_at(text, _offence(text), path=path, first_line=first_line)
            raise InvalidData("nested too deeply", place=place)
        if isinstance(node, str) and not node.isascii() and _has_surrogate(node):
            place = place_in(text, where, path=path, first_line=first_line)
            raise InvalidData("a lone surrogate is not text", place=place)
        if isinstance(node, dict):
            stack.extend((child, (*where, key)) for key, child in node.items())
        elif isinstance(node, list):
            stack.extend((child, (*where, i)) for i, child in enumerate(node))


def _is_harmless(text: str) -> bool:
    """Whether the text alone shows that nothing in it is too deep and no surrogate is alone."""
    has_escape = "\\" in text and "\\u" in text  # one sign is found sooner than two
    if has_escape or (not text.isascii() and _has_surrogate(text)):
        return False
    return text.count("{") + text.count("[") <= MAX_DEPTH


def _has_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _find(text: str, json_path: JsonPath, start: int = 0) -> int:
    """The offset of the value at ``json_path``; of the nearest value above it when it is absent."""
    position = _skip(text, start)
    for step in json_path:
        child = _child(text, position, step)
        if child is None:
            break
        position = child
    return position


def _child(text: str, position: int, step: str | int) -> int | None:
    return next((place for key, place in _children(text, position) if key == step), None)


def _children(text: str, position: int) -> Iterator[tuple[str | int, int]]:
    """Key or number, and offset, of each value in the object or array at ``position``."""
    opening = text[position : position + 1]
    if opening not in ("{", "["):
        return
    position, count = _skip(text, position + 1), 0
    while text[position : position + 1] not in ("}", "]", ""):
        key: str | int = count
        if opening == "{":
            key, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
        yield key, position
        _, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        count += 1


def _skip(text: str, position: int) -> int:
    while text[position : position + 1] in (" ", "\n", "\r", "\t", "\ufeff"):
        position += 1
    return position
