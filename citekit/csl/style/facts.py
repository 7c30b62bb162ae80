"""Questions about what a style says, asked before anything of it is run."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from citekit.csl.style import ir

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.csl.style.ir import Style


@lru_cache(maxsize=16)
def pins_year_suffix(area: ir.Area, style: Style) -> bool:
    """Whether an area says itself where year suffixes go; asked again for each of its sort keys."""
    return mentions(area.children, "year-suffix", style)


def mentions(elements: Iterable[ir.Element], variable: str, style: Style) -> bool:
    """Whether these elements, or a macro they reach, render a variable by ``cs:text``."""
    seen: set[str] = set()
    waiting = list(elements)
    while waiting:
        element = waiting.pop()
        match element:
            case ir.Text(kind="variable", what=what) if what == variable:
                return True
            case ir.Text(kind="macro", what=name) if name not in seen:
                seen.add(name)
                waiting += style.macros[name].children
            case ir.Group():
                waiting += element.children
            case ir.Choose():
                waiting += [child for branch in element.branches for child in branch.children]
            case ir.Names():
                waiting += element.substitute
            case _:
                pass
    return False


def uses(style: Style, variable: str) -> bool:
    """Whether anything in the style prints, labels, tests or sorts by a variable."""
    areas = [area for area in (style.citation, style.bibliography) if area is not None]
    if any(key.variable == variable for area in areas for key in area.sort):
        return True
    trees = [area.children for area in areas] + [m.children for m in style.macros.values()]
    return any(_any_uses(children, variable) for children in trees)


def _any_uses(elements: Iterable[ir.Element], variable: str) -> bool:
    return any(_uses(element, variable) for element in elements)


def _uses(element: ir.Element, variable: str) -> bool:
    match element:
        case ir.Text(kind="variable", what=what):
            return what == variable
        case ir.Number(variable=what) | ir.Label(variable=what):
            return what == variable
        case ir.Choose(branches=branches):
            return any(
                any(value == variable for _, value in branch.tests)
                or _any_uses(branch.children, variable)
                for branch in branches
            )
        case ir.Group(children=children) | ir.Names(substitute=children):
            return _any_uses(children, variable)
        case _:
            return False


def citations_test(style: Style, condition: str) -> bool:
    """Whether a condition is tested anywhere in the citation of a style, or in a macro."""
    macros = [macro.children for macro in style.macros.values()]
    return any(_any_tests(children, condition) for children in [style.citation.children, *macros])


def _any_tests(elements: Iterable[ir.Element], condition: str) -> bool:
    return any(_tests(element, condition) for element in elements)


def _tests(element: ir.Element, condition: str) -> bool:
    match element:
        case ir.Choose(branches=branches):
            return any(
                any(kind == condition for kind, _ in branch.tests)
                or _any_tests(branch.children, condition)
                for branch in branches
            )
        case ir.Group(children=children) | ir.Names(substitute=children):
            return _any_tests(children, condition)
        case _:
            return False


def is_no_date(element: ir.Element) -> bool:
    """Whether an element shows something else than a date."""
    match element:
        case ir.Text(kind=kind):
            return kind != "macro"
        case ir.Number() | ir.Label() | ir.Names():
            return True
        case _:
            return False


def has_date(elements: Iterable[ir.Element]) -> bool:
    """Whether a date stands among these elements or in them (macros apart)."""
    return any(map(_holds_date, elements))


def _holds_date(element: ir.Element) -> bool:
    match element:
        case ir.Date():
            return True
        case ir.Group(children=children) | ir.Names(substitute=children):
            return has_date(children)
        case ir.Choose(branches=branches):
            return any(has_date(branch.children) for branch in branches)
        case _:
            return False
