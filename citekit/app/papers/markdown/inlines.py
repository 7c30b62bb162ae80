"""The citations in running text: keys, and the brackets that make clusters of them.

Brackets are matched by a stack, and whatever else hides an ``@`` is stepped over: code, formulas,
tags, TeX, addresses, the targets of links. Each sign is looked at a bounded number of times.
Source: Pandoc's User's Guide, "Citation syntax"; where it is silent, what Pandoc 3 does.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from citekit.app.citing.citation_syntax import KEY
from citekit.app.papers.markdown.blocks import folded

if TYPE_CHECKING:
    from citekit.app.papers.markdown.blocks import Blocks, Leaf

_SIGN: Final = re.compile(r"[\\`$<\[\];@]|\^\[|https?://")
_KEY: Final = re.compile(KEY)
_NOTE: Final = re.compile(r"\[\^([^\s\[\]]{1,200})\]")
_TAG: Final = re.compile(
    r"(?s)</?[A-Za-z][\w:-]*(?:\s+[^\s<>=\"'/]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>`]+))?)*\s*/?>"
    r"|<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\s<>]*>|<[^\s<>@]+@[^\s<>@]+>|<!--.*?-->"
)
_COMMAND: Final = re.compile(r"\\[A-Za-z]+\*?")
_BRACES: Final = re.compile(r"(?s)\\.|[{}\[\]]")
_TICKS: Final = re.compile("`+")
_FORMULA_END: Final = re.compile(r"(?<![\s\\])\$(?!\d)")
_DISPLAY_END: Final = re.compile(r"\$\$")
_ADDRESS: Final = re.compile(r"https?://[^\s<>\[\]()\"';,]*")
_TARGET: Final = re.compile(
    r"(?s)\((?:[^()\\<>\"']|\\.|<[^<>]*>|\"[^\"]*\"|'[^']*'|\((?:[^()\\]|\\.)*\)|[<>\"'])*\)"
)
_ATTRIBUTES: Final = re.compile(r"\{[^{}\n]*\}")
_REFERENCE: Final = re.compile(r"(?s)\[(?!\^)((?:[^\[\]\\]|\\.)*)\]")
_ENCLOSING: Final = re.compile(r"\*+|(?<![^\W_])[_\"']+(?=\S)|(?<=\S)[_\"']+(?!\w)|\"")
_BETWEEN: Final = re.compile(r"[ \t]*(?:\r?\n)?[ \t]*")
_LONGEST: Final = 2_000
"""Signs of a tag, of the target or label of a link, or of what a command of TeX takes."""
_FAR: Final = 200
"""Signs that may stand between a key and the brackets that belong to it."""


class Key:
    """A key in the text, with the ``-`` that may stand before it."""

    __slots__ = ("end", "minus", "name", "start")

    def __init__(self, start: int, end: int, name: str, *, minus: bool) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.minus = minus


class Found:
    """A citation: its cites, each a key in a range of the text.

    Where a key is outside of brackets, ``place`` is what stands in those behind it. ``within`` is
    the range of the leaf or note around it.
    """

    __slots__ = ("cites", "end", "is_bracketed", "note", "place", "start", "within")

    def __init__(self, start: int, end: int, note: str, within: tuple[int, int]) -> None:
        self.start = start
        self.end = end
        self.note = note
        self.within = within
        self.is_bracketed = False
        self.cites: list[tuple[int, int, Key]] = []
        self.place: tuple[int, int] | None = None


class _Frame:
    """A bracket that was opened, and what it may become part of."""

    __slots__ = ("apart", "found", "keys", "narrative", "start")

    def __init__(self, start: int, found: int) -> None:
        self.start = start
        self.found = found  # how many citations stood before it
        self.narrative: Found | None = None  # the citation right before it
        self.keys: list[Key] = []
        self.apart: list[int] = []  # where the semicolons are

    def parts(self, text: str, end: int) -> list[tuple[int, int, Key | None]]:
        """The ranges between semicolons, each with its first key; one in a quotation is none."""
        starts = [self.start, *(at + 1 for at in self.apart)]
        ends = [*self.apart, end]
        firsts: list[Key | None] = [None] * len(starts)
        for key in reversed(self.keys):
            firsts[bisect_right(starts, key.start) - 1] = key
        return [
            (start, end, key if key and not _is_enclosed(text, start, end, key) else None)
            for start, end, key in zip(starts, ends, firsts, strict=True)
        ]


class InlineReader:
    """Finds the citations of one leaf after the other.

    ``references`` are the marks of footnotes, (offset, label); ``inner_notes`` the ranges of those
    in the text (``^[…]``), which citations in them name as ``^`` and where they begin.
    """

    def __init__(self, blocks: Blocks) -> None:
        self.blocks = blocks
        self.text = blocks.text
        self.found: list[Found] = []
        self.references: list[tuple[int, str]] = []
        self.inner_notes: list[tuple[int, int]] = []
        self._begin(0, 0, "")

    def _begin(self, start: int, end: int, note: str) -> None:
        self.start, self.end, self.note = start, end, note
        self.frames: list[_Frame] = []
        self.inner: _Frame | None = None
        self.ticks: dict[int, list[int]] = {}
        self.tick_ends: list[int] = []
        self.groups: dict[int, int] | None = None
        self.spent: set[str] = set()

    def read(self, leaf: Leaf) -> None:
        """Find what the leaf has."""
        self._begin(leaf.start, leaf.end, leaf.note)
        at = leaf.start
        while sign := _SIGN.search(self.text, at, self.end):
            at = self._step(sign[0], sign.start(), sign.end())

    def _step(self, sign: str, at: int, after: int) -> int:
        """What begins at a sign; where to go on."""
        if sign == ";":
            if self.frames:
                self.frames[-1].apart.append(at)
            return after
        if sign in ("[", "^["):
            return self._open(at, after)
        steps = {
            "@": self._key,
            "]": self._close,
            "\\": self._escaped,
            "`": self._code,
            "$": self._formula,
        }
        if sign in steps:
            return steps[sign](at)
        hidden = self._match(_TAG if sign == "<" else _ADDRESS, at)
        return hidden.end() if hidden else after

    def _match(self, pattern: re.Pattern[str], at: int) -> re.Match[str] | None:
        return pattern.match(self.text, at, min(self.end, at + _LONGEST))

    # ---- what hides

    def _escaped(self, at: int) -> int:
        """Past an escaped sign, or a command of TeX with all that it takes."""
        command = self._match(_COMMAND, at)
        if command is None:
            return at + 2
        after = command.end()
        while self.text[after : after + 1] in ("[", "{"):
            group = self._group(after)
            if group is None:
                break
            after = group
        return after

    def _group(self, at: int) -> int | None:
        """The end of ``{…}`` or ``[…]`` that begins here."""
        if self.groups is None:
            self.groups = _groups(self.text, at, self.end)
        return self.groups.get(at)

    def _code(self, at: int) -> int:
        """The end of code and its attributes; of one mark where it never ends."""
        if not self.ticks:
            for mark in _TICKS.finditer(self.text, at, self.end):
                self.ticks.setdefault(mark.end() - mark.start(), []).append(mark.start())
                self.tick_ends.append(mark.end())
        after = self.tick_ends[bisect_right(self.tick_ends, at)]
        marks = self.ticks.get(after - at, [])
        closing = bisect_left(marks, after)
        if closing == len(marks):
            return at + 1
        end = marks[closing] + after - at
        attributes = self._match(_ATTRIBUTES, end)
        return attributes.end() if attributes else end

    def _formula(self, at: int) -> int:
        """The end of a formula; of its mark where it is none."""
        sign = "$$" if self.text.startswith("$$", at, self.end) else "$"
        after = at + len(sign)
        if sign in self.spent or (sign == "$" and self.text[after : after + 1].isspace()):
            return after
        end = _DISPLAY_END if sign == "$$" else _FORMULA_END
        close = end.search(self.text, after + 1, self.end)
        if close is None:
            self.spent.add(sign)
            return after
        return close.end()

    # ---- keys and brackets

    def _key(self, at: int) -> int:
        match = _KEY.match(self.text, at, self.end)
        if match is None or not self._may_begin(at):
            return at + 1
        minus = self.text[max(self.start, at - 2) : at]
        is_minus = minus.endswith("-") and minus != "--" and self._may_begin(at - 1)
        start = at - is_minus
        key = Key(start, match.end(), match["braced"] or match["plain"], minus=is_minus)
        if self.frames:
            self.frames[-1].keys.append(key)
        if key.name not in self.blocks.examples:
            found = self._new(start, key.end)
            found.cites.append((start, key.end, key))
        return key.end

    def _may_begin(self, at: int) -> bool:
        """Whether no word ends right before, to which a full stop belongs."""
        before = self.text[max(self.start, at - 3) : at]
        return not before[-1:].isalnum() and (not before.endswith(".") or before == "...")

    def _new(self, start: int, end: int) -> Found:
        note = f"^{self.inner.start}" if self.inner else self.note
        found = Found(start, end, note, (self.start, self.end))
        self.found.append(found)
        return found

    def _open(self, at: int, after: int) -> int:
        """A mark of a footnote, or a bracket that is open from here on."""
        note = self._match(_NOTE, at)
        if note and note[1] in self.blocks.notes:
            self.references.append((at, note[1]))
            return note.end()
        frame = _Frame(after, len(self.found))
        if after - at == 2 and self.inner is None:
            self.inner = frame
        elif self.found and self.text[after : after + 1] != "^":
            last = self.found[-1]
            is_near = not last.is_bracketed and 0 <= at - last.end <= _FAR
            if is_near and _BETWEEN.fullmatch(self.text, last.end, at):
                frame.narrative = last
        self.frames.append(frame)
        return after

    def _close(self, at: int) -> int:
        """The end of a bracket: of a note, a link, a cluster, or of plain text."""
        if not self.frames:
            return at + 1
        frame = self.frames.pop()
        if frame is self.inner:
            self.inner = None
            self.inner_notes.append((frame.start, at))
            for found in self.found[frame.found :]:
                found.within = (frame.start, at)
            return at + 1
        kind, after = self._behind(at + 1)
        parts = frame.parts(self.text, at)
        cites = [(start, end, key) for start, end, key in parts if key]
        if not kind and len(cites) == len(parts):
            self._make_cluster(frame, at + 1, cites)
        elif frame.narrative and self._is_place(frame, at, kind, parts):
            frame.narrative.place = parts[0][:2]
            self._make_cluster(frame, at + 1, [(s, e, k) for s, e, k in parts[1:] if k])
            return at + 1
        return after if kind else at + 1

    def _behind(self, at: int) -> tuple[str, int]:
        """What stands right behind a bracket that is no cluster then, and where to go on."""
        sign = self.text[at] if at < self.end else ""
        if sign == "(" and (target := self._match(_TARGET, at)):
            return sign, target.end()
        if sign == "{" and (attributes := self._match(_ATTRIBUTES, at)):
            return sign, attributes.end()
        if sign == "[" and (label := self._match(_REFERENCE, at)):
            return sign, label.end() if folded(label[1]) in self.blocks.links else at
        return "", at

    def _is_place(
        self, frame: _Frame, at: int, kind: str, parts: list[tuple[int, int, Key | None]]
    ) -> bool:
        """Whether the brackets say where in the source before them, and may cite others."""
        if kind not in ("", "{") or self.text[at + 1 : at + 2] in ("(", "["):
            return False
        written = self.text[frame.start : min(at, frame.start + _LONGEST)]
        is_link = bool(self.blocks.links) and folded(written) in self.blocks.links
        return not is_link and all(key for *_, key in parts[1:])

    def _make_cluster(self, frame: _Frame, end: int, cites: list[tuple[int, int, Key]]) -> None:
        """What was found in the brackets is one citation, or belongs to the one before them."""
        del self.found[frame.found :]
        cluster = frame.narrative or self._new(frame.start - 1, end)
        cluster.is_bracketed = True
        cluster.end = end
        cluster.cites += cites


def _is_enclosed(text: str, start: int, end: int, key: Key) -> bool:
    """Whether emphasis or a quotation begins before a key and ends behind it."""
    opened: set[str] = set()
    for mark in _ENCLOSING.finditer(text, max(start, key.start - _LONGEST), key.start):
        opened ^= {mark[0][0]}
    return any(text.find(mark, key.end, min(end, key.end + _LONGEST)) >= 0 for mark in opened)


def _groups(text: str, start: int, end: int) -> dict[int, int]:
    """Where the braces and brackets of a range end, each by where it begins."""
    found: dict[int, int] = {}
    opened: dict[str, list[int]] = {"}": [], "]": []}
    for mark in _BRACES.finditer(text, start, end):
        if mark[0] in "{[":
            opened["}" if mark[0] == "{" else "]"].append(mark.start())
        elif waiting := opened.get(mark[0]):
            found[waiting.pop()] = mark.end()
    return found
