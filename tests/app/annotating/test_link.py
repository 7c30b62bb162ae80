"""Entities and claims, and what holds them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.app.annotating.entities_and_claims import mentions, remove_claim, remove_entity
from citekit.errors import InvalidData, NotFound, StoreConflict, UsageError
from citekit.model.claim import ClaimEvidence

if TYPE_CHECKING:
    from citekit import Archive


def test_an_entity_gets_an_id_and_its_mentions(archive: Archive, harbour: str) -> None:
    """An entity is named by annotations, and knows where."""
    entity = archive.add_entity("Port Example", kind="place", authorities={"wikidata": "Q1"})
    made = archive.annotate(harbour, quote="217 steps", entities=[entity.id])
    assert entity.id == "port-example"
    assert [m.annotation for m in mentions(archive.store, entity.id)] == [made.annotation.short_id]


def test_an_entity_is_changed_only_by_its_id(archive: Archive) -> None:
    """The same name again is a conflict; the same id changes."""
    archive.add_entity("NATO", kind="organization")
    with pytest.raises(StoreConflict, match="there already"):
        archive.add_entity("Nato", kind="organization")
    archive.add_entity("North Atlantic Treaty Organization", kind="organization", entity_id="nato")
    assert [e.name for e in archive.store.entities()] == ["North Atlantic Treaty Organization"]


def test_what_is_not_named_of_an_entity_stays(archive: Archive) -> None:
    """A changed description leaves kind, other names and authorities as they were."""
    archive.add_entity(
        "NATO", kind="organization", names=["Alliance"], authorities={"wikidata": "Q7184"}
    )

    changed = archive.add_entity("NATO", entity_id="nato", description="A military alliance")

    assert changed.description == "A military alliance"
    assert (changed.kind, changed.names) == ("organization", ("Alliance",))
    assert changed.authorities == {"wikidata": "Q7184"}


def test_a_new_entity_needs_a_kind(archive: Archive) -> None:
    """Without one there is a message that names the kinds."""
    with pytest.raises(UsageError) as told:
        archive.add_entity("NATO")

    assert "organization" in str(told.value.hint)


def test_near_ids_are_offered(archive: Archive) -> None:
    """A mistyped id of an entity or a claim is answered with those that look like it."""
    archive.add_entity("Port Example", kind="place")
    archive.add_claim("The port is closed.", claim_id="port-closed")

    with pytest.raises(NotFound) as entity:
        archive.store.entity("port-exmaple")
    with pytest.raises(NotFound) as claim:
        archive.store.claim("port-close")

    assert entity.value.hint == "did you mean port-example?"
    assert claim.value.hint == "did you mean port-closed?"


def test_what_is_named_is_not_removed(archive: Archive, harbour: str) -> None:
    """An entity that an annotation, claim or entity names stays."""
    archive.add_entity("Port Example", kind="place")
    archive.add_entity("Opening", kind="occurrence", place="port-example", date="2024-03-13")
    archive.annotate(harbour, note="x", entities=["opening"])
    with pytest.raises(StoreConflict, match="entity opening"):
        remove_entity(archive.store, "port-example")
    with pytest.raises(StoreConflict, match="annotation"):
        remove_entity(archive.store, "opening")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"entity_id": "../x"}, InvalidData),
        ({"date": "some day"}, InvalidData),
        ({"place": "nowhere"}, NotFound),
    ],
)
def test_entities_that_are_refused(
    archive: Archive, options: dict[str, str], error: type[Exception]
) -> None:
    """Ids that could leave the folder, dates that are none, unknown places."""
    with pytest.raises(error):
        archive.add_entity("X", kind="occurrence", **options)  # type: ignore[arg-type]  # strings all
    assert archive.store.entities() == ()


def test_a_claim_collects_what_sources_say(archive: Archive, harbour: str) -> None:
    """Each source's stance, words and passage are kept in their order."""
    made = archive.annotate(harbour, quote="217 steps")
    archive.add_claim("The tower has 217 steps", claim_id="steps", question="How many steps?")
    archive.link_claim("steps", harbour, says="217", annotation=made.annotation.short_id[:8])
    archive.import_text('[{"id": "other", "type": "webpage"}]')
    claim = archive.link_claim("steps", "other", stance="disputes", says="216")
    assert [(e.item, e.stance, e.says) for e in claim.evidence] == [
        (harbour, "supports", "217"),
        ("other", "disputes", "216"),
    ]
    assert claim.evidence[0].annotation == made.annotation.short_id


def test_a_passage_of_another_item_is_refused(archive: Archive, harbour: str) -> None:
    """An annotation supports a claim only for the item it is on."""
    made = archive.annotate(harbour, quote="217 steps")
    archive.import_text('[{"id": "other", "type": "webpage"}]')
    with pytest.raises(InvalidData, match=f"is on {harbour}"):
        archive.add_claim(
            "X",
            evidence=[
                ClaimEvidence(item="other", stance="supports", annotation=made.annotation.short_id)
            ],
        )


def test_claims_are_removed_by_id(archive: Archive) -> None:
    """A claim goes without a trace; an unknown one is not found."""
    archive.add_claim("X is so", claim_id="x")
    remove_claim(archive.store, "x")
    with pytest.raises(NotFound):
        remove_claim(archive.store, "x")
