"""CSL-YAML: the data of CSL-JSON as YAML, the way pandoc reads and writes it.

Read with the types of JSON only (``no`` stays a word, ``2023-06-04`` text), without aliases (a
short text could otherwise stand for gigabytes), and not deeper than JSON may be.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, cast

from citekit.errors import InvalidData, Place
from citekit.formats.csl_json import check_items, without_facts
from citekit.model.records.json_text import MAX_DEPTH, show_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yaml.nodes import MappingNode, ScalarNode, SequenceNode

    from citekit.formats.result import ReadResult
    from citekit.model.records.json_text import Json, JsonPath

    Node = MappingNode | ScalarNode | SequenceNode

_MAX_CHARACTERS: Final = 32_000_000
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}


def write_csl_yaml(items: Iterable[Mapping[str, Any]]) -> str:
    """A document with the items under ``references``, unknown keys kept."""
    import yaml

    shown = {"references": [without_facts(item) for item in items]}
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # five times as fast, where it is built
    options: Any = {"sort_keys": False, "allow_unicode": True, "width": 10_000}
    try:
        return str(yaml.dump(shown, Dumper=dumper, **options))
    except UnicodeEncodeError:  # a lone surrogate; the slow one escapes it
        return str(yaml.dump(shown, Dumper=yaml.SafeDumper, **options))


def read_csl_yaml(text: str) -> ReadResult:
    """The items of a list, or of ``references``; ids are kept.

    An entry that is no item is a finding with its line; the others come in. Raises InvalidData
    where the text is no YAML, is too long or too deep, or uses aliases.
    """
    if len(text) > _MAX_CHARACTERS:
        raise InvalidData(f"longer than {_MAX_CHARACTERS} characters")
    lines: dict[JsonPath, int] = {}
    data = _value(_compose(text), (), lines, set())
    base: JsonPath = ()
    if isinstance(data, dict) and isinstance(data.get("references"), list):
        data, base = data["references"], ("references",)
    elif isinstance(data, dict):
        data = [data]
    if not isinstance(data, list):
        raise InvalidData("holds no list of items", hint="items stand under references:")
    entries = [(entry, (*base, i)) for i, entry in enumerate(data)]
    return check_items(entries, lambda path: _place(path, lines))


def _compose(text: str) -> Node:
    import yaml

    try:
        node = cast("Node | None", yaml.compose(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(line=mark.line + 1, column=mark.column + 1) if mark else None
        raise InvalidData(f"is not YAML: {error.problem}", place=place) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidData("is not YAML, or nested too deeply") from error
    if node is None:
        raise InvalidData("holds no items")
    return node


def _value(node: Node, path: JsonPath, lines: dict[JsonPath, int], seen: set[int]) -> Json:
    """The value of a node; notes the line of each path."""
    place = Place(line=node.start_mark.line + 1, column=node.start_mark.column + 1)
    if id(node) in seen:
        raise InvalidData("YAML aliases (*name) are not read", place=place)
    if len(path) > MAX_DEPTH:
        raise InvalidData("nested too deeply", place=place)
    seen.add(id(node))
    lines[path] = node.start_mark.line + 1
    match node.id:
        case "sequence":
            return [_value(child, (*path, i), lines, seen) for i, child in enumerate(node.value)]
        case "mapping":
            return _mapping(node, path, lines, seen)
        case _:
            return _scalar(node)


def _mapping(
    node: Node, path: JsonPath, lines: dict[JsonPath, int], seen: set[int]
) -> dict[str, Json]:
    value: dict[str, Json] = {}
    for key_node, child in node.value:
        key = str(key_node.value)
        if key in value or not isinstance(key_node.value, str):
            place = Place(line=key_node.start_mark.line + 1)
            raise InvalidData(f"the key {key[:60]!r} stands twice or is no text", place=place)
        value[key] = _value(child, (*path, key), lines, seen)
    return value


def _scalar(node: Node) -> Json:
    text = str(node.value)
    if getattr(node, "style", None) is not None:
        return text
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    if re.fullmatch(r"(?a)-?(?:0|[1-9]\d{0,14})", text):
        return int(text)
    return float(text) if re.fullmatch(r"(?a)-?(?:0|[1-9]\d{0,14})\.\d{1,15}", text) else text


def _place(path: JsonPath, lines: Mapping[JsonPath, int]) -> Place:
    known = next(path[:end] for end in range(len(path), -1, -1) if path[:end] in lines)
    return Place(line=lines[known], json_path=show_path(path))
