"""Where a rendered DOI, PMID, PMCID or URL links to (CSL 1.0.2, Appendix VI)."""

from __future__ import annotations

import re

_SAFE = re.compile(r"^(?:https?|ftp)://[^\s<>\"]+$", re.IGNORECASE)
_BASES = {
    "DOI": "https://doi.org/",
    "PMID": "https://www.ncbi.nlm.nih.gov/pubmed/",
    "PMCID": "https://www.ncbi.nlm.nih.gov/pmc/articles/",
}


def link_for(variable: str, text: str) -> str | None:
    """The address for this identifier, None when it would not be a safe web address.

    >>> link_for("DOI", "10.1000/182")
    'https://doi.org/10.1000/182'
    """
    text = text.strip()
    if variable == "URL" or text.lower().startswith(("http://", "https://")):
        address = text
    else:
        address = _BASES.get(variable, "") + text
    return address if _SAFE.match(address) else None
