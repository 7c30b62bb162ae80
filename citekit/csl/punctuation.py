"""Tree → a flat run of texts and marks, where neighbouring punctuation settles its quarrels.

This is the last pass before rendering. It adds affixes, delimiters and quotation marks, alternates
quotes and fonts that are nested in themselves, lets one of two colliding marks win, and moves
commas and full stops into closing quotes where the locale wants that. Punctuation inside one field
is the author's and stays. Source: CSL 1.0.2 §Affixes, §Quotes, §Locale options; test suite
``punctuation_FullMonty*``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.csl.endings import (
    DELIMITER,
    FIELD,
    FREE,
    FULL,
    GROUP_PREFIX,
    LEAF_PREFIX,
    NONE,
    QUOTED,
    START,
    SWAP,
    TWINS,
    group_ending,
    leaf_ending,
    number_ending,
)
from citekit.csl.ir import PLAIN, Font, Look
from citekit.csl.tree import (
    Affix,
    Kept,
    Labelled,
    NamesNode,
    Node,
    Note,
    Numeral,
    Quoted,
    Rich,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from citekit.csl.endings import Ending, Meeting
    from citekit.csl.locale import Locale


class Open:
    """The start of a font change, a block or a link: one of FONT_KINDS, display, link."""

    __slots__ = ("kind", "value")

    def __init__(self, kind: str, value: str) -> None:
        self.kind = kind
        self.value = value


class Source(Open):
    """The start of what one element of the style wrote; only in flattening for explanations."""

    __slots__ = ("look",)

    def __init__(self, look: Look) -> None:
        super().__init__("source", "")
        self.look = look


class Close:
    """The end of the innermost open mark."""

    __slots__ = ()


CLOSE = Close()
Token = str | Open | Close

FONT_KINDS = ("font-style", "font-variant", "font-weight", "text-decoration", "vertical-align")
_NORMAL = ("normal", "normal", "normal", "none", "baseline")
_DOUBLE, _SINGLE = ('"', '"'), ("'", "'")
_MARKS = frozenset(".,;:!?")
_SPACES = (" ", "\u00a0")
_MOVABLE = frozenset(".,!?")
_LOSES = frozenset([*(c + c for c in ".,;:!?"), ":.", ";.", "!.", "?.", ";:", "!:", "?:"])
"""The second mark of these pairs disappears."""
_YIELDS = frozenset([":!", ":?", ";!", ";?"])
"""The first mark of these pairs gives way to the second."""
_STAYS = frozenset([";:", "!:", "?:"])
"""These pairs stay where a quoted field ends between them."""
_SUPERSCRIPTS = re.compile(
    r"[ªº²³¹\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d78\u1d9b-\u1dbf\u2070-\u209c\u2120\u2122\u3192-\u319f\u02c0\u02c1\u06e5\u06e6]+"
)
_UNRAISED = {"ˀ": "ʔ", "ˁ": "ʕ", "ۥ": "و", "ۦ": "ي"}  # raised letters that Unicode says nothing of
_OPENS = {
    (kind, value): Open(kind, value)
    for kind, values in zip(
        FONT_KINDS,
        (("italic", "oblique", "normal"), ("small-caps", "normal"), ("bold", "light", "normal"),
         ("underline", "none"), ("sup", "sub", "baseline")),
        strict=True,
    )
    for value in values
}  # fmt: skip


def flatten(node: Node, locale: Locale, *, sources: bool = False) -> list[Token]:
    """The tokens of a tree, ready for a renderer; with ``sources`` also where each came from."""
    writer = _TracingWriter(locale) if sources else _Writer(locale)
    writer.node(node)
    return writer.out


def text_of(node: Node, locale: Locale) -> str:
    """The text of a tree without any formatting."""
    return "".join([token for token in flatten(node, locale) if isinstance(token, str)])


class _Writer:
    __slots__ = ("_after_quote", "_bound_at", "_depth", "_end", "_fonted", "_fonts", "_last",
                 "_locale", "_moves", "_quotes", "_saved", "_unquoted", "out")  # fmt: skip

    def __init__(self, locale: Locale) -> None:
        self.out: list[Token] = []
        self._locale = locale
        self._moves = locale.punctuation_in_quote
        self._fonts: tuple[str, ...] = _NORMAL
        self._quotes: list[bool] = []  # the open ones: whether each is an inner one
        self._last = -1  # where the last text is, -1 when nothing may collide
        self._after_quote = -1  # where the first quote closed since then is
        self._saved = (-1, -1)
        self._unquoted = False  # whether quotes="false" holds here
        self._depth = -1  # of parentheses in a note; -1 where they do not alternate
        self._bound_at = -1  # where the last block begins or ends, until text follows
        self._end = FREE  # how the element before ended
        self._fonted = False  # whether the sibling that starts here has a font of its own

    # ---- structure

    def node(self, node: Node) -> None:
        """Write a node with everything its look adds."""
        look, kind = node.look, type(node)
        if kind is not Node:
            if isinstance(node, Rich):
                self._rich_node(node)
                return
            if kind is Quoted or kind is Kept:
                self._rich(node, first=True)
                return
        leaf = bool(node.children) and isinstance(node.children[0], str)
        ending = leaf_ending if leaf else group_ending
        depth, unquoted = self._depth, self._unquoted
        self._unquoted = unquoted or look.unquoted
        if kind is Note:
            self._depth = 0
        if look.display:
            self._open_block(look.display)
        if look.affixes_inside:
            fonts = self._open_fonts(look.font)
            if look.prefix:
                self._prefix(look, ending)
            self._children(node.children, look.delimiter)
            self._suffix(look, ending)
            self._close_fonts(fonts)
        else:
            if look.prefix:
                self._prefix(look, ending)
            if look.quotes:
                self._open_quote()
            fonts = self._open_fonts(look.font)
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
        self._depth, self._unquoted = depth, unquoted
        if look.display:
            self._close_block()

    def _children(self, children: Sequence[Node | str], delimiter: str) -> None:
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
                self.text(child, NONE if between else FIELD)
            else:
                self._fonted = self._fonted and not between
                self.node(child)
            between = True

    def _rich_node(self, node: Node) -> None:
        look = node.look
        ending = number_ending if isinstance(node, Numeral) else leaf_ending
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
        self._depth, self._unquoted = depth, unquoted
        if look.display:
            self._close_block()

    def _field(self, node: Node) -> None:
        look = node.look
        if look.quotes:
            self._open_quote()
        fonts = self._open_fonts(look.font)
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

    def _prefix(self, look: Look, ending: Callable[..., Ending]) -> None:
        prefix = look.prefix
        leaf = ending is leaf_ending
        if self._depth >= 0 and not leaf and "(" in prefix:
            prefix = self._nested(prefix)
        self._affix(prefix, START)
        self._end = LEAF_PREFIX if leaf else GROUP_PREFIX
        self._fonted = leaf and look.font is not None

    def _suffix(self, look: Look, ending: Callable[..., Ending]) -> None:
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

    def _meeting(self) -> Meeting:
        """How the element that starts here meets the one before."""
        return self._end.fonted_start if self._fonted else self._end.start

    def _affix(self, text: str, meeting: Meeting) -> bool:
        """Write a prefix, suffix or delimiter; whether anything of it stays."""
        return self.text(text, meeting, moves=self._moves)

    def _linked(self, node: Node) -> None:
        look = node.look
        whole = look.prefix.startswith("http")  # https://doi.org/ belongs to the link's text
        if look.prefix and not whole:
            self._prefix(look, leaf_ending)
        self.out.append(Open("link", look.link or ""))
        if whole:
            self._prefix(look, leaf_ending)
        self._field(node)
        self.out.append(CLOSE)
        self._suffix(look, leaf_ending)

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

    # ---- fonts

    def _open_fonts(self, font: Font | None, *, flip: bool = False) -> tuple[str, ...] | None:
        """Open what differs from the surrounding fonts; markup in a field flips instead."""
        if font is None:
            return None
        before = self._fonts
        wanted = list(before)
        asked = (font.style, font.variant, font.weight, font.decoration, font.align)
        for i in (4, 3, 2, 1, 0):  # italics innermost
            value = asked[i]
            if value is None:
                continue
            if value == before[i]:
                if not flip or i == 4:
                    continue
                value = _NORMAL[i]
            wanted[i] = value
            self.out.append(_OPENS.get((FONT_KINDS[i], value)) or Open(FONT_KINDS[i], value))
        self._fonts = tuple(wanted)
        return before

    def _open_upright(self) -> tuple[str, ...]:
        before = self._fonts
        for i, value in enumerate(before):
            if value != _NORMAL[i]:
                self.out.append(_OPENS[FONT_KINDS[i], _NORMAL[i]])
        self._fonts = _NORMAL
        return before

    def _close_fonts(self, before: tuple[str, ...] | None) -> None:
        if before is None or before is self._fonts:
            return
        for one, other in zip(before, self._fonts, strict=True):
            if one != other:
                self.out.append(CLOSE)
        self._fonts = before

    # ---- blocks and quotes

    def _open_block(self, display: str) -> None:
        self._bound()
        self.out.append(Open("display", display))

    def _close_block(self) -> None:
        self._bound()
        self.out.append(CLOSE)

    def _bound(self) -> None:
        """Nothing collides across the bound of a block, but a mark cannot begin the next one."""
        if self._last >= 0:
            self._bound_at = len(self.out)
        self._forget()

    def _forget(self) -> None:
        self._last = self._after_quote = -1
        self._saved = (-1, -1)

    def _is_inner(self, marks: tuple[str, str]) -> bool | None:
        """Whether typed quotes are inner ones; None for those of another language."""
        locale = self._locale
        if marks in (_DOUBLE, (locale.open_quote, locale.close_quote)):
            return False
        if marks in (_SINGLE, (locale.open_inner, locale.close_inner)):
            return True
        return None

    def _open_quote(self, *, inner: bool = False) -> None:
        """Open quotes of the locale; inside others they alternate."""
        if self._quotes:
            inner = not self._quotes[-1]
        locale = self._locale
        self._raw(locale.open_inner if inner else locale.open_quote)
        self._quotes.append(inner)
        self._forget()

    def _close_quote(self) -> None:
        locale = self._locale
        if self._after_quote < 0 and self._last >= 0:
            self._after_quote = len(self.out)
        self.out.append(locale.close_inner if self._quotes.pop() else locale.close_quote)

    # ---- text

    def text(self, text: str, meeting: Meeting = FULL, *, moves: bool = False) -> bool:
        """Write text that may collide with what stands before it; affixes may also move.

        Whether anything stays where it was written.
        """
        last = self._last
        if last >= 0 and text:
            first = text[0]
            if first in _SPACES:
                before = self.out[last]
                if self._after_quote < 0 and before[-1:] in _SPACES:  # type: ignore[index]  # a text
                    text = text[1:]
            elif first in _MARKS:
                text = self._collide(text, meeting, moves=moves)
        elif self._bound_at >= 0 and text[:1] in _MARKS and text:
            text = self._pull_back(text)
        self._raw(text)
        self._end = FREE
        return bool(text)

    def _collide(self, text: str, meeting: Meeting, *, moves: bool) -> str:
        """What is left of a text that starts with a mark."""
        first = text[0]
        before = str(self.out[self._last])
        pair = before[-1] + first
        if meeting == FIELD and first == ",":
            meeting = NONE  # a comma that a field starts with is never a repeated one
        elif meeting < 0:
            meeting = self._meeting()
        if self._after_quote >= 0:
            if self._end is QUOTED and pair in _STAYS:
                return text
            meeting = FULL if meeting == TWINS else meeting
        if meeting == FULL or (meeting and before[-1] == first):
            if pair in _LOSES:
                return text[1:]
            if pair in _YIELDS:
                self.out[self._last] = before[:-1]
                if len(before) == 1:
                    self._last, self._after_quote = self._saved
        elif meeting == SWAP and (pair in _LOSES or pair in _YIELDS):
            self.out[self._last] = before[:-1] + _settled(first, before[-1])
            return text[1:]
        if moves and meeting and self._after_quote >= 0 and first in _MOVABLE:
            self.out.insert(self._after_quote, first)
            self._last = self._after_quote
            self._after_quote += 1
            return text[1:]
        return text

    def _pull_back(self, text: str) -> str:
        """The text without its first mark, which ends the block before."""
        before = self.out[self._bound_at - 1]
        if not (isinstance(before, str) and before[-1] + text[0] in _LOSES):
            self.out.insert(self._bound_at, text[0])
        return text[1:].lstrip()

    def _raw(self, text: str) -> None:
        if not text:
            return
        self._bound_at = -1
        if not text.isascii() and _SUPERSCRIPTS.search(text):
            text = self._raise(text)
            if not text:
                return
        self._saved = (self._last, self._after_quote)
        self._last = len(self.out)
        self._after_quote = -1
        self.out.append(text)

    def _raise(self, text: str) -> str:
        """Write raised and lowered letters as such; the rest comes back."""
        import unicodedata

        at = 0
        for match in _SUPERSCRIPTS.finditer(text):
            if match.start() > at:
                self.out.append(text[at : match.start()])
            at = match.end()
            for letter in match[0]:
                lowered = unicodedata.decomposition(letter).startswith("<sub>")
                plain = _UNRAISED.get(letter) or unicodedata.normalize("NFKC", letter)
                if plain == letter:
                    self.out.append(letter)
                else:
                    mark = _OPENS["vertical-align", "sub" if lowered else "sup"]
                    self.out += [mark, plain, CLOSE]
        self._forget()
        return text[at:]


def _settled(first: str, second: str) -> str:
    """What is left of two marks in a row."""
    pair = first + second
    return first if pair in _LOSES else second if pair in _YIELDS else pair


class _TracingWriter(_Writer):
    """Also marks which element of the style wrote what."""

    __slots__ = ()

    def node(self, node: Node) -> None:
        """Write a node between source marks."""
        if node.look is PLAIN:
            super().node(node)
            return
        self.out.append(Source(node.look))
        super().node(node)
        self.out.append(CLOSE)
