"""One citation: its cites rendered, collapsed, joined and wrapped in the layout.

Source: CSL 1.0.2 §Citation, §Cite Grouping, §Cite Collapsing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from citekit.csl.collapse import collapse
from citekit.csl.ir import PLAIN
from citekit.csl.locators import read_locator
from citekit.csl.markup import parse_markup
from citekit.csl.piece import UNASKED, Facts, Piece
from citekit.csl.scope import Scope
from citekit.csl.sort import plain_text
from citekit.csl.tree import NamesNode, Node, Note, Rich, comes_from_item, find
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.csl.disambiguate import Levels
    from citekit.csl.position import Place
    from citekit.csl.program import Program

MISSING = "[CSL STYLE ERROR: reference with no printed form.]"
NOTHING_LEFT = "[NO_PRINTED_FORM]"
"""What stands for a citation whose only names are suppressed; without the layout's affixes."""
_ENDS_SENTENCE = re.compile(r"[.!?][\"'”’)]*\s*$")


def _names_of(scope: Scope) -> str:
    """By which text a cite is grouped with others; see ``Piece.names``."""
    first = scope.first_names
    if first is None:
        return "" if scope.found_no_names else UNASKED
    if find(first, NamesNode) is not None:
        return plain_text([first])
    return f"{UNASKED}{scope.entry.id}" if comes_from_item(first) else ""


def _suppresses(piece: Piece, mode: str) -> bool:
    return bool(piece.cite.get("suppress-author")) or mode == "suppress-author"


class Renderer:
    """Renders cites of one program with the facts of one document."""

    def __init__(self, program: Program, levels: Levels | None) -> None:
        self.program = program
        self.levels = levels

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
            scope.locator, scope.locator_label = read_locator(str(locator), cite.get("label"))
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
            piece.names = _names_of(scope)
            piece.texts = scope.texts > 0 or scope.later_names is not None

    def cluster(self, pieces: list[tuple[Facts, Mapping[str, Any], Place]], mode: str = "") -> Node:
        """The tree of a whole citation; the modes are those of ``document.Citation``."""
        made: list[Piece] = []
        for i, (facts, cite, place) in enumerate(pieces):
            piece = Piece(facts, cite, place, start=i == 0)
            self.render(piece)
            if _suppresses(piece, mode):
                self.render(piece, names=False)  # grouped by its names all the same
            made.append(piece)
        self._show_missing(made, mode)
        if mode == "author-only" or (len(pieces) == 1 and pieces[0][1].get("author-only")):
            return self._author(pieces)
        children = collapse(self, made)
        if mode == "composite":
            return self._composite(pieces)
        if not children and any(_suppresses(piece, mode) for piece in made):
            return Node(PLAIN, [NOTHING_LEFT])
        whole = Note if self.program.style.style_class == "note" else Node
        look = replace(self.program.style.citation.look, delimiter="")
        return whole(look, children or [MISSING])

    def _show_missing(self, pieces: list[Piece], mode: str) -> None:
        """A reference that shows nothing at the head of a citation is not lost in silence."""
        if pieces and not _suppresses(pieces[0], mode) and not pieces[0].shows:
            pieces[0].body = Node(PLAIN, [MISSING])

    def _author(self, pieces: list[tuple[Facts, Mapping[str, Any], Place]]) -> Node:
        """Only the names of the first cite, for use in running text."""
        facts, cite, place = pieces[0]
        scope = self.scope(facts, cite, place)
        body = self.program.cite(scope)
        return Node(PLAIN, [scope.first_names if scope.first_names is not None else body])

    def _composite(self, pieces: list[tuple[Facts, Mapping[str, Any], Place]]) -> Node:
        """Names in the text, the rest in the citation: ``Doe (2000)``; a number stands alone."""
        facts, cite, place = pieces[0]
        scope = self.scope(facts, cite, place)
        self.program.cite(scope)
        if scope.first_names is None:
            return self.cluster(pieces)
        rest = self.cluster(pieces, "suppress-author")
        if rest.children == [NOTHING_LEFT]:
            return scope.first_names
        infix = cite.get("infix")
        between = Rich(PLAIN, parse_markup(f" {infix.strip()} " if isinstance(infix, str) else " "))
        return Node(PLAIN, [scope.first_names, between, rest])
