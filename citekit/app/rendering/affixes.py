"""What stands around a key: from Markdown to the mark-up of CSL.

What that mark-up cannot say (formulas, code, links, notes …) is kept aside: one sign of a private
plane stands for it while the processor works, and it comes back as it was.
Source: Pandoc's User's Guide, "Inline formatting" and ``smart``.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from citekit.formats.markdown_text import read_markdown

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_FIRST: Final = 0x100000
_MOST: Final = 0xFFFD
_STAND_IN: Final = re.compile("[\U00100000-\U0010fffd]")
_TAG_LIKE: Final = r"<(?=[/A-Za-z!?])"
_ASIDE: Final = re.compile(
    r"(?s)(?P<ticks>`+)(?!`).{1,2000}?(?<!`)(?P=ticks)(?!`)(?:\{[^{}\n]{0,200}\})?"
    r"|\$\$.{1,2000}?\$\$|\$(?!\s)[^$]{1,2000}(?<!\s)\$(?!\d)"
    r"|</?[A-Za-z!][^<>]{0,2000}>"
    r"|!?\[[^\[\]]{0,2000}\](?:\([^()]{0,2000}\)|\[[^\[\]]{0,200}\]"
    r"|\{(?!\.(?:smallcaps|sc|nocase)\})[^{}]{0,200}\})"
    r"|\^\[[^\[\]]{0,2000}\]|\[\^[^\s\[\]]{1,200}\]"
    r"|\\[A-Za-z]+\*?(?:\{[^{}]{0,2000}\}|\[[^\[\]]{0,2000}\])*"
    rf"|[\U00100000-\U0010fffd]|{_TAG_LIKE}"
)
_SMART: Final = re.compile(r"---|--|\.\.\.")
_TYPED: Final = {"---": "—", "--": "–", "...": "…"}


class Aside(Generic[T]):
    """Pieces that are kept while the text around them is formatted."""

    def __init__(self) -> None:
        self.pieces: list[T] = []

    def keep(self, piece: T) -> str:
        """The sign that stands for a piece; a paper with too many loses the rest of them."""
        if len(self.pieces) > _MOST:
            return ""
        self.pieces.append(piece)
        return chr(_FIRST + len(self.pieces) - 1)

    def restore(self, text: str, show: Callable[[T], str]) -> str:
        """A formatted text with the pieces in it again."""
        if not self.pieces:
            return text
        return _STAND_IN.sub(lambda sign: self._shown(sign[0], show), text)

    @staticmethod
    def without_signs(text: str) -> str:
        """A text of the same length in which nothing is taken for a sign."""
        return _STAND_IN.sub("\ufffd", text)

    def split(self, text: str) -> list[str | T]:
        """A text as the texts and pieces in it."""
        out: list[str | T] = []
        at = 0
        for sign in _STAND_IN.finditer(text):
            number = ord(sign[0]) - _FIRST
            if number < len(self.pieces):
                out += [text[at : sign.start()], self.pieces[number]]
                at = sign.end()
        return [piece for piece in (*out, text[at:]) if piece != ""]

    def _shown(self, sign: str, show: Callable[[T], str]) -> str:
        number = ord(sign) - _FIRST
        return show(self.pieces[number]) if number < len(self.pieces) else sign


def from_markdown(text: str, aside: Aside[str]) -> str:
    r"""An affix with CSL's mark-up; other Markdown is kept aside.

    >>> aside = Aside[str]()
    >>> from_markdown("see *also* p. 3--5, ", aside)
    'see <i>also</i> p. 3–5, '
    >>> aside.restore(from_markdown("see $x^2$ in", aside), str)
    'see $x^2$ in'
    """
    shown = _ASIDE.sub(lambda piece: aside.keep(piece[0]), text)
    shown = unescape(shown) if "&" in shown else shown
    shown = re.sub(_TAG_LIKE, lambda sign: aside.keep("\\" + sign[0]), shown)
    return plain_blanks(read_markdown(_SMART.sub(lambda typed: _TYPED[typed[0]], shown)))


def plain_blanks(text: str) -> str:
    """A text whose abbreviations end in a common blank, as they were typed (``p. 3``)."""
    return text.replace(".\u00a0", ". ")
