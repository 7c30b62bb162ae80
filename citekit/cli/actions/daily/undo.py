"""``citekit undo``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.changing.undo import forget_last_change, plan_undo
from citekit.app.changing.undo import undo as take_back
from citekit.cli import output
from citekit.errors import UsageError

if TYPE_CHECKING:
    from citekit.cli.context import Context


def undo(context: Context, *, dry_run: bool, forget: bool) -> int:
    """Take the last change back and say what it was; or say what would be, or forget it."""
    store = context.store()
    if forget:
        if dry_run:
            raise UsageError(
                "--forget is for itself", hint="citekit undo --dry-run changes nothing"
            )
        forget_last_change(store)
        return 0
    undone = plan_undo(store) if dry_run else take_back(store)
    if context.json:
        output.answer_json(undone.to_json())
        return 0
    for change in undone.changes[: output.MOST_TOLD]:
        output.answer(f"{change.subject}  {change.told}".rstrip())
    more = len(undone.changes) - output.MOST_TOLD
    if more > 0:
        output.answer(f"… and {more} more; --json lists every one")
    hint = "nothing was changed" if dry_run else "citekit undo again brings that back"
    output.note(hint, quiet=context.quiet)
    return 0
