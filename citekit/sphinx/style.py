"""How citations and references look: a small author-year style, and the seam for CSL.

A style is told of all citations of the project at once, in order, because numbers, "ibid." and year
suffixes depend on what came before. Its answers are elements, so that every builder can write them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from citekit.sphinx import words
from citekit.sphinx.element import Element, h, is_web_address, link, to

if TYPE_CHECKING:
    from citekit.model.item import Item

Piece = Element | str
Mode = Literal["p", "t", "author", "year", "alp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cite:
    """One item inside a citation, with words before and after it (a pinpoint, mostly)."""

    key: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One citation in a page. ``p`` is in parentheses, ``t`` part of the sentence."""

    cites: tuple[Cite, ...]
    mode: Mode = "p"


class Style(Protocol):
    """What makes citations and references of items; all keys asked for are in ``items``."""

    def citations(
        self, items: Mapping[str, Item], citations: Sequence[Citation]
    ) -> list[tuple[Piece, ...]]:
        """The text of each citation, in the order given."""

    def references(
        self, items: Mapping[str, Item], keys: Sequence[str]
    ) -> dict[str, tuple[Piece, ...]]:
        """The reference of each key, in the order of the bibliography."""


class AuthorYear:
    """Author and year, from the item's own metadata: what serves where no CSL style is chosen."""

    def citations(
        self, items: Mapping[str, Item], citations: Sequence[Citation]
    ) -> list[tuple[Piece, ...]]:
        """``(Daily Sabah 2023; Smith 2020, p. 4)`` or ``Daily Sabah (2023)``."""
        return [self._citation(items, citation) for citation in citations]

    def references(
        self, items: Mapping[str, Item], keys: Sequence[str]
    ) -> dict[str, tuple[Piece, ...]]:
        """Author, date, title, container and address."""
        ordered = sorted(keys, key=lambda key: _order(items[key]))
        return {key: tuple(_reference(items[key])) for key in ordered}

    def _citation(self, items: Mapping[str, Item], citation: Citation) -> tuple[Piece, ...]:
        separator = ", " if citation.mode == "t" else "; "
        pieces: list[Piece] = []
        for cite in citation.cites:
            pieces += [separator, *_cite(items[cite.key], cite, citation.mode)]
        inside = pieces[1:]
        return ("(", *inside, ")") if citation.mode == "p" else tuple(inside)


def _cite(item: Item, cite: Cite, mode: Mode) -> list[Piece]:
    names, year = words.short_names(item), words.year(item)
    suffix = f", {cite.suffix}" if cite.suffix else ""
    prefix = f"{cite.prefix} " if cite.prefix else ""
    match mode:
        case "author":
            return [prefix, to("item", cite.key, names), suffix]
        case "year":
            return [prefix, to("item", cite.key, year), suffix]
        case "t":
            return [prefix, to("item", cite.key, names, " (", year, suffix, ")")]
        case _:
            return [prefix, to("item", cite.key, names, " ", year), suffix]


def _reference(item: Item) -> list[Piece]:
    authors = words.show_names(item.names("author"))
    container, date = words.publisher(item), words.show_date(item.date())
    first = authors or container or item.title
    pieces: list[Piece] = [f"{first}. " if not first.endswith(".") else f"{first} "]
    pieces.append(f"{date or 'n.d.'}. ")
    if item.title and item.title != first:
        pieces.append(f"“{item.title}.” ")
    if container and container != first:
        pieces += [h("em", container), ". "]
    url, doi = item.text("URL"), item.text("DOI")
    address = f"https://doi.org/{doi}" if doi else url
    if address:
        pieces += [link(address, address) if is_web_address(address) else address, "."]
    return pieces


def _order(item: Item) -> tuple[str, str, str]:
    date = item.date()
    return (words.short_names(item).casefold(), date.to_edtf() if date else "", item.key)
