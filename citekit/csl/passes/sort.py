"""The order of a bibliography or of a citation's cites: empty values last, each key in its way.

Source: CSL 1.0.2 §Sorting.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, TypeVar

from citekit.csl.passes.collation import collation_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from citekit.csl.compiled.sort_keys import SortKey
    from citekit.csl.compiled.state import Context

T = TypeVar("T")


def sort_by(
    values: Sequence[T],
    keys: Sequence[SortKey],
    texts_of: Callable[[T], Sequence[str | None]],
) -> list[T]:
    """The values in the order of the keys; stable, empty keys last in both directions.

    ``texts_of`` gives what a value is sorted by, as ``sort_texts`` makes it.
    """
    order = [(value, texts_of(value)) for value in values]
    if not any(key.descending for key in keys):
        order.sort(key=_ascending)
        return [value for value, _ in order]
    for at in range(len(keys) - 1, -1, -1):
        full = [(text, pair) for pair in order if (text := pair[1][at]) is not None]
        empty = [pair for pair in order if pair[1][at] is None] if len(full) < len(order) else []
        full.sort(key=itemgetter(0), reverse=keys[at].descending)
        order = [pair for _, pair in full] + empty
    return [value for value, _ in order]


def sort_texts(context: Context, keys: Sequence[SortKey]) -> tuple[str | None, ...]:
    """What one item or cite is sorted by, key by key; None where it has nothing."""
    found = ((key.text(context), key.language) for key in keys)
    return tuple(
        collation_key(text, language) if text.strip() else None for text, language in found
    )


def _ascending(pair: tuple[object, Sequence[str | None]]) -> tuple[tuple[bool, str], ...]:
    return tuple((text is None, text or "") for text in pair[1])
