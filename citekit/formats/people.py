"""Parts of people's names, as several formats have them."""

from __future__ import annotations

import re
from typing import Any, Final

_SUFFIX: Final = re.compile(r"(?:[JS]r\.?|Junior|Senior|[IVX]{1,6}\.?|\d+(?:st|nd|rd|th))")
_INITIALS: Final = re.compile(r"[^\W\d_]{1,4}(?:-[^\W\d_]{1,4})*")


def is_suffix(text: str) -> bool:
    """Whether it is what stands behind a name: ``Jr.``, ``III``, ``2nd``."""
    return bool(_SUFFIX.fullmatch(text))


def split_particle(family: str) -> tuple[str, str]:
    """The words before the family name that begin in lower case, and the name.

    >>> split_particle("van den Berg")
    ('van den', 'Berg')
    """
    words = family.split()
    ends = [number + 1 for number, word in enumerate(words[:-1]) if word[:1].islower()]
    end = max(ends, default=0)
    return " ".join(words[:end]), " ".join(words[end:])


def person(family: str, given: str = "", suffix: str = "") -> dict[str, Any]:
    """CSL's name of a person, the particle apart."""
    particle, last = split_particle(family)
    parts = {"family": last, "given": given, "suffix": suffix, "non-dropping-particle": particle}
    return {key: part for key, part in parts.items() if part}


def vancouver_name(text: str) -> dict[str, Any]:
    """A name as medicine writes it: family name, initials, suffix; an institution has none.

    >>> vancouver_name("van den Berg AC Jr")["given"], vancouver_name("Port Office")
    ('A. C.', {'literal': 'Port Office'})
    """
    words = text.split()
    suffix = words.pop() if len(words) > 2 and is_suffix(words[-1]) else ""
    initials = words[-1] if words else ""
    if len(words) < 2 or not initials.isupper() or not _INITIALS.fullmatch(initials):
        return {"literal": text} if text else {}
    given = re.sub(r"([^\W\d_])(?!-)", r"\1. ", initials).replace("-", ".-").strip()
    return person(" ".join(words[:-1]), given, suffix)
