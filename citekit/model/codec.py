"""Dataclasses to and from JSON, losslessly: unknown keys are kept in a field named ``extra``.

A JSON key is the field's name; ``metadata={"json": "media-type"}`` names another. Instants are
written as RFC 3339 in UTC. Fields that hold their default are left out, unless the dataclass
lists them in ``metadata={"always": True}``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache, partial
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from citekit.errors import InvalidData, Place
from citekit.model.json_text import Json, JsonPath, parse_json, place_in, show_path

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
    """Read parsed JSON as the dataclass ``cls``; raises Mismatch."""
    if not isinstance(data, Mapping):
        raise Mismatch(where, f"is not an object: {_short(data)}")
    values: dict[str, Any] = {}
    names = json_names(cls)
    for key, (name, kind, field) in names.items():
        if key in data:
            values[name] = _reader(kind)(data[key], (*where, key))
        elif field.default is MISSING and field.default_factory is MISSING:
            raise Mismatch(where, f'"{key}" is missing')
    if _keeps_extra(cls):  # type: ignore[arg-type]  # mypy 1 doubts that a type is hashable
        values["extra"] = {key: value for key, value in data.items() if key not in names}
    try:
        return cls(**values)
    except ValueError as error:
        raise Mismatch(where, str(error)) from error


def to_json(value: Json) -> Json:
    """The JSON value of a dataclass (nested ones too); ``extra`` keys come last."""
    if is_dataclass(value) and not isinstance(value, type):
        return _write_dataclass(value)
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
    """An RFC 3339 instant as aware UTC; raises ValueError when it has no zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {text!r}")
    return instant.astimezone(UTC)


def _write_dataclass(value: Json) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key, (name, _, field) in json_names(type(value)).items():
        child = getattr(value, name)
        if field.metadata.get("always") or not _is_default(child, field):
            data[key] = to_json(child)
    return {**data, **getattr(value, "extra", {})}


def _is_default(value: Json, field: Field[Any]) -> bool:
    if field.default is not MISSING:
        return bool(value == field.default)
    return field.default_factory is not MISSING and value == field.default_factory()


_Reader = Callable[[Json, JsonPath], Json]
_Names = dict[str, tuple[str, Any, Field[Any]]]
_NAMES: dict[type[Any], _Names] = {}  # resolving type hints is slow: once for each class


def json_names(cls: type[Any]) -> _Names:
    """JSON key -> (field name, its type, the field), without ``extra``."""
    if cls not in _NAMES:
        hints = get_type_hints(cls)
        _NAMES[cls] = {
            field.metadata.get("json", field.name): (field.name, hints[field.name], field)
            for field in fields(cls)
            if field.name != "extra"
        }
    return _NAMES[cls]


@cache
def _keeps_extra(cls: Any) -> bool:  # noqa: ANN401  # a dataclass
    return any(field.name == "extra" for field in fields(cls))


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
    if is_dataclass(kind):
        return partial(from_json, kind)  # type: ignore[arg-type]  # a dataclass type, just tested
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


def _read_mapping(kind: Json, value: Json, where: JsonPath) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Mismatch(where, f"is not an object: {_short(value)}")
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
            raise Mismatch(where, f"is not an instant: {value!r}", hint) from error
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
