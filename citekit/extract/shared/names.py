"""Names as CSL-JSON has them: persons in parts, organisations as they are.

What a page declares decides whether a name is a person's. Where it says nothing, a name is a
person's only if it looks like one and no list says that it is an agency or a publisher; in doubt
it stays literal, which every style prints unchanged.
"""

from __future__ import annotations

import re
from functools import cache

from citekit.extract.shared.words import bare, every, fold, spellings, tokens

Name = dict[str, str]

_HONORIFICS = re.compile(
    r"^(?:(?:dr|prof|mr|mrs|ms|mx|sir|dame|lord|lady|rev|mag|ing|dipl|univ|frau|herr|m|mme|mgr|bc|judr"
    r"|phdr|mudr|doc|gen|col|maj|sgt|the rt|rt|hon)\.?(?:-ing\.?)?\s+)+(?=\S+\s+\S)",
    re.IGNORECASE,
)
_EAST_ASIAN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
# Letters, with the vowel signs and joiners of Indic scripts, Thai and Persian, which are none.
_NAME_CHARACTERS = re.compile(r"[^\W\d_][\w.'’\-·•\u0300-\u036f\u0900-\u0eff\u200c\u200d]*")
_FOOTNOTES = re.compile(r"[\d*†‡§¶#]++(?:,\s*[\d*†‡§¶#]++)*$")
_INITIALS = re.compile(r"[^\W\d_]{1,3}")


def csl_name(text: str) -> Name:
    """One printed name as a CSL-JSON name.

    >>> csl_name("Marlene van der Berg")
    {'family': 'Berg', 'given': 'Marlene', 'non-dropping-particle': 'van der'}
    >>> csl_name("Associated Press")
    {'literal': 'Associated Press'}
    """
    text = " ".join(text.split())
    return {"literal": text} if is_organisation(text) else person_name(text)


def person_name(text: str) -> Name:
    """A name as that of a person, whatever words are in it; literal where it has no parts."""
    text = " ".join(text.split())
    if text.count(",") == 1:
        family, given = (part.strip() for part in text.split(","))
        if given and family and not _is_suffix(given):
            return family_name(family, given)
    parts = text.replace(",", " ").split()
    if not 2 <= len(parts) <= 6 or _EAST_ASIAN.search(text) or not _has_capitals(parts):
        return {"literal": text}
    suffix = parts.pop() if _is_suffix(parts[-1]) and len(parts) > 2 else None
    return _in_parts(parts, suffix)


def family_name(family: str, given: str, suffix: str = "") -> Name:
    """A name of which the family name is known; small words before it are a particle.

    >>> family_name("van der Berg", "Marlene")
    {'family': 'Berg', 'given': 'Marlene', 'non-dropping-particle': 'van der'}
    """
    words = family.split()
    small = 0
    while small < len(words) - 1 and words[small] in every("particle"):
        small += 1
    name = {"family": " ".join(words[small:]), "given": given}
    if small:
        name["non-dropping-particle"] = " ".join(words[:small])
    return {**name, "suffix": suffix} if suffix else name


def catalogued_name(text: str) -> Name:
    """A name as catalogues print one: "Family, Given", "Family, Given, Jr.", "Family AB".

    Source: Google Scholar's inclusion guidelines (``citation_author``), PubMed's lists.

    >>> catalogued_name("Berg MA"), catalogued_name("Berg, Marlene, Jr.")
    ({'family': 'Berg', 'given': 'MA'}, {'family': 'Berg', 'given': 'Marlene', 'suffix': 'Jr.'})
    >>> catalogued_name("Ministry of Trade, Fisheries and Food")
    {'literal': 'Ministry of Trade, Fisheries and Food'}
    """
    text = _FOOTNOTES.sub("", " ".join(text.split())).strip(" ,;")
    if is_agency(text) or _has_word(text, weak=False) or _has_legal_form(text, shortest=4):
        return {"literal": text}
    family, *rest = (part.strip() for part in text.split(","))
    rest = [part for part in rest if part and not _is_degree(part)]
    suffix = next(filter(_is_suffix, rest), "")
    given = next((part for part in rest if part != suffix), "")
    if given:
        return family_name(family, given, suffix)
    words = family.split()
    is_shouted = family.isupper() or not words[-1:] or not words[-1].isupper()
    if len(words) > 1 and _INITIALS.fullmatch(words[-1]) and not is_shouted:
        return family_name(" ".join(words[:-1]), words[-1], suffix)
    return person_name(f"{family} {suffix}".strip())


def _is_suffix(text: str) -> bool:
    return bare(text) in every("suffix")


def _has_capitals(words: list[str]) -> bool:
    """Whether no word is small but a particle; names in small letters throughout are none."""
    small = [
        word for word in words if word[0].islower() and word.casefold() not in every("particle")
    ]
    return not small or len(small) == len(words)


def _is_degree(text: str) -> bool:
    key = fold(text).replace(".", "")
    return key in every("degree") and key not in {"jr", "sr"}


def _in_parts(parts: list[str], suffix: str | None) -> Name:
    first = next((i for i, part in enumerate(parts) if i and part in every("particle")), None)
    if first is None or first == len(parts) - 1:
        name = {"family": parts[-1], "given": " ".join(parts[:-1])}
    else:
        name = family_name(" ".join(parts[first:]), " ".join(parts[:first]))
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


def is_organisation(text: str, *, is_declared_person: bool = False) -> bool:
    """Whether a name is one of an organisation rather than of a person.

    Somebody who is declared a person may be called Post or Press.

    >>> is_organisation("University of Lanternfish"), is_organisation("Marlene Berg")
    (True, False)
    """
    return (
        is_agency(text)
        or _has_word(text, weak=not is_declared_person)
        or _has_legal_form(text)
        or (text.isupper() and len(tokens(text)) == 1 and not is_declared_person)
    )


def _has_word(text: str, *, weak: bool) -> bool:
    words = {*tokens(text), *(word.strip(".,:;()") for word in fold(text).split())}
    if words & every("organisation") or (weak and words & every("organisation-weak")):
        return True
    return any(word.endswith(_ends()) and word not in every("organisation-end") for word in words)


@cache
def _ends() -> tuple[str, ...]:
    return tuple(every("organisation-end"))


def _has_legal_form(text: str, *, shortest: int = 2) -> bool:
    """Whether a company's form stands behind a name, in the letters that it is written in."""
    return any(len(form) >= shortest for form in _legal_forms(text.rstrip(" ,")))


def without_legal_form(text: str) -> str:
    """The name of a company without its form.

    >>> without_legal_form("Lanternfish Papers Ltd.")
    'Lanternfish Papers'
    """
    longest = max(_legal_forms(text.rstrip(" ,")), key=len, default="")
    return text.rstrip(" ,").removesuffix(longest).rstrip(" ,")


def _legal_forms(text: str) -> list[str]:
    return [
        form
        for form in spellings("legal-form")
        if text.endswith(form) and text.removesuffix(form)[-1:] in {" ", ","}
    ]


def looks_like_name(text: str, *, marked: bool) -> bool:
    """Whether a text can be a name.

    `marked` says that the page calls it an author ("By …"): then one word is enough, as in the
    name of an agency; without it, two to four capitalised words are needed, and none of a label.
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
    if not marked and every("not-name") & set(tokens(text)):
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
