"""What one rendering of one item knows: the item, the cite, where it stands, what was used.

Compiled elements are functions of a ``Scope``. ``called`` and ``filled`` count the variables an
element asked for and those that held something: that is all ``cs:group`` needs (§Group).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from citekit.csl.output.tree import Node
    from citekit.csl.values.entry import Entry
    from citekit.csl.values.names import NameSpec
    from citekit.csl.values.persons import Person


class Seen(NamedTuple):
    """One list of names in the cite by which an item was told from others."""

    people: tuple[Person, ...]
    shows_given: bool
    """Whether given names or initials of them were shown."""


class Hints(NamedTuple):
    """What disambiguation decided for one item."""

    names: tuple[int, ...] = ()
    """Names to show at least, by place of the ``cs:names`` in the cite."""
    givens: tuple[tuple[int, ...], ...] = ()
    """Levels of given names (see ``names.person_node``), by place and person."""
    disambiguate: int = 0
    """How many ``disambiguate`` tests of the style hold, in the order they are asked."""
    year_suffix: int = 0
    """1 for a, 2 for b …; 0 for none."""
    seen: tuple[Seen, ...] | None = None
    """The names that disambiguation went by, by place; None where the rule is not ``by-cite``."""


NO_HINTS = Hints()


class ShownNames:
    """What one ``cs:names`` wrote, for disambiguation."""

    __slots__ = ("count", "people", "spec")

    def __init__(self, people: tuple[Person, ...], count: int, spec: NameSpec) -> None:
        self.people = people
        self.count = count
        self.spec = spec


class Scope:
    """The changing state while one item is rendered once."""

    __slots__ = (
        "called",
        "citation_number",
        "cite",
        "entry",
        "filled",
        "first_names",
        "first_note",
        "found_no_names",
        "has_substitute",
        "hints",
        "in_bibliography",
        "item_names",
        "label_text",
        "later_names",
        "levels",
        "locator",
        "locator_label",
        "namesakes",
        "near_note",
        "place",
        "position",
        "record",
        "shown",
        "skip_names",
        "sorting",
        "started",
        "suppressed",
        "texts",
        "uses",
        "year_done",
        "year_nodes",
        "year_text",
    )  # fmt: skip

    def __init__(self, entry: Entry, hints: Hints = NO_HINTS) -> None:
        self.entry = entry
        self.hints = hints
        self.cite: Mapping[str, Any] = {}
        self.called = 0
        self.filled = 0
        self.in_bibliography = False
        self.sorting: Mapping[str, str] | None = None
        self.locator = ""
        self.locator_label = "page"
        self.position = "first"
        self.near_note = False
        self.first_note = ""
        self.citation_number = 0
        self.label_text = ""
        self.year_text = ""
        self.namesakes: dict[str, dict[str, str]] | None = None
        self.place = 0
        self.levels: Callable[[Person, NameSpec, int], int] | None = None
        self.shown: list[ShownNames] | None = None
        self.first_names: Node | None = None
        self.later_names: Node | None = None  # the last ones after the first, where there are any
        self.found_no_names = False  # a ``cs:names`` was reached that had nobody to name
        self.skip_names = False
        self.started = False
        self.suppressed: set[str] = set()
        self.has_substitute = False
        self.record: list[str] | None = None
        self.year_done = False
        self.year_nodes: list[Node] = []
        self.texts = 0  # how many texts of the item were asked for; a locator is none
        self.uses = 0

    def saw(self, variable: str) -> None:
        """Note that a variable was rendered; a substitute suppresses it from then on."""
        self.filled += 1
        if self.record is not None:
            self.record.append(variable)

    def people(self, variable: str) -> tuple[Person, ...]:
        """The names of a variable, none where a substitute has used them up."""
        return () if variable in self.suppressed else self.entry.names(variable)


def levels_of(scope: Scope, people: Sequence[Person], spec: NameSpec, place: int) -> Sequence[int]:
    """How much of each given name shows: by cite, or by a rule for all names."""
    hints = scope.hints.givens
    if place < len(hints) and hints[place]:
        given = hints[place]
        levels: Sequence[int] = given + (0,) * (len(people) - len(given))
    elif scope.levels is not None:
        level = scope.levels
        levels = [level(person, spec, i) for i, person in enumerate(people)]
    else:
        levels = ()
    if scope.hints.seen is None:
        return levels
    return _apart_from_namesakes(scope, people, spec, place, levels)


def _apart_from_namesakes(
    scope: Scope, people: Sequence[Person], spec: NameSpec, place: int, levels: Sequence[int]
) -> Sequence[int]:
    """The levels, with a whole given name for who shares family name and initials within the item.

    So the reference processor with the rule ``by-cite``: it concerns names that are shortened to
    initials here and were not shown so where cites are told apart, such as those of editors.
    """
    seen = scope.hints.seen or ()
    known = scope.namesakes
    if known is None:
        known = scope.namesakes = {}
        for names in seen:
            for person in names.people:
                _has_namesake(person, known)
    told = len(seen[place].people) if place < len(seen) and seen[place].shows_given else 0
    shortened = spec.form == "long" and spec.initialize_with is not None
    out = [*levels] or [0] * len(people)
    for i, person in enumerate(people):
        if _has_namesake(person, known) and shortened and i >= told and not out[i]:
            out[i] = 2
    return out


def _has_namesake(person: Person, known: dict[str, dict[str, str]]) -> bool:
    """Whether somebody else of the same family name and initials is known; now this one is too."""
    given = person.bare_given
    if person.literal or not person.family or not given:
        return False
    others = known.get(person.family)
    if others is None:
        known[person.family] = {given: ""}
        return False
    others.setdefault(given, "")
    if len(others) == 1:
        return False
    for name in others:
        others[name] = others[name] or _initials(name)
    return sum(short == others[given] for short in others.values()) > 1


def _initials(given: str) -> str:
    return "".join(word[0] for word in given.replace("-", " ").split())
