"""Dates as people type them into ``year``, ``month`` and ``date``: words, ranges, abbreviations.

Month words of every language that Babel (CLDR) knows are read in the entry's language first. Where
two languages mean two months by one word and the entry names no language, it stays words.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.bibtex.dates import MONTHS, read_date
from citekit.model.date import Date, DateError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LANGUAGES: Final = [
    "af",
    "ar",
    "az",
    "be",
    "bg",
    "bs",
    "ca",
    "cs",
    "cy",
    "da",
    "de",
    "el",
    "en",
    "eo",
    "es",
    "et",
    "eu",
    "fa",
    "fi",
    "fr",
    "ga",
    "gl",
    "he",
    "hr",
    "hu",
    "hy",
    "id",
    "is",
    "it",
    "ka",
    "kk",
    "ko",
    "lt",
    "lv",
    "mk",
    "mn",
    "nb",
    "nl",
    "nn",
    "pl",
    "pt",
    "ro",
    "ru",
    "sk",
    "sl",
    "sq",
    "sr",
    "sv",
    "th",
    "tr",
    "uk",
    "uz",
    "vi",
]
_SEASONS: Final = {
    **dict.fromkeys(("spring", "frühling", "frühjahr", "printemps", "primavera"), 1),
    **dict.fromkeys(("summer", "sommer", "été", "verano", "estate"), 2),
    **dict.fromkeys(("autumn", "fall", "herbst", "automne", "otoño", "autunno"), 3),
    **dict.fromkeys(("winter", "hiver", "invierno", "inverno"), 4),
}
_CIRCA: Final = re.compile(r"^(?:c\.?|ca\.?|circa|approx\.?|about|um)\s*(?=\d)|~$", re.IGNORECASE)
_MARKS: Final = re.compile(r"^[\[({$©]+\s*|\s*[\])}$]+$")
_ORDINAL: Final = r"(?:st|nd|rd|th|\.|º|er)?"
_DAY: Final = rf"(\d{{1,2}}){_ORDINAL}"
_WORD: Final = r"([^\W\d_]+\.?)"
_RANGE: Final = r"\s*(?:--?|–|—|/|\bto\b|\bbis\b)\s*"
_FORMS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<d>\d{{1,2}}){_ORDINAL} (?:de |of )?(?P<m>[^\W\d_]+\.?),? (?:de )?(?P<y>\d{{4}})",
        r"(?P<m>[^\W\d_]+\.?) (?P<d>\d{1,2})(?:st|nd|rd|th)?,? (?P<y>\d{4})",
        r"(?P<m>[^\W\d_]+\.?),? (?:de |of )?(?P<y>\d{4})",
        r"(?P<y>\d{4})[ ,]+(?P<m>[^\W\d_]+\.?)(?: (?P<d>\d{1,2}))?",
        r"(?P<d>\d{1,2})\. ?(?P<n>\d{1,2})\. ?(?P<y>\d{4})",
        r"(?P<y>\d{4})[/.](?P<n>\d{1,2})[/.](?P<d>\d{1,2})",
    )
)


def read_loose_date(text: str, language: str = "") -> dict[str, Any]:
    """A CSL date from a text; in ``literal`` where it is none.

    >>> read_loose_date("26.09.2020"), read_loose_date("c1950")
    ({'date-parts': [[2020, 9, 26]]}, {'date-parts': [[1950]], 'circa': True})
    """
    date = read_date(text)
    if "literal" not in date:
        return date
    bare = _MARKS.sub("", _MARKS.sub("", " ".join(text.split())))
    about = _CIRCA.search(bare)
    bare = _CIRCA.sub("", bare).strip()
    found = _bare_date(bare, language)
    if found is None:
        return {"literal": text}
    return {**found, "circa": True} if about else found


def _bare_date(text: str, language: str) -> dict[str, Any] | None:
    if re.fullmatch(r"(?a)-?\d{1,4}(?:/\d{4})?", text):
        date = read_date(text)
        return None if "literal" in date else date
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            return _of_parts(match.groupdict(), language)
    ends = re.split(_RANGE, text)
    if (
        len(ends) == 2
        and re.fullmatch(r"(?a)\d{4}", ends[0])
        and re.fullmatch(r"(?a)\d{4}", ends[1])
    ):
        return _checked([[int(ends[0])], [int(ends[1])]])
    return None


def _of_parts(parts: dict[str, str | None], language: str) -> dict[str, Any] | None:
    year, word, day = int(parts["y"] or 0), parts.get("m"), parts.get("d")
    month = int(parts["n"] or 0) if parts.get("n") else month_of(word or "", language)
    if word and not month:
        season = season_of(word)
        return {"date-parts": [[year]], "season": season} if season and not day else None
    return _checked([[year, month, *([int(day)] if day else [])]])


def read_year_month_day(
    year: str, month: str, day: str, language: str = ""
) -> tuple[dict[str, Any], bool]:
    """A CSL date from BibTeX's fields, and whether all they say is in it.

    >>> read_year_month_day("1995", "jul 18", "")
    ({'date-parts': [[1995, 7, 18]]}, True)
    """
    base = read_loose_date(year, language)
    if "literal" in base:
        words = " ".join(filter(None, (day, month, year)))
        return {"literal": words}, False
    parts = base.get("date-parts", [])
    if not month or len(parts) != 1 or len(parts[0]) > 1:
        return base, not month
    ends = list(_month_ends(month, day, language))
    if not ends:
        season = season_of(month)
        return ({**base, "season": season}, True) if season else (base, False)
    dated = _checked([[parts[0][0], *end] for end in ends])
    if dated is None:
        return {"literal": " ".join(filter(None, (day, month, year)))}, False
    return {**base, **dated}, True


def _month_ends(month: str, day: str, language: str) -> Iterator[list[int]]:
    """Month and day of the one or two ends; nothing where the words are no months."""
    text = " ".join(month.replace("~", " ").replace("\u00a0", " ").split())
    ends = [end for end in re.split(_RANGE, text) if end]
    if len(ends) not in (1, 2):
        return
    read = [_month_and_day(end, language) for end in ends]
    if len(ends) == 2:
        read = _with_shared_month(ends, read)
    if None in read:
        return
    for end in read:
        if end:
            alone = len(end) == 1 and len(read) == 1 and re.fullmatch(r"(?a)\d{1,2}", day.strip())
            yield [*end, int(day)] if alone else end


def _with_shared_month(ends: list[str], read: list[list[int] | None]) -> list[list[int] | None]:
    """``July 12--14`` and ``12--14 July``: the month that stands at one end is that of both."""
    for own, other in ((0, 1), (1, 0)):
        day, month = re.fullmatch(r"(?a)(\d{1,2})\.?", ends[own]), read[other]
        if day and month and len(month) == 2:
            read[own] = [month[0], int(day[1])]
    return read


def _month_and_day(text: str, language: str) -> list[int] | None:
    for pattern, order in ((rf"{_WORD}(?:,? {_DAY})?", (1, 2)), (rf"{_DAY} {_WORD}", (2, 1))):
        match = re.fullmatch(pattern, text)
        if match:
            month, day = month_of(match[order[0]], language), match[order[1]]
            return [month, *([int(day)] if day else [])] if month else None
    number = int(text) if re.fullmatch(r"(?a)\d{1,2}", text) else 0
    return [number] if 1 <= number <= 12 else None


def month_of(word: str, language: str = "") -> int:
    """The number of a month from its macro or its name in any language; 0 for anything else."""
    bare = word.rstrip(".").casefold()
    if bare[:3] in MONTHS and _is_english_month(bare):
        return MONTHS.index(bare[:3]) + 1
    if len(bare) < 2 or not bare.isalpha():
        return 0
    own = language.split("-", maxsplit=1)[0].lower()
    months = _months_of(own).get(bare, set()) if own in _LANGUAGES else set()
    months = months or set().union(*(_months_of(tag).get(bare, set()) for tag in _LANGUAGES))
    return next(iter(months)) if len(months) == 1 else 0


def season_of(word: str) -> int:
    """The number of a season (spring is 1) from its name; 0 for anything else."""
    return _SEASONS.get(word.strip(" .").casefold(), 0)


def _is_english_month(word: str) -> bool:
    names = """january february march april may june july august september october november
    december sept"""
    return any(name.startswith(word) for name in names.split())


@cache
def _months_of(language: str) -> dict[str, set[int]]:
    """The month words of a language, in full and short, as they stand alone and in dates."""
    from babel import Locale

    words: dict[str, set[int]] = {}
    for forms in Locale(language).months.values():
        for width in ("wide", "abbreviated"):
            for number, name in forms[width].items():
                if not name[:1].isdigit():
                    words.setdefault(name.rstrip(".").casefold(), set()).add(number)
    return words


def _checked(parts: list[list[int]]) -> dict[str, Any] | None:
    try:
        return Date.from_json({"date-parts": parts}).to_json()
    except DateError:
        return None
