"""The people of a citation: numbered parameters, and lists in one parameter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.people import is_suffix, person, vancouver_name
from citekit.formats.wikipedia.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROLES: Final = "author|subject|host|editor|translator|interviewer|contributor"
_PART: Final = "last|first|surname|given|link|mask"
_NUMBERED: Final = re.compile(
    rf"(?:(?P<role>{_ROLES})(?P<n1>\d{{0,3}})-?(?P<part>{_PART})?(?P<n2>\d{{0,3}})"
    r"|(?P<bare>last|first|surname|given)(?P<n3>\d{0,3}))"
)
_SAME: Final = {"surname": "last", "given": "first", None: "whole"}
_LISTS: Final = {"vauthors": "author", "veditors": "editor"}
_MANY: Final = {"author": "display-authors", "editor": "display-editors"}
_ET_AL: Final = re.compile(r"et\s?al\.?", re.IGNORECASE)
OTHERS: Final = {"literal": "others"}
"""How the items of citekit say "et al."."""


def read_people(given: Mapping[str, str]) -> tuple[dict[str, list[dict[str, Any]]], set[str]]:
    """Lists of CSL names by variable, and the parameters that they were read from."""
    parts: dict[str, dict[int, dict[str, str]]] = {}
    read: set[str] = set()
    for name, text in given.items():
        match = _NUMBERED.fullmatch(name)
        part = (
            _SAME.get(match["part"] or match["bare"], match["part"] or match["bare"])
            if match
            else ""
        )
        if match and part in ("last", "first", "whole"):
            number = int(match["n1"] or match["n2"] or match["n3"] or 1)
            variable = table()["role"][match["role"] or "author"]
            parts.setdefault(variable, {}).setdefault(number, {}).setdefault(part, text)
            read.add(name)
    people = {
        variable: [one for n in sorted(numbered) if (one := _name(numbered[n]))]
        for variable, numbered in parts.items()
    }
    for listed, variable in (*_LISTS.items(), ("authors", "author")):
        if listed in given and not people.get(variable):
            people[variable] = _listed(given[listed], is_vancouver=listed in _LISTS)
            read.add(listed)
    for variable, many in _MANY.items():
        if _ET_AL.fullmatch(given.get(many, "")) and people.get(variable):
            people[variable] = [*(one for one in people[variable] if one != OTHERS), OTHERS]
            read.add(many)
    return {variable: names for variable, names in people.items() if names}, read


def _name(parts: Mapping[str, str]) -> dict[str, Any]:
    """One person or institution."""
    first, last = parts.get("first", ""), parts.get("last", "")
    whole = last or parts.get("whole", "")
    if _ET_AL.fullmatch(whole):
        return OTHERS
    accepted = re.fullmatch(r"\(\((.*)\)\)", whole)
    if accepted:
        return {"literal": accepted[1]} if not first else person(accepted[1], first)
    family, comma, given = whole.partition(",")
    if not first and comma and "," not in given and not last:
        first, whole = given.strip(), family.strip()
    if not whole:
        return {"literal": first} if first else {}
    if not first:
        return {"literal": whole}
    first, _, suffix = (part.strip() for part in first.partition(","))
    return person(
        whole, *((first, suffix) if is_suffix(suffix) or not suffix else (f"{first}, {suffix}",))
    )


def _listed(text: str, *, is_vancouver: bool) -> list[dict[str, Any]]:
    """The names of a list: Vancouver's, separated by commas, or others by semicolons."""
    if not is_vancouver:
        names = [part.strip() for part in text.split(";")]
        return [_name({"whole": name}) for name in names if name]
    out = []
    for whole, plain in re.findall(r"\s*\(\((.*?)\)\)|([^,]+)", text):
        name = plain.strip()
        if _ET_AL.fullmatch(name):
            out.append(OTHERS)
        elif whole or name:
            out.append({"literal": whole} if whole else vancouver_name(name))
    return out
