"""Read the lines between headline and body: date, byline, site, and any of them in one line.

Such a line is one only if everything in it is explained; a sentence that holds a date is not.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from citekit.extract.shared.bylines import Byline, bare_byline, read_byline
from citekit.extract.shared.dates.found import FoundDate
from citekit.extract.shared.dates.names import is_weekday
from citekit.extract.shared.dates.order import UNKNOWN_ORDER, DayOrder
from citekit.extract.shared.dates.printed import find_dates
from citekit.extract.shared.dates.relative import Ago, find_ago
from citekit.extract.shared.names import is_organisation
from citekit.extract.shared.noise import is_section
from citekit.extract.shared.words import bare, every, fold, spellings, tokens
from citekit.model.value import Value

if TYPE_CHECKING:
    from citekit.extract.shared.unit import Unit

Label = Literal["published", "updated", ""]

_LONGEST = 300
_SHORTEST_LABEL = 4
_UNEXPLAINED = 20  # letters of a date line that may stay without a meaning
_SEPARATOR = re.compile(r"\s*[|•·│┃]\s*|\s+[/–—‒-]\s+|\s*\n\s*|\s{3,}|\s*;\s*|\s*／\s*")
_LONGEST_DATELINE = 160
_MOST_PLACE_WORDS = 8
_PLACE_WORDS = frozenset(
    [
        "de",
        "du",
        "des",
        "la",
        "le",
        "les",
        "den",
        "der",
        "und",
        "and",
        "of",
        "el",
        "los",
        "y",
        "da",
        "do",
        "di",
        "am",
        "im",
        "sur",
    ]
)
# What parts a dateline from its text: a wire's name, and a dash, a colon or the end of a bracket.
_AFTER_DATELINE = re.compile(
    r"(?:\s?[гр]\.)?\s*[,.]?\s*"
    r"(?:\([^()]{2,40}\)|/[^/\n]{2,40}/|\|\s?[^\W\d_][^–—|\n]{1,30}?)?\s*[,.]?\s*"
    r"(?:--?|[–—:)\]】／/])\s*\S"
)
_CLOCK = re.compile(r"\d{1,2}:\d\d|\d{1,3}\s*min\w*(?:\s+\w+){0,2}")


class LabelledDate(Value):
    """A date and what the line says of it."""

    found: FoundDate
    label: Label


class MetaLine(Value):
    """What a line between headline and body holds; `names` are parts that may name the site.

    `agos` are the dates that count back, each with what the line says of it.
    """

    dates: tuple[LabelledDate, ...] = ()
    agos: tuple[tuple[Label, Ago], ...] = ()
    byline: Byline | None = None
    names: tuple[str, ...] = ()


def read_meta_line(
    unit: Unit,
    *,
    language: str | None = None,
    order: DayOrder = UNKNOWN_ORDER,
) -> MetaLine | None:
    """The parts of a date or byline line, or None if something in it is not explained."""
    if unit.width > _LONGEST or (
        unit.width > 120 and unit.is_sentence and unit.text.count(".") > 4
    ):
        return None
    return _read_meta_text(unit.text, language, order)


@lru_cache(maxsize=2_000)  # the elements around a line have the same text
def _read_meta_text(text: str, language: str | None, order: DayOrder) -> MetaLine | None:
    byline = read_byline(text, language=language)
    dates: list[FoundDate | Ago] = [*find_dates(text, language=language, order=order)]
    dates += [
        ago
        for ago in find_ago(text, language)
        if all(ago.end <= one.start or one.end <= ago.start for one in dates)
    ]
    if not dates:
        return MetaLine(byline=byline) if byline else None
    return _with_dates(text, sorted(dates, key=lambda one: one.start), language)


def _with_dates(text: str, dates: list[FoundDate | Ago], language: str | None) -> MetaLine | None:
    labels: list[Label] = []
    rests: list[str] = []
    position = 0
    for found in dates:
        label, rest = _label_around(text[position : found.start], at_end=True)
        labels.append(label)
        rests.append(rest)
        position = found.end
    label, rest = _label_around(text[position:])
    labels[-1] = labels[-1] or label
    rests.append(rest)
    parts = [part for one in rests for part in _SEPARATOR.split(one)]
    meta = _explain(parts, list(zip(labels, dates, strict=True)), language)
    if meta and meta.names and not meta.dates and not any(c.isdigit() for c in text):
        return None  # "Today" is the name of many things
    return meta


def _explain(
    parts: list[str],
    dates: list[tuple[Label, FoundDate | Ago]],
    language: str | None,
) -> MetaLine | None:
    byline: Byline | None = None
    names: list[str] = []
    unexplained = 0
    for part in parts:
        text = part.strip(" ,;:()[].-–—/|")
        if not any(c.isalnum() for c in text) or _is_filler(text) or is_section(text):
            continue
        found = read_byline(text, language=language, lenient=True)
        if found and byline is None:
            byline = found
        elif _may_be_name(text) or bare_byline(text, language=language):
            names.append(text)
        else:
            unexplained += len(text)
        if dates_other_things(text):
            return None
    if unexplained > _UNEXPLAINED:
        return None
    if byline is None:
        byline, names = _unmarked(names, language)
    return MetaLine(
        dates=tuple(
            LabelledDate(found=one, label=label)
            for label, one in dates
            if isinstance(one, FoundDate)
        ),
        agos=tuple((label, one) for label, one in dates if isinstance(one, Ago)),
        byline=byline,
        names=tuple(names),
    )


def dates_other_things(text: str) -> bool:
    """Whether words beside a date say that it is not the article's: "Founded", "Member since"."""
    if not every("other-date").isdisjoint(tokens(text)):
        return True
    folded = fold(text)
    return any(stem in folded for stem in _stems_of_other_dates())


@cache
def _stems_of_other_dates() -> tuple[str, ...]:
    """Those that are more or less than one word: phrases, and words of scripts without spaces."""
    return tuple(s for s in every("other-date") if " " in s or s > "\u2e80")


def read_dateline(
    paragraph: str, *, language: str | None = None, order: DayOrder = UNKNOWN_ORDER
) -> FoundDate | None:
    """The date with which the text of a press release begins, behind its place, or None.

    >>> read_dateline("KALMERE, March 12, 2024 /PRNewswire/ -- The council said").iso
    '2024-03-12'
    >>> read_dateline("On March 12, 2024 the council said") is None
    True
    """
    start = paragraph[:_LONGEST_DATELINE]
    found = next(iter(find_dates(start, language=language, order=order)), None)
    if found is None or not _AFTER_DATELINE.match(start, found.end):
        return None
    before = start[: found.start].strip(" ,.(:–—-|[/")
    label, place = _label_around(before, at_end=True)
    words = place.split()
    named = all(word[0].upper() == word[0] or bare(word) in _PLACE_WORDS for word in words)
    too_long = len(words) > _MOST_PLACE_WORDS or dates_other_things(place)
    return found if named and not too_long and label != "updated" else None


def _unmarked(names: list[str], language: str | None) -> tuple[Byline | None, list[str]]:
    """A person's name beside the date is the author's, even without "By"."""
    for name in names:
        if not is_organisation(name) and (found := bare_byline(name, language=language)):
            return found, [other for other in names if other != name]
    return None, names


def _label_around(text: str, *, at_end: bool = False) -> tuple[Label, str]:
    for kind in ("updated", "published"):
        pattern = _label_pattern(kind, at_end)
        if match := pattern.search(text):
            rest = text[: match.start()] + " | " + text[match.end() :]
            return _meaning(kind, match[0]), rest
    return "", text


def _meaning(kind: str, label: str) -> Label:
    """What a label says; a preposition such as "am" or "le" says nothing of its date."""
    if kind == "updated":
        return "updated"
    says = any(len(word) >= _SHORTEST_LABEL or word > "\u2e80" for word in tokens(label))
    return "published" if says else ""


@cache
def _label_pattern(kind: str, at_end: bool) -> re.Pattern[str]:
    words = sorted(spellings(kind), key=len, reverse=True)
    joined = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
    day = r"(?:[^\W\d_]+,?\s+)?(?:at|on|am|le|el|il|em|on|den|:)?"
    tail = rf"\s*[:：.,]?\s*{day}\s*$" if at_end else r""
    head = r"(?:^|(?<=[\s|/(,;:•·–—\[【（-]))"
    bounds = r"(?![^\W\d_])" if not at_end else r"(?:(?![^\W\d_])|(?=[^\x00-\u2e7f]))"
    return re.compile(rf"{head}(?:{joined}){bounds}{tail}", re.IGNORECASE)


def _is_filler(text: str) -> bool:
    key = bare(text)
    if any(key in every(kind) for kind in ("date-filler", "chrome", "share")):
        return True
    folded = fold(text)
    return bool(_CLOCK.fullmatch(folded)) or all(_is_small(word) for word in folded.split())


def _is_small(word: str) -> bool:
    filler = bare(word) in every("date-filler")
    return filler or is_weekday(word) or word.isdigit() or bool(_CLOCK.fullmatch(word))


def _may_be_name(text: str) -> bool:
    """Whether a part can name a site or a place: short, capitalised, no sentence."""
    words = text.split()
    if not 1 <= len(words) <= 7 or len(text) > 60 or re.search(r"[.!?]\s|[!?]$", text):
        return False
    cased = [word for word in words if word[0].upper() != word[0].lower()]
    upper = sum(word[0].isupper() for word in cased)
    return not cased or upper >= max(1, len(cased) - 2)
