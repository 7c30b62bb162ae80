"""Who is named together with whom: a ring of names, and lines between those of one passage.

The same archive gives the same picture: names stand in the order of their kinds and letters, and
nothing is left to chance. The table below it has the numbers.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from math import cos, pi, sin
from typing import TYPE_CHECKING, Final

from citekit.pages import wording
from citekit.pages.addresses import page_of
from citekit.pages.element import Element, h, to

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citekit.model.entity import Entity
    from citekit.pages.library import Library

    Pairs = Mapping[tuple[str, str], int]

_MOST_NODES: Final = 40
_MOST_LINES: Final = 120
_MOST_ROWS: Final = 50
_MOST_IN_A_PASSAGE: Final = 20  # who names more of them has made a list, and no tie
_MIDDLE: Final = 330
_RADIUS: Final = 170
_AWAY: Final = 12
_LABEL_HEIGHT: Final = 14


def network(library: Library) -> list[Element]:
    """The picture and its table; nothing where no two names stand in one passage."""
    pairs = named_together(library)
    shown = _chosen(library, pairs)
    kept = {pair: times for pair, times in pairs.items() if {*pair} <= {e.id for e in shown}}
    if not kept:
        return []
    return [h("site", h("picture", _drawing(library, shown, kept))), _table(library, kept)]


def named_together(library: Library) -> Pairs:
    """How many annotations name both of two entities, which are in the order of their ids."""
    pairs: Counter[tuple[str, str]] = Counter()
    for shelf in library.shelves.values():
        for annotation in shelf.annotations:
            named = sorted({e for e in annotation.entities if e in library.entities})
            pairs.update(combinations(named[:_MOST_IN_A_PASSAGE], 2))
    return pairs


def _chosen(library: Library, pairs: Pairs) -> list[Entity]:
    """The entities with most ties, in the order in which they stand on the ring."""
    ties: Counter[str] = Counter()
    for pair, times in pairs.items():
        ties.update(dict.fromkeys(pair, times))
    most = sorted(ties, key=lambda name: (-ties[name], name))[:_MOST_NODES]
    kinds = list(wording.KINDS)
    chosen = (library.entities[name] for name in most)
    return sorted(chosen, key=lambda e: (kinds.index(e.kind), e.name.casefold(), e.id))


def _drawing(library: Library, entities: Sequence[Entity], pairs: Pairs) -> Element:
    turns = {e.id: 2 * pi * number / len(entities) for number, e in enumerate(entities)}
    heights = _label_heights(turns)
    heaviest = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:_MOST_LINES]
    return h(
        "svg",
        [_line(turns[a], turns[b], pairs[a, b]) for a, b in heaviest],
        [_node(library, e, turns[e.id], heights[e.id]) for e in entities],
        viewBox=f"0 -40 {2 * _MIDDLE} 500",
        class_="ck-picture ck-network",
        role="group",
        aria_label="Who is named together with whom; the table below says the same",
    )


def _at(turn: float, radius: float) -> tuple[float, float]:
    return _MIDDLE + radius * cos(turn), 210 + radius * sin(turn)


def _line(one: float, other: float, times: int) -> Element:
    (x1, y1), (x2, y2) = _at(one, _RADIUS), _at(other, _RADIUS)
    places = {"x1": f"{x1:.1f}", "y1": f"{y1:.1f}", "x2": f"{x2:.1f}", "y2": f"{y2:.1f}"}
    return h("line", class_=f"ck-tie ck-tie-{min(times, 3)}", **places)


def _label_heights(turns: Mapping[str, float]) -> dict[str, float]:
    """How high each label stands: beside its dot, or so far off that it covers no other one."""
    heights: dict[str, float] = {}
    for is_right in (True, False):
        side = [name for name, turn in turns.items() if (cos(turn) > 0) is is_right]
        side.sort(key=lambda name: abs(sin(turns[name])))  # from the middle outward
        for sign in (-1, 1):
            last = float("-inf")
            for name in side:
                offset = sin(turns[name]) * (_RADIUS + _AWAY) * sign
                if offset > 0 or (offset == 0 and sign == 1):
                    last = max(offset, last + _LABEL_HEIGHT)
                    heights[name] = 210 + sign * last
    return heights


def _node(library: Library, entity: Entity, turn: float, label_y: float) -> Element:
    """A dot and a name away from the ring."""
    (x, y), (label_x, _) = _at(turn, _RADIUS), _at(turn, _RADIUS + _AWAY)
    anchor = "start" if cos(turn) > 0 else "end"
    name = h("text", wording.shorten(entity.name, 24), x=f"{label_x:.1f}", y=f"{label_y + 4:.1f}",
             text_anchor=anchor)  # fmt: skip
    dot = h("circle", h("title", entity.name), cx=f"{x:.1f}", cy=f"{y:.1f}", r="5.5")
    page = page_of(library, f"entity:{entity.id}")
    return h("a", dot, name, page=page, class_="ck-dot ck-dot-occurrence")


def _table(library: Library, pairs: Pairs) -> Element:
    names = library.entities
    rows = [
        h(
            "tr",
            h("td", to("entity", one, names[one].name)),
            h("td", to("entity", other, names[other].name)),
            h("td", str(pairs[one, other])),
        )
        for one, other in sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:_MOST_ROWS]
    ]
    head = h("tr", h("th", "Name"), h("th", "Named with"), h("th", "Passages"))
    told = h("summary", "The same as a table")
    return h("details", told, h("table", head, rows, class_="ck-ties"), class_="ck-fold")
