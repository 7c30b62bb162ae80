"""``cs:date`` → a function of the state; localized dates take the style's wishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.output.tree import LetterNode, Node, Rich, YearNode
from citekit.csl.style.ir import PLAIN
from citekit.csl.values.date_text import date_nodes, sort_text
from citekit.csl.values.markup import parse_markup
from citekit.csl.values.textcase import apply_case
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.compiled.element import Element, Out, Setting
    from citekit.csl.compiled.state import State
    from citekit.csl.style import ir
    from citekit.csl.values.dates import DateValue

_LOOK_FIELDS = (
    ("text-case", "text_case"), ("strip-periods", "strip_periods"), ("prefix", "prefix"),
    ("suffix", "suffix"),
)  # fmt: skip
_FONTS = ("font-style", "font-variant", "font-weight", "text-decoration", "vertical-align")


def compile_date(setting: Setting, element: ir.Date) -> Element:
    """The function of a ``cs:date``."""
    variable, look, locale = element.variable, element.look, setting.locale
    parts, delimiter = _parts(setting, element)
    if setting.sorting is not None:
        return _sort_date(variable, tuple(part.name for part in parts))
    implicit_suffix = not setting.has_year_suffix

    def run(state: State, out: Out) -> None:
        used, context = state.used, state.context
        used.called += 1
        date = None if variable in used.suppressed else context.entry.date(variable)
        if date is None or (variable == "accessed" and context.tells_apart):
            return  # when one looked at a page does not tell two cites apart
        if date.literal:
            children = _literal(date, parts)
        else:
            children = date_nodes(date, parts, delimiter, locale)
        if not children:
            return
        used.saw(variable)
        used.started = True
        if look.text_case:
            children = list(apply_case(children, look.text_case, locale.lang.lower()))
        node = Node(replace(look, delimiter="") if look.delimiter else look, children)
        if implicit_suffix and context.year_text and not used.year_done:
            node = _with_suffix(state, node)
        out.append(node)

    return run


def _sort_date(variable: str, kept: tuple[str, ...]) -> Element:
    def sort(state: State, out: Out) -> None:
        used = state.used
        used.called += 1
        date = None if variable in used.suppressed else state.entry.date(variable)
        if date is not None:
            used.saw(variable)
            out.append(sort_text(date, kept))

    return sort


def _literal(date: DateValue, parts: Sequence[ir.DatePart]) -> list[Node | str]:
    """A date in words, which stands in the place and look of the year."""
    year = next((part for part in parts if part.name == "year"), None)
    if year is None or not date.literal:
        return []
    return [Rich(year.look, parse_markup(date.literal))]


def _with_suffix(state: State, node: Node) -> Node:
    """The date with the year suffix behind its last year, and in its look; words take none."""
    years = [i for i, child in enumerate(node.children) if isinstance(child, YearNode)]
    if not years:
        return node
    after = years[-1] + 1
    year = node.children[after - 1]
    first = _year_look(node.children[years[0]])  # in a range it still has its prefix
    look = replace(_year_look(year), prefix=first.prefix)
    suffix = LetterNode(look, [state.context.year_text])
    state.used.year_done = True
    state.marks.years.append(suffix)
    return Node(node.look, [*node.children[:after], suffix, *node.children[after:]])


def _year_look(year: Node | str) -> ir.Look:
    """The look of the number of a year, which may stand beside its era."""
    inner = None if isinstance(year, str) else year.children[0]
    if isinstance(inner, YearNode):
        return inner.look
    return PLAIN if isinstance(year, str) else year.look


def _parts(setting: Setting, element: ir.Date) -> tuple[Sequence[ir.DatePart], str]:
    """The date parts to show and their delimiter."""
    if element.form is None:
        parts = [
            _placed(part, replace(element.look, line=part.look.line)) for part in element.parts
        ]
        return parts, element.look.delimiter
    localized = setting.locale.dates.get(element.form)
    if localized is None:
        return element.parts, element.look.delimiter
    own = {part.name: part for part in element.parts}
    wanted = element.date_parts.split("-")
    here = element.look
    parts = [
        _placed(_merged(part, own.get(part.name)), here)
        for part in localized.parts
        if part.name in wanted
    ]
    return parts, localized.look.delimiter


def _placed(part: ir.DatePart, here: ir.Look) -> ir.DatePart:
    """A part that says it comes from the style's ``cs:date``, not from a locale file."""
    look = replace(part.look, line=here.line, macro=here.macro, variable=here.variable)
    return replace(part, look=look)


def _merged(part: ir.DatePart, own: ir.DatePart | None) -> ir.DatePart:
    """A localized part in the form and look the style asks for."""
    if own is None:
        return part
    said = own.said
    look = part.look
    changes = {
        field: getattr(own.look, field) for attribute, field in _LOOK_FIELDS if attribute in said
    }
    if any(font in said for font in _FONTS):
        changes["font"] = own.look.font
    return replace(
        part,
        look=replace(look, **changes),
        form=own.form or part.form,
        range_delimiter=own.range_delimiter or part.range_delimiter,
    )
