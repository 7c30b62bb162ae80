"""What is wrong with records is told word by word, and what is read of them is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.verifying.inspection import Inspection, begin
from citekit.app.verifying.records import check_names, read_records
from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.entity import Entity
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import add_item, build_annotation, build_capture, build_item

if TYPE_CHECKING:
    from citekit.findings import Finding

LONG = " ".join(f"word{number}" for number in range(90))
SHORT = build_capture(text="A short text.")
LONGER = build_capture(text=LONG, minutes=1)
SHORTER = build_capture(text="Another one.", minutes=2)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """A public item with three texts, and a restricted one with one."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        item = build_item("open2026", access="public")
        add_item(writer, item, SHORT, LONGER, SHORTER)
        add_item(writer, build_item("held2026"), SHORT)
        for key in ("held2026", "open2026"):
            writer.write_annotations(key, [build_annotation(1 + (key > "i"), note=key)])
        writer.write_entity(Entity(id="kfor", kind="organization", name="KFOR"))
        evidence = ClaimEvidence(item="open2026", stance="supports")
        writer.write_claim(Claim(id="one", statement="One.", evidence=(evidence,)))
    return store


def _read(store: ArchiveStore, *keys: str) -> tuple[Inspection, list[Finding]]:
    inspection = begin(ArchiveStore.open(store.root), keys)
    found = list(read_records(inspection))
    return inspection, [*found, *check_names(inspection)]


def _told(store: ArchiveStore, *keys: str) -> list[tuple[str, str, str]]:
    """Code, place inside the archive and message of each finding."""
    return [
        (f.code, Path(str(f.place)).relative_to(store.root).as_posix(), f.message)
        for f in _read(store, *keys)[1]
    ]


def test_what_is_read_is_kept_for_other_checks(store: ArchiveStore) -> None:
    """Access and names of the items, their texts' lengths, each record's digest."""
    inspection, found = _read(store)
    assert found == []
    assert {k: facts.access for k, facts in inspection.items.items()} == {
        "open2026": "public", "held2026": "restricted",
    }  # fmt: skip
    assert inspection.words == {"open2026": 90, "held2026": 3}
    assert len(inspection.captures) == 4
    assert {k: len(marks) for k, marks in inspection.annotations.items()} == {
        "open2026": 1, "held2026": 1,
    }  # fmt: skip


def test_a_record_of_more_than_citekit_writes_is_read(store: ArchiveStore) -> None:
    """What another program has added is no matter; a capture need not have a text."""
    _change(store, f"items/open2026/captures/{LONGER.stamp}.json", unheard={"of": 1})
    with store.writing() as writer:
        add_item(writer, build_item("bare2026"), build_capture(original=b"as received"))
    inspection, found = _read(store)
    assert found == []
    assert inspection.words == {"open2026": 90, "held2026": 3}
    assert len(inspection.captures) == 5


def _change(store: ArchiveStore, name: str, **changes: Any) -> None:  # noqa: ANN401
    """Have a record say something else."""
    path = store.root / name
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **changes}), "utf-8")


def _aliases(store: ArchiveStore, key: str, *aliases: str) -> None:
    custom = {"citekit": {"access": "public", "aliases": list(aliases)}}
    _change(store, f"items/{key}/item.json", custom=custom)


def test_an_alias_belongs_to_one_item(store: ArchiveStore) -> None:
    """To the item that has it as its key, else to the first by its key; its own are no matter."""
    _aliases(store, "open2026", "old2026", "held2026")
    _aliases(store, "held2026", "old2026", "older2026", "held2026")
    assert _told(store) == [
        ("CK-E204", "items/open2026/item.json", "the alias 'old2026' belongs to 'held2026'"),
        ("CK-E204", "items/open2026/item.json", "the alias 'held2026' belongs to 'held2026'"),
    ]
    assert _told(store, "open2026") == []


def test_an_id_of_an_annotation_is_given_once(store: ArchiveStore) -> None:
    """In one file or in two: the later one is told, with the place of the first."""
    held, opened = (
        store.root / f"items/{key}/annotations.jsonl" for key in ("held2026", "open2026")
    )
    line = held.read_text("utf-8")
    held.write_text(line + line.replace("{", '{"unheard-of": 1, ', 1), "utf-8")
    opened.write_text(f"\n{line}", "utf-8")
    message = f"{json.loads(line)['id']} is also the id of {held}:1"
    assert _told(store) == [
        ("CK-E205", "items/held2026/annotations.jsonl:2", message),
        ("CK-E205", "items/open2026/annotations.jsonl:2", message),
    ]


ITEM, NOTE, MARKS = (
    f"items/held2026/{name}" for name in ("item.json", "note.md", "annotations.jsonl")
)
RECORD = f"items/held2026/captures/{SHORT.stamp}.json"
KFOR, ONE = "entities/kfor.json", "claims/one.json"
NO_TEXT = "is not UTF-8"


@pytest.mark.parametrize(
    ("name", "data", "place", "message"),
    [
        (ITEM, b"{", ":1:2", "is not JSON: Expecting property name enclosed in double quotes"),
        (ITEM, b"\xff", ":1:1", NO_TEXT),
        (RECORD, b"{}", ":1:1 ($)", '"captured_at" is missing'),
        (RECORD, b"\xff", ":1:1", NO_TEXT),
        (NOTE, b"\xff", ":1:1", NO_TEXT),
        (MARKS, b"\xff", ":1:1", NO_TEXT),
        (MARKS, b"\n{}\n", ":2:1 ($.id)", '"id" is not an absolute URI'),
        (KFOR, b"{}", ":1:1 ($)", '"id" is missing'),
        (KFOR, b"\xff", ":1:1", NO_TEXT),
        (ONE, b"[]", ":1:1 ($)", "is not an object: []"),
        (ONE, b"\xff", ":1:1", NO_TEXT),
    ],
)
def test_a_record_that_cannot_be_read_is_named(
    name: str, data: bytes, place: str, message: str, store: ArchiveStore
) -> None:
    """With its line, where it has some; the others are read as ever."""
    (store.root / name).write_bytes(data)
    assert _told(store) == [("CK-E201", f"{name}{place}", message)]
    inspection, _ = _read(store)
    assert len(inspection.captures) == (3 if name == RECORD else 4)
    assert set(inspection.items) == {"open2026", *(() if name == ITEM else ("held2026",))}


def test_what_a_record_calls_itself_is_its_name(store: ArchiveStore) -> None:
    """Item, entity, claim and capture: what stands in the file has to fit its place."""
    _change(store, ITEM, id="hold2026")
    _change(store, KFOR, id="for")
    _change(store, ONE, id="ne")
    _change(store, RECORD, captured_at="2026-11-22T14:15:01Z")
    assert _told(store) == [
        ("CK-E202", ITEM, "\"id\" is 'hold2026', not 'held2026'"),
        ("CK-E203", RECORD, "was captured at 20261122T141501Z"),
        ("CK-E202", KFOR, "\"id\" is 'for'"),
        ("CK-E202", ONE, "\"id\" is 'ne'"),
    ]
    assert "held2026" not in _read(store)[0].items


def test_a_stamp_may_say_the_instant_in_other_words(store: ArchiveStore) -> None:
    """Another zone is the same instant; the second capture of a second has a number."""
    _change(store, RECORD, captured_at="2026-11-22T15:15:00+01:00")
    second = (store.root / RECORD).with_name(f"{SHORT.stamp}-2.json")
    second.write_bytes((store.root / RECORD).read_bytes())
    third = second.with_name("20261122T141501Z-2.json")
    third.write_bytes(second.read_bytes())
    told = ("CK-E203", third.relative_to(store.root).as_posix(), f"was captured at {SHORT.stamp}")
    assert _told(store) == [told]


@pytest.mark.parametrize("name", ["x.json", f"{SHORT.stamp}.txt", SHORT.stamp, "notes"])
def test_another_file_among_the_captures_is_no_record(name: str, store: ArchiveStore) -> None:
    """It is told as an extra file by another check, and read by none."""
    (store.root / RECORD).with_name(name).write_bytes(b"{")
    assert _told(store) == []
    assert f"items/held2026/captures/{name}" not in _read(store)[0].digests


def test_words_of_evidence_are_counted_where_they_are_restricted(store: ArchiveStore) -> None:
    """And evidence itself is not kept: of all items it would take much room."""
    for key, access in (("held2026", "restricted"), ("open2026", "public")):
        evidence = {"caption": [{"value": LONG, "origin": "text"}]}
        custom = {"citekit": {"access": access, "evidence": evidence}}
        _change(store, f"items/{key}/item.json", custom=custom)
    inspection, found = _read(store)
    assert found == []
    assert inspection.long_evidence == {"held2026": [("caption", 90)]}
    assert all(not facts.evidence for facts in inspection.items.values())
    assert inspection.items["held2026"].access == "restricted"


def test_one_item_alone_is_read(store: ArchiveStore) -> None:
    """Of the others nothing is known, nor of entities and claims."""
    inspection, found = _read(store, "held2026")
    assert found == []
    assert set(inspection.items) == {"held2026"}
    assert (inspection.entities, inspection.claims) == ({}, {})
    everything, _ = _read(store)
    assert (set(everything.entities), set(everything.claims)) == ({"kfor"}, {"one"})
