"""What was read of an archive once, and stays true until somebody else changes something.

Who adds a thousand files would otherwise read all that is there a thousand times. A change made by
citekit shows in the log, an item put in or taken out by hand in the folder of the items: a few
looks tell, whatever the size of the archive. A record edited by hand in these moments is not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.reading import ArchiveReader

    State = tuple[tuple[int, int, int] | None, ...]


class Knowledge:
    """Whether it is still true; its heirs know what, and note in it what they change."""

    def __init__(self, store: ArchiveReader) -> None:
        self._store = store
        self._state: State | None = None

    @property
    def is_current(self) -> bool:
        """Whether the archive looks as it did when this was read or last noted."""
        return self._state is not None and self._state == self._look()

    def forget(self) -> None:
        """Read again when next asked."""
        self._state = None

    def begin_change(self) -> None:
        """Under the lock, before anything is changed: forget what others have outdated."""
        if not self.is_current:
            self.forget()

    def end_change(self) -> None:
        """Under the lock still: all that was changed has been noted here."""
        if self._state is not None:
            self._state = self._look()

    def _begin_reading(self) -> None:
        """To be called first: a change that falls between is then seen later."""
        self._state = self._look()

    def _look(self) -> State:
        layout = self._store.layout
        private = (layout.private_items, layout.private_ledger)
        log = (layout.pending_file, layout.checkpoint_file)
        return tuple(map(_stat, (layout.items, *log, *private)))


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino
