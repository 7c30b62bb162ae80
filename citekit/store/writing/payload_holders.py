"""Which items have certain bytes or are known at an address, asked again while files are added."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from citekit.store.index.sqlite import Index
from citekit.store.writing.knowledge import Knowledge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.store.reading import ArchiveReader


class Holders(Knowledge):
    """Asks the index, which looks at every item only where others have changed something."""

    def __init__(self, store: ArchiveReader) -> None:
        super().__init__(store)
        # What was added since the index looked:
        self._own: dict[str, str] = {}  # digest -> key
        self._own_places: dict[str, dict[str, None]] = {}  # address -> keys

    def find(self, digest: str) -> str | None:
        """The first item that has these bytes, here or elsewhere."""
        with self._index() as index:
            if digest in self._own:
                return self._own[digest]
            holders = index.holders(digest)
        return holders[0][0] if holders else None

    def at(self, address: str) -> tuple[str, ...]:
        """The items that are known at an address, as ``compared_address`` has it."""
        with self._index() as index:
            return tuple(dict.fromkeys([*index.at(address), *self._own_places.get(address, ())]))

    def note(self, key: str, digests: Iterable[str], addresses: Iterable[str] = ()) -> None:
        """The item has these payloads now, and is known at these addresses."""
        for digest in digests:
            self._own.setdefault(digest, key)
        for address in addresses:
            self._own_places.setdefault(address, {})[key] = None

    @contextmanager
    def _index(self) -> Iterator[Index]:
        """The index, refreshed unless nothing can have changed but what is noted here."""
        is_current = self.is_current
        if not is_current:
            self._own.clear()
            self._own_places.clear()
            self._begin_reading()
        with Index.open(self._store, is_fresh=is_current) as index:
            yield index
            if not index.is_kept:  # the next one has to read everything again
                self.forget()
