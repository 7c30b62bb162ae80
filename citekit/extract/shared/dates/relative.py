"""Dates that count back from the moment of reading: "2 hours ago", "gestern, 18:30".

They say nothing unless the moment is known at which the page was saved. The phrases are CLDR's, by
Babel, and a few more from ``relative.toml``.
"""

from __future__ import annotations

import re
import tomllib
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from babel.localedata import LocaleDataDict, exists, load

from citekit.extract.shared.dates.found import FoundDate
from citekit.extract.shared.dates.line import ascii_digits
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping
    from datetime import datetime

    _LocaleData = MutableMapping[str | int | None, Any]

Unit = Literal["second", "minute", "hour", "day"]

_UNITS: Final[tuple[Unit, ...]] = ("second", "minute", "hour", "day")
_SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400}
_MOST_DAYS: Final = 6  # of a week and more nobody counts the days
_LONGEST: Final = 300
_PLURALS: Final = {"one": 1, "two": 2}


class Ago(Value):
    """A phrase that counts back: its range in the text, the unit and how many."""

    start: int
    end: int
    unit: Unit
    count: int

    def day(self, saved_at: datetime) -> FoundDate | None:
        """The day it names in a page that was saved at an instant, in the zone of that."""
        if self.unit == "day" and self.count > _MOST_DAYS:
            return None
        then = saved_at - timedelta(seconds=self.count * _SECONDS[self.unit])
        return FoundDate(start=self.start, end=self.end, parts=(then.year, then.month, then.day))


def find_ago(text: str, language: str | None = None) -> list[Ago]:
    """The phrases of a short line that count back, in its language and in English.

    >>> [(one.unit, one.count) for one in find_ago("vor 2 Stunden", "de")]
    [('hour', 2)]
    """
    if len(text) > _LONGEST:
        return []
    line = ascii_digits(text)
    found: list[Ago] = []
    for tag in dict.fromkeys((language, "en")):
        pattern, meanings = _phrases(tag) if tag else (None, {})
        for match in pattern.finditer(line) if pattern else ():
            unit, count = meanings[_key(match[0])]
            number = re.search(r"\d+", match[0])
            counted = int(number[0]) if number else count
            free = all(match.end() <= one.start or match.start() >= one.end for one in found)
            if free and counted is not None:
                found.append(Ago(start=match.start(), end=match.end(), unit=unit, count=counted))
    return sorted(found, key=lambda one: one.start)


@cache
def _phrases(language: str) -> tuple[re.Pattern[str] | None, Mapping[str, tuple[Unit, int | None]]]:
    """A pattern for the phrases of a language, and what each means; a count of None is printed."""
    meanings: dict[str, tuple[Unit, int | None]] = {}
    for phrase, unit, count in (*_of_cldr(language), *_of_table(language)):
        meanings.setdefault(_key(phrase), (unit, count))
    phrases = sorted((key for key in meanings if key), key=len, reverse=True)
    if not phrases:
        return None, {}
    joined = "|".join(
        re.escape(key).replace(r"\ ", r"\s+").replace(r"\#", r"\d{1,3}") for key in phrases
    )
    # Chinese and Thai write no blanks between words, so that only letters with cases bound a phrase
    latin = r"[^\W\d_\u0e00-\u0e7f\u3040-\u9fff\uac00-\ud7a3]"
    pattern = re.compile(rf"(?<!{latin})(?<!\d)(?:{joined})(?!{latin})(?!\d)", re.IGNORECASE)
    return pattern, meanings


def _key(phrase: str) -> str:
    """A phrase as it is looked up: its number is a sign, marks of direction do not count."""
    phrase = phrase.translate(dict.fromkeys(range(0x200E, 0x2010)))
    return " ".join(re.sub(r"\{0\}|\d+|#", "#", phrase.casefold()).split()).rstrip(".")


def _of_cldr(language: str) -> Iterator[tuple[str, Unit, int | None]]:
    tag = {"no": "nb"}.get(language, language)
    if not exists(tag):
        return
    fields = LocaleDataDict(cast("_LocaleData", load(tag)))["date_fields"]
    for unit in _UNITS:
        for width in ("", "-short", "-narrow"):
            for plural, phrase in fields[unit + width].get("past", {}).items():
                if "{0}" in phrase:
                    yield phrase, unit, None
                elif plural in _PLURALS:
                    yield phrase, unit, _PLURALS[plural]
    for days, phrase in fields["day"].get("relative", {}).items():
        if days <= 0:
            yield phrase, "day", -days


def _of_table(language: str) -> Iterator[tuple[str, Unit, int | None]]:
    """The phrases of the table: under each unit those with a count, and those that mean one."""
    text = (
        files("citekit.extract.shared.dates").joinpath("relative.toml").read_text(encoding="utf-8")
    )
    for key, phrases in tomllib.loads(text).get(language, {}).items():
        unit, _, count = key.partition("-")
        for phrase in phrases:
            yield phrase, unit, int(count) if count else None
