"""Sort keys close to the Unicode Collation Algorithm, with the standard library only.

Primary: letters without case and accents, spaces and punctuation before digits before letters;
then accents; then lower case before upper case. Source: UTS #10, CLDR root order (approximated).
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_PUNCTUATION = " _-‐‑‒–—,;:!¡?¿.…'‘’‚\"“”„«»()[]{}§¶@*/\\&#%`´^¨+±<=>|~¬$¢£¥€©®°"
_EXPANSIONS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i",
    "ħ": "h", "ŋ": "n", "ŧ": "t", "ʿ": "", "ʾ": "", "ʼ": "", "ĸ": "k",
}  # fmt: skip
_LOW = {letter: chr(i + 1) for i, letter in enumerate(_PUNCTUATION)} | {
    "\u00a0": chr(1), "\t": chr(1), "\n": chr(1), "\u202f": chr(1), "\u2009": chr(1),
}  # fmt: skip
_FAST = {ord(letter): low for letter, low in _LOW.items()}


@lru_cache(maxsize=65536)
def collation_key(text: str) -> tuple[str, str, str]:
    """A key that sorts this text as a dictionary would."""
    if text.isascii():
        return text.lower().translate(_FAST), "", text.swapcase()
    primary, accents = [], []
    for letter in unicodedata.normalize("NFD", text.lower()):
        if unicodedata.combining(letter):
            accents.append(letter)
        elif letter in _LOW:
            primary.append(_LOW[letter])
        elif letter in _EXPANSIONS:
            primary.append(_EXPANSIONS[letter])
            accents.append(letter)
        else:
            primary.append(letter)
    return "".join(primary), "".join(accents), text.swapcase()
