"""The second copy of the ledger, in the user's data folder: losing one is not losing the proof.

Without the ledger nobody can open what a seal said of private things. The copy follows it at each
seal. It has the paths and digests of private files in it, and is readable by its owner alone.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from platformdirs import user_data_path

from citekit.errors import CitekitError, NotFound
from citekit.integrity.digest import digest_bytes
from citekit.store import files
from citekit.store.private.ledger import (
    MAX_LEDGER_BYTES,
    Ledger,
    PrivateSeal,
    read_ledger,
    read_ledger_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from citekit.store.layout import Layout


def copies_folder() -> Path:
    """Where the copies of all ledgers are."""
    return user_data_path("citekit") / "private"


def copy_of(ledger: Ledger) -> Path | None:
    """Where the copy of a ledger is, or would be; None for one that has never begun."""
    return copies_folder() / f"{ledger.id}.jsonl" if ledger.id.isalnum() else None


def update_copy(layout: Layout) -> Path | None:
    """Have the copy say what the ledger says, and return where it is; None without a ledger.

    A copy that says something else is kept beside it, under another name. Raises StorageFailed.
    """
    path = copy_of(read_ledger(layout))
    if path is None:
        return None
    data = _read(layout.check_inside(layout.private_ledger))
    before = _read(path)
    if before == data:
        return path
    with files.reported(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if before and not data.startswith(before):
        kept = path.with_name(f"{path.stem}.{digest_bytes(before)[7:15]}.jsonl")
        if not kept.exists():
            _write(kept, before)
    _write(path, data)
    return path


def find_seal(layout: Layout, root: bytes) -> PrivateSeal | None:
    """What opens a root: in the ledger, else in any copy; None where nothing here does."""
    return known_seals(layout).get(root)


def known_seals(layout: Layout) -> dict[bytes, PrivateSeal]:
    """Every private root that can be opened here, by the ledger or by any copy."""
    found: dict[bytes, PrivateSeal] = {}
    for path in (layout.private_ledger, *_copies()):
        with suppress(CitekitError):
            for seal in read_ledger_in(path).seals():
                found.setdefault(seal.root, seal)
    return found


def last_seal(layout: Layout, roots: Sequence[bytes]) -> PrivateSeal | None:
    """The last seal of this folder that can be opened here, of those whose roots the log has.

    Where the log says no roots at all, it is the last of the ledger. Copies of another ledger are
    of another clone, which has private things of its own; without a ledger any may be of this one.
    """
    own = read_ledger(layout)
    if not roots:
        return own.last_seal()
    order = {root: number for number, root in enumerate(roots)}
    last: tuple[int, Ledger] | None = None
    for ledger in (own, *_related(own)):
        number = max((order.get(root, -1) for root in ledger.roots), default=-1)
        if number >= 0 and (last is None or number > last[0]):
            last = number, ledger
    return last[1].last_seal([roots[last[0]]]) if last else None


def _related(own: Ledger) -> Iterator[Ledger]:
    """The ledgers of all copies that are of this one, whatever it calls itself."""
    for path in _copies():
        with suppress(CitekitError):
            copy = read_ledger_in(path)
            if own.id in ("", copy.id) or not own.roots.isdisjoint(copy.roots):
                yield copy


def is_any_here(layout: Layout) -> bool:
    """Whether there is a ledger, or a copy of one, of this archive or another."""
    return layout.private_ledger.is_file() or bool(_copies())


def is_copied(layout: Layout) -> bool:
    """Whether there is a copy that can open all that the ledger can; True without a ledger."""
    ledger = read_ledger(layout)
    path = copy_of(ledger)
    if path is None:
        return True
    try:
        return ledger.roots <= read_ledger_in(path).roots
    except CitekitError:
        return False


def _copies() -> list[Path]:
    folder = copies_folder()
    return [folder / name for name in sorted(files.names(folder)) if name.endswith(".jsonl")]


def _read(path: Path) -> bytes:
    try:
        return files.read_bytes(path, limit=MAX_LEDGER_BYTES)
    except NotFound:
        return b""


def _write(path: Path, data: bytes) -> None:
    """Write a file of the copies, whole or not at all, for its owner alone."""
    staged = files.unused(path.parent)
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    os.close(descriptor)
    files.append_whole(staged, data)
    files.move(staged, path)
