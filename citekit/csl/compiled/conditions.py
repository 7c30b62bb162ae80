"""``cs:choose`` → a function that runs the first branch whose tests hold (CSL 1.0.2 §Choose)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.compiled.state import CITE_VARIABLES
from citekit.csl.style import ir
from citekit.csl.values.locators import numbered
from citekit.csl.values.numbers import is_numeric

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.csl.compiled.element import Compile, Element, Out
    from citekit.csl.compiled.state import State

    Test = Callable[[State], bool]

_POSITIONS = {
    "first": frozenset({"first"}),
    "subsequent": frozenset({"subsequent", "ibid", "ibid-with-locator"}),
    "ibid": frozenset({"ibid", "ibid-with-locator"}),
    "ibid-with-locator": frozenset({"ibid-with-locator"}),
}


class _Branch:
    """A branch of a choice, whose ``elements`` are compiled when it is first taken."""

    __slots__ = ("_children", "_compile", "elements", "test")

    def __init__(self, branch: ir.Branch, compile_: Compile) -> None:
        self.test = compile_test(branch)
        self.elements: list[Element] | None = None
        self._children = branch.children
        self._compile = compile_

    def compiled(self) -> list[Element]:
        """Its elements, compiled now."""
        self.elements = list(map(self._compile, self._children))
        return self.elements


def compile_choose(element: ir.Choose, compile_: Compile) -> Element:
    """The function of a ``cs:choose``."""
    branches: list[_Branch] | None = None

    def run(state: State, out: Out) -> None:
        nonlocal branches
        if branches is None:
            branches = [_Branch(branch, compile_) for branch in element.branches]
        for branch in branches:
            if branch.test(state):
                elements = branch.elements
                for child in branch.compiled() if elements is None else elements:
                    child(state, out)
                return

    return run


def compile_alternatives(element: ir.Choose, compile_: Compile) -> Element:
    """The function of a ``cs:choose`` in a substitute: there the first child that shows wins."""
    branches = [
        (
            compile_test(branch),
            [
                compile_alternatives(child, compile_)
                if isinstance(child, ir.Choose)
                else compile_(child)
                for child in branch.children
            ],
        )
        for branch in element.branches
    ]

    def run(state: State, out: Out) -> None:
        before = len(out)
        for test, children in branches:
            if test(state):
                for child in children:
                    child(state, out)
                    if len(out) > before:
                        return
                return

    return run


def compile_test(branch: ir.Branch) -> Test:
    """The condition of a branch as one function.

    Several types in one test mean any of them, whatever ``match`` says: no item has two.
    """
    tests = branch.tests
    if not tests:
        return _always
    made = [_single(kind, value) for kind, value in tests if kind != "type"]
    types = frozenset(value for kind, value in tests if kind == "type")
    if types:
        made.insert(0, lambda state: state.entry.type in types)
    if len(made) == 1:
        only = made[0]
        return (lambda state: not only(state)) if branch.match == "none" else only
    match branch.match:
        case "any":
            return lambda state: any(test(state) for test in made)
        case "none":
            return lambda state: not any(test(state) for test in made)
        case _:
            return lambda state: all(test(state) for test in made)


def _always(_state: State) -> bool:
    return True


def _single(kind: str, value: str) -> Test:
    match kind:
        case "variable":
            return _variable_test(value)
        case "is-numeric":
            return _numeric_test(value)
        case "is-uncertain-date":
            return _uncertain_test(value)
        case "locator":
            return _locator_test(value)
        case "position":
            return _position_test(value)
        case _:
            return _disambiguate_test(value)


def _uncertain_test(variable: str) -> Test:
    def test(state: State) -> bool:
        date = state.entry.date(variable)
        return date is not None and date.circa

    return test


def _locator_test(value: str) -> Test:
    label = value.replace(" ", "-")

    def test(state: State) -> bool:
        context = state.context
        return bool(context.locator) and context.locator_label.replace(" ", "-") == label

    return test


def _variable_test(value: str) -> Test:
    read = CITE_VARIABLES.get(value)
    if read is not None:
        return lambda state: bool(read(state.context))
    return lambda state: state.entry.has(value)


def _numeric_test(value: str) -> Test:
    def test(state: State) -> bool:
        if value == "number":
            return is_numeric(numbered(state.entry.text(value) or "")[0])
        if value == "locator":
            return is_numeric(state.context.locator)
        if value == "citation-number":
            return True
        return is_numeric(state.entry.text(value) or "")

    return test


def _position_test(value: str) -> Test:
    if value == "near-note":
        return lambda state: not state.context.in_bibliography and state.context.near_note
    places = _POSITIONS.get(value, frozenset())
    return lambda state: not state.context.in_bibliography and state.context.position in places


def _disambiguate_test(value: str) -> Test:
    wanted = value == "true"

    def test(state: State) -> bool:
        state.used.tests += 1
        return (state.used.tests <= state.context.hints.disambiguate) is wanted

    return test
