"""``backup``: a whole copy of an archive, all that is restricted and private too.

It verifies by itself, and is no more encrypted than the archive is.

Each file appears in the copy whole or not at all, and only after its bytes were compared. Running
it again copies what is new. What an earlier copy has better than the archive – a payload that was
lost or damaged here, a record that vanished without an event – stays in the copy and is told.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.app.sealing.log_reading import noted_history
from citekit.app.sealing.signing_keys import log_origin
from citekit.app.verifying.inspection import inspect
from citekit.app.verifying.verify import Report, verify
from citekit.errors import (
    CitekitError,
    IntegrityFailed,
    NotFound,
    Place,
    StoreConflict,
    UsageError,
)
from citekit.findings import Finding, FindingClass, Severity
from citekit.integrity.digest import Hasher, digest_chunks, parse_digest
from citekit.model.records.json_text import dump_json, parse_json
from citekit.model.value import Value
from citekit.store import files
from citekit.store.archive import ArchiveStore
from citekit.store.layout import SETTINGS_FILE, is_link
from citekit.store.lock import exclusive
from citekit.store.log.folder import LogFolder
from citekit.store.log.own_events import MAX_OWN_BYTES
from citekit.store.log.record_kinds import IMMUTABLE, action_of
from citekit.store.private.ledger import MAX_LEDGER_BYTES, Ledger, private_names, read_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citekit.store.log.log_state import History

_MARK: Final = ".citekit/backup.json"
_PAYLOADS: Final = ("objects/", "restricted/", "private/objects/")
_PRIVATE: Final = "private/"


class BackedUp(Value):
    """What a backup did, in files, and what verifying the copy found."""

    folder: Path
    copied: int
    unchanged: int
    removed: int
    size_bytes: int
    report: Report
    findings: tuple[Finding, ...]

    def exit_code(self) -> int:
        """That of verifying the copy; 6 when a file could not be copied as it should be."""
        wrong = any(finding.severity is Severity.ERROR for finding in self.findings)
        return 6 if wrong else self.report.exit_code()

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "ok": self.exit_code() == 0,
            "copied": self.copied,
            "unchanged": self.unchanged,
            "removed": self.removed,
            "size_bytes": self.size_bytes,
            "findings": [finding.to_json() for finding in self.findings],
            "verify": self.report.to_json(),
        }


@dataclass(slots=True)
class _Copying:
    """One backup under way. ``kept`` are files of the copy that the archive no longer has."""

    source: ArchiveStore
    target: Path
    purged: frozenset[str] = frozenset()
    copied: int = 0
    unchanged: int = 0
    removed: int = 0
    size_bytes: int = 0
    findings: list[Finding] = field(default_factory=list)
    folders: set[Path] = field(default_factory=set)
    """Whose new names the disk may not know yet."""

    @property
    def staging(self) -> Path:
        """Where files of the copy are written before they are renamed."""
        return self.target / ".citekit" / "tmp"


def backup(
    store: ArchiveStore,
    folder: str | Path,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> BackedUp:
    """Copy the archive to a folder that is empty, absent, or an earlier backup of it; verify it.

    Raises UsageError or StoreConflict for another folder, IntegrityFailed when the archive's log is
    not a continuation of the one in the earlier backup.
    """
    folder = Path(folder)
    _check_apart(store.root, folder)
    with exclusive(store.root):
        _prepare(store, folder)
        copying = _Copying(store, folder)
        _copy_all(copying, progress)
    copy = ArchiveStore.open(folder)
    return BackedUp(
        folder=folder,
        copied=copying.copied,
        unchanged=copying.unchanged,
        removed=copying.removed,
        size_bytes=copying.size_bytes,
        report=verify(copy, progress=progress),
        findings=tuple(copying.findings),
    )


# ── what may be written to ─────────────────────────────────────────────────────────────────────


def _check_apart(root: Path, folder: Path) -> None:
    here, there = root.resolve(), folder.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise UsageError(
            "a backup lies neither inside its archive nor around it",
            place=str(folder),
            hint="name a folder on another disk",
        )


def _prepare(store: ArchiveStore, folder: Path) -> None:
    """Make the folder, or see that it is an earlier backup of this archive."""
    if is_link(folder):
        raise UsageError("is a symbolic link", place=str(folder), hint="name the folder itself")
    if folder.exists() and not folder.is_dir():
        raise UsageError("is not a folder", place=str(folder))
    present = set(files.names(folder)) - {".citekit"}  # left by one that was stopped at once
    if present:
        _check_ours(store, folder)
    else:
        with files.reported(folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # restricted text is in it
    mark = folder / _MARK
    data = dump_json({"backup_of": log_origin(store)}).encode()
    files.write_whole(mark, data, staging=mark.parent / "tmp", root=folder)


def _check_ours(store: ArchiveStore, folder: Path) -> None:
    try:
        mark = parse_json(files.read_text(folder / _MARK), path=str(folder / _MARK))
    except CitekitError as error:
        raise StoreConflict(
            "has something else in it, and is no backup that citekit made",
            place=str(folder),
            hint="name an empty folder; the copy of an archive that was made by hand is none",
        ) from error
    if not (folder / SETTINGS_FILE).is_file():
        return  # an earlier backup was stopped before it got there
    copy = ArchiveStore.open(folder)
    is_named = isinstance(mark, dict) and mark.get("backup_of") == log_origin(store)
    if not is_named and set(copy.keys()).isdisjoint(store.keys()):
        raise StoreConflict("is the backup of another archive", place=str(folder))
    _check_continues(store, copy)


def _check_continues(store: ArchiveStore, copy: ArchiveStore) -> None:
    """Never replace a longer or another log: the archive may have been rolled back."""
    here, there = LogFolder(store.layout).standing(), LogFolder(copy.layout).standing()
    if there is None:
        return
    size = there.size
    if (
        here is None
        or here.size < size
        or LogFolder(store.layout).root_at(size) != (there.checkpoint.root)
    ):
        raise IntegrityFailed(
            f"the archive's log does not continue that of the backup ({size} entries)",
            place=str(copy.root),
            hint="citekit verify --checkpoint with the backup's log/checkpoint; keep this backup, "
            "and make another in a new folder",
        )


# ── copying ────────────────────────────────────────────────────────────────────────────────────


def _copy_all(copying: _Copying, progress: Callable[[int, int], None] | None) -> None:
    """Payloads, then records, the log last: a copy that was stopped has nothing unaccounted for."""
    source = copying.source
    seen = inspect(source)
    for name, what in seen.oddities:
        _tell(copying, name, f"is {what}: not copied", Severity.WARNING, "CK-W721")
    for name, error in seen.unread.items():
        _tell(copying, name, f"cannot be read: {error.message}", Severity.ERROR, "CK-E722")
    history = _history(copying)
    ledger = read_ledger(source.layout)
    copying.purged = frozenset(ledger.purged).union(history.purged if history else ())
    present = seen.files | private_names(source.layout)
    names = sorted(present, key=_rank)
    for number, name in enumerate(names, 1):
        if name.startswith("log/"):  # it accounts for the others, so they are on the disk first
            _flush(copying)
        try:
            _copy_one(copying, name)
        except NotFound:
            _tell(copying, name, "vanished while it was copied", Severity.ERROR, "CK-E722")
        if progress:
            progress(number, len(names))
    _flush(copying)
    if history is not None:
        _drop_what_went(copying, present, history, ledger)
    _copy_held(copying)
    files.remove_tree(copying.staging)


def _flush(copying: _Copying) -> None:
    """Have the disk remember the names of the files that were placed: once for each folder."""
    for folder in sorted(copying.folders):
        files.flush_folder(folder)
    copying.folders.clear()


def _history(copying: _Copying) -> History | None:
    """What the log says; None when it is damaged, which an earlier good copy must not become."""
    try:
        return noted_history(copying.source)
    except CitekitError as error:
        if (copying.target / "log" / "checkpoint").is_file():
            raise IntegrityFailed(
                f"the archive's log is damaged, so the backup stays as it was: {error.message}",
                place=error.place,
                hint="citekit verify shows every place; the backup may have the files",
            ) from error
        return None


def _rank(name: str) -> tuple[int, str]:
    """Payloads, records, log, and last of all the checkpoint."""
    if name == "log/checkpoint":
        return 3, name
    return (0 if name.startswith(_PAYLOADS) else 2 if name.startswith("log/") else 1), name


def _copy_one(copying: _Copying, name: str) -> None:
    source, target = copying.source.root / name, copying.target / name
    copying.source.layout.check_inside(source)
    _check_plain(copying, name)
    expected = _digest_named(name)
    if expected in copying.purged:
        return  # it should not be here any more: verify says so
    old = digest_chunks(files.read_chunks(target))[0] if target.is_file() else None
    if old is not None and (old == expected or old == _digest(source)):
        copying.unchanged += 1
    elif old is not None and _never_changes(copying, name):
        message = "differs from the backup, though it never changes: the backup keeps its own"
        _tell(copying, name, message, Severity.ERROR, "CK-E723")
    elif not _place(copying, source, target, expected):
        message = "is damaged: not copied" + ("; so is the backup's" if old else "")
        _tell(copying, name, message, Severity.ERROR, "CK-E724")


def _check_plain(copying: _Copying, name: str) -> None:
    """No part of the path in the copy may be a link: bytes must not land elsewhere."""
    path = copying.target
    for part in name.split("/"):
        path = path / part
        if is_link(path):
            raise StoreConflict("is a symbolic link in the backup", place=str(path))


def _place(copying: _Copying, source: Path, target: Path, expected: str | None) -> bool:
    """Copy one file: written aside, flushed, compared, renamed.

    False when it has not the digest that is expected of it: then nothing was placed.
    """
    hasher = Hasher()

    def chunks() -> Iterator[bytes]:
        for chunk in files.read_chunks(source):
            hasher.update(chunk)
            yield chunk

    files.make_folder(copying.staging, root=copying.target)
    files.make_folder(target.parent, root=copying.target)
    staged = files.unused(copying.staging)
    files.write_new(staged, chunks())
    if expected not in (None, hasher.digest()):
        return False
    if expected is None and _digest(staged) != hasher.digest():  # verify compares payloads
        raise IntegrityFailed("the disk gives back other bytes", place=str(target))
    with files.reported(target):
        files.patiently(lambda: os.replace(staged, target))  # noqa: PTH105  # the os layer is the seam
    copying.folders.add(target.parent)
    copying.copied += 1
    copying.size_bytes += hasher.size_bytes
    return True


def _never_changes(copying: _Copying, name: str) -> bool:
    """Whether the copy's file may not be replaced; a ledger may, by one that goes on from it."""
    if name == copying.source.layout.name(copying.source.layout.private_ledger):
        before = files.read_bytes(copying.target / name, limit=MAX_LEDGER_BYTES)
        now = files.read_bytes(copying.source.root / name, limit=MAX_LEDGER_BYTES)
        return not now.startswith(before)
    return action_of(name.removeprefix(_PRIVATE)) in IMMUTABLE


def _drop_what_went(copying: _Copying, present: set[str], history: History, ledger: Ledger) -> None:
    """Have the copy lose what was removed, renamed, moved or purged; keep what merely vanished."""
    needed = _needed(copying.source)
    copy = ArchiveStore.open(copying.target)
    for name in sorted((inspect(copy).files | private_names(copy.layout)) - present):
        digest = _digest_named(name)
        known = history.get(name)
        if digest is not None:
            vanished = digest in needed and digest not in copying.purged
            vanished = vanished and copying.source.payload_path(digest) is None
        elif name.startswith(_PRIVATE):
            vanished = name.removeprefix(_PRIVATE) in ledger.files
        else:
            vanished = known is not None and known.digest is not None
        if vanished:
            message = "is in the backup and no longer in the archive: the backup keeps it"
            _tell(copying, name, message, Severity.WARNING, "CK-W725")
        else:
            path = copying.target / name
            files.remove_file(path)
            files.remove_empty(path.parent, root=copying.target)
            copying.removed += 1


def _needed(store: ArchiveStore) -> set[str]:
    """The digests that the archive's captures name."""
    return set().union(*map(store.digests, store.keys()))


def _copy_held(copying: _Copying) -> None:
    """The copy remembers which payloads were here, so that one lost from it is *missing* there.

    It knows its owner's events, too: what was noted here was noted there.
    """
    copy = ArchiveStore.open(copying.target)
    own = copying.source.layout.own_file
    data = files.read_bytes(own, limit=MAX_OWN_BYTES) if own.is_file() else b""
    if data or copy.layout.own_file.is_file():
        target, staging = copy.layout.own_file, copy.layout.staging
        files.write_whole(target, data, staging=staging, root=copying.target)
    held = copying.source.objects.held()
    copy.objects.note_held(held - copying.purged)
    if copying.purged & copy.objects.held():
        files.make_folder(copying.staging, root=copying.target)
        copy.objects.forget_held(copying.purged, copying.staging)


def _digest(path: Path) -> str:
    return digest_chunks(files.read_chunks(path))[0]


def _digest_named(name: str) -> str | None:
    """The digest that a payload's path says; None for any other file."""
    parts = name.removeprefix(_PRIVATE).split("/")
    if name.startswith(_PAYLOADS) and len(parts) == 4 and parts[1] == "sha256":
        with suppress(CitekitError):
            return str(parse_digest(f"sha256:{parts[2]}{parts[3]}"))
    return None


def _tell(copying: _Copying, name: str, message: str, severity: Severity, code: str) -> None:
    copying.findings.append(
        Finding(
            code=code,
            message=message,
            severity=severity,
            kind=FindingClass.NOTICE,
            place=Place(path=os.fspath(copying.source.root / name)),
            rule="Backup: the copy is the archive, whole and verified",
            hint="citekit verify shows what is wrong here" if severity is Severity.ERROR else "",
        )
    )
