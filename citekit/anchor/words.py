"""A text as words, to be compared word by word: what typesetters change does not count.

Letter case, ligatures, hyphens, forms of quotation marks and commas are left out; numbers, signs
of percent and money are words, and so is each character of scripts without spaces. Where a sentence
ends is kept.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_ASIDE: Final = "\u00ad\u200b-\u200d\u2060\ufeff"
_MARKS: Final = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06ed\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963\u0980-\u0dff"
)
_ALONE: Final = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff"
_WORD: Final = re.compile(
    rf"[{_ALONE}]|\d+(?:[.,]\d+)+|[^\W_{_ALONE}](?:[^\W_{_ALONE}]|[{_MARKS}{_ASIDE}]"
    r"|['’](?=[^\W_]))*+|[%‰$€£¥₺§°&]"
)
_DROPPED: Final = re.compile(f"[{_ASIDE}]")
_SENTENCE_END: Final = re.compile(r"[.!?](?![.\w])|[。！？]|\n\s*\n")
_ABBREVIATIONS: Final = frozenset(
    {
        *("mr", "mrs", "ms", "dr", "st", "prof", "jr", "sr", "no", "vs", "gen", "col", "sen"),
        *("rep", "gov", "lt", "capt", "sgt", "rev", "hon", "nr", "bzw", "ca", "etc"),
    }
)


class Words:
    """The words of a text as they are compared, and the way back to it."""

    def __init__(self, text: str) -> None:
        self.text = text
        found = list(_WORD.finditer(text))
        self.spans = [match.span() for match in found]
        self.words = [_folded(match[0]) for match in found]
        self._line = f" {' '.join(self.words)} "
        self._begins: list[int] = []
        at = 1
        for word in self.words:
            self._begins.append(at)
            at += len(word) + 1

    def __len__(self) -> int:
        return len(self.words)

    def find(self, words: list[str], start: int = 0) -> int:
        """At which word these words stand one after the other, from a word on; -1 for nowhere."""
        if not words or start >= len(self.words):
            return -1
        at = self._line.find(f" {' '.join(words)} ", self._begins[start] - 1)
        return bisect_left(self._begins, at + 1) if at >= 0 else -1

    def find_all(self, words: list[str], most: int) -> Iterator[int]:
        """Each place of these words, so many at most."""
        at = -1
        for _ in range(most):
            at = self.find(words, at + 1)
            if at < 0:
                return
            yield at

    def said(self, first: int, last: int) -> str:
        """The text from one word to before another, each blank a space."""
        last = min(last, len(self.spans))
        if first >= last:
            return ""
        return " ".join(self.text[self.spans[first][0] : self.spans[last - 1][1]].split())

    def between(self, word: int) -> str:
        """What stands between a word and the next one."""
        return self.text[self.spans[word][1] : self.spans[word + 1][0]]

    def ends_sentence(self, word: int) -> bool:
        """Whether a sentence ends between a word and the next one."""
        if word + 1 >= len(self.words):
            return True
        between = self.between(word)
        if not _SENTENCE_END.search(between):
            return False
        is_short = len(self.words[word]) == 1 or self.words[word] in _ABBREVIATIONS
        return not (between.startswith(".") and is_short and "\n\n" not in between)

    def is_set_off(self, first: int, last: int) -> bool:
        """Whether the words from one to before another stand between two commas or dashes."""
        if first == 0 or last >= len(self.words):
            return False
        marks = re.compile(r"[,–—()]")
        return bool(marks.search(self.between(first - 1)) and marks.search(self.between(last - 1)))


def _folded(word: str) -> str:
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKC", _DROPPED.sub("", word))
    return plain.replace("’", "'").casefold()
