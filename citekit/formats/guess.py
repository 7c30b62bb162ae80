"""Which format a text seems to be in."""

from __future__ import annotations

import re
from typing import Final

_OF_ZOTERO: Final = r'"(?:label"\s*:\s*"BetterBibTeX JSON"|itemType"\s*:)'
_CITES: Final = r"(?i)\{\{\s{0,9}(?:cite[ _][a-z]|citation\s{0,9}\|)"
_ENTRY: Final = r"(?m)^\s*@\s*[A-Za-z]+\s*[{(]"
_HEAD_SIGNS: Final = 100_000
"""So many signs of a text in JSON tell whose items are in it: collections stand before them."""


def guess_format(text: str) -> str:
    """The format a text seems to be in; every text is taken for some format."""
    start = text[:4000].lstrip("\ufeff \t\r\n")
    if start.startswith(("[", "{")):
        return "bbt-json" if re.search(_OF_ZOTERO, text[:_HEAD_SIGNS]) else "csl-json"
    if start.startswith("<") and "rdf" in start.casefold():
        return "zotero-rdf"
    if re.match(r"PMID ?- ?\d", start):
        return "nbib"
    if start.startswith("TY  -") or "\nTY  -" in start:
        return "ris"
    if _is_hayagriva(start):
        return "hayagriva"
    if start.startswith(("---", "- ", "references:")):
        return "csl-yaml"
    is_page = re.search(_CITES, text[:_HEAD_SIGNS]) and not re.search(_ENTRY, start)
    return "wikipedia" if is_page else "bibtex"


def _is_hayagriva(start: str) -> bool:
    """Whether a text begins with a key and fields below it, and is no item of CSL-YAML."""
    lines = [line for line in start.split("\n") if line.strip() and line.lstrip()[0] != "#"]
    first, below, *others = [*lines[lines[:1] == ["---"] :], "", ""]
    is_key = first.rstrip().endswith(":") and first[0] not in " \t@%"
    has_field = below[:1] in (" ", "\t") and ":" in below and below.lstrip()[0] != "-"
    return is_key and has_field and not any(o.startswith(("id:", "type:", "@")) for o in others)
