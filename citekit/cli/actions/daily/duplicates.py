"""``citekit duplicates``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.changing.merge import merge as make_one
from citekit.app.looking.duplicates import find_duplicates
from citekit.cli import output
from citekit.errors import UsageError

if TYPE_CHECKING:
    from citekit.cli.context import Context


def duplicates(context: Context, *, keys: list[str], merge: bool, dry_run: bool) -> int:
    """Print the keys of items that may be one work, and what they share; or make them one."""
    if merge:
        return _merge(context, keys, dry_run=dry_run)
    if dry_run:
        raise UsageError("--dry-run goes with --merge", hint="without both nothing is changed")
    store = context.reader()
    wanted = {store.resolve(key) for key in keys}
    found = [one for one in find_duplicates(store) if not keys or wanted.intersection(one.keys)]
    if context.json:
        output.answer_json([{"keys": one.keys, "shared": one.shared} for one in found])
        return 0
    for one in found:
        output.answer(f"{' '.join(one.keys)}  {', '.join(one.shared)}")
    if not found:
        output.note("no duplicates", quiet=context.quiet)
    return 0


def _merge(context: Context, keys: list[str], *, dry_run: bool) -> int:
    """Make items one, and say what came over; or say what would."""
    if len(keys) < 2:  # one that stays, one that goes
        raise UsageError("--merge wants at least two items", hint="the first one stays")
    merged = make_one(context.store(), keys[0], keys[1:], dry_run=dry_run)
    output.tell_findings(merged.findings, quiet=context.quiet)
    if context.json:
        output.answer_json(merged.to_json())
        return 0
    output.answer(merged.item.key)
    counts = {"captures": len(merged.captures), "annotations": merged.annotations}
    told = [f"{count} {name}" for name, count in counts.items() if count]
    told += [f"lacked {', '.join(merged.taken)}"] if merged.taken else []
    told += [f"keeps its own {', '.join(merged.kept)}"] if merged.kept else []
    goes = "would take in" if dry_run else "has taken in"
    line = "; ".join([f"{merged.item.key} {goes} {', '.join(merged.gone)}", *told])
    output.note(line, quiet=context.quiet)
    return 0
