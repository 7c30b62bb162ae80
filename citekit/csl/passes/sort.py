"""``cs:sort``: keys by variable or macro, empty values last, every key in its own direction.

Source: CSL 1.0.2 §Sorting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from citekit.csl.compiled.compiler import Compiler
from citekit.csl.passes.collation import collation_key
from citekit.csl.style import ir
from citekit.model.value import replace
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from citekit.csl.compiled.compiler import Element
    from citekit.csl.compiled.state import Scope
    from citekit.csl.output.tree import Node
    from citekit.csl.style.locale import Locale

T = TypeVar("T")

_FULL_DATE = tuple(
    ir.DatePart(look=ir.PLAIN, name=name, form=None, range_delimiter=None)
    for name in ("year", "month", "day")
)


class SortKey:
    """One compiled ``cs:key``."""

    __slots__ = ("descending", "elements", "language")

    def __init__(self, elements: list[Element], *, descending: bool, language: str) -> None:
        self.elements = elements
        self.language = language
        self.descending = descending

    def text(self, scope: Scope) -> str:
        """The text to sort by."""
        out: list[Node | str] = []
        for element in self.elements:
            element(scope, out)
        return plain_text(out)


def compile_keys(style: ir.Style, locale: Locale, area: ir.Area) -> list[SortKey]:
    """The keys of an area, in order of importance."""
    return [_compile_key(key, style, locale, area) for key in area.sort]


def _compile_key(key: ir.SortKey, style: ir.Style, locale: Locale, area: ir.Area) -> SortKey:
    options = {**area.options, **key.options}
    compiler = Compiler(style, locale, replace(area, options=options), sorting=key.options)
    if key.macro is not None:
        elements = compiler.macro(key.macro)
    else:
        elements = [compiler.element(_element(key.variable or ""))]
    language = "" if "Latn" in locale.lang else locale.primary
    return SortKey(elements, descending=key.descending, language=language)


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


def sort_by(
    values: Sequence[T], keys: Sequence[SortKey], scope_of: Callable[[T], Scope]
) -> list[T]:
    """The values in the order of the keys; stable, empty keys last in both directions."""
    order = list(values)
    for key in reversed(keys):
        empty: list[T] = []
        full: list[tuple[str, T]] = []
        for value in order:
            scope = scope_of(value)
            scope.sorting = {}
            text = key.text(scope).strip()
            if text:
                full.append((collation_key(text, key.language), value))
            else:
                empty.append(value)
        full.sort(key=lambda pair: pair[0], reverse=key.descending)
        order = [value for _, value in full] + empty
    return order


def plain_text(children: Sequence[Node | str]) -> str:
    """The text of some nodes with affixes and delimiters, without any settling of punctuation."""
    out: list[str] = []
    _write(children, "", out)
    return "".join(out)


def _write(children: Sequence[Node | str], delimiter: str, out: list[str]) -> None:
    first = True
    for child in children:
        if not first and delimiter:
            out.append(delimiter)
        first = False
        if isinstance(child, str):
            out.append(child)
        else:
            look = child.look
            out.append(look.prefix)
            _write(child.children, look.delimiter, out)
            out.append(look.suffix)
