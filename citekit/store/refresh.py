"""Which items have changed since the index last looked: by the look of their files alone.

One look at 10,000 items must cost a tenth of a second, so each is judged by the inode, time and
size of its few files, asked for relative to one open folder where the system can.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PARTS: Final = ("item.json", "captures", "annotations.jsonl", "note.md")
# A file that changes twice within one tick of the clock may look the same; so a look that is
# younger than this does not count, and the item is read again next time.
_TICK_NS: Final = 50_000_000

Seen = tuple[str, str]
"""Which files there were, and how they looked; equal means unchanged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Keys to read again with their new look, and keys that are gone."""

    changed: Mapping[str, Seen]
    gone: frozenset[str]


def look(items: Path, known: Mapping[str, Seen]) -> Changes:
    """Compare the folder of all items with what is known (key -> how it looked)."""
    changed: dict[str, Seen] = {}
    present: set[str] = set()
    nothing: Seen = ("", "")
    with _relative(items) as (stat, names):
        for name in names:
            seen = known.get(name, nothing)
            now = _look_again(stat, name, seen)
            if now is None:
                continue
            present.add(name)
            if now != seen:
                changed[name] = now
    return Changes(changed=changed, gone=frozenset(known.keys() - present))


def settled(seen: Seen) -> Seen:
    """The look as it may be kept: an empty one when a file changed a moment ago."""
    newest = max((int(part.split(",")[0]) for part in seen[1].split()), default=0)
    return seen if newest < time.time_ns() - _TICK_NS else (seen[0], "")


def _look_again(stat: Callable[[str], os.stat_result], name: str, seen: Seen) -> Seen | None:
    """How the item looks now; None when it is no item.

    The folder's own time tells whether files came or went, so only those known are asked for.
    """
    try:
        folder = stat(name).st_mtime_ns
        if seen[1].startswith(f"{folder},"):
            parts = seen[0].split()
            looks = [stat(f"{name}/{part}") for part in parts]
        else:
            parts, looks = _all_parts(stat, name)
    except OSError:
        parts, looks = _all_parts(stat, name)
        folder = 0
    if "item.json" not in parts:
        return None
    each = [f"{look.st_mtime_ns},{look.st_size},{look.st_ino}" for look in looks]
    return " ".join(parts), " ".join([f"{folder},", *each])


def _all_parts(
    stat: Callable[[str], os.stat_result], name: str
) -> tuple[list[str], list[os.stat_result]]:
    parts, looks = [], []
    for part in _PARTS:
        try:
            looks.append(stat(f"{name}/{part}"))
        except OSError:
            continue
        parts.append(part)
    return parts, looks


@contextmanager
def _relative(folder: Path) -> Iterator[tuple[Callable[[str], os.stat_result], list[str]]]:
    """A quick stat() for paths below the folder, and the names in it."""
    try:
        names = os.listdir(folder)  # noqa: PTH208  # speed
    except FileNotFoundError:
        names = []
    if os.stat not in os.supports_dir_fd:
        prefix = f"{folder}{os.sep}"
        yield lambda path: os.stat(prefix + path), names  # noqa: PTH116  # speed
        return
    if not names:
        yield os.stat, names
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield lambda path: os.stat(path, dir_fd=descriptor), names
    finally:
        os.close(descriptor)
