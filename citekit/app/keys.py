"""``KEY`` and ``KEY#p3``: how items and their passages are named on the command line."""

from __future__ import annotations

from typing import Any

from citekit.errors import UsageError


def split_name(name: str) -> tuple[str, str | None]:
    """``KEY#p3`` as key and passage; the passage is None for a key alone.

    >>> split_name("mem2023turkiye#p3")
    ('mem2023turkiye', 'p3')
    """
    key, mark, passage = name.partition("#")
    return key, passage if mark else None


def read_name(name: str) -> dict[str, Any]:
    """A CSL cite item: a paragraph is a locator, other passages have no place in a reference.

    >>> read_name("mem2023turkiye#p3")
    {'id': 'mem2023turkiye', 'label': 'paragraph', 'locator': '3'}

    Raises UsageError for what can name no passage.
    """
    key, passage = split_name(name)
    number = named_paragraph(passage)
    if number is not None:
        return {"id": key, "label": "paragraph", "locator": str(number)}
    kind = (passage or "title").rstrip("0123456789")
    if kind not in ("title", "caption") and not kind.startswith("a-"):
        hint = f"passages are {key}#p3, {key}#title, {key}#caption1"
        raise UsageError(f"names no passage: {name}", hint=hint)
    return {"id": key}


def named_paragraph(passage: str | None) -> int | None:
    """The number of a body paragraph: 3 for ``p3``, None for another passage."""
    if not passage or passage[0] != "p":
        return None
    digits = passage[1:]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
