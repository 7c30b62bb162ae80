"""The directives of the domain ``ck``: cards and lists out of the archive, in any page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final

from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from citekit.pages.addresses import locate
from citekit.pages.claims.matrix import claim_matrix
from citekit.pages.element import h
from citekit.pages.item import excerpt
from citekit.pages.lists import claims_list, item_card, source_cards, timeline
from citekit.pages.object_state import EVERYTHING
from citekit.pages.pictures.network import network
from citekit.sphinx.domain import ArchiveDomain
from citekit.sphinx.parser import make_nodes

if TYPE_CHECKING:
    from docutils import nodes

    from citekit.model.claim import Claim
    from citekit.pages.element import Element

logger = logging.getLogger(__name__)


class _ArchiveDirective(SphinxDirective):
    """What the directives share: the archive, and turning elements into nodes."""

    has_content = False

    @property
    def domain(self) -> ArchiveDomain:
        return ArchiveDomain.of(self.env)

    def made(self, *parts: Element) -> list[nodes.Node]:

        return [node for part in parts for node in make_nodes(part, self.state.document)]

    def unknown(self, kind: str, name: str) -> list[nodes.Node]:
        logger.warning(
            "no %s in the archive: %s",
            kind,
            name,
            type="citekit",
            subtype=kind,
            location=self.get_location(),
        )
        return []


class ItemDirective(_ArchiveDirective):
    """``{ck:item} KEY``: the item as a card."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The card."""
        library = self.domain.library
        key = library.resolve(self.arguments[0])
        if key is None:
            return self.unknown("item", self.arguments[0])
        self.domain.note_use(self.env.docname, f"item:{key}")
        return self.made(item_card(library, library.shelves[key]))


class SourcesDirective(_ArchiveDirective):
    """``{ck:sources}``: the items as cards, the newest first; ``:newest: N`` keeps so many."""

    option_spec: ClassVar = {"newest": directives.positive_int}

    def run(self) -> list[nodes.Node]:
        """The cards."""
        self.domain.note_use(self.env.docname, EVERYTHING)
        return self.made(source_cards(self.domain.library, newest=self.options.get("newest")))


class PassageDirective(_ArchiveDirective):
    """``{ck:passage} KEY#p3``: a paragraph with its highlights and notes, as on the item's page."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The row, with links to the item's page."""
        library = self.domain.library
        found = locate(library, "passage", self.arguments[0])
        if found is None or not re.fullmatch(r"p\d+", found.anchor):
            return self.unknown("passage", self.arguments[0])
        key = library.resolve(library.split_name(self.arguments[0])[0]) or ""
        self.domain.note_use(self.env.docname, f"item:{key}")
        self.domain.note_use(self.env.docname, EVERYTHING)
        return self.made(excerpt(library, key, int(found.anchor[1:])))


class TimelineDirective(_ArchiveDirective):
    """``{ck:timeline}``: occurrences and sources in the order of time.

    ``:entity: ID`` keeps what names one entity, ``:only: occurrences`` or ``sources`` one kind.
    """

    option_spec: ClassVar = {
        "entity": directives.unchanged_required,
        "only": lambda text: directives.choice(text, ("occurrences", "sources")),
    }

    def run(self) -> list[nodes.Node]:
        """The timeline."""
        library = self.domain.library
        entity = self.options.get("entity")
        if entity is not None and entity not in library.entities:
            return self.unknown("entity", entity)
        wanted = {"occurrences": "entity", "sources": "item"}.get(self.options.get("only", ""))
        items = {key for key, _ in library.mentions.get(entity or "", ())}

        def keep(kind: str, name: str) -> bool:
            is_about = entity is None or name == entity or name in items
            return is_about and wanted in (None, kind)

        self.domain.note_use(self.env.docname, EVERYTHING)
        return self.made(*timeline(library, keep=keep))


class NetworkDirective(_ArchiveDirective):
    """``{ck:network}``: who is named together with whom, as a picture and as a table."""

    def run(self) -> list[nodes.Node]:
        """Both; nothing where no two names stand in one passage."""
        self.domain.note_use(self.env.docname, EVERYTHING)
        return self.made(*network(self.domain.library))


class ClaimsDirective(_ArchiveDirective):
    """``{ck:claims}``: the claims as a table; ``:item: KEY`` or ``:entity: ID`` chooses."""

    option_spec: ClassVar = {
        "item": directives.unchanged_required,
        "entity": directives.unchanged_required,
    }

    def run(self) -> list[nodes.Node]:
        """The table."""
        library = self.domain.library
        claims = list(library.claims.values())
        if "item" in self.options:
            key = library.resolve(self.options["item"])
            if key is None:
                return self.unknown("item", self.options["item"])
            ours = {claim.id for claim, _ in library.claims_of_item.get(key, ())}
            claims = [claim for claim in claims if claim.id in ours]
        if "entity" in self.options:
            entity = self.options["entity"]
            if entity not in library.entities:
                return self.unknown("entity", entity)
            claims = [claim for claim in claims if entity in claim.entities]
        self.domain.note_use(self.env.docname, EVERYTHING)
        return self.made(self.shown(claims))

    def shown(self, claims: list[Claim]) -> Element:
        """The chosen claims."""
        return claims_list(claims)


class MatrixDirective(ClaimsDirective):
    """``{ck:matrix}``: questions by sources, each cell an answer; chooses as ``{ck:claims}``."""

    def shown(self, claims: list[Claim]) -> Element:
        """The chosen claims beside each other."""
        return claim_matrix(self.domain.library, claims)


class BibliographyDirective(_ArchiveDirective):
    """``{ck:bibliography}``: the references of every item of the archive, cited or not."""

    def run(self) -> list[nodes.Node]:
        """The list, with what Zotero reads."""
        return self.made(h("bibliography"))


DIRECTIVES: Final = {
    "item": ItemDirective,
    "sources": SourcesDirective,
    "passage": PassageDirective,
    "timeline": TimelineDirective,
    "network": NetworkDirective,
    "claims": ClaimsDirective,
    "matrix": MatrixDirective,
    "bibliography": BibliographyDirective,
}
