"""``citekit edit``: the record in an editor, until it is right or given up; nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.app.changing.edit import edit_fields
from citekit.app.changing.record_sheet import (
    Fault,
    make_sheet,
    read_sheet,
    with_faults,
    without_faults,
)
from citekit.app.intake.adding.draft import unknown_variables
from citekit.app.intake.adding.sources import read_source
from citekit.cli import output
from citekit.cli.actions.daily.editor import edit_again, let_edit
from citekit.cli.quoting import quoted
from citekit.errors import CitekitError

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.model.item import Item
    from citekit.store.archive import ArchiveStore


def edit(context: Context, *, key: str, from_: str | None) -> int:
    """Have an item's record edited, and print its key."""
    store = context.store()
    item = store.item(store.resolve(key))
    sheet = make_sheet(item)
    draft = let_edit(_draft(from_) if from_ else sheet, name=item.key)
    while faults := _take(store, item, draft, context):
        for fault in faults:
            output.note(f"line {fault.line}:" if fault.line else "as a whole:")
            output.tell_error(fault.error, as_json=context.json)
        again = f"citekit edit {quoted(item.key)} --from {quoted(draft)}"
        output.note(f"what you wrote is kept in {draft}: {again}")
        if not _goes_on(context):
            return faults[0].error.exit_code
        _write(draft, with_faults(draft.read_text("utf-8"), faults))
        edit_again(draft)
    draft.unlink()
    if context.json:
        output.answer_json({"key": item.key})
    else:
        output.answer(item.key)
    return 0


def _draft(path: str) -> str:
    """What an earlier edit has kept; raises NotFound or InvalidData."""
    return without_faults(read_source(Path(path)).decode("utf-8", "replace"))


def _take(store: ArchiveStore, item: Item, draft: Path, context: Context) -> tuple[Fault, ...]:
    """Change the item as the draft says; what is wrong with it, where nothing was changed."""
    text = without_faults(draft.read_text("utf-8", "replace"))
    _write(draft, text)  # so that its lines are those that are told
    edited = read_sheet(text, item)
    if edited.faults:
        return edited.faults
    if not edited.changes:
        output.note("nothing was changed", quiet=context.quiet)
        return ()
    try:
        edit_fields(store, item, edited.changes)
    except CitekitError as error:
        return (Fault(line=0, error=error),)
    output.tell_findings(unknown_variables(edited.changes), quiet=context.quiet)
    return ()


def _write(draft: Path, text: str) -> None:
    draft.write_text(text, encoding="utf-8", newline="\n")


def _goes_on(context: Context) -> bool:
    """Whether the draft is to be opened again; nobody is asked where there is nobody."""
    if context.json or not output.is_conversation():
        return False
    answers = {"edit": "edit", "stop": "stop"}
    return output.choose("Open it again, or stop?", answers, otherwise="stop") == "edit"
