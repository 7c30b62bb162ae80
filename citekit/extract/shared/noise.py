"""Tell the lines of a page's frame from the article: share buttons, links, advertisements, menus.

Each rule looks at one line; a line that reads as a sentence of the article is never noise.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from citekit.extract.shared.words import bare, every, fold, label_pattern, prefix_pattern, tokens

if TYPE_CHECKING:
    from citekit.extract.shared.unit import Unit

Noise = Literal["related", "share", "advertisement", "newsletter", "section", "chrome", "copyright"]

_BREADCRUMB = re.compile(r"\s*(?:[>›»❯→▸|·•/]|&gt;|::)\s*")
_LINK_MARK = re.compile(r"^(?:[>›»→▶▸►●•■◆◇▪☞👉➡⇒＞*+]|\[?\u2192\]?)\s*")
_AFTER_PREFIX = re.compile(r"\s*(?:[:：|│»›>→–—]|-\s)\s*")


def classify_noise(unit: Unit, *, header: bool) -> Noise | None:
    r"""What kind of noise a line is, or None.

    `header` is true above the headline, where section names and menus stand.

    >>> from citekit.extract.shared.unit import Unit
    >>> lines = ("Share on Facebook", "READ: Another")
    >>> [classify_noise(Unit(text=line), header=False) for line in lines]
    ['share', 'related']
    """
    if unit.width > 420:
        return None
    text = unit.bare
    if text in every("ad"):
        return "advertisement"
    if _is_related(unit):
        return "related"
    if unit.width > 160:
        return "copyright" if _is_rights(unit.folded) and unit.width < 260 else None
    if _is_share(unit, text):
        return "share"
    if _is_newsletter(unit):
        return "newsletter"
    if _is_rights(unit.folded):
        return "copyright"
    if (
        text in every("chrome")
        or text in every("release")
        or not text
        or _is_counter(text)
        or label_pattern("tags").match(unit.text)
    ):
        return "chrome"
    if header and is_section(unit.text):
        return "section"
    return None


def is_label(word: str) -> bool:
    """Whether a single word is one of menus, buttons, sections, jobs or placeholders."""
    key = bare(word)
    return key.isdigit() or any(key in every(kind) for kind in _LABELS)


_LABELS = [
    "share",
    "chrome",
    "section",
    "read",
    "ad",
    "network",
    "role",
    "nobody",
    "not-name",
    "date-filler",
    "and",
    "by",
    "at",
    "minutes",
]


def is_section(line: str) -> bool:
    """Whether a line is a section's name or a path of sections."""
    if bare(line) in every("section"):
        return True
    if len(line) > 160:
        return False
    parts = [part for part in _BREADCRUMB.split(line) if part.strip()]
    if len(parts) < 2:
        return False
    known = sum(bare(part) in every("section") or bare(part) in every("chrome") for part in parts)
    return known >= 1 and known >= len(parts) / 2 and max(len(p.split()) for p in parts) <= 4


def is_related_heading(unit: Unit) -> bool:
    """Whether a line opens a list of links to other articles."""
    return unit.bare in every("read") and not is_section(unit.text)


def related_title(line: str) -> str | None:
    """The other article's title in a line such as "READ: …", or None."""
    stripped = _LINK_MARK.sub("", line.strip())
    match = prefix_pattern("read").match(fold(stripped))
    if match is None:
        return None
    cut = re.search(r"[:：|│»›>→–—-]", stripped)
    title = stripped[cut.end() :].strip(" :：|│»›>→–—-") if cut else ""
    return title or None


def _is_related(unit: Unit) -> bool:
    folded = _LINK_MARK.sub("", unit.folded)
    marked = folded != unit.folded
    match = prefix_pattern("read").match(folded)
    if match is None:
        return False
    rest, prefix = folded[match.end() :], match[0]
    if not rest.strip(" :.…>»→"):
        if is_section(unit.text):
            return False
        return unit.width <= 60 and (len(prefix) > 6 or unit.text.isupper() or rest.strip() != "")
    joint = _AFTER_PREFIX.match(rest)
    if joint is None:
        return bool(re.match(r"^[\"'“„«»‘]", rest.strip())) and " " in prefix
    single = " " not in prefix and prefix.isascii()
    if single and not marked and not _is_shouted(unit.text, prefix):
        # "Opinion: …" and "Live: …" open headlines and paragraphs as well
        return prefix in every("sure-read") and bool(re.match(r"\s*[:：|]", rest))
    return True


def _is_shouted(text: str, prefix: str) -> bool:
    start = _LINK_MARK.sub("", text.strip())[: len(prefix)]
    return (
        start.isupper()
        and len(prefix) >= 3
        and fold(start) in every("sure-read") | {"more", "also", "next"}
    )


def _is_share(unit: Unit, text: str) -> bool:
    if text in every("share") or text in every("network"):
        return True
    words = tokens(text)
    if not words or len(words) > 9 or unit.width > 90:
        return False
    if all(word in every("network") for word in words) and len(words) > 1:
        return True
    if re.search(r"[.!?]$", unit.text):
        return False
    verb = _share_pattern().search(text)
    if verb is None:
        return False
    rest = [w for w in tokens(text[: verb.start()] + " " + text[verb.end() :]) if w]
    networks = [word for word in rest if word in every("network")]
    others = [
        word for word in rest if word not in every("network") and word not in every("beside-share")
    ]
    if networks and len(others) <= 1:
        return True
    return not others and verb.start() == 0 and len(rest) <= 4


@cache
def _share_pattern() -> re.Pattern[str]:
    words = sorted((w for w in every("share") if len(w) > 1), key=len, reverse=True)
    latin = "|".join(re.escape(w) for w in words if w < "\u2e80")
    east = "|".join(re.escape(w) for w in words if w >= "\u2e80")
    return re.compile(rf"\b(?:{latin})\b|(?:{east})")


def _is_newsletter(unit: Unit) -> bool:
    if unit.width > 140 or len(tokens(unit.text)) > 18:
        return False
    if not any(stem in unit.folded for stem in every("newsletter")):
        return False
    short = len(tokens(unit.text)) <= 9
    return short or any(stem in unit.folded for stem in every("subscribe"))


def _is_counter(text: str) -> bool:
    """Whether a line only counts comments, views or minutes: "12.3K views", "5 min read"."""
    words = every("counted") | every("minutes")
    found = _NUMBER.sub(" ", text).strip(" -:().")
    if found == text or len(text) > 50:
        return False
    for word in sorted(every("reading"), key=len, reverse=True):
        found = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", " ", found)
    return found.strip(" -:().") in words


_NUMBER = re.compile(  # also "12.3K" and its like
    r"\d{1,6}(?:[.,]\d{1,3})?(?:\s?(?:[km]|mio|tsd|mln|mil|rb|bin|тыс|млн|万|만|천)\b\.?)?",
    re.IGNORECASE,
)
_NOTICE = re.compile(r"(?:^|\s)(?:©|\(c\)|copyright\b).{0,80}(?:19|20)\d\d")


def _is_rights(folded: str) -> bool:
    return bool(_NOTICE.search(folded)) or any(stem in folded for stem in every("rights"))
