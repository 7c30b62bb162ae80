"""Citations as in sphinxcontrib-bibtex, over the items of the archive.

Roles leave marks while pages are read; when all are read, the citations of the whole project are
formatted in one run, and the marks become text when pages are written. Pages whose citations came
out differently from last time are written again.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.domains import Domain
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from citekit.sphinx.element import Content, Element, h
from citekit.sphinx.nodes import pending_bibliography, pending_citation
from citekit.sphinx.parser import make_nodes
from citekit.sphinx.style import Citation, Cite, Mode, Style

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from sphinx.environment import BuildEnvironment

    from citekit.model.item import Item
    from citekit.sphinx.domain import ArchiveDomain
    from citekit.sphinx.library import Library

logger = logging.getLogger(__name__)

# {see}KEY{p. 3}: words before and after a key, as sphinxcontrib-bibtex writes them
_CITE: Final = re.compile(
    r"(?:\{(?P<prefix>[^{}]*)\})?(?P<key>[^{},;]+)(?:\{(?P<suffix>[^{}]*)\})?"
)

# The roles of sphinxcontrib-bibtex: an ``s`` (all authors) makes no difference yet.
MODES: Final[dict[str, Mode]] = {
    "p": "p",
    "ps": "p",
    "t": "t",
    "ts": "t",
    "ct": "t",
    "cts": "t",
    "alp": "alp",
    "alps": "alp",
    "author": "author",
    "authors": "author",
    "year": "year",
    "yearpar": "year",
    "label": "alp",
    "labelpar": "p",
}


class CiteRole(SphinxRole):
    """A citation in the text: ``{cite:p}`KEY``` or several keys with commas."""

    def __init__(self, mode: Mode = "p") -> None:
        super().__init__()
        self.mode = mode

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Leave a mark that becomes the citation."""
        cites = _read_cites(self.text, self.env, self.get_location())
        if not cites:
            return [nodes.inline("", self.text, classes=["ck-unknown"])], []
        domain = cast("CitationDomain", self.env.get_domain("cite"))
        number = domain.note_citation(self.env.docname, Citation(cites=cites, mode=self.mode))
        return [pending_citation("", docname=self.env.docname, number=number)], []


class FootCiteRole(SphinxRole):
    """A citation in a footnote: its text stands where the page has ``{footbibliography}``."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """A footnote mark for each key; the same key has the same number on a page."""
        cites = _read_cites(self.text, self.env, self.get_location())
        domain = cast("CitationDomain", self.env.get_domain("cite"))
        document = self.inliner.document
        marks: list[nodes.Node] = []
        for cite in cites:
            name = _footnote_name(self.env, cite.key)
            domain.note_footnote(self.env.docname, cite.key)
            mark = nodes.footnote_reference("", refname=name, auto=1)
            document.note_autofootnote_ref(mark)
            document.note_footnote_ref(mark)
            marks += [nodes.Text(" "), mark] if marks else [mark]
        return marks or [nodes.inline("", self.text, classes=["ck-unknown"])], []


class FootBibliographyDirective(SphinxDirective):
    """The footnotes of the page's ``{footcite}`` so far."""

    def run(self) -> list[nodes.Node]:
        """One footnote for each key that has none yet."""
        domain = cast("CitationDomain", self.env.get_domain("cite"))
        return [self._footnote(key) for key in domain.take_footnotes(self.env.docname)]

    def _footnote(self, key: str) -> nodes.footnote:
        name = _footnote_name(self.env, key)
        domain = cast("CitationDomain", self.env.get_domain("cite"))
        item = _archive(self.env).library.shelves[key].item
        text = make_nodes(h("p", domain.style.reference(item)), self.state.document)
        footnote = nodes.footnote("", *text, auto=1, names=[nodes.fully_normalize_name(name)])
        self.set_source_info(footnote)
        self.state.document.note_autofootnote(footnote)
        self.state.document.note_explicit_target(footnote, footnote)
        return footnote


class CitedDirective(SphinxDirective):
    """``{bibliography}``: what the project cites; ``:all:`` lists every item, ``:local:`` the page.

    File names, as sphinxcontrib-bibtex takes them, are read over: the archive is the bibliography.
    """

    optional_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar = {
        "all": directives.flag,
        "cited": directives.flag,
        "local": directives.flag,
        "style": directives.unchanged,
    }

    def run(self) -> list[nodes.Node]:
        """A mark that becomes the list."""
        scope = next((s for s in ("all", "local") if s in self.options), "cited")
        domain = cast("CitationDomain", self.env.get_domain("cite"))
        return [domain.note_bibliography(self.env.docname, scope)]


class CitationDomain(Domain):
    """The domain ``cite``: the roles, and every page's citations."""

    name = "cite"
    label = "citekit citations"
    roles: ClassVar = {name: CiteRole(mode) for name, mode in MODES.items()}
    # page -> its citations · page -> scopes of its bibliographies · page -> what came out of both
    initial_data: ClassVar = {"citations": {}, "bibliographies": {}, "formatted": {}}
    data_version = 1
    style: Style

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


def _read_cites(text: str, env: BuildEnvironment, location: str) -> tuple[Cite, ...]:
    """The cites of a role's text; keys that are not in the archive are told and left out."""
    domain = _archive(env)
    cites = []
    for match in _CITE.finditer(text):
        asked = match["key"].strip()
        key = domain.library.resolve(asked)
        if key is None:
            near = get_close_matches(asked, list(domain.library.shelves), n=3, cutoff=0.5)
            hint = f" (near: {', '.join(near)})" if near else ""
            logger.warning(
                "cited but not in the archive: %s%s",
                asked,
                hint,
                type="citekit",
                subtype="cite",
                location=location,
            )
            domain.note_use(env.docname, f"item:{asked}")
            continue
        domain.note_use(env.docname, f"item:{key}")
        prefix, suffix = match["prefix"] or "", match["suffix"] or ""
        cites.append(Cite(key=key, prefix=prefix.strip(), suffix=suffix.strip()))
    return tuple(cites)


def _footnote_name(env: BuildEnvironment, key: str) -> str:
    """In lower case, as docutils compares names; pages differ by more than that."""
    return f"ck-foot-{_archive(env).library.pages[key]}".lower()


def _archive(env: BuildEnvironment) -> ArchiveDomain:
    return cast("ArchiveDomain", env.get_domain("ck"))


def _to_json(content: Iterable[Content]) -> list[Any]:
    return list(h("span", content).to_json()[2:])


def _from_json(data: list[Any]) -> list[Element | str]:
    return [piece if isinstance(piece, str) else Element.from_json(piece) for piece in data]
