"""What the meta elements of journals, repositories and libraries say, as they mean it.

Source: Google Scholar's inclusion guidelines (one ``citation_author`` element an author, "Family,
Given" or "Given Family"), Dublin Core, PRISM, EPrints, bepress.
"""

from __future__ import annotations

import re

from citekit.extract.shared.names import is_organisation, looks_like_name
from citekit.extract.shared.parties import Party
from citekit.extract.shared.words import every

_ONE_EACH = ("citation_", "bepress_citation_", "eprints.")
_LISTS = frozenset({"citation_authors"})
_DUBLIN_CORE = frozenset({"dc.creator", "dcterms.creator", "dc.contributor", "prism.author"})
_DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>]{1,300}")
_YEAR = re.compile(r"(?:1[4-9]|20)\d\d")
_AND = re.compile(r"\s+(?:and|und|et|y|e|og|och|en|i|&)\s+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?[\s-]?){1,4}")
_MOST = 1_000  # names in one element


def is_catalogued(rule: str) -> bool:
    """Whether the elements of a key hold one author each, and together all of them."""
    return rule.startswith(_ONE_EACH)


def parties_in(rule: str, content: str, *, is_repeated: bool = False) -> list[Party]:
    """Who a meta element names; `is_repeated` tells that the page has several of its key."""
    if content.startswith(("http://", "https://", "/")):
        return []
    pieces = [piece.strip() for piece in content.split(";", _MOST) if piece.strip()]
    if rule in _LISTS and len(pieces) == 1:
        return _listed(content)
    if rule in _LISTS or is_catalogued(rule):
        return [one for piece in pieces for one in _catalogued(piece)]
    if rule in _DUBLIN_CORE and (len(pieces) > 1 or is_repeated or _is_family_first(content)):
        return [Party(text=piece, is_one=True) for piece in pieces]
    return [Party(text=content)]


def doi_in(content: str) -> str | None:
    """The DOI in a value, however it is printed, or None.

    >>> doi_in("https://doi.org/10.5555/quay.12"), doi_in("oai:quay.example:12")
    ('10.5555/quay.12', None)
    """
    match = _DOI.search(content)
    return match[0].rstrip(".,;)") if match else None


def year_in(content: str) -> int | None:
    """The year, where a date is nothing else."""
    return int(content) if _YEAR.fullmatch(content.strip()) else None


def _catalogued(text: str) -> list[Party]:
    """One name, or those that an "and" joins where the key should hold one."""
    names = _AND.split(text)
    is_list = "," not in text and all(looks_like_name(name, marked=False) for name in names)
    listed = names if is_list and not is_organisation(text) else [text]
    return [Party(text=name, is_one=True) for name in listed]


def _listed(text: str) -> list[Party]:
    """The names of one element: full names behind commas, or families with initials in turn."""
    parts = [part.strip() for part in _AND.sub(", ", text).split(",", _MOST) if part.strip()]
    if all(" " in part for part in parts):
        return [Party(text=part, is_one=True) for part in parts]
    pairs = list(zip(parts[::2], parts[1::2], strict=False))
    if len(parts) == 2 or (len(parts) % 2 == 0 and all(_INITIALS.fullmatch(b) for _, b in pairs)):
        return [Party(text=f"{family}, {given}", is_one=True) for family, given in pairs]
    return [Party(text=text)]


def _is_family_first(text: str) -> bool:
    """Whether a text with one comma is a name in reverse, and no list of two."""
    if text.count(",") != 1 or is_organisation(text):
        return False
    counts = [len(set(part.split()) - every("particle")) for part in text.split(",")]
    return min(counts) >= 1 and min(counts) == 1 and max(counts) <= 3
