"""``citekit styles``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.cli import output
from citekit.csl import search_styles

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.csl.style.search import StyleSummary


def styles(context: Context, *, query: list[str]) -> int:
    """Print the styles that match: id, title, fields, and whose variant a style is."""
    found = search_styles(" ".join(query))
    if context.json:
        output.answer_json([_style_json(style) for style in found])
        return 0
    for style in found:
        output.answer(output.fit(_style_line(style)))
    if not found:
        output.note("no such style", quiet=context.quiet)
    return 0


def _style_line(style: StyleSummary) -> str:
    notes = [*style.fields]
    if style.parent:
        notes.append(f"same as {style.parent}")
    also = f"  also: {', '.join(style.short_names)}" if style.short_names else ""
    return f"{style.id}  {style.title}" + (f"  [{', '.join(notes)}]" if notes else "") + also


def _style_json(style: StyleSummary) -> dict[str, object]:
    return {
        "id": style.id,
        "title": style.title,
        "fields": list(style.fields),
        "format": style.citation_format,
        "parent": style.parent or None,
        "edition": style.edition or None,
        "short_names": list(style.short_names),
    }
