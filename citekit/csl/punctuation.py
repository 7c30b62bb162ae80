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

from citekit.csl.ir import PLAIN, Font, Look
from citekit.csl.tree import Affix, Kept, Node, Quoted, Rich

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    __slots__ = ("_after_quote", "_fonts", "_last", "_locale", "_moves", "_quotes", "_saved", "out")

    def __init__(self, locale: Locale) -> None:
        self.out: list[Token] = []
        self._locale = locale
        self._moves = locale.punctuation_in_quote
        self._fonts: tuple[str, ...] = _NORMAL
        self._quotes: list[bool] = []  # the open ones: whether each is an inner one
        self._last = -1  # where the last text is, -1 when nothing may collide
        self._after_quote = -1  # where the first quote closed since then is
        self._saved = (-1, -1)

    # ---- structure

    def node(self, node: Node) -> None:
        """Write a node with everything its look adds."""
        look = node.look
        if isinstance(node, Rich):
            self._rich_node(node)
            return
        if isinstance(node, (Quoted, Kept)):
            self._rich(node, first=True)
            return
        opened = 0
        if look.display:
            self._open_block(look.display)
            opened = 1
        if look.affixes_inside:
            fonts = self._open_fonts(look.font)
            self.affix(look.prefix)
            self._children(node.children, look.delimiter)
            self.affix(look.suffix)
            self._close_fonts(fonts)
        else:
            self.affix(look.prefix)
            if look.quotes:
                self._open_quote()
            fonts = self._open_fonts(look.font)
            self._children(node.children, look.delimiter)
            self._close_fonts(fonts)
            if look.quotes:
                self._close_quote()
            self.affix(look.suffix)
        if opened:
            self._close_block()

    def _children(self, children: Sequence[Node | str], delimiter: str) -> None:
        between = False
        for child in children:
            if delimiter and between:
                self.affix(delimiter)
            between = True
            if isinstance(child, str):
                self.text(child)
            else:
                self.node(child)

    def _rich_node(self, node: Node) -> None:
        look = node.look
        if look.display:
            self._open_block(look.display)
        if look.link:
            self._linked(node)
        else:
            self.affix(look.prefix)
            self._field(node)
            self.affix(look.suffix)
        if look.display:
            self._close_block()

    def _field(self, node: Node) -> None:
        look = node.look
        if look.quotes:
            self._open_quote()
        fonts = self._open_fonts(look.font)
        first = True
        for child in node.children:
            if isinstance(child, str):
                if first:
                    self.text(child, moves=self._moves and isinstance(node, Affix))
                else:
                    self._raw(child)
            else:
                self._rich(child, first=first)
            first = False
        self._close_fonts(fonts)
        if look.quotes:
            self._close_quote()

    def _linked(self, node: Node) -> None:
        look = node.look
        whole = look.prefix.startswith("http")  # https://doi.org/ belongs to the link's text
        if not whole:
            self.affix(look.prefix)
        self.out.append(Open("link", look.link or ""))
        if whole:
            self.affix(look.prefix)
        self._field(node)
        self.out.append(CLOSE)
        self.affix(look.suffix)

    def _rich(self, node: Node, *, first: bool) -> None:
        """Markup inside a field: only its very first text meets what stands before the field."""
        quoted = isinstance(node, Quoted)
        marks = node.marks if isinstance(node, Quoted) else ("", "")
        inner = self._is_inner(marks) if quoted else None
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
                self.text(child)
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
        self.out.append(Open("display", display))
        self._forget()

    def _close_block(self) -> None:
        self.out.append(CLOSE)
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

    def affix(self, text: str) -> None:
        """Write a prefix, suffix or delimiter."""
        if text:
            self.text(text, moves=self._moves)

    def text(self, text: str, *, moves: bool = False) -> None:
        """Write text that may collide with what stands before it; affixes may also move."""
        last = self._last
        if last >= 0 and text:
            first = text[0]
            before = self.out[last]
            if first in _SPACES:
                if self._after_quote < 0 and before[-1:] in _SPACES:  # type: ignore[index]  # a text
                    text = text[1:]
            elif first in _MARKS:
                text = self._collide(text, moves=moves)
        self._raw(text)

    def _collide(self, text: str, *, moves: bool) -> str:
        """What is left of a text that starts with a mark."""
        first = text[0]
        before = str(self.out[self._last])
        pair = before[-1] + first
        if pair in _LOSES:
            return text[1:]
        if pair in _YIELDS:
            self.out[self._last] = before[:-1]
            if len(before) == 1:
                self._last, self._after_quote = self._saved
        if moves and self._after_quote >= 0 and first in _MOVABLE:
            self.out.insert(self._after_quote, first)
            self._last = self._after_quote
            self._after_quote += 1
            return text[1:]
        return text

    def _raw(self, text: str) -> None:
        if not text:
            return
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
