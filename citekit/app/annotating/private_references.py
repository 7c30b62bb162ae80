"""What others may read refers to nothing private: it would name what nobody is to know of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.errors import StoreConflict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.store.reading import ArchiveReader


def refuse_private(
    store: ArchiveReader,
    what: str,
    *,
    hint: str,
    items: Iterable[str] = (),
    entities: Iterable[str] = (),
    annotations: Iterable[str] = (),
) -> None:
    """Raise StoreConflict, naming it, where one of these is private.

    ``what`` is what would refer to it, ``hint`` how it could be made private too.
    """
    found = [
        *(f"the item {key}" for key in items if store.item(key).facts.access == "private"),
        *(f"the entity {name}" for name in entities if store.entity(name).private),
        *(f"the annotation {name}" for name in annotations if _is_private(store, name)),
    ]
    if found:
        raise StoreConflict(f"{what} cannot refer to {found[0]}, which is private", hint=hint)


def public_claims_on(store: ArchiveReader, names: Iterable[str]) -> list[str]:
    """The ids of claims that are not private and rest on an item with one of these names."""
    known = set(names)
    return [
        claim.id
        for claim in store.claims()
        if not claim.private and any(part.item in known for part in claim.evidence)
    ]


def _is_private(store: ArchiveReader, identifier: str) -> bool:
    key, annotation = store.find_annotation(identifier)
    return annotation.is_private or store.item(key).facts.access == "private"
