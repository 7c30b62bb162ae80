"""Tree → tokens, with affixes, delimiters and quotes: the last pass before rendering.

Here the tree is walked, and each element says how it ended (``endings``). What happens where two
marks meet is the business of ``token_writer``. Source: CSL 1.0.2 §Affixes, §Quotes, §Locale
options; test suite ``punctuation_FullMonty*``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.endings import (
    DELIMITER,
    DIGITS,
    FIELD,
    FREE,
    FULL,
    GROUP_PREFIX,
    LEAF_PREFIX,
    NONE,
    QUOTED,
    START,
    TWINS,
    digits_ending,
    group_ending,
    leaf_ending,
)
from citekit.csl.output.scripts import has_italics
from citekit.csl.output.token_writer import TokenWriter
from citekit.csl.output.tokens import CLOSE, Open, Source
from citekit.csl.output.tree import (
    Affix,
    Cluster,
    Digits,
    Kept,
    Labelled,
    Linked,
    NamesNode,
    Node,
    Note,
    Numeral,
    Quoted,
    Rich,
    leaves,
)
from citekit.csl.style.ir import PLAIN, Look
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from citekit.csl.output.endings import Ending, Meeting
    from citekit.csl.output.tokens import Token
    from citekit.csl.output.tree import Owner
    from citekit.csl.style.ir import Font
    from citekit.csl.style.locale import Locale

    EndingOf = Callable[..., Ending]
    """How an element ends, by how what stands in it ended (``leaf_ending`` and its kin)."""


def flatten(node: Node, locale: Locale, *, sources: bool = False) -> list[Token]:
    """The tokens of a tree, ready for a renderer; with ``sources`` also where each came from.

    A comma goes into the quotes before it where the language wants that, and a full stop behind a
    question mark is left out:

    >>> from citekit.csl import Program, find_style, parse_style
    >>> english = Program(parse_style(find_style("apa").xml), "en-US").locale
    >>> title = Rich(Look(quotes=True), ["Salt"])
    >>> flatten(Node(Look(delimiter=", "), [title, "2020"]), english)
    ['“', 'Salt', ',', '”', ' ', '2020']
    >>> flatten(Node(Look(delimiter=". "), ["Why salt?", "2020"]), english)
    ['Why salt?', ' ', '2020']
    """
    writer = _TracingWriter(locale) if sources else _Writer(locale)
    writer.node(node)
    return writer.out


class Stretch:
    """Tokens that one cite wrote, from ``start`` up to ``end``: what opens there also closes."""

    __slots__ = ("end", "owner", "start")

    def __init__(self, start: int, owner: Owner) -> None:
        self.start = self.end = start
        self.owner = owner


def attribute(node: Node, locale: Locale) -> tuple[list[Token], list[Stretch]]:
    """The tokens of a citation as ``flatten`` gives them, and in order which cite wrote which."""
    writer = _AttributingWriter(locale)
    writer.node(node)
    return writer.out, writer.stretches


class _Writer(TokenWriter):
    """Walks a tree."""

    __slots__ = ("_depth", "_unquoted")

    def __init__(self, locale: Locale) -> None:
        super().__init__(locale)
        self._unquoted = False  # whether quotes="false" holds here
        self._depth = -1  # of parentheses in a note; -1 where they do not alternate

    # ---- structure

    def node(self, node: Node) -> None:
        """Write a node with everything its look adds."""
        kind = type(node)
        if kind is not Node:
            if isinstance(node, Rich):
                self._rich_node(node)
                return
            if kind is Quoted or kind is Kept:
                self._rich(node, first=True)
                return
            if kind is Linked:
                self.out.append(Open(kind="link", value=node.look.link or ""))
                self._children(node.children, node.look.delimiter)
                self.out.append(CLOSE)
                return
        look = node.look
        depth, unquoted = self._depth, self._unquoted
        self._unquoted = unquoted or look.unquoted
        if kind is Note:
            self._depth = 0
        if look.display:
            self._open_block(look.display)
        leaf = bool(node.children) and isinstance(node.children[0], str)
        if look.affixes_inside:
            self._layout(node, leaf_ending if leaf else group_ending)
        else:
            self._element(node, leaf_ending if leaf else group_ending)
        self._depth, self._unquoted = depth, unquoted
        if look.display:
            self._close_block()

    def _layout(self, node: Node, ending: EndingOf) -> None:
        """A whole citation or entry: its affixes have its font."""
        look = node.look
        fonts = self._open_fonts(look.font)
        if look.prefix:
            self._prefix(look, ending)
        self._children(node.children, look.delimiter)
        self._suffix(look, ending)
        self._close_fonts(fonts)

    def _element(self, node: Node, ending: EndingOf) -> None:
        """Any other element: affixes, inside them quotes, inside these the font."""
        look, kind = node.look, type(node)
        if look.prefix:
            self._prefix(look, ending)
        if look.quotes:
            self._open_quote()
        fonts = self._open_fonts(_slanting(node))
        if kind is NamesNode:
            self._names(node)
        else:
            self._children(node.children, look.delimiter)
        self._close_fonts(fonts)
        if look.quotes:
            self._close_quote()
        if kind is NamesNode or kind is Labelled:
            self._end = FREE
        if look.suffix or look.font is not None or self._end is not FREE:
            self._suffix(look, ending)

    def _children(self, children: Iterable[Node | str], delimiter: str) -> None:
        between = False
        for child in children:
            if between:
                if delimiter:
                    self._affix(delimiter, self._end.delimiter)
                    self._end = DELIMITER
                self._fonted = not isinstance(child, str) and child.look.font is not None
            if not isinstance(child, str):
                self.node(child)
            elif between:
                self.text(child)
            else:
                self.text(child, FIELD)
            between = True

    def _names(self, node: Node) -> None:
        """Names, which keep their affixes beside the delimiters between them."""
        between = False
        for child in node.children:
            if isinstance(child, str):
                stop = TWINS if child.startswith(".") else NONE  # "R.B.. Moe": one is enough
                self.text(child, stop if between else FIELD)
            else:
                self._fonted = self._fonted and not between
                self.node(child)
            between = True

    def _rich_node(self, node: Node) -> None:
        look = node.look
        ending: EndingOf = leaf_ending
        if isinstance(node, Numeral):
            ending = digits_ending if isinstance(node, Digits) else group_ending
        depth, unquoted = self._depth, self._unquoted
        self._unquoted = unquoted or look.unquoted
        if look.display:
            self._open_block(look.display)
        if look.link:
            self._linked(node)
        else:
            if look.prefix:
                self._prefix(look, ending)
            self._field(node)
        if look.suffix or look.font is not None:
            self._suffix(look, ending)
        elif ending is digits_ending:
            self._end = DIGITS
        self._depth, self._unquoted = depth, unquoted
        if look.display:
            self._close_block()

    def _field(self, node: Node) -> None:
        look = node.look
        if look.quotes:
            self._open_quote()
        fonts = self._open_fonts(_slanting(node))
        first = True
        for child in node.children:
            if not isinstance(child, str):
                self._rich(child, first=first)
            elif not first:
                self._raw(child)
            elif isinstance(node, Affix):
                typed = self._nested(child) if self._depth >= 0 else child
                self.text(typed, moves=self._moves and typed.startswith(". "))
            else:
                self.text(child, FIELD)
            first = False
        self._close_fonts(fonts)
        self._end = FREE
        if look.quotes:
            self._close_quote()
            self._end = QUOTED

    # ---- affixes and texts of elements

    def _prefix(self, look: Look, ending: EndingOf) -> None:
        prefix = look.prefix
        leaf = ending is leaf_ending
        if self._depth >= 0 and not leaf and "(" in prefix:
            prefix = self._nested(prefix)
        self._affix(prefix, START)
        self._end = LEAF_PREFIX if leaf else GROUP_PREFIX
        self._fonted = leaf and look.font is not None

    def _suffix(self, look: Look, ending: EndingOf) -> None:
        fonted = look.font is not None and not look.quotes
        last, stays, suffix = self._end, False, look.suffix
        if suffix:
            leaf = ending is leaf_ending
            if self._depth >= 0 and not leaf and ")" in suffix:
                suffix = self._nested(suffix)
            meeting = (TWINS if fonted else FULL) if leaf else last.group_suffix
            stays = self._affix(suffix, meeting)
            if look.quotes:
                last = FREE  # it may have moved into the quotation
        self._end = ending(last, fonted=fonted, suffixed=stays)

    def _nested(self, text: str) -> str:
        """An affix of a group with parentheses that alternate with brackets, by their depth."""
        out = []
        for letter in text:
            found = letter
            if letter == "(":
                found = "(["[self._depth % 2]
                self._depth += 1
            elif letter == ")" and self._depth > 0:
                self._depth -= 1
                found = ")]"[self._depth % 2]
            out.append(found)
        return "".join(out)

    def _affix(self, text: str, meeting: Meeting) -> bool:
        """Write a prefix, suffix or delimiter; whether anything of it stays."""
        return self.text(text, meeting, moves=self._moves)

    def _linked(self, node: Node) -> None:
        """A field inside a link; ``https://doi.org/`` before it belongs to the link's text."""
        look = node.look
        at = look.prefix.find("http")
        before, address = (look.prefix, "") if at < 0 else (look.prefix[:at], look.prefix[at:])
        if before:
            self._prefix(replace(look, prefix=before), leaf_ending)
        self.out.append(Open(kind="link", value=look.link or ""))
        if address:
            self._prefix(replace(look, prefix=address), leaf_ending)
        self._field(node)
        self.out.append(CLOSE)

    def _rich(self, node: Node, *, first: bool) -> None:
        """Markup inside a field: only its very first text meets what stands before the field."""
        quoted = isinstance(node, Quoted)
        marks = node.marks if isinstance(node, Quoted) else ("", "")
        inner = self._is_inner(marks) if quoted else None
        if inner is not None and self._unquoted:
            inner = False
        before = self._fonts
        if inner is not None:
            self._open_quote(inner=inner)
        else:
            self._raw(marks[0])
        fonts = self._open_fonts(node.look.font, flip=True)
        if isinstance(node, Kept) and node.upright:
            fonts = self._open_upright()
        for child in node.children:
            if not isinstance(child, str):
                self._rich(child, first=first)
            elif first and not quoted:
                self.text(child, FIELD)
            else:
                self._raw(child)
            first = False
        self._close_fonts(fonts)
        self._fonts = before
        if inner is not None:
            self._close_quote()
        else:
            self._raw(marks[1])


def _slanting(node: Node) -> Font | None:
    """The font of an element; without italics for text in a script that has none."""
    font = node.look.font
    is_leaf = bool(node.children) and isinstance(node.children[0], str)  # empty tags have none
    if font is None or font.style in (None, "normal") or not is_leaf:
        return font
    return font if has_italics("".join(leaves(node))) else replace(font, style=None)


class _TracingWriter(_Writer):
    """Also marks which element of the style wrote what."""

    __slots__ = ()

    def node(self, node: Node) -> None:
        """Write a node between source marks."""
        if node.look is PLAIN:
            super().node(node)
            return
        self.out.append(Source(look=node.look))
        super().node(node)
        self.out.append(CLOSE)


class _AttributingWriter(_Writer):
    """Also notes what each cite of a citation wrote."""

    __slots__ = ("_owners", "stretches")

    def __init__(self, locale: Locale) -> None:
        super().__init__(locale)
        self.stretches: list[Stretch] = []
        self._owners: Sequence[Owner] = ()  # of the children that are written next

    def node(self, node: Node) -> None:
        """Write a node; whose its children are is known of a citation only."""
        if isinstance(node, Cluster):
            self._owners = node.owners
        super().node(node)

    def _children(self, children: Iterable[Node | str], delimiter: str) -> None:
        owners, self._owners = self._owners, ()
        super()._children(self._watched(children, owners) if owners else children, delimiter)

    def _watched(
        self, children: Iterable[Node | str], owners: Sequence[Owner]
    ) -> Iterator[Node | str]:
        """The children; each is written before the next one is asked for."""
        for child, owner in zip(children, owners, strict=True):
            if owner is None:
                yield child
                continue
            stretch = Stretch(len(self.out), owner)
            self.stretches.append(stretch)
            yield child
            stretch.end = len(self.out)

    def _insert(self, at: int, text: str) -> None:
        """A mark that moves back belongs to what it moves into."""
        super()._insert(at, text)
        for stretch in self.stretches:
            stretch.start += stretch.start >= at
            stretch.end += stretch.end > at
