"""Tell in which encoding bytes read as a language, where nothing says it.

Signs are the letters: those of one alphabet in a word, those that one language has, the frequent
words of a language. A short headline has few of them, so that the language that a page declares
counts, too.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from citekit.extract.shared.language import detect_language

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE: Final = 65_536
_GUESSES: Final = (
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1254",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp1257",
    "koi8_r",
    "koi8_u",
    "cp932",
    "euc_jp",
    "gb18030",
    "big5hkscs",
    "cp949",
    "cp874",
    "iso8859_2",
    "iso8859_5",
    "iso8859_6",
    "iso8859_7",
    "cp866",
)
_DECLARED: Final = re.compile(rb"<html\b[^>]{0,400}?\blang\s*=\s*[\"']?([a-z]{2})", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W\d_]+")
_MOST_WORDS: Final = 5_000
_SURE: Final = 0.9
_ALPHABETS: Final = (
    ("latin", re.compile("[a-zªºß-öø-ɏ]+", re.IGNORECASE)),
    ("greek", re.compile("[Ͱ-Ͽ]+")),
    ("cyrillic", re.compile("[Ѐ-ԯ]+")),
    ("hebrew", re.compile("[א-ת]+")),
    ("arabic", re.compile("[ء-ۿ]+")),
    ("thai", re.compile("[ก-๛]+")),
)
_MARKS: Final = frozenset("’‘“”„«»–—…•©°§€£´·、。「」（）！？：，；・ ")
# Latin letters stand among these: in the text of no language, or of one in a few hundred.
_ODD: Final = frozenset("¤¦¨¬­¯¸¹²³¼½¾¿×÷ƒˆ˜†‡‰‹›¡¢¥ªº±µ¶˙˛ˇ˘")
_TYPICAL: Final = frozenset(
    "的是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動"
    "同工也能下过過说說而方后後多定行所民得经經のにはをたがでてとしれさあるいなっらりかもまこそれ"
    "이다의는에을를가한고로지하서도은들기사리자인"
)


def guess(data: bytes) -> tuple[str, float]:
    """The encoding under which the text reads as a language, and how sure that is."""
    sample, language = _sample(data), declared_language(data)
    rated = [
        (naturalness(sample, name, language), -rank, name) for rank, name in enumerate(_GUESSES)
    ]
    score, _, best = max(rated)
    if score < 0.3 and (other := _charset_normalizer(sample)):
        return other, 0.5
    return best, round(max(0.3, min(0.9, score)), 2)


def better_guess(data: bytes, name: str) -> str | None:
    """The encoding in which the text reads far better than in the one that is declared, if any."""
    sample, language = _sample(data), declared_language(data)
    if sample.isascii():
        return None
    declared = naturalness(sample, name, language)
    best, _ = guess(data)
    better = naturalness(sample, best, language)
    return best if best != name and better > declared + 0.4 and better > 0.8 else None


def declared_language(data: bytes) -> str | None:
    """The language that a page declares in its ``html`` element."""
    match = _DECLARED.search(data[:4096])
    return match[1].decode("ascii").lower() if match else None


def typical(text: str) -> float:
    """The share of a text's East Asian characters that are among the most frequent ones."""
    east = [c for c in text if "\u3040" <= c <= "\u9fff" or "\uac00" <= c <= "\ud7a3"]
    return sum(c in _TYPICAL for c in east) / len(east) if len(east) > 4 else 0.0


def naturalness(sample: bytes, name: str, declared: str | None = None) -> float:
    """How much bytes read as the text of a language: 1 and more for prose, less for wrong signs."""
    text = sample.decode(name, "replace")
    special = [c for c in text if ord(c) > 127]
    if not special:
        return 0.0
    bad = sum(c == "\ufffd" or ("\x80" <= c < "\xa0") or c in _ODD for c in text)
    letters = sum(c.isalpha() or c in _MARKS for c in special)
    rare = sum(_is_rare(c) for c in special)
    found = detect_language(text)
    language = min(found.confidence, _SURE) if found else 0.0
    mixed = _mixed(text)
    if not mixed and _alphabet([c.lower() for c in special if c.isalpha()]):
        language = _SURE  # else those with few languages, known by their letters, would win
    return (
        (0.4 * letters - 3 * bad - rare - mixed) / len(special)
        - _case_breaks(text) / len(special)
        + 0.6 * language
        + _fits(special, found.language if found else None, declared)
    )


def _fits(special: list[str], found: str | None, declared: str | None) -> float:
    """How well the letters beyond ASCII are those of a language: −0.5 to 0.6."""
    letters = [c.lower() for c in special if c.isalpha()]
    if not letters:
        return 0.0
    if found in {"ja", "zh", "ko"}:
        return min(0.5, 2 * typical("".join(special)) - 0.2)
    if alphabet := _alphabet(letters):
        common = _tables()["common"][alphabet]
        return min(0.5, sum(c in common for c in letters) / len(letters) - 0.35)
    table: Mapping[str, str] = _tables()["letters"]
    shares = {tag: sum(c in own for c in letters) / len(letters) for tag, own in table.items()}
    if declared in shares:
        return shares[declared] - 0.4
    if found in shares:
        return shares[found] - 0.5
    return max(shares.values()) - 0.55


def _alphabet(letters: list[str]) -> str | None:
    """The alphabet that most letters are of, if it is not the Latin one."""
    for alphabet, pattern in _ALPHABETS[1:]:
        if sum(bool(pattern.match(c)) for c in letters) > 0.6 * len(letters):
            return alphabet
    return None


def _mixed(text: str) -> int:
    """How many words have letters of two alphabets, which no language writes."""
    words = itertools.islice(_WORD.finditer(text), _MOST_WORDS)
    return sum(
        not word[0].isascii()
        and sum(bool(pattern.search(word[0])) for _, pattern in _ALPHABETS) > 1
        for word in words
    )


def _case_breaks(text: str) -> int:
    """Capitals inside words, as wrong Cyrillic and Greek readings have them."""
    return sum(b.isupper() and a.islower() and ord(b) > 127 for a, b in itertools.pairwise(text))


def _is_rare(character: str) -> bool:
    """Characters that misread text is full of and prose is not."""
    code = ord(character)
    return (
        0xE000 <= code <= 0xF8FF
        or 0xFF61 <= code <= 0xFF9F
        or 0x2500 <= code <= 0x259F
        or 0x3400 <= code <= 0x4DBF
        or code >= 0x20000
    )


def _sample(data: bytes) -> bytes:
    """The part of the data that tells most: from the first byte that is not ASCII on."""
    first = next((i for i, byte in enumerate(data[: SAMPLE * 16]) if byte > 127), 0)
    start = max(0, first - 2000)
    return data[start : start + SAMPLE]


def _charset_normalizer(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best else None


@cache
def _tables() -> dict[str, Any]:
    text = files("citekit.extract.documents").joinpath("alphabets.toml").read_text("utf-8")
    return tomllib.loads(text)
