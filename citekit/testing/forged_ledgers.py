"""Ledgers of private things that somebody without a key has written, for tests.

``forge_ledger(store, how)`` does to what is private in an archive what ``how`` names, and writes
into ``private/log/ledger.jsonl`` whatever explains it best.
"""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Final

from citekit.integrity.digest import digest_bytes
from citekit.store.private.ledger import note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.store.archive import ArchiveStore


def forge_ledger(store: ArchiveStore, how: str, *, private: str, public: str) -> None:
    """Do it to the item ``private``, or to ``public``, which others may read.

    *first*: another capture record and payload, in a ledger that says it was sealed first.
    *removed* and *purged* delete what was sealed, and a line says so; *replayed* uses a line of the
    owner's for that, which was taken back since. *taken-in* moves a public item into private, and
    purges it there. *lost* deletes the ledger, *cut* takes the last seal out of it.
    """
    _FORGERIES[how](store, private if how != "taken-in" else public)


def _first(store: ArchiveStore, key: str) -> None:
    record, payload = _files(store, key)
    data = payload.read_bytes().replace(b"e", b"o", 1)
    said = record.read_text("utf-8").replace(digest_bytes(payload.read_bytes()), digest_bytes(data))
    payload.unlink()
    new = store.objects.path(digest_bytes(data), "private")
    new.parent.mkdir(exist_ok=True)
    new.write_bytes(data)
    record.write_text(said, "utf-8")
    name = _name(store, record)
    forged = {"files": {name: digest_bytes(record.read_bytes())}}
    bogus = {"root": "00" * 32, "secret": "00" * 32}
    first, *rest = _lines(store)
    _write(store, [first, forged, bogus, {"files": {name: None}}, *rest, forged])


def _removed(store: ArchiveStore, key: str) -> None:
    record, payload = _files(store, key)
    payload.unlink()
    record.unlink()
    _write(store, [*_lines(store), {"files": {_name(store, record): None}}])


def _purged(store: ArchiveStore, key: str) -> None:
    _, payload = _files(store, key)
    digest = digest_bytes(payload.read_bytes())
    payload.unlink()
    _write(store, [*_lines(store), {"purged": [digest]}])


def _replayed(store: ArchiveStore, key: str) -> None:
    record, payload = _files(store, key)
    name, digest = _name(store, record), digest_bytes(record.read_bytes())
    note(store.layout, {name: None})
    own = _lines(store)[-1]
    note(store.layout, {name: digest})
    payload.unlink()
    record.unlink()
    _write(store, [*_lines(store), own])


def _taken_in(store: ArchiveStore, key: str) -> None:
    (digest,) = store.digests(key)
    store.objects.path(digest, "public").unlink()
    path = store.layout.item_file(key)
    path.write_text(path.read_text("utf-8").replace('"public"', '"private"'), "utf-8")
    shutil.move(store.layout.item_folder(key), store.layout.private_items / key)
    _write(store, [*_lines(store), {"purged": [digest]}])


def _lost(store: ArchiveStore, _: str) -> None:
    store.layout.private_ledger.unlink()


def _cut(store: ArchiveStore, _: str) -> None:
    _write(store, [line for line in _lines(store) if "root" not in line])


def _files(store: ArchiveStore, key: str) -> tuple[Path, Path]:
    """The capture record of a private item, and the payload that it names."""
    (record,) = sorted(store.layout.captures(key).glob("*.json"))
    (digest,) = store.digests(key)
    return record, store.objects.path(digest, "private")


def _name(store: ArchiveStore, path: Path) -> str:
    return path.relative_to(store.layout.private).as_posix()


def _lines(store: ArchiveStore) -> list[dict[str, Any]]:
    text = store.layout.private_ledger.read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _write(store: ArchiveStore, lines: list[dict[str, Any]]) -> None:
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    store.layout.private_ledger.write_text(text, "utf-8")


_FORGERIES: Final[dict[str, Callable[[ArchiveStore, str], None]]] = {
    "first": _first,
    "removed": _removed,
    "purged": _purged,
    "replayed": _replayed,
    "taken-in": _taken_in,
    "lost": _lost,
    "cut": _cut,
}
