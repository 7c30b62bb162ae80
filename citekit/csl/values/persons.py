"""CSL-JSON names → ``Person`` values, particles split off; no style is involved yet.

Source: CSL-JSON schema; CSL 1.0.2 §Name-part Order, particles.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from citekit.csl.values.dates import is_true

MAX_NAMES = 20_000
_MOST_SIGNS = 1_000
"""Of a part of a name; the rest is cut off, as patterns take the square of it."""
_CLOSED = ("’", "'", "ʼ", "-")
# patterns that few names need are compiled with the first one that does: start-up counts
_FAMILY_PARTICLE = (
    r"^((?:[’'ʼ]?[^\W\dA-ZÀ-ÖØ-Þ][^\s’'ʼ-]*\s+|[^\W\dA-ZÀ-ÖØ-Þ]{1,4}[’'ʼ]\s?"
    r"|al-|el-|[’'ʼ]s-)+)(?=\S)"
)
_PARTICLE_WORD = r"[^\W\dA-ZÀ-ÖØ-Þ]"
_LATIN = "[a-zA-Z\u00c0-\u024f\u0370-\u052f]"
_FOREIGN = (
    "[\u0e80-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f"
    "\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]"
)


class Person:
    """One name. Equal content gives the same object, so persons are fast dictionary keys.

    Slots, since thousands are kept and each is made with what can be known of it at once.
    """

    __slots__ = ("bare_given", "comma_suffix", "dropping", "family", "given", "is_foreign", "key",
                 "literal", "particle", "static", "suffix")  # fmt: skip

    def __init__(
        self,
        *,
        family: str,
        given: str,
        dropping: str,
        particle: str,
        suffix: str,
        literal: str,
        comma_suffix: bool,
        static: bool,
    ) -> None:
        self.family = family
        self.given = given
        self.dropping = dropping
        self.particle = particle
        self.suffix = suffix
        self.literal = literal
        self.comma_suffix = comma_suffix
        self.static = static
        self.is_foreign = is_foreign(family + given)
        self.bare_given = " ".join(given.replace(".", " ").split())
        parts = (particle, family, given, dropping, suffix, literal)
        self.key = "\n".join(filter(None, parts))  # the same for one person, however ordered


def without_others(people: tuple[Person, ...]) -> tuple[tuple[Person, ...], bool]:
    """The people, and whether there are more whom nobody names: BibTeX's ``and others``."""
    if len(people) > 1 and people[-1].key == "others":
        return people[:-1], True
    return people, False


def is_foreign(text: str) -> bool:
    """Whether a text is in a script that writes names without spaces, family name first."""
    if text.isascii():
        return False  # the usual case, before any of these large patterns is compiled
    return bool(re.search(_FOREIGN, text)) and not re.search(_LATIN, text)


def read_names(value: object, *, family_first: bool = False) -> tuple[Person, ...] | None:
    """The people in a CSL-JSON name list; None when it is not one. Odd entries are passed over.

    With ``family_first`` the parts of every name stand in the order of Japanese or Hungarian.
    """
    if isinstance(value, Mapping):
        value = [value]
    if not isinstance(value, (list, tuple)):
        return None
    people = []
    for name in value[:MAX_NAMES]:
        person = _read_name(name, family_first=family_first)
        if person is not None:
            people.append(person)
    return tuple(people) if people or not value else None


def _read_name(name: object, *, family_first: bool) -> Person | None:
    if isinstance(name, str):
        name = {"literal": name}
    if not isinstance(name, Mapping):
        return None
    literal = _text(name, "literal")
    family, given = _text(name, "family"), _text(name, "given")
    if not literal and (name.get("isInstitution") and family):
        literal = family
    if not (literal or family or given):
        return None
    return _person(
        family=family,
        given=given,
        dropping=_text(name, "dropping-particle"),
        particle=_text(name, "non-dropping-particle"),
        suffix=_text(name, "suffix"),
        literal="" if family and not name.get("isInstitution") else literal,
        comma_suffix=is_true(name.get("comma-suffix")),
        static=family_first or is_true(name.get("static-ordering")),
    )


def _text(name: Mapping[str, Any], key: str) -> str:
    value = name.get(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return ""
    return value.strip() if len(value) <= _MOST_SIGNS else value[:_MOST_SIGNS].strip()


@lru_cache(maxsize=65536)
def _person(
    *,
    family: str,
    given: str,
    dropping: str,
    particle: str,
    suffix: str,
    literal: str,
    comma_suffix: bool,
    static: bool,
) -> Person:
    if not literal:
        family, particle = _split_family(family, particle)
        if "," in given and not suffix:
            head, _, tail = given.partition(",")
            given, suffix = head.strip(), tail.strip()
            comma_suffix = comma_suffix or suffix.startswith("!")
            suffix = suffix.removeprefix("!").strip()
        given, dropping = _split_given(given, dropping)
    return Person(
        family=family,
        given=given,
        dropping=dropping,
        particle=particle,
        suffix=suffix,
        literal=literal,
        comma_suffix=comma_suffix,
        static=static,
    )


def _split_family(family: str, particle: str) -> tuple[str, str]:
    """Lower-case words at the head of a family name are its non-dropping particle."""
    if len(family) > 1 and family[0] == family[-1] == '"':
        return family[1:-1], particle  # quoted: take it as it is
    if particle or not family or not family.lstrip("'’ʼ")[:1].islower():
        return family, particle
    match = re.match(_FAMILY_PARTICLE, family)
    if match is None:
        return family, particle
    is_closed = match[1].rstrip().endswith(_CLOSED)
    return family[match.end() :], match[1] if is_closed else match[1].rstrip(" ")


def _split_given(given: str, dropping: str) -> tuple[str, str]:
    """Lower-case words at the end of a given name are its dropping particle."""
    if dropping or " " not in given:
        return given, dropping
    # word by word: one pattern for the whole run would try every way to cut a long word
    words = list(re.finditer(r"\S+", given))
    first = len(words)
    while first > 1 and re.match(_PARTICLE_WORD, words[first - 1][0]):
        first -= 1
    run = words[first:]
    if not run or not all(word[0][0].islower() for word in run):
        return given, dropping
    return given[: words[first - 1].end()], given[run[0].start() : run[-1].end()]
