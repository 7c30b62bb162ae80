"""YAML as data, with the line of each value, within bounds.

There are no aliases (a short text could otherwise stand for gigabytes) and no tags, and nothing is
deeper than JSON may be: no function here calls itself. No type is guessed beyond those of JSON:
``no`` stays a word, ``2023-06-04`` text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import InvalidData, Place
from citekit.model.records.json_text import MAX_DEPTH, show_path
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.model.records.json_text import Json, JsonPath

    Event = Any  # PyYAML's two parsers have classes of their own
    IsTyped = Callable[[JsonPath], bool]

_MAX_CHARACTERS: Final = 32_000_000
_WORDS: Final = {"true": True, "false": False, "null": None, "~": None, "": None}
_SURE: Final = re.compile(r"[A-Za-z](?:[\w.,;'()/ -]{0,200}[\w.)])?")
_DOUBTFUL: Final = frozenset(
    ["true", "false", "yes", "no", "on", "off", "null", "nan", "inf", "infinity", "y", "n"]
)
_NOTHING: Final = frozenset({"null", "~", ""})


class Loaded(Value):
    """What a text holds; ``twice`` are the keys that stand a second time, with their lines.

    Of a key that stands twice the first value counts.
    """

    value: Any
    lines: Mapping[Any, int]
    twice: tuple[tuple[Any, int], ...] = ()

    def once(self) -> Json:
        """The value, where no key stands twice; raises InvalidData."""
        for path, line in self.twice:
            raise InvalidData(f"the key {path[-1][:60]!r} stands twice", place=Place(line=line))
        return self.value

    def place(self, path: JsonPath) -> Place:
        """The line of a value, or of the next one that holds it and has a line."""
        known = next(path[:end] for end in range(len(path), -1, -1) if path[:end] in self.lines)
        return Place(line=self.lines[known], json_path=show_path(path))


def load_yaml(text: str, *, is_typed: IsTyped | None = None) -> Loaded:
    """The one value of a text; raises InvalidData.

    ``is_typed`` says of a path whether a plain scalar there is a number or a truth value where it
    looks so (always, if not given); elsewhere it is text, as it is written: ``1.10`` is a version.
    """
    yaml = _library()
    if len(text) > _MAX_CHARACTERS:
        raise InvalidData(f"longer than {_MAX_CHARACTERS} characters")
    tree = _Tree(is_typed)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # that in C, where it is built
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
    return Loaded(value=tree.value, lines=tree.lines, twice=tuple(tree.twice))


def dump_yaml(value: Json, *, is_quoted: bool = False) -> str:
    """The value as a document, in the order it has, letters as they are.

    With ``is_quoted`` every text that another reader could take for something else is in quotes:
    what is a number, a date or a truth value differs between versions of YAML.
    """
    yaml = _library()

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # in C, if built
        """Texts in quotes, if asked for."""

    if is_quoted:
        Dumper.add_representer(str, _quoted)
    options: Any = {"sort_keys": False, "allow_unicode": True, "width": 10_000}
    try:
        return str(yaml.dump(value, Dumper=Dumper, **options))
    except UnicodeEncodeError:  # a lone surrogate; the slow one escapes it
        return str(yaml.dump(value, Dumper=yaml.SafeDumper, **options))


def _quoted(dumper: Any, text: str) -> Any:  # noqa: ANN401  # PyYAML's
    is_word = _SURE.fullmatch(text) and text.casefold() not in _DOUBTFUL
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_word else '"')


def _library() -> Any:  # noqa: ANN401  # a module
    """PyYAML, imported with the first text: most calls need none."""
    import yaml

    return yaml


class _Open:
    """A list or a mapping that has not ended; of a mapping, the key that waits for its value."""

    def __init__(self, value: list[Json] | dict[str, Json], path: JsonPath) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None


class _Tree:
    """Events put together to one value."""

    def __init__(self, is_typed: IsTyped | None) -> None:
        self.value: Json = None
        self.has_value = False
        self.lines: dict[JsonPath, int] = {}
        self.twice: list[tuple[JsonPath, int]] = []
        self._is_typed = is_typed
        self._open: list[_Open] = []

    def take(self, event: Event) -> None:
        """Put the next event where it belongs; raises InvalidData."""
        match type(event).__name__:
            case "ScalarEvent" if self._waits_for_key():
                self._take_key(event)
            case "ScalarEvent":
                self._put(event, self._scalar(event))
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
        key, parent = str(event.value), self._open[-1]
        if key in parent.value:
            self.twice.append(((*parent.path, key), event.start_mark.line + 1))
        parent.key = key

    def _begin(self, event: Event, value: list[Json] | dict[str, Json]) -> None:
        if self._waits_for_key():
            raise InvalidData("a key is no text", place=_place_of(event))
        self._open.append(_Open(value, self._put(event, value)))

    def _put(self, event: Event, value: Json) -> JsonPath:
        """Give a value its place; comes back with the path of it."""
        path = self._path()
        if not self._open:
            self.value, self.has_value = value, True
        elif isinstance(parent := self._open[-1].value, list):
            parent.append(value)
        else:
            parent.setdefault(str(self._open[-1].key), value)
            self._open[-1].key = None
        if len(path) > MAX_DEPTH:
            raise InvalidData("nested too deeply", place=_place_of(event))
        self.lines.setdefault(path, event.start_mark.line + 1)
        return path

    def _path(self) -> JsonPath:
        """The path of the value that comes next."""
        if not self._open:
            return ()
        parent = self._open[-1]
        is_list = isinstance(parent.value, list)
        return (*parent.path, len(parent.value) if is_list else str(parent.key))

    def _scalar(self, event: Event) -> Json:
        text = str(event.value)
        if event.style:  # in quotes, or a block
            return text
        if self._is_typed is None or self._is_typed(self._path()):
            return _typed(text)
        return None if text.casefold() in _NOTHING else text


def _typed(text: str) -> Json:
    if text.casefold() in _WORDS:
        return _WORDS[text.casefold()]
    if re.fullmatch(r"(?a)-?(?:0|[1-9]\d{0,14})", text):
        return int(text)
    return float(text) if re.fullmatch(r"(?a)-?(?:0|[1-9]\d{0,14})\.\d{1,15}", text) else text


def _place_of(event: Event) -> Place:
    return Place(line=event.start_mark.line + 1, column=event.start_mark.column + 1)
