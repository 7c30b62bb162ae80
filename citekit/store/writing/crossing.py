"""An item on its way into private, or out of it: no stop leaves private bytes where git takes them.

What an item's folder holds comes over in one rename, and lies in one place at any time; what lies
under ``private/`` is private, whatever it says. So on the way in, bytes leave the open places
first, then the folder is renamed, then the record says it; on the way out the record says it
first, then the folder is renamed, then the bytes follow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.model.records.json_text import dump_json
from citekit.store import files

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.model.item import Item
    from citekit.store.reading import ArchiveReader
    from citekit.store.writing.transaction import Change


def take_in(store: ArchiveReader, change: Change, item: Item) -> Path:
    """Have an item under ``private/``; its new folder. Its bytes have left the open places."""
    old = store.layout.item_folder(item.key)
    new = store.layout.private_items / old.name
    _move(store, old, new)
    change.move_over(new / "item.json", dump_json(dict(item.data)).encode())
    return new


def let_out(store: ArchiveReader, change: Change, item: Item) -> Path:
    """Have a private item among the others; its new folder. Its bytes follow when that is done."""
    old = store.layout.item_folder(item.key)
    new = store.layout.items / old.name
    change.move_over(old / "item.json", dump_json(dict(item.data)).encode())
    _move(store, old, new)
    return new


def records_in(folder: Path) -> list[Path]:
    """The files of an item's folder but item.json: captures, note and annotations."""
    captures = [folder / "captures" / name for name in sorted(files.names(folder / "captures"))]
    others = (folder / name for name in ("note.md", "annotations.jsonl"))
    return [*captures, *(path for path in others if path.is_file())]


def _move(store: ArchiveReader, old: Path, new: Path) -> None:
    files.make_folder(store.layout.check_inside(new.parent), root=store.root)
    files.remove_empty(new, root=new.parent)
    files.move(store.layout.check_inside(old), new)
