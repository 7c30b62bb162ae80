"""The citations in Pandoc's tree: found in reading order, and what they become put in their place.

A note stands in the tree where its mark does, so the order of the tree is that of reading. Whatever
is no citation is handed on as it is, kinds of elements that are not known here too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.app.rendering.layout import is_title, setting
from citekit.app.rendering.pandoc.inlines import SPACES, from_tokens, plain, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.app.rendering.affixes import Aside
    from citekit.app.rendering.layout import Setting
    from citekit.app.rendering.made import MadeCitation, MadePaper
    from citekit.app.rendering.pandoc.inlines import Inline
    from citekit.app.rendering.wishes import Wishes

    Placed = tuple["Spot", MadeCitation, Setting]

_INLINES: Final = frozenset(
    """Str Emph Underline Strong Strikeout Superscript Subscript SmallCaps Quoted Cite Code Space
    SoftBreak LineBreak Math RawInline Link Image Note Span""".split()  # noqa: SIM905  # reads better
)
_LABEL: Final = re.compile(r"\{#([^\s{}#]+)[^{}]*\}")


class Spot:
    """A citation in the tree: its place in a list of inlines, and where that stands."""

    __slots__ = ("at", "cite", "inlines", "is_in_note", "is_tail", "notes_before")

    def __init__(self, inlines: list[Inline], at: int, *, is_tail: bool, walk: Walk) -> None:
        self.inlines = inlines
        self.at = at
        self.cite: list[Any] = inlines[at]["c"]
        self.is_tail = is_tail  # whether nothing follows the list in its paragraph
        self.is_in_note = walk.depth_of_notes > 0
        self.notes_before = walk.notes


class Walk:
    """Finds the citations in a part of the tree, and the identifiers that it gives."""

    def __init__(self) -> None:
        self.spots: list[Spot] = []
        self.labels: set[str] = set()
        self.notes = 0
        self.depth_of_notes = 0

    def visit(self, node: object, *, is_tail: bool = True) -> None:
        """Look through a node with all that is in it."""
        if isinstance(node, list):
            self._list(node, is_tail=is_tail)
        elif isinstance(node, dict):
            is_note = node.get("t") == "Note"
            self.notes += is_note and not self.depth_of_notes
            self.depth_of_notes += is_note
            is_inline = node.get("t") in _INLINES and not is_note
            for child in node.values():
                if not isinstance(child, str):
                    self.visit(child, is_tail=is_tail or not is_inline)
            self.depth_of_notes -= is_note

    def _list(self, nodes: list[Any], *, is_tail: bool) -> None:
        if len(nodes) == 3 and isinstance(nodes[0], str) and isinstance(nodes[1], list):
            self.labels.add(nodes[0])
        last = _last_of_text(nodes)
        for at, node in enumerate(nodes):
            kind = node.get("t") if isinstance(node, dict) else None
            if kind == "Cite":
                self.spots.append(Spot(nodes, at, is_tail=is_tail, walk=self))
            elif kind == "Str":
                self.labels.update(_LABEL.findall(str(node["c"])))
            elif kind in _INLINES:
                self.visit(node, is_tail=is_tail and at >= last)
            else:
                self.visit(node, is_tail=is_tail)


def _last_of_text(nodes: Sequence[Any]) -> int:
    """The place of the last node that is no blank."""
    for at in range(len(nodes) - 1, -1, -1):
        if not (isinstance(nodes[at], dict) and nodes[at].get("t") in SPACES):
            return at
    return -1


def exchange(
    spots: Sequence[Spot],
    made: Sequence[MadeCitation],
    aside: Aside[list[Inline]],
    wishes: Wishes,
) -> None:
    """Put made citations into the tree, list by list.

    How each is set is decided before any of them is exchanged: what follows it is the paper's.
    """
    placed = [
        (spot, citation, _setting(spot, citation, wishes))
        for spot, citation in zip(spots, made, strict=True)
    ]
    lists: dict[int, list[Placed]] = {}
    for one in placed:
        lists.setdefault(id(one[0].inlines), []).append(one)
    for those in lists.values():
        those[0][0].inlines[:] = _exchanged(those, aside)


def _exchanged(placed: Sequence[Placed], aside: Aside[list[Inline]]) -> list[Inline]:
    """A list of inlines with its citations made."""
    inlines = placed[0][0].inlines
    out: list[Inline] = []
    at = 0
    for spot, citation, set_ in placed:
        is_blank = spot.at > at and inlines[spot.at - 1].get("t") in SPACES
        out += inlines[at : spot.at - (set_.drops_blanks and is_blank)]
        shown = from_tokens(set_.tokens, aside)
        if citation.is_note:
            shown = [{"t": "Note", "c": [{"t": "Para", "c": shown}]}]
        out += [*from_tokens(citation.name, aside), *words(set_.before_mark), *shown]
        at = spot.at + 1
        if set_.taken:
            left = _following(spot)[set_.taken :]
            out += [{"t": "Str", "c": left}] if left else []
            at += 1
    return out + inlines[at:]


def _setting(spot: Spot, citation: MadeCitation, wishes: Wishes) -> Setting:
    is_last = spot.is_tail and _last_of_text(spot.inlines) <= spot.at
    return setting(citation, _following(spot), wishes, is_last=is_last)


def _following(spot: Spot) -> str:
    """The word right behind a citation."""
    after = spot.inlines[spot.at + 1 : spot.at + 2]
    return str(after[0]["c"]) if after and after[0].get("t") == "Str" else ""


# ---- the bibliography


def add_bibliography(
    blocks: list[Any], made: MadePaper, aside: Aside[list[Inline]], title: str
) -> None:
    """Put the entries into a div ``refs``, else into an empty section of their name, or the end."""
    if not made.entries:
        return
    entries = [_entry(key, from_tokens(tokens, aside)) for key, tokens in made.entries]
    div = _find_div(blocks)
    if div is not None:
        attributes = div["c"][0]
        attributes[1] = list(dict.fromkeys([*attributes[1], *_classes(made)]))
        attributes[2] = [*attributes[2], *_spacing(made)]
        div["c"][1] += entries
        return
    new = {"t": "Div", "c": [["refs", _classes(made), _spacing(made)], entries]}
    at = _below_title(blocks, title)
    if at is not None:
        blocks.insert(at, new)
        return
    if title:
        heading = [1, ["bibliography", ["unnumbered"], []], words(title)]
        blocks.append({"t": "Header", "c": heading})
    blocks.append(new)


def _entry(key: str, inlines: list[Inline]) -> dict[str, Any]:
    paragraph = {"t": "Para", "c": inlines}
    return {"t": "Div", "c": [[f"ref-{key}", ["csl-entry"], []], [paragraph]]}


def _classes(made: MadePaper) -> list[str]:
    hanging = ["hanging-indent"] if made.spacing.hanging_indent else []
    return ["references", "csl-bib-body", *hanging]


def _spacing(made: MadePaper) -> list[list[str]]:
    """What differs from Pandoc's own spacing."""
    asked = (
        ("entry-spacing", made.spacing.entry_spacing),
        ("line-spacing", made.spacing.line_spacing),
    )
    return [[name, str(lines)] for name, lines in asked if lines != 1]


def _find_div(node: object) -> dict[str, Any] | None:
    """The div that is there for the bibliography."""
    if isinstance(node, dict):
        if node.get("t") == "Div" and node["c"][0][0] == "refs":
            return node
        return _find_div(node.get("c"))
    for child in node if isinstance(node, list) else []:
        if (found := _find_div(child)) is not None:
            return found
    return None


def _below_title(blocks: Sequence[Any], title: str) -> int | None:
    """The place behind the last heading of a bibliography, where nothing stands below it."""
    for at in range(len(blocks) - 1, -1, -1):
        block = blocks[at]
        if block.get("t") == "Header" and is_title(plain(block["c"][2]), title):
            is_empty = at + 1 == len(blocks) or blocks[at + 1].get("t") == "Header"
            return at + 1 if is_empty else None
    return None
