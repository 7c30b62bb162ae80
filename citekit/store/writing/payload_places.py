"""Where payloads belong, and bringing them there so that no stop leaves one where it must not be.

Places are in order: the first is the most open one, which git takes. Bytes leave an open place
before the change that closes it to them, and come to one after the change that opens it: at no
time do they lie more openly than a record says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.store.writing.payload_references import needed_by

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from citekit.model.item import Access
    from citekit.store.reading import ArchiveReader

PLACES: tuple[Access, ...] = ("public", "restricted", "private")


def belongs(owners: Collection[Access | None]) -> Access | None:
    """Where a payload belongs: the most open place that an owner asks for; None: nowhere."""
    return next((place for place in PLACES if place in owners), None)


def retreat(
    store: ArchiveReader, digests: Collection[str], *, besides: str, access: Access | None = None
) -> None:
    """Take bytes out of places that a change will close to them; to be called before it.

    ``besides`` is the folder of the item that gets this ``access``, or is removed (None).
    """
    for digest, owners in needed_by(store, digests, besides=besides).items():
        wanted = belongs([*owners, access])
        if None in owners or wanted is None:
            continue  # who cannot be read may need them; what nobody needs goes afterwards
        for place in PLACES[: PLACES.index(wanted)]:
            store.objects.move(
                digest, store.objects.path(digest, place), store.objects.path(digest, wanted)
            )


def settle(
    store: ArchiveReader,
    digests: Collection[str],
    folder: Path,
    *,
    may_go: Callable[[str], bool] = lambda _: True,
) -> None:
    """Have each payload exactly where its owners say; one without owners goes, if it may."""
    for digest, owners in needed_by(store, digests).items():
        wanted = belongs(owners)
        if None in owners:
            continue  # an owner cannot be read: when in doubt, keep the bytes
        if wanted is not None:
            _gather(store, digest, wanted)
        elif may_go(digest):
            for place in PLACES:
                store.objects.remove(store.objects.path(digest, place))
            store.objects.forget_held([digest], folder)


def _gather(store: ArchiveReader, digest: str, wanted: Access) -> None:
    """Have a payload in one place, if it is here at all."""
    objects = store.objects
    target = objects.path(digest, wanted)
    for place in PLACES:
        if place != wanted:
            objects.move(digest, objects.path(digest, place), target)
    if target.is_file():
        objects.note_held([digest])
