"""Citing only what verifies: the items of a call, checked before anything of them is printed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from citekit.app.verifying.verify import verify
from citekit.errors import CitekitError, IntegrityFailed, InvalidData, StoreConflict
from citekit.findings import Finding, FindingClass, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.app.verifying.log_checks.trust_anchors import Outside
    from citekit.app.verifying.verify import Report
    from citekit.store.reading import ArchiveReader

# A reference rests on these; a note or an annotation that is not sealed yet changes none of it.
CITED: Final = re.compile(r"item\.json|captures[/\\][^/\\]+\.json")
_ERRORS: Final[dict[int, type[CitekitError]]] = {
    4: InvalidData,
    6: IntegrityFailed,
    7: StoreConflict,
}


def check_cited(store: ArchiveReader, keys: Sequence[str], outside: Outside) -> tuple[str, ...]:
    """What is to be said about the check, one line each, when every item verifies.

    Raises IntegrityFailed for an item that was tampered with or lacks something, InvalidData for
    one that cannot be read, CitekitError (exit code 1) for one that is not sealed as it is now or
    quotes more than it may: the codes of ``verify``.
    """
    report = verify(store, keys, outside=outside)
    wrong = next(_wrong(report), None)
    if wrong is not None:
        error = _ERRORS.get(report.exit_code(), CitekitError)
        raise error(f"does not verify: {wrong.message}", place=wrong.place, hint=wrong.hint)
    if not report.sealed:
        hint = "citekit seal"
        raise CitekitError("nothing is sealed here yet, so nothing verifies", hint=hint)
    if outside.keys or outside.checkpoints:
        return ()
    return ("consistent; signer not authenticated: --trust KEY tells who sealed it",)


def _wrong(report: Report) -> Iterator[Finding]:
    """What speaks against citing, the worst first."""
    yield from (finding for finding in report.findings if finding.severity is Severity.ERROR)
    for finding in report.findings:
        path = finding.place.path if finding.place else None
        if finding.kind is FindingClass.UNSEALED and path and CITED.search(path):
            yield finding
