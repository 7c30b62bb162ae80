"""``cs:key`` → a function that gives the text to sort by (CSL 1.0.2 §Sorting)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.compiled.compiler import Compiler
from citekit.csl.compiled.element import Element, Setting
from citekit.csl.compiled.state import State
from citekit.csl.output.tree import plain_text
from citekit.csl.style import ir
from citekit.model.value import Value, replace
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

if TYPE_CHECKING:
    from citekit.csl.compiled.element import Out
    from citekit.csl.compiled.state import Context
    from citekit.csl.style.locale import Locale

_FULL_DATE = tuple(
    ir.DatePart(look=ir.PLAIN, name=name, form=None, range_delimiter=None)
    for name in ("year", "month", "day")
)


class SortKey(Value):
    """One compiled ``cs:key``; ``language`` is that of the letters it sorts by."""

    elements: tuple[Element, ...]
    descending: bool
    language: str

    def text(self, context: Context) -> str:
        """The text to sort by."""
        state = State(context)
        out: Out = []
        for element in self.elements:
            element(state, out)
        return plain_text(out)


def compile_keys(style: ir.Style, locale: Locale, area: ir.Area) -> tuple[SortKey, ...]:
    """The keys of an area, in order of importance."""
    return tuple(_compile_key(key, style, locale, area) for key in area.sort)


def _compile_key(key: ir.SortKey, style: ir.Style, locale: Locale, area: ir.Area) -> SortKey:
    options = {**area.options, **key.options}
    setting = Setting(style, locale, replace(area, options=options), sorting=key.options)
    compiler = Compiler(setting)
    if key.macro is not None:
        elements = compiler.macro(key.macro)
    else:
        elements = [compiler.element(_element(key.variable or ""))]
    language = "" if "Latn" in locale.lang else locale.primary
    return SortKey(elements=tuple(elements), descending=key.descending, language=language)


def _element(variable: str) -> ir.Element:
    """The element that renders a variable for sorting."""
    look = ir.PLAIN
    if variable in NAME_VARIABLES:
        return ir.Names(
            look=look, variables=(variable,), delimiter=None, name=None, et_al=None, label=None,
            label_first=False, substitute=(),
        )  # fmt: skip
    if variable in DATE_VARIABLES:
        return ir.Date(
            look=look, variable=variable, form=None, date_parts="year-month-day", parts=_FULL_DATE
        )
    return ir.Text(look=look, kind="variable", what=variable, form="long", plural=False)
