"""The formatted tree: what evaluation makes and renderers read.

A node is a look (fonts, affixes, the variable, macro and style line it came from) and children,
which are nodes or plain text. Text never holds markup, so no renderer can be tricked by an item.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from citekit.csl.style.ir import PLAIN, Look

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


class Node:
    """A piece of output: children joined by ``look.delimiter``, wrapped as ``look`` says.

    Slots, since a reference has some forty nodes: making a Value takes three times as long.
    """

    __slots__ = ("children", "look")

    def __init__(self, look: Look, children: Sequence[Node | str]) -> None:
        self.look = look
        self.children = children


class Rich(Node):
    """The text of one field, with its own markup; punctuation inside it is the author's."""

    __slots__ = ()


class Numeral(Rich):
    """The output of ``cs:number``."""

    __slots__ = ()


class BareLabel(Node):
    """A label whose own variable is empty: shown only beside a number (``with_labels``)."""

    __slots__ = ()


class Digits(Numeral):
    """Such output where it is figures and no word: ``12``, ``A3``, ``4–6``, but not ``2nd``."""

    __slots__ = ()


class Affix(Rich):
    """What a person typed before or after a cite: its punctuation settles with its neighbours."""

    __slots__ = ()


class Quoted(Node):
    """A quotation inside a field, with the two marks that were typed around it."""

    __slots__ = ("is_straight_single", "marks")

    def __init__(
        self,
        children: Sequence[Node | str],
        marks: tuple[str, str],
        *,
        is_straight_single: bool = False,
    ) -> None:
        super().__init__(PLAIN, children)
        self.marks = marks
        self.is_straight_single = is_straight_single  # typed as apostrophes


class Kept(Node):
    """Text whose letter case stays (``nocase``); it may also lose the surrounding fonts."""

    __slots__ = ("upright",)

    def __init__(
        self, look: Look, children: Sequence[Node | str], *, upright: bool = False
    ) -> None:
        super().__init__(look, children)
        self.upright = upright


class Named(Protocol):
    """Somebody whose name a tree shows; ``key`` says who it is."""

    key: str


class NamesNode(Node):
    """The output of ``cs:names``; ``people`` are the nodes of the single names, in order.

    ``shown`` are these people themselves, however much of their names is written.
    """

    __slots__ = ("people", "shown")

    def __init__(
        self,
        look: Look,
        children: Sequence[Node | str],
        people: list[Node],
        shown: Sequence[Named] = (),
    ) -> None:
        super().__init__(look, children)
        self.people = people
        self.shown = shown


Owner: TypeAlias = "Mapping[str, Any] | tuple[Mapping[str, Any], ...] | None"
"""Whose a part of a citation is: a cite's; that of several, which a dash stands for; nobody's."""


class Cluster(Node):
    """A whole citation; ``owners`` says of each child whose it is, in order (empty: not known).

    A cite is the very mapping that the citation was given. The owners stand beside the children and
    not in nodes around them, since how marks meet depends on the nodes between them.
    """

    __slots__ = ("owners",)

    def __init__(
        self, look: Look, children: Sequence[Node | str], owners: Sequence[Owner] = ()
    ) -> None:
        super().__init__(look, children)
        self.owners = owners


class Note(Cluster):
    """A whole citation of a note style: parentheses inside its parentheses become brackets."""

    __slots__ = ()


class Labelled(Node):
    """Names with their label."""

    __slots__ = ()


class Linked(Node):
    """The text of an entry inside one link; it adds nothing else."""

    __slots__ = ()


class YearNode(Node):
    """A year, or a year suffix: the places collapsing looks for."""

    __slots__ = ()


class LetterNode(YearNode):
    """A year suffix that stands behind its year without being asked for by the style."""

    __slots__ = ()


def leaves(node: Node) -> Iterator[str]:
    """The texts of a tree without affixes and delimiters, in order."""
    for child in node.children:
        if isinstance(child, str):
            yield child
        else:
            yield from leaves(child)


def map_text(
    node: Node, change: Callable[[str], str], copies: dict[int, Node] | None = None
) -> Node:
    """The same tree with every text changed (affixes are not text).

    ``copies`` takes in each new node, by the ``id`` of the old one.
    """
    copies = {} if copies is None else copies
    children = [
        change(child) if isinstance(child, str) else map_text(child, change, copies)
        for child in node.children
    ]
    copy = with_children(node, children)
    if isinstance(copy, NamesNode):
        copy.people = [copies.get(id(person), person) for person in copy.people]
    copies[id(node)] = copy
    return copy


def with_children(node: Node, children: Sequence[Node | str]) -> Node:
    """A copy of a node, of the same kind, with other children."""
    if isinstance(node, Quoted):
        return Quoted(children, node.marks, is_straight_single=node.is_straight_single)
    if isinstance(node, Kept):
        return Kept(node.look, children, upright=node.upright)
    if isinstance(node, NamesNode):
        return NamesNode(node.look, children, node.people, node.shown)
    return type(node)(node.look, children)


def find(node: Node, wanted: type[Node]) -> Node | None:
    """The first node of a kind, depth first."""
    if isinstance(node, wanted):
        return node
    for child in node.children:
        if not isinstance(child, str):
            found = find(child, wanted)
            if found is not None:
                return found
    return None


def comes_from_item(node: Node) -> bool:
    """Whether a tree shows names or another variable of the item, not only terms."""
    return bool(node.look.variable and node.children) or any(
        isinstance(child, NamesNode) or (isinstance(child, Node) and comes_from_item(child))
        for child in node.children
    )


def exchange(node: Node, old: Node, new: Node | None) -> Node:
    """The tree with one node (found by identity) replaced or left out."""
    children: list[Node | str] | None = None  # made where something changes, which is seldom
    for i, child in enumerate(node.children):
        if not isinstance(child, str):
            other = new if child is old else exchange(child, old, new)
            if other is not child:
                children = list(node.children[:i]) if children is None else children
                if other is not None and (child is old or other.children or not child.children):
                    children.append(other)
                continue
        if children is not None:
            children.append(child)
    return node if children is None else with_children(node, children)


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
