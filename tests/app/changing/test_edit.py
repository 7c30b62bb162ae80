"""Changing items: fields, access, keys; removing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.app.changing.fields import read_fields
from citekit.errors import InvalidData, NotFound, StoreConflict, UsageError

if TYPE_CHECKING:
    from citekit import Archive


def test_a_field_given_by_hand_is_declared_and_the_read_one_kept(
    archive: Archive, harbour: str
) -> None:
    """What was read stays as evidence, no longer chosen; the new value says who gave it."""
    read = archive.item(harbour).title
    item = archive.set_fields(harbour, read_fields(["title=Another title"]))
    chosen, old = item.facts.evidence["title"][:2]
    assert item.title == chosen["value"] == "Another title"
    assert (chosen["fact"], chosen["chosen"]) == ("declared", True)
    assert (old["value"], old["fact"], old["chosen"]) == (read, "observed", False)


@pytest.mark.parametrize(
    ("word", "fields"),
    [
        ("date=2023-06-04", {"issued": {"date-parts": [[2023, 6, 4]]}}),
        ("title=", {"title": None}),
        ("author=Stoltenberg, Jens; NATO,",
         {"author": [{"family": "Stoltenberg", "given": "Jens"}, {"literal": "NATO"}]}),
        ("url=https://e.org/?a=b", {"URL": "https://e.org/?a=b"}),
    ],
)  # fmt: skip
def test_fields_as_people_type_them(word: str, fields: dict[str, object]) -> None:
    """Short names, dates in EDTF, names with semicolons; an empty value removes."""
    assert read_fields([word]) == fields


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("title", UsageError),
        ("=x", UsageError),
        ("id=x", UsageError),
        ("custom=x", UsageError),
        ("access=public", UsageError),
        ("type=nonsense", InvalidData),
        ("issued=yesterday", InvalidData),
        ("a b=c", UsageError),
    ],
)
def test_fields_that_are_refused(word: str, error: type[Exception]) -> None:
    """What is no assignment is wrong usage, what is no date invalid data."""
    with pytest.raises(error):
        read_fields([word])


def test_nothing_to_set_is_wrong_usage(archive: Archive, harbour: str) -> None:
    """A call that would change nothing says so."""
    with pytest.raises(UsageError, match="nothing to set"):
        archive.set_fields(harbour)


def test_access_moves_the_payloads(archive: Archive, harbour: str) -> None:
    """Public text lives in objects, restricted text outside git."""
    capture = archive.store.capture(harbour)
    assert capture is not None
    digest = capture.payloads["text"].digest
    assert archive.store.payload_path(digest) == archive.store.layout.restricted_file(digest)
    archive.set_fields(harbour, access="public")
    assert archive.store.payload_path(digest) == archive.store.layout.object_file(digest)
    assert not archive.store.layout.restricted_file(digest).exists()


def test_an_old_key_stays_an_alias(archive: Archive, harbour: str) -> None:
    """After renaming, both keys name the item, and the old one is not free for others."""
    archive.annotate(harbour, note="stays")
    archive.rename(harbour, "lighthouse2024")
    assert archive.item(harbour).key == "lighthouse2024"
    assert len(archive.annotations("lighthouse2024")) == 1
    archive.import_text('[{"id": "other", "type": "book"}]')
    with pytest.raises(StoreConflict, match="is taken by lighthouse2024"):
        archive.rename("other", harbour)
    assert archive.rename("lighthouse2024", harbour).facts.aliases == ("lighthouse2024",)


def test_removing_leaves_nothing_behind(archive: Archive, harbour: str) -> None:
    """The item's folder and the payloads only it has are gone."""
    archive.remove(harbour)
    with pytest.raises(NotFound):
        archive.item(harbour)
    left = [p for p in archive.store.root.rglob("*") if p.is_file() and ".citekit" not in p.parts]
    assert {path.name for path in left} == {
        "archive.toml",
        ".gitignore",
        ".gitattributes",
        "pending.jsonl",  # its coming and going are events
    }


def test_a_claim_keeps_its_source_under_the_old_name(archive: Archive, harbour: str) -> None:
    """A renamed item is not removed either while a claim names it as it was called before."""
    archive.add_claim("The port is closed.", claim_id="closed")
    archive.link_claim("closed", harbour)
    archive.rename(harbour, "renamed2024")

    with pytest.raises(StoreConflict, match="a source of a claim"):
        archive.remove("renamed2024")


def test_a_source_of_a_claim_is_not_removed(archive: Archive, harbour: str) -> None:
    """What claims rest on stays until the claims go."""
    archive.add_claim("The tower has 217 steps", claim_id="steps")
    archive.link_claim("steps", harbour, says="217")
    with pytest.raises(StoreConflict, match="is a source of a claim"):
        archive.remove(harbour)
