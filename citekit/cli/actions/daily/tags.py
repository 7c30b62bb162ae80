"""``citekit tag`` and ``untag``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.changing.tags import tag as add_tags
from citekit.app.changing.tags import untag as take_tags
from citekit.cli import output

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.model.item import Item


def tag(context: Context, *, key: str, tag: list[str]) -> int:
    """Add tags to an item, if any are named, and print all that it has, one a line."""
    if tag:
        return _answer(context, add_tags(context.store(), key, tag))
    reader = context.reader()
    return _answer(context, reader.item(reader.resolve(key)))


def untag(context: Context, *, key: str, tag: list[str]) -> int:
    """Take tags from an item, and print those that are left, one a line."""
    return _answer(context, take_tags(context.store(), key, tag))


def _answer(context: Context, item: Item) -> int:
    if context.json:
        output.answer_json({"key": item.key, "tags": list(item.tags)})
        return 0
    for name in item.tags:
        output.answer(name)
    return 0
