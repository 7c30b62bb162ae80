"""The order of a bibliography or of a citation's cites: empty values last, each key in its way.

Source: CSL 1.0.2 §Sorting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from citekit.csl.passes.collation import collation_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from citekit.csl.compiled.sort_keys import SortKey
    from citekit.csl.compiled.state import Context

T = TypeVar("T")


def sort_by(
    values: Sequence[T], keys: Sequence[SortKey], context_of: Callable[[T], Context]
) -> list[T]:
    """The values in the order of the keys; stable, empty keys last in both directions."""
    order = [(value, context_of(value)) for value in values]
    for key in reversed(keys):
        empty: list[tuple[T, Context]] = []
        full: list[tuple[str, tuple[T, Context]]] = []
        for pair in order:
            text = key.text(pair[1]).strip()
            if text:
                full.append((collation_key(text, key.language), pair))
            else:
                empty.append(pair)
        full.sort(key=lambda found: found[0], reverse=key.descending)
        order = [pair for _, pair in full] + empty
    return [value for value, _ in order]
