"""How values are put into words for a reader: types, dates, names, numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.pages import title_markup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from citekit.model.date import Date, Parts
    from citekit.model.item import Item
    from citekit.model.name import Name

_TYPES: Final = {
    "article-newspaper": "News article",
    "article-magazine": "Magazine article",
    "article-journal": "Journal article",
    "post-weblog": "Blog post",
    "paper-conference": "Conference paper",
    "motion_picture": "Film",
    "legal_case": "Legal case",
    "personal_communication": "Personal communication",
    "webpage": "Web page",
}

KINDS: Final = {
    "person": ("Person", "People"),
    "organization": ("Organisation", "Organisations"),
    "place": ("Place", "Places"),
    "occurrence": ("Occurrence", "Occurrences"),
    "work": ("Work", "Works"),
}

ACCESS: Final = {"public": "Public text", "restricted": "Restricted text"}

STANCES: Final = {"supports": "Supports", "disputes": "Disputes", "mentions": "Mentions"}

_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SEASONS: Final = ("spring", "summer", "autumn", "winter")


def type_label(item: Item) -> str:
    """The item's type in words.

    Types without an entry of their own are spelled out: ``entry-dictionary`` is "Entry dictionary".
    """
    return _TYPES.get(item.type, item.type.replace("-", " ").replace("_", " ").capitalize())


def publisher(item: Item) -> str:
    """Who brought the item out: its container, else its publisher."""
    return title_markup.plain(item.text("container-title") or item.text("publisher"))


def source_name(item: Item) -> str:
    """Who speaks in it: publisher, else authors, else the key."""
    return publisher(item) or show_names(item.names("author")) or item.key


def show_date(date: Date | None) -> str:
    """A date for reading: ``4 June 2023``, ``4–5 June 2023``, ``about 1990``.

    >>> from citekit.model.date import Date
    >>> show_date(Date.from_edtf("2023-06-04/2023-06-05"))
    '4–5 June 2023'
    >>> show_date(Date.from_edtf("2023-05-29/2023-06-05"))
    '29 May 2023 – 5 June 2023'
    """
    if date is None:
        return ""
    if not date.parts:
        return date.literal
    text = _days_of_a_month(date.parts) or " – ".join(
        _show_parts(parts, date.season) for parts in date.parts
    )
    return f"about {text}" if date.circa else text


def show_instant(instant: datetime) -> str:
    """An instant for reading, in UTC."""
    return f"{instant.day} {_MONTHS[instant.month - 1]} {instant.year}, {instant:%H:%M:%S} UTC"


def show_names(names: Sequence[Name]) -> str:
    """Names in reading order: ``A``, ``A and B``, ``A, B and C``."""
    texts = [str(name) for name in names]
    return " and ".join(part for part in (", ".join(texts[:-1]), *texts[-1:]) if part)


def all_names(item: Item) -> str:
    """The family names of all authors, ``Lind, Moreau & Okoye``; as ``short_names`` without any."""
    names = [name.family or name.literal or "" for name in item.names("author")]
    if not all(names) or len(names) < 2:
        return short_names(item)
    return f"{', '.join(names[:-1])} & {names[-1]}"


def short_names(item: Item) -> str:
    """Who a citation names: up to two families, else the first "et al."; else the publisher."""
    names = [n.literal or n.family or n.given for n in item.names("author")]
    if not names:
        return publisher(item) or title_markup.title(item)
    return " and ".join(names) if len(names) < 3 else f"{names[0]} et al."


def year(item: Item) -> str:
    """The year of issue, or "n.d."."""
    date = item.date()
    if date is None:
        return "n.d."
    return str(date.year) if date.year is not None else date.literal or "n.d."


def count(number: int, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> count(1, "item"), count(3, "item"), count(2, "entity", "entities")
    ('1 item', '3 items', '2 entities')
    """
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def show_bytes(size_bytes: int) -> str:
    """A size for reading.

    >>> show_bytes(3466)
    '3.5 kB'
    """
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    power = 1 if size_bytes < 1_000_000 else 2
    return f"{size_bytes / 1000**power:,.1f} {('kB', 'MB')[power - 1]}"


def plain(markdown: str) -> str:
    """The words of a short Markdown text, for lists that quote it.

    >>> plain("Only in {ck:item}`Tide <tide2023>`, *not* in [others](https://a.example).")
    'Only in Tide, not in others.'
    """
    text = re.sub(r"\{[\w:-]+\}`([^`<]*?)\s*(?:<[^`>]*>)?`", r"\1", markdown)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"(\*{1,2}|`)(\S[^*`]*)\1", r"\2", text)


def shorten(text: str, limit: int = 60) -> str:
    """The text on one line, cut at a word near ``limit`` characters."""
    text = " ".join(text.split())
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0].rstrip(" ,;:–-") + "…"


def _days_of_a_month(parts: Sequence[Parts]) -> str:
    """A range of days within one month; nothing for another date."""
    match parts:
        case [(year, month, first), (last_year, last_month, _) as last] if (year, month) == (
            last_year,
            last_month,
        ):
            return f"{first}–{_show_parts(last, None)}"
    return ""


def _show_parts(parts: Parts, season: int | None) -> str:
    if not parts:
        return "…"
    year, *rest = parts
    name = str(year) if year > 0 else f"{-year} BC"  # CSL counts -44 as 44 BC
    if not rest:
        return f"{_SEASONS[season - 1]} {name}" if season else name
    month, *day = rest
    if month > 12:  # 21 to 24 are seasons
        return f"{_SEASONS[(month - 21) % 4]} {name}"
    return " ".join([*map(str, day), _MONTHS[month - 1], name])
