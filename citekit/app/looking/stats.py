"""What an archive holds, in numbers; nothing private is among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from citekit.app.looking.listing import list_items
from citekit.app.sealing.plan import disk_digests, replay
from citekit.model.value import Value
from citekit.store.log.drift import differences
from citekit.store.log.folder import LogFolder
from citekit.store.log.record_kinds import group_of

if TYPE_CHECKING:
    from citekit.app.looking.listing import Tell
    from citekit.store.reading import ArchiveReader


class Stats(Value):
    """How many items there are, by CSL type, year and access, and what belongs to them.

    ``years`` has None for those without. An item is ``sealed`` when the log says all that its
    records say now.
    """

    items: int
    types: Mapping[str, int]
    years: Mapping[int | None, int]
    access: Mapping[str, int]
    captures: int
    annotations: int
    sealed: int

    @property
    def unsealed(self) -> int:
        """How many items have something that the log does not say yet."""
        return self.items - self.sealed

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``; a year is text there, and none is an empty one."""
        years = {"" if year is None else str(year): n for year, n in self.years.items()}
        counts = {"types": dict(self.types), "years": years, "access": dict(self.access)}
        numbers = {"captures": self.captures, "annotations": self.annotations}
        seals = {"sealed": self.sealed, "unsealed": self.unsealed}
        return {"items": self.items, **counts, **numbers, **seals}


def count(store: ArchiveReader, *, unreadable: Tell | None = None) -> Stats:
    """What others may see of an archive, in numbers.

    ``unreadable`` hears why an item is left out, once for each. Raises IntegrityFailed or
    InvalidData for a log that cannot be read.
    """
    store = store.for_others()
    rows = list_items(store, unreadable=unreadable)
    unsealed = _unsealed(store)
    return Stats(
        items=len(rows),
        types=dict(Counter(row.type for row in rows).most_common()),
        years=dict(sorted(Counter(row.year for row in rows).items(), key=_by_year)),
        access=dict(Counter(row.access for row in rows).most_common()),
        captures=sum(row.captures for row in rows),
        annotations=sum(row.annotations for row in rows),
        sealed=sum(store.layout.item_name(row.key) not in unsealed for row in rows),
    )


def _by_year(counted: tuple[int | None, int]) -> tuple[bool, int]:
    return counted[0] is None, counted[0] or 0


def _unsealed(store: ArchiveReader) -> set[str]:
    """The folders in which a file is not as the log says; nothing in the files is judged."""
    log = LogFolder(store.layout)
    history = replay(log, log.standing())
    return {group_of(one.path) for one in differences(history, disk_digests(store))}
