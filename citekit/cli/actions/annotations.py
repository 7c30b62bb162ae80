"""``citekit annotations``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.passages import paragraph_number
from citekit.cli import output

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.model.annotation import Annotation, Passage
    from citekit.store.archive import ArchiveStore


def list_(context: Context, *, key: str) -> int:
    """Print an item's annotations."""
    store = context.store()
    key = store.resolve(key)
    found = store.annotations(key)
    if context.json:
        output.answer_json([annotation.data for annotation in found])
        return 0
    for annotation in found:
        output.answer(output.printable(_line(store, key, annotation)))
    if not found:
        output.note("no annotations", quiet=context.quiet)
    return 0


def _line(store: ArchiveStore, key: str, annotation: Annotation) -> str:
    passage = annotation.passage
    where = ""
    if passage is not None:
        where = f"“{passage.exact}”" if passage.exact else _place(store, key, passage)
    labels = [f"#{tag}" for tag in annotation.tags]
    labels += [f"@{entity}" for entity in annotation.entities]
    parts = (annotation.short_id[:8], where, annotation.note, " ".join(labels))
    return "  ".join(" ".join(part.split()) for part in parts if part)


def _place(store: ArchiveStore, key: str, passage: Passage) -> str:
    """Paragraph and offsets of a passage whose words are not in the record."""
    capture = store.capture(key, passage.capture) if passage.capture else None
    text = capture.payloads.get("text") if capture else None
    paragraphs = text.map.paragraphs if text and text.map else ()
    number = paragraph_number(paragraphs, passage.start)
    return f"{f'p{number} ' if number else ''}[{passage.start}–{passage.end}]"
