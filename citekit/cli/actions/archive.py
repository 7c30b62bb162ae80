"""``citekit init``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from citekit.cli import output

if TYPE_CHECKING:
    from citekit.cli.context import Context


def init(context: Context, *, dir_: str | None, title: str | None) -> int:
    """Make a new empty archive and print its folder."""
    from citekit.store.archive import ArchiveStore

    root = Path(dir_ or context.archive or ".")
    store = ArchiveStore.create(root, title=title or root.resolve().name)
    if context.json:
        output.answer_json({"archive": str(store.root)})
    else:
        output.answer(str(store.root))
        named = output.quoted(root)
        output.note(
            f"next: citekit --archive {named} add FILE --url https://…", quiet=context.quiet
        )
    return 0
