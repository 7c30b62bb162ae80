"""``citekit entity …`` and ``citekit claim …``."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from citekit.cli import output
from citekit.errors import UsageError
from citekit.model.codec import to_json

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.model.claim import Claim, Stance
    from citekit.model.entity import Entity, EntityKind


def add_entity(
    context: Context,
    *,
    name: str,
    kind: str | None,
    id_: str | None,
    also: list[str],
    authority: list[str],
    date: str | None,
    place: str | None,
    description: str | None,
) -> int:
    """Add or change an entity and print its id."""
    from citekit.app.link import add_entity as add

    entity = add(
        context.store(),
        name,
        kind=cast("EntityKind | None", kind),
        entity_id=id_,
        names=also,
        authorities=dict(_pair(word) for word in authority),
        date=date,
        place=place,
        description=description,
    )
    return _answer(context, entity)


def _pair(word: str) -> tuple[str, str]:
    name, equals, identifier = word.partition("=")
    if not (name and equals and identifier):
        raise UsageError(f"is not NAME=ID: {word!r}", hint="for example wikidata=Q7184")
    return name.lower(), identifier


def _answer(context: Context, thing: Entity | Claim) -> int:
    if context.json:
        output.answer_json(to_json(thing))
    else:
        output.answer(thing.id)
    return 0


def show_entity(context: Context, *, id_: str) -> int:
    """Print an entity and where it is named."""
    from citekit.app.link import mentions

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
        output.answer(output.printable(f"{name}: {shown}"))
    for mention in found:
        output.answer(f"named in {mention.item}, annotation {mention.annotation[:8]}")
    return 0


def list_entities(context: Context) -> int:
    """Print the entities."""
    entities = context.store().entities()
    if context.json:
        output.answer_json([to_json(entity) for entity in entities])
        return 0
    for entity in entities:
        output.answer(output.printable(f"{entity.id}  {entity.kind}  {entity.name}"))
    return 0


def remove_entity(context: Context, *, id_: str) -> int:
    """Remove an entity that nothing names, and print its id."""
    from citekit.app.link import remove_entity as remove

    return _answer(context, remove(context.store(), id_))


def add_claim(
    context: Context,
    *,
    statement: str,
    id_: str | None,
    question: str | None,
    note: str | None,
    entity: list[str],
) -> int:
    """Add a claim and print its id."""
    from citekit.app.link import add_claim as add

    claim = add(
        context.store(), statement, claim_id=id_, question=question, note=note, entities=entity
    )
    return _answer(context, claim)


def link_claim(
    context: Context,
    *,
    id_: str,
    key: str,
    stance: str | None,
    says: str | None,
    annotation: str | None,
    note: str | None,
) -> int:
    """Add what a source says of a claim, and print the claim's id."""
    from citekit.app.link import link_claim as link

    claim = link(
        context.store(),
        id_,
        key,
        stance=cast("Stance", stance or "supports"),
        says=says,
        annotation=annotation,
        note=note,
    )
    return _answer(context, claim)


def show_claim(context: Context, *, id_: str) -> int:
    """Print a claim with its sources."""
    claim = context.store().claim(id_)
    if context.json:
        output.answer_json(to_json(claim))
        return 0
    for line in (claim.statement, claim.question, claim.note):
        if line:
            output.answer(output.printable(line))
    for part in claim.evidence:
        words = (part.stance, part.item, part.says, part.note)
        output.answer(output.printable("  " + "  ".join(word for word in words if word)))
    return 0


def list_claims(context: Context) -> int:
    """Print the claims."""
    claims = context.store().claims()
    if context.json:
        output.answer_json([to_json(claim) for claim in claims])
        return 0
    for claim in claims:
        output.answer(output.printable(f"{claim.id}  {len(claim.evidence)}  {claim.statement}"))
    return 0


def remove_claim(context: Context, *, id_: str) -> int:
    """Remove a claim and print its id."""
    from citekit.app.link import remove_claim as remove

    return _answer(context, remove(context.store(), id_))
