"""Choose the headline among the lines above the article's body.

Nothing marks a headline in a text dump. What tells it from a tagline, a section or a site's name:
its words return in the body and in the address, it stands near date and byline, and it has the
length of a headline.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from citekit.extract.shared.words import fold, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.extract.dumps.paragraphs import Unit

_SLOGAN = re.compile(
    r"\b(?:since|seit|depuis|desde|dal|sinds|siden|sedan|od)\s+(?:1[5-9]|20)\d\d\b|\bnews\b.*\b(?:opinion|analysis|views)\b|\b(?:est\.?|founded)\s+\d{4}",
)
_PRESS = re.compile(  # words in the names of newspapers and broadcasters, as wholes or as endings
    r"(?:zeitung|blatt|nachrichten|anzeiger|kurier|rundschau|presse|avis|avisen|bladet|tidning|tidende|nyheter"
    r"|news|times|post|herald|tribune|gazette|journal|press|daily|magazine|online|radio|tv|haber|gazetesi)\b"
    r"|\b(?:diario|giornale|corriere|gazeta|gazzetta|quotidiano|jornal|courrier|periodico|beacon|fernsehen)\b",
)
_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def rank_headlines(
    candidates: Sequence[Unit],
    *,
    body: Sequence[Unit],
    near: frozenset[int],
    url: str | None,
    sites: frozenset[str] = frozenset(),
) -> list[tuple[float, Unit]]:
    """The candidates with their scores (0 to 1), best first.

    `near` holds the lines of units that are followed by a date or byline; `sites` folded names of
    the site, which are no headlines.
    """
    known = {term for unit in body for term in terms(unit.text[:1500])}
    slug = slug_terms(url)
    rated = [
        (_score(unit, position, near=near, sites=sites, known=known, slug=slug), unit)
        for position, unit in enumerate(candidates)
    ]
    return sorted(rated, key=lambda pair: -pair[0])


def _score(
    unit: Unit,
    position: int,
    *,
    known: set[str],
    slug: set[str],
    near: frozenset[int],
    sites: frozenset[str],
) -> float:
    mine = terms(unit.text)
    words = len(unit.text.split())
    short = unit.width < 14 or (words <= 2 and unit.width < 24)
    score = 0.3 + 0.3 * _share(mine, known)
    score += 0.35 * _share(slug, mine) if slug and mine & slug else 0.0
    score += 0.2 if position == 0 else -0.04 * min(position, 8)
    score += 0.15 if unit.line in near else 0.0
    score -= 0.3 if short else 0.0
    score -= 0.15 if re.search(r"[^.]\.$|:$", unit.text) else 0.0
    score -= 0.2 if unit.width > 200 else 0.0
    if words <= 5 and unit.line not in near and unit.text.istitle():
        score -= 0.45 if _PRESS.search(unit.folded) else 0.2
    score -= 0.5 if _SLOGAN.search(unit.folded) else 0.0
    score -= 0.6 if unit.folded in sites else 0.0
    return max(0.0, min(1.0, score))


def _share(some: set[str], of: set[str]) -> float:
    return len(some & of) / len(some) if some else 0.0


def terms(text: str) -> set[str]:
    """The words that carry meaning: of four letters and more, cut to six; East Asian pairs."""
    found = {word[:6] for word in tokens(text) if len(word) >= 4 and not _EAST.search(word)}
    for run in _EAST.findall(text):
        found |= {run[i : i + 2] for i in range(len(run) - 1)}
    return found


def slug_terms(url: str | None) -> set[str]:
    """The words of an address's last part that has words."""
    if not url:
        return set()
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return set()
    parts = [part for part in path.split("/") if part.count("-") + part.count("_") >= 2]
    slug = max(parts, key=len, default="")
    words = re.split(r"[-_.+]", fold(slug))
    return {word[:6] for word in words if len(word) >= 4 and not any(c.isdigit() for c in word)}
