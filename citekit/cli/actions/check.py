"""``citekit verify``, ``recover`` and ``doctor``."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from citekit.app.changing.recover import recover as recover_archive
from citekit.app.doctor.machine import examine
from citekit.app.verifying.log_checks.trust_anchors import read_outside
from citekit.app.verifying.verify import verify as check
from citekit.cli import output
from citekit.errors import NotFound
from citekit.findings import FindingClass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from citekit.cli.context import Context
    from citekit.findings import Finding


def verify(
    context: Context,
    *,
    key: list[str],
    strict: bool,
    changed: bool,
    verbose: bool,
    trust: list[str],
    checkpoint: list[str],
    witness: list[str],
    revoked: list[str],
) -> int:
    """Check the archive and print what was found, a line each; the verdict is the exit code.

    What is not here, as intended, is one line for all of it, unless each is asked for.
    """
    store = context.store()
    outside = read_outside(
        trust, checkpoint, witnesses=witness, revoked=revoked, archive=store.root
    )
    progress = _progress(context)
    report = check(store, key, outside=outside, progress=progress, only_changed=changed)
    output.end_progress(quiet=context.quiet)
    if context.json:
        output.answer_json({**report.to_json(), "ok": report.exit_code(strict=strict) == 0})
    else:
        for line in _lines(report.findings, is_verbose=verbose):
            output.answer(line)
        output.answer(report.summary())
    return report.exit_code(strict=strict)


def _lines(findings: Sequence[Finding], *, is_verbose: bool) -> Iterator[str]:
    """A line for each finding; one alone for all that a clone lacks and is fine."""
    lacking = Counter(one.code for one in findings if one.kind == FindingClass.WITHHELD)
    for finding in findings:
        if is_verbose or finding.kind != FindingClass.WITHHELD:
            place = f"{finding.place}: " if finding.place else ""
            hint = f" ({finding.hint})" if finding.hint else ""
            yield f"{finding.kind}  {place}{finding.message} [{finding.code}]{hint}"
    if lacking and not is_verbose:
        parts = [_LACKING[code].format(n=n, s="" if n == 1 else "s") for code, n in lacking.items()]
        yield f"not on this computer (as intended)  {', '.join(parts)}; --verbose names each"


_LACKING = {
    "CK-I303": "{n} saved file{s} of restricted items",
    "CK-I667": "{n} file{s} of withdrawn items",
    "CK-I681": "what is private",
}
"""What is not here, by the code of its finding."""


def _progress(context: Context) -> Callable[[int, int], None]:
    def tell(done: int, of: int) -> None:
        if done % 256 == 0:
            output.tell_progress(f"{done} of {of} payloads", quiet=context.quiet)

    return tell


def recover(context: Context, *, keep: list[str], drop: list[str]) -> int:
    """Mend, decide conflicts, and print what was mended and what is left; 1 while anything is."""
    recovered = recover_archive(context.store(), keep=keep, drop=drop)
    if context.json:
        output.answer_json(recovered.to_json())
    else:
        for mended in recovered.mended:
            output.answer(f"mended  {mended.told()}")
        for folder in recovered.unmended:
            output.answer(f"cannot be mended  {folder}")
        for path, digest in recovered.kept.items():
            output.answer(f"{path}: {digest}")
        for conflict in recovered.conflicts:
            output.answer(f"conflict  {conflict}")
        number = "1 event" if recovered.dropped == 1 else f"{recovered.dropped} events"
        was_idle = not (recovered.mended or recovered.unmended or recovered.conflicts)
        told = "nothing to mend" if was_idle and not recovered.dropped else f"{number} dropped"
        output.note(told, quiet=context.quiet)
    return 1 if recovered.conflicts or recovered.unmended else 0


def doctor(context: Context) -> int:
    """Say what works here; 1 when something that the core needs does not."""
    try:
        root = context.root()
    except NotFound:
        root = None
    checks = examine(root)
    if context.json:
        output.answer_json([check.to_json() for check in checks])
    else:
        for check in checks:
            mark = "ok" if check.ok else "no"
            output.answer(f"{mark}  {check.name}: {check.detail}")
            if check.hint and not check.ok:
                output.answer(f"    {check.hint}")
    return 1 if any(check.required and not check.ok for check in checks) else 0
