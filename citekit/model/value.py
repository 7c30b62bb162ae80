"""Frozen values for what every short command reads; elsewhere values are frozen dataclasses.

Importing ``dataclasses`` (which imports ``inspect``) and making twenty of them costs a quarter of
what ``citekit cite KEY`` may take. A ``Value`` is declared in the same way and checked by the same
type checkers, and costs nothing to declare.

- Fields are given by keyword; a default is a class attribute, and never a mutable one.
- Names and types of fields are checked by type checkers alone.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final, TypeVar, dataclass_transform

V = TypeVar("V", bound="Value")

NOTHING: Final[MappingProxyType[str, Any]] = MappingProxyType({})
"""The default of a field that is a mapping."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value:
    """A frozen value with keyword fields, equal to another of its class with the same fields."""

    def __init__(self, **fields: Any) -> None:  # noqa: ANN401  # what the subclasses declare
        self.__dict__.update(fields)

    def __setattr__(self, name: str, _value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: cannot set {name}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in fields(type(self)))

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in fields(type(self))))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in fields(type(self)))
        return f"{type(self).__name__}({shown})"


def fields(cls: type[Value]) -> list[str]:
    """The names of the fields, in the order in which they are declared."""
    return [name for base in reversed(cls.__mro__) for name in getattr(base, "__annotations__", ())]


def replace(value: V, **changes: Any) -> V:  # noqa: ANN401  # what the class declares
    """A copy with some fields changed."""
    return type(value)(**{**value.__dict__, **changes})
