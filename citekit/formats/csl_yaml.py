"""CSL-YAML: the data of CSL-JSON as YAML, the way pandoc reads and writes it.

Read with the types of JSON only (``no`` stays a word, ``2023-06-04`` text), without aliases (a
short text could otherwise stand for gigabytes), and not deeper than JSON may be.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import InvalidData, Place
from citekit.formats.csl_json import check_items, without_facts
from citekit.formats.markdown_text import write_markdown
from citekit.model.records.json_text import MAX_DEPTH, show_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from citekit.formats.result import ReadResult
    from citekit.model.records.json_text import Json, JsonPath

    Event = Any  # PyYAML's two parsers have classes of their own

_MAX_CHARACTERS: Final = 32_000_000
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}


def write_csl_yaml(items: Iterable[Mapping[str, Any]]) -> str:
    """A document with the items under ``references``, unknown keys kept."""
    import yaml

    shown = {"references": [_in_markdown(without_facts(item)) for item in items]}
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)  # five times as fast, where it is built
    options: Any = {"sort_keys": False, "allow_unicode": True, "width": 10_000}
    try:
        return str(yaml.dump(shown, Dumper=dumper, **options))
    except UnicodeEncodeError:  # a lone surrogate; the slow one escapes it
        return str(yaml.dump(shown, Dumper=yaml.SafeDumper, **options))


def _in_markdown(item: dict[str, Any]) -> dict[str, Any]:
    """The item with Markdown for the mark-up of its titles: pandoc reads nothing else."""
    return {
        variable: write_markdown(value)
        if "title" in variable.casefold() and isinstance(value, str)
        else value
        for variable, value in item.items()
    }


def read_csl_yaml(text: str) -> ReadResult:
    """The items of a list, or of ``references``; ids are kept.

    An entry that is no item is a finding with its line; the others come in. Raises InvalidData
    where the text is no YAML, is too long or too deep, or uses aliases.
    """
    if len(text) > _MAX_CHARACTERS:
        raise InvalidData(f"longer than {_MAX_CHARACTERS} characters")
    data, lines = load_yaml(text)
    base: JsonPath = ()
    if isinstance(data, dict) and isinstance(data.get("references"), list):
        data, base = data["references"], ("references",)
    elif isinstance(data, dict):
        data = [data]
    if not isinstance(data, list):
        raise InvalidData("holds no list of items", hint="items stand under references:")
    entries = [(entry, (*base, i)) for i, entry in enumerate(data)]
    return check_items(entries, lambda path: _place(path, lines), markdown=True)


def load_yaml(text: str) -> tuple[Json, dict[JsonPath, int]]:
    """The value that YAML holds, and the line of each path in it; raises InvalidData.

    It is put together from the events of PyYAML's parser, that in C where it is built: nothing here
    calls itself, and an alias is refused before it stands for anything.
    """
    import yaml

    tree = _Tree()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for event in yaml.parse(text.removeprefix("\ufeff"), Loader=loader):
            tree.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(line=mark.line + 1, column=mark.column + 1) if mark else None
        raise InvalidData(f"is not YAML: {error.problem}", place=place) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InvalidData("is not YAML, or nested too deeply") from error
    if not tree.has_value:
        raise InvalidData("holds no items")
    return tree.value, tree.lines


class _Open:
    """A list or a mapping that has not ended; of a mapping, the key that waits for its value."""

    def __init__(self, value: list[Json] | dict[str, Json], path: JsonPath) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None


class _Tree:
    """Events put together to one value."""

    def __init__(self) -> None:
        self.value: Json = None
        self.has_value = False
        self.lines: dict[JsonPath, int] = {}
        self._open: list[_Open] = []

    def take(self, event: Event) -> None:
        """Put the next event where it belongs; raises InvalidData."""
        match type(event).__name__:
            case "ScalarEvent" if self._waits_for_key():
                self._take_key(event)
            case "ScalarEvent":
                self._put(event, _scalar(event))
            case "SequenceStartEvent":
                self._begin(event, [])
            case "MappingStartEvent":
                self._begin(event, {})
            case "SequenceEndEvent" | "MappingEndEvent":
                self._open.pop()
            case "AliasEvent":
                raise InvalidData("YAML aliases (*name) are not read", place=_place_of(event))
            case "DocumentStartEvent" if self.has_value:
                raise InvalidData("is more than one document of YAML", place=_place_of(event))

    def _waits_for_key(self) -> bool:
        return bool(self._open) and self._open[-1].key is None and self._in_mapping()

    def _in_mapping(self) -> bool:
        return isinstance(self._open[-1].value, dict)

    def _take_key(self, event: Event) -> None:
        key = str(event.value)
        if key in self._open[-1].value:
            place = Place(line=_place_of(event).line)
            raise InvalidData(f"the key {key[:60]!r} stands twice", place=place)
        self._open[-1].key = key

    def _begin(self, event: Event, value: list[Json] | dict[str, Json]) -> None:
        if self._waits_for_key():
            raise InvalidData("a key is no text", place=_place_of(event))
        self._open.append(_Open(value, self._put(event, value)))

    def _put(self, event: Event, value: Json) -> JsonPath:
        """Give a value its place; comes back with the path of it."""
        path: JsonPath = ()
        if self._open:
            parent = self._open[-1]
            if isinstance(parent.value, list):
                path = (*parent.path, len(parent.value))
                parent.value.append(value)
            else:
                path = (*parent.path, str(parent.key))
                parent.value[str(parent.key)] = value
                parent.key = None
        else:
            self.value, self.has_value = value, True
        if len(path) > MAX_DEPTH:
            raise InvalidData("nested too deeply", place=_place_of(event))
        self.lines[path] = event.start_mark.line + 1
        return path


def _place_of(event: Event) -> Place:
    return Place(line=event.start_mark.line + 1, column=event.start_mark.column + 1)


def _scalar(event: Event) -> Json:
    text = str(event.value)
    if event.style:  # in quotes, or a block
        return text
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    if re.fullmatch(r"(?a)-?(?:0|[1-9]\d{0,14})", text):
        return int(text)
    return float(text) if re.fullmatch(r"(?a)-?(?:0|[1-9]\d{0,14})\.\d{1,15}", text) else text


def _place(path: JsonPath, lines: Mapping[JsonPath, int]) -> Place:
    known = next(path[:end] for end in range(len(path), -1, -1) if path[:end] in lines)
    return Place(line=lines[known], json_path=show_path(path))
