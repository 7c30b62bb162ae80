"""IR → closures: every element becomes a function that appends its output to a list.

What can be known from style and locale is resolved here, once: terms, inherited options, localized
dates, conditions. Macros, branches and substitutes are compiled when they are first reached: one
reference needs a tenth of a style. ``Compiler`` is one area (citation or bibliography, or a sort
key of either) of one style in one locale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.compiled.conditions import compile_choose
from citekit.csl.compiled.dates import compile_date
from citekit.csl.compiled.element import nothing, stripped
from citekit.csl.compiled.names import compile_names
from citekit.csl.compiled.numbers import compile_label, compile_number, with_labels
from citekit.csl.compiled.texts import compile_term, compile_value, compile_variable
from citekit.csl.output.tree import Node
from citekit.csl.style import ir
from citekit.csl.style.facts import has_date, is_no_date
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from citekit.csl.compiled.element import Element, Out, Setting
    from citekit.csl.compiled.state import State


class Compiler:
    """Turns the elements of one area into functions; with ``dates_only`` what is a date alone.

    Macros and branches are compiled while something is rendered, perhaps by two threads at once:
    each may do it again, and both get the same.
    """

    def __init__(self, setting: Setting, *, dates_only: bool = False) -> None:
        self.setting = setting
        self._macros: dict[str, list[Element]] = {}
        self._dates_only = dates_only

    def elements(self, children: Iterable[ir.Element]) -> list[Element]:
        """The functions of some elements, in order."""
        return [self.element(child) for child in children]

    def element(self, element: ir.Element) -> Element:
        """The function of one element."""
        if self._dates_only and is_no_date(element):
            return nothing
        match element:
            case ir.Text():
                return self._text(element)
            case ir.Group():
                return _group(element.look, list(map(self.inner, element.children)))
            case ir.Choose():
                return compile_choose(element, self.element)
            case ir.Names():
                return compile_names(self.setting, element, self.element)
            case ir.Date():
                return compile_date(self.setting, element)
            case ir.Number():
                return compile_number(self.setting, element)
            case ir.Label():
                return compile_label(self.setting, element)

    def inner(self, element: ir.Element) -> Element:
        """The function of an element in a group or macro: only those of a layout make blocks."""
        if isinstance(element, ir.Choose):
            return compile_choose(element, self.inner)
        if element.look.display:
            element = replace(element, look=replace(element.look, display=None))
        return self.element(element)

    def macro(self, name: str) -> list[Element]:
        """The functions of a macro, compiled when first asked for.

        A sort key that is made by a macro with a date in it consists of dates: so the reference
        processor, and thus undated items stand together whatever word the macro has for them.
        """
        found = self._macros.get(name)
        if found is None:
            children = self.setting.style.macros[name].children
            is_date = self.setting.sorting is not None and has_date(children)
            within = Compiler(self.setting, dates_only=True) if is_date else self
            found = self._macros[name] = list(map(within.inner, children))
        return found

    def _text(self, element: ir.Text) -> Element:
        match element.kind:
            case "variable":
                return compile_variable(self.setting, element)
            case "macro":
                return self._call(element)
            case "term":
                return compile_term(self.setting, element)
            case "value":
                return compile_value(self.setting, element)

    def _call(self, element: ir.Text) -> Element:
        # the text-case of a call is ignored: so does the processor that styles are written with
        look = replace(element.look, text_case=None) if element.look.text_case else element.look
        macro, name = self.macro, element.what
        return _collected(look, lambda: macro(name), strips=look.strip_periods)


def _group(look: ir.Look, children: list[Element]) -> Element:
    return _collected(look, lambda: children)


def _collected(
    look: ir.Look, elements: Callable[[], Sequence[Element]], *, strips: bool = False
) -> Element:
    """A group or a call of a macro: empty where variables were asked for and none held anything."""
    bare = look.is_bare
    children: Sequence[Element] | None = None

    def run(state: State, out: Out) -> None:
        nonlocal children
        if children is None:
            children = elements()
        used = state.used
        called, filled, started = used.called, used.filled, used.started
        inner: Out = []
        for element in children:
            element(state, inner)
        if used.has_bare_labels:
            inner = with_labels(state, inner)
        if not inner or (used.called > called and used.filled == filled):
            used.started = started
            return
        used.filled += 1  # a group that shows something counts as a variable that does
        if bare and len(inner) == 1 and _is_free(inner[0]):
            out += inner
        else:
            out.append(Node(look, _stripped(state, inner) if strips else inner))

    return run


def _stripped(state: State, children: Out) -> Sequence[Node | str]:
    """Without full stops; what later passes look for is marked in the copy, too."""
    copies: dict[int, Node] = {}
    found = stripped(children, copies)
    state.marks.follow(copies)
    return found


def _is_free(child: Node | str) -> bool:
    """Whether a child meets its neighbours in a group as it would outside (``token_writer``)."""
    return isinstance(child, str) or not (child.look.font or child.look.suffix)
