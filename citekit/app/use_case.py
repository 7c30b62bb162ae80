"""How a use case becomes a method: written once as a function, offered by ``Archive``."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.store.archive import ArchiveStore

P = ParamSpec("P")
R = TypeVar("R")


class HasStore(Protocol):
    """What has the methods: an object that keeps an archive."""

    @property
    def store(self) -> ArchiveStore:
        """The archive that the use cases are given."""


def use_case(
    function: Callable[Concatenate[ArchiveStore, P], R],
) -> Callable[Concatenate[HasStore, P], R]:
    """A method that does what a function does with an archive, given first.

    Its parameters, types and docstring are those of the function, for type checkers, ``help``
    and ``inspect.signature`` alike.
    """

    @wraps(function)
    def method(self: HasStore, /, *args: P.args, **kwargs: P.kwargs) -> R:
        return function(self.store, *args, **kwargs)

    told = inspect.signature(function)
    _, *others = told.parameters.values()
    this = inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)
    # a positional-only one may stand before all others, and "self" is what help() leaves out
    method.__signature__ = told.replace(parameters=[this, *others])  # type: ignore[attr-defined]  # inspect reads it
    return method
