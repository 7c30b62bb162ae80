"""Which items have changed since the index last looked: by the look of their files alone.

One look at 10,000 items must cost less than a tenth of a second. So there are two: a glance, one
number for the whole archive, which says that nothing has changed; and where it differs, a look at
each item, judged by the inode, time and size of its few files. Both ask for the files relative to
one open folder where the system can.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Stat = Callable[[str], os.stat_result]

_PARTS: Final = ("item.json", "captures", "annotations.jsonl", "note.md")
# A file that changes twice within one tick of the clock may look the same; so a look that is
# younger than this does not count, and the item is read again next time.
_TICK_NS: Final = 50_000_000
_UNSETTLED: Final = 0


# When a file was written or put in place, as the system notes it; Windows has no such time.
_LAST_TOUCH: Final = (
    attrgetter("st_mtime_ns", "st_size") if os.name == "nt" else attrgetter("st_ctime_ns")
)
# Captures never change, and a new one comes with an event in the log: the log is looked at instead.
_GLANCED_AT: Final = tuple(part for part in _PARTS if part != "captures")


class Seen(Value):
    """How an item looked: which files it had, a number for their look, the youngest time."""

    parts: str
    look: int
    newest_ns: int = 0

    def settled(self) -> Seen:
        """The look as it may be kept: none at all when a file changed a moment ago."""
        is_old = self.newest_ns < time.time_ns() - _TICK_NS
        return self if is_old else Seen(parts=self.parts, look=_UNSETTLED)


class Changes(Value):
    """Keys to read again with their new look, and keys that are gone."""

    changed: Mapping[str, Seen]
    gone: frozenset[str]


class Glance(Value):
    """How the whole archive looked.

    ``groups`` are the names in the folder of items by the files they have (none for what is no
    item), ``number`` the look of all of these, ``elsewhere`` the look of payloads and log.
    """

    groups: Mapping[str, Sequence[str]]
    number: int
    elsewhere: str


def glance(items: Path, groups: Mapping[str, Sequence[str]], elsewhere: str) -> Glance:
    """The look of everything at once; its number is 0 when a name has come or a file has gone."""
    looks: list[object] = []
    with _relative(items) as (stat, names):
        unknown = set(names)
        try:
            for parts, members in groups.items():
                unknown.difference_update(members)
                looks += map(_LAST_TOUCH, map(stat, members))
                for part in filter(parts.split().__contains__, _GLANCED_AT):
                    looks += map(_LAST_TOUCH, map(stat, [f"{name}/{part}" for name in members]))
        except OSError:
            return Glance(groups=groups, number=_UNSETTLED, elsewhere=elsewhere)
    number = _UNSETTLED if unknown else hash(tuple(looks))
    return Glance(groups=groups, number=number, elsewhere=elsewhere)


def group(items: Path, known: Mapping[str, tuple[str, int]]) -> dict[str, list[str]]:
    """The names in the folder of all items, by the files that they are known to have."""
    groups: dict[str, list[str]] = {}
    with _relative(items) as (_, names):
        for name in sorted(names):
            parts, _ = known.get(name, ("", _UNSETTLED))
            groups.setdefault(parts, []).append(name)
    return groups


def look(items: Path, known: Mapping[str, tuple[str, int]]) -> Changes:
    """Compare the folder of all items with what is known (key -> its parts and their look)."""
    changed: dict[str, Seen] = {}
    present: set[str] = set()
    suffixes: dict[str, tuple[str, ...]] = {}
    nothing = ("", _UNSETTLED)
    with _relative(items) as (stat, names):
        for name in names:
            parts, before = known.get(name, nothing)
            if parts not in suffixes:
                suffixes[parts] = tuple(f"/{part}" for part in parts.split())
            if before and _number(stat, name, suffixes[parts]) == before:
                present.add(name)
                continue
            now = _look_anew(stat, name)
            if now is not None:
                present.add(name)
                changed[name] = now
    return Changes(changed=changed, gone=frozenset(known.keys() - present))


def look_at_each(items: Path) -> str:
    """How each item in a folder looks: it differs as soon as one of their files does."""
    with _relative(items) as (stat, names):
        found = {name: _look_anew(stat, name) for name in sorted(names)}
    return ",".join(
        f"{name} {seen.settled().look or time.time_ns()}" for name, seen in found.items() if seen
    )


def look_for(folder: Path, file: str) -> dict[str, int]:
    """The folders in a folder that have a file of this name, each with the look of that."""
    looks = {}
    with _relative(folder) as (stat, names):
        for name in sorted(names):
            with suppress(OSError):
                status = stat(f"{name}/{file}")
                looks[name] = hash((status.st_mtime_ns, status.st_size, status.st_ino))
    return looks


def look_inside(folder: Path) -> str:
    """The names in a folder, each with the time of its last change; nothing when it is absent."""
    with _relative(folder) as (stat, names):
        looks = []
        for name in sorted(names):
            with suppress(OSError):
                looks.append(f"{name} {stat(name).st_mtime_ns}")
    return ",".join(looks)


def _number(stat: Stat, name: str, suffixes: tuple[str, ...]) -> int:
    """One number for the look of an item that has these files; 0 when one is gone.

    The folder's own time tells whether others came, so only those known are asked for.
    """
    try:
        number = stat(name).st_mtime_ns
        for suffix in suffixes:
            status = stat(name + suffix)
            number = hash((number, status.st_mtime_ns, status.st_size, status.st_ino))
    except OSError:
        return _UNSETTLED
    return number


def _look_anew(stat: Stat, name: str) -> Seen | None:
    """How the item looks now, whichever files it has; None when it is no item."""
    parts, newest = [], 0
    for part in _PARTS:
        try:
            newest = max(newest, stat(f"{name}/{part}").st_mtime_ns)
        except OSError:
            continue
        parts.append(part)
    if "item.json" not in parts:
        return None
    number = _number(stat, name, tuple(f"/{part}" for part in parts))
    return Seen(parts=" ".join(parts), look=number, newest_ns=newest)


def _is_text(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


@contextmanager
def _relative(folder: Path) -> Iterator[tuple[Stat, list[str]]]:
    """A quick stat() for paths below the folder, and the names in it."""
    try:
        names = os.listdir(folder)  # noqa: PTH208  # speed
        "".join(names).encode()
    except OSError:
        names = []
    except UnicodeEncodeError:  # bytes that are no UTF-8: no item is called so
        names = [name for name in names if _is_text(name)]
    if os.stat not in os.supports_dir_fd:
        prefix = f"{folder}{os.sep}"
        yield lambda path: os.stat(prefix + path), names  # noqa: PTH116  # speed
        return
    if not names:
        yield os.stat, names
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield partial(os.stat, dir_fd=descriptor), names
    finally:
        os.close(descriptor)
