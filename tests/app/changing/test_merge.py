"""Two items become one: nothing that either had is lost, and what was sealed stays so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.changing.merge import merge
from citekit.cli.run import run
from citekit.errors import NotFound, StoreConflict, UsageError
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import Mark, Source, add_source, build_archive

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.model.item import Access

TEXT = "The ebb comes late.\n\nNobody waits for it at the quay.\n"


def _files(root: Path) -> dict[str, bytes]:
    """Every file of an archive but what is made anew from the others."""
    paths = [path for path in sorted(root.rglob("*")) if path.is_file()]
    names = {path.relative_to(root).as_posix(): path for path in paths}
    return {name: path.read_bytes() for name, path in names.items() if name[0] != "."}


def _twins(store: ArchiveStore, access: Access) -> None:
    """Two items of one access; the second has what the first lacks."""
    with store.writing() as writer:
        for source in (
            Source(
                key="one2024", data={"title": "Ebb", "keyword": "sea"}, access=access, text=TEXT
            ),
            Source(
                key="two2024",
                data={"title": "Ebb!", "keyword": "quay", "DOI": "10.5555/ebb"},
                access=access,
                text=TEXT + "\nA last line.\n",
                marks=(Mark(quote="waits for it", note="Yes."),),
                note="About the ebb.\n",
                aliases=("second",),
            ),
        ):
            add_source(writer, source)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with two items that are one work."""
    made = build_archive(tmp_path / "archive")
    _twins(made, "public")
    return ArchiveStore.open(made.root)


@pytest.mark.parametrize("access", ["public", "restricted", "private"])
def test_one_item_has_what_both_had(tmp_path: Path, access: Access) -> None:
    """Captures to the byte, the annotation on its capture, note, tags, keys, the other's record."""
    store = build_archive(tmp_path / "archive")
    _twins(store, access)
    store = ArchiveStore.open(store.root)
    old, layout = store.item("two2024"), store.layout
    records = [layout.capture_file("two2024", s).read_bytes() for s in store.stamps("two2024")]
    (mark,) = store.annotations("two2024")
    merged = merge(store, "one2024", ["second"])
    assert (merged.gone, merged.taken, merged.kept) == (("two2024",), ("DOI",), ("title",))
    store = ArchiveStore.open(store.root)
    new = store.item("one2024")
    assert store.resolve("two2024") == store.resolve("second") == "one2024"
    assert new.data["DOI"] == "10.5555/ebb"
    assert new.tags == ("sea", "quay")
    here = [layout.capture_file("one2024", s).read_bytes() for s in merged.captures]
    assert here == records
    (moved,) = store.annotations("one2024")
    assert moved.id == mark.id
    assert moved.passage is not None
    assert moved.passage.capture == merged.captures[0]
    assert store.note("one2024") == "About the ebb.\n"
    assert [one["item"] for one in new.facts.merged] == [json.loads(json.dumps(old.as_merged()))]
    assert not layout.item_folder("two2024").exists()
    assert run(["--archive", str(store.root), "verify"]) == 0


def test_it_seals(store: ArchiveStore) -> None:
    """What was sealed of the item that goes stays sealed; verify, seal, verify."""
    archive = Archive.open(store.root)
    archive.seal()
    archive.merge("one2024", ["two2024"])
    assert archive.verify().exit_code() == 0
    archive.seal()
    report = archive.verify()
    assert report.exit_code() == 0
    assert not [finding for finding in report.findings if finding.code == "CK-I604"]


def test_a_dry_run_changes_nothing(store: ArchiveStore, capsys: pytest.CaptureFixture[str]) -> None:
    """It says the same as the merge does."""
    before = _files(store.root)
    words = ["--archive", str(store.root), "duplicates", "one2024", "two2024", "--merge", "--json"]
    assert run([*words, "--dry-run"]) == 0
    would = json.loads(capsys.readouterr().out)
    assert _files(store.root) == before
    assert run(words) == 0
    assert json.loads(capsys.readouterr().out) == would


def test_claims_find_it_by_the_old_key(store: ArchiveStore) -> None:
    """A claim keeps the name that it was written with; it leads to the item that stays."""
    archive = Archive.open(store.root)
    archive.add_claim("The ebb is late.", claim_id="ebb")
    archive.link_claim("ebb", "two2024")
    archive.merge("one2024", ["two2024"])
    (evidence,) = archive.claim("ebb").evidence
    assert archive.item(evidence.item).key == "one2024"
    assert archive.verify().exit_code() == 0


def test_what_cannot_be_one(store: ArchiveStore) -> None:
    """Itself, an unknown one, one that others may see less of, nothing; all is as before."""
    before = _files(store.root)
    wrong: list[tuple[list[str], type[Exception]]] = [
        (["one2024"], UsageError),
        (["two2024", "second"], UsageError),
        ([], UsageError),
        (["nobody"], NotFound),
        (["harbour2024"], StoreConflict),
    ]
    for others, error in wrong:
        with pytest.raises(error):
            merge(store, "one2024", others)
    assert _files(store.root) == before


def test_it_is_not_taken_back(store: ArchiveStore) -> None:
    """``undo`` says where the other record is."""
    archive = Archive.open(store.root)
    archive.merge("one2024", ["two2024"])
    with pytest.raises(StoreConflict, match="made one item of two"):
        archive.undo()
