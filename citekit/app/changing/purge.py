"""``purge``: remove the payload bytes of an item for good; its digests and proofs stay.

The log says it first, then the bytes go: a purge that is stopped leaves bytes that ``verify``
names, and running it again finishes it. Nothing goes that another item has too.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from citekit.app.changing.git import Traces
from citekit.app.changing.git_traces import Trail
from citekit.app.changing.redaction import shown_words
from citekit.app.sealing.log_reading import noted_history
from citekit.app.sealing.waiting_purges import purges_among
from citekit.errors import IntegrityFailed, InvalidData, NotFound, Place, UsageError
from citekit.findings import Finding, Severity
from citekit.model.event import MAX_REASON, LoggedPayload
from citekit.model.value import Value
from citekit.store.log.folder import LogFolder
from citekit.store.writing.event_recorder import logged_payloads
from citekit.store.writing.payload_references import owners_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.store.archive import ArchiveStore


class PurgePlan(Value):
    """What a purge would remove, and what it keeps because other items have it (digest -> keys)."""

    key: str
    title: str
    payloads: tuple[LoggedPayload, ...]
    kept: dict[str, tuple[str, ...]]
    noted: frozenset[str]

    def told(self) -> str:
        """What to ask before it is done."""
        sizes = ", ".join(f"{p.role} ({p.size_bytes} bytes)" for p in self.payloads)
        return f"remove for good, from {self.key} ({self.title}): {sizes}?"


class Purged(Value):
    """What is gone for good, what stayed for another item's sake, and what git still has."""

    key: str
    payloads: tuple[LoggedPayload, ...]
    kept: dict[str, tuple[str, ...]]
    traces: Traces | None
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "key": self.key,
            "purged": [
                {"role": p.role, "digest": p.digest, "size_bytes": p.size_bytes}
                for p in self.payloads
            ],
            "kept": {digest: list(keys) for digest, keys in self.kept.items()},
            "git": self.traces.to_json() if self.traces else None,
            "findings": [finding.to_json() for finding in self.findings],
        }


def plan_purge(store: ArchiveStore, key: str) -> PurgePlan:
    """What purging an item would remove; nothing is changed.

    Raises NotFound for an unknown key, and when there is nothing that could be purged.
    """
    key = store.resolve(key)
    captures = store.captures(key).values()
    payloads = {p.digest: p for capture in captures for p in logged_payloads(capture)}
    owners = owners_of(store, payloads.keys())
    kept = {d: tuple(sorted(keys - {key})) for d, keys in owners.items() if keys - {key}}
    gone = tuple(payload for digest, payload in payloads.items() if digest not in kept)
    if not gone:
        raise NotFound(
            f"{key} has no payload of its own: nothing to purge",
            hint=f"its payloads are also those of {_names(kept)}" if kept else "",
        )
    noted: frozenset[str] = frozenset()
    with suppress(IntegrityFailed, InvalidData):  # a damaged log does not keep bytes from going
        noted = frozenset(noted_history(store).purged.keys() & payloads.keys())
    return PurgePlan(key=key, title=store.item(key).title, payloads=gone, kept=kept, noted=noted)


def purge(store: ArchiveStore, key: str, *, reason: str | None = None) -> Purged:
    """Remove the payloads of an item everywhere in the archive folder, after logging it.

    Raises NotFound as ``plan_purge`` does, and UsageError for a reason that is too long.
    """
    if reason is not None and len(reason) > MAX_REASON:
        raise UsageError(f"the reason has {len(reason)} characters, at most {MAX_REASON} go")
    with store.writing() as writer:
        plan = plan_purge(store, key)  # under the lock: an item may have come meanwhile
        trail = Trail(store, [payload.digest for payload in plan.payloads])
        writer.purge(plan.key, plan.payloads, reason=reason, noted=plan.noted)
    traces = trail.follow()
    findings = (
        *_kept(plan),
        *_still_quoted(store, plan.key),
        *trail.findings(traces),
        *_waits(store),
    )
    return Purged(
        key=plan.key, payloads=plan.payloads, kept=plan.kept, traces=traces, findings=findings
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
        if any(purges_among(waiting)):
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
