"""``KEY`` and ``KEY#p3``: how items and their passages are named on the command line.

A key may have a ``#`` of its own. So whoever knows an archive asks with what it knows
(``known_in``): the longest key wins, then the longest old key.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from citekit.errors import NotFound, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citekit.store.items import ItemReader

    IsKnown = Callable[[str], bool]


def split_name(name: str, *known: IsKnown) -> tuple[str, str | None]:
    """``KEY#p3`` as key and passage; the passage is None for a key alone.

    The longest key that the first of ``known`` knows wins, else the next of these is asked.

    >>> split_name("mem2023turkiye#p3")
    ('mem2023turkiye', 'p3')
    >>> split_name("C#2001#p3", {"C#2001", "C"}.__contains__)
    ('C#2001', 'p3')
    """
    if "#" in name:
        for is_known in known:
            for key, passage in _splits(name):
                if is_known(key):
                    return key, passage
    key, mark, passage = name.partition("#")
    return key, passage if mark else None


def known_in(store: ItemReader) -> tuple[IsKnown, IsKnown]:
    """Whether an item of the archive has a key, and whether it has or had it."""

    def is_name(key: str) -> bool:
        with suppress(NotFound):
            return bool(store.resolve(key))
        return False

    return store.has, is_name


def read_name(name: str, *known: IsKnown) -> dict[str, Any]:
    """A CSL cite item: a paragraph is a locator, other passages have no place in a reference.

    >>> read_name("mem2023turkiye#p3")
    {'id': 'mem2023turkiye', 'label': 'paragraph', 'locator': '3'}

    Raises UsageError for what can name no passage.
    """
    key, passage = split_name(name, *known)
    number = named_paragraph(passage)
    if number is not None:
        return {"id": key, "label": "paragraph", "locator": str(number)}
    kind = (passage or "title").rstrip("0123456789")
    if kind not in ("title", "caption") and not kind.startswith("a-"):
        hint = f"passages are {key}#p3, {key}#title, {key}#caption1"
        raise UsageError(f"names no passage: {name}", hint=hint)
    return {"id": key}


def named_paragraph(passage: str | None) -> int | None:
    """The number of a body paragraph: 3 for ``p3``, None for another passage."""
    if not passage or passage[0] != "p":
        return None
    digits = passage[1:]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None


def _splits(name: str) -> Iterator[tuple[str, str | None]]:
    """Each way to read the name, the longest key first."""
    yield name, None
    end = name.rfind("#")
    while end > 0:
        yield name[:end], name[end + 1 :]
        end = name.rfind("#", 0, end)
