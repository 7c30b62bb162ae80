"""Citations as people type them: ``[see @key, para. 3; -@other]``, and locators: ``page 4``.

Source: the citation syntax of Pandoc's User's Guide; locator labels are CSL 1.0.2's locator terms.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.app.annotating.passage_names import read_name
from citekit.errors import UsageError

if TYPE_CHECKING:
    from citekit.app.annotating.passage_names import IsKnown

Cite = dict[str, Any]

_HINT: Final = "a cluster looks like [see @key, para. 3]"

# What people write -> CSL locator term.
_LABELS: Final = {
    word: label
    for label, words in {
        "act": "act",
        "appendix": "appendix app",
        "article": "article art",
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
        "title": "title",
        "verse": "verse verses v vv",
        "version": "version",
        "volume": "volume volumes vol vols",
    }.items()
    for word in words.split()
}
_KEY = r"@(?:\{(?P<braced>[^{}]+)\}|(?P<plain>[^\W_](?:[\w:.#$%&+?<>~/-]*\w)?))"
# Patterns are compiled (and kept) by re when they are first used: most citations use none.
_CITE = rf"(?s)(?P<prefix>[^@]*?)(?P<minus>-?)(?<!\w){_KEY}(?P<rest>.*)"
_KEY_IN = r"(?<!\w)@[{\w]"
_NARRATIVE = rf"(?s)(?P<cite>{_KEY})(?:\s*\[(?P<inner>[^\[\]]*)\])?"
_APART = r";(?![^{}]*\})"  # a key in braces may have one
_NUMBERS = (
    r"[^\s,;]*\d[^\s,;]*(?:\s*[-–,&]\s*[^\s,;]*\d[^\s,;]*)*|[ivxlcdm]+(?:\s*[-–]\s*[ivxlcdm]+)?"
)
_LOCATOR = (
    r"(?i)\s*,?\s*(?:(?P<label>[^\W\d_]+|s\.v|¶+|§+)\.?\s*)?"
    rf"(?P<locator>{_NUMBERS})(?=[\s,;]|$)"
)
_BRACED = r"\s*,?\s*\{(?P<inner>[^{}]*)\}"


def read_cluster(word: str, *known: IsKnown) -> list[Cite]:
    """CSL cite items from a cluster in Pandoc's form, with or without its brackets.

    ``known`` tell a key with a ``#`` from a passage (see ``keys``). Raises UsageError for a cluster
    that names no key.

    >>> read_cluster("[see @a, p. 4; -@b]")[1]
    {'id': 'b', 'suppress-author': True}
    >>> read_cluster("@a [p. 4]")
    [{'id': 'a', 'label': 'page', 'locator': '4'}]
    """
    narrative = re.fullmatch(_NARRATIVE, word.strip())
    if narrative:
        return _read_narrative(narrative["cite"], narrative["inner"] or "", known)
    inner = word[1:-1] if word.startswith("[") and word.endswith("]") else word
    cites = [_read_cite(part, known) for part in re.split(_APART, inner) if part.strip()]
    if not cites:
        raise UsageError(f"names no key: {word!r}", hint=_HINT)
    return cites


def is_narrative(word: str) -> bool:
    """Whether the author is part of the sentence: Pandoc's ``@key``, or ``@key [p. 3]``.

    With other keys in its brackets it is a cluster like those in brackets.
    """
    match = re.fullmatch(_NARRATIVE, word.strip())
    return match is not None and not re.search(_KEY_IN, match["inner"] or "")


def _read_narrative(cite: str, inner: str, known: tuple[IsKnown, ...]) -> list[Cite]:
    """What stands in the brackets belongs to the cite before them; other keys come after it."""
    first, *others = re.split(_APART, inner)
    if re.search(_KEY_IN, first):
        first, others = "", [first, *others]
    place = f", {first.strip()}" if first.strip() else ""
    parts = [f"{cite}{place}", *others]
    return [_read_cite(part, known) for part in parts if part.strip()]


def _read_cite(part: str, known: tuple[IsKnown, ...]) -> Cite:
    match = re.fullmatch(_CITE, part.strip())
    if match is None:
        raise UsageError(f"names no key: {part.strip()!r}", hint=_HINT)
    cite: Cite = read_name(match["braced"] or match["plain"], *known)
    if match["minus"]:
        cite["suppress-author"] = True
    if match["prefix"].strip():
        cite["prefix"] = match["prefix"].strip() + " "
    located, suffix = _read_rest(match["rest"])
    cite |= located
    if suffix.strip():
        cite["suffix"] = suffix.rstrip()
    return cite


def _read_rest(rest: str) -> tuple[Cite, str]:
    """Locator and suffix of what stands after a key."""
    braced = re.match(_BRACED, rest)
    if braced:
        return _read_braced(braced["inner"].strip()), rest[braced.end() :]
    match = re.match(_LOCATOR, rest)
    if match is None:
        return {}, rest
    label = _LABELS.get((match["label"] or "p").lower())
    if label is None:
        return {}, rest
    return {"label": label, "locator": match["locator"]}, rest[match.end() :]


def _read_braced(text: str) -> Cite:
    """What stands in braces is a locator whatever it looks like; pages where no label is named."""
    try:
        return read_locator(text)
    except UsageError:
        return {"label": "page", "locator": text} if text else {}


def read_locator(text: str) -> Cite:
    """``page 4``, ``para. 3–5`` or a bare number (a page) as label and locator.

    Raises UsageError when there is no number.

    >>> read_locator("para. 3")
    {'label': 'paragraph', 'locator': '3'}
    """
    word, _, rest = text.strip().partition(" ")
    label = _LABELS.get(word.lower().rstrip("."))
    if label and rest.strip():
        return {"label": label, "locator": rest.strip()}
    attached = re.fullmatch(r"(¶+|§+|[^\W\d_]+\.)\s*(\S.*)", text.strip())
    if attached and (label := _LABELS.get(attached[1].lower().rstrip("."))):
        return {"label": label, "locator": attached[2]}
    if re.match(r"\w*\d", text.strip()):
        return {"label": "page", "locator": text.strip()}
    raise UsageError(f"is no locator: {text!r}", hint='for example "page 4" or "para. 3"')
