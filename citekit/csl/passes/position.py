"""Positions of cites: first, subsequent, ibid, ibid with locator, near an earlier note.

Source: CSL 1.0.2 §Choose, ``position``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from citekit.csl.values.numbers import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIRST, SUBSEQUENT, IBID, IBID_LOCATOR = "first", "subsequent", "ibid", "ibid-with-locator"
_NUMBERED = {0: FIRST, 1: SUBSEQUENT, 2: IBID, 3: IBID_LOCATOR}


class Place(NamedTuple):
    """Where one cite stands in the document; a tuple like ``Hints``, for comparing."""

    position: str = FIRST
    near_note: bool = False
    first_note: int = 0


AT_FIRST = Place()
"""Where most cites stand; one object, since there are thousands."""


def given_place(cite: Mapping[str, Any]) -> Place:
    """The place a cite itself claims, for clusters that stand in no document."""
    position = cite.get("position")
    name = _NUMBERED.get(position, FIRST) if isinstance(position, int) else str(position or FIRST)
    note = cite.get("first-reference-note-number")
    return Place(name, bool(cite.get("near-note")), whole_number(str(note or "")))


def places(
    clusters: Sequence[tuple[int, Sequence[Mapping[str, Any]]]],
    near_distance: int | None,
    *,
    tells_notes: bool = True,
) -> list[list[Place]]:
    """The place of every cite; clusters are (note number or 0, cites) in document order.

    ``tells_notes`` where a style wants to know the note of the first cite; without a
    ``near_distance`` none is near.
    """
    first_notes: dict[str, int] = {}
    last_notes: dict[str, int] = {}
    in_text: Sequence[Mapping[str, Any]] | None = None
    notes = _Notes()
    out: list[list[Place]] = []
    for note, cites in clusters:
        before = notes.before(note) if note else in_text
        found: list[Place] = []
        for i, cite in enumerate(cites):
            key = str(cite.get("id"))
            if key not in first_notes:
                found.append(AT_FIRST)
                first_notes[key] = note
            else:
                earlier = cites[i - 1] if i else _only(before)
                distance = note - last_notes[key]
                near = near_distance is not None and distance <= near_distance
                first = first_notes[key] if tells_notes else 0
                found.append(Place(_again(cite, earlier), near, first))
            last_notes[key] = note
        if note:
            notes.add(note, cites)
        else:
            in_text = cites
        out.append(found)
    return out


class _Notes:
    """The citation that an ibid in a note may refer to."""

    __slots__ = ("_count", "_last", "_note")

    def __init__(self) -> None:
        self._note = 0
        self._count = 0
        self._last: Sequence[Mapping[str, Any]] | None = None

    def before(self, note: int) -> Sequence[Mapping[str, Any]] | None:
        """The citation before, in this note or alone in the note before."""
        if note == self._note:
            return self._last
        return self._last if note - self._note == 1 and self._count == 1 else None

    def add(self, note: int, cites: Sequence[Mapping[str, Any]]) -> None:
        self._count = self._count + 1 if note == self._note else 1
        self._note = note
        self._last = cites


def _only(before: Sequence[Mapping[str, Any]] | None) -> Mapping[str, Any] | None:
    """The cite of the citation before, if it names one item only."""
    if not before:
        return None
    ids = {str(cite.get("id")) for cite in before}
    return before[-1] if len(ids) == 1 else None


def _again(cite: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> str:
    if earlier is None or str(earlier.get("id")) != str(cite.get("id")):
        return SUBSEQUENT
    here, there = _locator(cite), _locator(earlier)
    if here == there:
        return IBID
    return IBID_LOCATOR if here[0] else SUBSEQUENT


def _locator(cite: Mapping[str, Any]) -> tuple[str, str]:
    locator = str(cite.get("locator") or "").strip()
    return (locator, str(cite.get("label") or "page")) if locator else ("", "")
