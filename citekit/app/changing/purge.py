"""``purge``: remove the payload bytes of an item for good; its digests and proofs stay.

With ``record`` the item goes as well: its record, captures, note and annotations. The log keeps
their digests and says that they were erased, which is what explains to everybody why they are gone.

The log says it first, then the bytes go: a purge that is stopped leaves bytes that ``verify``
names, and running it again finishes it. Nothing goes that another item has too.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.app.changing.edit import refuse_sources
from citekit.app.changing.git_traces import Trail
from citekit.app.changing.redaction import shown_words
from citekit.app.git import Traces
from citekit.app.sealing.log_reading import noted_history
from citekit.app.sealing.unconfirmed import erasures_among
from citekit.errors import IntegrityFailed, InvalidData, NotFound, Place, UsageError
from citekit.findings import Finding, Severity
from citekit.model.event import MAX_REASON, LoggedPayload
from citekit.model.value import Value
from citekit.store.log.folder import LogFolder
from citekit.store.log.record_kinds import action_of
from citekit.store.writing.event_recorder import logged_payloads
from citekit.store.writing.payload_references import owners_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from citekit.store.archive import ArchiveStore


class PurgePlan(Value):
    """What a purge would remove, and what it keeps as others have it (digest -> keys of items).

    ``records`` are the files of an item that is to be erased, none where its records stay.
    ``noted`` are payloads that the log has as purged, ``is_erased`` says that it has the item so.
    """

    key: str
    title: str
    payloads: tuple[LoggedPayload, ...]
    kept: dict[str, tuple[str, ...]]
    noted: frozenset[str]
    records: tuple[Path, ...] = ()
    is_erased: bool = False

    def told(self) -> str:
        """What to ask before it is done."""
        parts = [f"{p.role} ({p.size_bytes} bytes)" for p in self.payloads]
        parts += [path.name for path in self.records]
        return f"remove for good, from {self.key} ({self.title}): {', '.join(parts)}"

    def to_json(self, store: ArchiveStore) -> dict[str, Any]:
        """The document of ``--dry-run --json``, in the shape of what ``purge`` answers."""
        erased = tuple(map(store.layout.name, self.records))
        kept, findings = self.kept, tuple(_kept(self))
        return Purged(
            key=self.key,
            payloads=self.payloads,
            kept=kept,
            traces=None,
            findings=findings,
            erased=erased,
        ).to_json()


class Purged(Value):
    """What is gone for good, what stayed for another item's sake, and what git still has.

    ``erased`` are the records that went with the payloads, by their paths in the archive.
    """

    key: str
    payloads: tuple[LoggedPayload, ...]
    kept: dict[str, tuple[str, ...]]
    traces: Traces | None
    findings: tuple[Finding, ...]
    erased: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "key": self.key,
            "erased": list(self.erased),
            "purged": [
                {"role": p.role, "digest": p.digest, "size_bytes": p.size_bytes}
                for p in self.payloads
            ],
            "kept": {digest: list(keys) for digest, keys in self.kept.items()},
            "git": self.traces.to_json() if self.traces else None,
            "findings": [finding.to_json() for finding in self.findings],
        }


def plan_purge(store: ArchiveStore, key: str, *, record: bool = False) -> PurgePlan:
    """What purging an item would remove, with ``record`` its records too; nothing is changed.

    Raises NotFound for an unknown key, and when there is nothing that could be purged,
    StoreConflict for a record that claims rest on.
    """
    key = store.resolve(key)
    captures = store.captures(key).values()
    payloads = {p.digest: p for capture in captures for p in logged_payloads(capture)}
    owners = owners_of(store, payloads.keys())
    kept = {d: tuple(sorted(keys - {key})) for d, keys in owners.items() if keys - {key}}
    gone = tuple(payload for digest, payload in payloads.items() if digest not in kept)
    if record:
        refuse_sources(store, key)
    if not gone and not record:
        raise NotFound(
            f"{key} has no payload of its own: nothing to purge",
            hint=f"its payloads are also those of {_names(kept)}" if kept else "",
        )
    noted, is_erased = frozenset[str](), False
    with suppress(IntegrityFailed, InvalidData):  # a damaged log does not keep bytes from going
        history = noted_history(store)
        noted = frozenset(history.purged.keys() & payloads.keys())
        item_file = store.layout.item_file(key)
        known = history.get(store.layout.name(item_file))
        is_erased = known is not None and known.digest is None
    return PurgePlan(
        key=key,
        title=store.item(key).title,
        payloads=gone,
        kept=kept,
        noted=noted,
        records=tuple(_records(store, key)) if record else (),
        is_erased=is_erased,
    )


def _records(store: ArchiveStore, key: str) -> Iterator[Path]:
    """Every file in the item's folder that the log accounts for."""
    folder = store.layout.item_folder(key)
    for path in sorted(folder.rglob("*")):
        if action_of(store.layout.name(path)) and path.is_file():
            yield path


def purge(
    store: ArchiveStore, key: str, *, reason: str | None = None, record: bool = False
) -> Purged:
    """Remove the payloads of an item everywhere in the archive folder, after logging it.

    With ``record`` its folder goes as well. Raises NotFound and StoreConflict as ``plan_purge``
    does, and UsageError for a reason that is too long.
    """
    if reason is not None and len(reason) > MAX_REASON:
        raise UsageError(f"the reason has {len(reason)} characters, at most {MAX_REASON} go")
    with store.writing() as writer:
        # Under the lock: an item may have come meanwhile.
        plan = plan_purge(store, key, record=record)
        digests = [payload.digest for payload in plan.payloads]
        trail = Trail(store, digests, records=plan.records)
        if record:
            writer.erase(plan.key, plan.payloads, reason=reason, is_noted=plan.is_erased)
        else:
            writer.purge(plan.key, plan.payloads, reason=reason, noted=plan.noted)
    traces = trail.follow()
    findings = (
        *_kept(plan),
        *(() if record else _still_quoted(store, plan.key)),
        *trail.findings(traces),
        *_waits(store),
    )
    return Purged(
        key=plan.key,
        payloads=plan.payloads,
        kept=plan.kept,
        traces=traces,
        findings=findings,
        erased=tuple(map(store.layout.name, plan.records)),
    )


def _kept(plan: PurgePlan) -> Iterable[Finding]:
    for digest, keys in plan.kept.items():
        yield Finding(
            code="CK-W703",
            severity=Severity.WARNING,
            message=f"{digest} stays: {', '.join(keys)} has it too",
            rule="Purge: nothing goes that another item has",
            hint=f"citekit purge {keys[0]}, if it is to go there as well",
        )


def _still_quoted(store: ArchiveStore, key: str) -> Iterable[Finding]:
    """What records still say of the text: they are part of what was sealed, and stay."""
    words = shown_words(store, key)
    if words:
        yield Finding(
            code="CK-I704",
            severity=Severity.NOTE,
            message=f"its annotations still quote {words} words of the text",
            place=Place(path=str(store.layout.annotations_file(key))),
            rule="Purge: payload bytes go, records stay",
            hint="citekit annotation rm removes one; a restricted item shows at most 12 words each",
        )


def _waits(store: ArchiveStore) -> Iterable[Finding]:
    """In a signed log a purge excuses nothing before it is signed: say so while it is fresh."""
    log = LogFolder(store.layout)
    with suppress(IntegrityFailed, InvalidData):
        standing = log.standing()
        waiting = log.waiting(standing.size) if standing and standing.signatures else ()
        if any(erasures_among(waiting)):
            yield Finding(
                code="CK-I705",
                severity=Severity.NOTE,
                message="the purge waits for the owner's seal; until then the bytes are missing",
                place=Place(path=str(store.layout.pending_file)),
                rule="Verdicts: in a signed log only a signed purge excuses missing bytes",
                hint="citekit seal asks about it, and signs it",
            )


def _names(kept: dict[str, tuple[str, ...]]) -> str:
    return ", ".join(sorted({key for keys in kept.values() for key in keys}))
