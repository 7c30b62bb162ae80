"""The text of one field → nodes: its mark-up, and the quotations in it.

Straight and curly quotes that pair become ``Quoted`` nodes, so that they can alternate with the
quotes of the style; what is left over is an apostrophe. A quotation never crosses a tag.
Source: CSL 1.0.2 §Quotes; the tags are those of ``model.title_markup``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from citekit.csl.output.tree import Kept, Node, Quoted
from citekit.csl.style.ir import PLAIN, Font, Look
from citekit.model.title_markup import DEEPEST, read_markup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.model.title_markup import Part, Style

_LOOKS: dict[Style, Look] = {
    "i": Look(font=Font(style="italic")),
    "b": Look(font=Font(weight="bold")),
    "sc": Look(font=Font(variant="small-caps")),
    "sup": Look(font=Font(align="sup")),
    "sub": Look(font=Font(align="sub")),
}
_CASELESS = ("sc", "sup", "sub", "nocase", "nodecor")

_CLOSE = frozenset(":;?!«»")
_FRENCH_BLANK = r" (?=[:;?!»])|(?<=«) "
"""Before and after these marks French sets narrow blanks at which no line ends."""
_SPECIAL = frozenset("<\"'“”‘’„‚«»")
_QUOTE = r"[\"'“”‘’«»„‚]"  # compiled with the first field that has one: start-up counts
_BEFORE_OPENING = frozenset(" \u00a0\u202f\t\n([{-–—/:\"'“‘«„‚¿¡")
_AFTER_CLOSING = frozenset(" \u00a0\u202f\t\n)]},.;:!?-–—/\"'”’»…")
_SPACES = " \u00a0\u202f\t\n"
_PAIRS = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "‚": "‘", "«": "»"}
_ENDS = frozenset(_PAIRS.values())


@lru_cache(maxsize=16384)
def parse_markup(text: str) -> tuple[Node | str, ...]:
    """The children that show this field.

    >>> [c if isinstance(c, str) else c.children for c in parse_markup("A <i>b</i> c")]
    ['A ', ['b'], ' c']
    """
    if " " in text and not _CLOSE.isdisjoint(text):
        text = re.sub(_FRENCH_BLANK, "\u202f", text)
    if _SPECIAL.isdisjoint(text):
        return (text,) if text else ()
    parts = read_markup(text)
    return tuple(_Reader(_texts(parts)).read(parts, depth=0))


def _texts(parts: Sequence[Part]) -> Iterator[str]:
    """All texts of a tree, in order."""
    for part in parts:
        if isinstance(part, str):
            yield part
        else:
            yield from _texts(part.parts)


class _Frame:
    """An opened quotation, waiting for its end; the first one of a list is never closed."""

    __slots__ = ("children", "close", "raw")

    def __init__(self, raw: str = "", close: str = "") -> None:
        self.raw = raw
        self.close = close
        self.children: list[Node | str] = []


class _Reader:
    """Finds the quotations of one field, whose texts it is told of: a mark looks across tags."""

    def __init__(self, texts: Iterator[str]) -> None:
        self.texts = list(texts)
        self.at = -1  # which of them is being read
        self.outer = ""  # the straight mark that was used first: the other one is for quotes inside

    def read(self, parts: Sequence[Part], *, depth: int) -> list[Node | str]:
        """The nodes of what stands between two tags, or of the whole field."""
        frames = [_Frame()]
        for part in parts:
            if isinstance(part, str):
                self.at += 1
                self._text(part, frames, depth)
            else:
                inner = self.read(part.parts, depth=depth + len(frames))
                frames[-1].children.append(_node(part.style, inner))
        while len(frames) > 1:
            _abandon(frames)
        return _joined(frames[0].children)

    def _text(self, text: str, frames: list[_Frame], depth: int) -> None:
        at = 0
        for match in re.finditer(_QUOTE, text):
            _say(text[at : match.start()], frames)
            at = match.end()
            mark, before, after = match[0], self._before(match.start()), self._after(at)
            if self._ends(mark, before, after, frames):
                continue
            if _opens(mark, before, after) and depth + len(frames) <= DEEPEST:
                if mark in "\"'":
                    self.outer = self.outer or mark
                frames.append(_Frame(mark, _PAIRS[mark]))
            else:
                _say("’" if mark == "'" else mark, frames)
        _say(text[at:], frames)

    def _before(self, at: int) -> str:
        """The character before a place, tags apart; "" at the start of the field."""
        if at:
            return self.texts[self.at][at - 1]
        return self.texts[self.at - 1][-1] if self.at else ""

    def _after(self, at: int) -> str:
        """The character at a place, tags apart; "" at the end of the field."""
        if at < len(self.texts[self.at]):
            return self.texts[self.at][at]
        return self.texts[self.at + 1][0] if self.at + 1 < len(self.texts) else ""

    def _ends(self, mark: str, before: str, after: str, frames: list[_Frame]) -> bool:
        """Whether a mark ends a quotation, which then is a node."""
        if mark not in _ENDS or (mark in "\"'" and before and before in _SPACES):
            return False
        if mark in "'’\"" and after and after not in _AFTER_CLOSING:
            return False
        place = next((i for i in range(len(frames) - 1, 0, -1) if frames[i].close == mark), 0)
        if not place or (place == len(frames) - 1 and not frames[place].children):
            return False  # it ends none, or one with nothing between its marks
        while len(frames) - 1 > place:
            _abandon(frames)
        frame = frames.pop()
        is_single = frame.raw == "'"
        quoted = Quoted(_joined(frame.children), self._marks(frame), is_straight_single=is_single)
        frames[-1].children.append(quoted)
        return True

    def _marks(self, frame: _Frame) -> tuple[str, str]:
        """The marks of a quotation; straight ones say by ``"`` and ``'`` which is the outer one."""
        if frame.raw not in "\"'":
            return frame.raw, frame.close
        return ('"', '"') if frame.raw == self.outer else ("'", "'")


def _opens(mark: str, before: str, after: str) -> bool:
    """Whether a mark may begin a quotation."""
    if mark in "“‘„‚«":
        return True
    free = not before or before in _BEFORE_OPENING
    return mark in "\"'" and free and bool(after) and after not in _SPACES


def _say(text: str, frames: list[_Frame]) -> None:
    if text:
        frames[-1].children.append(text)


def _abandon(frames: list[_Frame]) -> None:
    """The innermost quotation never ended: its mark is text."""
    frame = frames.pop()
    frames[-1].children += ["’" if frame.raw == "'" else frame.raw, *frame.children]


def _node(style: Style, children: list[Node | str]) -> Node:
    look = _LOOKS.get(style, PLAIN)
    if style in _CASELESS:
        return Kept(look, children, upright=style == "nodecor")
    return Node(look, children)


def _joined(children: list[Node | str]) -> list[Node | str]:
    """Neighbouring texts as one, so that text-case and punctuation see whole words."""
    out: list[Node | str] = []
    for child in children:
        if isinstance(child, str) and out and isinstance(out[-1], str):
            out[-1] += child
        else:
            out.append(child)
    return out
