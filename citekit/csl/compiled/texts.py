"""``cs:text`` with a variable, a term or a value → a function (CSL 1.0.2 §Text)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.compiled.element import nothing
from citekit.csl.compiled.numbers import UNJOINED, compile_number, written_number
from citekit.csl.compiled.state import CITE_VARIABLES
from citekit.csl.output.tree import Node, Rich, YearNode
from citekit.csl.style import ir
from citekit.csl.values.links import IDENTIFIERS, link_for
from citekit.csl.values.markup import parse_markup
from citekit.csl.values.textcase import apply_case
from citekit.model.title_markup import without_markup
from citekit.model.value import replace
from citekit.model.variables import NUMBER_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.compiled.element import Element, Out, Setting
    from citekit.csl.compiled.state import State

_COUNTS = ("citation-number", "first-reference-note-number")
_STARTING = frozenset(("edition", "issue", "number", "volume"))
"""Numbers that the reference processor reads as texts, which are there even when empty."""


def compile_value(setting: Setting, element: ir.Text) -> Element:
    """The function of a text that the style itself gives."""
    look = element.look
    children, spared = setting.own_words(parse_markup(element.what), look)

    def value(state: State, out: Out) -> None:
        state.used.started = True
        out.append(Rich(look, spared if state.entry.keeps_case else children))

    return value if element.what else nothing


def compile_term(setting: Setting, element: ir.Text) -> Element:
    """The function of a term; at the start of a citation or entry it is raised."""
    text = setting.locale.text(element.what, element.form, plural=element.plural)
    if not text:
        return nothing
    look = element.look
    capitalizes = setting.capitalizes and setting.sorting is None and look.text_case != "lowercase"
    forms = [
        (made, apply_case(made, "capitalize-first", "") if capitalizes else made)
        for made in setting.term(text, look)
    ]

    def term(state: State, out: Out) -> None:
        children, raised = forms[state.entry.keeps_case]
        out.append(Node(look, children if state.used.started else raised))
        state.used.started = True

    return term


def compile_variable(setting: Setting, element: ir.Text) -> Element:
    """The function of a variable; numbers are written as ``cs:number`` would, in figures."""
    what, look = element.what, element.look
    if what in CITE_VARIABLES:
        return _of_the_cite(setting, element)
    if setting.sorting is not None:
        return _sort_text(element)
    if what == "page":
        return _pages(setting, look)
    if what in NUMBER_VARIABLES and what not in UNJOINED:
        number = ir.Number(look=look, variable=what, form="numeric")
        return _among_texts(compile_number(setting, number), starts=what in _STARTING)
    return _of_the_item(setting, element)


def _of_the_item(setting: Setting, element: ir.Text) -> Element:
    what, look = element.what, element.look
    names = _forms(what, element.form)
    changes = bool(look.text_case or look.strip_periods)
    linked = setting.links and what in IDENTIFIERS

    def run(state: State, out: Out) -> None:
        used, entry = state.used, state.entry
        used.called += 1
        used.texts += 1
        if what in used.suppressed:
            return
        for name in names:
            text = entry.text(name)
            if text:
                break
        else:
            return
        used.saw(what)
        used.started = True
        children: Sequence[Node | str] = parse_markup(text)
        if changes:
            children = setting.styled(children, look, entry.language)
        out.append(Rich(replace(look, link=link_for(what, text)) if linked else look, children))

    return run


def _of_the_cite(setting: Setting, element: ir.Text) -> Element:
    """Variables that belong to the cite or the position, not to the item."""
    if setting.sorting is not None:
        return _sort_count(element.what)
    if element.what == "year-suffix":
        return _year_suffix(setting, element.look)
    what, look, read = element.what, element.look, CITE_VARIABLES[element.what]
    takes_suffix = what == "citation-label" and not setting.has_year_suffix

    def run(state: State, out: Out) -> None:
        used, context = state.used, state.context
        text = read(context)
        used.called += 1
        used.texts += what == "first-reference-note-number"
        if not text or what in used.suppressed:
            return
        used.saw(what)
        used.started = used.started or what != "citation-number"
        if what == "locator":
            text = setting.locator(text, context.locator_label)
        children = setting.styled(parse_markup(text), look, context.entry.language)
        if takes_suffix and context.year_text:
            out.append(Node(look, [*children, YearNode(ir.PLAIN, [context.year_text])]))
            used.year_done = True
        else:
            out.append(Rich(look, children))

    return run


def _year_suffix(setting: Setting, look: ir.Look) -> Element:
    """The letter behind a year; absent or not, it lets the group around it stand."""

    def run(state: State, out: Out) -> None:
        used, context = state.used, state.context
        used.filled += 1
        text = context.year_text
        if not text or "year-suffix" in used.suppressed:
            return
        used.saw("year-suffix")
        used.started = True
        children = setting.styled(parse_markup(text), look, context.entry.language)
        node = YearNode(look, children)
        state.marks.years.append(node)
        out.append(node)

    return run


def _sort_count(what: str) -> Element:
    read, is_number = CITE_VARIABLES[what], what in _COUNTS

    def sort(state: State, out: Out) -> None:
        text = read(state.context)
        state.used.called += 1
        if text:
            state.used.saw(what)
        out.append(text.zfill(10) if is_number and text else text)

    return sort


def _sort_text(element: ir.Text) -> Element:
    names, what = _forms(element.what, element.form), element.what
    blank = element.look.prefix[: element.look.prefix.startswith(" ")]  # what has one comes first

    def sort(state: State, out: Out) -> None:
        used, entry = state.used, state.entry
        used.called += 1
        if what in used.suppressed:
            return
        text = next((t for name in names if (t := entry.text(name))), None)
        if text:
            used.saw(what)
            out.append(blank + without_markup(text))

    return sort


def _pages(setting: Setting, look: ir.Look) -> Element:
    def run(state: State, out: Out) -> None:
        used, entry = state.used, state.entry
        used.called += 1
        used.texts += 1
        text = entry.text("page")
        if not text or "page" in used.suppressed:
            return
        used.saw("page")
        used.started = True
        children = setting.styled(parse_markup(setting.pages(text)), look, entry.language)
        out.append(written_number(text)(look, children))

    return run


def _among_texts(element: Element, *, starts: bool) -> Element:
    """A number that ``cs:text`` asks for counts among the texts.

    Where it ``starts`` a reference, no term behind it is raised, even if the item lacks it.
    """

    def run(state: State, out: Out) -> None:
        state.used.texts += 1
        element(state, out)
        state.used.started = state.used.started or starts

    return run


def _forms(variable: str, form: str) -> tuple[str, ...]:
    """The variables to try, in order, for a variable in a form."""
    if form == "short" and variable not in NUMBER_VARIABLES:
        return (f"{variable}-short", variable)
    return (variable,)
