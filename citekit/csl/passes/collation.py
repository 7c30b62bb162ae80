"""Sort keys close to the Unicode Collation Algorithm, with the standard library only.

Case and accents do not count, but for letters that a language takes for letters of their own;
punctuation does not count. Spaces come before digits, which count as numbers, and digits before
letters. A language that is not written in Latin letters puts its own script before them, and
Chinese and Japanese take common Han signs in their own order.
Source: UTS #10 at primary strength, variable elements ignored (approximated); CLDR, script
reordering and the orders of zh and ja.
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


_OWN = {
    "am": "ሀ-᎟", "ar": "؀-ۿ", "be": "Ѐ-ԯ", "bg": "Ѐ-ԯ", "bn": "ঀ-৿", "el": "Ͱ-Ͽ", "fa": "؀-ۿ",
    "gu": "઀-૿", "he": "֐-׿", "hi": "ऀ-ॿ", "hy": "԰-֏", "ja": "a-ɏ々-ヿ㐀-鿿", "ka": "Ⴀ-ჿ",
    "kk": "Ѐ-ԯ", "km": "ក-៿", "kn": "ಀ-೿", "ko": "ᄀ-ᇿ㐀-鿿", "ky": "Ѐ-ԯ",
    "lo": "຀-໿", "mk": "Ѐ-ԯ", "ml": "ഀ-ൿ",
    "mn": "Ѐ-ԯ", "mr": "ऀ-ॿ", "my": "က-႟", "ne": "ऀ-ॿ", "pa": "਀-੿", "ru": "Ѐ-ԯ", "si": "඀-෿",
    "sr": "Ѐ-ԯ", "ta": "஀-௿", "te": "ఀ-౿", "th": "฀-๿", "uk": "Ѐ-ԯ", "ur": "؀-ۿ", "zh": "㐀-鿿",
}  # fmt: skip
"""The scripts that a language sorts before all others, in this order (CLDR, ``reorder``)."""


class _OwnFirst:
    """What ``str.translate`` asks: own scripts keep their places, then Latin, then the others."""

    def __init__(self, ranges: str) -> None:
        self._own = [(ord(ranges[i]), ord(ranges[i + 2])) for i in range(0, len(ranges), 3)]

    def __getitem__(self, letter: int) -> int:
        if letter < ord("a") or any(first <= letter <= last for first, last in self._own):
            return letter
        return letter + (0xA0000 if letter < 0x250 else 0xA1000)


_HAN = {"ja": "euc_jp", "zh": "gb2312"}
"""Codes whose common Han signs are in the order of a language: by their reading."""


class _HanInOrder:
    """What ``str.translate`` asks: Han signs take the places that a code of two bytes gives them.

    Those that the code lacks follow, in the order of Unicode.
    """

    def __init__(self, codec: str) -> None:
        self._codec = codec

    def __getitem__(self, letter: int) -> int:
        if not 0x3400 <= letter <= 0x9FFF:
            return letter
        try:
            row, cell = chr(letter).encode(self._codec)
        except ValueError:  # it is not there, or a third byte says that it is a rare one
            return max(letter, _FIRST_RARE)
        return 0x3400 + (row - 0xB0) * 94 + cell - 0xA1


_FIRST_RARE = 0x4E80  # behind all places that these codes can give


@lru_cache(maxsize=65536)
def collation_key(text: str, language: str = "en") -> str:
    """A key that sorts this text as a dictionary of the language (``ru``) would."""
    key = _key(text, _alphabet(language))
    if language in _HAN and not key.isascii():
        key = key.translate(_HanInOrder(_HAN[language]))
    own = _own_first(language)
    return key if own is None else key.translate(own)


@lru_cache(maxsize=32)
def _own_first(language: str) -> _OwnFirst | None:
    return _OwnFirst(_OWN[language]) if language in _OWN else None


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
    text = text.translate(_IGNORED)
    text = text[: text.startswith(" ")] + " ".join(text.split())  # what begins so comes first
    return _DIGITS.sub(lambda match: match[0].zfill(16), text)
