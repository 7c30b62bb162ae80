"""Read the name of a site where a page prints it: in its masthead or its copyright line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.shared.noise import is_section
from citekit.extract.shared.words import tokens

if TYPE_CHECKING:
    from citekit.extract.shared.publishers import Directory


def masthead(text: str, known: Directory) -> str | None:
    """The site's name in a line such as "Name - tagline" or "Name | section"."""
    head, mark, tail = next(
        (
            text.partition(mark)
            for mark in (" - ", " – ", " — ", " | ", " · ", ": ")
            if mark in text
        ),
        (text, "", ""),
    )
    if not mark or len(text) > 120:
        return None
    if known.of_name(head) and (is_section(tail) or len(tokens(tail)) <= 8):
        return head.strip()
    if is_section(tail) and len(head.split()) <= 5:
        return head.strip()
    return None


def copyright_holder(text: str) -> str | None:
    """The name in a copyright line, or None."""
    match = re.search(
        r"(?:©|\(c\)|copyright)\s*(?:copyright\s*)?(?:(?:19|20)\d\d\s*+(?:[-–]\s*+)?)*+(?P<name>[^\d.,|•·/()]{2,50})",
        text,
        re.IGNORECASE,
    )
    name = match["name"].strip(" -–—:;") if match else ""
    name = re.sub(
        r"\s+(?:all rights|alle rechte|tous droits|todos los|tutti i|inc|ltd|gmbh|llc).*$",
        "",
        name,
        flags=re.IGNORECASE,
    )
    return name if name and any(c.isalpha() for c in name) else None
