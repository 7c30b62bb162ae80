"""What pages may show of an object is in its state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.value import replace
from citekit.pages.library import Library
from citekit.pages.object_state import EVERYTHING, make_states
from citekit.testing.builders import CAPTURED_AT, build_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.store.archive import ArchiveStore


def edit_note(store: ArchiveStore) -> None:
    """Take back what a note on the shown passage says; it stays one note."""
    notes = store.annotations("harbour2024")
    edited = {
        a.id: a.with_bodies(note="Taken back.", modified=CAPTURED_AT) for a in notes if a.note
    }
    with store.writing() as writer:
        writer.write_annotations("harbour2024", [edited.get(a.id, a) for a in notes])


def rename_entity(store: ArchiveStore) -> None:
    """Give a person that a passage names another name."""
    with store.writing() as writer:
        writer.write_entity(Entity(id="ada-quill", kind="person", name="Ada Quill-Tern"))


def ask_otherwise(store: ArchiveStore) -> None:
    """Change the question of a claim that rests on a note of the shown passage."""
    old = store.claim("passengers")
    claim = Claim(id=old.id, question="And how many?", statement="Forty.", evidence=old.evidence)
    with store.writing() as writer:
        writer.write_claim(claim)


def drop_evidence(store: ArchiveStore) -> None:
    """Let a claim rest on fewer sources, so that the card of one counts no claim."""
    old = store.claim("passengers")
    claim = Claim(id=old.id, question=old.question, statement="Forty.", evidence=old.evidence[:1])
    with store.writing() as writer:
        writer.write_claim(claim)


def publish_text(store: ArchiveStore) -> None:
    """Make the shown passage's text public."""
    item = store.item("harbour2024")
    with store.writing() as writer:
        writer.set_access(item.with_facts(replace(item.facts, access="public")))


def lose_text(store: ArchiveStore) -> None:
    """Let the bytes of the shown text be away from this machine."""
    for path in (store.root / "objects").rglob("*"):
        if path.is_file():
            path.unlink()


def choose_style(store: ArchiveStore) -> None:
    """Give the archive another style."""
    settings = store.root / "archive.toml"
    settings.write_text(settings.read_text("utf-8") + 'style = "ieee"\n', encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (edit_note, "item:harbour2024"),
        (publish_text, "item:harbour2024"),
        (lose_text, "item:lantern2024"),
        (drop_evidence, "item:lantern2024"),
        (choose_style, "item:tide2023"),
        (rename_entity, "entity:ada-quill"),
        (ask_otherwise, "claim:passengers"),
    ],
)
def test_what_a_page_may_show_is_in_the_state(
    tmp_path: Path, change: Callable[[ArchiveStore], None], name: str
) -> None:
    """Each change gives its object another state, and the whole archive; nothing else does."""
    store = build_archive(tmp_path / "archive")
    before, same = (make_states(Library.read(store.root)) for _ in range(2))

    change(store)

    after = make_states(Library.read(store.root))
    assert same == before
    assert after[name] != before[name]
    assert after[EVERYTHING] != before[EVERYTHING]
