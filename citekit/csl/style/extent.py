"""How far a style reaches: what stands there once every macro is put in the place of its calls.

A style of a few kilobytes can ask for more than anyone can wait for: forty macros that each call
the next twice are 2⁴⁰ elements. So the elements and the depth are counted before anything runs,
each macro once, and what no real style comes near is refused; running then needs no counter.

Of the 2,851 styles of the CSL project (measured in 2026) the widest comes to 4,999 elements for
one entry and its sort keys, and the deepest to 39 levels. The limits are ten times the one and,
since each level takes frames of Python's stack, three times the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.csl.style import ir
from citekit.errors import InvalidData, Place

if TYPE_CHECKING:
    from collections.abc import Iterable

    _Extent = tuple[int, int]
    """What some elements come to: so many steps, and levels of elements in elements."""
    _Single = ir.Text | ir.Group | ir.Names | ir.Date | ir.Number | ir.Label

MOST_STEPS: Final = 50_000
"""Elements and tests that one entry may come to, where of the branches of a choice one counts."""
MOST_LEVELS: Final = 120
MOST_ELEMENTS: Final = 36_000
MOST_LOCALES: Final = 100
MOST_SIGNS: Final = 1_000
"""Of a term, and of what stands between names."""
_SIGNS_A_STEP: Final = 100
"""So many signs of affixes and delimiters count as one more element; few styles have as many."""


def check_extent(style: ir.Style) -> None:
    """Refuse macros that are unknown or reach themselves, and a style that asks for too much.

    Raises InvalidData with the line of the call, of the macro or of the area.
    """
    survey = _Survey(style)
    for area in (style.citation, style.bibliography):
        if area is not None:
            survey.area(area)
    for macro in style.macros.values():
        survey.macro(macro.name, macro.line, 0)
    _check_words(style)


def _check_words(style: ir.Style) -> None:
    """Refuse wordings of a style's own that no language needs."""
    if len(style.locales) > MOST_LOCALES:
        message = f"the style rewords more than {MOST_LOCALES} languages"
        raise InvalidData(message, place=Place(path=style.path))
    for layer in style.locales:
        for (name, _, _), term in layer.terms.items():
            if max(len(term.single), len(term.multiple)) > MOST_SIGNS:
                message = f"the term {name[:40]!r} has more than {MOST_SIGNS:,} signs"
                raise InvalidData(message, place=Place(path=style.path))


class _Survey:
    """Measures macros, each once; ``_open`` holds those it is in the middle of, in order."""

    def __init__(self, style: ir.Style) -> None:
        self._style = style
        self._known: dict[str, _Extent] = {}
        self._open: list[str] = []
        self._elements = 0

    def area(self, area: ir.Area) -> None:
        """Measure an area with all its sort keys."""
        steps, levels = self.all(area.children, 0)
        for key in area.sort:
            more, _ = (0, 0) if key.macro is None else self.macro(key.macro, key.line, 0)
            steps += 1 + more
        self._bounded((steps, levels), f"the {area.kind}", area.look.line)

    def macro(self, name: str, line: int, level: int) -> _Extent:
        """What a macro comes to that is called on this line and level."""
        known = self._known.get(name)
        if known is None:
            macro = self._style.macros.get(name)
            if macro is None:
                raise self._error(line, f"there is no macro {name!r}", self._modules_hint())
            if name in self._open:
                way = " → ".join([*self._open[self._open.index(name) :], name])
                raise self._error(line, f"macros call each other in a circle: {way}")
            self._open.append(name)
            known = self.all(macro.children, level)
            self._open.pop()
            self._known[name] = self._bounded(known, f"the macro {name!r}", macro.line)
        if level + known[1] > MOST_LEVELS:
            raise self._too_deep(line)
        return known

    def all(self, elements: Iterable[ir.Element], level: int) -> _Extent:
        """What elements side by side come to. Loops and no sums: start-up counts."""
        steps = levels = 0
        for element in elements:
            if isinstance(element, ir.Choose):
                more, deep = self._choice(element, level + 1)
            else:
                more, deep = self._element(element, level)
            steps += more
            levels = max(levels, deep)
        return steps, levels

    def _bounded(self, extent: _Extent, what: str, line: int) -> _Extent:
        """The extent; raises InvalidData where it is too wide."""
        if extent[0] > MOST_STEPS:
            message = f"{what} comes to more than {MOST_STEPS:,} elements with the macros it calls"
            raise self._error(line, message, "no real style has a tenth of that")
        return extent

    def _element(self, element: _Single, level: int) -> _Extent:
        look = element.look
        self._elements += 1
        if level >= MOST_LEVELS:
            raise self._too_deep(look.line)
        if self._elements > MOST_ELEMENTS:
            raise self._error(look.line, f"the style has more than {MOST_ELEMENTS:,} elements")
        signs = len(look.prefix) + len(look.suffix) + len(look.delimiter)
        steps = levels = 0
        if isinstance(element, ir.Text):
            if element.kind == "macro":
                steps, levels = self.macro(element.what, look.line, level + 1)
            elif element.kind == "value":
                signs += len(element.what)
        elif isinstance(element, ir.Group):
            steps, levels = self.all(element.children, level + 1)
        elif isinstance(element, ir.Names):
            self._check_names(element)
            steps, levels = self.all(element.substitute, level + 1)
        elif isinstance(element, ir.Date):
            steps = len(element.parts)
        return 1 + signs // _SIGNS_A_STEP + steps, 1 + levels

    def _choice(self, element: ir.Choose, level: int) -> _Extent:
        """All tests of a choice may be made, one of its branches is run."""
        if level > MOST_LEVELS:
            raise self._too_deep(element.line)
        tests = steps = levels = 0
        for branch in element.branches:
            tests += len(branch.tests)
            more, deep = self.all(branch.children, level)
            steps, levels = max(steps, more), max(levels, deep)
        return 1 + tests + steps, 1 + levels

    def _check_names(self, element: ir.Names) -> None:
        """What stands between names is written once a name."""
        options = () if element.name is None else element.name.options.values()
        if any(len(said) > MOST_SIGNS for said in (element.delimiter or "", *options)):
            message = f"more than {MOST_SIGNS:,} signs between two names"
            raise self._error(element.look.line, message)

    def _modules_hint(self) -> str | None:
        if self._style.options.get("version", "").endswith("mlz1"):
            return "a style of CSL-M may lack macros, which Jurism has in modules for jurisdictions"
        return None

    def _too_deep(self, line: int) -> InvalidData:
        message = f"elements and the macros they call nest more than {MOST_LEVELS} levels deep"
        return self._error(line, message, "no real style has a third of that")

    def _error(self, line: int, message: str, hint: str | None = None) -> InvalidData:
        return InvalidData(message, place=Place(path=self._style.path, line=line), hint=hint)
