"""Locators: which label a cite's pinpoint has, said or written into the locator itself.

Source: CSL 1.0.2, Appendix III, Locators.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from citekit.csl.numbers import is_numeric

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
    return _split(text, locale) or (text, "page")


def numbered(text: str, locale: Locale) -> tuple[str, str]:
    """(number, label) of the variable ``number``: ``op. 14`` brings a label of its own."""
    found = _split(text.strip(), locale)
    if found is not None and text[0].isalpha() and is_numeric(found[0]):
        return found
    return text, "number"


def _split(text: str, locale: Locale) -> tuple[str, str] | None:
    """The rest of a text and the label at its head, if there is one."""
    head, space, rest = text.partition(" ")
    if not space or head[0].isdigit():
        return None
    label = _terms(locale).get(head.lower())
    return (rest.strip(), label) if label is not None and rest[:1].isalnum() else None


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
