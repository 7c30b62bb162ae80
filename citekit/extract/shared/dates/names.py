"""The names of months and days in the languages of the world's news.

The common calendar's are CLDR's, by Babel; ``names.toml`` has what CLDR lacks, and the months of
other calendars. A name is looked up without case, accents, apostrophes and white space.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from babel import Locale

from citekit.extract.shared.words import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Calendar = Literal["common", "persian", "hijri", "buddhist", "roc", "japanese"]

_DERIVED_FROM: Final = 4  # letters of the shortest name that has an abbreviation not in any table
_MARKS: Final = frozenset({"Mn", "Mc"})
_ALPHABETS: Final = re.compile("[a-z\u0370-\u03ff\u0400-\u04ff]+")
_ONE_LETTER: Final = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ہ": "ه", "ـ": None})


class Month(NamedTuple):
    """A month: its number in a calendar, and the language that calls it so."""

    calendar: Calendar
    number: int
    language: str


def months_named(name: str) -> tuple[Month, ...]:
    """The months that a name or abbreviation may mean, those of commoner languages first.

    >>> [(m.number, m.language) for m in months_named("listopad")][:2]
    [(11, 'pl'), (11, 'cs')]
    """
    return _months().get(_key(name), ())


def best_month(months: tuple[Month, ...], language: str | None) -> Month:
    """The month that a word means to readers of a language: theirs, else the English one."""
    for wanted in (language, "en"):
        for month in months:
            if wanted and month.language == wanted:
                return month
    return months[0]


def weekdays_named(name: str) -> frozenset[int]:
    """The days of the week (Monday is 0) that a word may mean; empty for other words."""
    return _weekdays().get(_key(name.strip(".,()")), frozenset())


def is_weekday(word: str) -> bool:
    """Whether a word names a day of the week."""
    return bool(weekdays_named(word))


def zone_named(name: str) -> str | None:
    """The offset of a zone that is called by its letters, such as ``CET``."""
    zones: Mapping[str, str] = _tables()["zones"]
    return zones.get(name)


def _key(name: str) -> str:
    """A name as it is looked up."""
    plain = fold(name).translate(_ONE_LETTER)
    return re.sub(r"[\s.'’`_\u200c\u200d\-‑–]+", "", plain)


@cache
def _months() -> Mapping[str, tuple[Month, ...]]:
    table: dict[str, dict[tuple[Calendar, str], Month]] = {}
    for month, name in (*_cldr_months(), *_own_months()):
        if key := _key(name):
            table.setdefault(key, {}).setdefault((month.calendar, month.language), month)
    for month, short in _derived(table):
        table.setdefault(short, {}).setdefault((month.calendar, month.language), month)
    return {key: tuple(meanings.values()) for key, meanings in table.items()}


def _cldr_months() -> Iterator[tuple[Month, str]]:
    for tag, locale in _locales():
        language = _language(tag)
        for widths in locale.months.values():
            for width in ("wide", "abbreviated"):
                for number, name in widths.get(width, {}).items():
                    if not any(c.isdigit() for c in name):
                        yield Month(calendar="common", number=number, language=language), name


def _own_months() -> Iterator[tuple[Month, str]]:
    calendars: dict[str, Calendar] = {"months": "common", "persian": "persian", "hijri": "hijri"}
    for section, calendar in calendars.items():
        for language, line in _tables()[section].items():
            for number, forms in enumerate(line.split(), start=1):
                for name in forms.split("|"):
                    if name != "-":
                        yield Month(calendar=calendar, number=number, language=language), name


def _derived(
    table: dict[str, dict[tuple[Calendar, str], Month]],
) -> list[tuple[Month, str]]:
    """Beginnings of three and four letters that in their language only one month has."""
    names: dict[tuple[str, str], set[int]] = {}
    found: list[tuple[Month, str]] = []
    for key, meanings in table.items():
        for (calendar, language), month in meanings.items():
            if calendar != "common" or not _ALPHABETS.fullmatch(key):
                continue
            for size in (3, 4):
                names.setdefault((language, key[:size]), set()).add(month.number)
                if len(key) >= max(size, _DERIVED_FROM):
                    found.append((month, key[:size]))
    return [(month, short) for month, short in found if len(names[month.language, short]) == 1]


@cache
def _weekdays() -> Mapping[str, frozenset[int]]:
    table: dict[str, set[int]] = {}
    for number, name in (*_cldr_days(), *_own_days()):
        key = _key(name)
        table.setdefault(key, set()).add(number)
        if _ALPHABETS.fullmatch(key) and len(key) >= _DERIVED_FROM:
            table.setdefault(key[:3], set()).add(number)
    return {key: frozenset(numbers) for key, numbers in table.items() if key}


def _cldr_days() -> Iterator[tuple[int, str]]:
    for _, locale in _locales():
        for widths in locale.days.values():
            for width in ("wide", "abbreviated", "short"):
                yield from widths.get(width, {}).items()


def _own_days() -> Iterator[tuple[int, str]]:
    for line in _tables()["days"].values():
        for number, forms in enumerate(line.split()):
            yield from ((number, name) for name in forms.split("|") if name != "-")


@cache
def _locales() -> tuple[tuple[str, Locale], ...]:
    return tuple((tag, Locale.parse(tag)) for tag in _tables()["cldr"]["languages"].split())


def _language(tag: str) -> str:
    """The language of a locale as pages declare it; Norwegian has one here."""
    language = tag.partition("_")[0]
    return "no" if language in {"nb", "nn"} else language


@cache
def _tables() -> dict[str, Any]:
    text = files("citekit.extract.shared.dates").joinpath("names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def letters() -> str:
    """A regular expression for a character inside words: a letter, a mark on one, a joiner."""
    marks = "".join(
        chr(code) for code in range(0x300, 0x3000) if unicodedata.category(chr(code)) in _MARKS
    )
    return rf"(?:[^\W\d_]|[\u200c\u200d{marks}])"
