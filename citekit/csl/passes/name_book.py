"""All names of a document, to find those that look alike; names come and go as it is edited.

Four of the five rules of ``givenname-disambiguation-rule`` look at names and not at cites: there a
given name shows wherever somebody else shares the surname. ``J. Doe`` and ``A. Doe`` are told
apart by their initials, ``Jane Doe`` and ``John Doe`` by the whole name.
Source: CSL 1.0.2 §Disambiguation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from citekit.csl.values.initials import initials

if TYPE_CHECKING:
    from citekit.csl.values.name_spec import NameSpec
    from citekit.csl.values.persons import Person

    Surname = tuple[str, str]


class NameBook:
    """Every name seen in cites, to find those that look alike (rules for all names)."""

    def __init__(self, *, initials_only: bool) -> None:
        self._initials_only = initials_only
        self._people: dict[Surname, Counter[str]] = {}
        self._memory: dict[Surname, dict[tuple[Person, NameSpec], int]] = {}
        self._initials: dict[Surname, dict[object, defaultdict[str, set[str]]]] = {}
        self._changed: set[Surname] = set()

    def add(self, person: Person) -> None:
        """Note that this person stands in a cite."""
        if not person.literal and person.family:
            givens = self._people.setdefault(surname(person), Counter())
            givens[person.given] += 1
            if givens[person.given] == 1:
                self._changed.add(surname(person))

    def discard(self, person: Person) -> None:
        """Note that a cite in which this person stood has gone."""
        if not person.literal and person.family:
            givens = self._people[surname(person)]
            givens[person.given] -= 1
            if not givens[person.given]:
                del givens[person.given]
                self._changed.add(surname(person))

    def settle(self) -> set[Surname]:
        """The surnames under which other given names stand than at the last call."""
        changed, self._changed = self._changed, set()
        for name in changed:
            self._memory.pop(name, None)
            self._initials.pop(name, None)
        return changed

    def level(self, person: Person, spec: NameSpec) -> int:
        """The least that tells this person from others of the same surname."""
        memory = self._memory.setdefault(surname(person), {})
        key = (person, spec)
        found = memory.get(key)
        if found is None:
            found = memory[key] = self._find(person, spec)
        return found

    def _find(self, person: Person, spec: NameSpec) -> int:
        name, same = surname(person), _bare(person.given)
        givens = self._people.get(name, ())
        if not person.given or not any(_bare(other) != same for other in givens):
            return 0
        if self._initials_only:  # also where the style writes no initials otherwise
            return 1 if len(self._by_initials(name, spec)) > 1 else 0
        if spec.initialize_with is None:
            return 2
        namesakes = self._by_initials(name, spec)[_initials(person.given, spec)]
        return 2 if len(namesakes) > 1 else 1

    def _by_initials(self, name: Surname, spec: NameSpec) -> defaultdict[str, set[str]]:
        """The given names of one surname by their initials: made once, not once for each person."""
        known = self._initials.setdefault(name, {})
        key = (spec.initialize_with, spec.hyphen)
        found = known.get(key)
        if found is None:
            found = known[key] = defaultdict(set)
            for given in self._people.get(name, ()):
                found[_initials(given, spec)].add(_bare(given))
        return found


def surname(person: Person) -> Surname:
    """What namesakes share: particle and family name."""
    return person.particle, person.family


def _bare(given: str) -> str:
    """The given name without what people write differently (``J. J.`` and ``J.J.``)."""
    return given.replace(" ", "").replace(".", "")


def _initials(given: str, spec: NameSpec) -> str:
    return initials(given, spec.initialize_with or "", shorten=True, hyphen=spec.hyphen)
