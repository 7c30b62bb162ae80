"""Locators: which label a cite's pinpoint has, said or written into the locator itself.

Source: CSL 1.0.2, Appendix III, Locators.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from citekit.csl.locale import Locale

LABELS = (
    "act", "appendix", "article-locator", "book", "canon", "chapter", "column", "elocation",
    "equation", "figure", "folio", "issue", "line", "note", "opus", "page", "paragraph", "part",
    "rule", "scene", "section", "sub-verbo", "supplement", "table", "timestamp", "title-locator",
    "verse", "version", "volume",
)  # fmt: skip


def read_locator(text: str, label: object, locale: Locale) -> tuple[str, str]:
    """(locator, label): what was said, else a term at the head of the text, else ``page``."""
    text = text.strip()
    if isinstance(label, str) and label:
        return text, label.replace(" ", "-") if label.startswith("sub ") else label
    head, space, rest = text.partition(" ")
    if space and not head[0].isdigit():
        found = _terms(locale).get(head.lower())
        if found is not None and rest[:1].isalnum():
            return rest.strip(), found
    return text, "page"


@lru_cache(maxsize=16)
def _terms(locale: Locale) -> dict[str, str]:
    """Short and symbol forms of locator terms, lower case → label."""
    found: dict[str, str] = {}
    for label in LABELS:
        for form in ("short", "symbol", "long"):
            term = locale.term(label, form)
            if term is not None:
                for text in (term.single, term.multiple):
                    found.setdefault(text.lower(), label)
    return found
