"""Questions about what a style says, asked before anything of it is run."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from citekit.csl.style import ir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from citekit.csl.style.ir import Style


def texts_in(elements: Iterable[ir.Element], macros: Mapping[str, ir.Macro]) -> frozenset[str]:
    """The variables that these elements, or the macros they reach, render by ``cs:text``."""
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(elements)
    while waiting:
        element = waiting.pop()
        match element:
            case ir.Text(kind="variable", what=variable):
                found.add(variable)
            case ir.Text(kind="macro", what=name) if name in macros and name not in seen:
                seen.add(name)
                waiting += macros[name].children
            case ir.Group():
                waiting += element.children
            case ir.Choose():
                waiting += [child for branch in element.branches for child in branch.children]
            case ir.Names():
                waiting += element.substitute
            case _:
                pass
    return frozenset(found)


def names_in(areas: Iterable[ir.Area], macros: Iterable[ir.Macro]) -> frozenset[str]:
    """All that a style of these prints as text or number, labels, tests for or sorts by."""
    found: set[str] = set()
    trees = [macro.children for macro in macros]
    for area in areas:
        trees.append(area.children)
        found.update(key.variable for key in area.sort if key.variable)
    for element in (inner for children in trees for inner in within(children)):
        match element:
            case ir.Text(kind="variable", what=name):
                found.add(name)
            case ir.Number(variable=name) | ir.Label(variable=name):
                found.add(name)
            case ir.Choose(branches=branches):
                found.update(value for branch in branches for _, value in branch.tests)
            case _:
                pass
    return frozenset(found)


def within(elements: Iterable[ir.Element]) -> Iterator[ir.Element]:
    """These elements and all that stand in them, macros apart."""
    for element in elements:
        yield element
        match element:
            case ir.Choose(branches=branches):
                for branch in branches:
                    yield from within(branch.children)
            case ir.Group(children=children) | ir.Names(substitute=children):
                yield from within(children)
            case _:
                pass


def citations_test(style: Style, condition: str) -> bool:
    """Whether a condition is tested anywhere in the citation of a style, or in a macro."""
    return any(
        isinstance(element, ir.Choose)
        and any(kind == condition for branch in element.branches for kind, _ in branch.tests)
        for element in _of_citations(style)
    )


def shortens_later_names(style: Style) -> bool:
    """Whether later cites of an item may show fewer names, by whatever level of the style."""
    said = [style.options, style.citation.options]
    said += [
        element.name.options
        for element in _of_citations(style)
        if isinstance(element, ir.Names) and element.name is not None
    ]
    return any(key.startswith("et-al-subsequent") for options in said for key in options)


def _of_citations(style: Style) -> Iterator[ir.Element]:
    """All that the citation of a style may consist of: its own elements, and the macros."""
    macros = [macro.children for macro in style.macros.values()]
    return within(chain(style.citation.children, *macros))


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
    return any(isinstance(element, ir.Date) for element in within(elements))
