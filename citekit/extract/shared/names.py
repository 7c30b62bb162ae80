"""Names as CSL-JSON has them: persons in parts, organisations as they are.

A name is a person only if it looks like one and no list says that it is an agency or a publisher;
in doubt it stays literal, which every style prints unchanged.
"""

from __future__ import annotations

import re

from citekit.extract.shared.words import every, fold, tokens

Name = dict[str, str]

_HONORIFICS = re.compile(
    r"^(?:(?:dr|prof|mr|mrs|ms|mx|sir|dame|lord|lady|rev|mag|ing|dipl|univ|frau|herr|m|mme|mgr|bc|judr"
    r"|phdr|mudr|doc|gen|col|maj|sgt)\.?(?:-ing\.?)?\s+)+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_NAME_CHARACTERS = re.compile(r"[^\W\d_][\w.'’\-·•]*")


def csl_name(text: str) -> Name:
    """One printed name as a CSL-JSON name.

    >>> csl_name("Marlene van der Berg")
    {'family': 'Berg', 'given': 'Marlene', 'non-dropping-particle': 'van der'}
    >>> csl_name("Associated Press")
    {'literal': 'Associated Press'}
    """
    text = " ".join(text.split())
    if is_organisation(text) or _EAST_ASIAN.search(text):
        return {"literal": text}
    if text.count(",") == 1:
        family, given = (part.strip() for part in text.split(","))
        if given and family and fold(given) not in every("suffix"):
            return {"family": family, "given": given}
    parts = text.replace(",", " ").split()
    if len(parts) < 2 or len(parts) > 6:
        return {"literal": text}
    suffix = parts.pop() if fold(parts[-1]) in every("suffix") and len(parts) > 2 else None
    return _in_parts(parts, suffix)


def _in_parts(parts: list[str], suffix: str | None) -> Name:
    first = next((i for i, part in enumerate(parts) if i and part in every("particle")), None)
    if first is None or first == len(parts) - 1:
        name = {"family": parts[-1], "given": " ".join(parts[:-1])}
    else:
        last = first
        while parts[last] in every("particle") and last < len(parts) - 1:
            last += 1
        name = {
            "family": " ".join(parts[last:]),
            "given": " ".join(parts[:first]),
            "non-dropping-particle": " ".join(parts[first:last]),
        }
    return {**name, "suffix": suffix} if suffix else name


def display_name(name: Name) -> str:
    """A CSL-JSON name in the order it was printed.

    >>> display_name({"family": "Berg", "given": "Marlene", "non-dropping-particle": "van der"})
    'Marlene van der Berg'
    """
    if "literal" in name:
        return name["literal"]
    order = ("given", "dropping-particle", "non-dropping-particle", "family", "suffix")
    return " ".join(name[part] for part in order if name.get(part))


def is_agency(text: str) -> bool:
    """Whether a name is that of a news or picture agency."""
    return fold(text).strip(" ./()[]-–") in every("agency")


def is_organisation(text: str) -> bool:
    """Whether a name is one of an organisation rather than of a person."""
    if is_agency(text):
        return True
    words = tokens(text)
    return bool(every("organisation") & set(words)) or (text.isupper() and len(words) == 1)


def looks_like_name(text: str, *, marked: bool) -> bool:
    """Whether a text can be a name.

    `marked` says that the page calls it an author ("By …"): then one word is enough, as in the
    name of an agency; without it, two to four capitalised words are needed.
    """
    text = _HONORIFICS.sub("", text.strip())
    if not text or len(text) > 70 or (any(c.isdigit() for c in text) and not marked):
        return False
    if _EAST_ASIAN.search(text):
        return len(text) <= (16 if marked else 5) and not re.search(
            r"[。、！？\s]{2}|[。！？]",
            text,
        )
    if is_agency(text):
        return marked
    words = text.split()
    if not (1 if marked else 2) <= len(words) <= (6 if marked else 4):
        return False
    cased = [word for word in words if fold(word) not in every("particle")]
    return bool(cased) and all(_is_name_word(word, marked=marked) for word in cased)


def _is_name_word(word: str, *, marked: bool) -> bool:
    letters = word.strip(".,'’\"()-")
    if not letters or not (
        _NAME_CHARACTERS.fullmatch(word.strip('()",')) or (marked and letters.isalnum())
    ):
        return False
    caseless = letters[0].upper() == letters[0].lower()
    if letters[0].isupper() or caseless:
        return True
    return marked and (any(c.isupper() for c in letters) or bool(re.search(r"\w[.-]\w", letters)))


def strip_honorifics(text: str) -> str:
    """A name without the titles before it."""
    return _HONORIFICS.sub("", text)
