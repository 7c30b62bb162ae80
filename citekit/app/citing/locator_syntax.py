"""Locators as people type them: ``page 4``, ``, pp. 33-35, 40 and more``, ``{ii, A, D-Z}``.

Source: Pandoc's User's Guide, "Citation syntax"; labels are CSL 1.0.2's locator terms.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

Cite = dict[str, Any]

# What people write -> CSL locator term.
LABELS: Final[Mapping[str, str]] = {
    word: label
    for label, words in {
        "act": "act",
        "appendix": "appendix app",
        "article-locator": "article art",
        "book": "book books bk bks",
        "canon": "canon",
        "chapter": "chapter chapters chap chaps ch",
        "column": "column columns col cols",
        "elocation": "elocation loc",
        "equation": "equation eq",
        "figure": "figure figures fig figs",
        "folio": "folio folios fol fols",
        "issue": "issue issues no nos number",
        "line": "line lines l ll",
        "note": "note notes n nn",
        "opus": "opus opera op",
        "page": "page pages p pp",
        "paragraph": "paragraph paragraphs para paras par ¶ ¶¶",
        "part": "part parts pt pts",
        "rule": "rule",
        "scene": "scene sc",
        "section": "section sections sec secs § §§",
        "sub-verbo": "sub-verbo s.v sv",
        "supplement": "supplement suppl",
        "table": "table tbl",
        "timestamp": "timestamp time",
        "title-locator": "title",
        "verse": "verse verses v vv",
        "version": "version",
        "volume": "volume volumes vol vols",
    }.items()
    for word in words.split()
}
# Patterns are compiled (and kept) by re when they are first used: most citations use none.
_UNIT = r"\.?[^\s<>!\"#%&'()*,./;?@\[\\\]_{}¡§«¶·»¿\u2010-\u2012\u2014-\u2027\u2030-\u205e]++"
_WORD = rf"(?:{_UNIT}|\((?:{_UNIT})*+\)|\[(?:{_UNIT})*+\]|\{{(?:{_UNIT})*+\}})++"
_ROMAN = r"(?i)(?<![^\W_])m{0,3}(?:c[md]|d?c{0,3})(?:x[cl]|l?x{0,3})(?:i[xv]|v?i{0,3})(?![^\W_])"
_BRACED = r"\s*,?\s*\{(?P<inner>(?:[^{}]|\{[^{}]*\})*)\}"
_LONGEST_LABEL: Final = 24


def read_rest(rest: str, labels: Mapping[str, str] = LABELS) -> tuple[Cite, str]:
    """Label and locator, and the suffix, of what stands after a key.

    >>> read_rest(", pp. iv, vi-xi and more")
    ({'label': 'page', 'locator': 'iv, vi-xi'}, ' and more')
    >>> read_rest(", 99 years later")
    ({'label': 'page', 'locator': '99'}, ' years later')
    """
    braced = re.match(_BRACED, rest)
    if braced:
        return _read_braced(braced["inner"].strip(), labels), _with_comma(rest[braced.end() :])
    start = re.match(r"\s*,?\s*", rest)
    at = start.end() if start else 0
    label, at = _label_at(rest, at, labels)
    end = _end_of_words(rest, at, needs_digit=label is None)
    if end == at:
        return {}, rest
    return {"label": label or "page", "locator": rest[at:end].strip()}, _with_comma(rest[end:])


def read_locator(text: str, labels: Mapping[str, str] = LABELS) -> Cite:
    """``page 4``, ``para. 3–5`` or a bare number (a page) as label and locator.

    Raises UsageError when there is no number.

    >>> read_locator("para. 3")
    {'label': 'paragraph', 'locator': '3'}
    """
    word, _, rest = text.strip().partition(" ")
    label = _label(word, labels)
    if label and rest.strip():
        return {"label": label, "locator": rest.strip()}
    attached = re.fullmatch(r"(¶+|§+|[^\W\d_]+\.)\s*(\S.*)", text.strip())
    if attached and (label := _label(attached[1], labels)):
        return {"label": label, "locator": attached[2]}
    if re.match(r"\w*\d", text.strip()):
        return {"label": "page", "locator": text.strip()}
    raise UsageError(f"is no locator: {text!r}", hint='for example "page 4" or "para. 3"')


def _read_braced(text: str, labels: Mapping[str, str]) -> Cite:
    """What stands in braces is a locator whatever it looks like; pages where no label is named."""
    try:
        return read_locator(text, labels)
    except UsageError:
        return {"label": "page", "locator": text} if text else {}


def _label(word: str, labels: Mapping[str, str]) -> str | None:
    return labels.get(word.strip().casefold().rstrip("."))


def _label_at(text: str, at: int, labels: Mapping[str, str]) -> tuple[str | None, int]:
    """The longest label before a number, and where the number begins."""
    for end in range(min(len(text), at + _LONGEST_LABEL), at, -1):
        label = _label(text[at:end], labels)
        if label and not text[end - 1].isspace() and _end_of_words(text, end) > end:
            return label, end
    return None, at


def _end_of_words(text: str, at: int, *, needs_digit: bool = False) -> int:
    """Where the words end that look like a locator: each has a digit, or is a roman number."""
    separator = r"\s?"
    while word := re.compile(separator + _WORD).match(text, at):
        if not _is_number(word[0], needs_digit=needs_digit):
            break
        at = word.end()
        separator = r"[,;]?\s?"
    return at


def _is_number(word: str, *, needs_digit: bool) -> bool:
    if any(map(str.isdigit, word)):
        return True
    return not needs_digit and any(match[0] for match in re.finditer(_ROMAN, word))


def _with_comma(suffix: str) -> str:
    """Words right behind a locator are set apart from it."""
    return f", {suffix}" if suffix[:1].isalnum() else suffix
