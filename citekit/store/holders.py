"""Which item has certain bytes, asked again and again while files are added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.store.knowledge import Knowledge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.store.archive import ArchiveStore


class Holders(Knowledge):
    """Asks the index, which looks at every item only where others have changed something."""

    def __init__(self, store: ArchiveStore) -> None:
        super().__init__(store)
        self._own: dict[str, str] = {}  # digest -> key, of what was added since the index looked

    def find(self, digest: str) -> str | None:
        """The first item that has these bytes, here or elsewhere."""
        from citekit.store.index import Index

        is_current = self.is_current
        if is_current and digest in self._own:
            return self._own[digest]
        if not is_current:
            self._own.clear()
            self._begin_reading()
        with Index.open(self._store, is_fresh=is_current) as index:
            holders = index.holders(digest)
            if not index.is_kept:  # the next one has to read everything again
                self.forget()
        return holders[0][0] if holders else None

    def note(self, key: str, digests: Iterable[str]) -> None:
        """The item has these payloads now."""
        for digest in digests:
            self._own.setdefault(digest, key)
