"""A check beside writers: what they do meanwhile is no fault of the archive, so it starts anew.

Nobody waits for a check, and a check takes no lock. But whoever reads one file before a change and
another after it sees an archive that never was. A change shows in the end of the log: every change
adds an event that waits or, if it is private, a line to the ledger; every seal exchanges the
checkpoint. One that is not there yet has the
archive's lock.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from citekit.errors import CitekitError, Place, StoreConflict
from citekit.store.lock import is_taken

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.store.layout import Layout

T = TypeVar("T")

ATTEMPTS: Final = 10
_PATIENCE_S: Final = 0.5
_POLL_S: Final = 0.02


class LogEnd(NamedTuple):
    """What tells the end of a log from a later one, without reading it."""

    checkpoint: tuple[int, ...]
    pending: tuple[int, ...]
    staging: tuple[int, ...]
    """Of the folder in which every change begins, also one without an event."""


def until_steady(layout: Layout, check: Callable[[], T], *, is_well: Callable[[T], bool]) -> T:
    """What the check says of an archive that no writer changed meanwhile.

    Where only an event was added, a check that found all well is right all the same. Raises
    StoreConflict when the archive was being changed at each of a few attempts.
    """
    for _ in range(ATTEMPTS):
        before = _log_end(layout)
        was_quiet = not is_taken(layout.root)  # a seal tidies up when its checkpoint is there
        try:
            report = check()
        except CitekitError:  # what it was looking for may just have another name
            if was_quiet and _is_quiet_since(layout, before):
                raise
        else:
            is_sealed_as_before = _log_end(layout).checkpoint == before.checkpoint
            if is_sealed_as_before and is_well(report):
                return report
            if was_quiet and _is_quiet_since(layout, before):
                return report
        _wait_for_writers(layout.root)
    raise StoreConflict(
        f"the archive is being changed: it was another after each of {ATTEMPTS} checks",
        place=Place(path=str(layout.root)),
        hint="verify again when the other command is done",
    )


def _is_quiet_since(layout: Layout, before: LogEnd) -> bool:
    """Whether nobody writes now, and nobody has since then: who is done has left an event."""
    return not is_taken(layout.root) and _log_end(layout) == before


def _log_end(layout: Layout) -> LogEnd:
    waiting = (*_mark(layout.pending_file), *_mark(layout.private_ledger))
    return LogEnd(_mark(layout.checkpoint_file), waiting, _mark(layout.staging))


def _mark(path: Path) -> tuple[int, ...]:
    try:
        status = os.lstat(path)
    except OSError:
        return ()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _wait_for_writers(root: Path) -> None:
    end = time.monotonic() + _PATIENCE_S
    while is_taken(root) and time.monotonic() < end:
        time.sleep(_POLL_S)
