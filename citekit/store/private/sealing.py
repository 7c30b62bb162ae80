"""The private root of a seal: 32 bytes that say nothing, and that this archive alone can open.

Where nothing is private they are random; else they are the root of a tree of all private files,
under a secret that is used once. Both look the same, and so do two seals between which nothing has
changed.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.errors import CitekitError, IntegrityFailed, NotFound, Place
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
from citekit.store.private.second_copy import find_seal, update_copy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.store.layout import Layout

_log = logging.getLogger(__name__)


def root_for_seal(layout: Layout) -> bytes:
    """The 32 bytes for the state leaf of a seal; what opens them is on the disk when this returns.

    To be called under the archive's lock. Changes by hand are taken in as they are. Raises
    IntegrityFailed where a private capture record was changed or is gone: sealing would hide it.
    """
    ledger = read_ledger(layout)
    disk = digests(layout)
    if not ledger.id and not disk:
        return os.urandom(HASH_BYTES)
    _refuse_laundering(layout, ledger, disk)
    note(layout, changes(ledger, disk))
    root = note_seal(layout, read_ledger(layout))
    try:
        update_copy(layout)
    except CitekitError as error:
        _log.warning("there is no second copy of what opens private things: %s", error)
    return root


def has_changed(layout: Layout, root: bytes) -> bool:
    """Whether anything private is otherwise than the seal with this root took it in."""
    seal = find_seal(layout, root)
    return digests(layout) != (dict(seal.files) if seal else {})


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


def _refuse_laundering(layout: Layout, ledger: Ledger, disk: Mapping[str, str]) -> None:
    for path in {**ledger.files, **disk}:
        stands = ledger.first.get(path) or ledger.files.get(path)
        if is_immutable(path) and stands is not None and disk.get(path) != stands:
            what = "has changed" if path in disk else "is missing"
            raise IntegrityFailed(
                f"{what}, though it never changes; sealing would hide it",
                place=Place(path=str(layout.private.joinpath(*path.split("/")))),
                hint="restore it from a backup; citekit verify shows every place",
            )
