"""What is known only when all pages are read: citations, references, bibliographies, backlinks.

Runs before Sphinx resolves references, so that links made here are resolved like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from citekit.pages.citations import without_number
from citekit.pages.lists import reference_list
from citekit.sphinx.citation_domain import CitationDomain
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.nodes import (
    pending_backlinks,
    pending_bibliography,
    pending_citation,
)
from citekit.sphinx.parser import make_nodes

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.pages.element import Element


class ResolvePending(SphinxPostTransform):
    """Replace the marks that pages carry."""

    default_priority = 5  # ReferencesResolver is 10

    def run(self, **kwargs: object) -> None:  # noqa: ARG002  # Sphinx's signature
        """Walk the page once for each kind of mark."""
        self._replace(pending_bibliography, self._bibliography)
        self._replace(pending_citation, self._citation)
        self._replace(pending_backlinks, lambda mark: self._backlinks(mark["object"]))

    def _replace(
        self, kind: type[nodes.Element], make: Callable[[nodes.Element], list[nodes.Node]]
    ) -> None:
        for mark in list(self.document.findall(kind)):
            mark.replace_self(make(mark))

    @property
    def _archive(self) -> ArchiveDomain:
        return ArchiveDomain.of(self.env)

    @property
    def _citations(self) -> CitationDomain:
        return CitationDomain.of(self.env)

    def _nodes(self, *parts: Element | str) -> list[nodes.Node]:
        return [node for part in parts for node in make_nodes(part, self.document)]

    def _citation(self, mark: nodes.Element) -> list[nodes.Node]:
        pieces = self._citations.citation(mark["docname"], mark["number"])
        made = nodes.inline("", "", *self._nodes(*pieces), classes=["ck-cite"])
        for link in made.findall(addnodes.pending_xref):
            link["refdoc"] = mark["docname"]  # a book resolves all pages as one
        return [made]

    def _bibliography(self, mark: nodes.Element) -> list[nodes.Node]:
        docname, number, citations = mark["docname"], mark["number"], self._citations
        entries, listing = citations.references(docname, number), citations.listing(docname, number)
        if listing.shape != "citation":
            entries = [(key, without_number(entry)) for key, entry in entries]
        listed = {key for i in range(number) for key, _ in citations.references(docname, i)}
        references = reference_list(
            self._archive.library, entries, with_coins=listing.with_coins, listed=listed
        )
        made = self._nodes(references) if entries else []
        if listing.shape == "enumerated":
            made = [
                _numbered(node, listing.enumtype, self._first(docname, number)) for node in made
            ]
        if self.app.builder.format == "latex":
            for entry in (e for node in made for e in node.findall(nodes.list_item)):
                _mark_for_latex(entry)
        return made

    def _first(self, docname: str, number: int) -> int:
        """The number of the first entry of a list, which may go on from the one before."""
        listing = self._citations.listing(docname, number)
        if listing.start or not number:
            return listing.start or 1
        before = self._citations.references(docname, number - 1)
        return self._first(docname, number - 1) + len(before)

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


def _numbered(node: nodes.Node, enumtype: str, start: int) -> nodes.Node:
    """A list of references as one that counts."""
    if not isinstance(node, nodes.bullet_list):
        return node
    made = nodes.enumerated_list("", *node.children, classes=node["classes"], ids=node["ids"])
    made["enumtype"], made["start"], made["prefix"], made["suffix"] = enumtype, start, "", "."
    return made


def _mark_for_latex(entry: nodes.list_item) -> None:
    """Let links lead to an entry: LaTeX has no anchors at items of lists."""
    paragraph = entry.next_node(nodes.paragraph)
    if paragraph is not None and entry["ids"]:
        paragraph.insert(0, nodes.target("", "", ids=entry["ids"]))
        entry["ids"] = []
