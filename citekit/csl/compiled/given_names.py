"""How much of each given name shows in a cite that was told apart from others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.compiled.state import State
    from citekit.csl.values.name_spec import NameSpec
    from citekit.csl.values.persons import Person

    Known = dict[str, dict[str, str]]
    """The given names of a family name, and their initials once they were needed."""


def levels_of(state: State, people: Sequence[Person], spec: NameSpec, place: int) -> Sequence[int]:
    """A level for each person (see ``names.person_node``): by cite, or by a rule for all names."""
    context = state.context
    hints = context.hints.givens
    if place < len(hints) and hints[place]:
        given = hints[place]
        levels: Sequence[int] = given + (0,) * (len(people) - len(given))
    elif context.levels is not None:
        level = context.levels
        levels = [level(person, spec, i) for i, person in enumerate(people)]
    else:
        levels = ()
    if context.hints.seen is None:
        return levels
    return _apart_from_namesakes(state, people, spec, place, levels)


def _apart_from_namesakes(
    state: State, people: Sequence[Person], spec: NameSpec, place: int, levels: Sequence[int]
) -> Sequence[int]:
    """The levels, with a whole given name for who shares family name and initials within the item.

    So the reference processor with the rule ``by-cite``: it concerns names that are shortened to
    initials here and were not shown so where cites are told apart, such as those of editors.
    """
    seen = state.context.hints.seen or ()
    known = state.used.namesakes
    if known is None:
        known = state.used.namesakes = {}
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


def _has_namesake(person: Person, known: Known) -> bool:
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
