"""Find dates and times as people print them, in some forty languages.

Why not dateparser or htmldate: they cost a third of a second to import, read a year out of "since
2009", and do not tell what was printed from what was assumed. Here a date is what stands there:
no zone is added, a day stays a day, and a date that can be read two ways says so.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from citekit.extract.shared.words import every, fold
from citekit.model.value import Value, replace

DayOrder = Literal["dmy", "mdy"]

_SCAN_LIMIT = 2_000  # code points of a line that are searched
_FIRST_YEAR, _LAST_YEAR = 1600, 2100
_MONTH_FIRST_HOSTS = (".com", ".us", ".gov", ".edu", ".mil")


class FoundDate(Value):
    """A printed date: its range in the text, its parts, and how it can be read otherwise.

    `parts` are year, month and day, or year and month. `time` is ``HH:MM`` or ``HH:MM:SS``; `zone`
    an offset such as ``+02:00``, None where none is printed.
    """

    start: int
    end: int
    parts: tuple[int, ...]
    time: str | None = None
    zone: str | None = None
    ambiguous: bool = False

    @property
    def csl(self) -> dict[str, Any]:
        """The CSL-JSON date."""
        return {"date-parts": [list(self.parts)]}

    @property
    def csl_time(self) -> dict[str, Any] | None:
        """Time, zone and a note, as evidence carries them."""
        if self.time is None:
            return None
        note = None if self.zone else "no zone given"
        return {"time": self.time, "zone": self.zone, "note": note}

    @property
    def iso(self) -> str:
        """ISO 8601, as precise as what is printed."""
        day = "-".join(f"{part:0{4 if i == 0 else 2}}" for i, part in enumerate(self.parts))
        if self.time is None or len(self.parts) < 3:
            return day
        return f"{day}T{self.time}{self.zone or ''}"


_YEAR = r"(?P<y>(?:1[6-9]|2[0156])\d\d)"
_WORD = r"(?P<mon>[^\W\d_]{3,14})"
_DAY = r"(?P<d>\d{1,2})(?!\d)"
_ORDINAL = r"(?:\s?(?:st|nd|rd|th|er|ère|º|ª|°|\.|ης|-го|-е|-é|:a|:e|η)(?![^\W_]))?"
_OF = r"(?:(?:\s|-)?(?:de|of|d['’]|di|del|van|den|da|le|do|ta)\s?)?"
_GAP = r"[\s.,/\-–]{0,3}"

_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # 2023-06-04, 2023/6/4, 2023. 06. 04., 2023年6月4日, 2023년 6월 4일
        rf"(?<![\d.,/-]){_YEAR}\s?[-/.年년]\s?(?P<m>\d{{1,2}})\s?[-/.月월]\s?{_DAY}\s?[일日]?\.?",
        # 4 June 2023, 4. Juni 2023, 1er juin 2023, 4 de junio de 2023, 4-Jun-2023, 4 Haziran 2023
        rf"(?<![\d.,:/-]){_DAY}{_ORDINAL}{_GAP}{_OF}{_WORD}{_GAP}{_OF}{_GAP}{_YEAR}(?!\d)",
        # June 4, 2023, Jun. 4th 2023
        rf"(?<![^\W_]){_WORD}{_GAP}{_DAY}{_ORDINAL}\s?,?\s?{_OF}{_YEAR}(?!\d)",
        # 2023. június 4., 2023 m. birželio 4 d., 2023. gada 4. jūnijā
        rf"(?<![\d.,/-]){_YEAR}\.?\s?(?:m\.|gada|,|-)?\s?{_WORD}\.?\s?{_DAY}\.?",
        rf"(?<![\d.,/-]){_YEAR}\.?\s?(?:gada|,|-)?\s?{_DAY}\.?[\s-]?{_WORD}",
        # 4.6.2023, 04/06/2023, 4-6-2023, 6/4/23
        (
            r"(?<![\d.,:/-])(?P<a>\d{1,2})(?P<sep>\s?[./\-–]\s?)(?P<b>\d{1,2})(?P=sep)"
            r"(?P<y>\d{4}|\d{2})(?![\d/]|[.,:-]\d)"
        ),
        # ngày 4 tháng 6 năm 2023; 4 tháng 6, 2023
        rf"(?<!\d){_DAY}\s?tháng\s?(?P<m>\d{{1,2}})\s?(?:,|năm)?\s?{_YEAR}(?!\d)",
        # 令和5年6月4日
        rf"(?P<era>令和|平成|昭和)\s?(?P<ey>\d{{1,2}}|元)年\s?(?P<m>\d{{1,2}})月\s?{_DAY}日",
        # 04 June '23, 4-Jun-23
        rf"(?<![\d.,:/-]){_DAY}[\s-]{_WORD}\.?[\s-]['’]?(?P<y>\d{{2}})(?![\d:.])",
    )
)
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925}

_CLOCK = (
    r"(?P<H>[01]?\d|2[0-4])\s?(?:[:.h時시点點]|(?=\s?[ap]\.?m\b))\s?(?P<M>[0-5]\d)?"
    r"(?:\s?[:分분.]\s?(?P<S>[0-5]\d)(?!\d))?(?:\.\d+)?[분分]?"
    r"\s?(?P<ap>[aApP]\.?\s?[mM]\b\.?|π\.μ\.|μ\.μ\.|ÖÖ|ÖS)?(?:\s?(?:Uhr|uur|hrs|h)\b)?"
)
_ZONE = (
    r"(?:\s?\(?(?P<zone>(?:(?:UTC|GMT)\s?)?[+-−]\d{1,2}:?\d{0,2}(?!\d)|[A-Z]{1,4}T?(?![^\W_]))\)?)?"
)
_HALF_WORD = r"午前|午後|오전|오후|上午|下午|晚上|早上|凌晨|ÖÖ|ÖS|SA|CH|AM|PM"
_HALF = rf"(?:(?P<half>{_HALF_WORD})\s?)?"
_JOIN = (
    r"(?:T|[\s,;|/·•()\-–—]*(?:\(\s?[^\W\d_]{1,9}\.?\s?\)|[^\W\d_]{1,3}曜日"
    rf"|(?!{_HALF_WORD})[^\W\d_]{{1,14}}\.?)?"
    r"[\s,;|/·•()\-–—]*)"
)
_TIME_AFTER = re.compile(rf"{_JOIN}(?<![\d:]){_HALF}{_CLOCK}{_ZONE}(?![\d%€$£]|[.,:]\d)")
_TIME_BEFORE = re.compile(
    rf"(?<![\d.,:]){_CLOCK}{_ZONE}(?:[\s,;|/·•\-–—]*+(?:[^\W\d_]{{1,14}}+\.?)?+[\s,;|/·•\-–—]*+){{0,2}}$",
)


def find_dates(
    text: str,
    *,
    language: str | None = None,
    order: DayOrder | None = None,
) -> list[FoundDate]:
    """Every date printed in a line, in order, with the times beside them.

    `language` decides between month names two languages share. `order` decides 04/06/2023; None
    reads it as most of the language's readers would, and marks it as ambiguous.

    >>> find_dates("Publié le 4 juin 2023 à 10h21")[0].iso
    '2023-06-04T10:21'
    """
    line = _ascii_digits(text[:_SCAN_LIMIT])
    if not any(c.isdigit() for c in line):
        return []
    found: list[FoundDate] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(line):
            taken = any(match.start() < other.end and other.start < match.end() for other in found)
            parts = None if taken else _parts(match, language, order)
            if parts is not None:
                found.append(parts)
    found.sort(key=lambda one: one.start)
    return [_with_time(line, one, found) for one in found]


def date_in_url(url: str) -> FoundDate | None:
    """The day that an address carries, such as /2023/06/04/ or /20230604-….

    >>> date_in_url("https://example.org/2023/06/04/story").iso
    '2023-06-04'
    """
    path = url.split("?", 1)[0][:_SCAN_LIMIT]
    pattern = (
        r"(?<![\d.])((?:19|20)\d\d)([/\-_.]?)(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?![\d.])"
    )
    for match in re.finditer(pattern, path):
        compact = not match[2]
        if compact and len(match[0]) != 8:
            continue
        if _is_day(parts := (int(match[1]), int(match[3]), int(match[4]))):
            return FoundDate(start=match.start(), end=match.end(), parts=parts)
    named = re.search(r"/((?:19|20)\d\d)/([a-z]{3})/(\d{1,2})/", path)
    if named and (month := month_number(named[2], "en")):
        parts = (int(named[1]), month, int(named[3]))
        if _is_day(parts):
            return FoundDate(start=named.start() + 1, end=named.end() - 1, parts=parts)
    return None


def parse_iso(value: str) -> FoundDate | None:
    """A date from a machine-readable attribute (ISO 8601 and its common misspellings).

    >>> parse_iso("2023-06-04T10:21:00+0300").iso
    '2023-06-04T10:21:00+03:00'
    """
    match = re.match(
        r"\s*(\d{4})-?(\d\d)(?:-?(\d\d))?(?:[T\s]+(\d\d):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?"
        r"\s*(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?",
        value[:64],
    )
    if match is None:
        return next(iter(find_dates(value[:200])), None)
    parts = tuple(int(part) for part in match.groups()[:3] if part)
    if not (_is_day(parts) if len(parts) == 3 else 1 <= parts[1] <= 12):
        return None
    clock = ":".join(part for part in match.groups()[3:6] if part) or None
    zone = _zone_offset(match[7]) if match[7] else None
    return FoundDate(start=match.start(), end=match.end(), parts=parts, time=clock, zone=zone)


def guess_order(language: str | None, url: str | None) -> DayOrder | None:
    """How 04/06/2023 is meant: day first everywhere but in English on American-looking hosts."""
    if language not in {None, "en"}:
        return "dmy"
    host = re.sub(r"^\w+://([^/]*).*", r"\1", url or "").casefold()
    if host.endswith((".uk", ".au", ".nz", ".ie", ".in", ".za", ".eu", ".ng", ".ke", ".pk")):
        return "dmy"
    return "mdy" if host.endswith(_MONTH_FIRST_HOSTS[1:]) else None


def month_number(word: str, language: str | None = None) -> int | None:
    """The number of a month's name or abbreviation; the language decides between homonyms."""
    meanings = _months().get(fold(word).rstrip("."))
    if not meanings:
        return None
    if language in meanings:
        return meanings[language]
    return meanings.get("en") or next(iter(meanings.values()))


def is_weekday(word: str) -> bool:
    """Whether a word names a day of the week."""
    return fold(word).strip(".,()") in _weekdays()


def _parts(match: re.Match[str], language: str | None, order: DayOrder | None) -> FoundDate | None:
    groups = match.groupdict()
    ambiguous = False
    if groups.get("era"):
        year = _ERAS[groups["era"]] + (1 if groups["ey"] == "元" else int(groups["ey"]))
    else:
        year = int(groups["y"])
        year += (2000 if year < 70 else 1900) if year < 100 else 0
        year -= 543 if year > 2400 else 0  # the Buddhist calendar of Thailand
    if groups.get("mon"):
        month, day = month_number(groups["mon"], language), int(groups["d"])
    elif groups.get("a"):
        first, second = int(groups["a"]), int(groups["b"])
        wanted = order or ("mdy" if language in {None, "en"} and "/" in groups["sep"] else "dmy")
        ambiguous = first <= 12 and second <= 12 and first != second and order is None
        if second > 12 or (wanted == "mdy" and first <= 12):
            first, second = second, first
        month, day = second, first
    else:
        month, day = int(groups["m"]), int(groups["d"])
    if month is None or not _is_day(parts := (year, month, day)):
        return None
    return FoundDate(start=match.start(), end=match.end(), parts=parts, ambiguous=ambiguous)


def _is_day(parts: tuple[int, ...]) -> bool:
    try:
        return _FIRST_YEAR <= date(*parts).year <= _LAST_YEAR
    except ValueError:
        return False


def _with_time(line: str, found: FoundDate, others: list[FoundDate]) -> FoundDate:
    limit = min((o.start for o in others if o.start >= found.end), default=len(line))
    after = _TIME_AFTER.match(line, found.end, min(limit, found.end + 60))
    if after and _plausible_join(line[found.end : after.start("H")]) and _is_clock(after):
        return _timed(found, after, start=found.start, end=after.end())
    earlier = max((o.end for o in others if o.end <= found.start), default=0)
    window = max(earlier, found.start - 60)
    before = _TIME_BEFORE.search(line[window : found.start])
    if (
        before
        and _plausible_join(line[window + before.end("H") : found.start], clock=True)
        and _is_clock(before)
    ):
        return _timed(found, before, start=window + before.start(), end=found.end)
    return found


def _is_clock(match: re.Match[str]) -> bool:
    """A lone number is no time: minutes, an hour mark or am/pm must be printed."""
    groups = match.groupdict()
    return bool(
        groups["M"] or groups["ap"] or groups.get("half") or re.search(r"[h時시点點]", match[0]),
    )


def _plausible_join(between: str, *, clock: bool = False) -> bool:
    words = re.findall(r"[^\W\d_]+", between)
    if clock:
        words = [
            word
            for word in words
            if word.casefold() not in {"am", "pm", "a", "p", "m", "h", "uhr"} and not word.isupper()
        ]
    return all(
        fold(word) in every("before-time") or word == "T" or is_weekday(word) or word in _HALVES
        for word in words
    )


_LATE = frozenset(["午後", "오후", "下午", "晚上", "ÖS", "CH", "PM"])
_EARLY = frozenset(["午前", "오전", "上午", "早上", "凌晨", "ÖÖ", "SA", "AM"])
_HALVES = _LATE | _EARLY


def _timed(found: FoundDate, match: re.Match[str], *, start: int, end: int) -> FoundDate:
    groups = match.groupdict()
    hour, minute = int(groups["H"]), groups["M"] or "00"
    mark = (groups["ap"] or "").replace(".", "").replace(" ", "").casefold()
    late = mark.startswith(("p", "μμ", "ös")) or groups.get("half") in _LATE
    early = mark.startswith(("a", "πμ", "öö")) or groups.get("half") in _EARLY
    if late and hour < 12:
        hour += 12
    elif early and hour == 12:
        hour = 0
    if hour > 23:
        return found
    clock = f"{hour:02}:{minute}" + (f":{groups['S']}" if groups.get("S") else "")
    zone = _zone_offset(groups["zone"]) if groups.get("zone") else None
    if groups.get("zone") and zone is None:
        end = min(end, match.start("zone")) if start == found.start else end
    return replace(found, start=start, end=end, time=clock, zone=zone)


def _zone_offset(name: str) -> str | None:
    text = name.strip("() ").replace("−", "-").upper()
    digits = re.fullmatch(r"(?:UTC|GMT)?\s?([+-])(\d{1,2}):?(\d\d)?", text)
    if digits and int(digits[2]) <= 14:
        return f"{digits[1]}{int(digits[2]):02}:{digits[3] or '00'}"
    return _table("zones").get(text)


def _ascii_digits(text: str) -> str:
    """The same text with Arabic, Persian, full-width … digits as 0–9; offsets stay."""
    if text.isascii():
        return text
    return "".join(
        str(unicodedata.decimal(c, c)) if not c.isascii() and c.isdecimal() else _SPACES.get(c, c)
        for c in text
    )


_SPACES = {
    "\u00a0": " ",
    "\u202f": " ",
    "\u2009": " ",
    "\u2007": " ",
    "：": ":",
    "／": "/",
    "（": "(",
    "）": ")",
}


@cache
def _months() -> dict[str, dict[str, int]]:
    table: dict[str, dict[str, int]] = {}
    for language, names in _table("months").items():
        for number, forms in enumerate(names.split(), start=1):
            for name in forms.split("|"):
                table.setdefault(fold(name), {})[language] = number
        for number, forms in enumerate(names.split(), start=1):
            full = fold(forms.split("|")[0])
            for short in (full[:3], full[:4]):
                clash = {m for m, f in enumerate(names.split(), 1) if fold(f).startswith(short)}
                if full.isalpha() and clash == {number}:
                    table.setdefault(short, {}).setdefault(language, number)
    return table


@cache
def _weekdays() -> frozenset[str]:
    names: set[str] = set()
    for forms in _table("days").values():
        for form in forms.split():
            for name in form.split("|"):
                names |= {fold(name), fold(name)[:3]}
    return frozenset(names)


@cache
def _table(name: str) -> dict[str, str]:
    text = files("citekit.extract.shared").joinpath("months.toml").read_text(encoding="utf-8")
    table: dict[str, str] = tomllib.loads(text)[name]
    return table


def instant(found: FoundDate) -> datetime | None:
    """The instant a date names, aware; None unless a time and a zone are printed."""
    if found.time is None or found.zone is None:
        return None
    try:
        return datetime.fromisoformat(found.iso)
    except ValueError:
        return None
