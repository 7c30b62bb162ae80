"""Lists and searches of the owner find what is private; those of others do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from citekit.store.archive import ArchiveStore
from citekit.store.index.sqlite import Index
from citekit.testing.store_builders import add_item, build_annotation, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.reading import ArchiveReader

CAPTURE = build_capture(text="The ferry left at dawn.")


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with a public item and a private one."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        add_item(writer, build_item("open2020", access="public"))
        add_item(writer, build_item("quay2024", access="private"), CAPTURE)
    return store


def test_the_owner_finds_private_items(store: ArchiveStore) -> None:
    """By their text, and in the list, which says what they are."""
    assert _rows(store) == {"open2020": "public", "quay2024": "private"}
    assert _found(store, "ferry") == ["quay2024"]


def test_others_do_not(store: ArchiveStore) -> None:
    """Whichever of the two asks first: each has an index of its own."""
    for _ in range(2):
        assert _rows(store.for_others()) == {"open2020": "public"}
        assert _found(store.for_others(), "ferry") == []
        assert _found(store, "ferry") == ["quay2024"]


def test_a_private_change_is_seen(store: ArchiveStore) -> None:
    """A note, a private annotation of a public item, a change of access, a removal."""
    assert _found(store, "lighthouse") == []
    with store.writing() as writer:
        writer.write_note("quay2024", "by the lighthouse")
    assert _found(store, "lighthouse") == ["quay2024"]
    private = build_annotation(1, note="the harbourmaster").with_private(private=True)
    with store.writing() as writer:
        writer.write_annotations("open2020", [private])
    assert _found(store, "harbourmaster") == ["open2020"]
    assert _found(store.for_others(), "harbourmaster") == []
    with store.writing() as writer:
        writer.write_annotations("open2020", [])
        writer.set_access(build_item("quay2024", access="public"))
    assert _found(store, "harbourmaster") == []
    assert _rows(store.for_others()) == {"open2020": "public", "quay2024": "public"}
    with store.writing() as writer:
        writer.set_access(build_item("quay2024", access="private"))
    assert _rows(store.for_others()) == {"open2020": "public"}
    with store.writing() as writer:
        writer.remove_item("quay2024")
    assert _rows(store) == {"open2020": "public"}


def _rows(store: ArchiveReader) -> dict[str, str]:
    with Index.open(store) as index:
        return {row.key: row.access for row in index.rows()}


def _found(store: ArchiveReader, query: str) -> list[str]:
    with Index.open(store) as index:
        return [hit.key for hit in index.search(query)]
