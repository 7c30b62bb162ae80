"""The words of a text that carry meaning, to tell whether two texts speak of the same thing."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

from citekit.extract.shared.words import fold, tokens

_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")


def terms(text: str) -> set[str]:
    """The words that carry meaning: of four letters and more, cut to six; East Asian pairs."""
    found = {word[:6] for word in tokens(text) if len(word) >= 4 and not _EAST.search(word)}
    for run in _EAST.findall(text):
        found |= {run[i : i + 2] for i in range(len(run) - 1)}
    return found


def likeness(one: set[str], other: set[str]) -> float:
    """The share of the shorter text's words that the other has, too; 0 to 1."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


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
