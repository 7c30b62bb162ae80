"""Read the names out of a byline: "By A. One and B. Two, Political Editors".

A marker ("By", "Von", "文：") must be followed by names and by nothing that is not a name, a place
or a job: "By the end of the year" has no author. In doubt the answer is: no byline.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from citekit.extract.shared.language import frequent_words
from citekit.extract.shared.names import (
    is_agency,
    is_organisation,
    looks_like_name,
    strip_honorifics,
)
from citekit.extract.shared.words import every, fold, of_language, spellings, tokens, vocabulary
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 260
_NOISE = re.compile(
    r"(?<!\S)\S+@\S+|(?<!\w)@\w+|https?://\S+|\((?:[^()]*)\)|\[(?:[^\[\]]*)\]|®|™",
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

    >>> read_byline("By Jane Doe in Rome and John Roe in Paris").names
    ('Jane Doe', 'John Roe')
    >>> read_byline("By the end of the year") is None
    True
    """
    line = " ".join(text.split())
    if not line or len(line) > _LONGEST:
        return None
    marker = _marker(line, language)
    if marker is None:
        return _by_suffix(line, language)
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
    if len(line) > 80 or re.search(r"[.!?:;]$|^\W", line) or _marker(line, language):
        return None
    names = split_names(line, language=language, marked=False)
    return Byline(names=names, rule="bare-name", confidence=0.6) if names else None


def without_marker(text: str, language: str | None) -> str:
    """A line without the marker of a byline at its start, whatever follows it."""
    line = " ".join(text.split())
    match = _marker(line, language) or _marker(line, None)
    return line[match.end() :] if match else line


def split_names(
    text: str,
    *,
    language: str | None = None,
    marked: bool = True,
    is_line: bool = True,
) -> tuple[str, ...] | None:
    """The single names of a list of names, without jobs and places; None if it is no such list.

    In a line that is printed for readers (`is_line`), a single word behind a full name is where it
    was written; in data it is another name.

    >>> split_names("Ministry of Trade, Fisheries and Food")
    ('Ministry of Trade, Fisheries and Food',)
    """
    text = _photographer().sub(" ", _photographs().sub("", " ".join(text.split())))
    text = _once(_NOISE.sub(" ", text).strip(" ,;:–-—|/"))
    if organisation := _organisation_first(text, language):
        return organisation
    names: list[str] = []
    is_placed = False
    for part, joined in _parts(text, language):
        bare, tail = _without_tail(part, language)
        name = _clean_name(bare)
        if not name or (names and _is_beside(name, names, joined=joined, is_placed=is_placed)):
            continue
        if names and is_line and not joined and _is_single(name, names):
            continue
        name, is_placed = _without_role(name, language), bool(tail)
        if not looks_like_name(name, marked=marked or bool(names)):
            broken = not names or name[:1].islower() or len(name.split()) > 6
            return None if broken else tuple(dict.fromkeys(names))
        names.append(name)
    return tuple(dict.fromkeys(names)) or None


def _organisation_first(text: str, language: str | None) -> tuple[str, ...] | None:
    """An organisation that begins a text, whole, and the persons behind a comma after it.

    What follows "of", "for", "and" or a comma belongs to its name, unless it is a list of persons.
    """
    head, *complement = _complement(language).split(text, maxsplit=1)
    if is_agency(head) or _without_role(head, language) != head or len(text) > 160:
        return None
    if not is_organisation(head) and not (complement and _is_whole(text, head, language)):
        return None
    first, *rest = (part.strip() for part in text.split(","))
    listed = [name for part in rest for name in _persons(part, language)]
    if rest and listed and "" not in listed:
        return (first, *listed)
    is_placed = all(part.isalpha() for part in rest) and _complement(language).search(first) is None
    return (first,) if rest and is_placed else (text,)


def _is_whole(text: str, head: str, language: str | None) -> bool:
    """Whether one word and what follows it make an organisation: "Friends of the Library".

    Who is "for" or "in" something works there; a comma ends the name.
    """
    joint = fold(text[len(head) :].strip().split(" ", 1)[0])
    is_place = joint != "of" and joint in of_language("at", language)
    return " " not in head and joint in every("of") and not is_place and is_organisation(text)


def _persons(text: str, language: str | None) -> list[str]:
    """The persons of a part of a list; an empty text for what is none."""
    names = [part.strip() for part, _ in _parts(text, language) if part.strip()]
    return [
        name if looks_like_name(name, marked=False) and not is_organisation(name) else ""
        for name in names
    ]


def _is_beside(name: str, names: list[str], *, joined: bool, is_placed: bool) -> bool:
    """Whether a part behind a name is no name: a job, a degree, a place, a paper."""
    if not joined and (_is_role(name) or is_agency(names[-1])):
        return True  # or the place of an agency's report
    if fold(name).replace(".", "") in every("degree"):
        return True
    return is_placed and (_is_single(name, names) or fold(name) in every("place"))


def _is_single(name: str, names: list[str]) -> bool:
    """Whether a part is one word behind a full name, and no agency."""
    is_word = name.isalpha() and not any(c >= "\u2e80" for c in name)
    return is_word and len(names[-1].split()) > 1 and not is_agency(name)


def _without_tail(part: str, language: str | None) -> tuple[str, str]:
    """A part without the place or paper behind it, or what a dash or bar sets apart."""
    match = _tail(language).search(part)
    return (part[: match.start()], match[0]) if match and match.start() else (part, "")


@cache
def _tail(language: str | None) -> re.Pattern[str]:
    words = _alternatives(w for w in spellings("at", language) if fold(w) not in every("particle"))
    return re.compile(
        rf"\s+(?:{words})\s+[^\W\d_].*$|\s+[-–—|•·/]\s+.*$|\s*[|•·].*$", re.IGNORECASE
    )


@cache
def _complement(language: str | None) -> re.Pattern[str]:
    """Where the head of an organisation's name ends: "Ministry" in "Ministry of Trade"."""
    words = {*spellings("at", language), *spellings("of"), *spellings("and", language)}
    return re.compile(rf"\s+(?:{_alternatives(words)})\s+|\s*[,;|]\s*", re.IGNORECASE)


@cache
def _photographs() -> re.Pattern[str]:
    """The credits of pictures behind a byline: "Photos: …", "| Fotos von …"."""
    by = _alternatives(("by", "von", "par", "por", "di", "av", "af", "door", "de"))
    return re.compile(
        rf"(?:^|[\s,;|/–—-])(?:{_photo_words()})\s*(?:[:：]|\s(?:{by})\s).*$", re.IGNORECASE
    )


@cache
def _photographer() -> re.Pattern[str]:
    """A name with the word for pictures in brackets: "Ann Lens (Fotos)"."""
    return re.compile(rf"[^,;|/()]*\((?:{_photo_words()})\)", re.IGNORECASE)


@cache
def _photo_words() -> str:
    return _alternatives(word for word in spellings("photo") if word.isalpha())


def _once(text: str) -> str:
    """A name that stands twice, for a narrow and a wide window, once."""
    words = text.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half > 1 and words[:half] == words[half:] else text


def _clean_name(part: str) -> str:
    name = _EAST_SUFFIX.sub("", strip_honorifics(part.strip(' ,;:–-—|/"“”')))
    return name if re.search(r"\b(?:[A-Z]|Jr|Sr|St)\.$", name) else name.rstrip(".")


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
    words = tokens(text)
    return len(words) <= 9 and any(map(_is_role_word, words))


@cache
def _is_role_word(word: str) -> bool:
    """Whether a folded word is a job's, with an ending of up to two letters, or a compound."""
    if any(word[: len(word) - cut] in every("role") for cut in range(3) if len(word) > 3 + cut):
        return True
    return any(len(role) >= 6 and word.endswith(role) for role in every("role"))


def _without_role(name: str, language: str | None) -> str:
    """A name without the job printed right behind or before it: "Jane Doe Political Editor"."""
    words = name.split()
    roles = [i for i, word in enumerate(words) if fold(word).strip(".,") in every("role")]
    if not roles or len(words) < 3 or len(words) - len(roles) < 2 or roles[0] == 1:
        return name
    if roles[0] == 0:
        return " ".join(words[roles[-1] + 1 :])
    # English jobs have two words as a rule, and names too.
    is_of_two = language in {"en", None} and roles == [3] and words[1] not in every("particle")
    return " ".join(words[: 2 if is_of_two else max(2, roles[0])])


def _by_suffix(line: str, language: str | None) -> Byline | None:
    """Bylines with the marker behind: 홍길동 기자, "Ayşe Kaya tarafından yazıldı"."""
    if len(line) > 60:
        return None
    if match := re.match(r"^(?:\S{1,12}[=/\s]\s*)?(\S{2,5})\s*(기자|記者|记者|특파원)", line[:40]):
        rest = line[match.end() :].strip(" =")
        if rest and "@" not in rest:
            return None
        return Byline(names=(match[1],), rule="byline-suffix", confidence=0.9)
    match = _marker_behind(language).search(line)
    names = split_names(line[: match.start()], language=language, marked=False) if match else None
    return Byline(names=names, rule="byline-suffix", confidence=0.85) if names else None


@cache
def _marker_behind(language: str | None) -> re.Pattern[str]:
    words = _alternatives(spellings("by-behind", language))
    return re.compile(rf"\s*(?:(?<=\s)|(?<=[\u0900-\uffff]))(?:{words})\s*[:：.]?$", re.IGNORECASE)


def _marker(line: str, language: str | None) -> re.Match[str] | None:
    """A marker at the start of a line.

    With a colon, any language's words count; without one only those of this language, as "De" or
    "Di" begin names elsewhere.
    """
    return _marked().match(line) or _spaced(language).match(line)


_BEFORE_MARKER = r"^(?:[-–—•*>»/(\[]\s*)?"


@cache
def _marked() -> re.Pattern[str]:
    words = _alternatives(spellings("by"))
    return re.compile(
        rf"{_BEFORE_MARKER}(?:(?:{words})\s*[:：／・]\s*|(?:{words})\s?/\s?)", re.IGNORECASE
    )


@cache
def _spaced(language: str | None) -> re.Pattern[str]:
    words = _alternatives(w for w in spellings("by", language) if fold(w) not in every("noun"))
    return re.compile(rf"{_BEFORE_MARKER}(?:{words})\s+", re.IGNORECASE)


def _alternatives(words: Iterable[str]) -> str:
    ordered = sorted(set(words), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in ordered)


@cache
def _separator(language: str | None) -> re.Pattern[str]:
    words = [w for w in spellings("and", language) if w.isalpha() and w < "\u2e80"]
    if language not in vocabulary("and"):
        words = [w for w in words if fold(w) not in every("at")]  # "in" is Slovenian for "and"
    joined = _alternatives(words)
    return re.compile(
        rf"(\s*[,;、；，|]\s*(?:(?:{joined})\s+)?|\s+(?:{joined}|&|\+|with|w|و|및)\s+|\s*/\s*|\s*&\s*)",
        re.IGNORECASE,
    )
