"""Numbers, number ranges and pages as CSL writes them.

Source: CSL 1.0.2 §Number, §Choose (is-numeric), §Page Ranges, Appendix V.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from citekit.csl.style.locale import Locale

MOST_SIGNS = 1_000
"""Of a number, page or locator; longer texts are words, since patterns take the square of them."""
_MOST_DIGITS = 15  # what has more is no number of a page or volume, and is left as it is
_NUMBER = r"(?:[^\W\d_]*\d+[^\W\d_]*(?:/[^\W\d_]*\d+[^\W\d_]*)?|[ivxlcdm]+)"
# strings: what few items need is compiled when it is needed, since start-up counts
_NUMERIC = rf"{_NUMBER}(?:(?:\s*(?:[&-]|–|—|\\-)\s*|,\s+|\s+and\s+){_NUMBER})*[-–]?"
_PART = r"(\s*(?:\\-|[,&–—-]|\band\b)\s*)"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_ONE = r"(?:[^\W\d_]*\d+[^\W\d_]*(?:/\d+)?|[ivxlcdmIVXLCDM]+)"
_SEVERAL = (
    rf"{_ONE}\.?(?:\s*(?:[-–—&]|,(?=\s)|,?\s(?:and|et|und|y|e|en|och|og)\s)\s*{_ONE}\.?)+"
    r"(?:\+|\s?ff?\.?)?"  # and the following ones
)
_OPEN_RANGE = r"\d+[-–]"
_SIDES = r"^(.*?)\s*(?<![-–])[-–]\s*([^-–]*)$"
_FOLLOWING = r"(?<=\d)\s?ff?\.?$"
_SIDE = r"^(.*\D)?(\d+)$"
_ROMAN_NUMBER = r"(?i)[ivxlcdm]+"


def is_numeric(text: str) -> bool:
    """Whether CSL calls this content numeric: numbers with short affixes, lists and ranges.

    >>> [is_numeric(t) for t in ("2nd", "1-4, 7", "second", "12th edition")]
    [True, True, False, False]
    """
    return len(text) <= MOST_SIGNS and bool(re.fullmatch(_NUMERIC, text.strip()))


def whole_number(text: str | None, otherwise: int = 0) -> int:
    """The number that some digits are; ``otherwise`` for any other text and for endless digits.

    >>> [whole_number(text) for text in ("12", " 7 ", "²", "-3", "9" * 5000, None)]
    [12, 7, 0, 0, 0, 0]
    """
    text = (text or "").strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else otherwise


def roman(number: int) -> str:
    """The number in lower-case roman numerals; from 4000 on in digits.

    >>> roman(1984)
    'mcmlxxxiv'
    """
    if not 0 < number < 4000:
        return str(number)
    out = []
    for value, letters in _ROMAN:
        while number >= value:
            out.append(letters)
            number -= value
    return "".join(out)


def ordinal(number: int, locale: Locale, gender: str) -> str:
    """The number with its ordinal suffix (2nd, 1re, 3.º)."""
    return f"{number}{_ordinal_suffix(number, locale, gender)}"


def _ordinal_suffix(number: int, locale: Locale, gender: str) -> str:
    """Match the whole number, then its last two digits, then the last one (§Ordinal Suffixes)."""
    ordinals = locale.ordinals
    tries = (
        ("whole-number", number if number < 100 else None),
        ("last-two-digits", number % 100),
        ("last-digit", number % 10),
    )
    for gender_form in (gender, "") if gender else ("",):
        for scope, value in tries:
            term = None if value is None else ordinals.get((f"ordinal-{value:02}", gender_form))
            if term is None:
                continue
            default = "last-digit" if (value or 0) < 10 else "last-two-digits"
            asked = term.match or default
            if asked == scope or (scope == "whole-number" and asked != "whole-number"):
                return term.single
        plain = ordinals.get(("ordinal", gender_form))
        if plain is not None:
            return plain.single
    return ""


def long_ordinal(number: int, locale: Locale, gender: str) -> str:
    """The ordinal in words up to ten, otherwise as ``ordinal`` gives it."""
    if 0 < number <= 10:
        term = locale.term(f"long-ordinal-{number:02}", "long", gender)
        if term is not None:
            return term.single
    return ordinal(number, locale, gender)


def format_number(text: str, form: str, locale: Locale, gender: str, *, dash: str = "") -> str:
    """A numeric value in a form; each number of a list or range is formatted by itself.

    A hyphen becomes the ``dash``, by default that of page ranges; a dash that was typed stays.
    """
    pieces = split_list(text.strip())
    dash = dash or locale.text("page-range-delimiter") or "–"
    for i, piece in enumerate(pieces):
        if i % 2:
            pieces[i] = _separator(piece, locale, dash)
        elif piece.isascii() and piece.isdigit() and len(piece) <= _MOST_DIGITS:
            pieces[i] = _one(int(piece), form, locale, gender) if form != "numeric" else piece
    return "".join(pieces)


def split_list(text: str) -> list[str]:
    """The parts of a list or range, and between them what joins them.

    >>> split_list("2, 4-6")
    ['2', ', ', '4', '-', '6']
    """
    return re.split(_PART, text) if len(text) <= MOST_SIGNS else [text]


def _separator(text: str, locale: Locale, dash: str) -> str:
    mark = text.strip()
    if mark == ",":
        return ", "
    if mark == "and":
        return " and "
    if mark == "&":
        return f" {locale.text('and', 'symbol')} "
    return "-" if mark == "\\-" else dash if mark == "-" else mark


def _one(number: int, form: str, locale: Locale, gender: str) -> str:
    match form:
        case "ordinal":
            return ordinal(number, locale, gender)
        case "long-ordinal":
            return long_ordinal(number, locale, gender)
        case "roman":
            return roman(number)
        case _:
            return str(number)


def is_plural(text: str) -> bool:
    r"""Whether a label beside this content takes its plural: a range or list of numbers.

    >>> [is_plural(t) for t in ("12", "S213-S235", "1 & 2", "3\\-B", "Michaelson-Morely", "7-")]
    [False, True, True, False, False, True]
    """
    text = text.strip()
    if len(text) > MOST_SIGNS:
        return False
    return bool(re.fullmatch(_SEVERAL, text) or re.fullmatch(_OPEN_RANGE, text))


# ------------------------------------------------------------------------------------------- pages


def page_range(
    text: str,
    style: str | None,
    delimiter: str,
    ampersand: str = "&",
    *,
    keeps_dashes: bool = False,
) -> str:
    r"""The pages with shortened or expanded ranges (``page-range-format``).

    >>> page_range("321-328, 401", "minimal", "–")
    '321–8, 401'

    Text that holds no range of numbers comes back unchanged; ``\\-`` is a hyphen that stays, and
    with ``keeps_dashes`` so does every dash that was typed as one.
    """
    if len(text) > MOST_SIGNS:
        return text
    if "\\-" in text:
        return text.replace("\\-", "-")
    parts = re.split(r"(\s*[,;&]\s*)", text)
    for i in range(0, len(parts), 2):
        if not (keeps_dashes and "–" in parts[i]):
            parts[i] = _one_range(parts[i], style, delimiter)
    for i in range(1, len(parts), 2):
        mark = parts[i].strip()
        parts[i] = f" {ampersand} " if mark == "&" else mark + parts[i][-1:].lstrip(mark)
    return "".join(parts)


def _one_range(text: str, style: str | None, delimiter: str) -> str:
    following = re.search(_FOLLOWING, text) if text.endswith(("f", "f.")) else None
    if following:
        return _one_range(text[: following.start()], style, delimiter) + following[0]
    sides = re.match(_SIDES, text)
    if sides is None:
        return text
    left, right = sides.groups()
    one, other = re.match(_SIDE, left), re.match(_SIDE, right)
    if one is None or other is None:
        if re.fullmatch(_ROMAN_NUMBER, left) and re.fullmatch(_ROMAN_NUMBER, right):
            return f"{left}{delimiter}{right}"
        return f"{left}-{right}"
    prefix, first = one[1] or "", one[2]
    if prefix != (other[1] or ""):
        return f"{left}-{right}"
    if style is None:
        return f"{left}{delimiter}{right}"
    last = other[2]
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    if len(last) != len(first) or len(first) > _MOST_DIGITS or int(last) < int(first):
        return f"{left}{delimiter}{right}"
    return f"{left}{delimiter}{prefix if style == 'expanded' else ''}{_shorten(first, last, style)}"


def _shorten(first: str, last: str, style: str) -> str:
    match style:
        case "minimal":
            return _minimal(first, last, 1)
        case "minimal-two":
            return _minimal(first, last, 2)
        case "chicago" | "chicago-15":
            return _chicago(first, last, sixteen=False)
        case "chicago-16":
            return _chicago(first, last, sixteen=True)
        case _:
            return last


def _minimal(first: str, last: str, keep: int) -> str:
    at = 0
    while at < len(last) - keep and first[at] == last[at]:
        at += 1
    return last[at:]


def _chicago(first: str, last: str, *, sixteen: bool) -> str:
    """The Chicago Manual's rules: 71–72, 100–104, 107–8, 321–25, 1496–500 (15th: 1496–1500)."""
    number = int(first)
    if number < 100 or number % 100 == 0:
        return last
    if number % 100 < 10:
        return _minimal(first, last, 1)
    short = _minimal(first, last, 2)
    if not sixteen and len(first) == 4 and len(short) >= 3:
        return last
    return short
