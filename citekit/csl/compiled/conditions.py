"""``cs:choose`` → a function that runs the first branch whose tests hold (CSL 1.0.2 §Choose)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.style import ir
from citekit.csl.values.locators import numbered
from citekit.csl.values.numbers import is_numeric

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.csl.compiled.compiler import Compiler, Element, Out
    from citekit.csl.compiled.state import Scope

    Test = Callable[[Scope], bool]

_POSITIONS = {
    "first": frozenset({"first"}),
    "subsequent": frozenset({"subsequent", "ibid", "ibid-with-locator"}),
    "ibid": frozenset({"ibid", "ibid-with-locator"}),
    "ibid-with-locator": frozenset({"ibid-with-locator"}),
}


def compile_choose(compiler: Compiler, element: ir.Choose) -> Element:
    """The function of a ``cs:choose``."""
    branches = [
        (compile_test(branch), compiler.elements(branch.children)) for branch in element.branches
    ]

    def run(scope: Scope, out: Out) -> None:
        for test, children in branches:
            if test(scope):
                for child in children:
                    child(scope, out)
                return

    return run


def compile_alternatives(compiler: Compiler, element: ir.Choose) -> Element:
    """The function of a ``cs:choose`` in a substitute: there the first child that shows wins."""
    branches = [
        (
            compile_test(branch),
            [
                compile_alternatives(compiler, child)
                if isinstance(child, ir.Choose)
                else compiler.element(child)
                for child in branch.children
            ],
        )
        for branch in element.branches
    ]

    def run(scope: Scope, out: Out) -> None:
        before = len(out)
        for test, children in branches:
            if test(scope):
                for child in children:
                    child(scope, out)
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
        made.insert(0, lambda scope: scope.entry.type in types)
    if len(made) == 1:
        only = made[0]
        return (lambda scope: not only(scope)) if branch.match == "none" else only
    match branch.match:
        case "any":
            return lambda scope: any(test(scope) for test in made)
        case "none":
            return lambda scope: not any(test(scope) for test in made)
        case _:
            return lambda scope: all(test(scope) for test in made)


def _always(_scope: Scope) -> bool:
    return True


def _single(kind: str, value: str) -> Test:
    match kind:
        case "variable":
            return _variable_test(value)
        case "is-numeric":
            return _numeric_test(value)
        case "is-uncertain-date":
            return lambda scope: (date := scope.entry.date(value)) is not None and date.circa
        case "locator":
            label = value.replace(" ", "-")
            return lambda scope: (
                bool(scope.locator) and (scope.locator_label.replace(" ", "-") == label)
            )
        case "position":
            return _position_test(value)
        case _:
            return _disambiguate_test(value)


def _variable_test(value: str) -> Test:
    match value:
        case "locator":
            return lambda scope: bool(scope.locator)
        case "year-suffix":
            return lambda scope: bool(scope.year_text)
        case "citation-number":
            return lambda scope: bool(scope.citation_number)
        case "citation-label":
            return lambda scope: bool(scope.label_text)
        case "first-reference-note-number":
            return lambda scope: bool(scope.first_note)
        case _:
            return lambda scope: scope.entry.has(value)


def _numeric_test(value: str) -> Test:
    def test(scope: Scope) -> bool:
        if value == "number":
            return is_numeric(numbered(scope.entry.text(value) or "")[0])
        if value == "locator":
            return is_numeric(scope.locator)
        if value == "citation-number":
            return True
        return is_numeric(scope.entry.text(value) or "")

    return test


def _position_test(value: str) -> Test:
    if value == "near-note":
        return lambda scope: not scope.in_bibliography and scope.near_note
    places = _POSITIONS.get(value, frozenset())
    return lambda scope: not scope.in_bibliography and scope.position in places


def _disambiguate_test(value: str) -> Test:
    wanted = value == "true"

    def test(scope: Scope) -> bool:
        scope.uses += 1
        return (scope.uses <= scope.hints.disambiguate) is wanted

    return test
