"""Everything that was sealed is there and unchanged; what is not sealed yet is named.

The log is judged first (``log_tree``), then what its entries say is compared with the files, then
who vouches for it (``trust``). Nothing below ``trust/`` is ever a reason to trust.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from citekit.app.sealing.plan import Plan, resolver, take_waiting
from citekit.app.sealing.signing_keys import find_signing_key
from citekit.app.sealing.unconfirmed import erasures_among
from citekit.app.sealing.waiting import Waiting, read_others, split_waiting
from citekit.app.verifying.log_checks.log_tree import Reading, read_log, tile_paths
from citekit.app.verifying.log_checks.trust import check_trust
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.rules import found
from citekit.errors import CitekitError, InvalidData, Place
from citekit.findings import Finding
from citekit.integrity.merkle import leaf_hash
from citekit.integrity.tiles import TILE_WIDTH
from citekit.model.value import Value
from citekit.store.log.drift import Difference, differences, renamed_groups
from citekit.store.log.folder import LogFolder, Pending, Standing
from citekit.store.log.log_state import History, Said, is_immutable
from citekit.store.log.record_kinds import OF_THE_SEAL, action_of, group_of
from citekit.store.private.withdrawn import kept_privately
from citekit.store.writing.payload_places import PLACES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from citekit.app.verifying.inspection import Inspection

T = TypeVar("T")

MAX_NAMED_LINES = 20
MAX_NAMED_FILES = 1000
"""Beyond so many absent files of the log, their number is told instead of their names."""

_PAYLOAD = re.compile(
    r"(?:objects|restricted|private/objects)/sha256/([0-9a-f]{2})/([0-9a-f]{62})$"
)


class LogVerdict(Value):
    """How many entries are sealed, what they say, and what is wrong.

    In a log that ``is_signed``, now or once, nothing excuses a difference that nobody has signed;
    where its key is not on this computer, an own purge is ``awaited``. ``disowned`` are payloads
    that only events of others say were purged, ``unvouched`` those of sealed captures whose items
    have an access that nobody here has noted, and nobody has sealed.
    """

    sealed: int
    history: History
    findings: tuple[Finding, ...]
    is_signed: bool = False
    is_awaited: bool = False
    disowned: frozenset[str] = frozenset()
    unvouched: frozenset[str] = frozenset()


def check_log(inspection: Inspection, outside: Outside | None = None) -> LogVerdict:
    """Check the log and everything that it accounts for."""
    outside = outside or Outside()
    log = LogFolder(inspection.store.layout)
    unreadable: list[Finding] = []
    standing = _read("log/checkpoint", inspection, log.standing, unreadable)
    pending = _read("log/pending.jsonl", inspection, log.pending, unreadable) or Pending()
    if "log/pending.jsonl" in inspection.folders:
        place = inspection.show("log/pending.jsonl")
        unreadable.append(found("CK-E609", place, "is a folder: no event can wait there"))
    if unreadable:
        return LogVerdict(sealed=0, history=History(), findings=tuple(unreadable))
    if standing is None:
        plan = Plan(history=History())
        findings = tuple(_never_sealed(inspection, log, pending, outside, plan))
        disowned = plan.others.erased()
        return LogVerdict(sealed=0, history=plan.history, findings=findings, disowned=disowned)
    if lacking := _lacking(inspection, standing):
        place = inspection.show("log/tile")
        absent = found("CK-E606", place, f"{lacking} bundles of entries are missing")
        return LogVerdict(sealed=standing.size, history=History(), findings=(absent,))
    reading = read_log(inspection, log, standing)
    with suppress(CitekitError):  # a bundle that cannot be read, which is told
        reading.waiting = log.waiting(standing.size, pending)
    found_here = [*reading.findings, *_check_files(inspection, log, standing, reading)]
    found_here += _check_pending(inspection, pending, standing.size)
    found_here += _check_origin(inspection, standing)
    found_here += check_trust(inspection, reading, standing, outside)
    plan, access = Plan(history=reading.history, size=standing.size), dict(reading.history.access)
    with suppress(CitekitError):
        plan_waiting = _split(inspection, reading, standing.checkpoint.origin)
        plan = _plan(inspection, reading.history, plan_waiting, found_here)
    found_here += _check_state(inspection, plan)
    is_signed = bool(standing.signatures or reading.history.keys)
    is_awaited = is_signed and not _has_key(standing, reading.history)
    found_here += _waiting_purges(inspection, plan, is_signed=is_signed)
    found_here += _erased(inspection, plan, is_awaited=is_awaited)
    return LogVerdict(
        sealed=standing.size,
        history=plan.history,
        findings=tuple(found_here),
        is_signed=is_signed,
        is_awaited=is_awaited,
        disowned=plan.others.erased(),
        unvouched=frozenset(_unvouched(inspection, plan, access)),
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
        is_absent = finding.code in ("CK-E302", "CK-I303")
        if is_absent and digest in history.purged:
            yield from _purged(finding, verdict, history.purged[digest or ""])
        elif finding.code == "CK-E302" and digest in verdict.disowned:
            message = f"{finding.message}; a purge says so that nothing shows to be yours"
            yield found("CK-E624", finding.place or "", message)
        elif finding.code == "CK-I303" and digest in verdict.unvouched:
            message = f"{finding.message}; but nobody has sealed that its item is restricted"
            yield found("CK-E664", finding.place or "", message)
        else:
            yield finding
    yield from _present_after_purge(inspection, history)


def _purged(finding: Finding, verdict: LogVerdict, entry: int) -> Iterator[Finding]:
    """An absent payload that is said to be purged; only what is sealed excuses it for certain."""
    place = finding.place or ""
    if entry < verdict.sealed:
        yield found("CK-I621", place, f"was purged, entry {entry} of the log says")
        if not verdict.is_signed:
            yield found("CK-I663", place, f"nobody vouches for entry {entry}: it is not signed")
    elif not verdict.sealed:
        yield found("CK-I604", place, "was purged, an event that waits for a seal says")
    elif finding.code == "CK-I303":
        yield finding
    elif verdict.is_awaited:
        yield found("CK-E665", place, f"{finding.message}; its purge awaits the owner's seal")
    else:
        yield found("CK-E624", place, f"{finding.message}; a purge that nobody has sealed says so")


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
    plan: Plan,
) -> Iterator[Finding]:
    """An archive without a checkpoint proves nothing, unless there was one once.

    ``plan`` takes in the events that wait: an own purge among them is one all the same.
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
    told: list[Finding] = []
    waiting = split_waiting(inspection.store, pending.entries, origin="")
    taken = _plan(inspection, plan.history, waiting, told)
    plan.others, plan.conflicts = taken.others, taken.conflicts
    yield from told
    yield from _check_state(inspection, taken)
    yield from _waiting_purges(inspection, taken, is_signed=False)


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


def _split(inspection: Inspection, reading: Reading, origin: str) -> Waiting:
    """The events that wait and are not sealed: said again, an old event is no new one."""
    sealed = set(reading.leaves()) if reading.waiting else set()
    new = [entry for entry in reading.waiting if leaf_hash(entry) not in sealed]
    return split_waiting(inspection.store, new, origin=origin)


def _plan(
    inspection: Inspection, sealed: History, waiting: Waiting, findings: list[Finding]
) -> Plan:
    """The state after the own events that wait, and what the others say."""
    groups, place = _groups(inspection), inspection.show("log/pending.jsonl")
    try:
        plan = take_waiting(sealed, waiting)
    except CitekitError as error:
        findings.append(found("CK-E609", place, error.message))
        return Plan(history=sealed, size=sealed.size, others=read_others(waiting.others))
    for code, faults in (("CK-E602", plan.contradictions), ("CK-E661", plan.conflicts)):
        mine = (f for f in faults if groups is None or group_of(f.path) in groups)
        findings.extend(found(code, place, str(fault)) for fault in mine)
    findings.extend(_removed(inspection, plan, groups))
    return plan


def _check_state(inspection: Inspection, plan: Plan) -> Iterator[Finding]:
    """Compare the files with the last word of the log, and of the own events that wait."""
    history, size, groups = plan.history, plan.size, _groups(inspection)
    disk = _digests(inspection)
    for old, new in list(renamed_groups(history, disk, resolver(inspection.store))):
        history.take(_renaming(old, new))
        yield found("CK-I603", inspection.show(new), f"was renamed from {old}, not sealed yet")
    for folder in list(kept_privately(inspection.store.layout, history, disk)):
        history.take({"v": 1, "action": "remove", "subject": folder})
        if groups is None or folder in groups:
            yield found("CK-I603", inspection.show(folder), "was made private, not sealed yet")
    told = set()
    for difference in differences(history, disk):
        if groups is None or group_of(difference.path) in groups:
            told.add(difference.path)
            yield from _judge(inspection, plan, difference)
    for path in sorted(inspection.unread):
        if action_of(path) == "key" and history.get(path) is None:
            yield found("CK-E607", inspection.show(path), "no entry of the log names this key")
    for path, finding in _said_by_others(inspection, plan, disk, told):
        if groups is None or group_of(path) in groups:
            yield finding
    if size:
        for path, message in _waiting(history, disk, size):
            if groups is None or group_of(path) in groups:
                yield found("CK-I604", inspection.show(path), message)


def _said_by_others(
    inspection: Inspection, plan: Plan, disk: Mapping[str, str], told: Collection[str]
) -> Iterator[tuple[str, Finding]]:
    """What events of nobody say of files, where the log and own events say nothing else.

    They excuse nothing. But a file that is not as they say was changed, whoever wrote them.
    """
    history, others = plan.history, plan.others
    for folder, said in sorted(others.gone.items()):
        if plan.size and history.in_group(folder):
            message = f"{_what(said)} waits: {_NOT_OURS}"
            yield folder, found("CK-I660", inspection.show(folder), message)
    for path, said in sorted(others.said.items()):
        place, digest = inspection.show(path), disk.get(path)
        known = history.get(path)
        is_new = known is None and said.digest is not None
        if is_new and digest is None and group_of(path) not in others.gone:
            if not inspection.is_file(path):
                yield path, found("CK-E601", place, "is missing: an event that waits has it")
        elif is_new and is_immutable(path) and digest not in (None, said.digest):
            message = f"has {digest}, an event that waits says {said.digest}"
            yield path, found("CK-E602", place, message)
        elif plan.size and path not in told and not _is_past(history, path, said.digest):
            yield path, found("CK-I660", place, f"{_what(said)} waits: {_NOT_OURS}")


def _is_past(history: History, path: str, digest: str | None) -> bool:
    """Whether the log has had that word on the file: a merge brings back what was sealed since."""
    known = history.get(path)
    words = [*history.past.get(path, ()), *([known] if known else ())]
    return any(word.digest == digest for word in words)


_NOT_OURS = "nothing shows that this computer has noted it"


def _what(said: Said) -> str:
    """One event of others in a few words."""
    agent = said.value.get("agent")
    name = f" by {agent.get('name')}" if isinstance(agent, dict) else ""
    return f"an event ({said.action}{name})"


def _groups(inspection: Inspection) -> set[str] | None:
    """The groups of files that are looked at; None: all of them."""
    items = {inspection.folder(key) for key in inspection.keys}
    return items | {"trust"} if inspection.is_partial else None


def _removed(inspection: Inspection, plan: Plan, groups: set[str] | None) -> Iterator[Finding]:
    """Sealed items whose removal waits, and was noted by this computer."""
    for folder in plan.removed:
        if groups is None or folder in groups:
            yield found("CK-I604", inspection.show(folder), "is gone; that waits for a seal")


def _renaming(old: str, new: str) -> dict[str, object]:
    return {"v": 1, "action": "rename", "subject": old, "to": new}


def _judge(inspection: Inspection, plan: Plan, difference: Difference) -> Iterator[Finding]:
    history, size = plan.history, plan.size
    path, known, digest = difference.path, difference.known, difference.digest
    said = plan.others.said.get(path)
    place = inspection.show(path)
    if digest is None and inspection.is_file(path):
        yield from _unread(inspection, difference)
        return
    is_sealed = known is not None and known.entry < size
    if known is None:
        if difference.action == "key":
            yield found("CK-E607", place, "no entry of the log names this key")
        elif size and difference.action not in OF_THE_SEAL:
            yield _unsealed(place, "is not in the log yet", said, digest)
    elif digest is None and difference.action == "key" and not is_sealed:
        yield found("CK-I608", place, "a seal was stopped")
    elif digest is None and is_sealed and _is_withdrawn(inspection, history, path, size):
        yield found("CK-I667", place, "is not here: its item was withdrawn, the log says")
    elif digest is None:
        why = f"; an event says that it was removed, and {_NOT_OURS}" if said else ""
        yield found("CK-E601", place, f"is missing: entry {known.entry} of the log has it{why}")
    elif history.is_erased(path, digest):
        yield found("CK-E666", place, "is here, but the log says that it was erased")
    elif difference.is_immutable:
        message = f"has {digest}, entry {known.entry} of the log says {known.digest}"
        yield found("CK-E602", place, message)
    elif size:
        back = [k.entry for k in history.past.get(path, ()) if k.digest == digest]
        message = f"is again as entry {back[-1]} of the log says" if back else "has changed"
        yield _unsealed(place, f"{message} since entry {known.entry}", said, digest)


def _is_withdrawn(inspection: Inspection, history: History, path: str, size: int) -> bool:
    """Whether a sealed entry has withdrawn the file's item, and this may be a copy for others.

    Where payloads of the item were held, it was here, and nothing takes a withdrawn item away.
    """
    group = group_of(path)
    entry = history.withdrawn.get(group)
    if entry is None or entry >= size:
        return False
    captures = {known.entry for known in history.in_group(group).values()}
    held = inspection.store.objects.held()
    return not any(history.payloads.get(digest) in captures for digest in held)


def _unsealed(place: str, message: str, said: Said | None, digest: str | None) -> Finding:
    """A change that nobody has sealed; an event of others may say that it is theirs."""
    if said is None or said.digest != digest:
        return found("CK-I603", place, message)
    return found("CK-I660", place, f"{message}; {_what(said)} says so: {_NOT_OURS}")


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
    gone = {group for group, entry in history.erased.items() if entry >= size}  # told by itself
    waiting = [
        (path, known)
        for path, known in history.files()
        if known.entry >= size and group_of(path) not in gone
    ]
    for path, known in sorted(waiting):
        if disk.get(path) == known.digest:
            is_new = known.digest is not None and path not in history.past
            action = "is new" if is_new else "has changed" if known.digest else "was removed"
            yield path, f"{action}; the event waits for a seal"


def _waiting_purges(inspection: Inspection, plan: Plan, *, is_signed: bool) -> Iterator[Finding]:
    """A purge that waits is told, whether or not its bytes are here."""
    place, groups = inspection.show("log/pending.jsonl"), _groups(inspection)
    for _, said in erasures_among(plan.entries) if is_signed else ():
        if groups is None or said.subject in groups:
            message = f"{_WAITS[said.action]} of {said.subject} waits for the owner's seal"
            yield found("CK-I625", place, message)
    for entry, said in plan.others.erasures:
        if groups is None or said.subject in groups:
            name = leaf_hash(entry).hex()[:12]
            message = f"{_WAITS[said.action]} of {said.subject} waits ({name}): {_NOT_OURS}"
            yield found("CK-I662", place, message)


_WAITS = {"purge": "a purge", "erase": "an erasing"}


def _erased(inspection: Inspection, plan: Plan, *, is_awaited: bool) -> Iterator[Finding]:
    """Records of an item that was erased here, which nobody has sealed yet: they are missing."""
    history, groups = plan.history, _groups(inspection)
    for group, entry in history.erased.items():
        if entry < plan.size or not (groups is None or group in groups):
            continue
        for path in history.in_group(group):
            sealed = [w for w in history.past.get(path, ()) if w.entry < plan.size]
            if sealed and sealed[-1].digest and path not in inspection.digests:
                code = "CK-E665" if is_awaited else "CK-E624"
                message = "is missing: it was erased, and that waits for a seal"
                yield found(code, inspection.show(path), message)


def _has_key(standing: Standing, history: History) -> bool:
    """Whether the key that signs this log is on this computer, at its place."""
    try:
        key = find_signing_key(standing.checkpoint.origin)
    except CitekitError:  # it is named, and cannot be read
        return False
    current = history.keys[-1].vkey if history.keys else None
    return key is not None and current in (None, str(key.verifier))


def _unvouched(inspection: Inspection, plan: Plan, access: Mapping[str, str]) -> Iterator[str]:
    """The payloads of sealed captures whose item has changed, and nobody knows who did it.

    That such an item is restricted is no reason for a public payload to be absent. Nor is an event
    of this computer's own that says so: here the bytes were moved, so they are here. ``access`` is
    what is sealed.
    """
    history, disk = plan.history, inspection.digests
    for group in history.groups():
        if group.startswith("items/"):
            said = history.get(f"{group}/item.json")
            is_as_said = said is not None and disk.get(f"{group}/item.json") == said.digest
            if is_as_said and access.get(group) in (None, history.access.get(group)):
                continue
            for path, known in history.in_group(group).items():
                if action_of(path) == "capture" and known.entry < plan.size:
                    yield from _payloads_of(inspection, path)


def _payloads_of(inspection: Inspection, path: str) -> Iterator[str]:
    """The payloads of one capture record, if it is one that was looked at and could be read."""
    name, _, stamp = path.removeprefix("items/").partition("/captures/")
    at = (inspection.store.key_in(name) or "", stamp.removesuffix(".json"))
    if at in inspection.captures:
        yield from (payload["digest"] for payload in inspection.payloads(*at).values())


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
