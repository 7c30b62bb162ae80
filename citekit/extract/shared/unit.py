"""A line or paragraph of a document, with what rules ask of it."""

from __future__ import annotations

import re
from functools import cached_property

from citekit.extract.shared.words import bare, fold
from citekit.model.value import Value

_ENDS = re.compile(r"[.!?…。！？؟।:;][\"'”’»«“‘)\]」』】]*$")


class Unit(Value):
    """One line or rejoined paragraph: its text, range, line from 1, and block from 0."""

    text: str
    start: int = 0
    end: int = 0
    line: int = 1
    block: int = 0

    @cached_property
    def folded(self) -> str:
        """The text without case, accents and quotes."""
        return fold(self.text[:400])

    @cached_property
    def bare(self) -> str:
        """The folded text without punctuation around it."""
        return bare(self.text[:400])

    @cached_property
    def width(self) -> int:
        """Length with East Asian characters counted twice, as they carry about two letters."""
        return len(self.text) + sum("\u2e80" <= c <= "\uffef" for c in self.text[:2000])

    @property
    def is_sentence(self) -> bool:
        """Whether it ends as a sentence does."""
        return bool(_ENDS.search(self.text[-8:]))

    @property
    def is_prose(self) -> bool:
        """Whether it is long and ends as sentences do: surely a paragraph."""
        return (self.width >= 90 and self.is_sentence) or self.width >= 260

    def place(self, start: int | None = None, end: int | None = None) -> dict[str, object]:
        """The place of this unit, or of a part given by offsets into its text."""
        first = self.start if start is None else self.start + start
        last = self.end if end is None else self.start + end
        return {"payload": "original", "line": self.line, "start": first, "end": last}
