"""IR → closures: every element becomes a function that appends its output to a list.

What can be known from style and locale is resolved here, once: terms, inherited options, localized
dates, conditions. Macros are compiled when they are first reached. ``Compiler`` is one area
(citation or bibliography, or a sort key of either) of one style in one locale.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.csl.compiled.conditions import compile_choose
from citekit.csl.compiled.dates import compile_date
from citekit.csl.compiled.names import compile_names
from citekit.csl.output.tree import Digits, Node, Numeral, Rich, YearNode, map_text
from citekit.csl.style import ir
from citekit.csl.style.facts import has_date, is_no_date, pins_year_suffix
from citekit.csl.values.links import IDENTIFIERS, link_for
from citekit.csl.values.locators import numbered, without_own_label
from citekit.csl.values.markup import parse_markup
from citekit.csl.values.numbers import format_number, is_numeric, is_plural, page_range, split_list
from citekit.csl.values.textcase import apply_case
from citekit.model.title_markup import without_markup
from citekit.model.value import replace
from citekit.model.variables import NUMBER_VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from citekit.csl.compiled.state import Scope
    from citekit.csl.style.ir import Look, Style
    from citekit.csl.style.locale import Locale

    Out = list[Node | str]
    Element = Callable[[Scope, Out], None]

_EMBEDDED_LABEL = re.compile(r",\s*[^\W\d]{2,}\.\s")  # "367-368, fig. 333": the label is for pages
_FULL_STOP = re.compile(r"\.(?![a-z])")
_DIGITS = re.compile(r"[^\W\d_]*\d+(?:\s*[-–,&]\s*(?:[^\W\d_]*\d+)?)*")
_UNJOINED = frozenset(("section", "part-number", "supplement-number", "version", "printing-number"))
"""Numbers whose hyphens are part of them."""
_LABELLED_COUNTS = ("number-of-pages", "number-of-volumes")


class Compiler:
    """Turns the elements of one area into functions."""

    def __init__(
        self,
        style: Style,
        locale: Locale,
        area: ir.Area,
        *,
        sorting: Mapping[str, str] | None = None,
        links: bool = True,
    ) -> None:
        self.style = style
        self.locale = locale
        self.area = area
        self.sorting = sorting
        self.links = links
        self.has_year_suffix = pins_year_suffix(area, style)
        self.capitalizes = not (style.style_class == "in-text" and area.kind == "citation")
        self.page_delimiter = locale.text("page-range-delimiter") or "–"
        self._ampersand = locale.text("and", "symbol") or "&"
        self._macros: dict[tuple[str, bool], list[Element]] = {}
        self._dates_only = False  # in a macro with dates that gives a sort key

    def option(self, name: str) -> str | None:
        """A name option of the area, or of the style."""
        value = self.area.options.get(name)
        return value if value is not None else self.style.options.get(name)

    def elements(self, children: Iterable[ir.Element]) -> list[Element]:
        """The functions of some elements, in order."""
        return [self.element(child) for child in children]

    def element(self, element: ir.Element) -> Element:
        """The function of one element."""
        if self._dates_only and is_no_date(element):
            return _nothing
        match element:
            case ir.Text():
                return self._text(element)
            case ir.Group():
                return self._group(element)
            case ir.Choose():
                return compile_choose(self, element)
            case ir.Names():
                return compile_names(self, element)
            case ir.Date():
                return compile_date(self, element)
            case ir.Number():
                return self._number(element)
            case ir.Label():
                return self._label(element)

    def macro(self, name: str, *, dates_only: bool = False) -> list[Element]:
        """The functions of a macro, compiled when first asked for.

        A sort key that is made by a macro with a date in it consists of dates: so the reference
        processor, and thus undated items stand together whatever word the macro has for them.
        """
        found = self._macros.get((name, dates_only))
        if found is None:
            children = self.style.macros[name].children
            self._dates_only = dates_only or (self.sorting is not None and has_date(children))
            found = self._macros[name, dates_only] = self.elements(_inner(children))
            self._dates_only = False
        return found

    # ---- groups and macros

    def _group(self, element: ir.Group) -> Element:
        children = self.elements(_inner(element.children))
        look = element.look
        bare = look.is_bare

        def run(scope: Scope, out: Out) -> None:
            called, filled, started = scope.called, scope.filled, scope.started
            inner: Out = []
            for child in children:
                child(scope, inner)
            if not inner or (scope.called > called and scope.filled == filled):
                scope.started = started
                return
            scope.filled += 1  # a group that shows something counts as a variable that does
            if bare and len(inner) == 1 and _is_free(inner[0]):
                out += inner
            else:
                out.append(Node(look, inner))

        return run

    def _text(self, element: ir.Text) -> Element:
        match element.kind:
            case "variable":
                return self._variable(element)
            case "macro":
                return self._call(element)
            case "term":
                return self._term(element)
            case "value":
                return self._value(element)

    def _value(self, element: ir.Text) -> Element:
        look, made = element.look, parse_markup(element.what)
        children, spared = self._own_words(made, look)

        def value(scope: Scope, out: Out) -> None:
            scope.started = True
            out.append(Rich(look, spared if scope.entry.keeps_case else children))

        return value if element.what else _nothing

    def _call(self, element: ir.Text) -> Element:
        # the text-case of a call is ignored: so does the processor that styles are written with
        look = replace(element.look, text_case=None) if element.look.text_case else element.look
        bare = look.is_bare
        macro, name, dates_only = self.macro, element.what, self._dates_only

        def run(scope: Scope, out: Out) -> None:
            called, filled, started = scope.called, scope.filled, scope.started
            inner: Out = []
            for child in macro(name, dates_only=dates_only):
                child(scope, inner)
            if not inner or (scope.called > called and scope.filled == filled):
                scope.started = started
                return
            scope.filled += 1  # a group that shows something counts as a variable that does
            if bare and len(inner) == 1 and _is_free(inner[0]):
                out += inner
            else:
                out.append(Node(look, _stripped(inner) if look.strip_periods else inner))

        return run

    def _styled(
        self, children: Sequence[Node | str], look: Look, lang: str
    ) -> Sequence[Node | str]:
        """Text-case and strip-periods, on whatever was rendered."""
        if look.text_case:
            children = apply_case(children, look.text_case, lang or self.locale.lang.lower())
        return _stripped(children) if look.strip_periods else children

    def _own_words(
        self, children: Sequence[Node | str], look: Look
    ) -> tuple[Sequence[Node | str], Sequence[Node | str]]:
        """Words of the style or locale in their letter case, and beside items that keep theirs.

        Title case is for English titles, but a style raises its own words in any language. Beside
        the titles of laws and cases its words keep their case too: so the reference processor.
        """
        styled = self._styled(children, look, "en" if look.text_case == "title" else "")
        if look.text_case != "title":
            return styled, styled
        return styled, _stripped(children) if look.strip_periods else children

    # ---- terms

    def _term(self, element: ir.Text) -> Element:
        text = self.locale.text(element.what, element.form, plural=element.plural)
        if not text:
            return _nothing
        look = element.look
        capitalizes = self.capitalizes and self.sorting is None and look.text_case != "lowercase"
        forms = [
            (made, apply_case(made, "capitalize-first", "") if capitalizes else made)
            for made in self._own_words([text], look)
        ]

        def run(scope: Scope, out: Out) -> None:
            children, raised = forms[scope.entry.keeps_case]
            out.append(Node(look, children if scope.started else raised))
            scope.started = True

        return run

    # ---- variables

    def _variable(self, element: ir.Text) -> Element:
        what, look = element.what, element.look
        special = _SPECIAL.get(what)
        if special is not None:
            return self._special(element, special)
        if self.sorting is not None:
            return self._sort_text(element)
        if what == "page":
            return self._pages(element)
        if what in NUMBER_VARIABLES and what not in _UNJOINED:
            return _as_text(self._number(ir.Number(look=look, variable=what, form="numeric")))
        names = _forms(what, element.form)
        changes = bool(look.text_case or look.strip_periods)
        linked = self.links and what in IDENTIFIERS

        def run(scope: Scope, out: Out) -> None:
            scope.called += 1
            scope.texts += 1
            if what in scope.suppressed:
                return
            for name in names:
                text = scope.entry.text(name)
                if text:
                    break
            else:
                return
            scope.saw(what)
            scope.started = True
            children: Sequence[Node | str] = parse_markup(text)
            if changes:
                children = self._styled(children, look, scope.entry.language)
            shown = replace(look, link=link_for(what, text)) if linked else look
            out.append(Rich(shown, children))

        return run

    def _special(self, element: ir.Text, read: Callable[[Scope], str]) -> Element:
        """Variables that belong to the cite or the position, not to the item."""
        what, look = element.what, element.look
        kind = YearNode if what == "year-suffix" else Rich
        pages = what == "locator"
        number = what in ("citation-number", "first-reference-note-number")
        counts = what == "first-reference-note-number"

        def run(scope: Scope, out: Out) -> None:
            text = read(scope)
            scope.texts += counts
            if kind is YearNode:  # absent or not, it lets the group around it stand
                scope.filled += 1
            else:
                scope.called += 1
            if not text or what in scope.suppressed:
                return
            scope.saw(what)
            scope.started = scope.started or what != "citation-number"
            if pages:
                text = self._locator_text(scope, text)
            children = self._styled(parse_markup(text), look, scope.entry.language)
            node: Node = kind(look, children)
            if what == "citation-label" and not self.has_year_suffix and scope.year_text:
                node = Node(look, [*node.children, YearNode(ir.PLAIN, [scope.year_text])])
                scope.year_done = True
            if kind is YearNode:
                scope.year_nodes.append(node)
            out.append(node)

        def sort(scope: Scope, out: Out) -> None:
            text = read(scope)
            scope.called += 1
            if text:
                scope.saw(what)
            out.append(text.zfill(10) if number and text else text)

        return run if self.sorting is None else sort

    def _locator_text(self, scope: Scope, text: str) -> str:
        label = scope.locator_label
        style = self.style.options.get("page-range-format") if label == "page" else None
        return page_range(text, style, self.page_delimiter, self._ampersand, keeps_dashes=True)

    def _sort_text(self, element: ir.Text) -> Element:
        names, what = _forms(element.what, element.form), element.what

        def run(scope: Scope, out: Out) -> None:
            scope.called += 1
            if what in scope.suppressed:
                return
            text = next((t for name in names if (t := scope.entry.text(name))), None)
            if text:
                scope.saw(what)
                out.append(without_markup(text))

        return run

    def _page_text(self, text: str) -> str:
        style = self.style.options.get("page-range-format")
        return page_range(text, style, self.page_delimiter, self._ampersand)

    def _pages(self, element: ir.Text) -> Element:
        look = element.look

        def run(scope: Scope, out: Out) -> None:
            scope.called += 1
            scope.texts += 1
            text = scope.entry.text("page")
            if not text or "page" in scope.suppressed:
                return
            scope.saw("page")
            scope.started = True
            kind = Digits if _DIGITS.fullmatch(text) else Numeral
            children = parse_markup(self._page_text(text))
            out.append(kind(look, self._styled(children, look, scope.entry.language)))

        return run

    # ---- numbers and labels

    def _number(self, element: ir.Number) -> Element:
        variable, look, form = element.variable, element.look, element.form
        locale = self.locale
        gender = locale.gender(variable)
        special = _SPECIAL.get(variable)
        # a series is never numbered with a bare hyphen: so the reference processor
        dash = "–" if variable == "collection-number" and self.page_delimiter == "-" else ""

        def run(scope: Scope, out: Out) -> None:
            scope.called += 1
            text = special(scope) if special else scope.entry.text(variable)
            if not text or variable in scope.suppressed:
                return
            text = without_own_label(variable, text)
            if variable == "number":
                text = numbered(text)[0]
            kind = Digits if _DIGITS.fullmatch(text) else Numeral
            scope.saw(variable)
            scope.started = scope.started or variable != "citation-number"
            if variable == "page" and form == "numeric":
                text = self._page_text(text)
            elif variable == "locator" and form == "numeric":
                text = self._locator_text(scope, text)
            elif is_numeric(text) and not (form == "numeric" and _is_unjoined(variable, scope)):
                text = format_number(text, form, locale, gender, dash=dash)
            if look.text_case:
                text = self._cased_number(text, look.text_case, scope.entry.language)
            out.append(kind(look, _stripped([text]) if look.strip_periods else [text]))

        def sort(scope: Scope, out: Out) -> None:
            scope.called += 1
            text = special(scope) if special else scope.entry.text(variable)
            if text:
                scope.saw(variable)
                out.append(text.zfill(10) if text.isdigit() else text)

        return run if self.sorting is None else sort

    def _cased_number(self, text: str, case: str, lang: str) -> str:
        """The parts of a list of numbers in a letter case, each for itself."""
        lang = lang or self.locale.lang.lower()
        pieces = split_list(text)
        pieces[::2] = [str(apply_case([piece], case, lang)[0]) for piece in pieces[::2]]
        return "".join(pieces)

    def _label(self, element: ir.Label) -> Element:
        variable, look, form, locale = element.variable, element.look, element.form, self.locale
        memory: dict[tuple[str, bool], tuple[Sequence[Node | str], Sequence[Node | str]]] = {}

        def run(scope: Scope, out: Out) -> None:
            term = variable
            if variable == "locator":
                text, term = scope.locator, scope.locator_label
            else:
                special = _SPECIAL.get(variable)
                text = special(scope) if special else scope.entry.text(variable) or ""
                if variable == "number":
                    text, term = numbered(text)
            if not text or variable in scope.suppressed:
                return
            plural = _wants_plural(element.plural, variable, text)
            if plural and variable == "number" and _is_unjoined(variable, scope):
                plural = element.plural == "always"
            forms = memory.get((term, plural))
            if forms is None:
                label = locale.text(term, form, plural=plural)
                forms = memory[term, plural] = self._own_words([label], look) if label else ((), ())
            children = forms[scope.entry.keeps_case]
            if children:
                scope.started = True
                out.append(Node(look, children))

        return run


def _wants_plural(said: str, variable: str, text: str) -> bool:
    if said != "contextual":
        return said == "always"
    if variable in _LABELLED_COUNTS:
        return is_plural(text) or (text.strip().isdigit() and text.strip() != "1")
    return is_plural(_EMBEDDED_LABEL.split(text)[0])


def _is_unjoined(variable: str, scope: Scope) -> bool:
    """Whether a hyphen is part of a number; the docket number of a case (70-18) is no range."""
    return variable in _UNJOINED or (variable == "number" and scope.entry.type == "legal_case")


def _as_text(element: Element) -> Element:
    """A number that ``cs:text`` asks for counts among the texts."""

    def run(scope: Scope, out: Out) -> None:
        scope.texts += 1
        element(scope, out)

    return run


def _nothing(_scope: Scope, _out: Out) -> None:
    """The function of an element that never renders anything."""


def _inner(children: Iterable[ir.Element]) -> list[ir.Element]:
    """What stands in a group or macro makes no block: only elements of a layout do."""
    return [_without_display(child) for child in children]


def _without_display(element: ir.Element) -> ir.Element:
    if isinstance(element, ir.Choose):
        branches = (replace(b, children=tuple(_inner(b.children))) for b in element.branches)
        return replace(element, branches=tuple(branches))
    if element.look.display:
        return replace(element, look=replace(element.look, display=None))
    return element


def _is_free(child: Node | str) -> bool:
    """Whether a child meets its neighbours in a group as it would outside (``endings``)."""
    return isinstance(child, str) or not (child.look.font or child.look.suffix)


def _without_periods(text: str) -> str:
    """Without full stops; those inside a word (``example.org``) are none."""
    return _FULL_STOP.sub("", text)


def _stripped(children: Sequence[Node | str]) -> Sequence[Node | str]:
    return [
        _without_periods(c) if isinstance(c, str) else map_text(c, _without_periods)
        for c in children
    ]


def _forms(variable: str, form: str) -> tuple[str, ...]:
    """The variables to try, in order, for a variable in a form."""
    if form == "short":
        if variable in ("title", "container-title"):
            return (f"{variable}-short", variable)
        return (f"{variable}-short", variable) if variable not in NUMBER_VARIABLES else (variable,)
    return (variable,)


_SPECIAL: dict[str, Callable[[Scope], str]] = {
    "citation-label": lambda scope: scope.label_text,
    "citation-number": lambda scope: str(scope.citation_number) if scope.citation_number else "",
    "first-reference-note-number": lambda scope: scope.first_note,
    "locator": lambda scope: scope.locator,
    "year-suffix": lambda scope: scope.year_text,
}
