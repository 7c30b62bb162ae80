"""Where everything stands in a .bib file: entries, keys, fields and their values by offset.

One pass from the left, in the time of the text's length. It reads what BibTeX reads: a block that
does not go on as BibTeX wants it is a fault with its place, and reading goes on with the next
block. Source: BibTeXing (Patashnik 1988); btparse's description of the language.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Final

from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLOCK: Final = re.compile(r"@[ \t]*([^\W\d][\w:.-]*)\s*([{(])")
_KEY: Final = re.compile(r"\s*+([^\s,{}\"]*+)\s*+(,|(?=[})]))")
_FIELD: Final = re.compile(r"\s*+([^\s=,{}\"#%()']++)\s*+=\s*+")
_BARE: Final = re.compile(r"[^\s,#{}\"()]+")
_QUOTED: Final = re.compile(r'[{}"\\]')
_BRACES: Final = re.compile(r"[{}\\]")
_COMMENT: Final = re.compile(r"\{(?:[^{}@]|\{(?:[^{}@]|\{[^{}@]*+\})*+\})*+\}")
_NEXT_ENTRY: Final = re.compile(r"^[ \t]*@[ \t]*[^\W\d][\w:.-]*\s*[{(]", re.MULTILINE)


class Piece(Value):
    """A part of a value between ``#``: ``kind`` is ``{``, ``"`` or empty for a bare word.

    ``start`` and ``end`` are those of its text, without the delimiters.
    """

    kind: str
    start: int
    end: int


class FieldSpan(Value):
    """A field from its name, which is in lower case, to the end of its value; and the pieces."""

    name: str
    start: int
    end: int
    pieces: tuple[Piece, ...]


class EntrySpan(Value):
    """An entry: type in lower case, key, where both stand, its fields as they come, its end."""

    type: str
    start: int
    end: int
    key: str
    key_at: int
    fields: tuple[FieldSpan, ...]


class Fault(Value):
    """Where the text is no BibTeX, and why."""

    at: int
    message: str


class Spans(Value):
    """All blocks of a text, and where it is none.

    ``preambles`` and ``comments`` (``@comment`` with no entry in its braces) are from the ``@`` to
    the end.
    """

    entries: tuple[EntrySpan, ...]
    strings: tuple[FieldSpan, ...]
    preambles: tuple[tuple[int, int], ...]
    comments: tuple[tuple[int, int], ...]
    faults: tuple[Fault, ...]


class Lines:
    """Lines and columns of a text, counted from 1; CR, LF and CRLF end a line."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]

    def place(self, at: int) -> tuple[int, int]:
        """The line and the column of an offset."""
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column that ``place`` told."""
        return self._starts[line - 1] + column - 1


def find_spans(text: str) -> Spans:
    """The blocks of a text with their places; never raises."""
    scanner = _Scanner(text)
    scanner.run()
    return Spans(
        entries=tuple(scanner.entries),
        strings=tuple(scanner.strings),
        preambles=tuple(scanner.preambles),
        comments=tuple(scanner.comments),
        faults=tuple(scanner.faults),
    )


class _Wrong(Exception):
    """The block does not go on as it should."""

    def __init__(self, at: int, message: str) -> None:
        super().__init__(message)
        self.at = at
        self.message = message


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.entries: list[EntrySpan] = []
        self.strings: list[FieldSpan] = []
        self.preambles: list[tuple[int, int]] = []
        self.comments: list[tuple[int, int]] = []
        self.faults: list[Fault] = []
        self._entries_at = [match.start() for match in _NEXT_ENTRY.finditer(text)]

    def run(self) -> None:
        at = 0
        while (match := _BLOCK.search(self.text, at)) is not None:
            try:
                at = self._block(match)
            except _Wrong as wrong:
                self.faults.append(Fault(at=wrong.at, message=wrong.message))
                at = self._next_entry(match.end())

    def _block(self, match: re.Match[str]) -> int:
        """Read one block; returns where it ends. Raises _Wrong."""
        kind, end = match[1].casefold(), {"{": "}", "(": ")"}[match[2]]
        if kind == "comment":
            self._comment(match)
            return match.end()  # BibTeX skips the word alone; what follows is text between blocks
        if kind == "preamble":
            closed = self._closed(self._value(match.end())[1], end)
            self.preambles.append((match.start(), closed))
            return closed
        if kind == "string":
            field = self._field(match.end())
            if field is None:
                raise _Wrong(match.end(), "a string has no name and value")
            self.strings.append(field[0])
            return self._closed(field[1], end)
        return self._entry(match, kind, end)

    def _comment(self, match: re.Match[str]) -> None:
        """Note a comment in braces, which holds what programs want to know of the file."""
        closed = _COMMENT.match(self.text, match.end() - 1)
        if closed:
            self.comments.append((match.start(), closed.end()))

    def _entry(self, match: re.Match[str], kind: str, end: str) -> int:
        key = _KEY.match(self.text, match.end())
        if key is None:
            raise _Wrong(match.end(), "the entry has no key, or no comma behind it")
        fields, at = [], key.end()
        while (field := self._field(at)) is not None:
            fields.append(field[0])
            at = self._blank(field[1])
            if not self.text.startswith(",", at):
                break
            at += 1
        at = self._closed(at, end)
        self.entries.append(
            EntrySpan(
                type=kind,
                start=match.start(),
                end=at,
                key=key[1],
                key_at=key.start(1),
                fields=tuple(fields),
            )
        )
        return at

    def _field(self, at: int) -> tuple[FieldSpan, int] | None:
        match = _FIELD.match(self.text, at)
        if match is None:
            return None
        pieces, end = self._value(match.end())
        name = match[1].casefold()
        return FieldSpan(name=name, start=match.start(1), end=end, pieces=tuple(pieces)), end

    def _value(self, at: int) -> tuple[list[Piece], int]:
        pieces = []
        for piece, end in self._pieces(self._blank(at)):
            pieces.append(piece)
            at = end
        return pieces, at

    def _pieces(self, at: int) -> Iterator[tuple[Piece, int]]:
        while True:
            piece, at = self._piece(at)
            yield piece, at
            following = self._blank(at)
            if not self.text.startswith("#", following):
                return
            at = self._blank(following + 1)

    def _piece(self, at: int) -> tuple[Piece, int]:
        sign = self.text[at : at + 1]
        if sign == "{":
            end = self._end_of_braces(at)
            return Piece(kind="{", start=at + 1, end=end), end + 1
        if sign == '"':
            end = self._end_of_quotes(at)
            return Piece(kind='"', start=at + 1, end=end), end + 1
        bare = _BARE.match(self.text, at)
        if bare is None:
            raise _Wrong(at, "a value is missing")
        return Piece(kind="", start=at, end=bare.end()), bare.end()

    def _end_of_braces(self, start: int) -> int:
        limit = self._next_entry(start)
        depth = 0
        for sign in _BRACES.finditer(self.text, start, limit):
            depth += {"{": 1, "}": -1}.get(sign[0], 0)
            if depth == 0:
                return sign.start()
        raise _Wrong(start, "the brace that opens here is never closed")

    def _end_of_quotes(self, start: int) -> int:
        depth = 0
        for sign in _QUOTED.finditer(self.text, start + 1, self._next_entry(start)):
            depth += {"{": 1, "}": -1}.get(sign[0], 0)
            if depth < 0:
                raise _Wrong(sign.start(), "a brace closes that none has opened")
            if sign[0] == '"' and depth == 0:
                return sign.start()
        raise _Wrong(start, "the quotation mark that opens here is never closed")

    def _next_entry(self, at: int) -> int:
        """Where the next entry begins at the head of a line: no value goes on behind it."""
        number = bisect_left(self._entries_at, at)
        return self._entries_at[number] if number < len(self._entries_at) else len(self.text)

    def _closed(self, at: int, end: str) -> int:
        at = self._blank(at)
        if not self.text.startswith(end, at):
            shown = self.text[at : at + 20].split("\n")[0]
            raise _Wrong(at, f"a comma or {end!r} is missing before {shown!r}")
        return at + 1

    def _blank(self, at: int) -> int:
        """Where the white space that stands here ends."""
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        return at
