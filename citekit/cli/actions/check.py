"""``citekit verify``, ``recover`` and ``doctor``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.changing.recover import recover as recover_archive
from citekit.app.doctor.machine import examine
from citekit.app.verifying.log_checks.trust_anchors import read_outside
from citekit.app.verifying.verify import verify as check
from citekit.cli import output
from citekit.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable

    from citekit.cli.context import Context


def verify(
    context: Context,
    *,
    key: list[str],
    strict: bool,
    changed: bool,
    trust: list[str],
    checkpoint: list[str],
    witness: list[str],
    revoked: list[str],
) -> int:
    """Check the archive and print one finding a line; the verdict is the exit code."""
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
        for finding in report.findings:
            place = f"{finding.place}: " if finding.place else ""
            hint = f" ({finding.hint})" if finding.hint else ""
            line = f"{finding.kind}  {place}{finding.message} [{finding.code}]{hint}"
            output.answer(line)
        output.answer(report.summary())
    return report.exit_code(strict=strict)


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
