"""``cs:substitute``: what stands for names that are absent (CSL 1.0.2 §Substitute)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.compiled.conditions import compile_alternatives
from citekit.csl.output.tree import Node, comes_from_item
from citekit.csl.style import ir
from citekit.csl.style.ir import PLAIN
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.compiled.element import Compile, Element, Out, Setting
    from citekit.csl.compiled.state import State


def compile_substitute(
    setting: Setting, child: ir.Element, parent: ir.Names, compile_: Compile
) -> Element:
    """The function of one substitute of a ``cs:names``."""
    if isinstance(child, ir.Text) and child.kind == "term":
        term = setting.locale.term(child.what, child.form)
        if term is not None and not term.single:  # said to be empty: nothing else is tried
            return lambda _state, out: out.append(Node(PLAIN, ()))
    handed = _handed_down(child, parent)
    if isinstance(handed, ir.Choose):
        return compile_alternatives(handed, compile_)
    return compile_(handed)


def first_substitute(state: State, substitutes: Sequence[Element]) -> Node | None:
    """The first substitute that renders anything; what it used will not be rendered again.

    Affixes and fonts of the ``cs:names`` are for names: only a substitute that is a ``cs:names``
    without children of its own takes them over.
    """
    used, marks = state.used, state.marks
    outer, suppressed = used.record, used.suppressed
    for substitute in substitutes:
        shown: list[str] = []
        used.suppressed = suppressed
        used.record = shown
        used.has_substitute = False
        made: Out = []
        unnamed = marks.first_names is None
        substitute(state, made)
        if state.context.skips_names and unnamed and marks.first_names is not None:
            used.record = outer  # these were the names to leave out: no further substitute
            used.suppressed = suppressed
            return None
        if made:
            node = made[0] if len(made) == 1 and isinstance(made[0], Node) else Node(PLAIN, made)
            if not node.children:
                break
            used.record = outer
            return _taken(state, node, shown)
    used.record, used.suppressed = outer, suppressed
    if outer is None:  # names that are not there still end the start of a sentence
        used.started = True
        marks.lacks_names = True
    return None


def _taken(state: State, node: Node, shown: list[str]) -> Node | None:
    """A substitute stands for the names; None where names are to be left out."""
    used, marks = state.used, state.marks
    if node.look.variable is not None or not isinstance(node.children[0], str):
        used.filled += 1  # a term or value by itself is not something of the item
    used.suppressed = used.suppressed.union(shown)
    if used.record is not None:
        used.record += shown
    if marks.first_names is None:
        marks.first_names = node
        if state.context.skips_names and comes_from_item(node):
            return None  # but "anon." stays: it names nobody
    return node


def _handed_down(child: ir.Element, parent: ir.Names) -> ir.Element:
    """A substitute whose ``cs:names``, also in groups and conditions, inherit from the parent."""
    match child:
        case ir.Names():
            return _inherit(child, parent)
        case ir.Group():
            return replace(child, children=tuple(_handed_down(c, parent) for c in child.children))
        case ir.Choose():
            branches = (
                replace(b, children=tuple(_handed_down(c, parent) for c in b.children))
                for b in child.branches
            )
            return replace(child, branches=tuple(branches))
        case _:
            return child


def _inherit(element: ir.Names, parent: ir.Names) -> ir.Names:
    """A ``cs:names`` in a substitute takes over what it does not say itself."""
    bare = element.name is None and element.et_al is None and element.label is None
    return replace(
        element,
        substitutes=True,
        name=element.name or parent.name,
        et_al=element.et_al or parent.et_al,
        label=parent.label if bare else element.label,
        label_first=parent.label_first if bare else element.label_first,
        delimiter=element.delimiter if element.delimiter is not None else parent.delimiter,
        look=parent.look if bare else element.look,
    )
