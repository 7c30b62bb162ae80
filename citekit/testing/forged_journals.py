"""Journals of changes that nobody made, or that were stopped, for tests: a path in, nothing out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from citekit.integrity.digest import digest_bytes
from citekit.store.archive import ArchiveStore
from citekit.store.staging import Journal, Unfinished, begin
from citekit.testing.tamper import PLACES, forge, record_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def forge_journal(root: Path, path: Path, how: str) -> bool:
    """Do it, and have a journal that says so; False where that cannot be done to the file.

    *gone* deletes the file. *replaced* has other bytes where those of a purge would be. *changed*
    gives the file other bytes. *purged* deletes it, and an event that waits says why. *renamed*
    deletes it, and an item says that it was this one. *aside* is no forgery: the bytes are there.
    """
    return _JOURNALS[how](root, path)


def _begin_journal(root: Path, path: Path, **more: Any) -> Unfinished:  # noqa: ANN401  # fields of a journal
    """A staging folder whose journal names all that can be named of a file."""
    digests = (digest_bytes(path.read_bytes()),)
    leaving = (path.relative_to(root).as_posix(),)
    journal = Journal(action="purge", digests=digests, purged=digests, leaving=leaving, **more)
    return Unfinished(begin(ArchiveStore.open(root).layout, journal), journal)


def _journal_gone(root: Path, path: Path) -> bool:
    _begin_journal(root, path)
    path.unlink()
    return True


def _journal_replaced(root: Path, path: Path) -> bool:
    forged = _begin_journal(root, path)
    for access in ("public", "restricted"):
        forged.aside(forged.journal.purged[0], access).write_bytes(path.read_bytes() + b"!")
    path.unlink()
    return True


def _journal_changed(root: Path, path: Path) -> bool:
    _begin_journal(root, path)
    path.write_bytes(path.read_bytes() + b"!")
    return True


def _journal_purged(root: Path, path: Path) -> bool:
    _begin_journal(root, path)
    return forge(root, path, "purge")


def _journal_renamed(root: Path, path: Path) -> bool:
    record = record_of(root, path)
    if record is None:
        return False
    folder = record.parent.parent
    item = json.loads((folder / "item.json").read_bytes())
    item["custom"]["citekit"]["aliases"] = [item["id"]]
    _begin_journal(root, path, renamed=(folder.name, "forged2024"))
    (root / "items" / "forged2024").mkdir()
    new = json.dumps({**item, "id": "forged2024"})
    (root / "items" / "forged2024" / "item.json").write_text(new, "utf-8")
    path.unlink()
    return True


def _journal_aside(root: Path, path: Path) -> bool:
    if path.relative_to(root).parts[0] not in PLACES:
        return False
    stopped = _begin_journal(root, path)
    path.rename(stopped.aside(stopped.journal.purged[0], "public"))
    return True


_JOURNALS: Final[dict[str, Callable[[Path, Path], bool]]] = {
    "gone": _journal_gone,
    "replaced": _journal_replaced,
    "changed": _journal_changed,
    "purged": _journal_purged,
    "renamed": _journal_renamed,
    "aside": _journal_aside,
}
