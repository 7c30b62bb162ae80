"""A document with citations: edit it, and learn which citations read differently now.

Edits are cheap and only noted; ``changes`` settles order, positions, numbers and disambiguation for
the whole document and renders again only those citations whose facts changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.csl.compiled.state import NO_HINTS, Context
from citekit.csl.output.tokens import Token
from citekit.csl.output.tree import Node
from citekit.csl.output.writer import flatten
from citekit.csl.passes import bibliography
from citekit.csl.passes.cite import CiteRenderer, Facts
from citekit.csl.passes.cluster import cluster
from citekit.csl.passes.disambiguate import Disambiguator, letters
from citekit.csl.passes.position import Place, given_place, places
from citekit.csl.passes.sort import sort_by
from citekit.csl.values.entry import Entry, citation_label
from citekit.csl.values.numbers import whole_number
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from citekit.csl.compiled.program import Program
    from citekit.csl.compiled.state import Hints

    Cite = Mapping[str, Any]
    Told = tuple[Hints, tuple[int, ...]]
    """What disambiguation says of an item: hints, and the levels of its names."""

_NEAR = 5


class Citation(Value):
    """A citation in a document.

    ``cites`` are CSL-JSON cite items (id, locator, label, prefix, suffix, suppress-author …);
    ``note`` is the number of the note it stands in, 0 in running text; ``mode`` is empty,
    ``author-only``, ``suppress-author`` or ``composite``.
    """

    id: str
    cites: tuple[Cite, ...]
    note: int = 0
    mode: str = ""


class _Shown(Value):
    """What was rendered for a citation, and from which facts."""

    signature: object
    tree: Node
    tokens: list[Token]


class Document:
    """Citations in order, over a set of items, in a compiled style."""

    def __init__(self, program: Program, items: Sequence[Mapping[str, Any]] = ()) -> None:
        self.program = program
        self._entries: dict[str, Entry] = {}
        self._listed: dict[str, None] = {}
        self._citations: list[Citation] = []
        self._shown: dict[str, _Shown] = {}
        self._facts: dict[str, Facts] = {}
        self._order: list[str] = []
        self._renderer = CiteRenderer(self.program, None)
        self._dirty = True
        self._unknown: dict[str, None] = {}
        self._left_alike = False
        for item in items:
            self.add_item(item)

    # ---- editing

    def add_item(self, item: Mapping[str, Any]) -> None:
        """Make an item known (or known anew); it is listed once it is cited."""
        entry = Entry(item)
        self._entries[entry.id] = entry
        self._dirty = True

    def list_item(self, item_id: str) -> None:
        """List an item in the bibliography without citing it."""
        if item_id in self._entries:
            self._listed[item_id] = None
        else:
            self._unknown[item_id] = None
        self._dirty = True

    def insert(self, citation: Citation, before: str | None = None) -> None:
        """Insert a citation before another one, or at the end."""
        at = len(self._citations)
        if before is not None:
            at = next((i for i, c in enumerate(self._citations) if c.id == before), at)
        self._citations.insert(at, citation)
        self._dirty = True

    def replace(self, citation: Citation) -> None:
        """Put a citation in the place of the one with the same id."""
        self._citations = [citation if c.id == citation.id else c for c in self._citations]
        self._dirty = True

    def remove(self, citation_id: str) -> None:
        """Take a citation out."""
        self._citations = [c for c in self._citations if c.id != citation_id]
        self._shown.pop(citation_id, None)
        self._dirty = True

    def arrange(self, citations: Sequence[Citation]) -> None:
        """Give the whole document anew, in order: what a word processor does on renumbering."""
        self._citations = list(citations)
        kept = {c.id for c in citations}
        self._shown = {key: shown for key, shown in self._shown.items() if key in kept}
        self._dirty = True

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations in document order."""
        return tuple(self._citations)

    # ---- results

    def changes(self) -> list[str]:
        """Settle the document; ids of the citations that are new or read differently, in order."""
        self._settle()
        renderer = self._renderer
        clusters = [self._sorted(c) for c in self._citations]
        near = self.program.style.citation.options.get("near-note-distance", "")
        distance = whole_number(near, _NEAR)
        notes = [citation.note for citation in self._citations]
        found = places(list(zip(notes, clusters, strict=True)), distance)
        changed = []
        for citation, cites, where in zip(self._citations, clusters, found, strict=True):
            before = self._shown.get(citation.id)
            signature = self._signature(citation, cites, where)
            if before is not None and before.signature == signature:
                continue
            facts = (self._facts[str(cite.get("id"))] for cite in cites)
            tree = cluster(renderer, list(zip(facts, cites, where, strict=True)), citation.mode)
            tokens = flatten(tree, self.program.locale)
            if before is None or before.tokens != tokens:
                changed.append(citation.id)
            self._shown[citation.id] = _Shown(signature=signature, tree=tree, tokens=tokens)
        return changed

    def cite(self, cites: Sequence[Cite], mode: str = "") -> Node:
        """The tree of a citation outside the document; cites say their position themselves."""
        self._settle()
        known = self._sorted(Citation(id="", cites=tuple(cites)))
        return cluster(
            self._renderer,
            [(self._facts[str(c.get("id"))], c, given_place(c)) for c in known],
            mode,
        )

    def tokens(self, citation_id: str) -> list[Token]:
        """The tokens of a citation, for any renderer."""
        return self._shown[citation_id].tokens

    def tree(self, citation_id: str) -> Node:
        """The tree of a citation, for whoever wants to know where a piece came from."""
        return self._shown[citation_id].tree

    def order(self) -> list[str]:
        """The ids of the listed and cited items, in the order of the bibliography."""
        self._settle()
        return list(self._order)

    def bibliography(self) -> Iterator[tuple[str, Node]]:
        """(item id, tree) of every entry, in the order of the style, made one by one."""
        self._settle()
        facts = [self._facts[key] for key in self._order]
        return bibliography.entries(self.program, facts, self._renderer.levels)

    @property
    def warnings(self) -> list[str]:
        """What could not be used, so far: locale, unknown items, values of wrong types."""
        unknown = [f"no item {key!r}: it is left out" for key in self._unknown]
        entries = [warning for key in self._entries for warning in self._entries[key].warnings]
        alike = ["telling cites apart took too long: some may look alike"] * self._left_alike
        return [*self.program.warnings, *unknown, *alike, *dict.fromkeys(entries)]

    # ---- the passes

    def _settle(self) -> None:
        """Order, numbers, disambiguation, labels: in this order, once after any edit."""
        if not self._dirty:
            return
        cited = self._cited()
        labels = {key: citation_label(self._entries[key]) for key in cited}
        order = self._sort_bibliography(cited, labels)
        self._order = order
        told = self._disambiguate(order, labels)
        self._facts = {
            key: self._known(key, number, labels, told) for number, key in enumerate(order, 1)
        }
        self._dirty = False

    def _known(
        self, key: str, number: int, labels: Mapping[str, str], told: Mapping[str, Told]
    ) -> Facts:
        """What is known of an item once order, labels and disambiguation are settled."""
        hints, levels = told.get(key, (NO_HINTS, ()))
        return Facts(
            entry=self._entries[key],
            number=number,
            label=labels.get(key, ""),
            hints=hints,
            levels=levels,
            year_text=letters(hints.year_suffix),
        )

    def _cited(self) -> list[str]:
        """Ids of all known items in the order of their first citation, then the listed ones."""
        found: dict[str, None] = {}
        for citation in self._citations:
            for cite in citation.cites:
                key = str(cite.get("id"))
                (found if key in self._entries else self._unknown)[key] = None
        return list(found | self._listed)

    def _sort_bibliography(self, cited: list[str], labels: Mapping[str, str]) -> list[str]:
        keys = self.program.bibliography_keys
        if not keys:
            return cited
        numbers = {key: i + 1 for i, key in enumerate(cited)}

        def context_of(key: str) -> Context:
            return Context(
                entry=self._entries[key],
                in_bibliography=True,
                citation_number=numbers[key],
                label_text=labels[key],
            )

        return sort_by(cited, keys, context_of)

    def _disambiguate(self, order: list[str], labels: Mapping[str, str]) -> dict[str, Told]:
        options = self.program.style.citation.options
        if not any(key.startswith("disambiguate-") for key in options) and not (
            self.program.tests_disambiguation
        ):
            self._left_alike = False
            self._renderer = CiteRenderer(self.program, None)
            return {}
        worker = Disambiguator(self.program, labels, self._first_notes())
        hints = worker.run([self._entries[key] for key in order])
        self._left_alike = worker.is_spent
        self._renderer = CiteRenderer(self.program, worker.levels)
        return hints

    def _first_notes(self) -> dict[str, str]:
        """The note each item is cited in first, by item id."""
        found: dict[str, str] = {}
        for citation in self._citations:
            for cite in citation.cites:
                if citation.note:
                    found.setdefault(str(cite.get("id")), str(citation.note))
        return found

    def _sorted(self, citation: Citation) -> list[Cite]:
        """The known cites of a citation, in the style's order."""
        known = [c for c in citation.cites if str(c.get("id")) in self._facts]
        keys = self.program.citation_keys
        if len(known) < 2 or not keys:
            return known

        def context_of(cite: Cite) -> Context:
            return self._renderer.context(self._facts[str(cite.get("id"))], cite, Place())

        return sort_by(known, keys, context_of)

    def _signature(
        self, citation: Citation, cites: Sequence[Cite], where: Sequence[Place]
    ) -> object:
        """Everything a citation's text depends on."""
        facts = [self._facts[str(c.get("id"))] for c in cites]
        return (
            citation.mode,
            tuple(map(_frozen, cites)),
            tuple(where),
            tuple((f.hints, f.levels, f.number, f.label, f.entry) for f in facts),
        )


def _frozen(cite: Cite) -> tuple[tuple[str, str], ...]:
    return tuple((key, repr(value)) for key, value in cite.items())
