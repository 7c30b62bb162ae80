"""Tokens that are written one behind the other, and what becomes of marks that meet.

- Of two marks that collide one stays: ``?`` and ``.`` give ``?``, ``:`` and ``?`` give ``?``.
- A comma or full stop moves into closing quotes where the locale wants that.
- Fonts and quotes inside their like alternate: italics in italics are upright.
- Nothing collides across the bound of a block, and punctuation inside one field is the author's.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from citekit.csl.output.endings import FIELD, FREE, FULL, NONE, QUOTED, SWAP, TWINS
from citekit.csl.output.tokens import CLOSE, FONT_KINDS, OPENS, Open

if TYPE_CHECKING:
    from citekit.csl.output.endings import Ending, Meeting
    from citekit.csl.output.tokens import Token
    from citekit.csl.style.ir import Font
    from citekit.csl.style.locale import Locale

_NORMAL = ("normal", "normal", "normal", "none", "baseline")
_DOUBLE, _SINGLE = ('"', '"'), ("'", "'")
_MARKS = frozenset(".,;:!?")
_MARKS_AND_SPACE = ".,;:!? "
_SPACES = (" ", "\u00a0")
_MOVABLE = frozenset(".,!?")
_LOSES = frozenset([*(c + c for c in ".,;:!?"), ":.", ";.", "!.", "?.", ";:", "!:", "?:"])
"""The second mark of these pairs disappears."""
_YIELDS = frozenset([":!", ":?", ";!", ";?"])
"""The first mark of these pairs gives way to the second."""
_STAYS = frozenset([";:", "!:", "?:"])
"""These pairs stay where a quoted field ends between them."""
_SUPERSCRIPTS = (  # a string, compiled with the first text outside ASCII: start-up counts
    r"[ªº²³¹\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d78\u1d9b-\u1dbf\u2070-\u209c\u2120\u2122\u3192-\u319f\u02c0\u02c1\u06e5\u06e6]+"
)
_UNRAISED = {"ˀ": "ʔ", "ˁ": "ʕ", "ۥ": "و", "ۦ": "ي"}  # raised letters that Unicode says nothing of


class TokenWriter:
    """What has been written, and what the next text may meet."""

    __slots__ = ("_after_quote", "_bound_at", "_end", "_fonted", "_fonts", "_last", "_locale",
                 "_moves", "_quotes", "_saved", "out")  # fmt: skip

    def __init__(self, locale: Locale) -> None:
        self.out: list[Token] = []
        self._locale = locale
        self._moves = locale.punctuation_in_quote
        self._fonts: tuple[str, ...] = _NORMAL
        self._quotes: list[bool] = []  # the open ones: whether each is an inner one
        self._last = -1  # where the last text is, -1 when nothing may collide
        self._after_quote = -1  # where the first quote closed since then is
        self._saved = (-1, -1)
        self._bound_at = -1  # where the last block begins or ends, until text follows
        self._end: Ending = FREE  # how the element before ended
        self._fonted = False  # whether the sibling that starts here has a font of its own

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
                if self._after_quote < 0 and before[-1:] == first:  # type: ignore[index]  # a text
                    text = text[1:]  # but a no-break space and a blank both stay
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
        if meeting == FIELD and (first == "," or not text.strip(_MARKS_AND_SPACE)):
            meeting = NONE  # a comma that a field starts with is never a repeated one, nor are the
            # marks that are all of a text: so the reference processor
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
            self._insert(self._after_quote, first)
            self._last = self._after_quote
            self._after_quote += 1
            return text[1:]
        return text

    def _pull_back(self, text: str) -> str:
        """The text without its first mark, which ends the block before."""
        before = self.out[self._bound_at - 1]
        if not (isinstance(before, str) and before[-1] + text[0] in _LOSES):
            self._insert(self._bound_at, text[0])
        return text[1:].lstrip()

    def _insert(self, at: int, text: str) -> None:
        """Write a mark where it moves to, before what was written."""
        self.out.insert(at, text)

    def _raw(self, text: str) -> None:
        if not text:
            return
        self._bound_at = -1
        if not text.isascii() and re.search(_SUPERSCRIPTS, text):
            text = self._raise(text)
            if not text:
                return
        self._saved = (self._last, self._after_quote)
        self._last = len(self.out)
        self._after_quote = -1
        self.out.append(text)

    def _meeting(self) -> Meeting:
        """How the element that starts here meets the one before."""
        return self._end.fonted_start if self._fonted else self._end.start

    def _raise(self, text: str) -> str:
        """Write raised and lowered letters as such; the rest comes back."""
        at = 0
        for match in re.finditer(_SUPERSCRIPTS, text):
            if match.start() > at:
                self.out.append(text[at : match.start()])
            at = match.end()
            for letter in match[0]:
                lowered = unicodedata.decomposition(letter).startswith("<sub>")
                plain = _UNRAISED.get(letter) or unicodedata.normalize("NFKC", letter)
                if plain == letter:
                    self.out.append(letter)
                else:
                    mark = OPENS["vertical-align", "sub" if lowered else "sup"]
                    self.out += [mark, plain, CLOSE]
        self._forget()
        return text[at:]

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
            self.out.append(
                OPENS.get((FONT_KINDS[i], value)) or Open(kind=FONT_KINDS[i], value=value)
            )
        self._fonts = tuple(wanted)
        return before

    def _open_upright(self) -> tuple[str, ...]:
        before = self._fonts
        for i, value in enumerate(before):
            if value != _NORMAL[i]:
                self.out.append(OPENS[FONT_KINDS[i], _NORMAL[i]])
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
        self.out.append(Open(kind="display", value=display))

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


def _settled(first: str, second: str) -> str:
    """What is left of two marks in a row."""
    pair = first + second
    return first if pair in _LOSES else second if pair in _YIELDS else pair
