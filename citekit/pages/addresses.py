"""Where on a site each thing of the archive stands: page and anchor, and what links call it."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from citekit.model.value import Value
from citekit.pages import wording
from citekit.pages.text.article import make_article
from citekit.pages.title_markup import title as plain_title

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.pages.library import Library

FOLDERS: Final = {"item": "items", "entity": "entities", "claim": "claims"}
_SECTIONS: Final = frozenset(
    [
        *("title", "text", "note", "notes", "claims", "entities", "cite"),
        *("record", "evidence", "provenance", "seal", "check"),
    ]
)


class Address(Value):
    """The page of a thing by its name, such as ``items/KEY``, the anchor there, and its title."""

    page: str
    anchor: str = ""
    title: str


def page_of(library: Library, name: str) -> str:
    """The page of an object with a name such as ``item:KEY``."""
    kind, _, identifier = name.partition(":")
    page = library.pages.get(identifier, identifier) if kind == "item" else identifier
    return f"{FOLDERS.get(kind, kind)}/{page}"


def locate(library: Library, kind: str, target: str) -> Address | None:
    """The address of what a link names, ``KEY#p3`` or an id; None for what is not there."""
    if kind in ("item", "passage"):
        return _locate_item(library, target)
    identifier = target.partition("#")[0]
    if kind == "entity" and identifier in library.entities:
        return Address(page=f"entities/{identifier}", title=library.entities[identifier].name)
    if kind == "claim" and identifier in library.claims:
        claim = library.claims[identifier]
        return Address(page=f"claims/{identifier}", title=claim.question or claim.statement)
    return None


def all_names(library: Library) -> Iterator[str]:
    """The names of all objects, such as ``item:KEY``."""
    yield from (f"item:{key}" for key in library.shelves)
    yield from (f"entity:{entity}" for entity in library.entities)
    yield from (f"claim:{claim}" for claim in library.claims)


def all_addresses(library: Library) -> Iterator[tuple[str, str, Address]]:
    """What other sites may link to: its kind, its name there, and its address."""
    for name in all_names(library):
        kind, _, identifier = name.partition(":")
        found = locate(library, kind, identifier)
        if found:
            yield kind, identifier, found
    for key, page_name in library.pages.items():
        page = f"items/{page_name}"
        count = len(make_article(library, key).paragraphs)
        for number in range(1, count + 1):
            yield (
                "passage",
                f"{key}#p{number}",
                Address(page=page, anchor=f"p{number}", title=f"{key} ¶ {number}"),
            )
        yield from _other_passages(library, key, page)
    for alias in library.alias_pages:  # an alias that is no citekey has none
        key = library.aliases[alias]
        title = plain_title(library.shelves[key].item)
        yield "item", alias, Address(page=f"items/{library.pages[key]}", title=title)


def _other_passages(library: Library, key: str, page: str) -> Iterator[tuple[str, str, Address]]:
    """The headline, the captions and the annotations of an item."""
    shelf = library.shelves[key]
    captions = shelf.item.facts.evidence.get("caption", ())
    anchors = [f"caption{number}" for number in range(1, len(captions) + 1)]
    notes = [f"a-{annotation.short_id}" for annotation in shelf.annotations]
    for anchor in ("title", *anchors, *notes):
        title = f"{key}, {_say_anchor(anchor)}"
        yield "passage", f"{key}#{anchor}", Address(page=page, anchor=anchor, title=title)


def near_names(library: Library, kind: str, target: str) -> list[str]:
    """Up to three names of the kind that are written much like one that is not there."""
    known = {"entity": library.entities, "claim": library.claims}
    names = list(known.get(kind, library.citable))
    return get_close_matches(library.split_name(target)[0], names, n=3, cutoff=0.5)


def _locate_item(library: Library, target: str) -> Address | None:
    name, passage = library.split_name(target)
    key, anchor = library.resolve(name), passage or ""
    if key is None or (anchor and not _has_anchor(library, key, anchor)):
        return None
    item = library.shelves[key].item
    title = plain_title(item)
    if anchor:
        title = f"{wording.short_names(item)} {wording.year(item)}, {_say_anchor(anchor)}"
    return Address(page=f"items/{library.pages[key]}", anchor=anchor, title=title)


def _has_anchor(library: Library, key: str, anchor: str) -> bool:
    if anchor.startswith("p") and anchor[1:].isascii() and anchor[1:].isdigit():
        return 1 <= int(anchor[1:]) <= len(make_article(library, key).paragraphs)
    if anchor.startswith("a-"):
        return any(a.short_id == anchor[2:] for a in library.shelves[key].annotations)
    if anchor.startswith("caption"):
        captions = library.shelves[key].item.facts.evidence.get("caption", ())
        return anchor in {f"caption{n}" for n in range(1, len(captions) + 1)}
    return anchor in _SECTIONS


def _say_anchor(anchor: str) -> str:
    if anchor.startswith("p") and anchor[1:].isdigit():
        return f"¶ {anchor[1:]}"
    return "note" if anchor.startswith("a-") else anchor
