"""The one kind of record: frozen values with keyword fields.

Importing ``dataclasses`` (which imports ``inspect``) and making twenty of them costs a quarter of
what ``citekit cite KEY`` may take. A ``Value`` is declared in the same way and checked by the same
type checkers, and costs nothing to declare.

- Fields are given by keyword; a default is a class attribute, and never a mutable one.
- A name that is no field, or a field without its value, is a TypeError; types are checked by type
  checkers alone, and what they cannot say by ``_check``.
- What is computed once and kept (``cached_property``) is not part of the value.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Final, dataclass_transform

if TYPE_CHECKING:
    from typing import TypeVar

    V = TypeVar("V", bound="Value")

NOTHING: Final[MappingProxyType[Any, Any]] = MappingProxyType({})
"""The default of a field that is a mapping."""


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Value:
    """A frozen value with keyword fields, equal to another of its class with the same fields."""

    FIELDS: ClassVar[tuple[str, ...]] = ()
    """The names of the fields, in the order in which they are declared."""
    _REQUIRED: ClassVar[frozenset[str]] = frozenset()
    _KNOWN: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        own = [
            name
            for name, kind in cls.__annotations__.items()
            if not str(kind).startswith(("ClassVar", "typing.ClassVar"))
        ]
        inherited = [name for base in cls.__bases__ for name in getattr(base, "FIELDS", ())]
        cls.FIELDS = tuple(dict.fromkeys([*inherited, *own]))
        cls._KNOWN = frozenset(cls.FIELDS)
        cls._REQUIRED = frozenset(name for name in cls.FIELDS if not hasattr(cls, name))

    def __init__(self, **given: Any) -> None:  # noqa: ANN401  # what the subclasses declare
        names = given.keys()
        if not (names <= self._KNOWN and names >= self._REQUIRED):
            raise TypeError(_misfit(type(self), self._KNOWN, self._REQUIRED, set(names)))
        self.__dict__.update(given)
        self._check()

    def _check(self) -> None:
        """Raise ValueError where fields do not go together; most values have nothing to check."""

    def __setattr__(self, name: str, _value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: cannot set {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: cannot delete {name}")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.FIELDS)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self.FIELDS))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.FIELDS)
        return f"{type(self).__name__}({shown})"


def replace(value: V, /, **changes: Any) -> V:  # noqa: ANN401  # what the class declares
    """A copy with some fields changed."""
    return type(value)(**{**as_dict(value), **changes})


def as_dict(value: Value) -> dict[str, Any]:
    """The fields by name, as they are: values inside values stay values."""
    return {name: getattr(value, name) for name in value.FIELDS}


def _misfit(
    cls: type[Value], known: frozenset[str], required: frozenset[str], given: set[str]
) -> str:
    """Why these names do not make a value of this class."""
    wrong, lacking = sorted(given - known), sorted(required - given)
    told = [f"has no field {', '.join(wrong)}"] if wrong else []
    told += [f"lacks {', '.join(lacking)}"] if lacking else []
    return f"{cls.__name__} {' and '.join(told)}"
