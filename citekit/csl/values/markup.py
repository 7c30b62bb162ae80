"""The small markup of CSL-JSON fields → nodes: ``<i> <b> <sc> <sup> <sub> nocase``, quotes.

Tags that do not pair stay text. Straight and curly quotes that pair become ``Quoted`` nodes, so
that they can alternate with the quotes of the style; what is left over is an apostrophe.
Source: CSL-JSON schema, "rich text"; CSL 1.0.2 §Quotes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from citekit.csl.output.tree import Kept, Node, Quoted
from citekit.csl.style.ir import PLAIN, Font, Look

_SC = Look(font=Font(variant="small-caps"))
_ITALIC = Look(font=Font(style="italic"))
_BOLD = Look(font=Font(weight="bold"))
_SUP = Look(font=Font(align="sup"))
_SUB = Look(font=Font(align="sub"))

_TAG = re.compile(
    r"<(?:(?P<close>/)(?P<end>i|b|sc|sup|sub|span)|(?P<start>i|b|sc|sup|sub)"
    r"|span\s+(?P<attr>class|style)=\\?[\"'](?P<value>[^\"'<>]*?)\\?[\"'])\s*>"
)
_TOKEN = re.compile(_TAG.pattern + "|(?P<quote>[\"'“”‘’«»„‚])")
_SPECIAL = re.compile(r"[<\"'“”‘’„‚]")
_BEFORE_OPENING = frozenset(" \u00a0\u202f\t\n([{-–—/:\"'“‘«„‚¿¡")
_AFTER_CLOSING = frozenset(" \u00a0\u202f\t\n)]},.;:!?-–—/\"'”’»…")
_SPACES = " \u00a0\u202f\t\n"


@lru_cache(maxsize=16384)
def parse_markup(text: str) -> tuple[Node | str, ...]:
    """The children that show this field.

    >>> [c if isinstance(c, str) else c.children for c in parse_markup("A <i>b</i> c")]
    ['A ', ['b'], ' c']
    """
    if "«" in text or "»" in text:
        text = text.replace("« ", "«\u202f").replace(" »", "\u202f»")
    if not _SPECIAL.search(text):
        return (text,) if text else ()
    return tuple(_Reader(text).read())


def plain(text: str) -> str:
    """The field without its markup, for comparing and sorting."""
    return _TAG.sub("", text) if "<" in text else text


class _Frame:
    """An opened tag or quote, waiting for its end."""

    __slots__ = ("children", "close", "make", "raw")

    def __init__(self, raw: str, close: str, make: str) -> None:
        self.raw = raw
        self.close = close
        self.make = make
        self.children: list[Node | str] = []


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.frames = [_Frame("", "", "")]
        self.outer = ""  # the straight mark that was used first: the other one is for quotes inside

    def read(self) -> list[Node | str]:
        at = 0
        for match in _TOKEN.finditer(self.text):
            self._say(self.text[at : match.start()])
            at = match.end()
            if match["quote"]:
                self._quote(match["quote"], match.start())
            elif match["close"]:
                self._close(match[0], match["end"])
            else:
                name = match["start"] or "span"
                self._open(match[0], name, _meaning(match))
        self._say(self.text[at:])
        while len(self.frames) > 1:
            self._abandon()
        return _joined(self.frames[0].children)

    def _say(self, text: str) -> None:
        if text:
            self.frames[-1].children.append(text)

    def _open(self, raw: str, close: str, make: str) -> None:
        if len(self.frames) > 40:  # hostile nesting stays text
            self._say(raw)
        else:
            self.frames.append(_Frame(raw, close, make))

    def _close(self, raw: str, name: str) -> None:
        """End the innermost open tag of this name; quotes inside that never ended are text."""
        for depth in range(len(self.frames) - 1, 0, -1):
            frame = self.frames[depth]
            if frame.close == name:
                while len(self.frames) - 1 > depth:
                    self._abandon()
                self.frames.pop()
                self.frames[-1].children.append(_node(frame))
                return
            if frame.close not in _QUOTE_ENDS:
                break
        self._say(raw)

    def _abandon(self) -> None:
        frame = self.frames.pop()
        raw = "’" if frame.raw == "'" else frame.raw
        self.frames[-1].children += [raw, *frame.children]

    # ---- quotes

    def _quote(self, mark: str, at: int) -> None:
        before = self._outside_tags(at, -1)
        after = self._outside_tags(at, 1)
        if self._ends(mark, before, after) or (
            self._opens(mark, before, after) and self._begin(mark)
        ):
            return
        self._say("’" if mark == "'" else mark)

    def _begin(self, mark: str) -> bool:
        close = _PAIRS.get(mark)
        if close is None:
            return False
        if mark in "\"'":
            self.outer = self.outer or mark
        self._open(mark, close, "quote")
        return True

    def _opens(self, mark: str, before: str, after: str) -> bool:
        if mark in "“‘„‚":
            return True
        free = not before or before in _BEFORE_OPENING
        return mark in "\"'" and free and bool(after) and after not in _SPACES

    def _ends(self, mark: str, before: str, after: str) -> bool:
        if mark not in _QUOTE_ENDS or (mark in "\"'" and before and before in _SPACES):
            return False
        if mark in "'’\"" and after and after not in _AFTER_CLOSING:
            return False
        for depth in range(len(self.frames) - 1, 0, -1):
            frame = self.frames[depth]
            if frame.close == mark:
                if depth == len(self.frames) - 1 and not frame.children:
                    return False  # nothing between the quotes
                while len(self.frames) - 1 > depth:
                    self._abandon()
                self.frames.pop()
                quoted = Quoted(
                    _joined(frame.children),
                    self._marks(frame),
                    is_straight_single=frame.raw == "'",
                )
                self.frames[-1].children.append(quoted)
                return True
            if frame.close not in _QUOTE_ENDS:
                return False
        return False

    def _marks(self, frame: _Frame) -> tuple[str, str]:
        """The marks of a quotation; straight ones say by ``"`` and ``'`` which is the outer one."""
        if frame.raw not in "\"'":
            return frame.raw, frame.close
        return ('"', '"') if frame.raw == self.outer else ("'", "'")

    def _outside_tags(self, at: int, step: int) -> str:
        """The nearest character before or after that is not part of a tag; "" at the ends."""
        text = self.text
        if step < 0:
            head = text[max(0, at - 60) : at]
            while head.endswith(">") and (tag := _last_tag(head)):
                head = head[: -len(tag)]
            return head[-1:]
        tail = text[at + 1 : at + 61]
        while tail.startswith("<") and (match := _TAG.match(tail)):
            tail = tail[match.end() :]
        return tail[:1]


_PAIRS = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“", "‚": "‘"}
_QUOTE_ENDS = frozenset(_PAIRS.values())


def _last_tag(head: str) -> str:
    at = head.rfind("<")
    return head[at:] if at >= 0 and _TAG.fullmatch(head[at:]) else ""


def _meaning(match: re.Match[str]) -> str:
    if match["start"]:
        return match["start"]
    value = match["value"].replace(" ", "").rstrip(";").lower()
    if match["attr"] == "class":
        return {"nocase": "nocase", "nodecor": "nodecor", "smallcaps": "sc"}.get(value, "span")
    return {
        "font-variant:small-caps": "sc",
        "font-style:italic": "i",
        "font-weight:bold": "b",
        "font-style:normal": "nodecor",
        "font-variant:normal": "nodecor",
        "font-weight:normal": "nodecor",
    }.get(value, "span")


_LOOKS = {"i": _ITALIC, "b": _BOLD, "sc": _SC, "sup": _SUP, "sub": _SUB}
_CASELESS = ("sc", "sup", "sub", "nocase", "nodecor")


def _node(frame: _Frame) -> Node:
    children = _joined(frame.children)
    look = _LOOKS.get(frame.make, PLAIN)
    if frame.make in _CASELESS:
        return Kept(look, children, upright=frame.make == "nodecor")
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
