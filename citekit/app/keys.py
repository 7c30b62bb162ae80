"""``KEY`` and ``KEY#p3``: how items and their passages are named on the command line."""

from __future__ import annotations

from typing import Any


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
    """
    key, passage = split_name(name)
    number = (passage or "").removeprefix("p")
    if passage is None or number == passage or not (number.isascii() and number.isdigit()):
        return {"id": key}
    return {"id": key, "label": "paragraph", "locator": number}
