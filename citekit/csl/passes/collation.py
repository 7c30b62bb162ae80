"""Sort keys close to the Unicode Collation Algorithm, with the standard library only.

Case and accents do not count, but for letters that a language takes for letters of their own;
punctuation does not count. Spaces come before digits, which count as numbers, and digits before
letters. A language that is not written in Latin letters puts its own script before them.
Source: UTS #10 at primary strength, variable elements ignored (approximated); CLDR, script
reordering.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_EXPANSIONS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "z\uf004",
    "ı": "i\uf004",
    "ħ": "h", "ŋ": "n", "ŧ": "t", "ĸ": "k",
}  # fmt: skip
_IGNORED = dict.fromkeys(map(ord, "_-‐‑‒–—,;:!¡?¿.…'‘’‚\"“”„«»()[]{}§¶@*/\\&#%`´^¨ʹʻʼʽʾʿ·"))
_DIGITS = re.compile(r"\d+")
_AFTER = "\uf000\uf001\uf002\uf003\uf004"
_ALPHABETS = {
    "az": "cç gğ hı oö sş uü",
    "bs": "cčć dđ sš zž",
    "cs": "cč rř sš zž",
    "da": "zæøå",
    "es": "nñ",
    "et": "sšzž wõäöü",
    "fi": "zåäö",
    "hr": "cčć dđ sš zž",
    "hu": "oö uü",
    "is": "aá dð eé ií oó uú yý zþæöå",
    "lt": "cč sš zž",
    "lv": "cč gģ kķ lļ nņ sš zž",
    "nb": "zæøå",
    "nn": "zæøå",
    "pl": "aą cć eę lł nń oó sś zźż",
    "ro": "aăâ iî sș tț",
    "sk": "aä cč oô rř sš zž",
    "sl": "cčć dđ sš zž",
    "sv": "zåäö",
    "tr": "cç gğ hı oö sş uü",
}
"""Letters that follow another one as letters of their own, by language (CLDR, collation)."""
_SAME = {
    "da": {"ä": "æ", "ö": "ø", "ü": "y"}, "fi": {"æ": "ä", "ø": "ö", "ü": "y"},
    "hu": {"ő": "ö", "ű": "ü"}, "is": {"ø": "ö", "ä": "æ"}, "lt": {"y": "i"},
    "nb": {"ä": "æ", "ö": "ø", "ü": "y"}, "nn": {"ä": "æ", "ö": "ø", "ü": "y"},
    "ro": {"ş": "ș", "ţ": "ț"}, "sv": {"æ": "ä", "ø": "ö", "ü": "y"},
}  # fmt: skip


_LATIN_LAST = {letter: 0xF0000 + letter for letter in range(ord("a"), ord("z") + 1)}
_LATIN_BEFORE_HAN = {letter: 0x2C00 + letter for letter in _LATIN_LAST}
_HAN = ("ja", "ko", "zh")
_NOT_LATIN = frozenset(
    """am ar be bg bn el fa gu he hi hy ka kk km kn ko ky lo mk ml mn mr my ne pa ru si sr ta te th
    uk ur zh""".split()  # noqa: SIM905  # a list of words reads better
)


@lru_cache(maxsize=65536)
def collation_key(text: str, language: str = "en") -> str:
    """A key that sorts this text as a dictionary of the language (``ru``) would."""
    key = _key(text, _alphabet(language))
    if language not in _NOT_LATIN:
        return key
    return key.translate(_LATIN_LAST if language in _HAN else _LATIN_BEFORE_HAN)


@lru_cache(maxsize=32)
def _alphabet(language: str) -> dict[int, str]:
    """The letters of a language that have a place of their own, and the keys that give it."""
    places = {
        letter: group[0] + _AFTER[i]
        for group in _ALPHABETS.get(language, "").split()
        for i, letter in enumerate(group[1:])
    }
    same = {one: places.get(other, other) for one, other in _SAME.get(language, {}).items()}
    return str.maketrans({**places, **same})


def _key(text: str, alphabet: dict[int, str]) -> str:
    text = text.lower()
    if alphabet:
        text = unicodedata.normalize("NFC", text).translate(alphabet)
    if not text.isascii():
        letters = unicodedata.normalize("NFD", text)
        text = "".join(
            _EXPANSIONS.get(letter, letter)
            for letter in letters
            if not unicodedata.combining(letter)
        )
    text = " ".join(text.translate(_IGNORED).split())
    return _DIGITS.sub(lambda match: match[0].zfill(16), text)
