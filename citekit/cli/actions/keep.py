"""``citekit purge`` and ``backup``: what is to be gone for good, and what is to stay."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from citekit.cli import output
from citekit.errors import UsageError

if TYPE_CHECKING:
    from citekit.cli.context import Context


def purge(context: Context, *, key: str, reason: str | None, yes: bool) -> int:
    """Remove an item's payloads for good, after asking; say what git still has."""
    from citekit.app.purge import plan_purge
    from citekit.app.purge import purge as purge_item

    store = context.store()
    plan = plan_purge(store, key)
    if not yes and not output.confirm(plan.told()):
        raise UsageError("nothing purged", hint="confirm, or give --yes")
    purged = purge_item(store, plan.key, reason=reason)
    if context.json:
        output.answer_json(purged.to_json())
        return 0
    output.answer(purged.key)
    counts = Counter(payload.role for payload in purged.payloads)
    roles = ", ".join(role if n == 1 else f"{role} × {n}" for role, n in counts.items())
    output.note(
        f"purged {roles} of {purged.key}: digests, records and proofs stay; "
        "backups, exports and built sites elsewhere are not reached",
        quiet=context.quiet,
    )
    output.tell_findings(purged.findings)
    return 0


def backup(context: Context, *, dir_: str) -> int:
    """Copy the whole archive, restricted payloads too, and verify the copy."""
    from citekit.app.backup import backup as back_up

    def tell(done: int, of: int) -> None:
        output.tell_progress(f"{done} of {of} files", quiet=context.quiet)

    done = back_up(context.store(), Path(dir_), progress=tell)
    output.end_progress(quiet=context.quiet)
    if context.json:
        output.answer_json(done.to_json())
        return done.exit_code()
    output.answer(
        f"{done.folder}: {done.copied} files copied ({done.size_bytes} bytes), "
        f"{done.unchanged} were there, {done.removed} removed"
    )
    output.answer(f"the copy verifies: {done.report.summary()}" if done.report.ok
                  else f"the copy does not verify: {done.report.summary()}")  # fmt: skip
    output.tell_findings(done.findings)
    return done.exit_code()
