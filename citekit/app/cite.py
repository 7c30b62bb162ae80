"""References: items as data in a bibliography format, in the order asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from citekit.app.passages import split_name
from citekit.errors import UsageError
from citekit.model.item import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.store.archive import ArchiveStore

DATA_FORMATS: Final = ("bibtex", "biblatex", "csl-json", "csl-yaml", "ris")
DEFAULT_FORMAT: Final = "biblatex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """References as one text and one by one (``entries``), and what could not be carried."""

    text: str
    format: str
    entries: tuple[str, ...]
    items: tuple[Item, ...]
    warnings: tuple[str, ...] = ()


def cite(store: ArchiveStore, keys: Sequence[str], *, format_: str | None = None) -> Cited:
    """The items' references in a data format; an item asked for twice comes once.

    Raises NotFound for an unknown key, UsageError for an unknown format.
    """
    chosen = format_ or DEFAULT_FORMAT
    if chosen not in DATA_FORMATS:
        raise UsageError(f"no such format: {chosen}", hint=f"formats: {', '.join(DATA_FORMATS)}")
    items: dict[str, Item] = {}
    warnings: list[str] = []
    for name in keys:
        key, passage = split_name(name)
        key = store.resolve(key)
        items[key] = store.item(key)
        if passage is not None:
            warnings.append(f"{chosen} has no place for a passage: {name} is cited as {key}")
    from citekit.formats import write

    return Cited(
        text=write([item.data for item in items.values()], chosen),
        format=chosen,
        entries=tuple(write([item.data], chosen) for item in items.values()),
        items=tuple(items.values()),
        warnings=tuple(warnings),
    )
