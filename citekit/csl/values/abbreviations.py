"""Lists of short forms, as Zotero and citeproc-js have them: ``Journal of Tides`` → ``J. Tides``.

A list is JSON: jurisdiction → kind → text → short form. ``default`` is for all items; one with a
``jurisdiction`` such as ``us:c9`` is looked up under ``us:c9``, ``us`` and ``default``. The kinds
are those of citeproc-js; ``container-title-word`` and its kin shorten word by word, as Zotero does.
Markers within short forms (``!publisher>>>``), for law reports, are no part of CSL and not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from citekit.errors import InvalidData
from citekit.model.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

ShortForms: TypeAlias = "Abbreviations | Mapping[str, Any]"
"""Lists of short forms: made once to be used often, or the JSON of a file as it is."""

KINDS = {
    "title": "title", "genre": "title", "event": "title", "event-title": "title",
    "medium": "title", "container-title": "container-title", "archive": "container-title",
    "collection-title": "collection-title", "publisher": "institution-part",
    "original-publisher": "institution-part", "archive-place": "place", "event-place": "place",
    "original-publisher-place": "place", "publisher-place": "place",
}  # fmt: skip
"""The kind of list in which the short form of a variable is looked up."""
NUMBERS = "number"
"""The kind for all numbers and locators, which are looked up in any form."""
_UNUSED = ("classic", "container-phrase", "hereinafter", "institution-entire", "nickname",
           "title-phrase")  # fmt: skip
_KINDS = (*dict.fromkeys(KINDS.values()), NUMBERS, *_UNUSED)
_ABOUT = ("info", "name", "version")
"""What a file says of itself, beside its lists."""
# strings: compiled when a list is first used, since start-up counts
_IDLE = r"(?i)\b(?:and|et|y|und|l[ae]|the)\b|\b[ld]['’]|[^\w\s-]"
_WORDS = r"([ -])"
_LONGEST = 60
"""Letters of the beginning of a word (``biolog-``), at most."""


class Abbreviations:
    """Lists of short forms that can be looked up.

    ``path`` is where errors say the lists are; what they do not have is looked up in ``otherwise``.
    Raises InvalidData for what are no such lists.
    """

    def __init__(
        self,
        lists: Mapping[str, Any],
        path: str | None = None,
        *,
        otherwise: Abbreviations | None = None,
    ) -> None:
        self._otherwise = otherwise
        self._lists: dict[str, Mapping[str, Mapping[str, str]]] = dict(_checked(lists, path))
        self._plain: dict[tuple[str, str], dict[str, str]] = {}

    def __repr__(self) -> str:
        count = sum(len(texts) for kinds in self._lists.values() for texts in kinds.values())
        return f"<Abbreviations: {count} short forms>"

    def find(self, kind: str, text: str, jurisdiction: str = "") -> str | None:
        """The short form of a text, None where there is none.

        The text is looked up as it is; then without case, punctuation and articles; then by words.
        """
        asked = [self] if self._otherwise is None else [self, self._otherwise]
        around = _around(jurisdiction)
        entire = (lists.whole(kind, text, around) for lists in asked)
        by_words = (lists.worded(kind, text, around) for lists in asked)
        return next((short for short in (*entire, *by_words) if short is not None), None)

    def whole(self, kind: str, text: str, around: list[str]) -> str | None:
        """The short form of the whole text, as it is or without what is idle in it."""
        places = [place for place in around if kind in self._lists.get(place, ())]
        for place in places:
            if text in self._lists[place][kind]:
                return self._lists[place][kind][text]
        bare = _plain(text).casefold() if places else ""
        plain = (self._plain_list(place, kind) for place in places)
        return next((texts[bare] for texts in plain if bare in texts), None)

    def worded(self, kind: str, text: str, around: list[str]) -> str | None:
        """The text with its words shortened."""
        words = f"{kind}-word"
        places = [place for place in around if words in self._lists.get(place, ())]
        lists = [self._plain_list(place, words) for place in places]
        return _by_words(_plain(text), lists) if lists else None

    def _plain_list(self, place: str, kind: str) -> dict[str, str]:
        """A list by its texts without case, punctuation and articles; words stay as they are."""
        found = self._plain.get((place, kind))
        if found is None:
            is_of_words = kind.endswith("-word")
            found = {
                (text if is_of_words else _plain(text)).casefold(): short
                for text, short in self._lists[place].get(kind, {}).items()
            }
            self._plain[place, kind] = found
        return found


def looked_up(lists: ShortForms | None) -> Abbreviations | None:
    """The lists, ready to be looked up."""
    return Abbreviations(lists) if isinstance(lists, Mapping) else lists


def _checked(lists: object, path: str | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(lists, Mapping):
        raise _wrong("should be lists by jurisdiction", path)
    if "xdata" in lists:  # as Juris-M wraps them
        lists = lists["xdata"] if isinstance(lists["xdata"], Mapping) else {}
    for place, kinds in lists.items():
        if place not in _ABOUT:
            if not isinstance(kinds, Mapping):
                raise _wrong(f"{place!r} should hold lists by kind", path)
            for kind, texts in kinds.items():
                _check_list(f"the list {kind!r} of {place!r}", kind, texts, path)
            yield place, kinds


def _check_list(name: str, kind: str, texts: object, path: str | None) -> None:
    if kind.removesuffix("-word") not in _KINDS:
        hint = did_you_mean(kind, _KINDS) or "kinds: " + ", ".join(_KINDS)
        raise _wrong(f"{name} is of no kind that is known", path, hint)
    if not isinstance(texts, Mapping):
        raise _wrong(f"{name} should hold texts", path)
    wrong = next((text for text, short in texts.items() if not isinstance(short, str)), None)
    if wrong is not None:
        raise _wrong(f"{name} has no text for {wrong!r}", path)


def _wrong(message: str, path: str | None, hint: str | None = None) -> InvalidData:
    hint = hint or 'abbreviations look like {"default": {"container-title": {"Tides": "T."}}}'
    return InvalidData(f"abbreviations: {message}", place=path, hint=hint)


def _around(jurisdiction: str) -> list[str]:
    """A jurisdiction and those it lies in: ``us:c9``, ``us``, ``default``."""
    parts = jurisdiction.split(":") if jurisdiction else []
    return [*(":".join(parts[:end]) for end in range(len(parts), 0, -1)), "default"]


def _plain(text: str) -> str:
    """A text without punctuation, articles and "and", blanks run together.

    >>> _plain("The Journal of Tides & Currents, Part B")
    'Journal of Tides Currents Part B'
    """
    return " ".join(re.sub(_IDLE, "", text).split())


def _by_words(text: str, lists: list[dict[str, str]]) -> str | None:
    """The text with each word shortened that a list has; None for a single word, or where none is.

    A list has words (``journal``), pairs of them, and beginnings (``biolog-``). An empty short form
    leaves the word out, but never the last one.
    """
    parts = re.split(_WORDS, text)
    if len(parts) == 1:
        return None
    out: list[str] = []
    at = 0
    while at < len(parts):
        short, taken = _shortened(parts, at, lists)
        is_last = at + taken >= len(parts)
        short = parts[at] if is_last and not short else short
        between = parts[at - 1] if out and short else ""
        out.append(between + short[:1].upper() + short[1:])
        at += taken + 1
    short = "".join(out)
    return None if not short.strip() or short.casefold() == text.casefold() else short


def _shortened(parts: list[str], at: int, lists: list[dict[str, str]]) -> tuple[str, int]:
    """The short form of the word there, and how many parts it stands for."""
    word = parts[at]
    lower = word.casefold()
    for texts in lists:
        if lower in texts:
            return texts[lower], 1
        if lower.endswith("s") and lower[:-1] in texts:
            return texts[lower[:-1]], 1
        pair = "".join(parts[at : at + 3]).casefold()
        if at + 2 < len(parts) and pair in texts:
            return texts[pair], 3
        starts = (texts.get(lower[:end] + "-") for end in range(min(len(lower), _LONGEST), 0, -1))
        short = next((found for found in starts if found is not None), None)
        if short is not None:
            return (short if len(short) < len(word) else word), 1
    return word, 1
