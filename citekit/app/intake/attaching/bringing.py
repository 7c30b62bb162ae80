"""What entries bring along, taken in item by item: files, then highlights and notes.

Each item is a change of its own, after the entries themselves, so that documents are read without
the lock. What an item has already is recognised, a file by its digest, a note or highlight by its
id, and so is what was removed here since; what was edited here is never written over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from citekit.app.intake.add import add_capture
from citekit.app.intake.attaching.attached_files import FoundFile, ReadFile, find_digest, read_file
from citekit.app.intake.attaching.export_folder import find_file, is_elsewhere
from citekit.app.intake.attaching.noted import Noted
from citekit.app.intake.known_source import HeldBytes, bring_back, refuse_purged_again
from citekit.errors import CitekitError
from citekit.findings import Finding, Severity
from citekit.model.value import Value, replace
from citekit.store.clock import now as this_second
from citekit.store.files import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from citekit.app.intake.recognising.merging import Merging
    from citekit.errors import Place
    from citekit.formats.attached import Attached, AttachedFile
    from citekit.store.archive import ArchiveStore


class Brought(Value):
    """What came to one item: the stamps of captures, and how many notes and annotations.

    Of a dry run ``captures`` are the names of the files instead.
    """

    key: str
    captures: tuple[str, ...] = ()
    notes: int = 0
    annotations: int = 0


class _Entry(NamedTuple):
    """One entry that has become, or is, an item."""

    key: str
    attached: Attached
    place: Place


class Bringing:
    """One import's files, notes and highlights.

    ``folder`` is that of the export, None where it has none; ``with_files`` whether files are
    wished for at all.
    """

    def __init__(
        self,
        store: ArchiveStore,
        folder: Path | None,
        *,
        format_: str,
        merging: Merging,
        with_files: bool,
        dry_run: bool,
    ) -> None:
        self._store = store
        self._folder = folder
        self._with_files = with_files
        self._format = format_
        self._merging = merging
        self._is_dry = dry_run
        self._elsewhere = 0
        self._brought: list[Brought] = []
        self._findings: list[Finding] = []

    @property
    def brought(self) -> tuple[Brought, ...]:
        """What has come, by items that something came to."""
        return tuple(self._brought)

    @property
    def findings(self) -> Iterator[Finding]:
        """What was noticed."""
        yield from self._findings
        if self._elsewhere:
            yield Finding(
                code="CK-I778",
                severity=Severity.NOTE,
                message=f"files that the export names and does not have: {self._elsewhere}",
                hint="export from Zotero with its files (Export Files), and import that",
                stands_for=self._elsewhere,
            )

    def take(self, key: str, attached: Attached, place: Place) -> None:
        """Have the item take in what came with its entry; what goes wrong is a finding."""
        entry = _Entry(key, attached, place)
        found = list(self._found(entry))
        brought = self._plan(entry, found) if self._is_dry else self._bring(entry, found)
        if brought.captures or brought.notes or brought.annotations:
            self._brought.append(brought)

    def _found(self, entry: _Entry) -> Iterator[FoundFile]:
        """The files of an entry that are there."""
        for file in entry.attached.files if self._with_files else ():
            if file.path and (self._folder is None or is_elsewhere(file.path)):
                self._elsewhere += 1
            elif file.path and self._folder:
                try:
                    yield find_digest(file, find_file(self._folder, file.path))
                except CitekitError as error:
                    self._tell_file(entry, file, error)

    def _plan(self, entry: _Entry, found: list[FoundFile]) -> Brought:
        """What would come."""
        is_new = not self._store.has(entry.key)
        known = set() if is_new else self._store.digests(entry.key)
        named = {one.digest: one.path.name for one in found if one.digest not in known}
        noted = Noted(self._store, None if is_new else self._store.item(entry.key), self._merging)
        noted.plan(entry.attached)
        return Brought(
            key=entry.key,
            captures=tuple(named.values()),
            notes=noted.notes,
            annotations=noted.annotations,
        )

    def _bring(self, entry: _Entry, found: list[FoundFile]) -> Brought:
        known = self._known(entry.key)
        read = list(self._read(entry, [one for one in found if one.digest not in known]))
        for one in found:
            self._bring_back(entry, one, known)
        if not (read or entry.attached.notes or any(f.marks for f in entry.attached.files)):
            return Brought(key=entry.key)
        with self._store.writing(options={"format": self._format}) as writer:
            stamps: list[str] = []
            for new in read:
                try:
                    refuse_purged_again(self._store, entry.key, new.contents)
                    stamps.append(
                        add_capture(self._store, writer, entry.key, new.capture, new.contents)
                    )
                except CitekitError as error:
                    self._tell_file(entry, new.found.file, error)
            noted = Noted(self._store, self._store.item(entry.key), self._merging)
            noted.take(entry.attached, self._stamps_of(entry.key, found), writer)
        self._findings += noted.findings(entry.place)
        return Brought(
            key=entry.key,
            captures=tuple(stamps),
            notes=noted.notes,
            annotations=noted.annotations,
        )

    def _read(self, entry: _Entry, found: list[FoundFile]) -> Iterator[ReadFile]:
        """The new files of an entry, each read once."""
        for one in {one.digest: one for one in found}.values():
            try:
                read = read_file(self._store, one, format_=self._format, now=this_second())
            except CitekitError as error:
                self._tell_file(entry, one.file, error)
            else:
                self._findings += (
                    replace(
                        told,
                        message=f"{entry.key}: {one.file.path!r}: {told.message}",
                        place=entry.place,
                    )
                    for told in read.findings
                )
                yield read

    def _bring_back(self, entry: _Entry, one: FoundFile, known: set[str]) -> None:
        """Have bytes of the item in place that are not on this computer."""
        if one.digest in known and self._store.payload_path(one.digest) is None:
            try:
                held = HeldBytes(key=entry.key, is_here=False)
                bring_back(self._store, held, read_bytes(one.path))
            except CitekitError as error:
                self._tell_file(entry, one.file, error)

    def _known(self, key: str) -> set[str]:
        """The digests that the item has as the originals of its captures, here or not."""
        originals = (c.payloads.get("original") for c in self._store.captures(key).values())
        return {original.digest for original in originals if original}

    def _stamps_of(self, key: str, found: list[FoundFile]) -> dict[str, str]:
        """By the path in the export: the capture that has the file's bytes."""
        by_digest = {
            payload.digest: stamp
            for stamp, capture in self._store.captures(key).items()
            for payload in capture.payloads.values()
        }
        return {o.file.path: by_digest[o.digest] for o in found if o.digest in by_digest}

    def _tell_file(self, entry: _Entry, file: AttachedFile, error: CitekitError) -> None:
        self._findings.append(
            Finding(
                code="CK-W774",
                severity=Severity.WARNING,
                message=f"{entry.key}: {file.path!r} {error.message}",
                place=entry.place,
                hint=error.hint or "",
            )
        )
