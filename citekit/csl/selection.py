"""Which entries of a bibliography are wanted: the selectors of citeproc-js, or a function.

Numbers, letters and order are those of the whole bibliography; only repeated authors are told by
the entry before that is printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from citekit.errors import UsageError
from citekit.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Item = Mapping[str, Any]
    Keep: TypeAlias = "Callable[[Item], bool] | Selectors"
    """What tells of an item (CSL-JSON) whether its entry is wanted."""


class FieldTest(TypedDict):
    """A field of an item and the value that it should have, or have in its list.

    ``True`` asks for any value, ``False`` or ``""`` for none.
    """

    field: str
    value: str | bool | float


class Selectors(TypedDict, total=False):
    """Tests of which one should hold (``include``), or none (``exclude``), or all (``select``).

    Of these three the first that is there counts. Entries for which all of ``quash`` holds are left
    out in any case.
    """

    include: Sequence[FieldTest]
    exclude: Sequence[FieldTest]
    select: Sequence[FieldTest]
    quash: Sequence[FieldTest]


_NAMES = ("include", "exclude", "select", "quash")


def keeps(keep: Keep | None) -> Callable[[Item], bool] | None:
    """The function that tells which entries are wanted; None for all of them.

    Raises UsageError for selectors that nobody can follow.
    """
    if keep is None or callable(keep):
        return keep
    _check(keep)
    return lambda item: _is_wanted(item, keep)


def _check(selectors: Selectors) -> None:
    for name, tests in selectors.items():
        if name not in _NAMES:
            hint = did_you_mean(name, _NAMES) or "one of " + ", ".join(_NAMES)
            raise UsageError(f"no selector is called {name!r}", hint=hint)
        if not isinstance(tests, (list, tuple)) or not all(map(_is_test, tests)):
            hint = 'for example {"field": "type", "value": "book"}'
            raise UsageError(
                f"the selector {name!r} should be a list of fields and values", hint=hint
            )


def _is_test(test: object) -> bool:
    return isinstance(test, dict) and isinstance(test.get("field"), str) and "value" in test


def _is_wanted(item: Item, selectors: Selectors) -> bool:
    quash = selectors.get("quash")
    if quash and all(_holds(item, test) for test in quash):
        return False
    if "include" in selectors:
        return any(_holds(item, test) for test in selectors["include"])
    if "exclude" in selectors:
        return not any(_holds(item, test) for test in selectors["exclude"])
    return all(_holds(item, test) for test in selectors.get("select", ()))


def _holds(item: Item, test: FieldTest) -> bool:
    wanted, found = test["value"], item.get(test["field"])
    if isinstance(wanted, bool) or not wanted:
        return bool(found) == bool(wanted)
    return wanted in found if isinstance(found, (list, tuple)) else wanted == found
