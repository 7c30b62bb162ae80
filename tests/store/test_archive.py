"""Reading and changing an archive: names, places in errors, links, aliases, payloads."""

from __future__ import annotations

import json
import shutil
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citekit.errors import (
    CitekitError,
    IntegrityFailed,
    InvalidData,
    NotFound,
    StoreConflict,
    UsageError,
)
from citekit.model import value
from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import add_item, build_annotation, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

CAPTURE = build_capture(text="A text.\n\nOf two paragraphs.", original=b"as received")
TEXT = CAPTURE.record.payloads["text"].digest


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with one restricted item that has a capture, and one public item without."""
    store = ArchiveStore.create(tmp_path / "archive", title="Two items")
    with store.writing() as writer:
        add_item(writer, build_item("held2026"), CAPTURE)
        add_item(writer, build_item("plain2026", access="public"))
    return store


def test_a_new_archive_is_friendly_to_git(tmp_path: Path) -> None:
    """Restricted payloads and caches are ignored, line ends untouched, own lines kept."""
    root = tmp_path / "archive"
    root.mkdir()
    (root / ".gitignore").write_text("*.tmp")
    store = ArchiveStore.create(root)
    assert (root / ".gitattributes").read_text().splitlines() == [
        "* -text",
        "/log/pending.jsonl merge=union",
        "/items/*/annotations.jsonl merge=union",
    ]
    assert (root / ".gitignore").read_text() == "*.tmp\n/restricted/\n/private/\n/.citekit/\n"
    assert store.settings.title == "archive"
    assert sorted(path.name for path in root.iterdir()) == [
        ".gitattributes",
        ".gitignore",
        "archive.toml",
    ]
    with pytest.raises(StoreConflict):
        ArchiveStore.create(root)


def test_no_archive_is_told_with_how_to_make_one(tmp_path: Path) -> None:
    """Opening what is no archive names the folder and the command."""
    with pytest.raises(NotFound) as caught:
        ArchiveStore.open(tmp_path)
    assert "citekit init" in str(caught.value.hint)


def test_files_are_as_the_interfaces_say(store: ArchiveStore) -> None:
    """Another program finds everything where the layout has it, in plain JSON."""
    item = store.root / "items" / "held2026"
    text = (item / "item.json").read_text()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    record = json.loads((item / "captures" / f"{CAPTURE.stamp}.json").read_text())
    digest = record["payloads"]["text"]["digest"].removeprefix("sha256:")
    payload = store.root / "restricted" / "sha256" / digest[:2] / digest[2:]
    assert payload.read_text() == "A text.\n\nOf two paragraphs."


def test_what_was_written_is_read(store: ArchiveStore) -> None:
    """Item, capture, text, note, annotations, entities and claims come back as they were."""
    with store.writing() as writer:
        writer.write_note("held2026", "A *note*.\n")
        writer.write_annotations("held2026", [build_annotation(2), build_annotation(1)])
        writer.write_entity(Entity(id="kfor", kind="organization", name="KFOR"))
        writer.write_claim(Claim(id="number", statement="Thirty."))
    assert store.capture("held2026") == CAPTURE.record
    assert store.stamps("held2026") == (CAPTURE.stamp,)
    assert store.text("held2026") == "A text.\n\nOf two paragraphs."
    assert store.note("held2026") == "A *note*.\n"
    assert [a.short_id[:8] for a in store.annotations("held2026")] == ["00000002", "00000001"]
    assert store.entity("kfor").name == store.entities()[0].name == "KFOR"
    assert store.claim("number") == store.claims()[0]
    assert (store.capture("plain2026"), store.text("plain2026")) == (None, None)
    with store.writing() as writer:
        writer.write_note("held2026", None)
        writer.write_annotations("held2026", [])
        writer.remove_entity("kfor")
        writer.remove_claim("number")
    assert store.note("held2026") is None
    assert [*store.annotations("held2026"), *store.entities(), *store.claims()] == []


def test_an_annotation_is_found_by_the_start_of_its_id(store: ArchiveStore) -> None:
    """Whole, short or cut: one is found, several are a conflict, none is told."""
    with store.writing() as writer:
        writer.write_annotations("held2026", [build_annotation(0x10), build_annotation(0x11)])
    key, annotation = store.find_annotation("00000010")
    assert (key, annotation.short_id[:8]) == ("held2026", "00000010")
    assert store.find_annotation(annotation.id)[1] == annotation
    assert store.find_annotation(annotation.short_id)[1] == annotation
    with pytest.raises(StoreConflict, match="2 annotations"):
        store.find_annotation("0000001")
    for absent in ("", "ffff", "urn:uuid:"):
        with pytest.raises(NotFound):
            store.find_annotation(absent)


def test_an_unknown_key_is_answered_with_near_ones(store: ArchiveStore) -> None:
    """A typing error is seen as one."""
    with pytest.raises(NotFound) as caught:
        store.resolve("hled2026")
    assert "held2026" in str(caught.value.hint)


@given(key=st.text(max_size=20))
def test_no_key_leads_out_of_the_archive(
    key: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is asked for, the answer is that there is no such item."""
    root = tmp_path_factory.getbasetemp() / "any-key"
    store = ArchiveStore.open(root) if root.exists() else ArchiveStore.create(root)
    assert not store.has(key)
    for question in (store.resolve, store.item):
        with pytest.raises(NotFound):
            question(key)


@pytest.mark.parametrize("key", ["a b", "a,b", "{a}", "", "a\nb", "a\u202eb", "a" * 1001])
def test_texts_that_are_no_keys_are_refused(key: str, store: ArchiveStore) -> None:
    """What no bibliography takes as a key is refused before anything is written."""
    with store.writing() as writer, pytest.raises(InvalidData):
        add_item(writer, build_item(key))
    with pytest.raises(InvalidData):
        store.layout.item_file(key)


@pytest.mark.parametrize("key", ["held2026", "old2026"])
def test_keys_of_others_are_refused(key: str, store: ArchiveStore) -> None:
    """The key or alias of another item is taken."""
    item = store.item("plain2026")
    with store.writing() as writer:
        writer.replace_item(item.with_facts(value.replace(item.facts, aliases=("old2026",))))
        with pytest.raises(StoreConflict, match="taken"):
            add_item(writer, build_item(key))
        assert writer.unique_key(key) == f"{key}a"


def test_keys_in_another_unicode_form_have_another_folder(store: ArchiveStore) -> None:
    """Decomposed Korean is another name on Linux and the same one on macOS."""
    keys = ("\u1112\u1161\u11ab2026", "\ud55c2026")
    with store.writing() as writer:
        for key in keys:
            add_item(writer, build_item(key))
    assert {store.item(key).key for key in keys} == set(keys)
    assert all(unicodedata.is_normalized("NFC", name) for name in store.folders())


def test_broken_records_are_told_with_their_place(store: ArchiveStore) -> None:
    """File, line and column, with the path as the user gave it."""
    store.layout.item_file("plain2026").write_text('{\n  "id": "plain2026",\n  "type": 5.5\n}\n')
    store.layout.annotations_file("held2026").write_text("\n{}\n")
    with pytest.raises(InvalidData, match=r"archive/items/plain2026/item\.json:1:1"):
        store.item("plain2026")
    with pytest.raises(InvalidData, match=r"annotations\.jsonl:2:1"):
        store.annotations("held2026")
    store.layout.item_file("plain2026").write_text('{"id": "other2026", "type": "book"}')
    with pytest.raises(InvalidData, match="the folder says 'plain2026'"):
        store.item("plain2026")


def test_links_are_not_followed(store: ArchiveStore, tmp_path: Path) -> None:
    """An item, a note or a payload that is a link leads nowhere, for reading and for writing."""
    outside = tmp_path / "outside"
    shutil.copytree(store.root / "items" / "plain2026", outside)
    (store.root / "items" / "evil2026").symlink_to(outside)
    store.layout.note_file("held2026").symlink_to(outside / "item.json")
    assert store.keys() == ("held2026", "plain2026")
    for question in (store.item, store.annotations, store.stamps):
        with pytest.raises(InvalidData, match="symbolic link"):
            question("evil2026")
    with pytest.raises(InvalidData, match="symbolic link"):
        store.note("held2026")
    with store.writing() as writer, pytest.raises(InvalidData, match="symbolic link"):
        writer.write_note("held2026", "overwritten?")
    path = store.payload_path(TEXT)
    assert path
    path.unlink()
    path.symlink_to(outside / "item.json")
    with pytest.raises(InvalidData, match="symbolic link"):
        store.payload(TEXT)


def test_a_staging_folder_that_is_a_link_is_not_used(store: ArchiveStore, tmp_path: Path) -> None:
    """Reading goes on; writing is refused, and nothing outside is cleaned."""
    outside = tmp_path / "outside"
    (outside / "tmp" / "precious").mkdir(parents=True)
    shutil.rmtree(store.layout.local)
    store.layout.local.symlink_to(outside)
    assert store.keys() == ("held2026", "plain2026")
    with pytest.raises(InvalidData, match="symbolic link"), store.writing():
        pass
    assert (outside / "tmp" / "precious").is_dir()


@pytest.mark.parametrize(
    "journal",
    [
        {"digests": ["sha256:../../../../etc/passwd"]},
        {"digests": ["sha256:" + "0" * 64], "renamed": ["../..", "plain2026"]},
        {"renamed": ["held2026", "plain2026"]},
        {"renamed": ["held2026"]},
        {"digests": [TEXT, CAPTURE.record.payloads["original"].digest]},
        {"digests": 5},
        [],
    ],
)
def test_a_hostile_journal_removes_and_hides_nothing(journal: object, store: ArchiveStore) -> None:
    """A staging folder that came with an archive has no power over what is in it."""
    folder = store.layout.staging / "1-hostile"
    folder.mkdir(parents=True)
    (folder / "journal.json").write_text(json.dumps(journal))
    before = {
        p: p.read_bytes() for p in store.root.rglob("*") if p.is_file() and folder not in p.parents
    }
    assert store.keys() == ("held2026", "plain2026")
    with store.writing():
        pass
    assert not folder.exists()
    assert {p: p.read_bytes() for p in store.root.rglob("*") if p.is_file()} == before


def test_stray_files_in_the_staging_folder_are_removed(store: ArchiveStore) -> None:
    """Files and links there are rubbish, not changes."""
    store.layout.staging.mkdir(parents=True, exist_ok=True)
    (store.layout.staging / "file").write_text("x")
    (store.layout.staging / "link").symlink_to(store.root)
    with store.writing():
        pass
    assert list(store.layout.staging.iterdir()) == []
    assert store.has("held2026")


def test_payloads_follow_the_access_of_their_items(store: ArchiveStore) -> None:
    """Bytes that any public item has are in objects/, others in restricted/, unused ones gone."""
    with store.writing() as writer:
        add_item(writer, build_item("shared2026", access="public"), CAPTURE)
        assert store.payload_path(TEXT) == store.layout.object_file(TEXT)
        writer.remove_item("shared2026")
        assert store.payload_path(TEXT) == store.layout.restricted_file(TEXT)
        item = store.item("held2026")
        writer.replace_item(item.with_facts(value.replace(item.facts, access="public")))
        assert store.payload_path(TEXT) == store.layout.object_file(TEXT)
        assert not store.layout.restricted.exists()
        assert TEXT in store.objects.held()
        writer.remove_item("held2026")
    assert store.payload_path(TEXT) is None
    assert not store.layout.objects.exists()
    assert store.objects.held() == frozenset()


def test_bytes_of_an_unreadable_owner_are_kept(store: ArchiveStore) -> None:
    """As long as an item cannot be read, nothing that it may need is removed."""
    with store.writing() as writer:
        add_item(writer, build_item("twin2026"), CAPTURE)
    store.layout.item_file("twin2026").write_text("{")
    with store.writing() as writer:
        writer.remove_item("held2026")
    assert store.payload_path(TEXT) == store.layout.restricted_file(TEXT)


def test_wrong_bytes_are_never_stored(store: ArchiveStore, tmp_path: Path) -> None:
    """A payload with another digest or size is refused, and the item with it."""
    source = tmp_path / "source"
    source.write_bytes(b"other bytes")
    payload = CAPTURE.record.payloads["text"]
    sized = replace(payload, size_bytes=3)
    record = replace(CAPTURE.record, payloads={"text": sized})
    with store.writing() as writer:
        for item, capture, data in (
            ("one2026", CAPTURE.record, source),
            ("two2026", record, CAPTURE.payloads[TEXT]),
        ):
            with pytest.raises(IntegrityFailed):
                writer.add_item(
                    build_item(item), captures={CAPTURE.stamp: capture}, payloads={TEXT: data}
                )
        with pytest.raises(UsageError, match="no capture"):
            writer.add_item(build_item("three2026"), payloads={TEXT: b""})
    assert store.keys() == ("held2026", "plain2026")
    assert store.text("held2026")


def test_changed_bytes_are_not_handed_out(store: ArchiveStore) -> None:
    """Reading a payload verifies it."""
    path = store.payload_path(TEXT)
    assert path
    path.write_bytes(b"A text, changed.")
    with pytest.raises(IntegrityFailed):
        store.text("held2026")


def test_a_renamed_item_keeps_its_old_key_as_alias(store: ArchiveStore) -> None:
    """Old links resolve; the old key stays taken; renaming back is possible."""
    item = store.item("held2026")
    named = item.with_data(id="new2026")
    with store.writing() as writer:
        with pytest.raises(UsageError):
            writer.rename_item("held2026", named)
        writer.rename_item(
            "held2026", named.with_facts(value.replace(item.facts, aliases=("held2026",)))
        )
        assert store.resolve("held2026") == "new2026"
        assert store.keys() == ("new2026", "plain2026")
        assert store.text("new2026") == "A text.\n\nOf two paragraphs."
        with pytest.raises(StoreConflict):
            add_item(writer, build_item("held2026"))
        back = store.item("new2026").with_data(id="held2026")
        facts = value.replace(back.facts, aliases=("new2026",))
        writer.rename_item("new2026", back.with_facts(facts))
        upper = back.with_data(id="Held2026").with_facts(
            value.replace(facts, aliases=("new2026", "held2026"))
        )
        writer.rename_item("held2026", upper)
    assert store.resolve("new2026") == store.resolve("held2026") == "Held2026"


def test_a_capture_is_never_overwritten(store: ArchiveStore) -> None:
    """Captures are immutable: the same stamp twice is a conflict; a later one is the latest."""
    later = build_capture(text="A later text.", minutes=1)
    with store.writing() as writer:
        with pytest.raises(StoreConflict):
            writer.add_capture("held2026", CAPTURE.stamp, later.record, later.payloads)
        writer.add_capture("held2026", later.stamp, later.record, later.payloads)
        with pytest.raises(CitekitError, match="stamp"):
            writer.add_capture("held2026", "../x", later.record, {})
    assert store.text("held2026") == "A later text."
    assert store.text("held2026", CAPTURE.stamp) == "A text.\n\nOf two paragraphs."
    with pytest.raises(NotFound):
        store.capture("held2026", "20200101T000000Z")


def test_many_keys_of_one_base_stay_apart(store: ArchiveStore) -> None:
    """After z comes aa; each key is free when it is given."""
    with store.writing() as writer:
        for _ in range(29):
            add_item(writer, build_item(writer.unique_key("held2026")))
    assert {"held2026a", "held2026z", "held2026aa", "held2026ac"} <= set(store.keys())
