"""Tell a picture's caption and credit from a line of text.

A credit is known by a label ("Photo:"), by a sign (©), by brackets at the end, or by the name of a
picture agency; a line that only ends in brackets is a caption if the brackets can hold a credit.
"""

from __future__ import annotations

import re
from functools import cache

from citekit.extract.shared.names import is_agency, looks_like_name
from citekit.extract.shared.words import spellings
from citekit.model.value import Value

_LONGEST_CAPTION = 480
_LONGEST_CREDIT = 120
_BRACKETS = re.compile(
    r"^(?P<caption>.*\S)\s*[\[［【](?P<credit>[^\[\]［］【】]{2,120})[\]］】]\s*[.。]?$",
    re.DOTALL,
)
_PARENS = re.compile(
    r"^(?P<caption>.*\S)\s*[(（](?P<credit>[^()（）]{2,120}(?:\([^()]*\))?)[)）]\s*[.。]?$",
    re.DOTALL,
)
_SIGN = re.compile(
    r"^(?P<caption>(?:.*?\S)??)\s*+[(\[]?(?:©|\(c\)|\(C\)|📷|📸|🖼️?)\s*+(?P<credit>[^©]{2,120}?)[)\]]?$",
    re.DOTALL,
)
_BAR = re.compile(r"^(?P<caption>.*\S)\s*[|│┃•]\s*(?P<credit>[^|│┃•]{2,90})$", re.DOTALL)
_SLASH = re.compile(r"^(?P<caption>.*\S)\s*[/·–—]\s*(?P<credit>[^|│┃]{2,80})$", re.DOTALL)


class Split(Value):
    """Ranges of caption and credit in a line (half-open), the rule and how sure it is."""

    caption: tuple[int, int]
    credit: tuple[int, int]
    rule: str
    confidence: float


def split_caption(line: str) -> Split | None:
    """Where caption and credit stand in a line, or None if it is no caption.

    >>> line = "Soldiers in the rain. [A. Person – Some Agency]"
    >>> part = split_caption(line)
    >>> line[slice(*part.credit)]
    'A. Person – Some Agency'
    """
    if len(line) > _LONGEST_CAPTION + _LONGEST_CREDIT:
        return None
    for rule in (_bracketed, _signed, _in_parens, _before, _labelled):
        found = rule(line)
        if found is not None and found.caption[1] - found.caption[0] <= _LONGEST_CAPTION:
            return found
    return None


def caption_alone(line: str) -> tuple[int, int] | None:
    """The range of a caption that says of itself that it is one: "Image caption, …", "▲ …"."""
    match = _caption_label().match(line) if len(line) <= _LONGEST_CAPTION else None
    return (match.end(), len(line)) if match else None


def name_in_parentheses(line: str) -> Split | None:
    """Read ``caption (A. Person)``, where prose would end with a full stop."""
    match = _PARENS.match(line) if len(line) <= _LONGEST_CAPTION else None
    if match is None or line.endswith((".", "。")) or not _can_be_caption(match["caption"]):
        return None
    credit = match["credit"]
    parts = re.split(r"\s*(?:/|–|—|,|;|\|)\s*", credit)
    named = all(looks_like_name(part, marked=True) for part in parts if part)
    if not named or (len(credit.split()) < 2 and not is_agency(credit)):
        return None
    return _split(match, "caption-name-in-parentheses", 0.65)


def credit_alone(line: str) -> tuple[int, int] | None:
    """The range of the credit in a line that holds a labelled credit and nothing else."""
    if len(line) > _LONGEST_CREDIT:
        return None
    match = re.match(r"^[(\[]?\s*(?:©|\(c\)\s|📷|📸)\s*", line, re.IGNORECASE) or _label().match(
        line,
    )
    if match is None:
        return None
    end = len(line.rstrip(")] ."))
    rest = line[match.end() : end].strip()
    if not rest or not can_be_credit(rest, sure=True) or re.match(r"^\d{4}\b", rest):
        return None
    start = line.index(rest, match.end())
    return start, start + len(rest)


def can_be_credit(text: str, *, sure: bool = False) -> bool:
    """Whether brackets can hold a credit: names and agencies, no sentence, no aside.

    `sure` is for text behind a label, where any short phrase will do.
    """
    text = text.strip()
    if not 2 <= len(text) <= _LONGEST_CREDIT or re.fullmatch(r"[\d\s.,:–-]+", text):
        return False
    if sure:
        return len(text.split()) <= 14 and not re.search(r"\w{4}[.!?]\s+[A-ZÄÖÜ].*\s.*\s", text)
    parts = [
        part
        for part in re.split(r"\s*(?:/|–|—|,|;|\||\s-\s|・|＝|=|\bvia\b|\bfor\b)\s*", text)
        if part
    ]
    if any(is_agency(part) for part in parts) or _has_label(text):
        return True
    named = [looks_like_name(part, marked=True) and not part[0].islower() for part in parts]
    return all(named) and len(parts) <= 4 and not text.isdigit()


def clean_credit(text: str) -> str:
    """A credit without the label before it.

    >>> clean_credit("Foto: Reuters")
    'Reuters'
    """
    match = _label().match(text)
    rest = text[match.end() :].strip() if match else text
    return rest or text


def _split(match: re.Match[str], rule: str, confidence: float) -> Split:
    line = match.string
    first = match.start("caption")
    caption = line[first : match.end("caption")].rstrip(" |-–—/•·,;:")
    start, end = match.span("credit")
    raw = line[start:end]
    start += len(raw) - len(raw.lstrip())
    return Split(
        caption=(first, first + len(caption)),
        credit=(start, start + len(raw.strip())),
        rule=rule,
        confidence=confidence,
    )


def _bracketed(line: str) -> Split | None:
    """Read ``caption [person – agency]``."""
    match = _BRACKETS.match(line)
    if match is None or not _can_be_caption(match["caption"]):
        return None
    credit = match["credit"].strip()
    likely = can_be_credit(credit.rstrip("."))
    if re.search(r"[.!?…]$|^(?:\.\.\.|…|sic|\d)", credit) and not (likely or _has_label(credit)):
        return None
    plausible = likely or (credit[:1].isupper() and len(credit.split()) <= 8)
    return _split(match, "caption-brackets", 0.95 if likely else 0.8) if plausible else None


def _signed(line: str) -> Split | None:
    """Read ``caption © credit``."""
    match = _SIGN.match(line)
    if match is None or not _can_be_caption(match["caption"]):
        return None
    if re.match(r"\d{4}\b", match["credit"]):  # a copyright notice
        return None
    return _split(match, "caption-sign", 0.95)


def _in_parens(line: str) -> Split | None:
    """Read ``caption (Photo: credit)`` and ``caption (Some Agency/A. Person)``."""
    match = _PARENS.match(line)
    if match is None or not _can_be_caption(match["caption"]):
        return None
    credit = match["credit"]
    if _has_label(credit):
        return _split(match, "caption-label-in-parentheses", 0.95)
    parts = re.split(r"\s*(?:/|–|—|,|\||\s-\s|・|＝|=)\s*", credit)
    agency = any(is_agency(part) or is_agency(part.split()[0]) for part in parts if part)
    joint = len(parts) > 1 and "/" in credit and all(looks_like_name(p, marked=True) for p in parts)
    if (agency and (len(parts) > 1 or len(line) < 350)) or joint:
        return _split(match, "caption-agency-in-parentheses", 0.85)
    return None


def _labelled(line: str) -> Split | None:
    """Read ``caption Photo: credit`` and ``caption | Some Agency``."""
    for match in reversed(list(_inner_label().finditer(line[-_LONGEST_CREDIT - 40 :]))):
        offset = max(0, len(line) - _LONGEST_CREDIT - 40)
        begin, after = offset + match.start(), offset + match.end()
        caption = line[:begin].rstrip(" |-–—/•·,;([（")  # a set of characters
        credit = line[after:].strip().rstrip(")])）")  # noqa: B005  # a set of characters
        sure = line[begin - 2 : begin].strip()[-1:] in set(".|)]–/・。")
        if not credit or credit[0] in "\"“„«'‘" or line[begin : begin + 1].islower():
            continue
        if _can_be_caption(caption) and can_be_credit(credit, sure=sure):
            start = line.index(credit, after)
            return Split(
                caption=(0, len(caption)),
                credit=(start, start + len(credit)),
                rule="caption-label",
                confidence=0.9,
            )
    for bar in filter(None, (_BAR.match(line), _SLASH.match(line))):
        if not _can_be_caption(bar["caption"]):
            continue
        credit = bar["credit"].strip()
        pieces = re.split(r"\s*[/,–]\s*", credit)
        if any(is_agency(piece) for piece in pieces) and len(line) < 500:
            return _split(bar, "caption-agency-behind-bar", 0.8)
        if (
            re.search(r"\s[|│┃]\s", line)
            and can_be_credit(credit)
            and len(line) < 400
            and len(bar["caption"]) > 40
        ):
            return _split(bar, "caption-name-behind-bar", 0.7)
    return None


def _before(line: str) -> Split | None:
    """Read ``Photo: credit – caption``."""
    match = re.match(
        rf"^[(\[]?{_label().pattern.lstrip('^')}(?P<credit>[^:|–—]{{2,80}}?)[)\]]?\s*(?:[|–—:]|\s-\s)\s*(?P<caption>\S.{{14,}})$",
        line,
        re.IGNORECASE | re.DOTALL,
    )
    if match is None or not can_be_credit(match["credit"]):
        return None
    return _split(match, "credit-before-caption", 0.8)


def _can_be_caption(text: str) -> bool:
    return (
        len(text.strip()) >= 6 and len(text) <= _LONGEST_CAPTION and any(c.isalpha() for c in text)
    )


def _has_label(text: str) -> bool:
    return _label().match(text) is not None


_BY = r"(?:\s+(?:credit|by|von|de|di|por|par|av|af|via|courtesy of))?"


@cache
def _label() -> re.Pattern[str]:
    """Matches a label at the start: ``Photo:``, ``Image credit:``, ``写真＝``, ``Photo by``."""
    end = r"(?:[:：＝=]|\.\s?:|\.(?=\s)|／|/|(?<=by)\s|(?<=of)\s|(?<=von)\s|・)"
    return re.compile(rf"^\s*+(?:{_labels()}){_BY}\s*{end}\s*+", re.IGNORECASE)


@cache
def _inner_label() -> re.Pattern[str]:
    """Matches a label behind a caption; without a colon only words that nothing else uses."""
    english = r"(?:Photograph|Photo|Picture|Illustration|Image)s?\s+(?:by|courtesy of|via)\s+"
    colon = rf"(?:{_labels()}){_BY}\s*(?:[:：＝=]\s*|\.\s?:\s*)"
    others = r"(?:Fot|Foto|Nuotr)\.\s+|(?:Courtesy of|Photo courtesy)\s+"
    return re.compile(rf"(?<=[\s.|/(\[（–—,;・。])(?:{colon}|{english}|{others})", re.IGNORECASE)


@cache
def _caption_label() -> re.Pattern[str]:
    words = sorted(spellings("caption"), key=len, reverse=True)
    joined = "|".join(re.escape(word) for word in words)
    return re.compile(rf"^(?:{joined})\s*[,:：]?\s*(?=\S.{{5}})", re.IGNORECASE)


@cache
def _labels() -> str:
    words = sorted({*spellings("photo")}, key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words)
