"""Lists of items: chosen, and in an order; answered by the index alone."""

from __future__ import annotations

import re
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, Literal

from citekit.app.looking.rows import Rows
from citekit.errors import UsageError
from citekit.model.nearest import did_you_mean
from citekit.model.title_markup import without_markup
from citekit.model.variables import VARIABLES, variable_meant
from citekit.store.index.search_text import fold
from citekit.store.index.sqlite import Index

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from citekit.model.item import Access
    from citekit.store.index.sqlite import Row
    from citekit.store.reading import ArchiveReader

    Tell = Callable[[str], None]
    Test = Callable[[Row], bool]

Sort = Literal["key", "author", "year", "title", "added"]
LISTED: Final = ("key", "author", "year", "title")
_NEVER: Final = 10**9
"""A year after all others: what has none comes last."""

_COUNTED: Final[dict[str, Callable[[Row], Any]]] = {
    "capture": attrgetter("captures"),
    "captures": attrgetter("captures"),
    "annotation": attrgetter("annotations"),
    "annotations": attrgetter("annotations"),
    "year": lambda row: row.year is not None,
}
"""What may be missing and is no variable."""


def list_items(
    store: ArchiveReader,
    *,
    type: str | None = None,  # noqa: A002  # the word users know
    access: Access | None = None,
    words: Collection[str] = (),
    year: str | None = None,
    author: str | None = None,
    tags: Collection[str] = (),
    missing: Collection[str] = (),
    sort: Sort = "key",
    reverse: bool = False,
    unreadable: Tell | None = None,
) -> Rows[Row]:
    """Every item, or those that all of this is true of; by key, or in another order.

    ``words`` stand in key, title or names, ``author`` in the names; ``year`` is one or a range such
    as ``2019-2021`` or ``2019-``; each of ``tags`` is one of its own; ``missing`` names fields, or
    ``capture``, that it has not. What has no year comes last. ``unreadable`` hears why an item is
    left out, once for each. Raises UsageError for what is no year and no field.
    """
    tests = [
        *_named(type, access),
        *_about_words(words, author),
        *_of_year(year),
        *(_tagged(tag) for tag in tags),
        *map(_lacks, missing),
    ]
    with Index.open(store) as index:
        rows = index.rows()
        tell_problems(index.problems(), unreadable)
    wanted = [row for row in rows if all(test(row) for test in tests)] if tests else rows
    return Rows(_in_order(wanted, sort, reverse=reverse), LISTED)


def tell_problems(problems: Sequence[tuple[str, str]], tell: Tell | None) -> None:
    """Have whoever asked hear why items are left out."""
    if tell:
        for _, reason in problems:
            tell(f"left out: {reason}")


def _named(type_: str | None, access: Access | None) -> Iterator[Test]:
    if type_ is not None:
        yield lambda row: row.type == type_
    if access is not None:
        yield lambda row: row.access == access


def _about_words(words: Collection[str], author: str | None) -> Iterator[Test]:
    """Whether all words stand in a row, and what is asked for in its names; accents never count."""
    if words:
        yield partial(_has_words, tuple(map(fold, words)))
    if author is not None:
        yield partial(_has_maker, fold(author).split())


def _has_words(words: Sequence[str], row: Row) -> bool:
    text = fold(" ".join((row.key, row.title, *row.names)))
    return all(word in text for word in words)


def _has_maker(words: Sequence[str], row: Row) -> bool:
    """Whether one of the names has all words."""
    return any(all(word in name for word in words) for name in map(fold, row.names))


def _of_year(text: str | None) -> Iterator[Test]:
    if text is not None:
        first, last = read_years(text)
        yield lambda row: row.year is not None and first <= row.year <= last


def read_years(text: str) -> tuple[int, int]:
    """The first and the last year of ``2020``, ``2019-2021``, ``2019-`` or ``-2021``.

    >>> read_years("2019-2021"), read_years("2020"), read_years("..2021")[1]
    ((2019, 2021), (2020, 2020), 2021)

    Raises UsageError.
    """
    match = re.fullmatch(r"(\d{1,6})?\s*(?:(-|–|\.\.|/)\s*(\d{1,6})?)?", text.strip(), re.ASCII)
    first, between, last = match.groups() if match else (None, None, None)
    if first is None and last is None:
        raise UsageError(f"is no year: {text!r}", hint="2020, 2019-2021, 2019- or -2021")
    begin = int(first) if first else -_NEVER
    return begin, int(last) if last else _NEVER if between else begin


def _tagged(tag: str) -> Test:
    asked = fold(" ".join(tag.split()))
    return lambda row: asked in map(fold, row.tags)


def _lacks(field: str) -> Test:
    """Whether a row has nothing for a field; raises UsageError for what is none."""
    counted = _COUNTED.get(field.lower())
    if counted is not None:
        return lambda row: not counted(row)
    variable = variable_meant(field)
    if variable not in VARIABLES:
        hint = did_you_mean(field, (*VARIABLES, *_COUNTED)) or "for example author, date, capture"
        raise UsageError(f"is no field: {field!r}", hint=hint)
    return lambda row: variable not in row.variables


def _in_order(rows: Sequence[Row], sort: Sort, *, reverse: bool) -> Sequence[Row]:
    """The rows, which come by their keys, in another order; equal ones stay by their keys."""
    if sort != "key":
        rows = sorted(rows, key=_ORDERS[sort])
    return rows[::-1] if reverse else rows


def _by_author(row: Row) -> tuple[bool, str, int]:
    return not row.author, fold(row.author), _by_year(row)


def _by_year(row: Row) -> int:
    return _NEVER if row.year is None else row.year


def _by_title(row: Row) -> str:
    return fold(without_markup(row.title))


_ORDERS: Final[dict[Sort, Callable[[Row], Any]]] = {
    "author": _by_author,
    "year": _by_year,
    "title": _by_title,
    "added": attrgetter("added"),
}
