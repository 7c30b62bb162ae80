"""Joining cites: grouping by names, collapsing numbers, years and year suffixes.

Source: CSL 1.0.2 §Cite Grouping, §Cite Collapsing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.csl.compiled.state import State
from citekit.csl.output.tree import LetterNode, Node, exchange, plain_text
from citekit.csl.passes.cite import UNASKED, Piece, wrapped
from citekit.csl.style.ir import PLAIN
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.csl.output.tree import Owner
    from citekit.csl.passes.cite import CiteRenderer


_ENDS = ".,;:"


class Joined:
    """What a citation consists of, in order, and whose each part of it is."""

    __slots__ = ("owners", "parts")

    def __init__(self) -> None:
        self.parts: list[Node | str] = []
        self.owners: list[Owner] = []

    def add(self, part: Node | str, owner: Owner = None) -> None:
        """Add a cite, or what stands between two."""
        self.parts.append(part)
        self.owners.append(owner)

    def add_range(self, skipped: Sequence[Piece], last: Node, piece: Piece) -> None:
        """Add the end of a range; its dash stands for the cites that are skipped."""
        self.add("–", tuple(one.cite for one in skipped))
        self.add(last, piece.cite)


def collapse(renderer: CiteRenderer, pieces: list[Piece]) -> Joined:
    """The cites of a citation with what stands between them."""
    pieces = [piece for piece in pieces if piece.shows]
    area = renderer.program.style.citation
    options = area.options
    kind = options.get("collapse", "")
    if kind == "citation-number":
        return _numbers(pieces, renderer)
    if kind in ("year", "year-suffix", "year-suffix-ranged"):
        return _Years(renderer, kind).join(_grouped(pieces) if area.sort else pieces)
    if delimiter := options.get("cite-group-delimiter"):
        return _joined(_grouped(pieces), area.look.delimiter, delimiter)
    return _joined(pieces, area.look.delimiter, area.look.delimiter)


def _joined(pieces: Sequence[Piece], delimiter: str, within: str) -> Joined:
    out = Joined()
    before: Piece | None = None
    for piece in pieces:
        if before is not None:
            same = before.names and before.names == piece.names
            _delimit(out, before, piece, within if same else delimiter)
        out.add(wrapped(piece), piece.cite)
        before = piece
    return out


def _delimit(out: Joined, before: Piece, after: Piece, delimiter: str) -> None:
    """The delimiter, unless the affixes people typed already separate the two cites."""
    if after.prefix[:1] in tuple(_ENDS) or before.suffix.rstrip()[-1:] in tuple(_ENDS):
        if not after.prefix[:1].isspace() and after.prefix[:1] not in tuple(_ENDS):
            out.add(delimiter[len(delimiter.rstrip()) :])
        return
    if delimiter:
        out.add(delimiter)


def _grouped(pieces: list[Piece]) -> list[Piece]:
    """Cites with the same names brought together, at the place of the first of them."""
    groups: dict[str, list[Piece]] = {}
    for i, piece in enumerate(pieces):
        key = piece.names or f"\0{i}"
        groups.setdefault(key, []).append(piece)
    return [piece for group in groups.values() for piece in group]


# ---------------------------------------------------------------------------------------- numbers


def _numbers(pieces: list[Piece], renderer: CiteRenderer) -> Joined:
    """Runs of three and more numbers in a row as ranges."""
    area = renderer.program.style.citation
    delimiter = area.look.delimiter
    after = area.options.get("after-collapse-delimiter", delimiter)
    out = Joined()
    i = 0
    between = delimiter
    while i < len(pieces):
        run = _run_length(pieces, i)
        if i:
            pinned = pieces[i - 1].cite.get("locator") and pieces[i].cite.get("locator")
            _delimit(out, pieces[i - 1], pieces[i], after if pinned else between)
        out.add(wrapped(pieces[i]), pieces[i].cite)
        between = delimiter
        if run >= 3:
            last = pieces[i + run - 1]
            out.add_range(pieces[i + 1 : i + run - 1], wrapped(last), last)
            between = after
            i += run
        else:
            i += 1
    return out


def _run_length(pieces: list[Piece], start: int) -> int:
    """How many cites from here on are bare and count up by one."""
    end = start
    while end < len(pieces) and pieces[end].is_bare:
        number = pieces[end].facts.number
        if end > start and number != pieces[end - 1].facts.number + 1:
            break
        end += 1
    return end - start


# ------------------------------------------------------------------------------------------ years


class _Years:
    """Collapsing of cites with the same names: years, or only the letters behind them.

    What stands between two cites depends on whether the second one "is collapsed": it shows neither
    a text of its item nor names that the cite before it had not. So an undated cite of the same
    author, or one of nobody at all, is joined as if it were another year, but a title is not. The
    specification speaks of names alone; this is how the reference processor goes about it.
    """

    def __init__(self, renderer: CiteRenderer, kind: str) -> None:
        area = renderer.program.style.citation
        options = area.options
        self._renderer = renderer
        self._kind = kind
        self._suffixes = kind != "year"
        self._ranged = kind == "year-suffix-ranged"
        self._delimiter = area.look.delimiter
        self._after = options.get("after-collapse-delimiter")
        self._grouped = options.get("cite-group-delimiter") or None
        self._in_text = renderer.program.style.style_class == "in-text"
        self._between_suffixes = options.get(
            "year-suffix-delimiter", self._grouped or self._delimiter
        )

    def join(self, pieces: list[Piece]) -> Joined:
        out = Joined()
        i = 0
        while i < len(pieces):
            self._add(pieces, i, out)
            run = self._suffix_run(pieces, i) if self._suffixes else 1
            if run > 1:
                self._letters(pieces[i : i + run], out)
            i += run
        return out

    def _add(self, pieces: list[Piece], i: int, out: Joined) -> None:
        """A cite, without the names it shares with those before."""
        piece, shared = pieces[i], _shares_names(pieces, i)
        piece.collapsed = not piece.texts and (shared or not _is_named(piece))
        if shared:
            self._renderer.render(piece, names=False)
            if not piece.shows:
                return
        if out.parts:
            _delimit(out, pieces[i - 1], piece, self._between(pieces[i - 1], piece, shared=shared))
        out.add(wrapped(piece), piece.cite)

    def _between(self, before: Piece, after: Piece, *, shared: bool) -> str:
        """What stands between two cites that are more than a letter."""
        if self._grouped is not None and shared:
            return self._grouped
        if self._after is not None:
            ends = not after.collapsed and (before.collapsed or self._kind != "year-suffix")
            return self._after if before.cite.get("locator") or ends else self._delimiter
        return ", " if after.collapsed and self._in_text else self._delimiter

    def _suffix_run(self, group: list[Piece], start: int) -> int:
        """How many cites from here on differ only in their year suffix."""
        first = group[start]
        if start + 1 == len(group) or not _can_shrink(first):
            return 1
        year = self._bare_text(first)
        end = start + 1
        while end < len(group):
            piece = group[end]
            if not (_can_shrink(piece) and _are_alike(group, end)):
                break
            if self._bare_text(piece) != year:
                break
            end += 1
        return end - start

    def _bare_text(self, piece: Piece) -> str:
        """The cite without names and year suffix."""
        context = self._renderer.context(piece.facts, piece.cite, piece.place)
        bare = replace(context, skips_names=True, year_text="", locator="")
        return plain_text([self._renderer.program.cite(State(bare))])

    def _letters(self, run: list[Piece], out: Joined) -> None:
        """Only the letters of the cites after the first of a run, perhaps as ranges."""
        i = 1
        while i < len(run):
            end = i
            if self._ranged:
                while end + 1 < len(run) and _follows(run[end], run[end + 1]):
                    end += 1
                if i == 1 and end > i and _follows(run[0], run[1]):
                    out.add_range(run[i:end], _letter(run[end]), run[end])
                    i = end + 1
                    continue
            if run[i].is_bare and not run[i - 1].suffix:
                out.add(self._between_suffixes)
                out.add(self._short(run[i]), run[i].cite)
            else:
                run[i].collapsed = not run[i].texts
                _delimit(out, run[i - 1], run[i], self._between(run[i - 1], run[i], shared=True))
                out.add(wrapped(run[i], self._short(run[i])), run[i].cite)
            if end - i >= 2:
                out.add_range(run[i + 1 : end], _letter(run[end]), run[end])
                i = end + 1
            else:
                i += 1

    def _short(self, piece: Piece) -> Node:
        """A cite that shows its letter and what follows it, without names and year."""
        if not piece.cite.get("locator"):
            return _letter(piece)
        self._renderer.render(piece, names=False)
        year = _year_before_letter(piece.body)
        return piece.body if year is None else exchange(piece.body, year, None)


def _is_named(piece: Piece) -> bool:
    return bool(piece.names) and not piece.names.startswith(UNASKED)


def _shares_names(pieces: list[Piece], i: int) -> bool:
    """Whether a cite has the names of the last one that has any."""
    if not _is_named(pieces[i]):
        return False
    earlier = next((pieces[j].names for j in range(i - 1, -1, -1) if pieces[j].names), "")
    return pieces[i].names == earlier


def _are_alike(pieces: list[Piece], i: int) -> bool:
    """Whether a cite has the names of the one before, or neither is asked for any."""
    return _shares_names(pieces, i) or pieces[i].names == pieces[i - 1].names == UNASKED


def _can_shrink(piece: Piece) -> bool:
    """Whether a cite can be shown by its letter alone, perhaps with a locator behind it."""
    if not (piece.facts.year_text and piece.years):
        return False
    return not piece.cite.get("locator") or _year_before_letter(piece.body) is not None


def _year_before_letter(node: Node) -> Node | None:
    """The year that its letter follows (there is no ``year-suffix`` of the style)."""
    before: Node | None = None
    for child in node.children:
        if isinstance(child, str):
            continue
        if isinstance(child, LetterNode):
            return before
        found = _year_before_letter(child)
        if found is not None:
            return found
        before = child
    return None


def _follows(one: Piece, other: Piece) -> bool:
    if not (one.is_bare and other.is_bare):
        return False
    return other.facts.hints.year_suffix == one.facts.hints.year_suffix + 1


def _letter(piece: Piece) -> Node:
    return piece.years[0] if piece.years else Node(PLAIN, [piece.facts.year_text])
