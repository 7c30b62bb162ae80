"""The citations of a project: kept by page, formatted together when all pages are read."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast

from sphinx.domains import Domain
from sphinx.errors import NoUri
from sphinx.util.nodes import make_refnode

from citekit.pages.element import Content, Element, h
from citekit.pages.lists import entry_anchor
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.nodes import pending_bibliography

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from docutils import nodes
    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from citekit.model.item import Item
    from citekit.pages.citations import Citation, Project, Style
    from citekit.pages.library import Library
    from citekit.sphinx.bibliography.listing import Listing


ALL_PAGE: Final = "bibliography"
"""The page that citekit makes of the whole archive."""


class CitationDomain(Domain):
    """The domain ``cite``: every page's citations; ``cite`` has its roles."""

    name = "cite"
    label = "citekit citations"
    # page -> its citations · page -> its bibliographies · page -> what came out of both
    initial_data: ClassVar = {"citations": {}, "bibliographies": {}, "formatted": {}}
    data_version = 3
    style: Style

    @classmethod
    def of(cls, env: BuildEnvironment) -> Self:
        """The domain of a build."""
        return cast("Self", env.get_domain(cls.name))

    def setup(self) -> None:
        """Keep the footnotes of the page being read apart from what is stored."""
        self._open_footnotes: dict[str, list[str]] = {}
        super().setup()

    def note_citation(self, docname: str, citation: Citation) -> int:
        """Remember a citation; returns its number on the page, from 0."""
        citations: list[Citation] = self.data["citations"].setdefault(docname, [])
        citations.append(citation)
        return len(citations) - 1

    def note_bibliography(self, docname: str, listing: Listing) -> pending_bibliography:
        """Remember that the page lists references; returns the mark that becomes the list."""
        listings: list[Listing] = self.data["bibliographies"].setdefault(docname, [])
        listings.append(listing)
        return pending_bibliography("", docname=docname, number=len(listings) - 1)

    def listing(self, docname: str, number: int) -> Listing:
        """What a list of references of a page lists."""
        listing: Listing = self.data["bibliographies"][docname][number]
        return listing

    def note_footnote(self, docname: str, key: str) -> None:
        """Remember that the page's next footbibliography needs a footnote."""
        waiting = self._open_footnotes.setdefault(docname, [])
        if key not in waiting:
            waiting.append(key)

    def take_footnotes(self, docname: str) -> list[str]:
        """The keys whose footnotes are due."""
        return self._open_footnotes.pop(docname, [])

    def clear_doc(self, docname: str) -> None:
        """Forget a page's citations."""
        for stored in ("citations", "bibliographies"):
            self.data[stored].pop(docname, None)

    def merge_domaindata(self, docnames: AbstractSet[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process read."""
        for stored in ("citations", "bibliographies"):
            for docname in docnames & otherdata[stored].keys():
                self.data[stored][docname] = otherdata[stored][docname]

    def resolve_xref(  # noqa: PLR0917  # Sphinx's signature
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> nodes.reference | None:
        """The link of a cite to its entry in the nearest list; where none has it, to the item."""
        del typ  # there is one only
        archive = ArchiveDomain.of(env)
        if target not in archive.library.citable:
            return archive.resolve_xref(env, fromdocname, builder, "item", target, node, contnode)
        anchor = entry_anchor(archive.library, target)
        for page in self._pages_with(target, fromdocname):
            with suppress(NoUri):  # a book need not have the page
                return make_refnode(builder, fromdocname, page, anchor, contnode)
        if target not in archive.library.shelves:
            return contnode  # type: ignore[return-value]  # nothing lists it, and it has no page
        return archive.resolve_xref(env, fromdocname, builder, "item", target, node, contnode)

    def _pages_with(self, key: str, docname: str) -> list[str]:
        """The pages that list an item, those first that are nearest to a page."""
        formatted = self.data["formatted"]
        return [
            page
            for page in formatted[docname]["lists"]
            if any(key in entries for entries in formatted[page]["references"])
        ]

    def resolve_any_xref(self, *_: object) -> list[tuple[str, nodes.reference]]:
        """Nothing: citations are no targets."""
        return []

    def format_all(self, library: Library) -> set[str]:
        """Format every citation of the project; returns pages on which something came out anew."""
        before = self.data["formatted"]
        items = library.citable
        pages = reading_order(self.env)
        cited = {page: self._citations_of(page, items) for page in pages}
        lists = self._lists(library, pages)
        run = _Run(self.style, items, [c for found in cited.values() for c in found], lists)
        texts, shared = iter(run.citations()), self._shared_lists(pages)
        after = {
            page: {
                "citations": [_to_json(next(texts) if one.is_shown else []) for one in cited[page]],
                "references": [_entries(run.references(*one)) for one in lists[page]],
                "lists": list(dict.fromkeys([*([page] if lists[page] else []), *shared])),
            }
            for page in pages
            if cited[page] or lists[page]
        }
        self.data["formatted"] = after
        return {
            page for page in before.keys() | after.keys() if before.get(page) != after.get(page)
        }

    def _citations_of(self, docname: str, known: Container[str]) -> list[Citation]:
        citations: list[Citation] = self.data["citations"].get(docname, [])
        return [c for c in citations if all(cite.key in known for cite in c.cites)]

    def _lists(
        self, library: Library, pages: Iterable[str]
    ) -> dict[str, list[tuple[Listing, list[str]]]]:
        """For each page its lists of references, each with its keys."""
        listings: Mapping[str, list[Listing]] = self.data["bibliographies"]
        return {
            page: [
                (one, one.chosen(library, page, self._cited(one.keyprefix)))
                for one in listings.get(page, ())
            ]
            for page in pages
        }

    def _shared_lists(self, pages: Iterable[str]) -> list[str]:
        """The pages on which to look for an entry that the citing page itself does not list.

        First those that list what the project cites, then those that list the archive, of which the
        one that citekit makes is the last.
        """
        listings: dict[str, list[Listing]] = self.data["bibliographies"]
        scopes = {page: {one.scope for one in ones} for page, ones in listings.items()}
        found = [
            page
            for wanted in (("cited",), ("all", "archive"), ("filter", "notcited"))
            for page in pages
            if scopes.get(page, set()) & {*wanted} and page != ALL_PAGE
        ]
        return [*found, ALL_PAGE] if ALL_PAGE in scopes else found

    def citation(self, docname: str, number: int) -> list[Element | str]:
        """A formatted citation of a page."""
        citations: list[Any] = self.data["formatted"][docname]["citations"]
        return _from_json(citations[number])

    def references(self, docname: str, number: int) -> list[tuple[str, list[Element | str]]]:
        """A list of references of a page: keys and formatted entries, in the order of the style."""
        references: dict[str, Any] = self.data["formatted"][docname]["references"][number]
        return [(key, _from_json(entry)) for key, entry in references.items()]

    def _cited(self, of_list: str) -> dict[str, list[str]]:
        """The pages that cite each key for lists with this prefix."""
        found: dict[str, list[str]] = {}
        citations: dict[str, list[Citation]] = self.data["citations"]
        for page, ones in citations.items():
            cites = [c for one in ones for c in one.cites if c.of_list == of_list]
            for key in dict.fromkeys(cite.key for cite in cites):
                found.setdefault(key, []).append(page)
        return found


class _Run:
    """The citations and lists of a project, formatted together, once in each style."""

    def __init__(
        self,
        style: Style,
        items: Mapping[str, Item],
        citations: Sequence[Citation],
        lists: Mapping[str, Sequence[tuple[Listing, Sequence[str]]]],
    ) -> None:
        self._style, self._items = style, items
        self._citations = [citation for citation in citations if citation.is_shown]
        self._listed = dict.fromkeys(k for ones in lists.values() for _, keys in ones for k in keys)
        self._projects: dict[tuple[str | None, str | None], Project] = {}

    def citations(self) -> list[list[Content]]:
        """The text of each citation, in order."""
        return self._project(None, None).citations()

    def references(self, listing: Listing, keys: Sequence[str]) -> dict[str, list[Content]]:
        """The entries of a list by their keys, in the order of its style."""
        return self._project(listing.style, listing.locale).references(keys)

    def _project(self, style: str | None, locale: str | None) -> Project:
        if (style, locale) not in self._projects:
            chosen = self._style.but(style, locale)
            made = chosen.project(self._items, self._citations, self._listed)
            self._projects[style, locale] = made
        return self._projects[style, locale]


def reading_order(env: BuildEnvironment) -> list[str]:
    """All pages in the order of the table of contents, the others after them by name."""
    ordered: dict[str, None] = {}
    stack = [env.config.root_doc]
    while stack:
        docname = stack.pop()
        if docname not in ordered:
            ordered[docname] = None
            stack += reversed(env.toctree_includes.get(docname, []))
    return [*ordered, *sorted(env.found_docs - ordered.keys())]


def _entries(references: Mapping[str, list[Content]]) -> dict[str, list[Any]]:
    return {key: _to_json(entry) for key, entry in references.items()}


def _to_json(content: Iterable[Content]) -> list[Any]:
    return list(h("span", content).to_json()[2:])


def _from_json(data: list[Any]) -> list[Element | str]:
    return [piece if isinstance(piece, str) else Element.from_json(piece) for piece in data]
