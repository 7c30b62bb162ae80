"""The words by which pages say that they are not the article: the table ``signs.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from citekit.extract.shared.words import fold

_GAP: Final = r".{1,40}?"
# Letters that Unicode does not take apart, two ways of writing Arabic letters, joiners as spaces.
_SAME: Final = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "đ": "d",
        "ي": "ی",
        "ك": "ک",
        "ى": "ی",
        "\u200c": " ",
    }
)
_EAST: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def plain(text: str) -> str:
    """A text as signs are looked for in it: folded, and what is written in two ways in one.

    >>> plain("Błąd — Zugriff VERWEIGERT")
    'blad — zugriff verweigert'
    """
    return fold(text.replace("\u200c", " ")).translate(_SAME).casefold()


def found(kind: str, where: str, text: str) -> frozenset[str]:
    """The signs of a kind that a text has, as they stand there; ``text`` is ``plain``.

    Most signs are not there: their words are looked up first, which costs little.
    """
    matches = (sign.pattern.search(text) for sign in _signs(kind, where) if sign.words in text)
    return frozenset(match[0] for match in matches if match)


def size(text: str) -> float:
    """How much a text says, in code points of Latin script; an East Asian one counts 2.5."""
    return len(text) + 1.5 * len(_EAST.findall(text))


class _Sign(NamedTuple):
    """One phrase: words that stand in each text that has it, and what matches it."""

    words: str
    pattern: re.Pattern[str]


@cache
def _signs(kind: str, where: str) -> tuple[_Sign, ...]:
    phrases = {phrase for phrases in _table()[kind][where].values() for phrase in phrases}
    return tuple(map(_sign, sorted(phrases)))


def _sign(phrase: str) -> _Sign:
    parts = [part.strip() for part in plain(phrase.strip("~")).split("*")]
    is_bound = not _EAST.search(parts[0])  # where words stand apart
    before = (
        r"(?<!\w)" if is_bound and not phrase.startswith("~") and parts[0][:1].isalnum() else ""
    )
    after = r"(?!\w)" if is_bound and not phrase.endswith("~") and parts[-1][-1:].isalnum() else ""
    return _Sign(
        words=max(parts, key=len),
        pattern=re.compile(before + _GAP.join(map(re.escape, parts)) + after),
    )


@cache
def _table() -> dict[str, dict[str, dict[str, list[str]]]]:
    text = files("citekit.extract.completeness").joinpath("signs.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
