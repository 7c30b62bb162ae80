"""``citekit set``, ``rename``, ``remove`` and ``restore``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from citekit.cli import output
from citekit.errors import UsageError

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.model.item import Access


def set_(context: Context, *, key: str, field: list[str], access: str | None) -> int:
    """Change an item's fields or access and print its key."""
    from citekit.app.edit import set_fields
    from citekit.app.fields import read_fields

    item = set_fields(
        context.store(), key, read_fields(field), access=cast("Access | None", access)
    )
    return _answer(context, item.key)


def rename(context: Context, *, key: str, new: str) -> int:
    """Give an item another key and print it."""
    from citekit.app.edit import rename as rename_item

    return _answer(context, rename_item(context.store(), key, new).key)


def remove(context: Context, *, key: str, yes: bool) -> int:
    """Remove an item, after asking, and print its key."""
    from citekit.app.edit import remove as remove_item

    store = context.store()
    resolved = store.resolve(key)
    title = store.item(resolved).title
    if not yes and not output.confirm(
        f"remove {resolved} ({title}), its captures and annotations?"
    ):
        raise UsageError("nothing removed", hint="confirm, or give --yes")
    return _answer(context, remove_item(store, resolved).key)


def _answer(context: Context, key: str) -> int:
    if context.json:
        output.answer_json({"key": key})
    else:
        output.answer(key)
    return 0


def restore(context: Context, *, key: str, source: str) -> int:
    """Bring an item's absent payloads back and say how sure that is."""
    from citekit.app.restore import restore as restore_item

    restored = restore_item(context.store(), key, Path(source))
    if context.json:
        output.answer_json(restored.to_json())
        return 0
    output.answer(restored.key)
    output.note(restored.told(), quiet=context.quiet)
    return 0
