"""``verify``: every check over an archive, one finding for each thing wrong.

A check is a function from an Inspection to findings; CHECKS is the list of them, in the order in
which they run. The first ones fill the inspection, the others judge what is in it.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from citekit.app.verifying.beside_writers import until_steady
from citekit.app.verifying.inspection import begin
from citekit.app.verifying.interrupted import explain
from citekit.app.verifying.links import check_links
from citekit.app.verifying.log_checks.log import check_log, reconcile
from citekit.app.verifying.payloads import check_payloads
from citekit.app.verifying.private_files import check_marked, check_private
from citekit.app.verifying.quotation import check_quotation
from citekit.app.verifying.records import check_names, read_records
from citekit.app.verifying.structure import check_structure
from citekit.findings import Finding, FindingClass, Severity
from citekit.model.records.codec import write_instant
from citekit.model.value import Value, replace
from citekit.store.clock import now as this_second
from citekit.store.verified_marks import Remembered, recall, remember

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citekit.app.verifying.inspection import Inspection
    from citekit.app.verifying.log_checks.trust_anchors import Outside
    from citekit.store.reading import ArchiveReader

    Check = Callable[[Inspection], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    read_records,
    check_structure,
    check_names,
    check_payloads,
    check_links,
    check_quotation,
    check_marked,
)

# The first class that occurs decides. A finding of no listed class is fine.
_EXIT_CODES: tuple[tuple[FindingClass, int], ...] = (
    (FindingClass.TAMPERED, 6),
    (FindingClass.CONFLICT, 6),
    (FindingClass.MISSING, 6),
    (FindingClass.EXTRA, 6),
    (FindingClass.INTERRUPTED, 7),
    (FindingClass.INVALID, 4),
    (FindingClass.EXCESS, 1),
    (FindingClass.AWAITED, 1),
)


class Report(Value):
    """What verify found: how many items it looked at, how many entries are sealed, the findings."""

    items: int
    sealed: int
    findings: tuple[Finding, ...]
    is_partial: bool = False
    since: datetime | None = None
    """When the last full check was, if this one took ``not_hashed`` payloads to be as then."""
    not_hashed: int = 0
    remembers: bool | None = None
    """Whether what was found whole is remembered for an incremental check; None: nobody asked."""

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; what is withheld or not yet sealed is not wrong."""
        return self.exit_code() == 0

    def exit_code(self, *, strict: bool = False) -> int:
        """6 tampered, conflict, missing, extra · 7 interrupted · 4 invalid · 1 excess, awaited · 0.

        With ``strict`` also 1 for what is unsealed.
        """
        wrong = {finding.kind for finding in self.findings if finding.severity is Severity.ERROR}
        for kind, code in _EXIT_CODES:
            if kind in wrong:
                return code
        unsealed = any(finding.kind is FindingClass.UNSEALED for finding in self.findings)
        return int(strict and (unsealed or self.sealed == 0))

    def summary(self) -> str:
        """One line for people."""
        items = "1 item" if self.items == 1 else f"{self.items} items"
        part = "only these were looked at, " if self.is_partial else ""
        counts = self._counts()
        sealed = f"{self.sealed} sealed" + (": nothing proven yet" if not self.sealed else "")
        return f"{items}: {part}{counts}; {sealed}{self._about_the_check()}"

    def to_json(self) -> dict[str, Any]:
        """The ``--json`` shape: ok, sealed, items, findings."""
        return {
            "ok": self.ok,
            "sealed": self.sealed,
            "items": self.items,
            "findings": [finding.to_json() for finding in self.findings],
            "incremental": self.since is not None,
            "last_full_check": write_instant(self.since) if self.since else None,
            "not_hashed": self.not_hashed,
        }

    def _about_the_check(self) -> str:
        if self.since:
            known = "1 payload" if self.not_hashed == 1 else f"{self.not_hashed} payloads"
            at = write_instant(self.since)
            return (
                f"; incremental: {known} not hashed again, unchanged since the full check of {at}"
            )
        match self.remembers:
            case True:
                return "; this was a full check, and is remembered"
            case False:
                return "; this was a full check, and cannot be remembered here"
            case None:
                return ""

    def _counts(self) -> str:
        kinds = [finding.kind for finding in self.findings]
        words = {FindingClass.WITHHELD: "not on this computer (as intended)"}
        counts = [
            f"{kinds.count(kind)} {words.get(kind, kind)}" for kind in FindingClass if kind in kinds
        ]
        return ", ".join(counts) or "nothing wrong"


def verify(
    store: ArchiveReader,
    keys: Sequence[str] = (),
    *,
    outside: Outside | None = None,
    progress: Callable[[int, int], None] | None = None,
    only_changed: bool = False,
    now: datetime | None = None,
) -> Report:
    """Check an archive, or some items by key or alias; raises NotFound for a key nobody has.

    Raises StoreConflict where others change the archive all the while (``beside_writers``).

    ``outside`` is what the verifier brings along: keys, roots, checkpoints. ``progress`` hears how
    many payloads have been hashed, of how many that are here. With ``only_changed`` payloads are
    not hashed again that are, by size, times and inode, as the last full check found them: every
    other check is made, but this is no full one. Where no full check is remembered it is one, and
    from then on every full check is remembered.
    """

    def check() -> tuple[Report, Remembered | None]:
        return _verify(store, keys, outside, progress, only_changed=only_changed, now=now)

    with _without_collector():
        report, remembered = until_steady(store.layout, check, is_well=_is_well)
    if remembered is None:
        return report
    # Only now: what is written into the archive during a check is a change, also what this writes.
    return replace(report, remembers=remember(store.layout, remembered))


def _is_well(checked: tuple[Report, Remembered | None]) -> bool:
    """Whether a change made meanwhile would have taken nothing from it."""
    report, _ = checked
    return report.ok and all(finding.code != "CK-I608" for finding in report.findings)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Spare the search for cyclic garbage: there is none, and all that was read is searched."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _verify(
    store: ArchiveReader,
    keys: Sequence[str],
    outside: Outside | None,
    progress: Callable[[int, int], None] | None,
    *,
    only_changed: bool,
    now: datetime | None,
) -> tuple[Report, Remembered | None]:
    """The report, and what of a full check is to be remembered; None when nobody asked."""
    at = now or this_second()
    resolved = tuple(dict.fromkeys(store.resolve(key) for key in keys))
    layout = store.layout
    seen = tuple(k for k in resolved if not layout.lies_in_private(layout.item_folder(k)))
    inspection = begin(store, seen, progress, is_partial=bool(resolved))
    inspection.remembered = recall(store.layout) if only_changed else None
    is_full = inspection.remembered is None and not resolved
    if is_full and (only_changed or store.layout.verified_file.is_file()):
        inspection.marks = {}
    findings = [finding for check in CHECKS for finding in check(inspection)]
    if not seen:  # all is looked at, or what is private
        findings += check_private(store)
    log = check_log(inspection, outside)
    marks = inspection.marks
    report = Report(
        items=len(inspection.keys),
        sealed=log.sealed,
        findings=tuple(explain((*reconcile(findings, log, inspection), *log.findings), inspection)),
        is_partial=inspection.is_partial,
        since=inspection.remembered.at if inspection.remembered else None,
        not_hashed=inspection.hashing.not_hashed,
    )
    return report, None if marks is None else Remembered(at=at, marks=marks)
