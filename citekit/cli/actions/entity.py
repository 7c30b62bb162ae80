"""``citekit entity …``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.annotating.entities_and_claims import (
    add_entity,
    mentions,
    remove_entity,
    set_entity_private,
)
from citekit.cli import output
from citekit.errors import UsageError
from citekit.model.records.codec import to_json

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.model.entity import Entity, EntityKind


def add(
    context: Context,
    *,
    name: str,
    kind: EntityKind | None,
    id_: str | None,
    also: list[str],
    authority: list[str],
    date: str | None,
    place: str | None,
    description: str | None,
    private: bool,
) -> int:
    """Add or change an entity and print its id."""
    entity = add_entity(
        context.store(),
        name,
        kind=kind,
        entity_id=id_,
        names=also,
        authorities=dict(_pair(word) for word in authority),
        date=date,
        place=place,
        description=description,
        private=private,
    )
    return _answer(context, entity)


def _pair(word: str) -> tuple[str, str]:
    name, equals, identifier = word.partition("=")
    if not (name and equals and identifier):
        raise UsageError(f"is not NAME=ID: {word!r}", hint="for example wikidata=Q7184")
    return name.lower(), identifier


def show(context: Context, *, id_: str) -> int:
    """Print an entity and where it is named."""
    store = context.store()
    entity = store.entity(id_)
    found = mentions(store, id_)
    if context.json:
        output.answer_json({**to_json(entity), "mentions": [to_json(m) for m in found]})
        return 0
    for name, value in to_json(entity).items():
        shown = "; ".join(value) if isinstance(value, list) else value
        if isinstance(value, dict):
            shown = ", ".join(f"{authority} {number}" for authority, number in value.items())
        output.answer(f"{name}: {shown}")
    for mention in found:
        output.answer(f"named in {mention.item}, annotation {mention.annotation[:8]}")
    return 0


def list_(context: Context) -> int:
    """Print the entities."""
    entities = context.store().entities()
    if context.json:
        output.answer_json([to_json(entity) for entity in entities])
        return 0
    for entity in entities:
        mark = "  private" if entity.private else ""
        output.answer(f"{entity.id}  {entity.kind}  {entity.name}{mark}")
    return 0


def private(context: Context, *, id_: str, no: bool) -> int:
    """Have an entity for its owner alone, or for all, and print its id."""
    return _answer(context, set_entity_private(context.store(), id_, private=not no))


def remove(context: Context, *, id_: str) -> int:
    """Remove an entity that nothing names, and print its id."""
    return _answer(context, remove_entity(context.store(), id_))


def _answer(context: Context, entity: Entity) -> int:
    if context.json:
        output.answer_json(to_json(entity))
    else:
        output.answer(entity.id)
    return 0
