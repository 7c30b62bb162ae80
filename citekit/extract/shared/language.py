"""Tell the language of a text from its script and its most frequent short words.

Why not a package: articles are long, so a table of function words decides as well as a statistical
model; the packages measured weigh megabytes, need numpy, or answer differently from run to run.
Texts with too few known words get no answer rather than a wrong one.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections import Counter
from functools import cache
from importlib.resources import files

from citekit.model.value import Value

_SAMPLE = 20_000
_SCRIPTS = {  # first word of a character's Unicode name → language, where the script decides
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "CJK": "zh",
    "THAI": "th",
    "BENGALI": "bn",
    "TAMIL": "ta",
    "TELUGU": "te",
    "GUJARATI": "gu",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "KHMER": "km",
    "LAO": "lo",
    "MYANMAR": "my",
    "SINHALA": "si",
    "AMHARIC": "am",
    "ETHIOPIC": "am",
}


class Guess(Value):
    """A language (BCP 47) and how sure the guess is, 0 to 1."""

    language: str
    confidence: float


def detect_language(text: str) -> Guess | None:
    """The language of a text, or None where too little speaks for any.

    >>> detect_language("Die Regierung hat am Montag mit der Opposition beraten.").language
    'de'
    """
    sample = text[:_SAMPLE]
    return _by_script(sample) or _by_words(sample) or _by_alphabet(sample)


def _by_script(sample: str) -> Guess | None:
    scripts = Counter(_script(c) for c in sample[:4000] if c.isalpha() and ord(c) > 0x24F)
    letters = sum(c.isalpha() for c in sample[:4000])
    if not scripts or letters == 0:
        return None
    kana = scripts["HIRAGANA"] + scripts["KATAKANA"]
    east = kana + scripts["CJK"] + scripts["HANGUL"]
    if east > letters * 0.2:
        if scripts["HANGUL"] > east * 0.3:
            return Guess(language="ko", confidence=0.98)
        japanese = kana > east * 0.05
        return Guess(language="ja" if japanese else "zh", confidence=0.97)
    script, count = scripts.most_common(1)[0]
    if script in _SCRIPTS and count > letters * 0.5:
        return Guess(language=_SCRIPTS[script], confidence=0.95)
    return None


def _by_alphabet(sample: str) -> Guess | None:
    """Where no frequent word is found, an alphabet that one language of news mostly uses."""
    scripts = Counter(_script(c) for c in sample[:4000] if c.isalpha())
    script, count = next(iter(scripts.most_common(1)), ("", 0))
    language = _ALPHABETS.get(script)
    if language is None or count < 20:
        return None
    return Guess(language=language, confidence=0.5)


_ALPHABETS = {"HEBREW": "he", "DEVANAGARI": "hi"}


def _script(character: str) -> str:
    return unicodedata.name(character, "?").split(" ", 1)[0]


def _by_words(sample: str) -> Guess | None:
    found = [word.strip(".,;:!?\"'“”„»«()[]–-").lower() for word in sample.split()]
    counted = Counter(word for word in found if word)
    total = sum(counted.values())
    if total == 0:
        return None
    scores = {
        language: sum(counted[word] for word in words) / total
        for language, words in _profiles().items()
    }
    (best, first), (_, second) = Counter(scores).most_common(2)
    margin = (first - second) / first if first else 0.0
    enough = 0.04 if margin > 0.4 and total >= 40 else 0.08  # languages that put endings for words
    if first < enough or (total < 8 and first < 0.3):  # other prose has a fifth or more
        return None
    return Guess(language=best.split("-")[0], confidence=round(min(0.99, 0.6 + margin), 2))


def frequent_words(language: str) -> frozenset[str]:
    """The frequent short words of a language; empty for one that the table does not have."""
    return _profiles().get(language, frozenset())


@cache
def _profiles() -> dict[str, frozenset[str]]:
    text = files("citekit.extract.shared").joinpath("languages.toml").read_text(encoding="utf-8")
    return {language: frozenset(words.split()) for language, words in tomllib.loads(text).items()}
