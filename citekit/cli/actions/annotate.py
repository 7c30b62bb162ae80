"""``citekit annotate``, ``reanchor`` and ``annotation edit|rm``."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

from citekit.app.annotating.annotate import annotate as make
from citekit.app.annotating.annotate import edit_annotation, remove_annotation
from citekit.app.annotating.editor_sheet import make_sheet, read_sheet
from citekit.app.annotating.passages import read_text
from citekit.app.annotating.reanchor import reanchor as look_again
from citekit.cli import output
from citekit.cli.actions.daily.editor import let_edit
from citekit.errors import CitekitError, UsageError

if TYPE_CHECKING:
    from citekit.app.annotating.annotate import Annotated
    from citekit.cli.context import Context
    from citekit.model.annotation import Annotation
    from citekit.store.archive import ArchiveStore


def annotate(
    context: Context,
    *,
    key: str,
    quote: str | None,
    occurrence: int | None,
    note: str | None,
    tag: list[str],
    entity: list[str],
    private: bool,
) -> int:
    """Annotate one passage, or open the text in an editor; print the annotations' ids."""
    store = context.store()
    if quote is None and "#" not in key and not (note or tag or entity):
        return _annotate_in_editor(context, store, key, private=private)
    made = make(
        store,
        key,
        quote=quote,
        occurrence=occurrence,
        note=note or "",
        tags=tag,
        entities=entity,
        creator=creator(),
        private=private,
    )
    _tell(context, [made])
    return 0


def reanchor(context: Context, *, key: list[str]) -> int:
    """Print a line for each annotation of an earlier capture; 1 where one of them is gone."""
    store = context.reader()
    found = look_again(store, key)
    if context.json:
        output.answer_json([one.to_json() for one in found])
    else:
        for one in found:
            output.answer(one.told())
        counts = Counter(one.state for one in found)
        told = ", ".join(f"{number} {state}" for state, number in counts.items())
        output.note(told or "no annotation is of an earlier capture", quiet=context.quiet)
    return 1 if any(one.state == "gone" for one in found) else 0


def creator() -> str | None:
    """Who annotates: ``CITEKIT_AGENT``; nobody is named where it is not set."""
    return os.environ.get("CITEKIT_AGENT") or None


def _tell(context: Context, made: list[Annotated]) -> None:
    for one in made:
        output.tell_findings(one.findings, quiet=context.quiet)
    if context.json:
        output.answer_json([one.annotation.data for one in made])
    else:
        for one in made:
            output.answer(one.annotation.short_id)


def _annotate_in_editor(context: Context, store: ArchiveStore, key: str, *, private: bool) -> int:
    """Open the sheet; keep it where a line of it could not be understood, so nothing is lost."""
    text = read_text(store, store.resolve(key))
    sheet = let_edit(make_sheet(text), name=text.key)
    made: list[Annotated] = []
    failures: list[CitekitError] = []
    for entry in read_sheet(sheet.read_text("utf-8")):
        try:
            made.append(
                make(
                    store,
                    f"{text.key}#{entry.passage}",
                    quote=entry.quote,
                    note=entry.note,
                    tags=entry.tags,
                    entities=entry.entities,
                    creator=creator(),
                    private=private,
                )
            )
        except CitekitError as error:
            failures.append(error)
            output.note(f"line {entry.line}:")
            output.tell_error(error, as_json=context.json)
    _tell(context, made)
    if failures:
        output.note(f"what you wrote is kept in {sheet}")
        return failures[0].exit_code
    sheet.unlink()
    if not made:
        output.note("nothing annotated", quiet=context.quiet)
    return 0


def edit(context: Context, *, id_: str, note: str | None, tag: list[str], entity: list[str]) -> int:
    """Change an annotation and print its id."""
    if note is None and not tag and not entity:
        raise UsageError("nothing to change", hint="give --note, --tag or --entity")
    return _answer(
        context,
        edit_annotation(context.store(), id_, note=note, tags=_given(tag), entities=_given(entity)),
    )


def private(context: Context, *, id_: str, no: bool) -> int:
    """Have an annotation for its owner alone, or for all, and print its id."""
    return _answer(context, edit_annotation(context.store(), id_, private=not no))


def _given(words: list[str]) -> list[str] | None:
    """What an option was given, None for nothing; an empty word alone means: none of them."""
    return [word for word in words if word] if words else None


def remove(context: Context, *, id_: str) -> int:
    """Remove an annotation and print its id."""
    return _answer(context, remove_annotation(context.store(), id_)[1])


def _answer(context: Context, annotation: Annotation) -> int:
    if context.json:
        output.answer_json(annotation.data)
    else:
        output.answer(annotation.short_id)
    return 0
