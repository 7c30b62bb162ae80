"""Roles and directives for citations as in sphinxcontrib-bibtex, over the items of the archive.

Roles leave marks while pages are read; when all are read, the citations of the whole project are
formatted in one run, and the marks become text when pages are written. Pages whose citations came
out differently from last time are written again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from docutils import nodes
from sphinx.domains import Domain
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from citekit.errors import CitekitError
from citekit.model.value import replace
from citekit.pages import wording
from citekit.pages.addresses import near_names
from citekit.pages.citations import Citation, Cite, read_cites, without_number
from citekit.pages.element import h
from citekit.pages.note_names import LEFT_OUT
from citekit.pages.object_state import EVERYTHING
from citekit.sphinx.bibliography.files import named_style
from citekit.sphinx.bibliography.filter import FilterError, check_filter
from citekit.sphinx.bibliography.listing import OPTIONS, Listing
from citekit.sphinx.citation_domain import CitationDomain
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.nodes import pending_citation
from citekit.sphinx.parser import make_nodes

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from sphinx.environment import BuildEnvironment

    from citekit.pages.library import Library


logger = logging.getLogger(__name__)

# The roles of sphinxcontrib-bibtex; an ``s`` for all authors makes no difference in parentheses.
ROLES: Final[dict[str, Citation]] = {
    "p": Citation(cites=()),
    "ps": Citation(cites=()),
    "t": Citation(cites=(), mode="t"),
    "ts": Citation(cites=(), mode="t", full=True),
    "ct": Citation(cites=(), mode="t", capital=True),
    "cts": Citation(cites=(), mode="t", full=True, capital=True),
    "alp": Citation(cites=(), mode="alp"),
    "alps": Citation(cites=(), mode="alp"),
    "author": Citation(cites=(), mode="author"),
    "authors": Citation(cites=(), mode="author", full=True),
    "authorpar": Citation(cites=(), mode="author", bracketed=True),
    "authorpars": Citation(cites=(), mode="author", full=True, bracketed=True),
    "cauthor": Citation(cites=(), mode="author", capital=True),
    "cauthors": Citation(cites=(), mode="author", full=True, capital=True),
    "year": Citation(cites=(), mode="year"),
    "yearpar": Citation(cites=(), mode="year", bracketed=True),
    "label": Citation(cites=(), mode="alp"),
    "labelpar": Citation(cites=()),
    "empty": Citation(cites=(), mode="empty"),
}
FOOT_ROLES: Final = {name: ROLES[name] for name in ("p", "ps", "t", "ts", "ct", "cts")}


class CiteRole(SphinxRole):
    """A citation in the text: ``{cite:p}`KEY``` or several keys with commas."""

    def __init__(self, kind: Citation = ROLES["p"]) -> None:
        super().__init__()
        self.kind = kind

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Leave a mark that becomes the citation."""
        cites = _read_cites(self.text, self.env, self.get_location())
        if not cites:
            return [_in_its_place(self.text, self.env)], []
        domain = CitationDomain.of(self.env)
        number = domain.note_citation(self.env.docname, replace(self.kind, cites=cites))
        return [pending_citation("", docname=self.env.docname, number=number)], []


class FootCiteRole(SphinxRole):
    """A citation in a footnote: its text stands where the page has ``{footbibliography}``.

    In the textual roles (``footcite:t``) the names stand before the mark.
    """

    def __init__(self, kind: Citation = ROLES["p"]) -> None:
        super().__init__()
        self.kind = kind

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """A footnote mark for each key; the same key has the same number on a page."""
        cites = _read_cites(self.text, self.env, self.get_location())
        domain = CitationDomain.of(self.env)
        document = self.inliner.document
        marks: list[nodes.Node] = []
        for cite in cites:
            name = _footnote_name(self.env, cite.key)
            domain.note_footnote(self.env.docname, cite.key)
            mark = nodes.footnote_reference("", refname=name, auto=1)
            document.note_autofootnote_ref(mark)
            document.note_footnote_ref(mark)
            names = self._names(cite.key)
            marks += [nodes.Text(" ")] if marks else []
            marks += [nodes.Text(f"{names} "), mark] if names else [mark]
        return marks or [_in_its_place(self.text, self.env)], []

    def _names(self, key: str) -> str:
        """The names that a textual role writes."""
        if self.kind.mode != "t":
            return ""
        item = ArchiveDomain.of(self.env).library.citable[key]
        names = wording.all_names(item) if self.kind.full else wording.short_names(item)
        return names[:1].upper() + names[1:] if self.kind.capital else names


class FootCitationDomain(Domain):
    """The domain ``footcite``, for the names of its roles alone: footnotes belong to their page."""

    name = "footcite"
    label = "citekit footnotes"

    def merge_domaindata(self, docnames: AbstractSet[str], otherdata: dict[str, object]) -> None:
        """Nothing is kept."""

    def resolve_any_xref(self, *_: object) -> list[tuple[str, nodes.reference]]:
        """Nothing: footnotes are no targets."""
        return []


class FootBibliographyDirective(SphinxDirective):
    """The footnotes of the page's ``{footcite}`` so far."""

    def run(self) -> list[nodes.Node]:
        """One footnote for each key that has none yet."""
        domain = CitationDomain.of(self.env)
        keys = domain.take_footnotes(self.env.docname)
        header = self.config.bibtex_footbibliography_header
        above = self.parse_text_to_nodes(header) if header and keys else []
        return [*above, *(self._footnote(key) for key in keys)]

    def _footnote(self, key: str) -> nodes.footnote:
        name = _footnote_name(self.env, key)
        domain = CitationDomain.of(self.env)
        item = ArchiveDomain.of(self.env).library.citable[key]
        reference = without_number(h("p", domain.style.reference(item)).children)
        text = make_nodes(h("p", reference), self.state.document)
        footnote = nodes.footnote("", *text, auto=1, names=[nodes.fully_normalize_name(name)])
        self.set_source_info(footnote)
        self.state.document.note_autofootnote(footnote)
        self.state.document.note_explicit_target(footnote, footnote)
        return footnote


class CitedDirective(SphinxDirective):
    """``{bibliography}``: what the project cites, or what options, file names and keys choose."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = OPTIONS

    def run(self) -> list[nodes.Node]:
        """A mark that becomes the list, below the project's header for lists."""
        listing = self._checked(Listing.of(self.options, " ".join(self.arguments), self.content))
        ArchiveDomain.of(self.env).note_use(self.env.docname, EVERYTHING)
        header = self.config.bibtex_bibliography_header
        above = self.parse_text_to_nodes(header) if header else []
        return [*above, CitationDomain.of(self.env).note_bibliography(self.env.docname, listing)]

    def _checked(self, listing: Listing) -> Listing:
        """The list with what of its options can be followed; the rest is told."""
        if listing.scope == "filter":
            try:
                check_filter(listing.filter)
            except FilterError as error:
                self._warn(f":filter: {error}")
                listing = replace(listing, scope="cited")
        style = named_style(listing.style)
        try:
            CitationDomain.of(self.env).style.but(style, listing.locale)
        except CitekitError as error:
            self._warn(f":style: {error}")
            return replace(listing, style=None, locale=None)
        return replace(listing, style=style)

    def _warn(self, message: str) -> None:
        logger.warning(
            message, type="citekit", subtype="bibliography", location=self.get_location()
        )


def _read_cites(text: str, env: BuildEnvironment, location: str) -> tuple[Cite, ...]:
    """The cites of a role's text; keys that are not in the archive are told and left out."""
    domain = ArchiveDomain.of(env)
    cites = []
    for _, cite in read_cites(text):
        found = domain.library.resolve_cited(cite.key)
        if found is None:
            _tell_unknown(domain.library, cite.key, location)
            domain.note_use(env.docname, f"item:{cite.key}")
            continue
        of_list, key = found
        domain.note_use(env.docname, f"item:{key}")
        cites.append(replace(cite, key=key, of_list=of_list))
    return tuple(cites)


def _in_its_place(text: str, env: BuildEnvironment) -> nodes.inline:
    """What a page has where nothing can be cited: the text of the role, unless it names secrets."""
    library = ArchiveDomain.of(env).library
    is_hidden = any(library.leaves_out("item", cite.key) for _, cite in read_cites(text))
    return nodes.inline("", LEFT_OUT if is_hidden else text, classes=["ck-unknown"])


def _tell_unknown(library: Library, asked: str, location: str) -> None:
    is_hidden = library.leaves_out("item", asked)
    near = [] if is_hidden else near_names(library, "item", asked)
    logger.warning(
        "cited but %s: %s%s",
        "left out of this site" if is_hidden else "not in the archive",
        asked,
        f" (near: {', '.join(near)})" if near else "",
        type="citekit",
        subtype="cite",
        location=location,
    )


def _footnote_name(env: BuildEnvironment, key: str) -> str:
    """In lower case, as docutils compares names; pages differ by more than that."""
    return f"ck-foot-{ArchiveDomain.of(env).library.page_name(key)}".lower()
