"""Cites that look alike are told apart: more names, given names, the style's own way, a letter.

Cites are rendered once and put into buckets by their text, never compared in pairs. Only buckets
with several items are worked on, and only with changes that can split them. What was decided is a
frozen ``Hints`` for each item. A document that is edited keeps its ``Disambiguator``: what was
rendered and decided for items that nothing has touched since is remembered.

Three books of 2020 in APA, one by Doe, Roe and Fox, two by Doe, Poe and Fox::

    one bucket           hints                        cites in the end
    (Doe et al., 2020)   names=(2,)                   (Doe, Roe, et al., 2020)
    (Doe et al., 2020)   names=(2,), year_suffix=1    (Doe, Poe, et al., 2020a)
    (Doe et al., 2020)   names=(2,), year_suffix=2    (Doe, Poe, et al., 2020b)

Source: CSL 1.0.2 §Disambiguation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from citekit.csl.compiled.state import NO_HINTS, Context, Hints, Seen, ShownNames, State
from citekit.csl.output.tree import plain_text
from citekit.csl.passes.name_book import NameBook, surname
from citekit.model.variables import NAME_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from citekit.csl.compiled.program import Program
    from citekit.csl.compiled.state import Levels
    from citekit.csl.passes.name_book import Surname
    from citekit.csl.values.entry import Entry
    from citekit.csl.values.name_spec import NameSpec
    from citekit.csl.values.persons import Person

    Rendered = tuple[str, list[ShownNames], int, int]
    """Text, names, tests of ``disambiguate`` and cost of a cite."""

T = TypeVar("T")
_REMEMBERED: Final = 200
"""Ways of rendering that are kept of one cite."""
_PER_CITE: Final = 2_000
_AND_MORE: Final = 500_000
"""What telling cites apart may cost: variables and tests asked for, names written. Fifty installed
styles, given a thousand items of eight surnames and eight years, needed at most 44 a cite."""


class Told(NamedTuple):
    """What was decided for one item, and what the rule for all names says of its names."""

    hints: Hints = NO_HINTS
    levels: tuple[int, ...] = ()
    rules: int = 0
    """How often that rule has changed for any name in the item."""


UNTOLD: Final = Told()


class Cite:
    """One item while it is being told apart."""

    __slots__ = ("entry", "hints", "key", "label", "memory", "people", "plain", "rules", "seen",
                 "shown", "tests", "told")  # fmt: skip

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.people: tuple[Person, ...] = ()  # those that the book of all names knows from here
        self.rules = 0  # how often the rule for all names has changed for a name in it
        self.memory: dict[object, Rendered] = {}
        self.plain: dict[str, Rendered] = {}  # as nobody has told it apart yet, by position
        self.seen: tuple[Seen, ...] | None = None
        self.told: tuple[list[ShownNames], Hints, Told] | None = None  # the last word, and for what
        self.hints: Hints = NO_HINTS
        self.label = ""
        self.key = ""
        self.shown: list[ShownNames] = []
        self.tests = 0

    def call(self, label: str) -> None:
        """Note the label that its item goes by."""
        if self.label != label:
            self.label = label
            self.forget()

    def forget(self) -> None:
        """Something has changed what it looks like."""
        self.memory.clear()
        self.plain.clear()
        self.told = None


class Disambiguator:
    """Finds the hints of all items of a document, again after each edit."""

    def __init__(self, program: Program) -> None:
        options = program.style.citation.options
        self._program = program
        self._notes: Mapping[str, str] = {}
        self._cites: dict[str, Cite] = {}
        self._resolved: dict[object, list[tuple[Hints, list[ShownNames]]]] = {}
        self._by_surname: dict[Surname, set[str]] = {}
        self._add_names = options.get("disambiguate-add-names") == "true"
        self._add_given = options.get("disambiguate-add-givenname") == "true"
        self._add_suffix = options.get("disambiguate-add-year-suffix") == "true"
        self._rule = options.get("givenname-disambiguation-rule", "by-cite")
        self._position = "first"
        self._counts_notes = False  # whether the number of the first note tells cites apart
        self._book: NameBook | None = None
        if self._add_given and self._rule != "by-cite":
            self._book = NameBook(initials_only=self._rule.endswith("-with-initials"))
        self._primary = self._rule.startswith("primary-name")
        self.levels: Levels | None = None if self._book is None else self._level
        self._left = 0

    @property
    def is_spent(self) -> bool:
        """Whether it cost too much: from then on cites stay alike but for their year suffixes."""
        return self._left < 0

    def run(
        self, entries: Sequence[Entry], labels: Mapping[str, str], notes: Mapping[str, str]
    ) -> dict[str, Told]:
        """What to do for each item, by its id; the order of the entries gives the letters.

        ``labels`` are those of the items, ``notes`` where each is cited first, if in a note.
        """
        if not self._cites and len(entries) == 1 and _has_no_namesakes(entries[0]):
            return {}  # the commonest call of all: one item, which nothing can look like
        self._notes = notes
        cites = self._known(entries, labels)
        self._left = _AND_MORE + _PER_CITE * len(cites)
        resolved, self._resolved = self._resolved, {}
        for position in self._positions:
            self._position = position
            for cite in cites:
                plain = cite.plain.get(position) if cite.hints is NO_HINTS else None
                if plain is None:
                    self._begin(cite)
                else:
                    cite.key, cite.shown, cite.tests, cost = plain
                    self._left -= cost
            for bucket in _buckets(cites):
                if len(bucket) > 1:
                    self._resolve_again(bucket, resolved)
        told = {}
        for cite in cites:
            last = cite.told
            if last is None or last[0] is not cite.shown or last[1] != cite.hints:
                last = self._tell(cite)
            told[cite.entry.id] = last[2]
        return told

    @property
    def _positions(self) -> tuple[str, ...]:
        return ("subsequent", "first") if self._program.tests_position else ("first",)

    # ---- what is known from before

    def _known(self, entries: Sequence[Entry], labels: Mapping[str, str]) -> list[Cite]:
        """The cites of these items, as nobody had told them apart yet."""
        here = {entry.id: entry for entry in entries}
        for key in [key for key, cite in self._cites.items() if here.get(key) is not cite.entry]:
            self._leave(self._cites.pop(key))
        for key in here.keys() - self._cites.keys():
            self._cites[key] = self._met(here[key])
        if self._book is not None:
            for name in self._book.settle():
                for key in self._by_surname.get(name, ()):
                    self._cites[key].rules += 1
                    self._cites[key].forget()
        cites = [self._cites[key] for key in here]
        for cite in cites:
            cite.hints = NO_HINTS
        for key in labels.keys() & here.keys():
            self._cites[key].call(labels[key])
        return cites

    def _met(self, entry: Entry) -> Cite:
        """A new cite; the rules that look at all names have seen its names from here on."""
        cite = Cite(entry)
        if self._book is not None:
            self._position = "first"
            levels, self.levels = self.levels, None
            self._render(cite)
            self.levels = levels
            cite.memory.clear()
            only = 1 if self._primary else None
            cite.people = tuple(p for shown in cite.shown for p in shown.people[:only])
            for person in cite.people:
                self._book.add(person)
            for name in _surnames(entry):
                self._by_surname.setdefault(name, set()).add(entry.id)
        return cite

    def _leave(self, cite: Cite) -> None:
        if self._book is not None:
            for person in cite.people:
                self._book.discard(person)
            for name in _surnames(cite.entry):
                self._by_surname[name].discard(cite.entry.id)

    def _level(self, person: Person, spec: NameSpec, place: int) -> int:
        if self._book is None or (self._primary and place):
            return 0
        return self._book.level(person, spec)

    def _resolve_again(
        self, bucket: list[Cite], before: Mapping[object, list[tuple[Hints, list[ShownNames]]]]
    ) -> None:
        """Work on a bucket, unless that was done for just these cites."""
        asked = (self._position, *map(self._identity, bucket))
        found = before.get(asked)
        if found is None:
            self._resolve(bucket)
            found = [(cite.hints, cite.shown) for cite in bucket]
        else:
            for cite, (hints, shown) in zip(bucket, found, strict=True):
                cite.hints, cite.shown = hints, shown
        self._resolved[asked] = found

    def _identity(self, cite: Cite) -> object:
        return cite, cite.rules, cite.hints, cite.label, self._notes.get(cite.entry.id, "")

    def _tell(self, cite: Cite) -> tuple[list[ShownNames], Hints, Told]:
        """The last word on a cite, with what it was said for."""
        hints = cite.hints if cite.seen is None else cite.hints._replace(seen=cite.seen)
        told = Told(hints, self._levels_of(cite), cite.rules)
        cite.told = (cite.shown, cite.hints, told)
        return cite.told

    def _levels_of(self, cite: Cite) -> tuple[int, ...]:
        """What the rule for all names says of this cite: part of what its text depends on."""
        if self.levels is None:
            return ()
        return tuple(
            self.levels(person, shown.spec, i)
            for shown in cite.shown
            for i, person in enumerate(shown.people)
        )

    def _seen(self, shown: Sequence[ShownNames]) -> tuple[Seen, ...] | None:
        """The names of a cite, where namesakes within one item are told apart by them."""
        if not (self._add_given and self._rule == "by-cite"):
            return None
        return tuple(
            Seen(people=names.people, shows_given=names.spec.form == "long") for names in shown
        )

    # ---- rendering

    def _begin(self, cite: Cite) -> None:
        """Render a cite at this position as it is before its likes at this position are known."""
        found = self._render(cite)
        if cite.hints is NO_HINTS:
            cite.plain[self._position] = found
            if self._position == self._positions[0]:
                cite.seen = self._seen(found[1])

    def _render(self, cite: Cite) -> Rendered:
        """Render a cite under its present hints; its text is what makes it ambiguous."""
        note = self._notes.get(cite.entry.id, "") if self._counts_notes else ""
        asked = (self._position, cite.hints, note)
        found = cite.memory.get(asked)
        if found is None:
            found = self._rendered(cite, note)
            if len(cite.memory) > _REMEMBERED:
                cite.memory.clear()
            cite.memory[asked] = found
        cite.key, cite.shown, cite.tests, cost = found
        self._left -= cost
        return found

    def _rendered(self, cite: Cite, note: str) -> Rendered:
        context = Context(
            entry=cite.entry,
            hints=cite.hints,
            levels=self.levels,
            position=self._position,
            near_note=True,
            first_note=note,
            label_text=cite.label,
            year_text=letters(cite.hints.year_suffix),
            tells_apart=True,
        )
        state = State(context)
        key = plain_text([self._program.cite(state)])
        shown, tests = state.marks.shown, state.used.tests
        cost = 1 + tests + state.used.called + sum(names.count for names in shown)
        return key, shown, tests, cost

    # ---- one bucket after another

    def _resolve(self, bucket: list[Cite]) -> None:
        for group in self._without_notes(bucket):
            self._tell_apart(group)

    def _without_notes(self, bucket: list[Cite]) -> list[list[Cite]]:
        """What is ambiguous although later cites may name the note of the first (``n 12``).

        With the rule ``by-cite`` such a number is enough. But a style whose only way is a test of
        ``disambiguate`` wants to be clear where an author has several works: there, as in the
        reference processor, the number spares no more than two cites.
        """
        if self._rule != "by-cite" or (self._has_own_way_only and len(bucket) > 2):
            return [bucket]
        self._counts_notes = True
        for cite in bucket:
            self._render(cite)
        self._counts_notes = False
        return _ambiguous(_buckets(bucket))

    @property
    def _has_own_way_only(self) -> bool:
        return not (self._add_names or self._add_given or self._add_suffix)

    def _tell_apart(self, bucket: list[Cite]) -> None:
        groups = [bucket]
        by_cite = self._add_given and self._rule == "by-cite"
        if by_cite:
            groups = self._each(groups, self._given_names)
        if self._add_names:
            groups = self._each(groups, self._more_names)
        if by_cite and self._add_names:
            groups = self._each(groups, self._all_names)
        groups = self._each(groups, self._own_way)
        if self._add_suffix:
            for group in groups:
                for i, cite in enumerate(group):
                    cite.hints = cite.hints._replace(year_suffix=i + 1)

    def _each(
        self, groups: list[list[Cite]], step: Callable[[list[Cite]], list[list[Cite]]]
    ) -> list[list[Cite]]:
        """What is still ambiguous after a step."""
        return [rest for group in groups for rest in step(group)]

    def _more_names(self, group: list[Cite]) -> list[list[Cite]]:
        """Show more names, as many as it takes (§disambiguate-add-names)."""
        return self._grow(group, lambda _group, _place: None)

    def _given_names(self, group: list[Cite]) -> list[list[Cite]]:
        """Expand given names that are shown, one by one (rule ``by-cite``)."""
        for place in range(_shared_places(group)):
            parts = self._expand(group, place)
            if parts is not None:
                return self._each(_ambiguous(parts), self._given_names)
        return [group]

    def _all_names(self, group: list[Cite]) -> list[list[Cite]]:
        """Show more names and expand their given names, where neither alone is enough."""
        return self._grow(group, self._expand)

    def _grow(
        self,
        group: list[Cite],
        help_out: Callable[[list[Cite], int], list[list[Cite]] | None],
    ) -> list[list[Cite]]:
        """Reveal names until the group falls apart, then go on with its parts; else undo."""
        base = [cite.hints for cite in group]
        again = self._all_names if help_out == self._expand else self._more_names
        for place in range(_shared_places(group)):
            for count in _useful_counts(group, place):
                if self.is_spent:
                    break
                for cite in group:
                    cite.hints = cite.hints._replace(names=_put(cite.hints.names, place, count, 0))
                    self._render(cite)
                parts: list[list[Cite]] | None = list(_buckets(group))
                if parts is not None and len(parts) == 1:
                    parts = help_out(group, place)
                if parts is not None:
                    return self._each(_ambiguous(parts), again)
            self._restore(group, base)
        return [group]

    def _restore(self, group: list[Cite], base: list[Hints]) -> None:
        for cite, hints in zip(group, base, strict=True):
            if cite.hints != hints:
                cite.hints = hints
                self._render(cite)

    def _expand(self, group: list[Cite], place: int) -> list[list[Cite]] | None:
        """The parts a group falls into when one given name is expanded; None if it stays whole."""
        base = [cite.hints for cite in group]
        shown = min(cite.shown[place].count for cite in group)
        for person in range(shown):
            if self.is_spent:
                break
            if len({cite.shown[place].people[person] for cite in group}) == 1:
                continue
            for level in (1, 2):
                for cite in group:
                    self._raise(cite, place, person, level)
                parts = list(_buckets(group))
                if len(parts) > 1:
                    return parts
            self._restore(group, base)
        return None

    def _raise(self, cite: Cite, place: int, person: int, level: int) -> None:
        """Show one given name more fully and render again."""
        if level == 1 and cite.shown[place].spec.initialize_with is None:
            return
        givens = cite.hints.givens
        levels = givens[place] if place < len(givens) else ()
        changed = _put(levels, person, level, 0)
        cite.hints = cite.hints._replace(givens=_put(givens, place, changed, ()))
        self._render(cite)

    def _own_way(self, group: list[Cite]) -> list[list[Cite]]:
        """Let ``cs:if disambiguate="true"`` hold, one test after another, until that helps.

        Where it never does all of them hold, unless year suffixes tell the cites apart.
        """
        base = [cite.hints for cite in group]
        start = max(hints.disambiguate for hints in base)
        for count in range(start + 1, max(cite.tests for cite in group) + 1):
            if self.is_spent:
                break
            for cite in group:
                cite.hints = cite.hints._replace(disambiguate=count)
                self._render(cite)
            parts = list(_buckets(group))
            if len(parts) > 1:
                return self._each(_ambiguous(parts), self._own_way)
        if self._add_suffix:
            self._restore(group, base)
        return [group]


def _surnames(entry: Entry) -> list[Surname]:
    """Those of all people that an item names anywhere."""
    return [
        surname(person)
        for variable in entry.data
        if variable in NAME_VARIABLES
        for person in entry.names(variable)
    ]


def _has_no_namesakes(entry: Entry) -> bool:
    """Whether no two people of an item share a surname: by itself, it needs no telling apart."""
    names = _surnames(entry)
    return len(names) == len(set(names))


def _shared_places(group: Sequence[Cite]) -> int:
    """How many ``cs:names`` all cites of a group have."""
    return min(len(cite.shown) for cite in group)


def _ambiguous(parts: Iterable[list[Cite]]) -> list[list[Cite]]:
    return [part for part in parts if len(part) > 1]


def _useful_counts(cites: Sequence[Cite], place: int) -> Iterable[int]:
    """The numbers of names that can split the group: where the next name, or the end, differs."""
    lists = [cite.shown[place].people for cite in cites]
    start = max(cite.shown[place].count for cite in cites)
    lengths = set(map(len, lists))
    for count in range(start + 1, max(lengths) + 1):
        names = {people[count - 1] if count <= len(people) else None for people in lists}
        ends = count in lengths and len(lengths) > 1
        if len(names) > 1 or ends:
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
