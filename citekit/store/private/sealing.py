"""The private root of a seal: 32 bytes that say nothing, and that this archive alone can open.

Where nothing is private they are random; else they are the root of a tree of all private files,
under a secret that is used once. Both look the same, and so do two seals between which nothing has
changed.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from citekit.errors import CitekitError, IntegrityFailed, InvalidData, NotFound, Place
from citekit.integrity.digest import digest_bytes
from citekit.integrity.merkle import HASH_BYTES
from citekit.store import files
from citekit.store.private.ledger import (
    Ledger,
    is_immutable,
    note,
    note_seal,
    private_files,
    read_ledger,
)
from citekit.store.private.second_copy import update_copy
from citekit.store.private.vouched import Vouched, read_vouched

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.store.layout import Layout

_RESTORE: Final = "restore it from a backup; citekit verify shows every place"
_log = logging.getLogger(__name__)


def root_for_seal(layout: Layout, *, takes_losses: bool = False) -> bytes:
    """The 32 bytes for the state leaf of a seal; what opens them is on the disk when this returns.

    To be called under the archive's lock. Changes by hand are taken in as they are. Raises
    IntegrityFailed where a private capture record was changed or is gone: sealing would hide it. So
    would it what others say is gone for good; ``takes_losses`` where somebody has said yes to it.
    """
    ledger = read_ledger(layout)
    disk = digests(layout)
    if not ledger.id and not disk:
        return os.urandom(HASH_BYTES)
    _refuse_laundering(layout, _vouched(layout), disk, takes_losses=takes_losses)
    note(layout, changes(ledger, disk))
    root = note_seal(layout, read_ledger(layout))
    try:
        update_copy(layout)
    except CitekitError as error:
        _log.warning("there is no second copy of what opens private things: %s", error)
    return root


def has_changed(layout: Layout) -> bool:
    """Whether anything private is otherwise than the last seal of this folder took it in.

    Other computers have the log too: their seals say nothing of what is private here.
    """
    disk = digests(layout)
    if not disk and not layout.private_ledger.is_file():
        return False
    vouched = _vouched(layout)
    return {**disk, **vouched.ledger.purges} != dict(vouched.sealed)


def losses(layout: Layout) -> tuple[str, ...]:
    """The paths inside ``private/`` of which a seal has to ask whether they went on purpose.

    Raises IntegrityFailed where the ledger was changed.
    """
    if not layout.private_ledger.is_file():
        return ()
    return tuple(_vouched(layout).losses(digests(layout)))


def digests(layout: Layout) -> dict[str, str]:
    """The digests of all private files, by their paths inside ``private/``."""
    found = {}
    for path in private_files(layout):
        with suppress(NotFound):
            file = layout.check_inside(layout.private.joinpath(*path.split("/")))
            found[path] = digest_bytes(files.read_bytes(file))
    return found


def changes(ledger: Ledger, disk: Mapping[str, str]) -> dict[str, str | None]:
    """What the ledger does not say yet: files with their digests, None for those that are gone."""
    new: dict[str, str | None] = {
        path: digest for path, digest in disk.items() if ledger.files.get(path) != digest
    }
    return {**new, **{path: None for path in ledger.files if path not in disk}}


def _vouched(layout: Layout) -> Vouched:
    """What is certain; raises IntegrityFailed where the ledger was changed."""
    try:
        return read_vouched(layout)
    except InvalidData as error:
        place = Place(path=str(layout.private_ledger))
        raise IntegrityFailed(error.message, place=place, hint=_RESTORE) from error


def _refuse_laundering(
    layout: Layout, vouched: Vouched, disk: Mapping[str, str], *, takes_losses: bool
) -> None:
    ledger = vouched.ledger
    for path in sorted({**vouched.sealed, **ledger.files, **disk}):
        stands = vouched.stands(path) or (ledger.files.get(path) if is_immutable(path) else None)
        if stands is not None and path in disk and disk[path] != stands:
            _refuse(layout, path, "has changed, though it never changes")
        elif stands is not None and path not in disk and path in ledger.files:
            _refuse(layout, path, "is missing, though it never changes")
    for path in () if takes_losses else vouched.losses(disk):
        what = f"nothing shows that this computer has noted that {path} went"
        raise IntegrityFailed(
            f"{what}; sealing would hide it",
            place=Place(path=str(layout.private_ledger)),
            hint="citekit seal asks about it",
        )


def _refuse(layout: Layout, path: str, what: str) -> None:
    place = Place(path=str(layout.private.joinpath(*path.split("/"))))
    raise IntegrityFailed(f"{what}; sealing would hide it", place=place, hint=_RESTORE)
