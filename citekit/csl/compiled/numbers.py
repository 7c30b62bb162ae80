"""``cs:number`` and ``cs:label`` → functions (CSL 1.0.2 §Number, §Label)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.csl.compiled.element import stripped
from citekit.csl.compiled.state import CITE_VARIABLES
from citekit.csl.output.tree import BareLabel, Digits, Node, Numeral
from citekit.csl.values.locators import numbered, without_own_label
from citekit.csl.values.numbers import format_number, is_numeric, is_plural, split_list
from citekit.csl.values.textcase import apply_case
from citekit.model.variables import NUMBER_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.compiled.element import Element, Out, Setting
    from citekit.csl.compiled.state import Context, State
    from citekit.csl.style import ir

_EMBEDDED_LABEL = r",\s*[^\W\d]{2,}\.\s"  # "367-368, fig. 333": the label is for pages
_DIGITS = r"[^\W\d_]*\d+(?:\s*(?:[-,&]|–)\s*(?:[^\W\d_]*\d+)?)*"
_NUMBERS = NUMBER_VARIABLES | {"locator", "page"}
_LABELLED_COUNTS = ("number-of-pages", "number-of-volumes")
UNJOINED = frozenset(("section", "part-number", "supplement-number", "version", "printing-number"))
"""Numbers whose hyphens are part of them."""


def compile_number(setting: Setting, element: ir.Number) -> Element:
    """The function of a ``cs:number``."""
    if setting.sorting is not None:
        return _sort_number(element.variable)
    variable, look = element.variable, element.look

    def run(state: State, out: Out) -> None:
        used, context = state.used, state.context
        used.called += 1
        text = _text_of(context, variable)
        if not text or variable in used.suppressed:
            return
        text = without_own_label(variable, text)
        if variable == "number":
            text = numbered(text)[0]
        kind = written_number(text)
        used.saw(variable)
        used.started = used.started or variable != "citation-number"
        text = write(text, context)
        if look.text_case:
            text = _cased(text, look.text_case, context.entry.language or setting.locale.lang)
        out.append(kind(look, stripped([text]) if look.strip_periods else [text]))

    write = _Form(setting, element).write
    return run


class _Form:
    """How the text of one number variable is written in a form."""

    def __init__(self, setting: Setting, element: ir.Number) -> None:
        self._setting = setting
        self._variable = element.variable
        self._form = element.form
        self._gender = setting.locale.gender(element.variable)
        # a series is never numbered with a bare hyphen: so the reference processor
        is_series = element.variable == "collection-number" and setting.page_delimiter == "-"
        self._dash = "–" if is_series else ""

    def write(self, text: str, context: Context) -> str:
        """The text in this form; pages and locators in figures are ranges of pages."""
        if self._form == "numeric":
            if self._variable == "page":
                return self._setting.pages(text)
            if self._variable == "locator":
                return self._setting.locator(text, context.locator_label)
            if _is_unjoined(self._variable, context):
                return text
        if not is_numeric(text):
            return text
        return format_number(text, self._form, self._setting.locale, self._gender, dash=self._dash)


def _sort_number(variable: str) -> Element:
    def sort(state: State, out: Out) -> None:
        state.used.called += 1
        text = _text_of(state.context, variable)
        if text:
            state.used.saw(variable)
            out.append(text.zfill(10) if text.isdigit() else text)

    return sort


def compile_label(setting: Setting, element: ir.Label) -> Element:
    """The function of a ``cs:label`` that stands by itself."""
    variable, look, locale = element.variable, element.look, setting.locale
    memory: dict[tuple[str, bool], tuple[Sequence[Node | str], Sequence[Node | str]]] = {}
    # the label of a number goes by the number's own prefix; a locator is a page if nobody says more
    name = {"number": "", "locator": "page"}.get(variable, variable)
    bare = locale.text(name, element.form, plural=False) if name else ""
    bare_forms = setting.term(bare, look) if bare else ((), ())

    def _offer(state: State, out: Out) -> None:
        children = bare_forms[state.entry.keeps_case]
        if children:
            state.used.has_bare_labels = True
            out.append(BareLabel(look, children))

    def run(state: State, out: Out) -> None:
        context = state.context
        text, term = _text_of(context, variable), variable
        if variable == "locator":
            term = context.locator_label
        elif variable == "number":
            text, term = numbered(text)
        if not text:
            _offer(state, out)
            return
        if state.used.is_spent(variable):
            return
        plural = _wants_plural(element.plural, variable, text)
        if plural and variable == "number" and _is_unjoined(variable, context):
            plural = element.plural == "always"
        forms = memory.get((term, plural))
        if forms is None:
            label = locale.text(term, element.form, plural=plural)
            forms = memory[term, plural] = setting.term(label, look) if label else ((), ())
        children = forms[context.entry.keeps_case]
        if children:
            state.used.started = True
            out.append(Node(look, children))

    return run


def with_labels(state: State, children: Out) -> Out:
    """The children of a group in which a label without content of its own beside a number is its.

    So styles that label one number by the name of another, as in ``318 p.``, mean it and the
    reference processor has it. A label with no number beside it stays out (§Label).
    """
    out: Out = []
    for i, child in enumerate(children):
        if not isinstance(child, BareLabel):
            out.append(child)
        elif any(map(_is_number, children[max(i - 1, 0) : i] + children[i + 1 : i + 2])):
            state.used.started = True
            out.append(Node(child.look, child.children))
    return out


def _is_number(node: Node | str) -> bool:
    if isinstance(node, str):
        return False
    return isinstance(node, Numeral) or node.look.variable in _NUMBERS


def written_number(text: str) -> type[Numeral]:
    """The kind of node for a number: figures meet other punctuation than words do."""
    return Digits if re.fullmatch(_DIGITS, text) else Numeral


def _text_of(context: Context, variable: str) -> str:
    read = CITE_VARIABLES.get(variable)
    return read(context) if read else context.entry.text(variable) or ""


def _cased(text: str, case: str, lang: str) -> str:
    """The parts of a list of numbers in a letter case, each for itself."""
    pieces = split_list(text)
    pieces[::2] = [str(apply_case([piece], case, lang.lower())[0]) for piece in pieces[::2]]
    return "".join(pieces)


def _wants_plural(said: str, variable: str, text: str) -> bool:
    if said != "contextual":
        return said == "always"
    if variable in _LABELLED_COUNTS:
        return is_plural(text) or (text.strip().isdigit() and text.strip() != "1")
    return is_plural(re.split(_EMBEDDED_LABEL, text)[0])


def _is_unjoined(variable: str, context: Context) -> bool:
    """Whether a hyphen is part of a number; the docket number of a case (70-18) is no range."""
    return variable in UNJOINED or (variable == "number" and context.entry.type == "legal_case")
