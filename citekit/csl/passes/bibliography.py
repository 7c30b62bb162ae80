"""The bibliography: entries in order, repeated authors replaced, the first field set apart.

Source: CSL 1.0.2 §Bibliography, §Reference Grouping, §Whitespace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.compiled.state import Context, State
from citekit.csl.output.spacing import Spacing
from citekit.csl.output.tree import NamesNode, Node, comes_from_item, exchange, plain_text
from citekit.csl.style.ir import PLAIN, Look
from citekit.csl.values.links import with_link
from citekit.csl.values.numbers import whole_number
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.csl.compiled.element import Out
    from citekit.csl.compiled.program import Program
    from citekit.csl.compiled.state import Levels
    from citekit.csl.passes.cite import Facts
    from citekit.csl.style.ir import Area

MISSING = "[CSL STYLE ERROR: reference with no printed form.]"
_LEFT = Look(display="left-margin")
_RIGHT = Look(display="right-inline")


def spacing(program: Program, widest_label: int = 0) -> Spacing:
    """The bibliography's own options, and how wide the margin of labels has to be."""
    area = program.style.bibliography
    options = {} if area is None else area.options
    return Spacing(
        hanging_indent=options.get("hanging-indent") == "true",
        second_field_align=options.get("second-field-align"),
        entry_spacing=whole_number(options.get("entry-spacing"), 1),
        line_spacing=whole_number(options.get("line-spacing"), 1),
        widest_label=widest_label,
    )


class Bibliography:
    """Makes the entries of a document, and keeps those that nothing has touched since."""

    def __init__(self, program: Program) -> None:
        area = program.style.bibliography
        self._program = program
        self._looks = _Looks(PLAIN if area is None else area.look)
        self._made: dict[str, _Made] = {}

    def entries(
        self, facts: Iterable[Facts], levels: Levels | None = None, *, once: bool = False
    ) -> Iterator[tuple[str, Node]]:
        """(item id, tree) of all entries, in the order given; empty ones are left out.

        What is asked for ``once`` is not kept: a thousand trees cost the collector of garbage more
        than they save.
        """
        area = self._program.style.bibliography
        if area is None:
            return
        substitute = area.options.get("subsequent-author-substitute")
        before: Node | None = None
        kept: dict[str, _Made] = {}
        for fact in facts:
            key = fact.entry.id
            made = self._made.get(key)
            if made is None or (made.facts is not fact and made.facts != fact):
                made = self._begin(fact, levels)
            if not once:
                kept[key] = made
            if not made.is_finished or made.before is not before:
                made.finish(self._finished(made, area, before), before)
            if substitute is not None:
                before = made.names
            if made.tree is not None:
                yield key, made.tree
        self._made = kept

    def _begin(self, fact: Facts, levels: Levels | None) -> _Made:
        state = State(_context(fact, levels))
        pieces = self._program.entry(state)
        names = state.marks.first_names
        if names is not None and not comes_from_item(names):
            names = None  # "anon." is nobody's name
        return _Made(fact, pieces, names)

    def _finished(self, made: _Made, area: Area, before: Node | None) -> Node | None:
        options, looks = area.options, self._looks
        tree = Node(PLAIN, made.pieces)
        if made.names is not None and before is not None:
            rule = options.get("subsequent-author-substitute-rule", "complete-all")
            text = options.get("subsequent-author-substitute", "")
            tree = _substituted(tree, made.names, before, text, rule)
        children = list(tree.children)
        if not children:
            if not self._program.has_numbers:
                return None
            children = [f"{made.facts.number}. ", MISSING]
        align = bool(options.get("second-field-align"))
        tree = _aligned(children, looks) if align else _laid_out(children, looks.entry)
        return with_link(tree, made.facts.entry) if self._program.links else tree


class _Looks:
    """The looks that all entries share, made once: of an entry, and of one set in two columns."""

    __slots__ = ("aligned", "body", "entry")

    def __init__(self, look: Look) -> None:
        self.entry = replace(look, delimiter="")
        self.aligned = replace(self.entry, suffix="")
        self.body = replace(_RIGHT, suffix=look.suffix)


class _Made:
    """One entry: what it was made from, and how it reads behind the names of the one ``before``."""

    __slots__ = ("before", "facts", "is_finished", "names", "pieces", "tree")

    def __init__(self, facts: Facts, pieces: Out, names: Node | None) -> None:
        self.facts = facts
        self.pieces = pieces
        self.names = names
        self.before: Node | None = None
        self.tree: Node | None = None
        self.is_finished = False

    def finish(self, tree: Node | None, before: Node | None) -> None:
        self.tree, self.before, self.is_finished = tree, before, True


def _context(fact: Facts, levels: Levels | None) -> Context:
    return Context(
        entry=fact.entry,
        hints=fact.hints,
        levels=levels,
        citation_number=fact.number,
        label_text=fact.label,
        year_text=fact.year_text,
        in_bibliography=True,
    )


def _laid_out(children: list[Node | str], look: Look) -> Node:
    """The entry in its layout; a block at its end takes the layout's suffix in."""
    last = children[-1]
    if look.suffix and isinstance(last, Node) and last.look.display:
        inner = Node(replace(last.look, display=None), last.children)
        block = Node(Look(display=last.look.display, suffix=look.suffix), [inner])
        return Node(replace(look, suffix=""), [*children[:-1], block])
    return Node(look, children)


def _aligned(children: list[Node | str], looks: _Looks) -> Node:
    """``second-field-align``: the first field in a margin of its own."""
    rest = children[1:]
    body: list[Node | str] = [Node(looks.body, rest)] if rest else []
    return Node(looks.aligned, [Node(_LEFT, [children[0]]), *body])


# --------------------------------------------------------------------- subsequent-author-substitute


def _substituted(tree: Node, names: Node, before: Node, text: str, rule: str) -> Node:
    """The entry with names that stood in the entry before replaced (§Reference Grouping).

    It is people who are compared, not how their names are written: two of the same initials are
    two, and one of whom more is written, to tell cites apart, is one.
    """
    mine = _people(names)
    if rule in ("complete-all", "complete-each") or not mine:
        if _compared(names) != _compared(before):
            return tree
        if not text:
            return exchange(tree, names, None)
        if rule != "complete-each" or not mine:
            return exchange(tree, names, Node(names.look, _all_replaced(names, text)))
        same = len(mine)
    else:
        same = _same_start(_keys(names), _keys(before))
        if rule == "partial-first":
            same = min(same, 1)
    chosen = mine[:same]
    for node in chosen:
        tree = exchange(tree, node, Node(PLAIN, [text] if text else []))
    return tree


def _compared(names: Node) -> list[str] | str:
    """What repeated names are recognised by: the people shown, or the text that stands for them."""
    return _keys(names) or plain_text([names])


def _keys(names: Node) -> list[str]:
    return [person.key for node in _names_nodes(names) for person in node.shown]


def _names_nodes(node: Node) -> list[NamesNode]:
    if isinstance(node, NamesNode):
        return [node]
    return [
        found for child in node.children if isinstance(child, Node) for found in _names_nodes(child)
    ]


def _all_replaced(names: Node, text: str) -> list[Node | str]:
    """The names as a whole give way to the text; labels stay."""
    out: list[Node | str] = []
    for child in names.children:
        if isinstance(child, NamesNode):
            out.append(Node(child.look, [text] if text else []))
        elif isinstance(child, Node) and any(isinstance(c, NamesNode) for c in child.children):
            out.append(Node(child.look, _all_replaced(child, text)))
        else:
            out.append(child)
    if not any(isinstance(c, Node) for c in names.children):
        return [text] if text else []
    return out if _has_names(names) else ([text] if text else [])


def _has_names(node: Node) -> bool:
    return isinstance(node, NamesNode) or any(
        isinstance(child, Node) and _has_names(child) for child in node.children
    )


def _people(node: Node) -> list[Node]:
    if isinstance(node, NamesNode):
        return node.people
    out: list[Node] = []
    for child in node.children:
        if isinstance(child, Node):
            out += _people(child)
    return out


def _same_start(mine: list[str], theirs: list[str]) -> int:
    count = 0
    for one, other in zip(mine, theirs, strict=False):
        if one != other:
            break
        count += 1
    return count
