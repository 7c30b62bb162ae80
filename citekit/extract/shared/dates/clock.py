"""The time of day beside a date: "18:30 Uhr", "4:52 PM EST", "午後3時21分"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.extract.shared.dates.names import is_weekday, letters, zone_named
from citekit.extract.shared.words import every, fold
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.extract.shared.dates.found import FoundDate

_NEAR: Final = 60  # code points between a date and its time
_CLOCK = (
    r"(?P<H>[01]?\d|2[0-4])\s?(?:[:.h時时시点點]|(?=\s?[ap]\.?m\b))\s?(?P<M>[0-5]\d)?"
    r"(?:\s?[:分분.]\s?(?P<S>[0-5]\d)(?!\d))?(?:\.\d+)?[分분]?"
    r"\s?(?P<ap>[aApP]\.?\s?[mM]\b\.?|π\.μ\.|μ\.μ\.|ÖÖ|ÖS)?"
    r"(?:\s?(?:Uhr|uur|hrs|h|น\.?)(?![^\W_]))?"
)
_ZONE = (
    r"(?:\s?\(?(?P<zone>(?:(?:UTC|GMT)\s?)?[+-−]\d{1,2}:?\d{0,2}(?!\d)"
    r"|[A-ZİА-Я]{1,4}T?(?![^\W_]))\)?)?"
)
_HALF_WORD = r"午前|午後|오전|오후|上午|下午|晚上|早上|凌晨|ÖÖ|ÖS|SA|CH|AM|PM"
_HALF = rf"(?:(?P<half>{_HALF_WORD})\s?)?"
_WORD = rf"{letters()}{{1,14}}"
_JOIN = (
    rf"(?:T|[\s,;|/·•()\-–—]*(?:\(\s?{letters()}{{1,9}}\.?\s?\)|[^\W\d_]{{1,3}}曜日"
    rf"|(?!{_HALF_WORD}){_WORD}\.?)?"
    r"[\s,;|/·•()\-–—]*)"
)
_TIME_AFTER = re.compile(rf"{_JOIN}(?<![\d:]){_HALF}{_CLOCK}{_ZONE}(?![\d%€$£]|[.,:]\d)")
_TIME_BEFORE = re.compile(
    rf"(?<![\d.,:]){_CLOCK}{_ZONE}(?:[\s,;|/·•\-–—]*+(?:{letters()}{{1,14}}+\.?)?+[\s,;|/·•\-–—]*+){{0,2}}$",
)
_LATE = frozenset(["午後", "오후", "下午", "晚上", "ÖS", "CH", "PM"])
_EARLY = frozenset(["午前", "오전", "上午", "早上", "凌晨", "ÖÖ", "SA", "AM"])


def with_time(line: str, found: FoundDate, others: list[FoundDate]) -> FoundDate:
    """The date with the time printed behind or before it, if there is one; `others` are in the way.

    Ranges count in `line`, in which all digits are ASCII.
    """
    limit = min((o.start for o in others if o.start >= found.end), default=len(line))
    after = _TIME_AFTER.match(line, found.end, min(limit, found.end + _NEAR))
    if after and _plausible_join(line[found.end : after.start("H")]) and _is_clock(after):
        return _timed(found, after, start=found.start, end=after.end())
    earlier = max((o.end for o in others if o.end <= found.start), default=0)
    window = max(earlier, found.start - _NEAR)
    before = _TIME_BEFORE.search(line[window : found.start])
    if (
        before
        and _plausible_join(line[window + before.end("H") : found.start], clock=True)
        and _is_clock(before)
    ):
        return _timed(found, before, start=window + before.start(), end=found.end)
    return found


def zone_offset(name: str) -> str | None:
    """The offset of a zone as it is printed.

    >>> zone_offset("GMT+2"), zone_offset("CET"), zone_offset("Z")
    ('+02:00', '+01:00', '+00:00')
    """
    text = name.strip("() ").replace("−", "-").upper()
    digits = re.fullmatch(r"(?:UTC|GMT)?\s?([+-])(\d{1,2}):?(\d\d)?", text)
    if digits and int(digits[2]) <= 14:
        return f"{digits[1]}{int(digits[2]):02}:{digits[3] or '00'}"
    return zone_named(text)


def _is_clock(match: re.Match[str]) -> bool:
    """A lone number is no time: minutes, an hour mark or am/pm must be printed."""
    groups = match.groupdict()
    return bool(
        groups["M"] or groups["ap"] or groups.get("half") or re.search(r"[h時시点點]", match[0]),
    )


def _plausible_join(between: str, *, clock: bool = False) -> bool:
    words = re.findall(rf"{letters()}+", between)
    if clock:
        words = [
            word
            for word in words
            if word.casefold() not in {"am", "pm", "a", "p", "m", "h", "uhr"} and not word.isupper()
        ]
    return all(
        fold(word) in every("before-time")
        or word == "T"
        or word in _LATE | _EARLY
        or is_weekday(word)
        for word in words
    )


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
    zone = zone_offset(groups["zone"]) if groups.get("zone") else None
    if groups.get("zone") and zone is None:
        end = min(end, match.start("zone")) if start == found.start else end
    return replace(found, start=start, end=end, time=clock, zone=zone)
