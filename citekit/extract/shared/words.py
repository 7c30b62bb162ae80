"""The words that name the parts of an article, in many languages (``words.toml``, ``naming.toml``).

All comparisons happen on folded text: case, accents and typographic quotes do not count.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "ı": "i"})
_SHORT = 240
_FILES = ("words.toml", "naming.toml")
_WORD = re.compile(r"\w+(?:['’.&-]\w+)*")


def fold(text: str) -> str:
    """Text without the differences of case, accent and quote.

    >>> fold("À LIRE AUSSI")
    'a lire aussi'
    """
    return _folded(text) if len(text) <= _SHORT else _fold(text)


def _fold(text: str) -> str:
    plain = text.translate(_QUOTES).casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(c for c in decomposed if not unicodedata.combining(c))
        plain = unicodedata.normalize("NFC", plain)
    return " ".join(plain.translate(_QUOTES).split())


_folded = lru_cache(maxsize=20_000)(_fold)  # the same short lines are asked for by many rules


def tokens(text: str) -> list[str]:
    """The words of a text, folded.

    >>> tokens("Share on Facebook!")
    ['share', 'on', 'facebook']
    """
    return _WORD.findall(fold(text))


def bare(text: str) -> str:
    """A line as it is looked up: folded, without marks and punctuation around it."""
    return fold(text).strip(" .:;,!?|-–—>›»«<•·*#[](){}…↓→▼▶\"'/：")


@cache
def vocabulary(kind: str) -> dict[str, tuple[str, ...]]:
    """The folded words of one kind by language."""
    return {
        language: tuple(bare(word) or fold(word) for word in words)
        for language, words in _tables()[kind].items()
    }


@cache
def every(kind: str) -> frozenset[str]:
    """The folded words of one kind in all languages."""
    return frozenset(word for words in vocabulary(kind).values() for word in words)


@cache
def of_language(kind: str, language: str | None) -> frozenset[str]:
    """The words of one kind in one language and in English; all of them if it is unknown."""
    table = vocabulary(kind)
    if language is None or language not in table:
        return every(kind)
    return frozenset((*table[language], *table["en"]))


@cache
def spellings(kind: str, language: str | None = None) -> tuple[str, ...]:
    """The words of a kind as they are written: those of a language and English, or all."""
    table = _tables()[kind]
    chosen = [table[language], table["en"]] if language in table else list(table.values())
    return tuple(dict.fromkeys(word for words in chosen for word in words))


@cache
def prefix_pattern(kind: str) -> re.Pattern[str]:
    """Matches folded text that begins with a word of the kind, longest word first."""
    words = sorted(every(kind), key=len, reverse=True)
    return re.compile("(?:" + "|".join(re.escape(word) for word in words) + r")(?![^\W_])")


@cache
def label_pattern(kind: str) -> re.Pattern[str]:
    """Matches a label of the kind with its colon at the start of a line."""
    words = sorted(spellings(kind), key=len, reverse=True)
    joined = "|".join(re.escape(word) for word in words)
    return re.compile(rf"^\W{{0,3}}(?:{joined})\s*[:：]\W{{0,3}}?\s*(?=\S)", re.IGNORECASE)


@cache
def _tables() -> dict[str, dict[str, list[str]]]:
    folder = files("citekit.extract.shared")
    texts = [folder.joinpath(name).read_text(encoding="utf-8") for name in _FILES]
    return {kind: words for text in texts for kind, words in tomllib.loads(text).items()}
