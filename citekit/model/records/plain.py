"""Records of the usual kind, checked without building anything.

For who judges very many records and needs few of their values. What ``read_plain`` gives is what
``decode_text`` would have read. None promises nothing: ``decode_text`` tells what is the matter, if
anything is. Only what records usually hold is known here: no nulls, no unknown keys, no escapes.

A class with a ``_check`` can be plain when it tells in ``HOLDS`` what the fields that it looks at
may hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, get_args, get_origin

from citekit.model.records.codec import (
    REQUIRED,
    is_record,
    issubclass_safe,
    read_instant,
    record_fields,
)
from citekit.model.records.json_text import Json
from citekit.model.value import Value

Count = Callable[[Json], int | None]
"""How many strings a value holds, keys included; None for a value that is not plain."""
Holds = Callable[[Json], object]
"""Whether a value may stand where it stands."""

_MAX_DEPTH: Final = 8
_MAX_PLANS: Final = 1000  # for each class; hostile records come with ever other keys


def read_plain(cls: Any, text: str) -> Json | None:  # noqa: ANN401  # cls is a Value
    """The JSON object in a text, if ``decode_text(cls, text)`` is sure to read it."""
    if "\\" in text:
        return None
    try:
        value, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    strings = _class(cls).count(value) if type(value) is dict else None
    # In a text without escapes each string has two quotes; of a key that stands twice, the value
    # has one only. Nor is there half of a surrogate pair, and nothing is deeper than the class.
    if strings is None or text.count('"') != 2 * strings or text[end:].strip(" \t\r\n"):
        return None
    return value


def _refuse(number: str) -> float:
    raise ValueError(number)


_DECODER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse)


class _Plan(Value):
    """How objects with certain keys, in a certain order, are checked.

    ``types`` are those of the values, ``strings`` counts the keys and the values that are text.
    What else there is to check or to count goes by the key.
    """

    types: tuple[type[Any], ...]
    strings: int
    holds: tuple[tuple[str, Holds], ...]
    counts: tuple[tuple[str, Count], ...]


class _Class:
    """One class of values, with the plans for the orders of keys that its objects had so far."""

    def __init__(self, cls: type[Any]) -> None:
        self._cls = cls
        self._plans: dict[tuple[str, ...], _Plan | None] = {}

    def count(self, data: dict[str, Json]) -> int | None:
        """The strings in an object."""
        keys = tuple(data)
        try:
            plan = self._plans[keys]
        except KeyError:
            plan = self._learn(keys)
        if plan is None or tuple(map(type, data.values())) != plan.types:
            return None
        for key, holds in plan.holds:
            if not holds(data[key]):
                return None
        strings = plan.strings
        for key, count in plan.counts:
            inside = count(data[key])
            if inside is None:
                return None
            strings += inside
        return strings

    def _learn(self, keys: tuple[str, ...]) -> _Plan | None:
        plan = _plan(self._cls, keys)
        if len(self._plans) < _MAX_PLANS:
            self._plans[keys] = plan
        return plan


@cache
def _class(cls: Any) -> _Class:  # noqa: ANN401  # a Value
    return _Class(cls)


def _plan(cls: type[Any], keys: tuple[str, ...]) -> _Plan | None:
    """None where a key is unknown, one is absent that has to be there, or a type is unusual."""
    known = record_fields(cls)
    if not known.keys() >= set(keys) or any(
        field.default is REQUIRED and key not in keys for key, field in known.items()
    ):
        return None
    is_checked = cls._check is not Value._check  # noqa: SLF001  # asks whether, not what
    if is_checked and not any(field.holds for field in known.values()):
        return None
    kinds = {key: _kind(known[key].kind) for key in keys}
    holds = [(key, kind.holds) for key, kind in kinds.items()]
    holds += [(key, known[key].holds) for key in keys]
    return _Plan(
        types=tuple(kind.json_type for kind in kinds.values()),
        strings=len(keys) + sum(kind.json_type is str for kind in kinds.values()),
        holds=tuple((key, check) for key, check in holds if check),
        counts=tuple((key, kind.count) for key, kind in kinds.items() if kind.count),
    )


class _Kind(Value):
    """The type that the JSON values of a field have, and what else to check and to count."""

    json_type: type[Any]
    holds: Holds | None = None
    count: Count | None = None


@cache
def _kind(annotation: Any) -> _Kind:  # noqa: ANN401  # of a field, as get_type_hints gives it
    origin: Any = get_origin(annotation)
    args = [arg for arg in get_args(annotation) if arg is not type(None)]
    if annotation in (str, int, bool):
        return _Kind(json_type=annotation)
    if annotation is datetime:
        return _Kind(json_type=str, holds=_is_instant)
    if origin is Literal and all(type(arg) is str for arg in args):
        return _Kind(json_type=str, holds=frozenset(args).__contains__)
    if origin is tuple:
        return _Kind(json_type=list, count=_counting(list, args[0]))
    if issubclass_safe(origin, Mapping):
        return _Kind(json_type=dict, count=_counting(dict, args[1]))
    if is_record(annotation):
        return _Kind(json_type=dict, count=_class(annotation).count)
    if type(None) in get_args(annotation) and len(args) == 1:
        return _kind(args[0])
    return _Kind(json_type=object)  # no value has just this type


def _counting(container: type[Any], inside: Any) -> Count:  # noqa: ANN401  # as above
    """Count the strings in a list, or in an object whose keys are free."""
    if inside is Any:
        return _count_any
    kind = _kind(inside)
    only = frozenset([kind.json_type])

    def count(value: Json) -> int | None:
        values: Iterable[Json] = value.values() if container is dict else value
        if not only.issuperset(map(type, values)) or (
            kind.holds and not all(map(kind.holds, values))
        ):
            return None
        strings = len(value) * ((container is dict) + (kind.json_type is str))
        for child in values if kind.count else ():
            more = kind.count(child) if kind.count else None
            if more is None:
                return None
            strings += more
        return strings

    return count


def _count_any(value: Json, depth: int = 0) -> int | None:
    """Count the strings in any JSON that is not deep."""
    if type(value) is str:
        return 1
    if type(value) not in (dict, list):
        return 0
    strings = len(value) if type(value) is dict else 0
    for child in value.values() if type(value) is dict else value:
        inside = _count_any(child, depth + 1) if depth < _MAX_DEPTH else None
        if inside is None:
            return None
        strings += inside
    return strings


def _is_instant(text: str) -> bool:
    try:
        read_instant(text)
    except ValueError:
        return False
    return True
