"""What is known only when all pages are read: citations, references, bibliographies, backlinks.

Runs before Sphinx resolves references, so that links made here are resolved like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from citekit.sphinx.element import h, to
from citekit.sphinx.nodes import (
    pending_backlinks,
    pending_bibliography,
    pending_citation,
    pending_reference,
)
from citekit.sphinx.parser import make_nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.sphinx.cite import CitationDomain
    from citekit.sphinx.domain import ArchiveDomain
    from citekit.sphinx.library import Library


class ResolvePending(SphinxPostTransform):
    """Replace the marks that pages carry."""

    default_priority = 5  # ReferencesResolver is 10

    def run(self, **kwargs: Any) -> None:  # noqa: ARG002  # Sphinx's signature
        """Walk the page once for each kind of mark; lists come first, they hold references."""
        self._replace(pending_bibliography, self._bibliography)
        self._replace(pending_citation, self._citation)
        self._replace(pending_reference, lambda mark: self._reference(mark["key"]))
        self._replace(pending_backlinks, lambda mark: self._backlinks(mark["object"]))

    def _replace(
        self, kind: type[nodes.Element], make: Callable[[nodes.Element], list[nodes.Node]]
    ) -> None:
        for mark in list(self.document.findall(kind)):
            mark.replace_self(make(mark))

    @property
    def _archive(self) -> ArchiveDomain:
        return cast("ArchiveDomain", self.env.get_domain("ck"))

    @property
    def _citations(self) -> CitationDomain:
        return cast("CitationDomain", self.env.get_domain("cite"))

    @property
    def _library(self) -> Library:
        return self._archive.library

    def _nodes(self, *parts: Any) -> list[nodes.Node]:
        return [node for part in parts for node in make_nodes(part, self.document)]

    def _citation(self, mark: nodes.Element) -> list[nodes.Node]:
        pieces = self._citations.text_of(mark["docname"], mark["number"])
        return [nodes.inline("", "", *self._nodes(*pieces), classes=["ck-cite"])]

    def _reference(self, key: str) -> list[nodes.Node]:
        shelf = self._library.shelves.get(key)
        if shelf is None:
            return [nodes.Text(key)]
        pieces = self._citations.style.references({key: shelf.item}, [key])[key]
        return [nodes.inline("", "", *self._nodes(*pieces), classes=["ck-ref"])]

    def _bibliography(self, mark: nodes.Element) -> list[nodes.Node]:
        items = {key: shelf.item for key, shelf in self._library.shelves.items()}
        keys = self._citations.keys(mark["docname"], mark["scope"], items)
        entries = [
            h(
                "li",
                h("p", *pieces, " ", to("item", key, "Source page", class_="ck-small")),
                id=f"ref-{key}",
                class_="ck-entry",
            )
            for key, pieces in self._citations.style.references(items, keys).items()
        ]
        return self._nodes(h("ul", entries, class_="ck-references")) if entries else []

    def _backlinks(self, name: str) -> list[nodes.Node]:
        pages = [
            page
            for page in self._archive.data["backlinks"].get(name, ())
            if page in self.env.titles
        ]
        if not pages:
            return []
        lines = [self._page_link(page) for page in pages]
        title = nodes.paragraph("", "Mentioned on", classes=["ck-label"])
        box = nodes.container("", title, nodes.bullet_list("", *lines), classes=["ck-backlinks"])
        return [box]

    def _page_link(self, page: str) -> nodes.list_item:
        words = nodes.inline("", self.env.titles[page].astext())
        link = addnodes.pending_xref(
            "", words, refdomain="std", reftype="doc", reftarget=f"/{page}", refexplicit=True
        )
        link["refdoc"] = self.env.docname
        return nodes.list_item("", nodes.paragraph("", "", link))
