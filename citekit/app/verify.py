"""``verify``: every check over an archive, one finding for each thing wrong.

A check is a function from an Inspection to findings; CHECKS is the list of them, in the order in
which they run. The first ones fill the inspection, the others judge what is in it.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from citekit.app.checks.inspection import inspect
from citekit.app.checks.links import check_links
from citekit.app.checks.log import check_log, reconcile
from citekit.app.checks.payloads import check_payloads
from citekit.app.checks.quotation import check_quotation
from citekit.app.checks.records import check_names, read_records
from citekit.app.checks.structure import check_structure
from citekit.findings import Finding, FindingClass, Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citekit.app.checks.inspection import Inspection
    from citekit.app.outside import Outside
    from citekit.store.archive import ArchiveStore

    Check = Callable[[Inspection], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    read_records,
    check_structure,
    check_names,
    check_payloads,
    check_links,
    check_quotation,
)

# The first class that occurs decides. A finding of no listed class is fine.
_EXIT_CODES: tuple[tuple[FindingClass, int], ...] = (
    (FindingClass.TAMPERED, 6),
    (FindingClass.MISSING, 6),
    (FindingClass.EXTRA, 6),
    (FindingClass.INVALID, 4),
    (FindingClass.EXCESS, 1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What verify found: how many items it looked at, how many entries are sealed, the findings."""

    items: int
    sealed: int
    findings: tuple[Finding, ...]
    is_partial: bool = False

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; what is withheld or not yet sealed is not wrong."""
        return self.exit_code() == 0

    def exit_code(self, *, strict: bool = False) -> int:
        """6 tampered, missing or extra · 4 invalid · 1 excess, and with ``strict`` unsealed · 0."""
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
        return f"{items}: {part}{counts}; {sealed}"

    def to_json(self) -> dict[str, Any]:
        """The ``--json`` shape: ok, sealed, items, findings."""
        return {
            "ok": self.ok,
            "sealed": self.sealed,
            "items": self.items,
            "findings": [finding.to_json() for finding in self.findings],
        }

    def _counts(self) -> str:
        kinds = [finding.kind for finding in self.findings]
        counts = [f"{kinds.count(kind)} {kind}" for kind in FindingClass if kind in kinds]
        return ", ".join(counts) or "nothing wrong"


def verify(
    store: ArchiveStore,
    keys: Sequence[str] = (),
    *,
    outside: Outside | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Check an archive, or some items by key or alias; raises NotFound for a key nobody has.

    ``outside`` is what the verifier brings along: keys, roots, checkpoints. ``progress`` hears how
    many of how many payloads have been hashed.
    """
    with _without_collector():
        return _verify(store, keys, outside, progress)


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
    store: ArchiveStore,
    keys: Sequence[str],
    outside: Outside | None,
    progress: Callable[[int, int], None] | None,
) -> Report:
    resolved = tuple(dict.fromkeys(store.resolve(key) for key in keys))
    inspection = inspect(store, resolved, progress)
    findings = [finding for check in CHECKS for finding in check(inspection)]
    log = check_log(inspection, outside)
    return Report(
        items=len(inspection.keys),
        sealed=log.sealed,
        findings=(*reconcile(findings, log, inspection), *log.findings),
        is_partial=inspection.is_partial,
    )
