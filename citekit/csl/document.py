"""A document with citations: edit it, and learn what of it reads differently now.

Edits are cheap and only noted; ``changes`` settles order, positions, numbers and disambiguation for
the whole document and renders again only those citations whose facts changed. What an item is
sorted by, how it reads alone and how its likes were told apart is remembered from edit to edit.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from citekit.csl import notices
from citekit.csl.citation import Citation, check_citation
from citekit.csl.compiled.state import Context
from citekit.csl.output.render import renderer
from citekit.csl.output.runs import linked_tokens, rendered_runs
from citekit.csl.output.tree import Node
from citekit.csl.output.writer import flatten
from citekit.csl.passes import bibliography
from citekit.csl.passes.cite import CiteRenderer, Facts
from citekit.csl.passes.cluster import cluster
from citekit.csl.passes.disambiguate import UNTOLD, Disambiguator
from citekit.csl.passes.position import Place, given_place, places
from citekit.csl.passes.sort import sort_by, sort_texts
from citekit.csl.references import References, make_references
from citekit.csl.selection import keeps
from citekit.csl.style.ir import PLAIN
from citekit.csl.values.abbreviations import looked_up
from citekit.csl.values.entry import Entry, citation_label
from citekit.csl.values.notice import Notice
from citekit.csl.values.numbers import whole_number
from citekit.errors import InvalidData, NotFound
from citekit.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from citekit.csl.compiled.program import Program
    from citekit.csl.output.render import Output
    from citekit.csl.output.runs import CiteLink, Run
    from citekit.csl.output.tokens import Token
    from citekit.csl.passes.disambiguate import Told
    from citekit.csl.selection import Keep
    from citekit.csl.values.abbreviations import ShortForms

    Cite = Mapping[str, Any]

_NEAR = 5


class _Shown:
    """What was rendered for a citation, and from which facts."""

    __slots__ = ("citation", "cites", "facts", "ids", "tokens", "tree", "where")

    def __init__(
        self, citation: Citation, cites: Sequence[Cite], where: list[Place], facts: list[Facts]
    ) -> None:
        self.citation = citation
        self.ids = {str(cite.get("id")) for cite in citation.cites}
        self.cites = cites
        self.where = where
        self.facts = facts
        self.tree = Node(PLAIN, ())
        self.tokens: list[Token] = []

    def says(self, citation: Citation) -> bool:
        """Whether a citation says the same, but perhaps for its note: most are only renumbered."""
        return self.citation.cites is citation.cites and self.citation.mode == citation.mode

    def is_of(
        self, citation: Citation, cites: Sequence[Cite], where: list[Place], facts: list[Facts]
    ) -> bool:
        """Whether it was made from just these: everything that a citation's text depends on."""
        return (
            self.facts == facts
            and self.where == where
            and self.cites == cites
            and self.citation.mode == citation.mode
        )


class Document:
    """Citations in order, over a set of items, in a compiled style."""

    def __init__(
        self,
        program: Program,
        items: Iterable[Mapping[str, Any]] = (),
        *,
        abbreviations: ShortForms | None = None,
        on_warning: Callable[[Notice], None] | None = None,
    ) -> None:
        self.program = program
        self._abbreviations = looked_up(abbreviations)
        self._on_warning = on_warning
        self._warned: set[Notice] = set()
        self._entries: dict[str, Entry] = {}
        self._listed: dict[str, None] = {}
        self._citations: list[Citation] = []
        self._shown: dict[str, _Shown] = {}
        self._facts: dict[str, Facts] = {}
        self._touched: set[str] = set()  # whose facts changed since citations were shown
        self._order: list[str] = []
        self._sorted_by: dict[str, tuple[tuple[Entry, int, str], tuple[str, ...]]] = {}
        self._disambiguator = _disambiguator(program)
        levels = None if self._disambiguator is None else self._disambiguator.levels
        self._renderer = CiteRenderer(program, levels)
        self._bibliography = bibliography.Bibliography(program)
        self._entries_shown: dict[str, tuple[Node, list[Token]]] = {}
        self._dirty = True
        self._settled_for: tuple[list[str], dict[str, str]] | None = None
        self._unknown: dict[str, None] = {}
        self._twice: dict[str, None] = {}
        for item in items:
            if str(item.get("id", "")) in self._entries:
                self._twice[str(item.get("id", ""))] = None
            self.add_item(item)

    def __repr__(self) -> str:
        counts = f"{len(self._citations)} citations, {len(self._entries)} items"
        return f"<Document of {counts} in {self.program.name}>"

    # ---- editing

    def add_item(self, item: Mapping[str, Any]) -> None:
        """Make an item known (or known anew); it is listed once it is cited.

        It is read when it is needed, and never copied or changed: an item that was changed since
        has to be made known again.
        """
        entry = Entry(self.program.fit(item), self._abbreviations)
        self._entries[entry.id] = entry
        self._settled_for = None
        self._dirty = True

    def list_item(self, item_id: str) -> None:
        """List an item in the bibliography whether it is cited or not."""
        if item_id in self._entries:
            self._listed[item_id] = None
        else:
            self._unknown[item_id] = None
        self._dirty = True

    def unlist_item(self, item_id: str) -> None:
        """List an item in the bibliography only while it is cited."""
        self._listed.pop(item_id, None)
        self._dirty = True

    def insert(self, citation: Citation, before: str | None = None) -> None:
        """Insert a citation before another one, or at the end.

        Raises InvalidData where its id is taken, its mode or the label of a cite is one that nobody
        knows, or a cite has no id; NotFound where there is no citation ``before``.
        """
        check_citation(citation)
        if any(c.id == citation.id for c in self._citations):
            raise InvalidData(
                f"a citation {citation.id!r} is there already", hint="Document.replace changes it"
            )
        at = len(self._citations) if before is None else self._index(before)
        self._citations.insert(at, citation)
        self._dirty = True

    def replace(self, citation: Citation) -> None:
        """Put a citation in the place of the one with the same id.

        Raises NotFound where there is none, else what ``insert`` raises.
        """
        check_citation(citation)
        self._citations[self._index(citation.id)] = citation
        self._dirty = True

    def remove(self, citation_id: str) -> None:
        """Take a citation out; raises NotFound where there is none of this id."""
        del self._citations[self._index(citation_id)]
        self._shown.pop(citation_id, None)
        self._dirty = True

    def arrange(self, citations: Sequence[Citation]) -> None:
        """Give the whole document anew, in order: what a word processor does on renumbering.

        Raises InvalidData where two have one id, else what ``insert`` raises.
        """
        kept = {c.id for c in citations}
        if len(kept) < len(citations):
            twice = next(key for key, n in Counter(c.id for c in citations).items() if n > 1)
            raise InvalidData(f"two citations are called {twice!r}")
        for citation in citations:
            check_citation(citation)
        self._citations = list(citations)
        self._shown = {key: shown for key, shown in self._shown.items() if key in kept}
        self._dirty = True

    def _index(self, citation_id: str) -> int:
        for i, citation in enumerate(self._citations):
            if citation.id == citation_id:
                return i
        raise _not_found("citation", citation_id, [c.id for c in self._citations])

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations in document order."""
        return tuple(self._citations)

    # ---- results

    def changes(self) -> list[str]:
        """Settle the document; ids of the citations that are new or read differently, in order."""
        self._settle()
        clusters = [self._cluster(citation) for citation in self._citations]
        found = self._places(
            [(c.note, cites) for c, (cites, _) in zip(self._citations, clusters, strict=True)]
        )
        changed = []
        for citation, (cites, before), where in zip(self._citations, clusters, found, strict=True):
            is_old = before is not None and before.where == where
            if not is_old and self._show(citation, cites, where):
                changed.append(citation.id)
        self._touched.clear()
        self._warn()
        return changed

    def preview(
        self, citation: Citation, before: str | None = None, output: Output = "text"
    ) -> str:
        """How a citation would read, in a format, while the document stays as it is.

        It stands before another one or at the end; with the id of one that is there, in its place.
        Raises what ``insert`` raises.
        """
        citations, unknown = list(self._citations), dict(self._unknown)
        if any(c.id == citation.id for c in citations):
            self.replace(citation)
        else:
            self.insert(citation, before)
        try:
            self._settle()
            known = [self._sorted(c) for c in self._citations]
            at = self._index(citation.id)
            notes = [c.note for c in self._citations]
            where = self._places(list(zip(notes, known, strict=True)))[at]
            facts = [self._facts[str(cite.get("id"))] for cite in known[at]]
            cited = list(zip(facts, known[at], where, strict=True))
            tree = cluster(self._renderer, cited, citation.mode)
            return renderer(output)(flatten(tree, self.program.locale))
        finally:
            self._citations, self._unknown, self._dirty = citations, unknown, True
            self._settle()  # what tells names apart looks at all that are cited

    def _cluster(self, citation: Citation) -> tuple[Sequence[Cite], _Shown | None]:
        """The cites of a citation in order, and how it was shown if nothing has touched it."""
        shown = self._shown.get(citation.id)
        if (
            shown is not None
            and (shown.citation is citation or shown.says(citation))
            and shown.ids.isdisjoint(self._touched)
        ):
            return shown.cites, shown
        return self._sorted(citation), None

    def _show(self, citation: Citation, cites: Sequence[Cite], where: list[Place]) -> bool:
        """Render a citation unless it was made from the same; whether it reads differently."""
        before = self._shown.get(citation.id)
        facts = [self._facts[str(cite.get("id"))] for cite in cites]
        if before is not None and before.is_of(citation, cites, where, facts):
            before.citation = citation
            return False
        shown = self._shown[citation.id] = _Shown(citation, cites, where, facts)
        cited = list(zip(facts, cites, where, strict=True))
        shown.tree = cluster(self._renderer, cited, citation.mode)
        shown.tokens = flatten(shown.tree, self.program.locale)
        return before is None or before.tokens != shown.tokens

    def entry_changes(self) -> list[str]:
        """Ids of the entries that are new or read differently than at the last call, in order."""
        before, self._entries_shown = self._entries_shown, {}
        changed = []
        for key, tree in self.bibliography():
            shown = before.get(key)
            if shown is None or shown[0] is not tree:
                tokens = flatten(tree, self.program.locale)
                if shown is None or shown[1] != tokens:
                    changed.append(key)
                shown = (tree, tokens)
            self._entries_shown[key] = shown
        self._warn()
        return changed

    def citation(
        self, citation_id: str, output: Output = "text", *, link: CiteLink | None = None
    ) -> str:
        """A citation as the last ``changes`` left it, in a format; raises NotFound, UsageError.

        With ``link``, what each cite wrote is a link to the address that ``link`` gives for it; it
        is asked with the cite as it was given, and None makes no link.
        """
        return renderer(output)(self.tokens(citation_id, link=link))

    def runs(self, citation_id: str, output: Output = "text") -> list[Run]:
        """A citation in pieces, each with the cite that wrote it; joined, they are the citation.

        Raises NotFound, and UsageError for a format of one's own that changes figures.
        """
        return rendered_runs(self.tree(citation_id), self.program.locale, renderer(output))

    def entry(self, item_id: str, output: Output = "text") -> str:
        """An entry as the last ``entry_changes`` left it, in a format; raises NotFound."""
        shown = self._entries_shown.get(item_id)
        if shown is None:
            raise _not_found("entry", item_id, self._entries_shown)
        return renderer(output)(shown[1])

    def references(self, output: Output = "text", keep: Keep | None = None) -> References:
        """The bibliography as it reads now, or those entries of it that are wanted.

        ``keep`` is a function that is told an item, or the selectors of citeproc-js
        (``selection``). Raises UsageError for a format or selectors that nobody knows.
        """
        return make_references(self.bibliography(keep), self.program, (output,))[output]

    def _places(self, clusters: list[tuple[int, Sequence[Cite]]]) -> list[list[Place]]:
        """Where each cite stands, as far as the style wants to know."""
        program = self.program
        said = program.style.citation.options.get("near-note-distance", "")
        near = whole_number(said, _NEAR) if program.uses_near_notes else None
        return places(clusters, near, tells_notes=program.uses_first_notes)

    def cite(self, cites: Sequence[Cite], mode: str = "") -> Node:
        """The tree of a citation outside the document; cites say their position themselves."""
        self._settle()
        known = self._sorted(Citation(id="", cites=tuple(cites)))
        return cluster(
            self._renderer,
            [(self._facts[str(c.get("id"))], c, given_place(c)) for c in known],
            mode,
        )

    def tokens(self, citation_id: str, *, link: CiteLink | None = None) -> list[Token]:
        """The tokens of a citation, for any renderer; ``link`` is as in ``citation``. NotFound."""
        shown = self._as_shown(citation_id)
        if link is None:
            return shown.tokens
        return linked_tokens(shown.tree, self.program.locale, link)

    def tree(self, citation_id: str) -> Node:
        """The tree of a citation, for who wants to know where a piece came from; or NotFound."""
        return self._as_shown(citation_id).tree

    def _as_shown(self, citation_id: str) -> _Shown:
        shown = self._shown.get(citation_id)
        if shown is None:
            raise _not_found("citation", citation_id, self._shown)
        return shown

    def order(self) -> list[str]:
        """The ids of the listed and cited items, in the order of the bibliography."""
        self._settle()
        return list(self._order)

    def bibliography(
        self, keep: Keep | None = None, *, once: bool = False
    ) -> Iterator[tuple[str, Node]]:
        """(item id, tree) of every entry, in the order of the style, made one by one.

        With ``keep`` those alone that are wanted (see ``references``). Numbers are those of all.
        What is asked for ``once`` is not kept for the next time.
        """
        self._settle()
        facts = [self._facts[key] for key in self._order]
        is_wanted = keeps(keep)
        made = self._bibliography
        if is_wanted is not None:
            facts = [fact for fact in facts if is_wanted(fact.entry.data)]
            made = bibliography.Bibliography(self.program)
        return self._heard(made.entries(facts, self._renderer.levels, once=once))

    def _heard(self, entries: Iterator[tuple[str, Node]]) -> Iterator[tuple[str, Node]]:
        """The entries; what comes up while they are made is told behind the last one."""
        yield from entries
        self._warn()

    @property
    def warnings(self) -> list[Notice]:
        """What could not be used, so far: locale, unknown items and variables, wrong types."""
        told = [Notice(text, "style") for text in self.program.warnings]
        told += [
            Notice(f"no item {key!r}: it is left out", "unknown item", item=key)
            for key in self._unknown
            if key not in self._entries
        ]
        told += [
            Notice(f"two items are called {key!r}: the last counts", "item given twice", item=key)
            for key in self._twice
        ]
        if self._disambiguator is not None and self._disambiguator.is_spent:
            text = "telling cites apart took too long: some may look alike"
            told.append(Notice(text, "cites left alike"))
        told += notices.of_cites(self._citations)
        return [*told, *notices.of_items(self._entries.values())]

    def _warn(self) -> None:
        """Tell whoever listens what was not told before."""
        if self._on_warning is None:
            return
        for notice in self.warnings:
            if notice not in self._warned:
                self._warned.add(notice)
                self._on_warning(notice)

    # ---- the passes

    def _settle(self) -> None:
        """Order, numbers, disambiguation, labels: in this order, once after any edit."""
        if not self._dirty:
            return
        self._dirty = False
        cited = self._cited()
        notes = self._first_notes() if self.program.uses_first_notes else {}
        if (cited, notes) == self._settled_for:
            return  # the items are the same, and so is all that is said of them
        self._settled_for = (cited, notes)
        labels: dict[str, str] = {}
        if self.program.uses_labels:
            labels = {key: citation_label(self._entries[key]) for key in cited}
        order = self._sort_bibliography(cited, labels)
        self._order = order
        told = self._disambiguate(order, labels, notes)
        self._know(order, labels, told)

    def _know(self, order: list[str], labels: Mapping[str, str], told: Mapping[str, Told]) -> None:
        """Note what is known of each item now; the same object where nothing is new."""
        before, self._facts = self._facts, {}
        counts = self.program.uses_numbers
        for place, key in enumerate(order, 1):
            entry, number, label = self._entries[key], place if counts else 0, labels.get(key, "")
            said, fact = told.get(key, UNTOLD), before.get(key)
            if (
                fact is None
                or fact.entry is not entry
                or fact.number != number
                or fact.label != label
                or (fact.told is not said and fact.told != said)
            ):
                fact = Facts(entry=entry, number=number, label=label, told=said)
                self._touched.add(key)
            self._facts[key] = fact
        self._touched.update(before.keys() - self._facts.keys())

    def _cited(self) -> list[str]:
        """Ids of all known items in the order of their first citation, then the listed ones."""
        found: dict[str, None] = {}
        for citation in self._citations:
            for cite in citation.cites:
                key = str(cite.get("id"))
                (found if key in self._entries else self._unknown)[key] = None
        return list(found | self._listed)

    def _sort_bibliography(self, cited: list[str], labels: Mapping[str, str]) -> list[str]:
        program = self.program
        if len(cited) < 2 or not program.bibliography_keys:
            return cited
        numbers = {key: i for i, key in enumerate(cited, 1)} if program.uses_numbers else {}
        known, texts = self._sorted_by, {}
        for key in cited:
            facts = (self._entries[key], numbers.get(key, 0), labels.get(key, ""))
            found = known.get(key)
            if found is None or found[0] != facts:
                found = known[key] = (facts, self._sort_texts(*facts))
            texts[key] = found[1]
        return sort_by(cited, program.bibliography_keys, texts.__getitem__)

    def _sort_texts(self, entry: Entry, number: int, label: str) -> tuple[str, ...]:
        """What an entry is sorted by in the bibliography."""
        context = Context(
            entry=entry, in_bibliography=True, citation_number=number, label_text=label
        )
        return sort_texts(context, self.program.bibliography_keys)

    def _disambiguate(
        self, order: list[str], labels: Mapping[str, str], notes: Mapping[str, str]
    ) -> Mapping[str, Told]:
        if self._disambiguator is None:
            return {}
        entries = [self._entries[key] for key in order]
        return self._disambiguator.run(entries, labels, notes)

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

        def texts_of(cite: Cite) -> tuple[str, ...]:
            context = self._renderer.context(self._facts[str(cite.get("id"))], cite, Place())
            return sort_texts(context, keys)

        return sort_by(known, keys, texts_of)


def _not_found(kind: str, name: str, known: Iterable[str]) -> NotFound:
    return NotFound(f"there is no {kind} {name!r}", hint=did_you_mean(name, known) or None)


def _disambiguator(program: Program) -> Disambiguator | None:
    """Who tells cites apart; None where the style wants nobody to."""
    options = program.style.citation.options
    asks = any(key.startswith("disambiguate-") for key in options)
    return Disambiguator(program) if asks or program.tests_disambiguation else None
