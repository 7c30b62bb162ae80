"""Cites that look alike are told apart: more names, given names, the style's own way, a letter.

Cites are rendered once and put into buckets by their text, never compared in pairs. Only buckets
with several items are worked on, and only with changes that can split them. What was decided is a
frozen ``Hints`` for each item.

Three books of 2020 in APA, one by Doe, Roe and Fox, two by Doe, Poe and Fox::

    one bucket           hints                        cites in the end
    (Doe et al., 2020)   names=(2,)                   (Doe, Roe, et al., 2020)
    (Doe et al., 2020)   names=(2,), year_suffix=1    (Doe, Poe, et al., 2020a)
    (Doe et al., 2020)   names=(2,), year_suffix=2    (Doe, Poe, et al., 2020b)

Source: CSL 1.0.2 §Disambiguation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from citekit.csl.compiled.state import NO_HINTS, Context, Hints, Seen, ShownNames, State
from citekit.csl.output.tree import plain_text
from citekit.csl.passes.name_book import NameBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from citekit.csl.compiled.program import Program
    from citekit.csl.compiled.state import Levels
    from citekit.csl.values.entry import Entry

T = TypeVar("T")
_PER_CITE: Final = 2_000
_AND_MORE: Final = 500_000
"""What telling cites apart may cost: variables and tests asked for, names written. Fifty installed
styles, given a thousand items of eight surnames and eight years, needed at most 44 a cite."""


class Cite:
    """One item while it is being told apart."""

    __slots__ = ("entry", "hints", "key", "shown", "tests")

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.hints: Hints = NO_HINTS
        self.key = ""
        self.shown: list[ShownNames] = []
        self.tests = 0


class Disambiguator:
    """Finds the hints of all items of a document."""

    def __init__(
        self, program: Program, labels: Mapping[str, str], notes: Mapping[str, str]
    ) -> None:
        options = program.style.citation.options
        self._program = program
        self._labels = labels
        self._notes = notes  # where each item is cited first, if in a note
        self._add_names = options.get("disambiguate-add-names") == "true"
        self._add_given = options.get("disambiguate-add-givenname") == "true"
        self._add_suffix = options.get("disambiguate-add-year-suffix") == "true"
        self._rule = options.get("givenname-disambiguation-rule", "by-cite")
        self._position = "first"
        self._counts_notes = False  # whether the number of the first note tells cites apart
        self.levels: Levels | None = None
        self._left = _AND_MORE

    @property
    def is_spent(self) -> bool:
        """Whether it cost too much: from then on cites stay alike but for their year suffixes."""
        return self._left < 0

    def run(self, entries: Sequence[Entry]) -> dict[str, tuple[Hints, tuple[int, ...]]]:
        """(hints, levels of names) by item id; the order of the entries gives the letters."""
        cites = [Cite(entry) for entry in entries]
        self._left += _PER_CITE * len(cites)
        self._fill_book(cites)
        positions = ("subsequent", "first") if self._program.tests_position else ("first",)
        seen: list[tuple[Seen, ...] | None] = []
        for position in positions:
            self._position = position
            for cite in cites:
                self._render(cite)
            seen = seen or [self._seen(cite) for cite in cites]
            for bucket in _buckets(cites):
                if len(bucket) > 1:
                    self._resolve(bucket)
        for cite, names in zip(cites, seen, strict=True):
            cite.hints = cite.hints._replace(seen=names)
        return {cite.entry.id: (cite.hints, self._levels_of(cite)) for cite in cites}

    def _levels_of(self, cite: Cite) -> tuple[int, ...]:
        """What the rule for all names says of this cite: part of what its text depends on."""
        if self.levels is None:
            return ()
        return tuple(
            self.levels(person, shown.spec, i)
            for shown in cite.shown
            for i, person in enumerate(shown.people)
        )

    def _seen(self, cite: Cite) -> tuple[Seen, ...] | None:
        """The names of a cite, where namesakes within one item are told apart by them."""
        if not (self._add_given and self._rule == "by-cite"):
            return None
        return tuple(
            Seen(people=shown.people, shows_given=shown.spec.form == "long") for shown in cite.shown
        )

    # ---- rendering

    def _render(self, cite: Cite) -> str:
        """Render a cite under its present hints; its text is what makes it ambiguous."""
        context = Context(
            entry=cite.entry,
            hints=cite.hints,
            levels=self.levels,
            position=self._position,
            near_note=True,
            first_note=self._notes.get(cite.entry.id, "") if self._counts_notes else "",
            label_text=self._labels.get(cite.entry.id, ""),
            year_text=letters(cite.hints.year_suffix),
            tells_apart=True,
        )
        state = State(context)
        cite.key = plain_text([self._program.cite(state)])
        cite.shown = state.marks.shown
        cite.tests = state.used.tests
        self._left -= 1 + cite.tests + state.used.called + sum(shown.count for shown in cite.shown)
        return cite.key

    def _fill_book(self, cites: Iterable[Cite]) -> None:
        """For the rules that look at all names: see every name once before cites are rendered."""
        if not self._add_given or self._rule == "by-cite":
            return
        book = NameBook(initials_only=self._rule.endswith("-with-initials"))
        primary = self._rule.startswith("primary-name")
        for cite in cites:
            self._render(cite)
            for shown in cite.shown:
                for person in shown.people[: 1 if primary else None]:
                    book.add(person)
        if primary:
            self.levels = lambda person, spec, place: book.level(person, spec) if not place else 0
        else:
            self.levels = lambda person, spec, _place: book.level(person, spec)

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
        if self._add_names:
            groups = self._each(groups, self._more_names)
        if self._add_given and self._rule == "by-cite":
            groups = self._each(groups, self._given_names)
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
        """Expand given names one by one, revealing names where that helps (rule ``by-cite``)."""
        for place in range(_shared_places(group)):
            parts = self._expand(group, place)
            if parts is not None:
                return self._each(_ambiguous(parts), self._given_names)
        return self._grow(group, self._expand) if self._add_names else [group]

    def _grow(
        self,
        group: list[Cite],
        help_out: Callable[[list[Cite], int], list[list[Cite]] | None],
    ) -> list[list[Cite]]:
        """Reveal names until the group falls apart, then go on with its parts; else undo."""
        base = [cite.hints for cite in group]
        again = self._given_names if help_out == self._expand else self._more_names
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
