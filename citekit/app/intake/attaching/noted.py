"""Notes and highlights of one item, told apart: what is new, known, changed there or edited here.

``custom.citekit.imported`` has a checksum of each as it came, under its id, and of the item's note
under ``note.md``. What came before and is not here any more was removed here, and stays so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from citekit.app.intake.attaching.marks import ItemMarks, checksum_of
from citekit.app.intake.recognising.merging import Difference
from citekit.app.intake.recognising.said import checksum
from citekit.findings import Finding, Severity
from citekit.formats.attached import Mark
from citekit.model.quotation import MOST_WORDS, repeats
from citekit.model.value import replace
from citekit.store.clock import now as this_second

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.app.intake.recognising.merging import Merging
    from citekit.errors import Place
    from citekit.formats.attached import Attached, AttachedNote
    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.writer import Writer

State = Literal["new", "known", "removed", "free", "edited"]
"""Of a note or highlight: never here, the same, removed here, changed there alone, or here too."""

NOTE: Final = "note.md"
_BETWEEN: Final = "\n\n***\n\n"


class _Piece(NamedTuple):
    """A highlight, or a note as one: the path of the file that it is on; whether others may see."""

    mark: Mark
    path: str = ""
    is_private: bool = False


class Noted:
    """What an export says of an item in words, and what becomes of it.

    ``notes`` and ``annotations`` count what has come; of an item that is not there yet (None), what
    would. To be asked under the lock, but for ``plan``.
    """

    def __init__(self, store: ArchiveStore, item: Item | None, merging: Merging) -> None:
        self._store = store
        self._item = item
        self._merging = merging
        self._maker = ItemMarks(store, item) if item else None
        self._here = {a.id: a for a in store.annotations(item.key)} if item else {}
        self._note_here = store.note(item.key) if item else None
        self._came = dict(item.facts.imported) if item else {}
        self._lost = self._kept_back = self._left = 0
        self.notes = self.annotations = 0

    def plan(self, attached: Attached) -> None:
        """Count what would come."""
        note, pieces = self._sorted(attached)
        self.notes = int(self._state_of_note(note) == "new")
        self.annotations = sum(self._state(piece.mark) == "new" for piece in pieces)

    def take(self, attached: Attached, stamps: Mapping[str, str], writer: Writer) -> None:
        """Write what is new, and what has changed where that is wished.

        ``stamps`` has for the paths of files the captures in which their highlights are sought.
        """
        if self._item is None or self._maker is None:
            return
        note, pieces = self._sorted(attached)
        states = {piece.mark.id: self._state(piece.mark) for piece in pieces}
        states[NOTE] = self._state_of_note(note)
        wanted = self._wanted(states)
        for piece in pieces:
            if piece.mark.id in wanted:
                self._annotate(self._maker, piece, stamps.get(piece.path))
            elif states[piece.mark.id] == "known":
                self._came[piece.mark.id] = checksum_of(piece.mark)
        if self.annotations:
            writer.write_annotations(self._item.key, self._here.values())
        if NOTE in wanted:
            writer.write_note(self._item.key, note + "\n")
            self._came[NOTE] = checksum(note + "\n")
            self.notes = 1
        if self._came != self._item.facts.imported:
            facts = replace(self._item.facts, imported=self._came)
            writer.replace_item(self._item.with_facts(facts))

    def findings(self, place: Place) -> Iterator[Finding]:
        """What is to be said of it."""
        key = self._item.key if self._item else ""
        if self._lost:
            message = f"{key}: of {self._lost} highlights no kept text has the words in one place"
            hint = "they are annotations of the item, private where it is restricted"
            yield _told("CK-I775", message, place, hint=hint)
        if self._kept_back:
            message = (
                f"{key}: {self._kept_back} notes quote more than {MOST_WORDS} words of its text"
            )
            hint = "the item is restricted, so they are private annotations"
            yield _told("CK-I776", message, place, hint=hint)
        if self._left:
            message = f"{key}: {self._left} notes or highlights stay as they are here"
            hint = "--merge theirs takes over what was not edited here"
            yield _told("CK-W777", message, place, hint=hint, severity=Severity.WARNING)

    # ── what is what ───────────────────────────────────────────────────────────────────────────

    def _sorted(self, attached: Attached) -> tuple[str, list[_Piece]]:
        """The text of the item's note, and what becomes annotations.

        So does a note that quotes too much, and one where somebody here has written the item's.
        """
        pieces = [_Piece(mark, file.path) for file in attached.files for mark in file.marks]
        held = [note for note in attached.notes if self._quotes_much(note)]
        others = [note for note in attached.notes if note not in held]
        text = _BETWEEN.join(note.text for note in others)
        is_own = self._note_here not in (None, text + "\n") and NOTE not in self._came
        pieces += [_Piece(_as_mark(note), is_private=True) for note in held]
        pieces += [_Piece(_as_mark(note)) for note in others if is_own]
        self._kept_back = sum(p.is_private and self._state(p.mark) == "new" for p in pieces)
        return "" if is_own else text, pieces

    def _quotes_much(self, note: AttachedNote) -> bool:
        """Whether a note shows more of a restricted item's text than its records may."""
        if self._maker is None or not self._maker.is_restricted:
            return False
        return note.quoted > MOST_WORDS or any(repeats(note.text, t) for t in self._maker.texts)

    def _state(self, mark: Mark) -> State:
        here, came, said = self._here.get(mark.id), self._came.get(mark.id), checksum_of(mark)
        if here is None:
            return "new" if came is None else "removed"
        if came in (None, said):  # None: the annotation was written, and a stop came before its sum
            return "known"
        return "edited" if "modified" in here.data else "free"

    def _state_of_note(self, text: str) -> State:
        here, came = self._note_here, self._came.get(NOTE)
        if not text or here == text + "\n" or came == checksum(text + "\n"):
            return "known"
        if here is None:
            return "new" if came is None else "removed"
        return "free" if checksum(here) == came else "edited"

    def _wanted(self, states: Mapping[str, State]) -> set[str]:
        """The ids of what is written: all that is new, and what is free if that is wished."""
        found = {
            state: [id_ for id_ in states if states[id_] == state] for state in states.values()
        }
        free, edited = found.get("free", []), found.get("edited", [])
        if (free or edited) and self._item:
            difference = Difference(
                key=self._item.key,
                entry=self._item.key,
                by="id",
                variables=tuple(map(_called, [*free, *edited])),
                taken=tuple(map(_called, free)),
                edited=tuple(map(_called, edited)),
            )
            if not free or self._merging.choice(difference) != "theirs":
                edited, free = [*edited, *free], []
        self._left = len(edited)
        return {*found.get("new", []), *free}

    def _annotate(self, maker: ItemMarks, piece: _Piece, stamp: str | None) -> None:
        mark = piece.mark
        others = [annotation for annotation in self._here.values() if annotation.id != mark.id]
        made = maker.make(mark, others, stamp=stamp, now=this_second())
        is_private = made.annotation.is_private or piece.is_private
        self._here[mark.id] = made.annotation.with_private(private=is_private)
        self._came[mark.id] = checksum_of(mark)
        self._lost += not made.is_found
        self.annotations += 1


def _as_mark(note: AttachedNote) -> Mark:
    return Mark(id=note.id, note=note.text)


def _called(identifier: str) -> str:
    """What a note or highlight is called when somebody is asked about it."""
    return identifier if identifier == NOTE else f"annotation {identifier[9:17]}"


def _told(
    code: str, message: str, place: Place, *, hint: str, severity: Severity = Severity.NOTE
) -> Finding:
    return Finding(code=code, severity=severity, message=message, place=place, hint=hint)
