"""Two people, two clones, one archive: git joins what they did without a conflict."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.annotating.annotate import annotate
from citekit.app.changing.access import set_access
from citekit.app.changing.edit import set_fields
from citekit.app.sealing.seal import Keys, seal
from citekit.app.sealing.unconfirmed import Unconfirmed
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import Report, verify
from citekit.errors import InvalidData
from citekit.findings import FindingClass
from citekit.integrity.sign import new_signer_key
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32)


@pytest.fixture
def clones(tmp_path: Path) -> tuple[Path, Path]:
    """Two clones of a signed archive that has an event waiting."""
    store = build_archive(tmp_path / "origin")
    _seal(store.root)
    with store.writing() as writer:
        writer.write_note("tide2023", "Before they parted.\n")
    _git(tmp_path, "init", "-q", "--initial-branch", "main", "origin")
    _commit(store.root)
    ones, others = tmp_path / "ones", tmp_path / "others"
    for clone in (ones, others):
        _git(tmp_path, "clone", "-q", "origin", clone.name)
    return ones, others


def _git(folder: Path, *words: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@coast.example"]
    subprocess.run(["git", "-C", str(folder), *identity, *words], check=True, capture_output=True)


def _commit(root: Path) -> None:
    _git(root, "add", "--all")
    _git(root, "commit", "-qm", "what was done", "--allow-empty")


def _merge(here: Path, there: Path) -> None:
    """Fetch and merge the other's work; git ends with an error where it cannot."""
    _commit(here)
    _commit(there)
    _git(here, "pull", "-q", "--no-rebase", "--no-edit", str(there), "main")


def _seal(root: Path) -> None:
    seal(ArchiveStore.open(root), keys=Keys(signing=KEY))


def _check(root: Path) -> Report:
    return verify(ArchiveStore.open(root), outside=Outside(keys=(KEY.verifier,)))


def _add(root: Path, name: str) -> None:
    text = f"News of {name}\n\nBy A. Person\n\nWhat {name} said of the harbour."
    Archive.open(root).add(text.encode(), name=f"{name}.txt", key=name)


def _add_different_items(ones: Path, others: Path) -> None:
    _add(ones, "ada2026")
    _add(others, "ben2026")


def _annotate_one_item(ones: Path, others: Path) -> None:
    annotate(ArchiveStore.open(ones), "lantern2024", note="Ada's note")
    annotate(ArchiveStore.open(others), "lantern2024", note="Ben's note")


def _seal_here_add_there(ones: Path, others: Path) -> None:
    _add(ones, "ada2026")
    _seal(ones)
    _add(others, "ben2026")


def _rename_here_add_there(ones: Path, others: Path) -> None:
    Archive.open(ones).rename("lantern2024", "lamp2024")
    _add(others, "ben2026")


def _add_and_remove_there(ones: Path, others: Path) -> None:
    _add(ones, "ada2026")
    _add(others, "ben2026")
    Archive.open(others).remove("ben2026")
    _add(others, "cem2026")


def _add_the_same(ones: Path, others: Path) -> None:
    _add(ones, "ada2026")
    _add(others, "ada2026")


@pytest.mark.parametrize("is_turned", [False, True], ids=["into-ones", "into-others"])
@pytest.mark.parametrize(
    "work",
    [
        _add_different_items,
        _annotate_one_item,
        _seal_here_add_there,
        _rename_here_add_there,
        _add_and_remove_there,
        _add_the_same,
    ],
    ids=lambda f: f.__name__,
)
def test_two_clones_merge_and_seal(
    clones: tuple[Path, Path],
    work: Callable[[Path, Path], None],
    monkeypatch: pytest.MonkeyPatch,
    *,
    is_turned: bool,
) -> None:
    """Without a conflict, and verify is content with the merge, then with its seal."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1796000000")  # who adds the same adds the same bytes
    work(*clones)
    here, there = reversed(clones) if is_turned else clones
    _merge(here, there)
    merged = _check(here)
    assert merged.exit_code() == 0
    assert FindingClass.INVALID not in {finding.kind for finding in merged.findings}
    _seal(here)
    assert _check(here).exit_code(strict=True) == 0


def test_both_ways_lead_to_the_same_archive(clones: tuple[Path, Path]) -> None:
    """Merged here, then there: the same items, and neither is alarmed."""
    _add_different_items(*clones)
    ones, others = clones
    _merge(ones, others)
    _git(others, "pull", "-q", str(ones), "main")
    assert ArchiveStore.open(ones).keys() == ArchiveStore.open(others).keys()
    assert _check(others).exit_code() == 0
    _seal(others)
    _commit(others)
    _git(ones, "pull", "-q", str(others), "main")
    assert _check(ones).exit_code(strict=True) == 0


def _remove_a_note(root: Path) -> None:
    with ArchiveStore.open(root).writing() as writer:
        writer.write_note("harbour2024", None)


def _restrict(root: Path) -> None:
    set_access(ArchiveStore.open(root), "lantern2024", "restricted")


def _withdraw(root: Path) -> None:
    Archive.open(root).remove("tide2023")


@pytest.mark.parametrize("work", [_remove_a_note, _restrict], ids=lambda f: f.__name__)
def test_what_a_colleague_takes_away_is_missing_until_it_is_sealed(
    clones: tuple[Path, Path], work: Callable[[Path], None]
) -> None:
    """A merge cannot tell a colleague from a stranger: the seal asks, and then all is well."""
    here, there = clones
    work(there)
    assert _check(there).exit_code() == 0
    _merge(here, there)
    assert _check(here).exit_code() == 6
    store = ArchiveStore.open(here)
    with pytest.raises(Unconfirmed) as raised:
        _seal(here)
    confirmed = [change.leaf for change in raised.value.changes]
    seal(store, keys=Keys(signing=KEY), confirmed=confirmed)
    assert _check(here).exit_code(strict=True) == 0


def test_a_withdrawal_of_a_colleague_is_asked_about(clones: tuple[Path, Path]) -> None:
    """It takes nothing away that verify would miss, but it is no edit either."""
    here, there = clones
    _withdraw(there)
    _merge(here, there)
    assert _check(here).exit_code() == 0
    with pytest.raises(Unconfirmed, match="withdrawal of items/tide2023"):
        _seal(here)


def test_an_archive_from_before_learns_to_merge(clones: tuple[Path, Path]) -> None:
    """The next change adds the lines that are new to .gitattributes, and keeps the user's own."""
    root = clones[0]
    path = root / ".gitattributes"
    path.write_text("*.pdf -diff\n* -text\n", "utf-8")
    (root / ".gitignore").write_text("/.citekit/\n", "utf-8")
    _add(root, "ada2026")
    assert (root / ".gitignore").read_text("utf-8") == "/.citekit/\n/private/\n"
    assert path.read_text("utf-8").startswith("*.pdf -diff\n* -text\n/log/pending.jsonl merge=")
    path.unlink()
    _add(root, "ben2026")
    assert not path.exists()


# ── what a merge leaves ────────────────────────────────────────────────────────────────────────


def test_doubled_and_reordered_lines_that_wait_are_no_alarm(clones: tuple[Path, Path]) -> None:
    """Every line twice and in any order, the first one too: nothing is said, and all is sealed."""
    root = clones[0]
    _add(root, "ada2026")
    path = root / "log" / "pending.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*reversed(lines), *lines]))
    log = LogFolder(ArchiveStore.open(root).layout)
    assert len(log.pending().entries) == len(lines) - 1
    assert log.pending().damaged == ()
    assert _check(root).exit_code() == 0
    _seal(root)
    assert _check(root).exit_code(strict=True) == 0


def test_of_two_beginnings_the_log_is_as_long_as_the_larger_says(
    clones: tuple[Path, Path],
) -> None:
    """What was sealed since the smaller one waits no longer; a log that went back is found."""
    root = clones[0]
    path = root / "log" / "pending.jsonl"
    before = path.read_bytes()
    size = json.loads(before.splitlines()[0])["base"]
    _seal(root)
    path.write_bytes(path.read_bytes() + before)
    log = LogFolder(ArchiveStore.open(root).layout)
    assert (log.pending().base, log.pending().first_base) == (size + 2, size)
    left = [json.loads(entry)["subject"] for entry in log.waiting(size + 2)]
    assert left == ["items/tide2023/note.md"]  # another computer's, which was found here
    assert _check(root).exit_code(strict=True) == 0
    path.write_bytes(b'{"base":99}\n' + before)
    assert "CK-E612" in {finding.code for finding in _check(root).findings}


def test_an_annotation_that_stands_twice_counts_once(clones: tuple[Path, Path]) -> None:
    """The same line again is no finding and no second annotation; the next change drops it."""
    root = clones[0]
    store = ArchiveStore.open(root)
    annotate(store, "tide2023", note="One")
    path = store.layout.annotations_file("tide2023")
    path.write_bytes(path.read_bytes() * 2)
    assert len(store.annotations("tide2023")) == 1
    assert _check(root).exit_code() == 0
    annotate(store, "tide2023", note="Two")
    assert len(path.read_bytes().splitlines()) == 2


def test_one_id_with_two_contents_is_named(clones: tuple[Path, Path]) -> None:
    """Two people edited one annotation: the finding names it, and both its lines."""
    root = clones[0]
    store = ArchiveStore.open(root)
    annotate(store, "tide2023", note="One")
    path = store.layout.annotations_file("tide2023")
    path.write_bytes(path.read_bytes() + path.read_bytes().replace(b"One", b"Two"))
    (finding,) = [f for f in _check(root).findings if f.code == "CK-E205"]
    assert store.annotations("tide2023")[0].id in finding.message
    assert "annotations.jsonl:1" in finding.message
    assert finding.place
    assert finding.place.line == 2


def test_a_conflict_is_called_a_conflict(clones: tuple[Path, Path]) -> None:
    """Two people edit one title; whoever reads the item hears of git's marks, and what to do."""
    ones, others = clones
    for clone, title in ((ones, "Ada's title"), (others, "Ben's title")):
        set_fields(ArchiveStore.open(clone), "tide2023", {"title": title})
    with pytest.raises(subprocess.CalledProcessError):
        _merge(ones, others)
    with pytest.raises(InvalidData, match="conflict marks") as raised:
        ArchiveStore.open(ones).item("tide2023")
    assert raised.value.hint
    assert raised.value.place
    text = (ones / "items" / "tide2023" / "item.json").read_text("utf-8")
    assert text.split("\n")[(raised.value.place.line or 0) - 1].startswith("<<<<<<<")
    assert _check(ones).exit_code() == 4


def test_a_conflict_in_the_settings_is_called_one(clones: tuple[Path, Path]) -> None:
    """archive.toml is no JSON, and its marks are the same."""
    path = clones[0] / "archive.toml"
    path.write_text(f"<<<<<<< HEAD\n{path.read_text()}=======\n>>>>>>> other\n")
    with pytest.raises(InvalidData, match="conflict marks"):
        ArchiveStore.open(clones[0])


def test_a_title_may_look_like_a_mark(clones: tuple[Path, Path]) -> None:
    """What is JSON is read, whatever stands in its texts; what is none is told as before."""
    store = ArchiveStore.open(clones[0])
    set_fields(store, "tide2023", {"title": "<<<<<<< HEAD"})
    assert store.item("tide2023").title == "<<<<<<< HEAD"
    (store.root / "items" / "tide2023" / "item.json").write_text('{\n"id": <<<<<<< HEAD\n}\n')
    with pytest.raises(InvalidData, match="is not JSON"):
        store.item("tide2023")
