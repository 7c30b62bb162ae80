"""Every page of an archive: its name, and what is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.errors import InvalidData
from citekit.model.value import Value
from citekit.pages.claim import claim_body
from citekit.pages.element import Element
from citekit.pages.entity import entity_body
from citekit.pages.item import item_body
from citekit.pages.lists import list_pages
from citekit.pages.metadata import bibliography_head, item_head, plain_head

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.model.claim import Claim
    from citekit.model.entity import Entity
    from citekit.pages.citations import Style
    from citekit.pages.library import Library


class Page(Value):
    """One page. ``kind`` is item, entity, claim or list; ``options`` are file-wide metadata."""

    kind: str
    title: str
    body: tuple[Element, ...]
    head: tuple[Element, ...] = ()
    options: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The page as it is staged."""
        return {
            "kind": self.kind,
            "title": self.title,
            "options": list(self.options),
            "head": [element.to_json() for element in self.head],
            "body": [element.to_json() for element in self.body],
        }

    @classmethod
    def from_json(cls, data: Any) -> Page:  # noqa: ANN401  # JSON
        """Read a staged page; raises InvalidData."""
        try:
            return cls(
                kind=str(data["kind"]),
                title=str(data["title"]),
                options=tuple(data["options"]),
                head=tuple(Element.from_json(e) for e in data["head"]),
                body=tuple(Element.from_json(e) for e in data["body"]),
            )
        except (KeyError, TypeError) as error:
            raise InvalidData(f"is no staged page: {error}") from error


def make_pages(library: Library, style: Style) -> Iterator[tuple[str, Page]]:
    """Every page of the archive with its name, such as ``items/mem2023turkiye``."""
    for key, page in library.pages.items():
        yield f"items/{page}", _item_page(library, style, key)
    for entity in library.entities.values():
        yield f"entities/{entity.id}", _entity_page(library, entity)
    for claim in library.claims.values():
        yield f"claims/{claim.id}", _claim_page(library, claim)
    for name, title, body in list_pages(library):
        head = bibliography_head(library, title)
        yield name, Page(kind="list", title=title, body=tuple(body), head=tuple(head))


def _item_page(library: Library, style: Style, key: str) -> Page:
    shelf = library.shelves[key]
    return Page(
        kind="item",
        title=shelf.item.title or key,
        body=tuple(item_body(library, style, key)),
        head=tuple(item_head(library, shelf)),
        options=("hide-toc",),
    )


def _entity_page(library: Library, entity: Entity) -> Page:
    return Page(
        kind="entity",
        title=entity.name,
        body=tuple(entity_body(library, entity)),
        head=tuple(plain_head(library, entity.name, entity.description or "")),
        options=("hide-toc",),
    )


def _claim_page(library: Library, claim: Claim) -> Page:
    title = claim.question or claim.statement
    return Page(
        kind="claim",
        title=title,
        body=tuple(claim_body(library, claim)),
        head=tuple(plain_head(library, title, claim.statement)),
        options=("hide-toc",),
    )
