"""One cite of a citation, and what a document knows of its item."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from citekit.csl.compiled.state import NO_HINTS, Hints
from citekit.csl.output.tree import Affix, Node
from citekit.csl.style.ir import PLAIN
from citekit.csl.values.markup import parse_markup

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.csl.passes.position import Place
    from citekit.csl.values.entry import Entry

UNASKED = "\0"
_STARTS_WORD = re.compile(r"[^\W_]")
_ENDS_WORD = re.compile(r"[^\W_]$")


class Facts:
    """What a document knows of one item when its cites are rendered."""

    __slots__ = ("entry", "hints", "label", "levels", "number", "year_text")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.hints: Hints = NO_HINTS
        self.levels: tuple[int, ...] = ()  # what a rule for all names decided for its names
        self.number = 0
        self.label = ""
        self.year_text = ""


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
    def shows(self) -> bool:
        """Whether anything of it is shown."""
        return bool(self.body.children or self.prefix or self.suffix)

    @property
    def is_bare(self) -> bool:
        """Whether nothing but the item itself is shown."""
        return not (self.prefix or self.suffix or self.cite.get("locator"))


def wrapped(piece: Piece, body: Node | None = None) -> Node:
    """The body of a cite, or what stands for it, between the cite's own prefix and suffix."""
    body = piece.body if body is None else body
    if not (piece.prefix or piece.suffix):
        return body
    children: list[Node | str] = [body]
    if piece.prefix:
        space = " " if _ENDS_WORD.search(piece.prefix) else ""
        children.insert(0, Affix(PLAIN, parse_markup(piece.prefix + space)))
    if piece.suffix:
        space = " " if _STARTS_WORD.match(piece.suffix) else ""
        children.append(Affix(PLAIN, parse_markup(space + piece.suffix)))
    return Node(PLAIN, children)


def _affix(value: object) -> str:
    return value if isinstance(value, str) else ""
