"""The domain ``ck``: items, passages, entities and claims of the archive, and who refers to them.

The archive itself is read anew for every build (``library``); what is kept between builds is plain:
which page used which object in which state, and which backlinks were written. So a page is read
again when something it names has changed, and written again when its backlinks have.
"""

from __future__ import annotations

from collections import defaultdict
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, ClassVar, Final

from docutils import nodes
from sphinx.domains import Domain, ObjType
from sphinx.util import logging
from sphinx.util.nodes import make_refnode

from citekit.sphinx import words
from citekit.sphinx.article import make_article
from citekit.sphinx.rich import title as plain_title
from citekit.sphinx.states import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from sphinx.addnodes import pending_xref
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from citekit.sphinx.library import Library

logger = logging.getLogger(__name__)
_FOLDERS: Final = {"item": "items", "entity": "entities", "claim": "claims"}
_FIXED_ANCHORS: Final = frozenset(
    [
        "title",
        "text",
        "note",
        "notes",
        "claims",
        "entities",
        "cite",
        "evidence",
        "provenance",
        "seal",
        "check",
    ]
)


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
    # uses: page -> object -> state when read; backlinks: object -> pages, as last written
    initial_data: ClassVar = {"uses": {}, "backlinks": {}}
    data_version = 1
    library: Library
    states: Mapping[str, str]  # of the library's objects, see ``states``

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
        return self.states.get(name, "")

    def names(self) -> Iterator[str]:
        """The names of all objects, such as ``item:KEY``."""
        yield from (f"item:{key}" for key in self.library.shelves)
        yield from (f"entity:{entity}" for entity in self.library.entities)
        yield from (f"claim:{claim}" for claim in self.library.claims)

    def file_of(self, name: str) -> str | None:
        """The archive's file that holds an object."""
        kind, _, identifier = name.partition(":")
        layout = self.library.store.layout
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
                if docname != self.page_of(name):
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
        return {page for name in changed if (page := self.page_of(name)) in self.env.all_docs}

    def page_of(self, name: str) -> str:
        """The page of an object."""
        kind, _, identifier = name.partition(":")
        page = self.library.pages.get(identifier, identifier) if kind == "item" else identifier
        return f"{_FOLDERS.get(kind, kind)}/{page}"

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
        found = self.locate(typ, target)
        if found is None:
            self._warn(typ, target, node)
            return nodes.inline("", "", *contnode.children, classes=["ck-unknown"])  # type: ignore[return-value]  # text in a link's place
        docname, anchor, title = found
        if not node.get("refexplicit"):
            contnode = nodes.inline("", title)
        link = make_refnode(builder, fromdocname, docname, anchor, contnode)
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
        return [
            (
                f"ck:{kind}",
                make_refnode(builder, fromdocname, found[0], found[1], nodes.inline("", found[2])),
            )
            for kind in _FOLDERS
            if (found := self.locate(kind, target))
        ]

    def locate(self, kind: str, target: str) -> tuple[str, str, str] | None:
        """Page, anchor and title of what a role names, or None."""
        if kind in ("item", "passage"):
            name, passage = self.library.split_name(target)
            key, anchor = self.library.resolve(name), passage or ""
            if key is None or (anchor and not self._has_anchor(key, anchor)):
                return None
            item = self.library.shelves[key].item
            title = plain_title(item)
            if anchor:
                title = f"{words.short_names(item)} {words.year(item)}, {_say_anchor(anchor)}"
            return f"items/{self.library.pages[key]}", anchor, title
        identifier = target.partition("#")[0]
        if kind == "entity" and identifier in self.library.entities:
            return f"entities/{identifier}", "", self.library.entities[identifier].name
        if kind == "claim" and identifier in self.library.claims:
            claim = self.library.claims[identifier]
            return f"claims/{identifier}", "", claim.question or claim.statement
        return None

    def _has_anchor(self, key: str, anchor: str) -> bool:
        article = make_article(self.library, key)
        if anchor.startswith("p") and anchor[1:].isascii() and anchor[1:].isdigit():
            return 1 <= int(anchor[1:]) <= len(article.paragraphs)
        if anchor.startswith("a-"):
            return any(a.short_id == anchor[2:] for a in self.library.shelves[key].annotations)
        if anchor.startswith("caption"):
            captions = self.library.shelves[key].item.facts.evidence.get("caption", ())
            return anchor in {f"caption{n}" for n in range(1, len(captions) + 1)}
        return anchor in _FIXED_ANCHORS

    def _warn(self, kind: str, target: str, node: nodes.Node) -> None:
        known = {"entity": list(self.library.entities), "claim": list(self.library.claims)}
        keys = known.get(kind, list(self.library.shelves))
        near = get_close_matches(self.library.split_name(target)[0], keys, n=3, cutoff=0.5)
        hint = f" (near: {', '.join(near)})" if near else ""
        logger.warning(
            "no %s in the archive: %s%s",
            kind,
            target,
            hint,
            type="citekit",
            subtype=kind,
            location=node,
        )

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """Everything for ``objects.inv``.

        Priority -1: found by name from other projects, not offered by the search, which finds the
        pages themselves already.
        """
        for name in self.names():
            kind, _, identifier = name.partition(":")
            found = self.locate(kind, identifier)
            if found:
                yield identifier, found[2], kind, found[0], found[1], -1
        for key in self.library.shelves:
            count = len(make_article(self.library, key).paragraphs)
            for number in range(1, count + 1):
                yield (
                    f"{key}#p{number}",
                    f"{key} ¶ {number}",
                    "passage",
                    f"items/{self.library.pages[key]}",
                    f"p{number}",
                    -1,
                )
        for alias in self.library.alias_pages:  # an alias that is no citekey has none
            key = self.library.aliases[alias]
            title = plain_title(self.library.shelves[key].item)
            yield alias, title, "item", f"items/{self.library.pages[key]}", "", -1


def _say_anchor(anchor: str) -> str:
    if anchor.startswith("p") and anchor[1:].isdigit():
        return f"¶ {anchor[1:]}"
    return "note" if anchor.startswith("a-") else anchor
