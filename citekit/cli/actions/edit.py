"""``citekit set``, ``rename``, ``remove``, ``restore`` and ``purge``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from citekit.app.changing.access import set_access
from citekit.app.changing.edit import plan_rename, readmit, set_fields
from citekit.app.changing.edit import remove as remove_item
from citekit.app.changing.edit import rename as rename_item
from citekit.app.changing.fields import read_fields
from citekit.app.changing.manifest import read_manifest
from citekit.app.changing.plans import plan_remove, plan_set
from citekit.app.changing.purge import plan_purge
from citekit.app.changing.purge import purge as purge_item
from citekit.app.changing.withdrawal import find_said
from citekit.app.intake.adding.draft import unknown_variables
from citekit.app.intake.restore import restore as restore_item
from citekit.app.intake.restore import restore_all
from citekit.cli import output
from citekit.errors import CitekitError, InvalidData, StoreConflict, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.app.changing.manifest import ManifestLine
    from citekit.app.changing.plans import SetPlan
    from citekit.app.changing.withdrawal import AlreadySaid
    from citekit.cli.context import Context
    from citekit.findings import Finding
    from citekit.model.item import Access
    from citekit.store.archive import ArchiveStore


def set_(
    context: Context,
    *,
    key: str | None,
    field: list[str],
    access: Access | None,
    yes: bool,
    from_: str | None,
    dry_run: bool,
) -> int:
    """Change an item's fields or access and print its key; or those of all lines of a list."""
    if from_ is not None:
        if key is not None:
            raise UsageError("--from is for itself", hint="the list names keys and fields")
        return _set_listed(context, Path(from_), access, yes=yes, dry_run=dry_run)
    if key is None:
        raise UsageError("names no item", hint="citekit set KEY FIELD=VALUE, or --from LIST")
    fields = read_fields(field)
    output.tell_findings(unknown_variables(fields), quiet=context.quiet)
    if dry_run:
        plan = plan_set(context.store(), key, fields, access)
        return _tell_plan(context, f"{plan.key}  {plan.told()}", plan.to_json(), plan.findings)
    if access is not None:
        return _set_access(context, key, access, fields, yes=yes)
    return _answer(context, set_fields(context.store(), key, fields).key)


def _set_listed(
    context: Context, path: Path, access: Access | None, *, yes: bool, dry_run: bool
) -> int:
    """Change each item that a list names; the first failure decides the exit code."""
    store = context.store()
    plans: list[SetPlan] = []
    failures: list[CitekitError] = []
    for line in read_manifest(path):
        try:
            with line.blamed():
                plan = _set_line(store, line, access, yes=yes, dry_run=dry_run)
        except CitekitError as error:
            failures.append(error)
            output.tell_error(error, as_json=context.json)
            continue
        plans.append(plan)
        if not context.json and (dry_run or plan.changes):
            output.answer(f"{plan.key}  {plan.told()}" if dry_run else plan.key)
    if context.json:
        items = [plan.to_json() if dry_run else {"key": plan.key} for plan in plans]
        output.answer_json({"items": items})
    output.note(_count(plans, failures, dry_run=dry_run), quiet=context.quiet)
    return failures[0].exit_code if failures else 0


def _count(plans: list[SetPlan], failures: list[CitekitError], *, dry_run: bool) -> str:
    changed = sum(plan.changes for plan in plans)
    numbers = {"changed": changed, "as before": len(plans) - changed, "not": len(failures)}
    told = ", ".join(f"{n} {what}" for what, n in numbers.items() if n or what == "changed")
    return f"nothing was written: {told}" if dry_run else told


def _set_line(
    store: ArchiveStore, line: ManifestLine, access: Access | None, *, yes: bool, dry_run: bool
) -> SetPlan:
    """Change the item of a line; what was changed of it. What it says already is no change."""
    key, access = line.text("key"), line.access or access
    if key is None:
        raise InvalidData("names no key", hint="the column key says which item it is")
    fields = line.fields(besides=("file", "key"))
    plan = plan_set(store, key, fields, access)
    if dry_run or not plan.changes:
        return plan
    if access == "private" and plan.access:
        _ask_about_said(find_said(store, key), yes=yes)
    changes = {name: fields[name] for name in plan.variables}
    set_fields(store, key, changes, access=access)
    output.tell_findings(unknown_variables(changes))
    return plan


def _tell_plan(
    context: Context, told: str, document: dict[str, Any], findings: Iterable[Finding] = ()
) -> int:
    """Say what would be; nothing was changed."""
    if context.json:
        output.answer_json(document)
    else:
        output.answer(told)
        output.tell_findings(findings, quiet=context.quiet)
    output.note("nothing was changed", quiet=context.quiet)
    return 0


def _set_access(
    context: Context, key: str, access: Access, fields: dict[str, Any], *, yes: bool
) -> int:
    """Change an item's access and tell what was taken out of its records, and what git has."""
    store = context.store()
    if access == "private" and store.item(store.resolve(key)).facts.access != "private":
        _ask_about_said(find_said(store, key), yes=yes)
    changed = set_access(store, key, access, fields)
    if context.json:
        output.answer_json(changed.to_json())
        return 0
    output.answer(changed.item.key)
    output.tell_findings(changed.findings)
    return 0


def _ask_about_said(said: AlreadySaid, *, yes: bool) -> None:
    """Tell what others have had, and ask; raises StoreConflict when nobody says yes."""
    if not yes and not output.confirm(said.told()):
        raise StoreConflict(
            f"nothing changed: nobody has confirmed it. {said.told()}",
            hint="confirm, or give --yes",
        )


def rename(context: Context, *, key: str, new: str, dry_run: bool) -> int:
    """Give an item another key and print it."""
    if dry_run:
        renamed = plan_rename(context.store(), key, new)
        aliases = ", ".join(renamed.facts.aliases)
        document = {"key": renamed.key, "aliases": list(renamed.facts.aliases)}
        return _tell_plan(context, f"{renamed.key}, known as {aliases} too", document)
    return _answer(context, rename_item(context.store(), key, new).key)


def remove(context: Context, *, key: str, undo: bool, yes: bool, dry_run: bool) -> int:
    """Remove or withdraw an item, after asking, and print its key."""
    store = context.store()
    if undo:
        return _answer(context, readmit(store, key).key)
    plan = plan_remove(store, key)
    if dry_run:
        return _tell_plan(context, plan.told(), plan.to_json())
    if not yes and not output.confirm(f"remove {plan.told()}?"):
        raise UsageError("nothing removed", hint="confirm, or give --yes")
    item = remove_item(store, plan.key)
    if item.facts.withdrawn:
        told = (
            "is sealed, so its files stay: it is withdrawn, and nothing that is made for others "
            "has it; citekit seal signs that, citekit remove KEY --undo takes it back"
        )
        output.note(f"{item.key} {told}", quiet=context.quiet)
    else:
        kept = "until the next change; citekit undo --forget removes its bytes at once"
        output.note(f"citekit undo brings it back {kept}", quiet=context.quiet)
    return _answer(context, item.key)


def _answer(context: Context, key: str) -> int:
    if context.json:
        output.answer_json({"key": key})
    else:
        output.answer(key)
    return 0


def restore(
    context: Context,
    *,
    key: str | None,
    source: str | None,
    all_: bool,
    accept: bool,
    allow_private: bool,
) -> int:
    """Bring absent payloads of an item back, or of all; and say how sure that is."""
    if key is None or (all_ and source is not None):
        raise UsageError("names no item", hint="citekit restore KEY [SOURCE], or --all FOLDER")
    if all_:
        restored = restore_all(context.store(), key)
    else:
        options: dict[str, Any] = {"accept": accept, "allow_private": allow_private}
        restored = (restore_item(context.store(), key, source, **options),)
    if context.json:
        documents = [one.to_json() for one in restored]
        output.answer_json(documents if all_ else documents[0])
        return 0
    for one in restored:
        output.answer(one.key)
        output.note(one.told(), quiet=context.quiet)
    return 0


def purge(
    context: Context, *, key: str, reason: str | None, record: bool, yes: bool, dry_run: bool
) -> int:
    """Remove an item's payloads for good, after asking; say what git still has."""
    store = context.store()
    plan = plan_purge(store, key, record=record)
    if dry_run:
        return _tell_plan(context, plan.told(), plan.to_json(store))
    if not yes and not output.confirm(f"{plan.told()}?"):
        raise UsageError("nothing purged", hint="confirm, or give --yes")
    purged = purge_item(store, plan.key, reason=reason, record=record)
    if context.json:
        output.answer_json(purged.to_json())
        return 0
    output.answer(purged.key)
    counts = Counter(payload.role for payload in purged.payloads)
    roles = ", ".join(role if n == 1 else f"{role} × {n}" for role, n in counts.items())
    what = ", ".join(filter(None, [roles, "its record" if purged.erased else ""]))
    stays = "digests in the log stay" if purged.erased else "digests, records and proofs stay"
    output.note(
        f"purged {what} of {purged.key}: {stays}; "
        "backups, exports and built sites elsewhere are not reached",
        quiet=context.quiet,
    )
    output.tell_findings(purged.findings)
    return 0
