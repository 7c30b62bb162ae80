"""The citations of a project: kept by page, formatted together when all pages are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from sphinx.domains import Domain

from citekit.pages.element import Content, Element, h
from citekit.sphinx.nodes import pending_bibliography

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from docutils import nodes
    from sphinx.environment import BuildEnvironment

    from citekit.model.item import Item
    from citekit.pages.citations import Citation, Style
    from citekit.pages.library import Library


class CitationDomain(Domain):
    """The domain ``cite``: every page's citations; ``cite`` has its roles."""

    name = "cite"
    label = "citekit citations"
    # page -> its citations · page -> scopes of its bibliographies · page -> what came out of both
    initial_data: ClassVar = {"citations": {}, "bibliographies": {}, "formatted": {}}
    data_version = 1
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

    def note_bibliography(
        self, docname: str, scope: str, *, with_coins: bool = False
    ) -> pending_bibliography:
        """Remember that the page lists references; returns the mark that becomes the list."""
        scopes: list[str] = self.data["bibliographies"].setdefault(docname, [])
        scopes.append(scope)
        return pending_bibliography(
            "", docname=docname, number=len(scopes) - 1, with_coins=with_coins
        )

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

    def resolve_any_xref(self, *_: object) -> list[tuple[str, nodes.reference]]:
        """Nothing: citations are no targets."""
        return []

    def format_all(self, library: Library) -> set[str]:
        """Format every citation of the project; returns pages on which something came out anew."""
        before = self.data["formatted"]
        items = {key: shelf.item for key, shelf in library.shelves.items()}
        pairs = [
            (docname, citation)
            for docname in reading_order(self.env)
            for citation in self.data["citations"].get(docname, ())
            if all(cite.key in items for cite in citation.cites)
        ]
        texts = self.style.citations(items, [citation for _, citation in pairs])
        after = {
            docname: {"citations": [], "references": self._lists(docname, items)}
            for docname in self.data["citations"].keys() | self.data["bibliographies"].keys()
        }
        for (docname, _), text in zip(pairs, texts, strict=True):
            after[docname]["citations"].append(_to_json(text))
        self.data["formatted"] = after
        return {
            page for page in before.keys() | after.keys() if before.get(page) != after.get(page)
        }

    def citation(self, docname: str, number: int) -> list[Element | str]:
        """A formatted citation of a page."""
        citations: list[Any] = self.data["formatted"][docname]["citations"]
        return _from_json(citations[number])

    def references(self, docname: str, number: int) -> list[tuple[str, list[Element | str]]]:
        """A list of references of a page: keys and formatted entries, in the order of the style."""
        references: list[Any] = self.data["formatted"][docname]["references"][number]
        return [(key, _from_json(entry)) for key, entry in references]

    def _lists(self, docname: str, items: Mapping[str, Item]) -> list[list[Any]]:
        return [
            [
                (key, _to_json(entry))
                for key, entry in self.style.references(
                    items, self.keys(docname, scope, items)
                ).items()
            ]
            for scope in self.data["bibliographies"].get(docname, ())
        ]

    def keys(self, docname: str, scope: str, known: Iterable[str]) -> list[str]:
        """The keys that a bibliography lists."""
        if scope == "all":
            return sorted(known)
        citations: dict[str, list[Citation]] = self.data["citations"]
        pages = [docname] if scope == "local" else list(citations)
        cited = {
            c.key for page in pages for citation in citations.get(page, ()) for c in citation.cites
        }
        return sorted(cited & set(known))


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


def _to_json(content: Iterable[Content]) -> list[Any]:
    return list(h("span", content).to_json()[2:])


def _from_json(data: list[Any]) -> list[Element | str]:
    return [piece if isinstance(piece, str) else Element.from_json(piece) for piece in data]
