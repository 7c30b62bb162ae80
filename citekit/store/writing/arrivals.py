"""Items that come in together: each whole or not at all, in their order, with few flushes for all.

The steps are those of one item, each taken for all of them: everything is written below the staging
folder, and flushed; the payloads get their names, and these are flushed; then one rename after the
other makes an item of its folder. So a stop at any time leaves the first so many of them, and of
the others at most payloads, which the journal names.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, TypeVar

from citekit.errors import CitekitError, Place, StoreConflict
from citekit.model.capture import Capture
from citekit.model.item import Item
from citekit.model.records.codec import to_json
from citekit.model.records.json_text import dump_json
from citekit.model.value import NOTHING, Value
from citekit.store import files
from citekit.store.writing.flushing import flush
from citekit.store.writing.transaction import PayloadSource, check_size, named_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from citekit.model.item import Access
    from citekit.store.reading import ArchiveReader
    from citekit.store.writing.last_change import LastChange
    from citekit.store.writing.transaction import Change

T = TypeVar("T")

MOST_TOGETHER: Final = 64
"""So many items are one group: of more, a stop would cost more, and little would be saved."""


def grouped(things: Iterable[T]) -> Iterator[list[T]]:
    """The things in groups of which each may come in together."""
    rest = iter(things)
    while group := list(islice(rest, MOST_TOGETHER)):
        yield group


class Arrival(Value):
    """An item that is to come in, with its captures (by stamp) and payloads (by digest).

    ``options`` are those of the step that brings it, for its events; None: those of the writer.
    """

    item: Item
    captures: Mapping[str, Capture] = NOTHING
    payloads: Mapping[str, PayloadSource] = NOTHING
    note: str | None = None
    options: Mapping[str, Any] | None = None

    @property
    def access(self) -> Access:
        """Who may read the item."""
        return self.item.facts.access

    def records(self) -> Iterator[tuple[str, bytes]]:
        """What its folder has: path in it, and bytes; ``item.json`` is the first."""
        yield "item.json", dump_json(dict(self.item.data)).encode()
        for stamp in sorted(self.captures):
            yield f"captures/{stamp}.json", dump_json(to_json(self.captures[stamp])).encode()
        if self.note:
            yield "note.md", self.note.encode()


class Arriving:
    """One item on its way: the folder that it is to have, and what has kept it out, if anything."""

    def __init__(self, arrival: Arrival, target: Path) -> None:
        self.arrival = arrival
        self.target = target
        self.records = dict(arrival.records())
        self.staged: Path | None = None
        self.is_in = False
        self.error: CitekitError | None = None

    def files(self) -> dict[Path, bytes]:
        """The files of the item, where they are when it is in, with their bytes."""
        return {self.target.joinpath(*name.split("/")): data for name, data in self.records.items()}

    def changing(self) -> dict[str, bytes | None]:
        """The same by their names in the folder; None for one that never changes."""
        return {
            name: None if name.startswith("captures/") else data
            for name, data in self.records.items()
        }


class Arrivals:
    """The steps of a change that brings items in; what keeps one of them out is its ``error``."""

    def __init__(
        self,
        store: ArchiveReader,
        change: Change,
        arriving: Sequence[Arriving],
        last: LastChange,
    ) -> None:
        """``last`` is where it is written down what takes them back."""
        self._store = store
        self._layout = store.layout
        self._last = last
        self._change = change
        self._arriving = arriving
        self._staged: dict[str, tuple[Path, Access]] = {}
        """Payloads that have no name yet, by digest."""
        self._files: list[Path] = []
        self._folders = {change.folder}

    def come_in(self) -> None:
        """Take all steps; where the disk fails for all, each has that error."""
        try:
            self._take_steps()
        except CitekitError as error:
            for one in self._arriving:
                one.error = one.error or error

    def _take_steps(self) -> None:
        self._each(self._stage)
        self._flush()
        if self._staged:
            self._each(self._name_payloads)
            self._note_held()
            self._flush()
        self._each(self._move_in)
        self._flush()

    def _each(self, step: Callable[[Arriving], None]) -> None:
        for one in self._arriving:
            if one.error is None:
                try:
                    step(one)
                except CitekitError as error:
                    one.error = error

    def _flush(self) -> None:
        """Have the disk remember what the last step has written and named."""
        flush(self._layout.root, self._files, self._folders)
        self._files.clear()
        self._folders = {self._change.folder}

    def _stage(self, one: Arriving) -> None:
        """Write what the item consists of where nobody looks for it."""
        payloads = one.arrival.payloads
        known = named_by(one.arrival.captures.values(), payloads)
        for digest in payloads:
            check_size(self._stage_payload(digest, one.arrival), known[digest])
        folder = files.unused(self._change.folder)
        for name, data in one.records.items():
            path = folder.joinpath(*name.split("/"))
            self._folders.update([path.parent, *self._make_folder(path.parent)])
            files.write_new(path, [data], flushes=False)
            self._files.append(path)
        one.staged = folder

    def _stage_payload(self, digest: str, arrival: Arrival) -> Path:
        """Have the bytes ready, unless they are here, or come in with another item; where."""
        if digest in self._staged:
            path, access = self._staged[digest]
            self._change.settles |= access != arrival.access
            return path
        source, access = arrival.payloads[digest], arrival.access
        path, is_new = self._change.stage(digest, source, access, flushes=False)
        if is_new:
            self._staged[digest] = path, access
            self._files.append(path)
        return path

    def _name_payloads(self, one: Arriving) -> None:
        """Have the bytes where the first item that needs them says."""
        for digest in filter(self._staged.__contains__, one.arrival.payloads):
            staged, _ = self._staged[digest]
            target = self._store.objects.path(digest, one.arrival.access)
            self._layout.check_inside(target.parent)
            self._folders.update([target.parent, *self._make_folder(target.parent)])
            files.rename_over(staged, target)
            del self._staged[digest]

    def _note_held(self) -> None:
        """Remember that the bytes are on this machine."""
        named = {digest for one in self._arriving for digest in one.arrival.payloads}
        self._store.objects.note_held(named - self._staged.keys(), flushes=False)
        self._files.append(self._layout.held_file)
        self._folders.add(self._layout.local)

    def _move_in(self, one: Arriving) -> None:
        """The commit of an item: its folder appears whole."""
        target = one.target
        self._folders.update(self._make_folder(self._layout.check_inside(target.parent)))
        files.remove_empty(target, root=target.parent)
        if target.exists():
            raise StoreConflict(
                "is in the way: a folder without an item",
                place=Place(path=str(target)),
                hint="citekit verify shows what is in it; move it away",
            )
        if one.staged:
            self._last.come(target, one.changing())
            files.rename_over(one.staged, target)
            one.is_in = True
        self._folders.add(target.parent)

    def _make_folder(self, folder: Path) -> list[Path]:
        """Make a folder; those that are to be flushed for it."""
        return files.make_folder_unflushed(folder, root=self._layout.root)
