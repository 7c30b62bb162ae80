"""What records say of each other leads somewhere: to the letter, and told by its line."""

from __future__ import annotations

import json
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.verifying.verify import verify
from citekit.model.annotation import Passage
from citekit.model.claim import Claim, ClaimEvidence
from citekit.model.entity import Entity
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import lasting_folder
from citekit.testing.store_builders import add_item, build_annotation, build_capture, build_item

if TYPE_CHECKING:
    from citekit.model.annotation import Annotation

TEXT = " ".join(f"wort{number}é" for number in range(40))
TERN = build_capture(text=TEXT)
GULL = build_capture(text="A short text.", minutes=1)
NOTES, CLAIM = "items/tern2026/annotations.jsonl", "claims/one.json"
OF_GULL = build_annotation(9, note="of the gull")


@cache  # once in a process: mutants are tried in forks of one that has made it
def _make_archive() -> Path:
    folder = lasting_folder()
    store = ArchiveStore.create(folder / "archive", title="Links")
    with store.writing() as writer:
        writer.write_entity(Entity(id="kfor", kind="organization", name="KFOR"))
        tern = build_item("tern2026")
        facts = replace(tern.facts, aliases=("old2020", "older2019"))
        add_item(writer, tern.with_facts(facts), TERN)
        add_item(writer, build_item("gull2026"), GULL)
        writer.write_annotations("gull2026", [OF_GULL])
    store.layout.pending_file.unlink()  # or it would tell of each record that is changed below
    return store.root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two restricted items, one with two old names and one with an annotation, and an entity."""
    return Path(shutil.copytree(_make_archive(), tmp_path / "archive"))


def _told(root: Path, *keys: str) -> list[tuple[str, str, str]]:
    """Code, place and message of what is wrong with links."""
    return [
        (f.code, Path(str(f.place)).relative_to(root).as_posix(), f.message)
        for f in verify(ArchiveStore.open(root), keys).findings
        if f.code.startswith(("CK-E4", "CK-W4"))
    ]


def _annotate(root: Path, *annotations: Annotation, key: str = "tern2026") -> None:
    with ArchiveStore.open(root).writing() as writer:
        writer.write_annotations(key, annotations)


def _marks(*passages: Passage) -> list[Annotation]:
    return [build_annotation(number, passage=one) for number, one in enumerate(passages, 1)]


def _passage(start: int, end: int, exact: str | None = None, **more: Any) -> Passage:  # noqa: ANN401
    return Passage(**{"capture": TERN.stamp, "start": start, "end": end, "exact": exact, **more})


def _edit_record(root: Path, **text: object) -> None:
    path = root / f"items/tern2026/captures/{TERN.stamp}.json"
    record = json.loads(path.read_bytes())
    record["payloads"]["text"] |= text
    path.write_text(json.dumps(record), encoding="utf-8")


def _withhold(root: Path) -> None:
    for folder in ("restricted", ".citekit"):
        shutil.rmtree(root / folder)


# ── passages ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("is_here", [True, False])
def test_a_passage_may_end_where_the_text_does(root: Path, *, is_here: bool) -> None:
    """And not one character later; without the text its record says where that is."""
    size = len(TEXT)
    _annotate(root, *_marks(_passage(0, size), _passage(size - 1, size + 1), _passage(1, 2)))
    if not is_here:
        _withhold(root)
    message = f"the passage ends at {size + 1}, the text at {size}"
    assert _told(root) == [("CK-E403", f"{NOTES}:2", message)]


def test_where_a_text_ends_that_nobody_has_is_not_known(root: Path) -> None:
    """A record without its shape says nothing, and neither does one without a text."""
    _annotate(root, *_marks(_passage(0, 10_000)))
    _withhold(root)
    _edit_record(root, map=None)
    assert _told(root) == []
    path = root / f"items/tern2026/captures/{TERN.stamp}.json"
    record = json.loads(path.read_bytes())
    record["payloads"] = {}
    path.write_text(json.dumps(record), encoding="utf-8")
    assert _told(root) == []


def test_a_quote_is_what_the_text_says(root: Path) -> None:
    """To the letter; of a long one the beginning is told. What gives no words is no quote."""
    right = _passage(3, 70, TEXT[3:70])
    _annotate(root, *_marks(right, _passage(3, 80, "Other."), _passage(4, 9)))
    assert _told(root) == [("CK-W404", f"{NOTES}:2", f"the text says {TEXT[3:63]!r}")]
    _withhold(root)
    assert _told(root) == []


def test_a_passage_is_of_a_capture_of_its_item(root: Path) -> None:
    """Not of another item's; what is wrong with one annotation hides no other."""
    foreign = _passage(0, 5, capture=GULL.stamp)
    _annotate(root, *_marks(foreign, _passage(0, 5, "Other."), foreign))
    message = f"no capture {GULL.stamp!r} of this item"
    assert _told(root) == [
        ("CK-E402", f"{NOTES}:1", message),
        ("CK-W404", f"{NOTES}:2", f"the text says {TEXT[:5]!r}"),
        ("CK-E402", f"{NOTES}:3", message),
    ]


def test_a_passage_of_a_record_that_cannot_be_read_is_told_once(root: Path) -> None:
    """By the record; there is a capture."""
    _annotate(root, *_marks(_passage(0, 5)))
    (root / f"items/tern2026/captures/{TERN.stamp}.json").write_bytes(b"{")
    assert _told(root) == []


def test_entities_of_annotations_are_there(root: Path) -> None:
    """Each that is not is told, item by item; of some items alone, too."""
    for key in ("tern2026", "gull2026"):
        mark = build_annotation(
            len(key) + (key > "h"), note="!", entities=("nobody", "kfor", "none")
        )
        _annotate(root, mark, key=key)
    of_gull, of_tern = (
        [("CK-E401", f"items/{key}/annotations.jsonl:1", f"no entity {name!r}")
         for name in ("nobody", "none")]
        for key in ("gull2026", "tern2026")
    )  # fmt: skip
    assert _told(root) == [*of_gull, *of_tern]
    assert _told(root, "tern2026") == of_tern


# ── claims ─────────────────────────────────────────────────────────────────────────────────────


def _claim(root: Path, *evidence: tuple[str, str | None], entities: tuple[str, ...] = ()) -> None:
    claim = Claim(
        id="one", statement="One.", entities=entities,
        evidence=tuple(
            ClaimEvidence(item=item, stance="supports", annotation=annotation)
            for item, annotation in evidence
        ),
    )  # fmt: skip
    with ArchiveStore.open(root).writing() as writer:
        writer.write_claim(claim)


def test_claims_are_about_what_is_there(root: Path) -> None:
    """Items by key or old name, their annotations by id or the short one, entities."""
    mark = build_annotation(1, note="!")
    _annotate(root, mark)
    _claim(
        root, ("tern2026", None), ("old2020", mark.id), ("older2019", mark.short_id),
        ("gull2026", OF_GULL.id), entities=("kfor",),
    )  # fmt: skip
    assert _told(root) == []
    assert _told(root, "tern2026") == []


def test_what_a_claim_is_about_and_is_not_there_is_told(root: Path) -> None:
    """Each by itself; an annotation of another item is none of this one."""
    _claim(
        root, ("gone2026", None), ("old2020", OF_GULL.id), ("gull2026", OF_GULL.id),
        ("gone2025", "x"), entities=("nobody", "kfor", "none"),
    )  # fmt: skip
    assert _told(root) == [
        ("CK-E407", CLAIM, "no entity 'nobody'"),
        ("CK-E407", CLAIM, "no entity 'none'"),
        ("CK-E405", CLAIM, "no item 'gone2026'"),
        ("CK-E406", CLAIM, f"no annotation {OF_GULL.id} of 'tern2026'"),
        ("CK-E405", CLAIM, "no item 'gone2025'"),
    ]


def test_an_item_that_cannot_be_read_is_told_once(root: Path) -> None:
    """Whatever claims say of it; what they say of others is looked at all the same."""
    _claim(root, ("tern2026", "x"), ("gull2026", "y"), ("gone2026", None))
    (root / "items" / "tern2026" / "item.json").write_bytes(b"{")
    assert _told(root) == [
        ("CK-E406", CLAIM, "no annotation y of 'gull2026'"),
        ("CK-E405", CLAIM, "no item 'gone2026'"),
    ]
