"""All names of a document, to find those that look alike.

Four of the five rules of ``givenname-disambiguation-rule`` look at names and not at cites: there a
given name shows wherever somebody else shares the surname. ``J. Doe`` and ``A. Doe`` are told
apart by their initials, ``Jane Doe`` and ``John Doe`` by the whole name.
Source: CSL 1.0.2 §Disambiguation.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from citekit.csl.values.initials import initials

if TYPE_CHECKING:
    from citekit.csl.values.name_spec import NameSpec
    from citekit.csl.values.persons import Person


class NameBook:
    """Every name seen in cites, to find those that look alike (rules for all names)."""

    def __init__(self, *, initials_only: bool) -> None:
        self._initials_only = initials_only
        self._people: dict[tuple[str, str], set[str]] = {}
        self._memory: dict[tuple[Person, NameSpec], int] = {}
        self._initials: dict[object, defaultdict[str, set[str]]] = {}

    def add(self, person: Person) -> None:
        """Note that this person stands in a cite."""
        if not person.literal and person.family:
            self._people.setdefault(_surname(person), set()).add(person.given)

    def level(self, person: Person, spec: NameSpec) -> int:
        """The least that tells this person from others of the same surname."""
        key = (person, spec)
        found = self._memory.get(key)
        if found is None:
            found = self._memory[key] = self._find(person, spec)
        return found

    def _find(self, person: Person, spec: NameSpec) -> int:
        surname, same = _surname(person), _bare(person.given)
        givens = self._people.get(surname, set())
        if not person.given or not any(_bare(other) != same for other in givens):
            return 0
        if self._initials_only:  # also where the style writes no initials otherwise
            return 1 if len(self._by_initials(surname, spec)) > 1 else 0
        if spec.initialize_with is None:
            return 2
        namesakes = self._by_initials(surname, spec)[_initials(person.given, spec)]
        return 2 if len(namesakes) > 1 else 1

    def _by_initials(self, surname: tuple[str, str], spec: NameSpec) -> defaultdict[str, set[str]]:
        """The given names of one surname by their initials: made once, not once for each person."""
        key = (surname, spec.initialize_with, spec.hyphen)
        found = self._initials.get(key)
        if found is None:
            found = self._initials[key] = defaultdict(set)
            for given in self._people.get(surname, ()):
                found[_initials(given, spec)].add(_bare(given))
        return found


def _surname(person: Person) -> tuple[str, str]:
    return person.particle, person.family


def _bare(given: str) -> str:
    """The given name without what people write differently (``J. J.`` and ``J.J.``)."""
    return given.replace(" ", "").replace(".", "")


def _initials(given: str, spec: NameSpec) -> str:
    return initials(given, spec.initialize_with or "", shorten=True, hyphen=spec.hyphen)
