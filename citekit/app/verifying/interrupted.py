"""What a change that was stopped explains: no more than its journal names and its bytes bear out.

A journal is a file like any other, so who knows the format can write one. It explains a payload in
the wrong place only while the bytes there have its digest, and an absent one only while the very
bytes are in its staging folder. Other bytes than those that were sealed it never explains. And what
it explains is not fine: ``citekit recover`` ends it, and what is wrong then is told as what it is.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from citekit.app.verifying.payload_faults import payload_name
from citekit.app.verifying.payload_hashing import PLACES as FOLDERS
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError
from citekit.store.staging import unfinished
from citekit.store.writing.payload_places import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.app.verifying.inspection import Inspection
    from citekit.findings import Finding
    from citekit.store.staging import Journal, Unfinished

MISPLACED: Final = frozenset(["CK-E304", "CK-E306", "CK-E309", "CK-E674"])
"""Bytes that nobody has yet, or no longer, or whose record was changed before they were moved."""

COMING_OUT: Final = "CK-E302"
"""Bytes of an item that has just come out of private; they are there still."""

BEYOND: Final = "CK-E607"
"""A file of the log that no checkpoint covers: the seal was stopped before."""

TWO_NAMES: Final = "CK-E204"
"""The key of an item that another has taken in, which is still there as it was."""

UNDER_PURGE: Final = frozenset(["CK-E302", "CK-E601", "CK-E623", "CK-E624", "CK-E665", "CK-E666"])
"""What an event that waits says is purged or erased; it may be set aside."""


def explain(findings: Iterable[Finding], inspection: Inspection) -> Iterator[Finding]:
    """The findings; instead of those that a stopped change explains, one of that change."""
    changes = _stopped(inspection)
    if not changes:
        yield from findings
        return
    named = _named(inspection, changes)
    explained: Counter[Path] = Counter()
    for finding in findings:
        path = finding.place.path if finding.place else None
        change, digest = named.get(path or "", (None, ""))
        if change is None or not _explains(inspection, change, digest, finding):
            yield finding
        else:
            explained[change.folder] += 1
    for change in changes:
        number = explained[change.folder]
        if number or _keeps_bytes(inspection, change):
            yield _interrupted(inspection, change, number)


def _stopped(inspection: Inspection) -> list[Unfinished]:
    """The stopped changes that may explain something; who may not look sees none."""
    try:
        found_here = unfinished(inspection.store.layout)
    except CitekitError:
        return []
    return [change for change in found_here if change.journal.names_something]


def _named(inspection: Inspection, changes: list[Unfinished]) -> dict[str, tuple[Unfinished, str]]:
    """Where what the journals name may be: path as it is told -> change and digest."""
    return {
        inspection.show(name): (change, digest)
        for change in changes
        for name, digest in _names(change.journal)
    }


def _names(journal: Journal) -> Iterator[tuple[str, str]]:
    for digest in (*journal.digests, *journal.purged):
        folders = (*FOLDERS, "private/objects")
        yield from ((payload_name(folder, digest), digest) for folder in folders)
    yield from ((f"log/{path}", digest) for path, digest in journal.placed.items())
    if journal.merged:
        top = "private/items" if journal.subject.startswith("private/") else "items"
        yield f"{top}/{journal.merged[1]}/item.json", ""
    if journal.erased:
        folder = _folder_of(journal)
        yield from ((f"{folder}/{path}", digest) for path, digest in journal.records.items())


def _folder_of(journal: Journal) -> str:
    """The path of the item's folder that is being erased."""
    top = "private/items" if journal.subject.startswith("private/") else "items"
    return f"{top}/{journal.erased}"


def _explains(inspection: Inspection, change: Unfinished, digest: str, finding: Finding) -> bool:
    """Whether the change, stopped somewhere, leaves this finding, and whole bytes bear it out."""
    journal, path = change.journal, Path((finding.place and finding.place.path) or "")
    if finding.code == TWO_NAMES and journal.merged:
        return _is_taken_in(inspection, journal)
    places: list[Path] = []
    if finding.code == BEYOND or (finding.code in MISPLACED and digest in journal.digests):
        places.append(path)
    if finding.code == COMING_OUT and digest in journal.digests:
        places.append(inspection.store.objects.path(digest, "private"))
    if finding.code in UNDER_PURGE and not change.is_done:
        places += _of_purge(inspection, change, digest)
        places += _of_erasing(inspection, change, path)
    return any(_is_whole(inspection, digest, place) for place in places)


def _is_taken_in(inspection: Inspection, journal: Journal) -> bool:
    """Whether an item has the record and the key of another one, whose folder is there still."""
    try:
        return inspection.store.has_taken_in(*journal.merged)
    except CitekitError:
        return False


def _of_purge(inspection: Inspection, change: Unfinished, digest: str) -> Iterator[Path]:
    """Where the bytes of a payload may be whose purge is under way."""
    for access in PLACES if digest in change.journal.purged else ():
        yield inspection.store.objects.path(digest, access)
        yield change.aside(digest, access)


def _of_erasing(inspection: Inspection, change: Unfinished, path: Path) -> Iterator[Path]:
    """Where a record may be whose erasing is under way."""
    journal = change.journal
    folder = Path(inspection.show(_folder_of(journal)))
    if journal.erased and path.is_relative_to(folder):
        yield path
        yield change.records / path.relative_to(folder)


def _is_whole(inspection: Inspection, digest: str, path: Path) -> bool:
    try:
        return inspection.store.objects.is_whole(digest, path)
    except CitekitError:  # a link, or no right to read: nothing is borne out
        return False


def _keeps_bytes(inspection: Inspection, change: Unfinished) -> bool:
    """Whether anything of a purge is set aside, also where the purge itself is done."""
    aside = [change.aside(d, access) for d in change.journal.purged for access in PLACES]
    return not inspection.is_partial and any(p.exists() for p in (*aside, change.records))


def _interrupted(inspection: Inspection, change: Unfinished, number: int) -> Finding:
    what = f"{change.journal.action} {change.journal.subject}".strip() or "a change"
    left = "1 file is" if number == 1 else f"{number} files are"
    state = f"{left} half moved" if number else "what it removed is not deleted yet"
    place = inspection.show(inspection.store.layout.name(change.folder))
    return found("CK-E680", place, f"interrupted: {what}: {state}")
