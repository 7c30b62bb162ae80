"""The addresses at which an item is known: given, saved in its file, or seen to answer.

What a page says of itself (``canonical``) is none of them: many pages name another one there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.model.address import compared_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.model.capture import Capture
    from citekit.model.item import Item


def known_addresses(item: Item, captures: Iterable[Capture]) -> frozenset[str]:
    """The addresses of an item with these captures, as they are compared."""
    urls = {*_of_item(item), *(url for capture in captures for url in _of_capture(capture))}
    return frozenset(filter(None, map(compared_address, urls)))


def findable_addresses(item: Item, captures: Iterable[Capture]) -> frozenset[str]:
    """What the index has an item under: where it is known, and what its record says."""
    said = recorded(item.text("URL"))
    return known_addresses(item, captures) | ({said} if said else frozenset())


def recorded(url: str | None) -> str:
    """The sign of an address that a record says, which alone makes no item known there."""
    compared = compared_address(url) if url else ""
    return f"record {compared}" if compared else ""


def _of_item(item: Item) -> Iterator[str]:
    """What somebody, or the program that saved the page, said; of a record alone what it says."""
    evidence = item.facts.evidence.get("URL", ())
    for candidate in evidence:
        if candidate.get("fact") == "declared" and isinstance(candidate.get("value"), str):
            yield candidate["value"]
    if not evidence:
        yield item.text("URL")


def _of_capture(capture: Capture) -> Iterator[str]:
    """Where it was fetched, or what was said of it; a file may know no more than a canonical."""
    source = capture.source
    if source.url and source.declared_by != "file":
        yield source.url
    if capture.final_url:
        yield capture.final_url
