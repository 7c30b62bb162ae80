"""Records to and from JSON, losslessly: unknown keys are kept in a field named ``extra``.

A record is a ``Value``, a JSON key its field's name. Instants are written as RFC 3339 in UTC.
Fields that hold their default are left out, unless the set ``ALWAYS`` of the class names them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache, partial
from types import UnionType
from typing import (
    Any,
    Final,
    Literal,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from citekit.errors import InvalidData, Place
from citekit.model.records.json_text import Json, JsonPath, parse_json, place_in, show_path
from citekit.model.value import Value

T = TypeVar("T")


class Mismatch(ValueError):  # not an error of the tree: always turned into one here
    """A value at a JSON path that is not what the type wants."""

    def __init__(self, json_path: JsonPath, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.json_path = json_path
        self.hint = hint


def decode_text(cls: type[T], text: str, *, path: str | None = None, first_line: int = 1) -> T:
    """Read one JSON text as ``cls``; raises InvalidData naming file, line, column, JSON path."""
    data = parse_json(text, path=path, first_line=first_line)
    try:
        return from_json(cls, data)
    except Mismatch as error:
        place = place_in(text, error.json_path, path=path, first_line=first_line)
        raise InvalidData(str(error), place=place, hint=error.hint) from error


def decode(cls: type[T], data: Json) -> T:
    """Read parsed JSON as ``cls``; raises InvalidData naming the JSON path."""
    try:
        return from_json(cls, data)
    except Mismatch as error:
        place = Place(json_path=show_path(error.json_path))
        raise InvalidData(str(error), place=place, hint=error.hint) from error


def from_json(cls: type[T], data: Json, where: JsonPath = ()) -> T:
    """Read parsed JSON as the record ``cls``; raises Mismatch."""
    if not isinstance(data, Mapping):
        raise Mismatch(where, f"is not an object: {_short(data)}")
    values: dict[str, Any] = {}
    known = record_fields(cls)
    for key, field in known.items():
        if key in data:
            values[field.name] = _reader(field.kind)(data[key], (*where, key))
        elif field.default is REQUIRED:
            raise Mismatch(where, f'"{key}" is missing')
    if "extra" in cls.__annotations__:
        values["extra"] = {key: value for key, value in data.items() if key not in known}
    try:
        return cls(**values)
    except ValueError as error:
        raise Mismatch(where, str(error)) from error


def to_json(value: Json) -> Json:
    """The JSON value of a record (nested ones too); ``extra`` keys come last."""
    if is_record(type(value)):
        return _write_record(value)
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: to_json(child) for key, child in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(child) for child in value]
    return value


def write_instant(instant: datetime) -> str:
    """An aware instant in RFC 3339, UTC, whole seconds unless it has a fraction."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read_instant(text: str) -> datetime:
    """An RFC 3339 instant as aware UTC; raises ValueError for what is none or has no zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {text!r}")
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:  # in its own zone it was within the calendar
        raise ValueError(f"is before the year 1 or after 9999 in UTC: {text!r}") from error


def _write_record(value: Json) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, field in record_fields(type(value)).items():
        child = getattr(value, field.name)
        if field.is_always or child != field.default:
            data[key] = to_json(child)
    return {**data, **getattr(value, "extra", {})}


REQUIRED: Final = object()
"""The default of a field that has none."""


class RecordField(NamedTuple):
    """One field of a record but ``extra``, with its type and its default.

    ``holds``, where it is given, says of a JSON value whether the record would take it.
    """

    name: str
    kind: Any
    default: Any
    is_always: bool = False
    holds: Callable[[Json], object] | None = None


_Reader = Callable[[Json, JsonPath], Json]
_FIELDS: dict[type[Any], dict[str, RecordField]] = {}  # resolving type hints is slow: once a class


def is_record(kind: Json) -> bool:
    """Whether a type is one that this module reads and writes: a ``Value``."""
    return issubclass_safe(kind, Value)


def record_fields(cls: type[Any]) -> dict[str, RecordField]:
    """JSON key -> field, in the order of the declaration, without ``extra``."""
    if cls not in _FIELDS:
        _FIELDS[cls] = {name: field for name, field in _fields_of(cls) if name != "extra"}
    return _FIELDS[cls]


def _fields_of(cls: type[Value]) -> Iterator[tuple[str, RecordField]]:
    hints = get_type_hints(cls)
    always = getattr(cls, "ALWAYS", ())
    holds = getattr(cls, "HOLDS", {})
    for name in cls.FIELDS:
        default = getattr(cls, name, REQUIRED)
        yield name, RecordField(name, hints[name], default, name in always, holds.get(name))


@cache
def _reader(kind: Json) -> _Reader:
    """How values of a type are read: found out once for each type, because asking is slow."""
    origin: Any = get_origin(kind)
    if kind is Any:
        return _read_any
    if origin in (Union, UnionType):
        return partial(_read_union, kind)
    if origin is tuple:
        return partial(_read_list, get_args(kind)[0])
    if origin is not None and issubclass_safe(origin, Mapping):
        return partial(_read_mapping, get_args(kind)[1])
    if origin is Literal:
        return partial(_read_choice, get_args(kind))
    if is_record(kind):
        return partial(from_json, kind)
    if issubclass_safe(kind, tuple):
        return partial(_read_named, kind, get_type_hints(kind))
    if issubclass_safe(kind, Enum):
        return partial(_read_enum, kind)
    return partial(_read_scalar, kind)


def _read_any(value: Json, _: JsonPath) -> Json:
    return value


def _read_enum(kind: Json, value: Json, where: JsonPath) -> Json:
    _read_choice(tuple(member.value for member in kind), value, where)
    return kind(value)


def issubclass_safe(kind: Json, parent: type[Any]) -> bool:
    """``issubclass`` that answers False for what is no class."""
    return isinstance(kind, type) and issubclass(kind, parent)


def _read_union(kind: Json, value: Json, where: JsonPath) -> Json:
    if value is None and type(None) in get_args(kind):
        return None
    others = [other for other in get_args(kind) if other is not type(None)]
    return _reader(others[0])(value, where)


def _read_list(kind: Json, value: Json, where: JsonPath) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise Mismatch(where, f"is not a list: {_short(value)}")
    read = _reader(kind)
    return tuple([read(child, (*where, i)) for i, child in enumerate(value)])


def _read_named(
    kind: Any,  # noqa: ANN401  # a class of NamedTuple
    hints: Mapping[str, Any],
    value: Json,
    where: JsonPath,
) -> tuple[Any, ...]:
    """A named tuple, which is a list in JSON."""
    if not isinstance(value, list | tuple) or len(value) != len(hints):
        raise Mismatch(where, f"is not a list of {len(hints)}: {_short(value)}")
    parts = zip(hints.values(), value, strict=True)
    made: tuple[Any, ...] = kind(
        *(_reader(part)(child, (*where, i)) for i, (part, child) in enumerate(parts))
    )
    return made


def _read_mapping(kind: Json, value: Json, where: JsonPath) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Mismatch(where, f"is not an object: {_short(value)}")
    if kind is Any:  # evidence is full of these
        return dict(value)
    read = _reader(kind)
    return {key: read(child, (*where, key)) for key, child in value.items()}


def _read_choice(choices: tuple[Any, ...], value: Json, where: JsonPath) -> Json:
    if value not in choices:
        offered = ", ".join(str(choice) for choice in choices)
        raise Mismatch(where, f"is not one of {offered}: {_short(value)}")
    return value


def _read_scalar(kind: Json, value: Json, where: JsonPath) -> Json:
    if kind is datetime and isinstance(value, str):
        try:
            return read_instant(value)
        except ValueError as error:
            hint = "instants look like 2026-11-22T14:15:00Z"
            raise Mismatch(where, f"is not an instant: {_short(value)}", hint) from error
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return value
    raise Mismatch(where, f"is not {_WORDS.get(kind, kind.__name__)}: {_short(value)}")


_WORDS = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    datetime: "an instant",
}


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"
