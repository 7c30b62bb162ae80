"""Cites that look alike are told apart: more names, given names, the style's own way, a letter.

Cites are rendered once and put into buckets by their text, never compared in pairs; only buckets
with several items are worked on, and only with changes that can split them. What was decided is a
frozen ``Hints`` per item. Source: CSL 1.0.2 §Disambiguation.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from citekit.csl.names import initials
from citekit.csl.scope import NO_HINTS, Hints, Scope, ShownNames
from citekit.csl.sort import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from citekit.csl.entry import Entry
    from citekit.csl.names import NameSpec
    from citekit.csl.persons import Person
    from citekit.csl.program import Program

    Levels = Callable[[Person, NameSpec], int]

T = TypeVar("T")


class NameBook:
    """Every name seen in cites, to find those that look alike (rules for all names)."""

    def __init__(self, *, initials_only: bool) -> None:
        self._initials_only = initials_only
        self._people: dict[tuple[str, str], set[str]] = {}
        self._memory: dict[tuple[Person, int], int] = {}

    def add(self, person: Person) -> None:
        if not person.literal and person.family:
            self._people.setdefault(_surname(person), set()).add(person.given)

    def level(self, person: Person, spec: NameSpec) -> int:
        """The least that tells this person from others of the same surname."""
        key = (person, id(spec))
        found = self._memory.get(key)
        if found is None:
            found = self._memory[key] = self._find(person, spec)
        return found

    def _find(self, person: Person, spec: NameSpec) -> int:
        others = self._people.get(_surname(person), set()) - {person.given}
        if not others or not person.given:
            return 0
        if spec.initialize_with is None:
            return 2
        mine = _initials(person.given, spec)
        alike = any(_initials(other, spec) == mine for other in others)
        if self._initials_only:
            return 0 if alike and spec.form != "short" else 1
        return 2 if alike else 1


def _surname(person: Person) -> tuple[str, str]:
    return person.particle, person.family


def _initials(given: str, spec: NameSpec) -> str:
    return initials(given, spec.initialize_with or "", shorten=spec.initialize, hyphen=spec.hyphen)


class Cite:
    """One item while it is being told apart."""

    __slots__ = ("entry", "hints", "key", "shown", "uses")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.hints: Hints = NO_HINTS
        self.key = ""
        self.shown: list[ShownNames] = []
        self.uses = 0


class Disambiguator:
    """Finds the hints of all items of a document."""

    def __init__(self, program: Program, position_of: Callable[[str], str]) -> None:
        options = program.style.citation.options
        self._program = program
        self._position_of = position_of
        self._add_names = options.get("disambiguate-add-names") == "true"
        self._add_given = options.get("disambiguate-add-givenname") == "true"
        self._add_suffix = options.get("disambiguate-add-year-suffix") == "true"
        self._rule = options.get("givenname-disambiguation-rule", "by-cite")
        self.levels: Levels | None = None

    def run(self, entries: Sequence[Entry]) -> dict[str, Hints]:
        """Hints by item id; ``entries`` are in the order that gives the letters."""
        cites = [Cite(entry) for entry in entries]
        self._fill_book(cites)
        for cite in cites:
            self._render(cite)
        for bucket in _buckets(cites):
            if len(bucket) > 1:
                self._resolve(bucket)
        return {cite.entry.id: cite.hints for cite in cites}

    # ---- rendering

    def _render(self, cite: Cite) -> str:
        """Render a cite under its present hints; its text is what makes it ambiguous."""
        scope = Scope(cite.entry, cite.hints)
        scope.position = self._position_of(cite.entry.id)
        scope.levels = self.levels
        scope.shown = []
        cite.key = plain_text([self._program.cite(scope)])
        cite.shown = scope.shown
        cite.uses = scope.uses
        return cite.key

    def _fill_book(self, cites: Iterable[Cite]) -> None:
        """For the rules that look at all names: see every name once before cites are rendered."""
        if not self._add_given or self._rule == "by-cite":
            return
        book = NameBook(initials_only=self._rule.endswith("-with-initials"))
        primary = self._rule.startswith("primary-name")
        firsts: set[Person] = set()
        for cite in cites:
            self._render(cite)
            for shown in cite.shown:
                for person in shown.people[: 1 if primary else None]:
                    book.add(person)
                    firsts.add(person)
        if primary:
            self.levels = lambda person, spec: book.level(person, spec) if person in firsts else 0
        else:
            self.levels = book.level

    # ---- one bucket after another

    def _resolve(self, bucket: list[Cite]) -> None:
        groups = [bucket]
        if self._add_names:
            groups = self._each(groups, self._more_names)
        if self._add_given and self._rule == "by-cite":
            groups = self._each(groups, self._given_names)
        groups = self._each(groups, self._own_way)
        if self._add_suffix:
            for group in groups:
                for i, cite in enumerate(group):
                    cite.hints = replace(cite.hints, year_suffix=i + 1)

    def _each(
        self, groups: list[list[Cite]], step: Callable[[list[Cite]], list[list[Cite]]]
    ) -> list[list[Cite]]:
        """What is still ambiguous after a step."""
        return [rest for group in groups for rest in step(group)]

    def _more_names(self, group: list[Cite]) -> list[list[Cite]]:
        """Show more names, as many as it takes (§disambiguate-add-names)."""
        places = max((len(cite.shown) for cite in group), default=0)
        remaining = [group]
        for place in range(places):
            remaining = [r for g in remaining for r in self._names_at(g, place)]
        return remaining

    def _names_at(self, group: list[Cite], place: int) -> list[list[Cite]]:
        cites = [cite for cite in group if place < len(cite.shown)]
        if len(cites) < len(group):
            return [group]
        base = {id(cite): cite.hints for cite in group}
        for count in _useful_counts(cites, place):
            for cite in cites:
                cite.hints = replace(cite.hints, names=_put(cite.hints.names, place, count, 0))
                self._render(cite)
            parts = list(_buckets(cites))
            if len(parts) > 1:
                return [r for part in parts if len(part) > 1 for r in self._names_at(part, place)]
        for cite in cites:
            cite.hints = base[id(cite)]
            self._render(cite)
        return [group]

    def _given_names(self, group: list[Cite]) -> list[list[Cite]]:
        """Expand given names one by one, as few as it takes (rule ``by-cite``)."""
        places = max((len(cite.shown) for cite in group), default=0)
        for place in range(places):
            if any(place >= len(cite.shown) for cite in group):
                break
            for i in range(min(cite.shown[place].count for cite in group)):
                people = {cite.shown[place].people[i] for cite in group}
                if len(people) == 1:
                    continue
                parts = self._expand(group, place, i)
                if parts is not None:
                    return [
                        r for part in parts if len(part) > 1 for r in self._given_names(part)
                    ]
        return [group]

    def _expand(self, group: list[Cite], place: int, person: int) -> list[list[Cite]] | None:
        """The parts a group falls into when one name is expanded; None if it stays whole."""
        base = [cite.hints for cite in group]
        for level in (1, 2):
            for cite in group:
                shown = cite.shown[place]
                if level == 1 and shown.spec.initialize_with is None:
                    continue
                levels = cite.hints.givens[place] if place < len(cite.hints.givens) else ()
                changed = _put(levels, person, level, 0)
                cite.hints = replace(
                    cite.hints, givens=_put(cite.hints.givens, place, changed, ())
                )
                self._render(cite)
            parts = list(_buckets(group))
            if len(parts) > 1:
                return parts
        for cite, hints in zip(group, base, strict=True):
            cite.hints = hints
            self._render(cite)
        return None

    def _own_way(self, group: list[Cite]) -> list[list[Cite]]:
        """Let ``cs:if disambiguate="true"`` hold, where the style asks for it."""
        if not any(cite.uses for cite in group):
            return [group]
        base = [(cite.hints, cite.key) for cite in group]
        for cite in group:
            cite.hints = replace(cite.hints, disambiguate=True)
            self._render(cite)
        parts = list(_buckets(group))
        if len(parts) == 1:
            for cite, (hints, key) in zip(group, base, strict=True):
                cite.hints, cite.key = hints, key
            return [group]
        return [part for part in parts if len(part) > 1]


def _useful_counts(cites: Sequence[Cite], place: int) -> Iterable[int]:
    """The numbers of names that can split the group: where the next name differs."""
    lists = [cite.shown[place].people for cite in cites]
    start = max(cite.shown[place].count for cite in cites)
    longest = max(map(len, lists))
    for count in range(start + 1, longest + 1):
        if len({people[count - 1] if count <= len(people) else None for people in lists}) > 1:
            yield count


def _buckets(cites: Iterable[Cite]) -> Iterable[list[Cite]]:
    found: dict[str, list[Cite]] = {}
    for cite in cites:
        found.setdefault(cite.key, []).append(cite)
    return found.values()


def _put(values: tuple[T, ...], place: int, value: T, filler: T) -> tuple[T, ...]:
    grown = values + (filler,) * (place + 1 - len(values))
    return (*grown[:place], value, *grown[place + 1 :])


def letters(number: int) -> str:
    """1 → a, 26 → z, 27 → aa …, as year suffixes count.

    >>> [letters(n) for n in (1, 26, 27, 52, 53)]
    ['a', 'z', 'aa', 'az', 'ba']
    """
    out = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        out = chr(97 + rest) + out
    return out
