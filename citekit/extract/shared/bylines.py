"""Read the names out of a byline: "By A. One and B. Two, Political Editors".

A marker ("By", "Von", "文：") must be followed by names and by nothing that is not a name, a place
or a job: "By the end of the year" has no author. In doubt the answer is: no byline.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from citekit.extract.shared.language import frequent_words
from citekit.extract.shared.names import is_agency, looks_like_name, strip_honorifics
from citekit.extract.shared.words import every, fold, of_language, spellings, tokens
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 260
_NOISE = re.compile(
    r"(?<!\S)\S+@\S+|(?<!\w)@\w+|https?://\S+|\((?:[^()]*)\)|\[(?:[^\[\]]*)\]|\s+für\s+.*$|®|™",
)
_TAIL = re.compile(
    r"\s+(?:in|from|aus|à|en|em|i|w|v|reporting from|für|for|at|of|bei)\s+[^\W\d_].*$"
    r"|\s+[-–—|•·/]\s+.*$|\s*[|•·].*$",
)
_EAST_SUFFIX = re.compile(
    r"\s*(?:記者|记者|特派員|編集委員|論説委員|기자|특파원|선임기자|인턴기자|논설위원)$",
)


class Byline(Value):
    """The names of a byline as printed, and how it was recognised."""

    names: tuple[str, ...]
    rule: str
    confidence: float


def read_byline(text: str, *, language: str | None = None, lenient: bool = False) -> Byline | None:
    """The names of a line that is a byline with a marker, or None.

    `lenient` is for lines that stand where bylines stand: then a short rest is taken as it is
    printed ("Von kicker", "By staff reporter").

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
    rest = line[marker.end() :]
    names = split_names(rest, language=language)
    if names is None:
        return _as_printed(rest, language) if lenient else None
    strict = marker[0].rstrip().endswith((":", "：", "/", "／"))
    strict = strict or all(len(name.split()) >= 2 or is_agency(name) for name in names)
    return Byline(names=names, rule="byline-marker", confidence=0.95 if strict else 0.8)


def _as_printed(rest: str, language: str | None) -> Byline | None:
    """A short rest behind a marker as names, unless it holds words that sentences are made of."""
    words = tokens(rest)
    if not words or len(words) > 5 or len(rest) > 60 or rest.endswith((".", "!", "?", ":")):
        return None
    frequent = frequent_words(language or "en") - of_language("and", language)
    if frequent & set(words):
        return None
    parts = [part.strip() for part, _ in _parts(rest, language)]
    names = tuple(part for i, part in enumerate(parts) if part and not (i and _is_role(part)))
    return Byline(names=names, rule="byline-marker-as-printed", confidence=0.6)


def bare_byline(text: str, *, language: str | None = None) -> Byline | None:
    """The names of a line that holds names and nothing else, without a marker, or None."""
    line = " ".join(text.split())
    if len(line) > 80 or re.search(r"[.!?:;]$|^\W", line) or _marker(language).match(line):
        return None
    names = split_names(line, language=language, marked=False)
    return Byline(names=names, rule="bare-name", confidence=0.6) if names else None


def split_names(
    text: str,
    *,
    language: str | None = None,
    marked: bool = True,
) -> tuple[str, ...] | None:
    """The single names of a list of names, without jobs and places; None if it is no such list."""
    text = _NOISE.sub(" ", " ".join(text.split())).strip(" ,;:–-—|/")
    if not _all_names(text, language, marked=marked):
        text = _TAIL.sub("", text)
    names: list[str] = []
    for part, joined in _parts(text, language):
        name = _clean_name(part)
        if not name or (names and not joined and (_is_role(name) or is_agency(names[-1]))):
            continue  # a job, or the place of an agency's report, after a comma
        if names and fold(name).replace(".", "") in every("degree"):
            continue
        if not joined:
            name = _without_role(name)
        if not looks_like_name(name, marked=marked or bool(names)):
            broken = not names or name[:1].islower() or len(name.split()) > 6
            return None if broken else tuple(dict.fromkeys(names))
        names.append(name)
    return tuple(dict.fromkeys(names)) or None


def _clean_name(part: str) -> str:
    name = _EAST_SUFFIX.sub("", strip_honorifics(part.strip(' ,;:–-—|/"“”')))
    return name if re.search(r"\b(?:[A-Z]|Jr|Sr|St)\.$", name) else name.rstrip(".")


def _all_names(text: str, language: str | None, *, marked: bool) -> bool:
    parts = [part.strip() for part, _ in _parts(text, language) if part.strip()]
    return bool(parts) and all(
        looks_like_name(part, marked=marked) and not re.search(r"\s[-–—|•·]\s", part)
        for part in parts
    )


def _parts(text: str, language: str | None) -> list[tuple[str, bool]]:
    """The parts of a list and whether a word such as "and" joins them to the one before."""
    pieces = _separator(language).split(text)
    joints = ["", *pieces[1::2]]
    return [
        (part, any(c.isalpha() or c in "&+" for c in joint or ""))
        for part, joint in zip(pieces[::2], joints, strict=True)
    ]


def _is_role(text: str) -> bool:
    """Whether a part after a name is a job or desk: it holds a word that no name has."""
    return bool(set(tokens(text)) & every("role")) and len(text.split()) <= 9


def _without_role(name: str) -> str:
    """A name without the job printed right behind or before it: "Jane Doe Political Editor"."""
    words = name.split()
    roles = [i for i, word in enumerate(words) if fold(word).strip(".,") in every("role")]
    if not roles or len(words) < 3 or len(words) - len(roles) < 2 or roles[0] == 1:
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
    spaced = _alternatives(w for w in spellings("by", language) if fold(w) not in every("noun"))
    return re.compile(
        rf"^(?:[-–—•*>»/(\[]\s*)?(?:(?:{marked})\s*[:：／・]\s*|(?:{marked})\s?/\s?|(?:{spaced})\s+)",
        re.IGNORECASE,
    )


def _alternatives(words: Iterable[str]) -> str:
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)


@cache
def _separator(language: str | None) -> re.Pattern[str]:
    words = (w for w in of_language("and", language) if w and w.isalpha() and w < "\u2e80")
    joined = _alternatives(words)
    return re.compile(
        rf"(\s*[,;、；，|]\s*(?:(?:{joined})\s+)?|\s+(?:{joined}|&|\+|with|و|및)\s+|\s*/\s*|\s*&\s*)",
        re.IGNORECASE,
    )
