"""The state of one rendering of one item, as three types, and what disambiguation hands to it.

- ``Context`` is given: the item, the cite, where it stands. Nothing changes it.
- ``Used`` is what the elements asked for and showed so far. Groups, substitutes and conditions go
  by it: ``called`` and ``filled`` count the variables that were asked for and those that held
  something, which is all that ``cs:group`` needs (CSL 1.0.2 §Group).
- ``Marks`` are the places that later passes look for: names, years.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from citekit.csl.values.entry import Entry
from citekit.csl.values.name_spec import NameSpec
from citekit.csl.values.persons import Person
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from citekit.csl.output.tree import Node

Levels: TypeAlias = "Callable[[Person, NameSpec, int], int]"
"""How much of a given name shows, by person, options and place in the list."""


class Seen(NamedTuple):
    """One list of names in the cite by which an item was told from others; a tuple like Hints."""

    people: tuple[Person, ...]
    shows_given: bool
    """Whether given names or initials of them were shown."""


class Hints(NamedTuple):
    """What disambiguation decided for one item.

    A tuple, since a document compares the hints of all its cites after every edit (a fortieth of
    the time that comparing values takes).
    """

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


class ShownNames(Value):
    """What one ``cs:names`` wrote: ``count`` of these people, in this form."""

    people: tuple[Person, ...]
    count: int
    spec: NameSpec


class Context(Value):
    """What is given for one rendering of one item."""

    entry: Entry
    hints: Hints = NO_HINTS
    levels: Levels | None = None
    """The rule for the given names of all cites, where the style has one."""
    position: str = "first"
    near_note: bool = False
    first_note: str = ""
    citation_number: int = 0
    label_text: str = ""
    year_text: str = ""
    locator: str = ""
    locator_label: str = "page"
    in_bibliography: bool = False
    skips_names: bool = False
    """Whether the first names are left out (``suppress-author``, collapsing)."""
    in_sentence: bool = False
    """Whether text stands before it, so that no term is raised."""
    tells_apart: bool = False
    """Whether this rendering is only compared with those of other items."""


class Used:
    """What the elements asked for and showed so far. Slots, since every element counts in it."""

    __slots__ = ("called", "filled", "has_bare_labels", "has_substitute", "names", "namesakes",
                 "record", "started", "suppressed", "tests", "texts", "year_done")  # fmt: skip

    def __init__(self, *, started: bool) -> None:
        self.called = 0
        self.filled = 0
        self.texts = 0  # how many texts of the item were asked for; a locator is none
        self.names = 0  # how many lists of names were written
        self.tests = 0  # how many ``disambiguate`` tests were asked
        self.started = started  # whether anything stands before what comes next
        self.year_done = False  # whether the year suffix was written
        self.suppressed: set[str] = set()  # what a substitute used up
        self.has_substitute = False
        self.has_bare_labels = False
        self.record: list[str] | None = None  # what is shown inside a substitute
        self.namesakes: dict[str, dict[str, str]] | None = None

    def is_spent(self, variable: str) -> bool:
        """Whether a substitute before this element has rendered a variable; its labels are, too."""
        if variable == "locator":  # its label may stand behind it
            return False
        return variable in self.suppressed and variable not in (self.record or ())

    def saw(self, variable: str) -> None:
        """Note that a variable was rendered; inside a substitute it is not rendered again."""
        self.filled += 1
        if self.record is not None:
            self.record.append(variable)
            self.suppressed = self.suppressed | {variable}
        elif variable == "locator":  # shown once in a cite, however often the style asks for it
            self.suppressed = self.suppressed | {variable}


class Marks:
    """The places that later passes look for."""

    __slots__ = ("first_names", "lacks_names", "later_names", "shown", "years")

    def __init__(self) -> None:
        self.first_names: Node | None = None
        self.later_names: Node | None = None  # the last ones after the first, if there are any
        self.lacks_names = False  # a ``cs:names`` was reached that had nobody to name
        self.shown: list[ShownNames] = []
        self.years: list[Node] = []  # year suffixes

    def follow(self, copies: Mapping[int, Node]) -> None:
        """Mark the copies of nodes, by the ``id`` of the old ones, instead of these."""
        if self.first_names is not None:
            self.first_names = copies.get(id(self.first_names), self.first_names)
        if self.later_names is not None:
            self.later_names = copies.get(id(self.later_names), self.later_names)
        self.years = [copies.get(id(year), year) for year in self.years]


class State:
    """The three together: what a compiled element is a function of.

    Slots, and the entry once more: every element and condition looks there.
    """

    __slots__ = ("context", "entry", "marks", "used")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.entry = context.entry
        self.used = Used(started=context.in_sentence)
        self.marks = Marks()

    def people(self, variable: str) -> tuple[Person, ...]:
        """The names of a variable, none where a substitute has used them up."""
        return () if variable in self.used.suppressed else self.entry.names(variable)


CITE_VARIABLES: dict[str, Callable[[Context], str]] = {
    "citation-label": lambda context: context.label_text,
    "citation-number": lambda context: str(context.citation_number or ""),
    "first-reference-note-number": lambda context: context.first_note,
    "locator": lambda context: context.locator,
    "year-suffix": lambda context: context.year_text,
}
"""The variables that belong to the cite or its place, and not to the item."""
