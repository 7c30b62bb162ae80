"""``citekit cite``: on the fast path, so nothing heavy is imported here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.cli import output

if TYPE_CHECKING:
    from citekit.cli.context import Context


def cite(context: Context, *, key: list[str], format_: str | None, output_: str | None) -> int:
    """Print references of the items, or write them into a file."""
    from citekit.app.cite import cite as cite_items

    cited = cite_items(context.store(), key, format_=format_)
    for warning in cited.warnings:
        output.note(f"warning: {warning}", quiet=context.quiet)
    if output_ is not None:
        _write(output_, cited.text)
    elif context.json:
        output.answer_json(
            {
                "citations": [],
                "bibliography": [
                    {"key": item.key, "text": text, "html": None}
                    for item, text in zip(cited.items, cited.entries, strict=True)
                ],
                "warnings": list(cited.warnings),
            }
        )
    else:
        output.answer(cited.text)
    return 0


def _write(path: str, text: str) -> None:
    """Write the file whole or not at all."""
    from pathlib import Path

    from citekit.store.files import write_whole

    target = Path(path)
    write_whole(target, text.encode(), staging=target.parent, root=target.parent)
