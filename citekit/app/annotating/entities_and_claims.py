"""Entities and claims: added, extended, looked up with what refers to them, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.app.annotating.private_references import refuse_private
from citekit.errors import InvalidData, StoreConflict, UsageError
from citekit.model.claim import Claim, ClaimEvidence, Stance
from citekit.model.date import Date, DateError
from citekit.model.entity import KINDS, Entity, EntityKind, Mention
from citekit.model.identifiers import check_slug, slug
from citekit.model.value import replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from citekit.store.archive import ArchiveStore
    from citekit.store.reading import ArchiveReader


def add_entity(
    store: ArchiveStore,
    name: str,
    *,
    kind: EntityKind | None = None,
    entity_id: str | None = None,
    names: Sequence[str] = (),
    authorities: Mapping[str, str] | None = None,
    date: str | None = None,
    place: str | None = None,
    description: str | None = None,
    private: bool = False,
) -> Entity:
    """Add an entity, or change the one with that id: what is not given stays.

    A ``private`` one is for its owner alone. Raises UsageError for a new one without a kind,
    InvalidData for an id that can name no file or a date that is not EDTF, StoreConflict when the
    id made of the name is already another entity's, or something public would refer to something
    private, NotFound for an unknown place.
    """
    identifier = check_slug(entity_id or slug(name), "an entity")
    given = {
        "kind": kind,
        "names": tuple(names),
        "date": _checked_date(date),
        "place": place,
        "description": description,
        "private": private,
    }
    with store.writing() as writer:
        known = store.entity(identifier) if identifier in store.entity_ids() else None
        if known is not None and entity_id is None:
            raise StoreConflict(
                f"the entity {identifier} is there already ({known.name})",
                hint=f"change it with --id {identifier}, or choose another --id",
            )
        if place is not None:
            store.entity(place)
        changes: dict[str, Any] = {name: value for name, value in given.items() if value}
        all_authorities = {**(known.authorities if known else {}), **(authorities or {})}
        start = known or _new_entity(identifier, name, kind)
        made = replace(start, name=name, authorities=all_authorities, **changes)
        _check_place(store, made)
        if made.private and known is not None and not known.private:
            _refuse_public_users(store, identifier)
        writer.write_entity(made)
    return made


def set_entity_private(store: ArchiveStore, entity_id: str, *, private: bool = True) -> Entity:
    """Have an entity for its owner alone, or for all to read.

    Raises NotFound, or StoreConflict where something public would refer to something private.
    """
    with store.writing() as writer:
        known = store.entity(entity_id)
        made = replace(known, private=private)
        _check_place(store, made)
        if private and not known.private:
            _refuse_public_users(store, entity_id)
        if made != known:
            writer.write_entity(made)
    return made


def _check_place(store: ArchiveStore, entity: Entity) -> None:
    if entity.place is not None and not entity.private:
        refuse_private(
            store,
            f"the entity {entity.id}, which others may read,",
            entities=[entity.place],
            hint="make it a private entity, with --private",
        )


def _refuse_public_users(store: ArchiveStore, entity_id: str) -> None:
    """Raise StoreConflict while something that others may read names an entity."""
    others = store.for_others()
    users = [f"annotation {m.annotation} of {m.item}" for m in mentions(others, entity_id)]
    users += [f"claim {c.id}" for c in others.claims() if entity_id in c.entities]
    users += [f"entity {e.id}" for e in others.entities() if e.place == entity_id]
    if users:
        more = f" and {len(users) - 1} more" if len(users) > 1 else ""
        raise StoreConflict(
            f"{entity_id} is named by what others may read: {users[0]}{more}",
            hint="make those private first",
        )


def _new_entity(identifier: str, name: str, kind: EntityKind | None) -> Entity:
    if kind is None:
        raise UsageError("a new entity needs a kind", hint=f"--kind, one of {', '.join(KINDS)}")
    return Entity(id=identifier, kind=kind, name=name)


def _checked_date(date: str | None) -> str | None:
    if date is None:
        return None
    try:
        Date.from_edtf(date)
    except DateError as error:
        raise InvalidData(str(error), hint=error.hint) from error
    return date


def remove_entity(store: ArchiveStore, entity_id: str) -> Entity:
    """Remove an entity; raises StoreConflict while annotations, claims or entities name it."""
    with store.writing() as writer:
        entity = store.entity(entity_id)
        users = [f"annotation {m.annotation} of {m.item}" for m in mentions(store, entity_id)]
        users += [f"claim {c.id}" for c in store.claims() if entity_id in c.entities]
        users += [f"entity {e.id}" for e in store.entities() if e.place == entity_id]
        if users:
            more = f" and {len(users) - 1} more" if len(users) > 1 else ""
            raise StoreConflict(
                f"{entity_id} is named by {users[0]}{more}", hint="edit those first"
            )
        writer.remove_entity(entity_id)
    return entity


def mentions(store: ArchiveReader, entity_id: str) -> tuple[Mention, ...]:
    """Every annotation that names the entity, by item."""
    return tuple(
        Mention(entity=entity_id, item=key, annotation=annotation.short_id)
        for key in store.keys()  # noqa: SIM118  # an archive is no dict
        for annotation in store.annotations(key)
        if entity_id in annotation.entities
    )


def add_claim(
    store: ArchiveStore,
    statement: str,
    *,
    claim_id: str | None = None,
    question: str | None = None,
    note: str | None = None,
    entities: Sequence[str] = (),
    evidence: Sequence[ClaimEvidence] = (),
    private: bool = False,
) -> Claim:
    """Add a claim; raises StoreConflict when the id is taken, NotFound for unknown entities.

    One that is made on private things is private, whatever is said.
    """
    made = Claim(
        id=check_slug(claim_id or slug(statement), "a claim"),
        statement=statement,
        question=question,
        note=note,
        entities=tuple(entities),
        evidence=tuple(evidence),
    )
    with store.writing() as writer:
        if made.id in {claim.id for claim in store.claims()}:
            raise StoreConflict(
                f"the claim {made.id} is there already",
                hint="add a source with: citekit claim link; or choose another --id",
            )
        for entity in entities:
            store.entity(entity)
        for part in evidence:
            _check_evidence(store, part)
        made = replace(made, private=private or _rests_on_private(store, made))
        writer.write_claim(made)
    return made


def set_claim_private(store: ArchiveStore, claim_id: str, *, private: bool = True) -> Claim:
    """Have a claim for its owner alone, or for all to read.

    Raises NotFound, or StoreConflict where it would be public and refer to something private.
    """
    with store.writing() as writer:
        known = store.claim(claim_id)
        made = replace(known, private=private)
        _check_claim(store, made)
        if made != known:
            writer.write_claim(made)
    return made


def _rests_on_private(store: ArchiveStore, claim: Claim) -> bool:
    try:
        _check_claim(store, replace(claim, private=False))
    except StoreConflict:
        return True
    return False


def _check_claim(store: ArchiveStore, claim: Claim) -> None:
    """Raise StoreConflict for a claim that others may read and that refers to something private."""
    if not claim.private:
        refuse_private(
            store,
            f"the claim {claim.id}, which others may read,",
            items=[store.resolve(part.item) for part in claim.evidence],
            entities=claim.entities,
            annotations=[part.annotation for part in claim.evidence if part.annotation],
            hint=f"citekit claim private {claim.id} makes it private",
        )


def link_claim(
    store: ArchiveStore,
    claim_id: str,
    key: str,
    *,
    stance: Stance = "supports",
    says: str | None = None,
    annotation: str | None = None,
    note: str | None = None,
    locator: str | None = None,
) -> Claim:
    """Add what a source says of a claim; raises NotFound for an unknown item or annotation."""
    with store.writing() as writer:
        claim = store.claim(claim_id)
        if annotation is not None:
            annotation = store.find_annotation(annotation)[1].short_id
        part = ClaimEvidence(
            item=store.resolve(key),
            stance=stance,
            says=says,
            annotation=annotation,
            note=note,
            locator=locator,
        )
        _check_evidence(store, part)
        changed = replace(claim, evidence=(*claim.evidence, part))
        _check_claim(store, changed)
        writer.write_claim(changed)
    return changed


def _check_evidence(store: ArchiveStore, part: ClaimEvidence) -> None:
    key = store.resolve(part.item)
    if part.annotation is not None:
        owner, _ = store.find_annotation(part.annotation)
        if owner != key:
            raise InvalidData(f"the annotation {part.annotation} is on {owner}, not on {key}")


def remove_claim(store: ArchiveStore, claim_id: str) -> Claim:
    """Remove a claim."""
    with store.writing() as writer:
        claim = store.claim(claim_id)
        writer.remove_claim(claim_id)
    return claim
