"""One citation: its cites rendered, collapsed, joined and wrapped in the layout.

Source: CSL 1.0.2 §Citation, §Cite Grouping, §Cite Collapsing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.csl.compiled.state import State
from citekit.csl.output.tree import Cluster, Node, Note, Rich
from citekit.csl.passes.cite import CiteRenderer, Facts, Piece
from citekit.csl.passes.collapse import collapse
from citekit.csl.style.ir import PLAIN
from citekit.csl.values.markup import parse_markup
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citekit.csl.passes.position import Place

    Cited = tuple[Facts, Mapping[str, Any], Place]
    """One cite: what is known of its item, what the citation says of it, where it stands."""

MISSING = "[CSL STYLE ERROR: reference with no printed form.]"
NOTHING_LEFT = "[NO_PRINTED_FORM]"
"""What stands for a citation whose only names are suppressed; without the layout's affixes."""


def cluster(renderer: CiteRenderer, cited: Sequence[Cited], mode: str = "") -> Cluster:
    """The tree of a whole citation; the modes are those of ``document.Citation``."""
    made: list[Piece] = []
    for i, (facts, cite, place) in enumerate(cited):
        piece = Piece(facts, cite, place, start=i == 0)
        renderer.render(piece)
        if _suppresses(piece, mode):
            renderer.render(piece, names=False)  # grouped by its names all the same
        made.append(piece)
    _show_missing(made, mode)
    if mode == "author-only" or (len(cited) == 1 and cited[0][1].get("author-only")):
        return _author(renderer, cited[0])
    joined = collapse(renderer, made)
    if mode == "composite":
        return _composite(renderer, cited)
    if not joined.parts and any(_suppresses(piece, mode) for piece in made):
        return Cluster(PLAIN, [NOTHING_LEFT], [made[0].cite])
    if not joined.parts:
        joined.add(MISSING, made[0].cite if made else None)
    style = renderer.program.style
    whole = Note if style.style_class == "note" else Cluster
    return whole(replace(style.citation.look, delimiter=""), joined.parts, joined.owners)


def _suppresses(piece: Piece, mode: str) -> bool:
    return bool(piece.cite.get("suppress-author")) or mode == "suppress-author"


def _show_missing(pieces: list[Piece], mode: str) -> None:
    """A reference that shows nothing at the head of a citation is not lost in silence."""
    if pieces and not _suppresses(pieces[0], mode) and not pieces[0].shows:
        pieces[0].body = Node(PLAIN, [MISSING])


def _author(renderer: CiteRenderer, first: Cited) -> Cluster:
    """Only the names of the first cite, for use in running text."""
    state = State(renderer.context(*first))
    body = renderer.program.cite(state)
    names = state.marks.first_names
    return Cluster(PLAIN, [body if names is None else names], [first[1]])


def _composite(renderer: CiteRenderer, cited: Sequence[Cited]) -> Cluster:
    """Names in the text, the rest in the citation: ``Doe (2000)``; a number stands alone."""
    state = State(renderer.context(*cited[0]))
    renderer.program.cite(state)
    names = state.marks.first_names
    if names is None:
        return cluster(renderer, cited)
    first, rest = cited[0][1], cluster(renderer, cited, "suppress-author")
    if rest.children == [NOTHING_LEFT]:
        return Cluster(PLAIN, [names], [first])
    infix = first.get("infix")
    between = Rich(PLAIN, parse_markup(f" {infix.strip()} " if isinstance(infix, str) else " "))
    return Cluster(PLAIN, [names, between, rest], [first, None, None])
