"""A part of an archive: which items words choose, and what goes with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.app.chosen import choose, take_part
from citekit.app.packages.export import export
from citekit.errors import NotFound
from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.item import Item
from citekit.testing.builders import Source, build_archive
from citekit.testing.leaks.markers import search_folder

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.archive import ArchiveStore

SOURCES = (
    Source(key="gull2024", data={"title": "Gulls", "keyword": "sea  birds; Harbours"}),
    Source(key="tern2023", data={"title": "Terns", "keyword": "Sea Birds,coast"}),
    Source(key="crab2022", data={"title": "Crabs", "keyword": "coast"}, aliases=("shell2022",)),
    Source(key="coast", data={"title": "A coastline"}),
)


@pytest.fixture
def birds(tmp_path: Path) -> ArchiveStore:
    """Four records with tags."""
    return build_archive(tmp_path / "birds", SOURCES)


@pytest.mark.parametrize(
    ("words", "keys"),
    [
        (["sea birds"], ("gull2024", "tern2023")),
        (["SEA BIRDS", "shell2022"], ("crab2022", "gull2024", "tern2023")),
        (["coast"], ("coast",)),
        ([], ()),
    ],
    ids=["a tag", "any case, and an old key", "a key before a tag", "nothing"],
)
def test_words_choose_items(birds: ArchiveStore, words: list[str], keys: tuple[str, ...]) -> None:
    """Tags stand between commas or semicolons; a word that is a key names that item alone."""
    assert choose(birds, words) == keys


def test_a_word_that_names_nothing_is_told(birds: ArchiveStore) -> None:
    """With the keys and tags that are written nearly so."""
    with pytest.raises(NotFound, match="no item has the key or tag 'harbour'") as told:
        choose(birds, ["gull2024", "harbour"])

    assert told.value.hint == "did you mean Harbours?"


def test_tags_of_an_item_are_its_keywords() -> None:
    """In their order, each once, white space folded."""
    item = Item.from_json({"id": "a", "type": "book", "keyword": " b  c;a, b c,; "})

    assert item.tags == ("b c", "a")


def test_a_part_has_what_rests_on_it_alone(tmp_path: Path) -> None:
    """A claim with evidence elsewhere stays out as a whole; places of entities come along."""
    store = build_archive(tmp_path / "archive")
    own = ClaimEvidence(item="ferries2024", stance="supports")
    with store.writing() as writer:
        writer.write_claim(Claim(id="own", statement="It closed.", evidence=(own,)))
        writer.write_claim(Claim(id="nobody", statement="No evidence."))

    part = take_part(store, ["harbour2024"])

    assert [claim.id for claim in part.claims] == ["own"]
    named = [entity.id for entity in part.entities]
    assert named == ["ada-quill", "grounding-2024", "lanternfish", "port-office"]
    assert take_part(store, ["tide2023"]).entities == ()


@pytest.mark.parametrize("format_", ["bagit", "ro-crate", "prov"])
def test_a_package_of_a_part_has_nothing_of_the_rest(
    birds: ArchiveStore, tmp_path: Path, format_: str
) -> None:
    """Chosen by tag, not one word of another item is in it, whatever the format."""
    rest = {name: name.encode() for name in ("crab2022", "shell2022", "A coastline")}

    exported = export(birds, tmp_path / "part.zip", format=format_, only=["sea birds"])
    export(birds, tmp_path / "whole.zip", format=format_)

    assert exported.items == ("gull2024", "tern2023")
    found = {(one.place.partition("!")[0], one.marker) for one in search_folder(tmp_path, rest)}
    assert {place for place, _ in found if place.endswith(".zip")} == {"whole.zip"}
