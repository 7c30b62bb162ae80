"""Text as search compares it: without case and accents, Chinese and Japanese sign by sign.

Turkish ``I İ ı i`` all become ``i``: who searches "izmir" or "istanbul" on any keyboard finds them.
Signs of Chinese and Japanese become words of their own, since nothing separates words there; a
query of several signs is then a phrase. Korean and all other scripts keep their words.
"""

from __future__ import annotations

import re
import unicodedata

from citekit.model.value import Value

VERSION = f"1 {unicodedata.unidata_version}"
"""Changes whenever the same text may be folded to something else."""

# The patterns are compiled when the first text needs them: that takes as long as a search.

# Letters that Unicode does not take apart, and that people type without their stroke.
_LETTERS = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ʼ": "'",
        "’": "'",
    }
)
# Accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic; not the vowel signs of
# Indic scripts nor the voicing marks of Japanese, without which words are other words.
_MARKS = (
    r"[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0640"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
_SIGNS = (
    r"([\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff])"
)
_FIRST_SIGN = "\u3005"
_WORD = r"\w[\w\u0900-\u0dff]*"


def fold(text: str) -> str:
    """The text as it is indexed and searched.

    >>> fold("Türkiye’nin İSTANBUL’u, Łódź")
    "turkiye'nin istanbul'u, lodz"
    >>> fold("北京 News")
    ' 北  京  news'
    """
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = re.sub(_MARKS, "", unicodedata.normalize("NFKD", plain))
    plain = unicodedata.normalize("NFC", plain).casefold().translate(_LETTERS)
    if max(plain, default="") < _FIRST_SIGN:  # sooner told than the pattern is compiled
        return plain
    return re.sub(_SIGNS, r" \1 ", plain)


class Phrase(Value):
    """Tokens that must stand side by side; the last one may go on unless it was quoted."""

    tokens: tuple[str, ...]
    is_quoted: bool


def phrases(query: str) -> list[Phrase]:
    """The words and quoted phrases of a query; every sign that is no word is passed over.

    >>> [phrase.tokens for phrase in phrases('"Joint Force" Naples AND -北京')]
    [('joint', 'force'), ('naples',), ('and',), ('北', '京')]
    """
    found = []
    for quoted, bare in re.findall(r'"([^"]*)"?|([^\s"]+)', query):
        tokens = tuple(re.findall(_WORD, fold(quoted or bare)))
        if tokens:
            found.append(Phrase(tokens=tokens, is_quoted=bool(quoted)))
    return found
