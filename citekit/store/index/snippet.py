"""The place in a text where a search found its words, as a line to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.store.index.search_text import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.store.index.search_text import Phrase

_AROUND: Final = 70  # characters on each side
_WORD = re.compile(r"\w+")


def best_field(texts: Sequence[str], query: Sequence[Phrase]) -> int:
    """The number of the text that holds most phrases of the query; the first of equals.

    The first text, the key, is the last to be shown: it is made of words of the others.
    """
    folded = [fold(text) for text in texts]
    counts = [sum(phrase.tokens[0] in text for phrase in query) for text in folded]
    order: tuple[int, ...] = (*range(1, len(counts)), 0)
    return max(order, key=lambda number: counts[number])


def cut(text: str, query: Sequence[Phrase]) -> str:
    """The text around the first word that the query asks for, on one line, with … where cut."""
    start, end = _find(text, [phrase.tokens[0] for phrase in query])
    left, right = max(start - _AROUND, 0), min(end + _AROUND, len(text))
    if left:
        left = text.find(" ", left, start) + 1 or left
    if right < len(text):
        space = text.rfind(" ", end, right)
        right = space if space > 0 else right
    middle = " ".join(text[left:right].split())
    return f"{'… ' if left else ''}{middle}{' …' if right < len(text) else ''}"


def _find(text: str, tokens: Sequence[str]) -> tuple[int, int]:
    """Where the first word stands that begins with one of the tokens; else the beginning."""
    for word in _WORD.finditer(text):
        folded = fold(word[0])
        for token in tokens:
            if folded.startswith(token):
                return word.span()
            # Signs of Chinese and Japanese are folded with spaces around them, each on its own.
            if f" {token} " in folded:
                start = word.start() + max(word[0].find(token), 0)
                return start, start + 1
    return 0, 0
