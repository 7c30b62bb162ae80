"""The order of a bibliography or of a citation's cites: empty values last, each key in its way.

Source: CSL 1.0.2 §Sorting.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final, TypeVar

from citekit.csl.passes.collation import collation_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from citekit.csl.compiled.sort_keys import SortKey
    from citekit.csl.compiled.state import Context

T = TypeVar("T")
LAST: Final = "\U0010ffff" * 4
"""What stands for an empty key: behind every text, since no letter comes after this sign."""


def sort_by(
    values: Sequence[T], keys: Sequence[SortKey], texts_of: Callable[[T], tuple[str, ...]]
) -> list[T]:
    """The values in the order of the keys; stable, empty keys last in both directions.

    ``texts_of`` gives what a value is sorted by, as ``sort_texts`` makes it.
    """
    if not any(key.descending for key in keys):
        return sorted(values, key=texts_of)
    order = [(value, texts_of(value)) for value in values]
    for at in range(len(keys) - 1, -1, -1):
        full = [(text, pair) for pair in order if (text := pair[1][at]) is not LAST]
        empty = [pair for pair in order if pair[1][at] is LAST] if len(full) < len(order) else []
        full.sort(key=itemgetter(0), reverse=keys[at].descending)
        order = [pair for _, pair in full] + empty
    return [value for value, _ in order]


def sort_texts(context: Context, keys: Sequence[SortKey]) -> tuple[str, ...]:
    """What one item or cite is sorted by, key by key; ``LAST`` where it has nothing."""
    found = ((key.text(context), key.language) for key in keys)
    return tuple(
        collation_key(text, language) if text.strip() else LAST for text, language in found
    )
