"""The blocks of a Markdown text: which stretches of it are running text, and which are not.

What is found are offsets of code points in the text. One pass over the lines; whatever has to be
looked for further on is looked for a bounded number of times, so the time is linear.
Source: Pandoc's User's Guide, "Pandoc's Markdown".
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST: Final = 40
"""Quotes and lists in each other; what is deeper is read as text."""
_MOST_VAIN: Final = 100
"""How often the end of something is looked for in vain; then nothing of its kind has an end."""

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")
_FENCE: Final = re.compile(r"(?P<sign>`{3,}|~{3,})[ \t]*(?P<info>[^\r\n]*)")
_DIV: Final = re.compile(r":{3,}[ \t]*(?P<attributes>\{[^{}\r\n]*\}|[^\s:{}]+)?[ \t]*:*[ \t]*\Z")
_HEADING: Final = re.compile(r"#{1,6}(?=[ \t]|\Z)")
_UNDERLINE: Final = re.compile(r"(?:=+|-+)[ \t]*\Z")
_VERBATIM: Final = re.compile(r"(?i)<(pre|script|style|textarea)(?=[\s>])")
_TEX: Final = re.compile(r"\\begin\{(\w{1,40}\*?)\}")
_NOTE: Final = re.compile(r"\[\^([^\s\[\]]{1,200})\]:")
_LINK: Final = re.compile(r"\[(?!@)((?:[^\[\]\\\r\n]|\\.){1,1000})\]:[ \t]*\S[^\r\n]*\Z")
_LINK_TITLE: Final = re.compile(r"[ \t]+(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|\([^()\r\n]*\))[ \t]*\Z")
_ITEM: Final = re.compile(
    r"(?:[-+*]|\(?(?:\d{1,9}|\#|[A-Za-z]|[ivxlcdm]{2,8}|[IVXLCDM]{2,8}|@(?P<example>[\w-]{0,200}))"
    r"[.)])(?=[ \t]|\Z)"
)
_DEFINITION: Final = re.compile(r"[:~](?=[ \t])")
_METADATA: Final = re.compile(r"---[ \t]*\Z")
_FIELD: Final = re.compile(r"[\w-]+[ \t]*:(?=\s|\Z)")
_TABLE_RULE: Final = re.compile(
    r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:[|+][ \t]*:?-+:?[ \t]*)*\|?[ \t]*\Z"
)
_CELL_END: Final = re.compile(r"\\.|(`+)(?:(?!\1).){0,500}\1|\|")


class Leaf(Value):
    """A stretch of running text, such as a paragraph; ``note`` is the label of its footnote."""

    start: int
    end: int
    note: str = ""


class Heading(Value):
    """A heading: its lines, and its text without the marks."""

    start: int
    end: int
    level: int
    text: str


class Div(Value):
    """A fenced div: where its first line begins, what is between its fences, where it ends."""

    start: int
    inner_start: int
    inner_end: int
    end: int
    attributes: str


class Blocks(Value):
    """A text in blocks.

    ``text`` has the same length as what was read, with blanks for the marks of quotes and lists;
    ``metadata`` are the ranges of YAML between its lines of ``---``, each with the number of its
    first line. ``notes`` and ``links`` are labels that are defined, of links in lower case;
    ``examples`` those of numbered examples.
    """

    text: str
    leaves: tuple[Leaf, ...]
    headings: tuple[Heading, ...]
    divs: tuple[Div, ...]
    metadata: tuple[tuple[int, int, int], ...]
    notes: frozenset[str]
    links: frozenset[str]
    examples: frozenset[str]


def read_blocks(text: str) -> Blocks:
    """The blocks of a text."""
    return _Reader(text).read()


class _Container:
    """A quote (no column), or a list item or note, whose content begins at a column."""

    __slots__ = ("column", "note")

    def __init__(self, column: int | None, note: str) -> None:
        self.column = column
        self.note = note


class _Reader:
    """Reads line after line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [m.span() for m in _LINE.finditer(text)]
        if self.lines and self.lines[-1][0] == self.lines[-1][1]:
            self.lines.pop()
        self.within: list[_Container] = []
        self.leaf: list[tuple[int, int]] = []  # its lines so far; none where no paragraph is open
        self.leaves: list[Leaf] = []
        self.headings: list[Heading] = []
        self.divs: list[Div] = []
        self.open_divs: list[tuple[int, int, str]] = []
        self.metadata: list[tuple[int, int, int]] = []
        self.blanks: list[tuple[int, int]] = []
        self.notes: set[str] = set()
        self.links: set[str] = set()
        self.examples: set[str] = set()
        self.vain: dict[str, int] = {}

    def read(self) -> Blocks:
        """All lines, one after the other."""
        number = self._title_block()
        while number < len(self.lines):
            number = self._line(number)
        self._close()
        return Blocks(
            text=self._blanked(),
            leaves=tuple(self.leaves),
            headings=tuple(self.headings),
            divs=tuple(self.divs),
            metadata=tuple(self.metadata),
            notes=frozenset(self.notes),
            links=frozenset(self.links),
            examples=frozenset(self.examples),
        )

    # ---- lines

    def _bounds(self, number: int) -> tuple[int, int]:
        """Where a line starts and ends, its line end left out."""
        start, end = self.lines[number]
        while end > start and self.text[end - 1] in "\r\n":
            end -= 1
        return start, end

    def _title_block(self) -> int:
        """The number of the first line below a title block (``% title``)."""
        number = 0
        while number < min(len(self.lines), 30) and self.text.startswith(
            "%", self.lines[number][0]
        ):
            number += 1
        return number

    def _line(self, number: int) -> int:
        """Read a line, or a block of which it is the first; the number of the next one."""
        start, end = self._bounds(number)
        at, column, base, depth = self._enter(start, end)
        if at == end:
            self._close()
            del self.within[self._quote_from(depth) :]
            return number + 1
        if depth < len(self.within):
            if self.leaf and not self._begins_block(at, end):
                return self._go_on(number, at)
            self._leave(depth)
        if column - base >= 4 and not self.leaf:
            return number + 1  # indented code
        at, column, base = self._open_containers(at, end, column, base)
        if at == end or (column - base >= 4 and not self.leaf):
            return number + 1
        return self._block(number, at, end)

    def _enter(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Where the content of a line begins, at which column, from which; how deep it is."""
        at, column = self._skip_blanks(start, end, 0)
        base = 0
        for depth, container in enumerate(self.within):
            if container.column is not None:
                if column < container.column and at < end:
                    return at, column, base, depth
                base = container.column
            elif at < end and self.text[at] == ">" and column - base <= 3:
                at, column, base = self._past_quote(at, end, column)
            else:
                return at, column, base, depth
        return at, column, base, len(self.within)

    def _quote_from(self, depth: int) -> int:
        """The first quote from a depth on: a blank line ends it, but not the lists around it."""
        for i in range(depth, len(self.within)):
            if self.within[i].column is None:
                return i
        return len(self.within)

    def _past_quote(self, at: int, end: int, column: int) -> tuple[int, int, int]:
        self.blanks.append((at, at + 1))
        base = column + 1
        if at + 1 < end and self.text[at + 1] == " ":
            base += 1
        at, column = self._skip_blanks(at + 1, end, column + 1)
        return at, column, base

    def _skip_blanks(self, at: int, end: int, column: int) -> tuple[int, int]:
        while at < end and self.text[at] in " \t":
            column += 4 - column % 4 if self.text[at] == "\t" else 1
            at += 1
        return at, column

    # ---- quotes, lists, notes

    def _open_containers(self, at: int, end: int, column: int, base: int) -> tuple[int, int, int]:
        """Enter quotes, list items, definitions and notes that begin on this line."""
        while at < end and column - base <= 3 and len(self.within) < _DEEPEST:
            if self.text[at] == ">" and not self.leaf:
                self.within.append(_Container(None, self._note()))
                at, column, base = self._past_quote(at, end, column)
                continue
            note = _NOTE.match(self.text, at, end) if self._may_begin_note() else None
            mark = note or self._item_at(at, end)
            if mark is None:
                break
            self._close()
            self.blanks.append((at, mark.end()))
            after, content = self._skip_blanks(mark.end(), end, column + mark.end() - at)
            if note:
                self.notes.add(note[1])
                self.within.append(_Container(base + 4, note[1]))
                base = content
            else:
                width = column + mark.end() - at
                base = content if content - width <= 4 and after < end else width + 1
                self.within.append(_Container(base, self._note()))
            at, column = after, content
        return at, column, base

    def _note(self) -> str:
        return self.within[-1].note if self.within else ""

    def _may_begin_note(self) -> bool:
        """A note may follow a note without a blank line, but no paragraph."""
        return not self.leaf or bool(self._note())

    def _item_at(self, at: int, end: int) -> re.Match[str] | None:
        """The mark of a list item, which cannot interrupt a paragraph outside of lists."""
        mark = _DEFINITION.match(self.text, at, end)
        if mark is None and (not self.leaf or self._is_in_list()):
            mark = _ITEM.match(self.text, at, end)
            if mark and mark["example"]:
                self.examples.add(mark["example"])
        return mark

    def _is_in_list(self) -> bool:
        return any(container.column is not None for container in self.within)

    def _begins_block(self, at: int, end: int) -> bool:
        """Whether a line that is not indented enough ends the paragraph before it all the same."""
        text = self.text
        return bool(
            (self._is_in_list() and _ITEM.match(text, at, end))
            or _DIV.match(text, at, end)
            or _NOTE.match(text, at, end)
            or _DEFINITION.match(text, at, end)
            or text.startswith("```", at, end)
        )

    def _leave(self, depth: int) -> None:
        self._close()
        del self.within[depth:]

    # ---- blocks

    def _block(self, number: int, at: int, end: int) -> int:
        """Read what begins here, or one line of a paragraph; the number of the next line."""
        sign = self.text[at]
        after: int | None = None
        if sign in "`~" and (sign == "`" or not self.leaf):
            after = self._fenced(number, at, end)
        elif sign == ":" and _DIV.match(self.text, at, end):
            after = self._div(number, at, end)
        elif sign in "=-" and len(self.leaf) == 1 and _UNDERLINE.match(self.text, at, end):
            after = self._underlined(number)
        elif not self.leaf:
            after = self._first_of_block(number, at, end)
        return self._go_on(number, at) if after is None else after

    def _first_of_block(self, number: int, at: int, end: int) -> int | None:
        """What can only begin where no paragraph is open; None where nothing of it does."""
        sign = self.text[at]
        if sign == "#":
            return self._heading(number, at, end)
        if sign == "-":
            return self._yaml(number, at, end)
        if sign == "[":
            return self._link(number, at, end)
        if sign == "<" and (tag := _VERBATIM.match(self.text, at, end)):
            return self._skip_past(f"</{tag[1].lower()}", tag.end())
        if sign == "\\" and (begun := _TEX.match(self.text, at, end)):
            return self._skip_past(f"\\end{{{begun[1]}}}", begun.end())
        return None

    def _go_on(self, number: int, at: int) -> int:
        """The line is one of a paragraph; a comment that begins on it may take more of them."""
        start, end = self._bounds(number)
        self.leaf.append((max(at, start), end))
        comment = self.text.rfind("<!--", at, end)
        if comment < 0 or self.text.count("`", at, comment) % 2:
            return number + 1
        if self.text.find("-->", comment, end) >= 0:
            return number + 1
        close = self._find("-->", comment)
        while close is not None and self.lines[number][1] <= close:
            number += 1
            self.leaf[-1] = (self.leaf[-1][0], self._bounds(number)[1])
        return number + 1

    def _fenced(self, number: int, at: int, end: int) -> int | None:
        """Past fenced code; what is never closed is no code."""
        fence = _FENCE.match(self.text, at, end)
        if fence is None or (fence["sign"][0] == "`" and "`" in fence["info"]):
            return None
        sign, least = fence["sign"][0], len(fence["sign"])
        close = self._closing_fence(sign, least, end)
        if close is None:
            return None
        self._close()
        return self._line_of(close, number) + 1

    def _closing_fence(self, sign: str, least: int, at: int) -> int | None:
        """Where the next line begins that closes a fence of so many signs, or longer."""
        key = f"fence {sign}"
        if self.vain.get(key, least + 1) <= least:
            return None
        pattern = rf"(?m)^[ \t>]*{sign}{{{least},}}[ \t]*\r?$"
        found = re.compile(pattern).search(self.text, at)
        if found is None:
            self.vain[key] = least
            return None
        return found.end()

    def _div(self, number: int, at: int, end: int) -> int:
        """A fence of a div: one with attributes opens it, one without closes the innermost."""
        self._close()
        fence = _DIV.match(self.text, at, end)
        start, after = self.lines[number]
        if fence is not None and fence["attributes"]:
            self.open_divs.append((start, after, fence["attributes"]))
        elif self.open_divs:
            opened, inner, attributes = self.open_divs.pop()
            self.divs.append(
                Div(start=opened, inner_start=inner, inner_end=start, end=after,
                    attributes=attributes)
            )  # fmt: skip
        return number + 1

    def _heading(self, number: int, at: int, end: int) -> int | None:
        mark = _HEADING.match(self.text, at, end)
        if mark is None:
            return None
        self.leaf.append((mark.end(), end))
        self._note_heading(self.lines[number], len(mark[0]))
        return number + 1

    def _underlined(self, number: int) -> int:
        """The paragraph of one line above is a heading."""
        level = 1 if "=" in self.text[slice(*self.lines[number])] else 2
        start, _ = self.lines[number - 1]
        self._note_heading((start, self.lines[number][1]), level)
        return number + 1

    def _note_heading(self, lines: tuple[int, int], level: int) -> None:
        text = re.sub(r"\s*(?:\{[^{}]*\})?\s*#*\s*\Z", "", self.text[slice(*self.leaf[-1])])
        heading = Heading(start=lines[0], end=lines[1], level=level, text=text.strip())
        self.headings.append(heading)
        self._close()

    def _yaml(self, number: int, at: int, end: int) -> int | None:
        """Past metadata, whose end is a line of ``---`` or ``...``."""
        if not _METADATA.match(self.text, at, end) or number + 1 == len(self.lines) or self.within:
            return None
        start = self.lines[number + 1][0]
        if number and not _FIELD.match(self.text, start):
            return None
        for close in range(number + 1, len(self.lines)):
            line = self.text[slice(*self.lines[close])].rstrip()
            if line in ("---", "..."):
                self.metadata.append((start, self.lines[close][0], number + 2))
                return close + 1
        return None

    def _link(self, number: int, at: int, end: int) -> int | None:
        """Past the definition of a link, whose title may stand on the next line."""
        link = _LINK.match(self.text, at, end)
        if link is None or link[1].startswith("^"):
            return None
        self.links.add(folded(link[1]))
        following = number + 1
        if following < len(self.lines) and _LINK_TITLE.match(self.text, *self._bounds(following)):
            following += 1
        return following

    def _skip_past(self, end: str, at: int) -> int | None:
        """The number of the line after the one with this end; None where there is none."""
        close = self._find(end, at)
        return None if close is None else self._line_of(close) + 1

    # ---- helpers

    def _find(self, needle: str, at: int) -> int | None:
        """Where it stands next; what is not there is not looked for again."""
        if needle in self.vain or len(self.vain) > _MOST_VAIN:
            return None
        found = self.text.find(needle, at)
        if found < 0:
            self.vain[needle] = 0
            return None
        return found

    def _line_of(self, at: int, after: int = 0) -> int:
        """The number of the line that has an offset."""
        return bisect_right(self.lines, at, lo=after, key=lambda line: line[0]) - 1

    def _close(self) -> None:
        """The paragraph that is open ends here."""
        if not self.leaf:
            return
        lines, self.leaf = self.leaf, []
        if len(lines) > 1 and _TABLE_RULE.match(self.text, *lines[1]):
            self.leaves += self._cells(lines)
        else:
            self.leaves.append(Leaf(start=lines[0][0], end=lines[-1][1], note=self._note()))

    def _cells(self, lines: list[tuple[int, int]]) -> Iterator[Leaf]:
        """The cells of a table with bars between them: nothing goes on from one to the next."""
        for start, end in lines:
            at = start
            for mark in _CELL_END.finditer(self.text, start, end):
                if mark[0] == "|":
                    yield Leaf(start=at, end=mark.start(), note=self._note())
                    at = mark.end()
            yield Leaf(start=at, end=end, note=self._note())

    def _blanked(self) -> str:
        out, at = [], 0
        for start, end in self.blanks:
            out += [self.text[at:start], " " * (end - start)]
            at = end
        out.append(self.text[at:])
        return "".join(out)


def folded(label: str) -> str:
    """The label of a link as it is compared."""
    return " ".join(label.split()).casefold()
