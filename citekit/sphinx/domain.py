"""The domain ``ck``: items, passages, entities and claims of the archive, and who refers to them.

The archive itself is read anew for every build (``pages.library``); what is kept between builds is
plain: which page used which object in which state, and which backlinks were written. So a page is
read again when something it names has changed, and written again when its backlinks have.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, cast

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from citekit.pages.addresses import (
    FOLDERS,
    all_addresses,
    locate,
    near_names,
    page_of,
)
from citekit.pages.element import shown
from citekit.pages.note_names import LEFT_OUT
from citekit.pages.object_state import EVERYTHING, digest_of
from citekit.pages.wording import shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from citekit.pages.addresses import Address
    from citekit.pages.library import Library

_LONGEST_WORDS: Final = 300  # signs
logger = logging.getLogger(__name__)


class ArchiveDomain(Domain):
    """What the archive holds, and which pages show it."""

    name = "ck"
    label = "citekit archive"
    object_types: ClassVar = {
        "item": ObjType("item", "item"),
        "passage": ObjType("passage", "passage"),
        "entity": ObjType("entity", "entity"),
        "claim": ObjType("claim", "claim"),
    }
    # uses: page -> object -> state when read; backlinks: object -> pages, as last written;
    # address: of the site, as last written
    initial_data: ClassVar = {"uses": {}, "backlinks": {}, "address": ""}
    data_version = 2
    library: Library
    states: Mapping[str, str]  # of the library's objects, see ``pages.object_state``
    has_pages: bool  # whether the site has the archive's own pages

    @classmethod
    def of(cls, env: BuildEnvironment) -> Self:
        """The domain of a build."""
        return cast("Self", env.get_domain(cls.name))

    @property
    def uses(self) -> dict[str, dict[str, str]]:
        """For each page the objects it names, with the state they had when it was read."""
        uses: dict[str, dict[str, str]] = self.data["uses"]
        return uses

    def note_use(self, docname: str, name: str) -> None:
        """Remember that a page shows an object, and the file that object is in."""
        self.uses.setdefault(docname, {})[name] = self.state(name)
        path = self.file_of(name)
        if path:
            self.env.note_dependency(path)

    def state(self, name: str) -> str:
        """A digest of what pages may show of an object; empty for one that is not there."""
        return self.states.get(name) or self._reference_state(name)

    def _reference_state(self, name: str) -> str:
        """That of an entry of a bibliography file."""
        kind, _, key = name.partition(":")
        item = self.library.references.get(key) if kind == "item" else None
        return digest_of(item.data) if item else ""

    def file_of(self, name: str) -> str | None:
        """The archive's file that holds an object."""
        kind, _, identifier = name.partition(":")
        layout = self.library.store.layout
        file = self.library.references.path_of(identifier) if kind == "item" else None
        if file is not None and identifier not in self.library.shelves:
            return str(file)
        if not self.state(name) or name == EVERYTHING:
            return None
        match kind:
            case "item":
                return str(layout.item_file(identifier))
            case "entity":
                return str(layout.entity_file(identifier))
            case _:
                return str(layout.claim_file(identifier))

    def outdated(self) -> set[str]:
        """Pages that show something which has changed since they were read."""
        return {
            docname
            for docname, used in self.uses.items()
            for name, state in used.items()
            if self.state(name) != state
        }

    def find_backlinks(self) -> dict[str, list[str]]:
        """For each object the pages that name it."""
        found: dict[str, set[str]] = defaultdict(set)
        for docname, used in self.uses.items():
            for name in used:
                if docname != page_of(self.library, name):
                    found[name].add(docname)
        return {name: sorted(pages) for name, pages in sorted(found.items())}

    def update_backlinks(self) -> set[str]:
        """Store the backlinks; returns the archive's pages on which they are others than before."""
        before: Mapping[str, list[str]] = self.data["backlinks"]
        after = self.find_backlinks()
        self.data["backlinks"] = after
        changed = {
            name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
        }
        return {
            page for name in changed if (page := page_of(self.library, name)) in self.env.all_docs
        }

    def update_address(self) -> bool:
        """Store where the site will be; returns whether that was another place before."""
        before, self.data["address"] = self.data["address"], self.library.address
        return bool(before != self.library.address)

    def clear_doc(self, docname: str) -> None:
        """Forget what a page used."""
        self.uses.pop(docname, None)

    def merge_domaindata(self, docnames: AbstractSet[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process read."""
        for docname in docnames & otherdata["uses"].keys():
            self.uses[docname] = otherdata["uses"][docname]

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
        """The link to an object; an unknown one is told with its nearest names, and stays text."""
        del env
        found = locate(self.library, typ, target) if self.has_pages else None
        if found is None and not self.has_pages and self.state(f"{typ}:{target}"):
            return contnode  # type: ignore[return-value]  # it has no page here
        if found is None:
            is_hidden = self._warn(typ, target, node)
            is_told = is_hidden and not node.get("refexplicit")
            shown_text = [nodes.Text(LEFT_OUT)] if is_told else contnode.children
            return nodes.inline("", "", *shown_text, classes=["ck-unknown"])  # type: ignore[return-value]  # text in a link's place
        if not node.get("refexplicit"):
            contnode = _words(found)
        link = make_refnode(builder, fromdocname, found.page, found.anchor, contnode)
        link["classes"] += node.get("ck_class", "").split()
        return link

    def resolve_any_xref(  # noqa: PLR0917  # as above
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: nodes.Element,
    ) -> list[tuple[str, nodes.reference]]:
        """What ``{any}`` may mean here."""
        del env, node, contnode
        found = {kind: locate(self.library, kind, target) for kind in FOLDERS}
        return [
            (f"ck:{kind}", make_refnode(builder, fromdocname, at.page, at.anchor, _words(at)))
            for kind, at in found.items()
            if at
        ]

    def _warn(self, kind: str, target: str, node: nodes.Node) -> bool:
        """Tell of a name that leads nowhere; whether that is because the site leaves it out."""
        is_hidden = self.library.leaves_out(kind, target)
        near = [] if is_hidden else near_names(self.library, kind, target)
        logger.warning(
            "%s: %s%s",
            f"the {kind} is left out of this site" if is_hidden else f"no {kind} in the archive",
            target,
            f" (near: {', '.join(near)})" if near else "",
            type="citekit",
            subtype=kind,
            location=node,
        )
        return is_hidden

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Everything for ``objects.inv``.

        Priority -1: found by name from other projects, not offered by the search, which finds the
        pages themselves already.
        """
        addresses = all_addresses(self.library) if self.has_pages else ()
        for kind, name, at in addresses:
            yield name, shown(at.title), kind, at.page, at.anchor, -1


def _words(address: Address) -> nodes.inline:
    """The words of a link: a title, within a length, as one line of a note can name it anew."""
    title = shown(address.title)
    words = title if len(title) <= _LONGEST_WORDS else shorten(title, _LONGEST_WORDS)
    return nodes.inline("", words)
