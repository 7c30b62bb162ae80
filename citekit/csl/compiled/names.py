"""``cs:names`` → a function of the state: lists of names, labels, combined editors.

The options of names are resolved in ``name_options``, their text is made by ``values.names``.
Source: CSL 1.0.2 §Names, §Label (in ``cs:names``).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from citekit.csl.compiled.given_names import levels_of
from citekit.csl.compiled.name_options import name_spec
from citekit.csl.compiled.state import ShownNames
from citekit.csl.compiled.substitutes import compile_substitute, first_substitute
from citekit.csl.output.tree import Labelled, NamesNode, Node
from citekit.csl.style.ir import PLAIN
from citekit.csl.values.names import render_people, shown_count
from citekit.csl.values.persons import without_others
from citekit.csl.values.textcase import apply_case
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from citekit.csl.compiled.element import Compile, Element, Out, Setting
    from citekit.csl.compiled.state import Context, State
    from citekit.csl.style import ir
    from citekit.csl.values.name_spec import NameSpec
    from citekit.csl.values.persons import Person

    People = tuple[Person, ...]
    LabelMaker = Callable[[str, bool, bool], Node | None]

_COMBINED = "editortranslator", "editor-translator"


def compile_names(setting: Setting, element: ir.Names, compile_: Compile) -> Element:
    """The function that renders a ``cs:names``, or its substitute where all are empty."""
    return _Names(setting, element, compile_).run


class _Names:
    """One compiled ``cs:names``."""

    def __init__(self, setting: Setting, element: ir.Names, compile_: Compile) -> None:
        delimiter = element.delimiter
        if delimiter is None:
            delimiter = setting.option("names-delimiter") or ""
        self._look = replace(element.look, delimiter=delimiter)
        self._variables = element.variables
        self._label_first = element.label_first
        self._substitutes_another = element.substitutes
        self._spec = name_spec(setting, element)
        self._label = _label(setting, element.label)
        self._combined = _can_combine(setting, element, self._label)
        self._made_of = setting, element, compile_

    @cached_property
    def _substitutes(self) -> list[Element]:
        """What may stand for the names, compiled when first there are none."""
        setting, element, compile_ = self._made_of
        return [
            compile_substitute(setting, child, element, compile_) for child in element.substitute
        ]

    def run(self, state: State, out: Out) -> None:
        if self._substitutes_another and state.used.has_substitute:
            return  # of several names in one substitute the first one wins
        node = self._node(state)
        if node is not None:
            out.append(node)
            state.used.has_substitute = self._substitutes_another

    def _node(self, state: State) -> Node | None:
        used, marks, spec = state.used, state.marks, self._spec
        used.called += 1
        found = [(v, people) for v in self._variables if (people := state.people(v))]
        if not found:
            return first_substitute(state, self._substitutes)
        for variable, _ in found:
            used.saw(variable)
        if used.record is not None:
            used.suppressed = used.suppressed.union(self._variables)
        if spec.form == "count":
            return self._counted(state.context, (people for _, people in found))
        if state.context.skips_names and marks.first_names is None:
            marks.first_names = Node(PLAIN, ())
            used.started = True  # the names are in the text before: "Roe, op. cit."
            return None
        parts = self._lists(state, found)
        if spec.et_al_first == 0 and not any(map(_has_children, parts)):
            return None
        node = Node(self._look, parts)
        if marks.first_names is None:
            marks.first_names = node
        else:
            marks.later_names = node
        used.started = True
        return node

    def _lists(self, state: State, found: list[tuple[str, People]]) -> list[Node | str]:
        """One list for each variable; one for two whose people are the same."""
        if self._combined and len(found) == 2 and found[0][1] == found[1][1]:
            return [self._labelled(state, self._combined, found[0][1])]
        return [self._labelled(state, variable, people) for variable, people in found]

    def _labelled(self, state: State, term: str, people: People) -> Node:
        names = _people_node(state, people, self._spec)
        if self._label is None:
            return names
        label = self._label(term, len(people) > 1, state.entry.keeps_case)
        if label is None:
            return names
        return Labelled(PLAIN, [label, names] if self._label_first else [names, label])

    def _counted(self, context: Context, lists: Iterable[People]) -> Node:
        """``form="count"``: how many names would be written."""
        named = (without_others(people)[0] for people in lists)
        total = sum(_count(context, people, self._spec, wanted=0) for people in named)
        return Node(self._look, [str(total)])


def _has_children(part: Node | str) -> bool:
    return isinstance(part, str) or bool(part.children)


def _people_node(state: State, listed: People, spec: NameSpec) -> NamesNode:
    people, has_more = without_others(listed)
    place = state.used.names
    state.used.names += 1
    if spec.sorting:  # as many as the key or the style counts
        count = shown_count(len(people), spec, subsequent=False, wanted=0)
        return render_people(people, spec, count, ())
    hints = state.context.hints.names
    wanted = hints[place] if place < len(hints) else 0
    count = _count(state.context, people, spec, wanted=wanted)
    if state.context.tells_apart:
        state.marks.shown.append(ShownNames(people=people, count=count, spec=spec))
    levels = levels_of(state, people, spec, place)
    language = state.entry.language if spec.has_case else ""
    return render_people(people, spec, count, levels, language=language, has_more=has_more)


def _count(context: Context, people: People, spec: NameSpec, *, wanted: int) -> int:
    subsequent = context.position != "first" and not context.in_bibliography
    return shown_count(len(people), spec, subsequent=subsequent, wanted=wanted)


# ----------------------------------------------------------------------------------------- labels


def _label(setting: Setting, label: ir.Label | None) -> LabelMaker | None:
    if label is None or setting.sorting is not None:
        return None
    locale, look = setting.locale, label.look
    memory: dict[tuple[str, bool, bool], Node | None] = {}
    titled = look.text_case == "title"

    def make(term: str, several: bool, kept: bool) -> Node | None:
        plural = several if label.plural == "contextual" else label.plural == "always"
        text = locale.text(term, label.form, plural=plural)
        if not text:
            return None
        if look.strip_periods:
            text = text.replace(".", "")
        children: list[Node | str] = [text]
        # a label may be raised in any language, a title in English only
        if look.text_case and not (kept and titled):
            children = list(apply_case(children, look.text_case, "en"))
        return Node(look, children)

    def remembered(term: str, several: bool, kept: bool) -> Node | None:
        key = (term, several, kept)
        if key not in memory:
            memory[key] = make(*key)
        return memory[key]

    return remembered


def _can_combine(setting: Setting, element: ir.Names, label: LabelMaker | None) -> str:
    """The term for people who both edited and translated, where the style can say it."""
    if label is None or set(element.variables) != {"editor", "translator"}:
        return ""
    term = next((term for term in _COMBINED if setting.locale.term(term) is not None), "")
    return term if term and label(term, False, False) is not None else ""
