"""Identifiers with a check digit, and those with too much around them.

Sources: ISO 2108 (ISBN), ISO 3297 (ISSN), DOI Handbook §2.2.
"""

from __future__ import annotations

import re

_DOI_PREFIX = r"(?i)^\s*(?:https?:/*(?:dx\.|www\.)?doi\.org/+|doi:?\s*)+"
_DOI = r"10\.\d{4,9}(?:\.\d+)*/\S+"


def wrong_isbn(text: str) -> str:
    """Why a text is no ISBN; empty where it is one.

    >>> wrong_isbn("978-3-16-148410-0"), wrong_isbn("0-306-40615-3")
    ('', 'its check digit should be 2')
    """
    digits = re.sub(r"[\s\u2010-\u2013-]", "", text).upper()
    if re.fullmatch(r"(?a)\d{9}[\dX]", digits):
        total = sum(int(sign) * (10 - at) for at, sign in enumerate(digits[:9]))
        return _unlike(digits[9], "0123456789X"[-total % 11])
    if re.fullmatch(r"(?a)97[89]\d{10}", digits):
        total = sum(int(sign) * (1, 3)[at % 2] for at, sign in enumerate(digits[:12]))
        return _unlike(digits[12], str(-total % 10))
    return "it has neither 10 nor 13 digits"


def wrong_issn(text: str) -> str:
    """Why a text is no ISSN; empty where it is one.

    >>> wrong_issn("1234-5679"), wrong_issn("1234-5678")
    ('', 'its check digit should be 9')
    """
    digits = re.sub(r"[\s\u2010-\u2013-]", "", text).upper()
    if not re.fullmatch(r"(?a)\d{7}[\dX]", digits):
        return "it has not 8 digits"
    total = sum(int(sign) * (8 - at) for at, sign in enumerate(digits[:7]))
    return _unlike(digits[7], "0123456789X"[-total % 11])


def _unlike(is_: str, should: str) -> str:
    return "" if is_ == should else f"its check digit should be {should}"


def bare_doi(text: str) -> str:
    """A DOI without the address of its resolver.

    >>> bare_doi("https://doi.org/https://doi.org/10.5555/reed.1")
    '10.5555/reed.1'
    """
    return re.sub(_DOI_PREFIX, "", text)


def is_doi(text: str) -> bool:
    """Whether a text is a DOI, bare."""
    return re.fullmatch(_DOI, text) is not None
