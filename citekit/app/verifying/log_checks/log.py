"""Everything that was sealed is there and unchanged; what is not sealed yet is named.

The log is judged first (``log_tree``), then what its entries say is compared with the files, then
who vouches for it (``trust``). Nothing below ``trust/`` is ever a reason to trust.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from citekit.app.sealing.plan import resolver, take_waiting
from citekit.app.sealing.waiting_purges import purges_among
from citekit.app.verifying.log_checks.log_tree import Reading, read_log, tile_paths
from citekit.app.verifying.log_checks.trust import check_trust
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, IntegrityFailed, InvalidData, Place
from citekit.findings import Finding
from citekit.integrity.tiles import TILE_WIDTH
from citekit.model.value import Value
from citekit.store.log.drift import Difference, differences, renamed_groups
from citekit.store.log.folder import LogFolder, Pending, Standing
from citekit.store.log.log_state import History
from citekit.store.log.record_kinds import OF_THE_SEAL, action_of, group_of
from citekit.store.writing.transaction import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from citekit.app.verifying.inspection import Inspection

T = TypeVar("T")

MAX_NAMED_LINES = 20
MAX_NAMED_FILES = 1000
"""Beyond so many absent files of the log, their number is told instead of their names."""

_PAYLOAD = re.compile(r"(?:objects|restricted)/sha256/([0-9a-f]{2})/([0-9a-f]{62})$")


class LogVerdict(Value):
    """How many entries are sealed, what they say, and what is wrong.

    In a log that ``is_signed``, now or once, nothing excuses a difference that nobody has signed.
    """

    sealed: int
    history: History
    findings: tuple[Finding, ...]
    is_signed: bool = False


def check_log(inspection: Inspection, outside: Outside | None = None) -> LogVerdict:
    """Check the log and everything that it accounts for."""
    outside = outside or Outside()
    log = LogFolder(inspection.store.layout)
    unreadable: list[Finding] = []
    standing = _read("log/checkpoint", inspection, log.standing, unreadable)
    pending = _read("log/pending.jsonl", inspection, log.pending, unreadable) or Pending()
    if unreadable:
        return LogVerdict(sealed=0, history=History(), findings=tuple(unreadable))
    if standing is None:
        history = History()
        findings = tuple(_never_sealed(inspection, log, pending, outside, history))
        return LogVerdict(sealed=0, history=history, findings=findings)
    if lacking := _lacking(inspection, standing):
        place = inspection.show("log/tile")
        absent = found("CK-E606", place, f"{lacking} bundles of entries are missing")
        return LogVerdict(sealed=standing.size, history=History(), findings=(absent,))
    reading = read_log(inspection, log, standing)
    with suppress(CitekitError):  # told when the state is compared
        reading.waiting = log.waiting(standing.size)
    found_here = [*reading.findings, *_check_files(inspection, log, standing, reading)]
    found_here += _check_pending(inspection, pending, standing.size)
    found_here += _check_origin(inspection, standing)
    found_here += check_trust(inspection, reading, standing, outside)
    is_signed = bool(standing.signatures or reading.history.keys)
    found_here += _check_state(inspection, log, standing.size, reading.history)
    if is_signed:
        found_here += _waiting_purges(inspection, reading)
    return LogVerdict(
        sealed=standing.size,
        history=reading.history,
        findings=tuple(found_here),
        is_signed=is_signed,
    )


def _lacking(inspection: Inspection, standing: Standing) -> int:
    """How many bundles are absent where it is useless to name them: a hostile size has 2**55."""
    present = sum(1 for _ in inspection.below("log/tile/entries"))
    lacking = -(-standing.size // TILE_WIDTH) - present
    return lacking if lacking > MAX_NAMED_FILES else 0


def reconcile(
    findings: Iterable[Finding], verdict: LogVerdict, inspection: Inspection
) -> Iterator[Finding]:
    """The findings of other checks in the light of the log.

    A payload that a sealed capture names is not extra when that capture's record has gone: the
    record is missing. One that was purged is not missing.
    """
    history = verdict.history
    for finding in findings:
        digest = _digest_of(finding)
        if finding.code == "CK-E304" and digest in history.payloads:
            continue
        if finding.code in ("CK-E302", "CK-I303") and digest in history.purged:
            yield _purged(finding, verdict, history.purged[digest or ""])
            continue
        yield finding
    yield from _present_after_purge(inspection, history)


def _purged(finding: Finding, verdict: LogVerdict, entry: int) -> Finding:
    """An absent payload that is said to be purged; only what is sealed excuses it for certain."""
    place = finding.place or ""
    if entry < verdict.sealed:
        return found("CK-I621", place, f"was purged, entry {entry} of the log says")
    if not verdict.is_signed:
        return found("CK-I604", place, "was purged, an event that waits for a seal says")
    if finding.code == "CK-I303":
        return finding
    return found("CK-E624", place, f"{finding.message}; a purge that nobody has signed says so")


def _read(
    name: str, inspection: Inspection, read: Callable[[], T], findings: list[Finding]
) -> T | None:
    """What ``read`` reads from a file of the log; a finding when that is impossible."""
    if not inspection.is_file(name):  # also when a link or a folder is in its place
        return None
    try:
        return read()
    except CitekitError as error:
        findings.append(found("CK-E609", inspection.show(name), error.message))
        return None


def _never_sealed(
    inspection: Inspection,
    log: LogFolder,
    pending: Pending,
    outside: Outside,
    history: History,
) -> Iterator[Finding]:
    """An archive without a checkpoint proves nothing, unless there was one once.

    ``history`` takes in the events that wait: a purge among them is one all the same.
    """
    place = inspection.show("log/checkpoint")
    once = list(inspection.below("log/tile", "log/cosigned", "trust"))
    base = pending.base
    if outside.keys or outside.roots or outside.checkpoints:
        yield found("CK-E613", place, "there is no checkpoint, but you know of one")
    for witness in outside.witnesses:
        yield found("CK-E650", place, f"there is no checkpoint that {witness.short} cosigned")
    if once or base:
        leftovers = _expected(log, None) if not base else {}
        strange = [name for name in sorted(once) if not _is_begun(log, leftovers, name)]
        if strange or base:
            yield found("CK-E606", place, "is missing: there was a log once")
        for name in sorted(set(once) - set(strange)):
            yield found("CK-I608", inspection.show(name), "a seal was stopped")
    else:
        yield found("CK-I600", place, "nothing proven yet: this archive was never sealed")
    yield from _check_pending(inspection, pending, base)
    yield from _check_state(inspection, log, 0, history)


def _is_begun(log: LogFolder, expected: dict[str, bytes], name: str) -> bool:
    if name.startswith("trust/keys/"):
        return True  # judged by the event that names it
    return name.startswith("log/") and log.begins(name.removeprefix("log/"), expected)


# ── the folder log/ ────────────────────────────────────────────────────────────────────────────


def _check_files(
    inspection: Inspection, log: LogFolder, standing: Standing, reading: Reading
) -> Iterator[Finding]:
    """The log consists of exactly the files that its size asks for."""
    signatures = standing.signatures
    if len({(s.name, s.key_id) for s in signatures}) < len(signatures):
        place = inspection.show("log/checkpoint")
        yield found("CK-E605", place, "one key has signed it twice")
    needed = tile_paths(standing.size)
    surplus = sorted(name for name in inspection.below("log/tile") if name not in needed)
    if not surplus:
        return
    expected = _expected(log, standing) if reading.is_rooted else {}
    for name in surplus:
        path = name.removeprefix("log/")
        if log.outgrown(path, standing.size) or log.begins(path, expected):
            yield found("CK-I608", inspection.show(name), "a seal was stopped")
        else:
            yield found("CK-E607", inspection.show(name), "is beyond the checkpoint")


def _check_origin(inspection: Inspection, standing: Standing) -> Iterator[Finding]:
    """A log keeps its name, and archive.toml may only repeat it."""
    said, origin = inspection.store.settings.origin, standing.checkpoint.origin
    if said not in (None, origin):
        message = f"[log] origin is {said!r}, the log is {origin!r}"
        yield found("CK-E629", inspection.show("archive.toml"), message)


def _check_pending(inspection: Inspection, pending: Pending, size: int) -> Iterator[Finding]:
    path = inspection.show("log/pending.jsonl")
    if pending.base > size:
        message = f"the log had {pending.base} entries when it began, and has {size}"
        yield found("CK-E612", path, message)
    for line in pending.damaged[:MAX_NAMED_LINES]:
        yield found("CK-W622", Place(path=path, line=line), "is no event")


def _expected(log: LogFolder, standing: Standing | None) -> dict[str, bytes]:
    """The files that the next seal would write; none where that cannot be known."""
    try:
        return log.preview(standing, log.waiting(standing.size if standing else 0))
    except CitekitError:
        return {}


# ── what the log accounts for ──────────────────────────────────────────────────────────────────


def _check_state(
    inspection: Inspection, log: LogFolder, size: int, sealed: History
) -> Iterator[Finding]:
    """Compare the files with the last word of the log, and of the events that wait."""
    history, groups = sealed, _groups(inspection)
    try:
        plan = take_waiting(sealed, log.waiting(size))
        history = plan.history
        for contradiction in plan.contradictions:
            if groups is None or group_of(contradiction.path) in groups:
                yield found("CK-E602", inspection.show("log/pending.jsonl"), str(contradiction))
    except IntegrityFailed as error:  # an item that was sealed is said to be removed
        place = error.place.path if error.place else ""
        yield found("CK-E601", inspection.show(place or ""), error.message)
    except CitekitError as error:
        yield found("CK-E609", inspection.show("log/pending.jsonl"), error.message)
    disk = _digests(inspection)
    for old, new in list(renamed_groups(history, disk, resolver(inspection.store))):
        history.take(_renaming(old, new))
        yield found("CK-I603", inspection.show(new), f"was renamed from {old}, not sealed yet")
    for difference in differences(history, disk):
        if groups is None or group_of(difference.path) in groups:
            yield from _judge(inspection, history, size, difference)
    for path in sorted(inspection.unread):
        if action_of(path) == "key" and history.get(path) is None:
            yield found("CK-E607", inspection.show(path), "no entry of the log names this key")
    if size:
        for path, message in _waiting(history, disk, size):
            if groups is None or group_of(path) in groups:
                yield found("CK-I604", inspection.show(path), message)


def _groups(inspection: Inspection) -> set[str] | None:
    """The groups of files that are looked at; None: all of them."""
    items = {inspection.folder(key) for key in inspection.keys}
    return items | {"trust"} if inspection.is_partial else None


def _renaming(old: str, new: str) -> dict[str, object]:
    return {"v": 1, "action": "rename", "subject": old, "to": new}


def _judge(
    inspection: Inspection, history: History, size: int, difference: Difference
) -> Iterator[Finding]:
    path, known, digest = difference.path, difference.known, difference.digest
    place = inspection.show(path)
    if digest is None and inspection.is_file(path):
        yield from _unread(inspection, difference)
        return
    is_sealed = known is not None and known.entry < size
    if known is None:
        if difference.action == "key":
            yield found("CK-E607", place, "no entry of the log names this key")
        elif size and difference.action not in OF_THE_SEAL:
            yield found("CK-I603", place, "is not in the log yet")
    elif digest is None and difference.action == "key" and not is_sealed:
        yield found("CK-I608", place, "a seal was stopped")
    elif digest is None:
        yield found("CK-E601", place, f"is missing: entry {known.entry} of the log has it")
    elif difference.is_immutable:
        message = f"has {digest}, entry {known.entry} of the log says {known.digest}"
        yield found("CK-E602", place, message)
    elif size:
        back = [k.entry for k in history.past.get(path, ()) if k.digest == digest]
        message = f"is again as entry {back[-1]} of the log says" if back else "has changed"
        yield found("CK-I603", place, f"{message} since entry {known.entry}")


def _unread(inspection: Inspection, difference: Difference) -> Iterator[Finding]:
    """A file that is there and could not be read; of records, that has been told already."""
    error, known = inspection.unread.get(difference.path), difference.known
    place = inspection.show(difference.path)
    if known and difference.is_immutable and isinstance(error, InvalidData):  # so it is too large
        says = f"entry {known.entry} of the log says {known.digest}"
        yield found("CK-E602", place, f"{error.message}, and {says}")
    elif difference.action == "key":
        message = error.message if error else "cannot be read"
        yield found("CK-E609", place, message)


def _waiting(history: History, disk: dict[str, str], size: int) -> Iterator[tuple[str, str]]:
    if history.size == size:
        return
    waiting = [(path, known) for path, known in history.files() if known.entry >= size]
    for path, known in sorted(waiting):
        if disk.get(path) == known.digest:
            is_new = known.digest is not None and path not in history.past
            action = "is new" if is_new else "has changed" if known.digest else "was removed"
            yield path, f"{action}; the event waits for a seal"


def _waiting_purges(inspection: Inspection, reading: Reading) -> Iterator[Finding]:
    """A purge that waits is told, whether or not its bytes are here."""
    place, groups = inspection.show("log/pending.jsonl"), _groups(inspection)
    for _, event in purges_among(reading.waiting):
        subject = event["subject"]
        if groups is None or subject in groups:
            yield found("CK-I625", place, f"a purge of {subject} waits for the owner's seal")


def _digests(inspection: Inspection) -> dict[str, str]:
    """The digests of the files that the log accounts for, links and the unreadable left out."""
    for name in inspection.below("", "items", "entities", "claims", "trust"):
        if name not in inspection.digests and action_of(name):
            try:
                inspection.read(name)
            except CitekitError as error:
                inspection.unread.setdefault(name, error)
    return inspection.digests


# ── payloads ───────────────────────────────────────────────────────────────────────────────────


def _digest_of(finding: Finding) -> str | None:
    path = finding.place.path if finding.place else None
    match = _PAYLOAD.search(path.replace("\\", "/")) if path else None
    return f"sha256:{match[1]}{match[2]}" if match else None


def _present_after_purge(inspection: Inspection, history: History) -> Iterator[Finding]:
    purged = history.purged.keys()
    objects = inspection.store.objects
    for digest in sorted(purged & inspection.hashing.named() if inspection.is_partial else purged):
        for path in (objects.path(digest, access) for access in PLACES):
            if path.is_file():
                message = "is here, but the log says that it was purged"
                yield found("CK-E623", str(path), message)
