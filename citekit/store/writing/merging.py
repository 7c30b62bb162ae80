"""Two items become one: what one of them has comes to the other, and its folder goes.

Everything is staged first. The record of the item that stays says, in one rename, what it has taken
in: that is the change. Captures, annotations and the note follow it, and then the other folder
goes; until its captures and annotations are where they belong, it is an item like before. Who ends
a change that was stopped goes on with what is still staged.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from citekit.errors import InvalidData, NotFound
from citekit.model.annotation import Annotation, partition
from citekit.model.identifiers import is_stamp
from citekit.model.item import Item
from citekit.model.records.json_text import dump_json, dump_json_line
from citekit.model.value import NOTHING, Value
from citekit.store import files
from citekit.store.private.recording import note_removed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from citekit.store.layout import Layout
    from citekit.store.reading import ArchiveReader
    from citekit.store.staging import Unfinished

_STAGED: Final = "merged"
_PRIVATE: Final = "private.jsonl"


class Merged(Value):
    """The ``item`` that stays as it is to be, and the key of the one that is ``gone`` then.

    ``captures`` are records to the byte, by the stamps that they get; ``annotations`` and ``note``
    are all that the item has afterwards.
    """

    item: Item
    gone: str
    captures: Mapping[str, bytes] = NOTHING
    annotations: tuple[Annotation, ...] = ()
    note: str | None = None


def stage(folder: Path, merged: Merged, *, root: Path) -> None:
    """Have what follows the change in its staging folder."""
    staged = folder / _STAGED
    files.make_folder(staged / "captures", root=root)
    for stamp, data in merged.captures.items():
        files.write_new(staged / "captures" / f"{stamp}.json", [data])
    files.flush_folder(staged / "captures")
    own, private = partition(merged.annotations, merged.item.facts.access)
    for name, some in (("annotations.jsonl", own), (_PRIVATE, private)):
        if some:
            files.write_new(staged / name, [_lines(some)])
    if merged.note:
        files.write_new(staged / "note.md", [merged.note.encode()])
    files.flush_folder(staged)


def record_of(merged: Merged) -> bytes:
    """What the record of the item that stays will say."""
    return dump_json(dict(merged.item.data)).encode()


def finish(store: ArchiveReader, stopped: Unfinished) -> None:
    """End a merge that has happened: what is staged comes to its place, the other folder goes."""
    old, new = stopped.journal.merged
    with suppress(InvalidData, NotFound):
        if not store.has_taken_in(old, new):
            return
        for source, target in _moves(store.layout, stopped.folder / _STAGED, new):
            files.make_folder(store.layout.check_inside(target.parent), root=store.root)
            files.move(source, store.layout.check_inside(target))
        if store.is_merged(old, new):
            _drop(store, old, stopped.folder)


def _moves(layout: Layout, staged: Path, new: str) -> Iterator[tuple[Path, Path]]:
    """What is staged and where it belongs, in the order in which it has to come there."""
    folder = layout.folder_of(new)
    for name in sorted(files.names(staged / "captures")):
        target = folder / "captures" / name
        if is_stamp(name.removesuffix(".json")) and not target.exists():
            yield staged / "captures" / name, target
    others = {
        _PRIVATE: layout.private_notes / new / "annotations.jsonl",
        "annotations.jsonl": folder / "annotations.jsonl",
        "note.md": folder / "note.md",
    }
    yield from ((staged / n, target) for n, target in others.items() if (staged / n).is_file())


def _drop(store: ArchiveReader, old: str, folder: Path) -> None:
    """Have the folder of the item that was taken in go, and its private notes."""
    layout = store.layout
    notes = layout.private_notes / old
    for gone in (layout.folder_of(old), *([notes] if notes.is_dir() else ())):
        if layout.lies_in_private(gone):
            note_removed(layout, gone)
        files.move(layout.check_inside(gone), files.unused(folder))


def _lines(annotations: Iterable[Annotation]) -> bytes:
    return "".join(dump_json_line(dict(a.data)) for a in annotations).encode()
