"""Roles and directives for citations as in sphinxcontrib-bibtex, over the items of the archive.

Roles leave marks while pages are read; when all are read, the citations of the whole project are
formatted in one run, and the marks become text when pages are written. Pages whose citations came
out differently from last time are written again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from citekit.model.value import replace
from citekit.pages.addresses import near_names
from citekit.pages.citations import Citation, Cite, Mode, read_cites
from citekit.pages.element import h
from citekit.pages.note_names import LEFT_OUT
from citekit.sphinx.citation_domain import CitationDomain
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.nodes import pending_citation
from citekit.sphinx.parser import make_nodes

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from citekit.pages.library import Library


logger = logging.getLogger(__name__)

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
            return [_in_its_place(self.text, self.env)], []
        domain = CitationDomain.of(self.env)
        number = domain.note_citation(self.env.docname, Citation(cites=cites, mode=self.mode))
        return [pending_citation("", docname=self.env.docname, number=number)], []


class FootCiteRole(SphinxRole):
    """A citation in a footnote: its text stands where the page has ``{footbibliography}``."""

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
            marks += [nodes.Text(" "), mark] if marks else [mark]
        return marks or [_in_its_place(self.text, self.env)], []


class FootBibliographyDirective(SphinxDirective):
    """The footnotes of the page's ``{footcite}`` so far."""

    def run(self) -> list[nodes.Node]:
        """One footnote for each key that has none yet."""
        domain = CitationDomain.of(self.env)
        return [self._footnote(key) for key in domain.take_footnotes(self.env.docname)]

    def _footnote(self, key: str) -> nodes.footnote:
        name = _footnote_name(self.env, key)
        domain = CitationDomain.of(self.env)
        item = ArchiveDomain.of(self.env).library.shelves[key].item
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
        domain = CitationDomain.of(self.env)
        return [domain.note_bibliography(self.env.docname, scope)]


def _read_cites(text: str, env: BuildEnvironment, location: str) -> tuple[Cite, ...]:
    """The cites of a role's text; keys that are not in the archive are told and left out."""
    domain = ArchiveDomain.of(env)
    cites = []
    for _, cite in read_cites(text):
        key = domain.library.resolve(cite.key)
        if key is None:
            _tell_unknown(domain.library, cite.key, location)
            domain.note_use(env.docname, f"item:{cite.key}")
            continue
        domain.note_use(env.docname, f"item:{key}")
        cites.append(replace(cite, key=key))
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
    return f"ck-foot-{ArchiveDomain.of(env).library.pages[key]}".lower()
