"""Payloads that the archive was asked to forget: nothing brings them back."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from citekit.app.sealing.log_reading import noted_history
from citekit.errors import CitekitError, StoreConflict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.store.items import ItemReader


def purged_digests(store: ItemReader) -> frozenset[str]:
    """The digests of all that was purged; none where the log is damaged, of which verify tells."""
    with suppress(CitekitError):
        return frozenset(noted_history(store).purged)
    return frozenset()


def refuse_purged(store: ItemReader, key: str, digests: Iterable[str]) -> None:
    """Raise StoreConflict for bytes that this archive was asked to forget."""
    if not purged_digests(store).isdisjoint(digests):
        raise StoreConflict(
            f"this payload of {key} was purged: the log says so for good",
            hint="citekit log shows it; nothing undoes it",
        )
