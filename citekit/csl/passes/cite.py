"""One cite: what a document knows of its item, how it is rendered, and what stands around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from citekit.csl.compiled.state import Context, State
from citekit.csl.output.tree import (
    Affix,
    NamesNode,
    Node,
    comes_from_item,
    find,
    plain_text,
)
from citekit.csl.passes.disambiguate import UNTOLD, Told, letters
from citekit.csl.style.ir import PLAIN
from citekit.csl.values.abbreviations import NUMBERS
from citekit.csl.values.entry import MAX_TEXT, Entry
from citekit.csl.values.locators import read_locator
from citekit.csl.values.markup import parse_markup
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.csl.compiled.program import Program
    from citekit.csl.compiled.state import Hints, Levels
    from citekit.csl.passes.position import Place

UNASKED = "\0"
# strings: what few items need is compiled when it is needed, since start-up counts
_STARTS_WORD = r"[^\W_]"
_ENDS_WORD = r"[^\W_]$"
_ENDS_SENTENCE = r"[.!?][\"'”’)]*\s*$"


class Facts(Value):
    """What a document knows of one item when its cites are rendered."""

    entry: Entry
    number: int
    label: str
    told: Told = UNTOLD

    @property
    def hints(self) -> Hints:
        """What disambiguation decided for it."""
        return self.told.hints

    @property
    def year_text(self) -> str:
        """Its year suffix, in letters."""
        return letters(self.told.hints.year_suffix)


class Piece:
    """A cite of a cluster while it is collapsed.

    ``names`` is the text of its first names, empty where there were none or only a term such as
    "anon."; it starts with ``UNASKED`` where the style asks for none, or puts a title there.
    """

    __slots__ = ("body", "cite", "collapsed", "facts", "names", "place", "prefix", "start",
                 "suffix", "texts", "years")  # fmt: skip

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
        self.texts = False  # whether it asks for texts, or names beyond the first
        self.collapsed = False

    @property
    def in_sentence(self) -> bool:
        """Whether text stands before it that ends no sentence."""
        if self.prefix:
            return not (re.search(_ENDS_SENTENCE, self.prefix) and " " in self.prefix.strip())
        return not self.start

    @property
    def shows(self) -> bool:
        """Whether anything of it is shown."""
        return bool(self.body.children or self.prefix or self.suffix)

    @property
    def is_bare(self) -> bool:
        """Whether nothing but the item itself is shown."""
        return not (self.prefix or self.suffix or self.cite.get("locator"))


class CiteRenderer:
    """Renders cites of one program with the facts of one document."""

    def __init__(self, program: Program, levels: Levels | None) -> None:
        self.program = program
        self.levels = levels

    def context(
        self,
        facts: Facts,
        cite: Mapping[str, Any],
        place: Place,
        *,
        skips_names: bool = False,
        in_sentence: bool = False,
    ) -> Context:
        """What is given for a cite."""
        text, label = "", "page"
        locator = cite.get("locator")
        if locator is not None and not isinstance(locator, (dict, list)):
            text, label = read_locator(str(locator)[:MAX_TEXT], cite.get("label"))
            text = facts.entry.short(NUMBERS, text) or text
        return Context(
            entry=facts.entry,
            hints=facts.hints,
            levels=self.levels,
            citation_number=facts.number,
            label_text=facts.label,
            year_text=facts.year_text,
            position=place.position,
            near_note=place.near_note,
            first_note=str(place.first_note or ""),
            locator=text,
            locator_label=label,
            skips_names=skips_names,
            in_sentence=in_sentence,
        )

    def render(self, piece: Piece, *, names: bool = True) -> None:
        """Render the body of a piece, perhaps without its first names."""
        context = self.context(
            piece.facts,
            piece.cite,
            piece.place,
            skips_names=not names,
            in_sentence=piece.in_sentence,
        )
        state = State(context)
        piece.body = self.program.cite(state)
        piece.years = state.marks.years
        if names:
            piece.names = _names_of(state)
            piece.texts = state.used.texts > 0 or state.marks.later_names is not None


def _names_of(state: State) -> str:
    """By which text a cite is grouped with others; see ``Piece.names``."""
    first = state.marks.first_names
    if first is None:
        return "" if state.marks.lacks_names else UNASKED
    if find(first, NamesNode) is not None:
        return plain_text([first])
    return f"{UNASKED}{state.context.entry.id}" if comes_from_item(first) else ""


def wrapped(piece: Piece, body: Node | None = None) -> Node:
    """The body of a cite, or what stands for it, between the cite's own prefix and suffix."""
    body = piece.body if body is None else body
    if not (piece.prefix or piece.suffix):
        return body
    children: list[Node | str] = [body]
    if piece.prefix:
        space = " " if re.search(_ENDS_WORD, piece.prefix) else ""
        children.insert(0, Affix(PLAIN, parse_markup(piece.prefix + space)))
    if piece.suffix:
        space = " " if re.match(_STARTS_WORD, piece.suffix) else ""
        children.append(Affix(PLAIN, parse_markup(space + piece.suffix)))
    return Node(PLAIN, children)


def _affix(value: object) -> str:
    return value[:MAX_TEXT] if isinstance(value, str) else ""
