"""``cs:names`` → a function of a scope: inheritance, labels, substitutes, combined editors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.compiled.conditions import compile_alternatives
from citekit.csl.compiled.state import ShownNames, levels_of
from citekit.csl.output.tree import Labelled, NamesNode, Node, comes_from_item
from citekit.csl.style.ir import PLAIN, Look
from citekit.csl.values.names import NameSpec, render_people, shown_count
from citekit.csl.values.textcase import apply_case
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from citekit.csl.compiled.compiler import Compiler
    from citekit.csl.compiled.state import Scope
    from citekit.csl.style import ir
    from citekit.csl.values.persons import Person

    Element = Callable[[Scope, list[Node | str]], None]
    LabelMaker = Callable[[str, bool, bool], Node | None]

_COMBINED = "editortranslator", "editor-translator"


def compile_names(compiler: Compiler, element: ir.Names) -> Element:
    """The function that renders a ``cs:names``, or its substitute where all are empty."""
    spec = name_spec(compiler, element)
    label = _label(compiler, element.label)
    combine = _can_combine(compiler, element, label)
    substitutes = [_substitute(compiler, child, element) for child in element.substitute]
    delimiter = _delimiter(compiler, element)
    look = replace(element.look, delimiter=delimiter, font=None) if delimiter else element.look
    look = replace(look, font=element.look.font)
    variables, label_first = element.variables, element.label_first

    def one(scope: Scope, term: str, people: tuple[Person, ...]) -> Node:
        names = _people_node(scope, people, spec)
        made = None if label is None else label(term, len(people) > 1, scope.entry.keeps_case)
        if made is None:
            return names
        return Labelled(PLAIN, [made, names] if label_first else [names, made])

    def run(scope: Scope, out: list[Node | str]) -> None:
        if element.substitutes and scope.has_substitute:
            return  # of several names in one substitute the first one wins
        node = made_by(scope)
        if node is not None:
            out.append(node)
            scope.has_substitute = element.substitutes

    def made_by(scope: Scope) -> Node | None:
        scope.called += 1
        found = [(v, people) for v in variables if (people := scope.people(v))]
        if not found:
            return _first_substitute(scope, substitutes)
        for variable, _ in found:
            scope.saw(variable)
        if scope.record is not None:
            scope.suppressed = scope.suppressed.union(variables)
        if spec.form == "count":
            return _counted(scope, [people for _, people in found], spec, look)
        if scope.skip_names and scope.first_names is None:
            scope.first_names = Node(PLAIN, ())
            return None
        if combine and len(found) == 2 and found[0][1] == found[1][1]:
            parts: list[Node | str] = [one(scope, combine, found[0][1])]
        else:
            parts = [one(scope, variable, people) for variable, people in found]
        if spec.et_al_first == 0 and not any(map(_has_children, parts)):
            return None
        node = Node(look, parts)
        if scope.first_names is None:
            scope.first_names = node
        else:
            scope.later_names = node
        scope.started = True
        return node

    return run


def _has_children(part: Node | str) -> bool:
    return isinstance(part, str) or bool(part.children)


def _people_node(scope: Scope, people: tuple[Person, ...], spec: NameSpec) -> NamesNode:
    place = scope.place
    scope.place += 1
    if scope.sorting is not None:
        return _sort_names(people, spec)
    hints = scope.hints.names
    wanted = hints[place] if place < len(hints) else 0
    subsequent = scope.position != "first" and not scope.in_bibliography
    count = shown_count(len(people), spec, subsequent=subsequent, wanted=wanted)
    if scope.shown is not None:
        scope.shown.append(ShownNames(people, count, spec))
    node = render_people(people, spec, count, levels_of(scope, people, spec, place))
    node.shown = people[:count] if len(node.people) == count else (*people[:count], people[-1])
    return node


def _counted(scope: Scope, lists: list[tuple[Person, ...]], spec: NameSpec, look: Look) -> Node:
    """``form="count"``: how many names would be written."""
    subsequent = scope.position != "first" and not scope.in_bibliography
    total = sum(shown_count(len(p), spec, subsequent=subsequent, wanted=0) for p in lists)
    return Node(look, [str(total)])


def _sort_names(people: tuple[Person, ...], spec: NameSpec) -> NamesNode:
    """Names as sort keys: family first, as many as the key or the style counts."""
    return render_people(
        people, spec, shown_count(len(people), spec, subsequent=False, wanted=0), ()
    )


def _first_substitute(scope: Scope, substitutes: list[Element]) -> Node | None:
    """The first substitute that renders anything; what it used will not be rendered again.

    Affixes and fonts of the ``cs:names`` are for names: only a substitute that is a ``cs:names``
    without children of its own takes them over (``_inherit``).
    """
    outer = scope.record
    for substitute in substitutes:
        scope.record = []
        scope.has_substitute = False
        made: list[Node | str] = []
        unnamed = scope.first_names is None
        substitute(scope, made)
        used = scope.record
        if scope.skip_names and unnamed and scope.first_names is not None:
            scope.record = outer  # these were the names to leave out: no further substitute
            return None
        if made:
            node = made[0] if len(made) == 1 and isinstance(made[0], Node) else Node(PLAIN, made)
            if not node.children:
                break
            scope.record = outer
            if node.look.variable is not None or not isinstance(node.children[0], str):
                scope.filled += 1  # a term or value by itself is not something of the item
            scope.suppressed = scope.suppressed.union(used)
            if outer is not None:
                outer += used
            if scope.first_names is None:
                scope.first_names = node
                if scope.skip_names and comes_from_item(node):
                    return None  # but "anon." stays: it names nobody
            return node
    scope.record = outer
    if outer is None:  # names that are not there still end the start of a sentence
        scope.started = True
        scope.found_no_names = True
    return None


def _substitute(compiler: Compiler, child: ir.Element, parent: ir.Names) -> Element:
    from citekit.csl.style import ir

    if isinstance(child, ir.Text) and child.kind == "term":
        term = compiler.locale.term(child.what, child.form)
        if term is not None and not term.single:  # said to be empty: nothing else is tried
            return lambda _scope, out: out.append(Node(PLAIN, ()))
    handed = _handed_down(child, parent)
    if isinstance(handed, ir.Choose):
        return compile_alternatives(compiler, handed)
    return compiler.element(handed)


def _handed_down(child: ir.Element, parent: ir.Names) -> ir.Element:
    """A substitute whose ``cs:names``, also in groups and conditions, inherit from the parent."""
    from citekit.csl.style import ir

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
    """A ``cs:names`` in a substitute takes over what it does not say itself (§Substitute)."""
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


# ---------------------------------------------------------------------------------------- options


def _delimiter(compiler: Compiler, element: ir.Names) -> str:
    if element.delimiter is not None:
        return element.delimiter
    return compiler.option("names-delimiter") or ""


def name_spec(compiler: Compiler, element: ir.Names) -> NameSpec:
    """The name options of an element, its area and the style (§Inheritable Name Options)."""
    name = element.name
    own: Mapping[str, str] = name.options if name is not None else {}

    overrides = compiler.sorting or {}

    def option(key: str, handed_down: str = "") -> str | None:
        value = overrides.get(key) or own.get(key)
        return value if value is not None else compiler.option(handed_down or key)

    spec = NameSpec()
    spec.form = option("form", "name-form") or "long"
    spec.delimiter = _or(option("delimiter", "name-delimiter"), ", ")
    spec.and_term = _and_term(compiler, option("and"))
    spec.precedes_last = option("delimiter-precedes-last") or "contextual"
    handed_down = compiler.option("delimiter-precedes-last")
    spec.precedes_institution = handed_down if handed_down in ("always", "never") else "contextual"
    spec.precedes_et_al = option("delimiter-precedes-et-al") or "contextual"
    spec.et_al_min = _number(option("et-al-min"))
    spec.et_al_first = _number(option("et-al-use-first"))
    if option("et-al-use-first") is None:
        spec.et_al_min = 0
    spec.subsequent_min = _number(option("et-al-subsequent-min")) or spec.et_al_min
    spec.subsequent_first = _number(option("et-al-subsequent-use-first")) or spec.et_al_first
    spec.use_last = option("et-al-use-last") == "true"
    # what is switched off for the area or style stays off: so the reference processor
    spec.initialize = "false" not in (option("initialize"), compiler.option("initialize"))
    spec.initialize_with = option("initialize-with")
    spec.hyphen = compiler.style.options.get("initialize-with-hyphen") != "false"
    spec.sort_order = option("name-as-sort-order")
    spec.separator = _or(option("sort-separator"), ", ")
    spec.demote = compiler.style.options.get("demote-non-dropping-particle", "display-and-sort")
    spec.et_al = _et_al(compiler, element.et_al)
    look = name.look if name is not None else replace(PLAIN, line=element.look.line)
    spec.look = replace(look, prefix="", suffix="", variable=element.look.variable)
    spec.affixes = Look(prefix=look.prefix, suffix=look.suffix)
    parts = {part.name: part.look for part in name.parts} if name is not None else {}
    spec.family = parts.get("family", PLAIN)
    spec.given = parts.get("given", PLAIN)
    spec.has_parts = bool(parts)
    spec.lang = compiler.locale.lang.lower()
    spec.memory = {}
    spec.sorting = compiler.sorting is not None
    if spec.sorting:
        _for_sorting(spec)
    return spec


def _for_sorting(spec: NameSpec) -> None:
    spec.sort_order = "all"
    spec.separator = " "
    spec.delimiter = " "
    spec.and_term = None
    spec.et_al = None
    spec.look = spec.affixes = spec.family = spec.given = PLAIN
    spec.has_parts = False
    if spec.demote != "never":
        spec.demote = "display-and-sort"


def _or(value: str | None, default: str) -> str:
    return default if value is None else value


def _number(value: str | None) -> int:
    return int(value) if value is not None and value.strip().isdigit() else 0


def _and_term(compiler: Compiler, value: str | None) -> str | None:
    if value == "text":
        word = compiler.locale.text("and")
    elif value == "symbol":
        word = compiler.locale.text("and", "symbol")
    else:
        return None
    return word if word[-1:].isspace() else f" {word} "


def _et_al(compiler: Compiler, element: ir.EtAl | None) -> Node | None:
    term = compiler.locale.text(element.term if element is not None else "et-al")
    if not term:
        return None
    return Node(element.look if element is not None else PLAIN, [term])


# ----------------------------------------------------------------------------------------- labels


def _label(compiler: Compiler, label: ir.Label | None) -> LabelMaker | None:
    if label is None or compiler.sorting is not None:
        return None
    locale, look = compiler.locale, label.look
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


def _can_combine(compiler: Compiler, element: ir.Names, label: LabelMaker | None) -> str:
    """The term for people who both edited and translated, where the style can say it."""
    if label is None or set(element.variables) != {"editor", "translator"}:
        return ""
    term = next((term for term in _COMBINED if compiler.locale.term(term) is not None), "")
    return term if term and label(term, False, False) is not None else ""
