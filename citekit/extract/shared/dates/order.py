"""Whether 04/03/2024 is a day in March or in April: the region of the page, by CLDR, decides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from babel import Locale
from babel.core import UnknownLocaleError

from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

DAY_FIRST: Final = "dmy"
MONTH_FIRST: Final = "mdy"

_AMERICAN: Final = frozenset({"gov", "mil", "edu", "us"})
_REGIONS: Final = {"uk": "GB", "eu": "IE"}  # domains that are no region's code
_TAG: Final = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_](?P<region>[A-Za-z]{2}))?"
)
_NUMBERS: Final = re.compile(r"(?<![\d.,:/-])(\d{1,2})([/.-])(\d{1,2})\2(?:19|20)\d\d(?![\d/.-])")


class DayOrder(Value):
    """Which of two numbers is the day, and whether that is sure or only the likelier reading."""

    first: Literal["dmy", "mdy"]
    is_sure: bool


UNKNOWN_ORDER: Final = DayOrder(first=MONTH_FIRST, is_sure=False)


def day_order(tags: Iterable[str], url: str | None = None, texts: Iterable[str] = ()) -> DayOrder:
    """The order of day and month on a page of these languages (BCP 47), surest first.

    A region decides, the address's one where two disagree, which is not sure; then the language
    alone, where all its regions agree; then dates among `texts` that can be read in one way only.

    >>> day_order(["en-GB"]), day_order(["en"])
    (DayOrder(first='dmy', is_sure=True), DayOrder(first='mdy', is_sure=False))
    """
    read = [match for tag in tags if (match := _TAG.match(tag))]
    language = read[0]["language"].lower() if read else "en"
    declared = next((m["region"].upper() for m in read if m["region"]), None)
    regions = [region for region in (_region_of(url), declared) if region]
    orders = [order for region in regions if (order := _of_region(language, region))]
    if orders:
        return DayOrder(first=orders[0], is_sure=len(set(orders)) == 1)
    likely = None if language == "en" else _of_locale(language)
    if likely:
        return DayOrder(first=likely, is_sure=True)
    seen = _seen_in(texts)
    return DayOrder(first=seen, is_sure=True) if seen else UNKNOWN_ORDER


def _region_of(url: str | None) -> str | None:
    """The region whose domain an address lies in."""
    try:
        top = (urlsplit(url or "").hostname or "").rpartition(".")[2]
    except ValueError:
        return None
    if top in _AMERICAN:
        return "US"
    return _REGIONS.get(top, top.upper()) if len(top) == 2 else None


def _of_region(language: str, region: str) -> Literal["dmy", "mdy"] | None:
    """The order in a region: that of the language as it is written there, else of English there."""
    return _of_locale(f"{language}_{region}") or _of_locale(f"en_{region}")


def _of_locale(tag: str) -> Literal["dmy", "mdy"] | None:
    """The order of CLDR's short date; where that begins with the year, of dates with words."""
    try:
        formats = Locale.parse(tag).date_formats
    except (UnknownLocaleError, ValueError):
        return None
    short, medium = formats["short"].pattern, formats["medium"].pattern
    if short.index("y") < short.index("d"):
        return DAY_FIRST if medium.index("d") < medium.index("M") < medium.index("y") else None
    return DAY_FIRST if short.index("d") < short.index("M") else MONTH_FIRST


def _seen_in(texts: Iterable[str]) -> Literal["dmy", "mdy"] | None:
    """The order of the numbers of which one is too large for a month; None if they disagree."""
    seen: set[Literal["dmy", "mdy"]] = set()
    for text in texts:
        for match in _NUMBERS.finditer(text):
            one, other = int(match[1]), int(match[3])
            if 12 < one <= 31 and other <= 12:
                seen.add(DAY_FIRST)
            elif 12 < other <= 31 and one <= 12:
                seen.add(MONTH_FIRST)
    return seen.pop() if len(seen) == 1 else None
