"""Sort keys close to the Unicode Collation Algorithm, with the standard library only.

Letters without case and accents; punctuation does not count; spaces come before digits, which
count as numbers, and digits before letters. Languages that are not written in Latin letters put
their own script before them. Source: UTS #10 at primary strength, variable elements ignored
(approximated); CLDR, script reordering.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_EXPANSIONS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "ħ": "h", "ŋ": "n", "ŧ": "t", "ĸ": "k",
}  # fmt: skip
_IGNORED = re.compile(r"[_\-‐‑‒–—,;:!¡?¿.…'‘’‚\"“”„«»()\[\]{}§¶@*/\\&#%`´^¨ʹʻʼʽʾʿ·]+")
_DIGITS = re.compile(r"\d+")
NAME_BREAK = "\x01"
"""Put between the parts of a name: it sorts before every letter and is not ignored."""


_LATIN_LAST = {letter: 0xF0000 + letter for letter in range(ord("a"), ord("z") + 1)}
_NOT_LATIN = frozenset(
    """am ar be bg bn el fa gu he hi hy ka kk km kn ko ky lo mk ml mn mr my ne pa ru si sr ta te th
    uk ur zh""".split()  # noqa: SIM905  # a list of words reads better
)


@lru_cache(maxsize=65536)
def collation_key(text: str, language: str = "en") -> str:
    """A key that sorts this text as a dictionary of the language (``ru``) would."""
    key = _key(text)
    return key.translate(_LATIN_LAST) if language in _NOT_LATIN else key


def _key(text: str) -> str:
    text = text.lower()
    if not text.isascii():
        letters = unicodedata.normalize("NFD", text)
        text = "".join(
            _EXPANSIONS.get(letter, letter)
            for letter in letters
            if not unicodedata.combining(letter)
        )
    text = " ".join(_IGNORED.sub("", text).split())
    return _DIGITS.sub(lambda match: match[0].zfill(16), text)
