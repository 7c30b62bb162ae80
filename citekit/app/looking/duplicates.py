"""Items that may be one work: the same bytes, DOI, address, or title and date."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from citekit.app.intake.recognising.known_works import folded_doi, folded_title
from citekit.errors import CitekitError
from citekit.model.address import compared_address
from citekit.model.value import Value
from citekit.store.addresses import known_addresses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.model.item import Item
    from citekit.store.reading import ArchiveReader

Shared = Literal["bytes", "doi", "url", "title"]


class Duplicate(Value):
    """Items that have something in common which one work has alone, by their keys, and what.

    ``url`` is an address where they are known, or that their files say they are from; ``title``
    the title and the date.
    """

    keys: tuple[str, ...]
    shared: tuple[Shared, ...]


def find_duplicates(store: ArchiveReader) -> tuple[Duplicate, ...]:
    """Every set of items that share a sign, by their keys; what is withdrawn or damaged aside."""
    keys_of: dict[tuple[Shared, str], list[str]] = defaultdict(list)
    for key in store.keys():  # noqa: SIM118  # no mapping
        with suppress(CitekitError):
            item = store.item(key)
            if item.facts.withdrawn is None:
                for sign in dict.fromkeys(_signs(store, item)):
                    keys_of[sign].append(key)
    shared: dict[tuple[str, ...], dict[Shared, None]] = defaultdict(dict)
    for (kind, _), keys in keys_of.items():
        if len(keys) > 1:
            shared[tuple(keys)][kind] = None
    return tuple(
        Duplicate(keys=keys, shared=tuple(kinds)) for keys, kinds in sorted(shared.items())
    )


def _signs(store: ArchiveReader, item: Item) -> Iterator[tuple[Shared, str]]:
    captures = store.captures(item.key).values()
    for capture in captures:
        original = capture.payloads.get("original")
        if original:
            yield "bytes", original.digest
        if address := compared_address(capture.source.url or ""):
            yield "url", address
    if doi := folded_doi(item):
        yield "doi", doi
    for address in known_addresses(item, captures):
        yield "url", address
    title, date = folded_title(item), item.date()
    if title and date and (written := date.to_edtf()):
        yield "title", f"{title} {written}"
