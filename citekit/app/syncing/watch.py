"""Waiting for files to change, by looking at them twice a second: it works on every disk and share.

A change is over when nothing has changed for one look: an editor that saves a file in several steps
counts once.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

INTERVAL_S: Final = 0.5
State = tuple[int, int, int] | None


class Watch:
    """What some files were like when they were last looked at."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._seen = _states(paths)

    def follow(self, paths: Iterable[Path]) -> None:
        """Watch these from now on; of those watched before, what they were like before counts."""
        self._seen = {path: self._seen.get(path, state) for path, state in _states(paths).items()}

    def wait(self, *, sleep: Callable[[float], object] = time.sleep) -> None:
        """Come back when one of them is otherwise than it was seen, and all are at rest."""
        while (now := _states(self._seen)) == self._seen:
            sleep(INTERVAL_S)
        while True:
            sleep(INTERVAL_S)
            later = _states(self._seen)
            if later == now:
                break
            now = later
        self._seen = now


def _states(paths: Iterable[Path]) -> dict[Path, State]:
    return {path: _state(path) for path in paths}


def _state(path: Path) -> State:
    """What changes when a file does; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
