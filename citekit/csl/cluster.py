"""One citation: its cites rendered, collapsed, joined and wrapped in the layout.

Source: CSL 1.0.2 §Citation, §Cite Grouping, §Cite Collapsing.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from citekit.csl.collapse import collapse
from citekit.csl.ir import PLAIN
from citekit.csl.locators import read_locator
from citekit.csl.markup import parse_markup
from citekit.csl.scope import NO_HINTS, Hints, Scope
from citekit.csl.sort import plain_text
from citekit.csl.tree import Node, Rich

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.csl.disambiguate import Levels
    from citekit.csl.entry import Entry
    from citekit.csl.position import Place
    from citekit.csl.program import Program

MISSING = "[CSL STYLE ERROR: reference with no printed form.]"
_STARTS_WORD = re.compile(r"[^\W_]")
_ENDS_WORD = re.compile(r"[^\W_]$")
_ENDS_SENTENCE = re.compile(r"[.!?][\"'”’)]*\s*$")


class Facts:
    """What a document knows of one item when its cites are rendered."""

    __slots__ = ("entry", "hints", "label", "number", "year_text")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.hints: Hints = NO_HINTS
        self.number = 0
        self.label = ""
        self.year_text = ""


class Piece:
    """A cite of a cluster while it is collapsed."""

    __slots__ = ("body", "cite", "facts", "names", "place", "prefix", "start", "suffix", "years")

    def __init__(self, facts: Facts, cite: Mapping[str, Any], place: Place, *, start: bool) -> None:
        self.facts = facts
        self.cite = cite
        self.place = place
        self.prefix = _affix(cite.get("prefix"))
        self.suffix = _affix(cite.get("suffix"))
        self.start = start  # whether it stands at the start of the citation
        self.body = Node(PLAIN, ())
        self.names = ""
        self.years: list[Node] = []

    @property
    def is_bare(self) -> bool:
        return not (self.prefix or self.suffix or self.cite.get("locator"))


class Renderer:
    """Renders cites of one program with the facts of one document."""

    def __init__(self, program: Program, levels: Levels | None) -> None:
        self.program = program
        self.levels = levels

    def book_levels(self, entry: Entry) -> object:
        """What a rule for all names says of this item's names: part of what its cites depend on."""
        return None if self.levels is None else id(self.levels)

    def scope(self, facts: Facts, cite: Mapping[str, Any], place: Place) -> Scope:
        """The scope of a cite."""
        scope = Scope(facts.entry, facts.hints)
        scope.cite = cite
        scope.levels = self.levels
        scope.citation_number = facts.number
        scope.label_text = facts.label
        scope.year_text = facts.year_text
        scope.position = place.position
        scope.near_note = place.near_note
        scope.first_note = str(place.first_note) if place.first_note else ""
        locator = cite.get("locator")
        if locator is not None and not isinstance(locator, (dict, list)):
            scope.locator, scope.locator_label = read_locator(
                str(locator), cite.get("label"), self.program.locale
            )
        return scope

    def render(self, piece: Piece, *, names: bool = True) -> None:
        """Render the body of a piece, perhaps without its first names."""
        scope = self.scope(piece.facts, piece.cite, piece.place)
        scope.skip_names = not names
        if piece.prefix:
            scope.started = not (
                _ENDS_SENTENCE.search(piece.prefix) and " " in piece.prefix.strip()
            )
        else:
            scope.started = not piece.start
        piece.body = self.program.cite(scope)
        piece.years = scope.year_nodes
        if names:
            first = scope.first_names
            piece.names = "" if first is None else plain_text([first])

    def cluster(
        self, pieces: list[tuple[Facts, Mapping[str, Any], Place]], mode: str = ""
    ) -> Node:
        """The tree of a whole citation; ``mode`` is ``author-only``, ``suppress-author``, …"""
        made: list[Piece] = []
        for i, (facts, cite, place) in enumerate(pieces):
            piece = Piece(facts, cite, place, start=i == 0)
            suppress = bool(cite.get("suppress-author")) or mode == "suppress-author"
            self.render(piece, names=not suppress)
            made.append(piece)
        if mode == "author-only" or (len(pieces) == 1 and pieces[0][1].get("author-only")):
            return self._author(pieces)
        children = collapse(self, made)
        if mode == "composite":
            return self._composite(pieces)
        if not children:
            return Node(PLAIN, [MISSING])
        return Node(replace(self.program.style.citation.look, delimiter=""), children)

    def _author(self, pieces: list[tuple[Facts, Mapping[str, Any], Place]]) -> Node:
        """Only the names of the first cite, for use in running text."""
        facts, cite, place = pieces[0]
        scope = self.scope(facts, cite, place)
        body = self.program.cite(scope)
        return Node(PLAIN, [scope.first_names if scope.first_names is not None else body])

    def _composite(self, pieces: list[tuple[Facts, Mapping[str, Any], Place]]) -> Node:
        """Names in the text, the rest in the citation: ``Doe (2000)``."""
        infix = pieces[0][1].get("infix")
        between = Rich(PLAIN, parse_markup(f" {infix.strip()} " if isinstance(infix, str) else " "))
        return Node(PLAIN, [self._author(pieces), between, self.cluster(pieces, "suppress-author")])


def wrapped(piece: Piece) -> Node:
    """The body of a cite between its own prefix and suffix."""
    if not (piece.prefix or piece.suffix):
        return piece.body
    children: list[Node | str] = [piece.body]
    if piece.prefix:
        space = " " if _ENDS_WORD.search(piece.prefix) else ""
        children.insert(0, Rich(PLAIN, parse_markup(piece.prefix + space)))
    if piece.suffix:
        space = " " if _STARTS_WORD.match(piece.suffix) else ""
        children.append(Rich(PLAIN, parse_markup(space + piece.suffix)))
    return Node(PLAIN, children)


def _affix(value: object) -> str:
    return value if isinstance(value, str) else ""
