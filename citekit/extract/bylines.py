"""Read the names out of a byline: "By A. One and B. Two, Political Editors".

A marker ("By", "Von", "文：") must be followed by names and by nothing that is not a name, a place
or a job: "By the end of the year" has no author. In doubt the answer is: no byline.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from citekit.extract.names import is_agency, looks_like_name, strip_honorifics
from citekit.extract.words import every, fold, of_language, spellings, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 260
_NOISE = re.compile(
    r"\S+@\S+|(?<!\w)@\w+|https?://\S+|\((?:[^()]*)\)|\[(?:[^\[\]]*)\]|\s+für\s+.*$|®|™",
)
_TAIL = re.compile(
    r"\s+(?:in|from|aus|à|en|em|i|w|v|reporting from|für|for|at|of|bei)\s+[^\W\d_].*$"
    r"|\s+[-–—|•·/]\s+.*$|\s*[|•·].*$",
)
_EAST_SUFFIX = re.compile(
    r"\s*(?:記者|记者|特派員|編集委員|論説委員|기자|특파원|선임기자|인턴기자|논설위원)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Byline:
    """The names of a byline as printed, and how it was recognised."""

    names: tuple[str, ...]
    rule: str
    confidence: float


def read_byline(text: str, *, language: str | None = None) -> Byline | None:
    """The names of a line that is a byline with a marker, or None.

    >>> read_byline("By Jane Doe and John Roe").names
    ('Jane Doe', 'John Roe')
    >>> read_byline("By the end of the year") is None
    True
    """
    line = " ".join(text.split())
    if not line or len(line) > _LONGEST:
        return None
    marker = _marker(language).match(line)
    if marker is None:
        return _by_suffix(line)
    colon = bool(re.search(r"[:：/／・]\s*$", marker[0]))
    names = split_names(line[marker.end() :], language=language)
    if names is None:
        return None
    strict = colon or all(len(name.split()) >= 2 or is_agency(name) for name in names)
    return Byline(names=names, rule="byline-marker", confidence=0.95 if strict else 0.8)


def bare_byline(text: str, *, language: str | None = None) -> Byline | None:
    """The names of a line that holds names and nothing else, without a marker, or None."""
    line = " ".join(text.split())
    if len(line) > 80 or re.search(r"[.!?:;]$|^\W", line):
        return None
    names = split_names(line, language=language, marked=False)
    return Byline(names=names, rule="bare-name", confidence=0.6) if names else None


def split_names(
    text: str, *, language: str | None = None, marked: bool = True
) -> tuple[str, ...] | None:
    """The single names of a list of names, without jobs and places; None if it is no such list."""
    text = _NOISE.sub(" ", text).strip(" ,;:.–-—|/")
    text = _TAIL.sub("", text) if not _all_names(text, language, marked) else text
    names: list[str] = []
    for position, part in enumerate(_parts(text, language)):
        name = strip_honorifics(part.strip(' ,;:–-—|/"“”'))
        name = _EAST_SUFFIX.sub("", name)
        name = name if re.search(r"\b(?:[A-Z]|Jr|Sr)\.$", name) else name.rstrip(".")
        if not name:
            continue
        if position and _is_role(name):
            continue
        name = _without_role(name)
        if not looks_like_name(name, marked=marked or bool(names)):
            return None if not names or _is_lower(name) else tuple(dict.fromkeys(names))
        names.append(name)
    return tuple(dict.fromkeys(names)) or None


def _all_names(text: str, language: str | None, marked: bool) -> bool:
    parts = [part.strip() for part in _parts(text, language) if part.strip()]
    return bool(parts) and all(
        looks_like_name(part, marked=marked) and not re.search(r"\s[-–—|•·]\s", part)
        for part in parts
    )


def _parts(text: str, language: str | None) -> list[str]:
    return _separator(language).split(text)


def _is_lower(text: str) -> bool:
    return text[:1].islower() and not is_agency(text)


def _is_role(text: str) -> bool:
    """Whether a part after a name is a job or desk: it holds a word that no name has."""
    return bool(set(tokens(text)) & every("role")) and len(text.split()) <= 9


def _without_role(name: str) -> str:
    """A name without the job printed right behind or before it: "Jane Doe Political Editor"."""
    words = name.split()
    roles = [i for i, word in enumerate(words) if fold(word).strip(".,") in every("role")]
    if not roles or len(words) < 3 or len(words) - len(roles) < 2:
        return name
    if roles[0] == 0:
        return " ".join(words[roles[-1] + 1 :])
    return " ".join(words[: max(2, roles[0])]) if roles[0] >= 2 else name


def _by_suffix(line: str) -> Byline | None:
    """East Asian bylines end with the word for reporter: 홍길동 기자."""
    if len(line) > 40 or not (
        match := re.match(r"^(?:\S{1,12}[=/\s]\s*)?(\S{2,5})\s*(기자|記者|记者|특파원)", line)
    ):
        return None
    rest = line[match.end() :].strip(" =")
    if rest and "@" not in rest:
        return None
    return Byline(names=(match[1],), rule="byline-suffix", confidence=0.9)


@cache
def _marker(language: str | None) -> re.Pattern[str]:
    """Matches a marker at the start of a line.

    With a colon, any language's words count; without one only those of this language, as "De" or
    "Di" begin names elsewhere.
    """
    marked = _alternatives(spellings("by"))
    spaced = _alternatives(w for w in spellings("by", language) if w not in _NOUNS)
    return re.compile(
        rf"^(?:[-–—•*>»/(\[]\s*)?(?:(?:{marked})\s*[:：／・]\s*|(?:{marked})\s?/\s?|(?:{spaced})\s+)",
        re.IGNORECASE,
    )


_NOUNS = frozenset(  # these need a colon: without it they begin other lines
    "text texte texto tekst teksti author authors autor autora auteur haber kaynak 文 글 bài journalist"
    " reporter muhabir redacción 記事 报导 編集 编辑 기자 작성".split()
)


def _alternatives(words: Iterable[str]) -> str:
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)


@cache
def _separator(language: str | None) -> re.Pattern[str]:
    words = (w for w in of_language("and", language) if w and w.isalpha() and w < "\u2e80")
    joined = _alternatives(words)
    return re.compile(
        rf"\s*[,;、；，|]\s*|\s+(?:{joined}|&|\+|with|و|및)\s+|\s*/\s*|\s*&\s*", re.IGNORECASE
    )
