"""What is private is seen by its owner, and by nobody else: the rule of the reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from citekit import NotFound
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import build_item

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with a public item, and a private one, note, entity and claim."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        writer.add_item(build_item("open2020", access="public", title="Seen"))
        writer.add_item(build_item("hidden2021", title="Unseen"))
    layout = store.layout
    layout.private_items.mkdir(parents=True)
    (layout.items / "hidden2021").rename(layout.private_items / "hidden2021")
    annotation = {"id": "urn:uuid:1", "type": "Annotation", "target": "x", "private": True}
    _write(layout.private_notes / "open2020" / "annotations.jsonl", annotation)
    _write(layout.private_entities / "ship.json", {"id": "ship", "kind": "work", "name": "Ship"})
    _write(layout.private_claims / "sank.json", {"id": "sank", "statement": "It sank."})
    return store


def test_the_owner_sees_what_is_private(store: ArchiveStore) -> None:
    """Items, notes, entities and claims under ``private/`` are there, and say what they are."""
    assert store.keys() == ("hidden2021", "open2020")
    assert store.item("hidden2021").facts.access == "private"
    assert [a.is_private for a in store.annotations("open2020")] == [True]
    assert store.entity("ship").private
    assert [claim.private for claim in store.claims()] == [True]


def test_others_see_nothing_private(store: ArchiveStore) -> None:
    """Neither by going through everything nor by asking for it by name, nor in a hint."""
    others = store.for_others()
    assert others.keys() == ("open2020",)
    assert not others.has("hidden2021")
    assert others.annotations("open2020") == ()
    assert (others.entities(), others.claims()) == ((), ())
    with pytest.raises(NotFound) as refused:
        others.item("hidden2021x")
    assert "hidden2021" not in (refused.value.hint or "")


def test_the_owner_hears_how_much_is_left_out(store: ArchiveStore) -> None:
    """In words for the terminal; in an archive without private things there is nothing to say."""
    assert store.left_out().told() == (
        "1 private item, 1 private note, 1 private entity, 1 private claim"
    )


def test_what_says_private_is_left_out_wherever_it_lies(store: ArchiveStore) -> None:
    """A record that was marked by hand is not handed on, though it lies where others are."""
    path = store.layout.item_file("open2020")
    data = json.loads(path.read_text(encoding="utf-8"))
    data["custom"]["citekit"]["access"] = "private"
    _write(path, data)
    _write(store.layout.entities / "pier.json",
           {"id": "pier", "kind": "place", "name": "private", "private": True})  # fmt: skip
    _write(store.layout.entities / "quay.json", {"id": "quay", "kind": "place", "name": "private"})
    others = store.for_others()
    assert others.keys() == ()
    assert others.entity_ids() == ["quay"]
    assert store.left_out().items == 2
    with pytest.raises(NotFound):
        others.item("open2020")
    with pytest.raises(NotFound):
        others.entity("pier")


def _write(path: Path, data: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")
