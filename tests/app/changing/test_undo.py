"""``undo``: every file as it was before the last change, or an answer that says why not."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.cli.run import run
from citekit.errors import NotFound, StoreConflict
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import Mark, Source, add_source, build_archive
from citekit.testing.faults import killed_at
from citekit.testing.leaks.markers import search_folder

if TYPE_CHECKING:
    from pathlib import Path

LIBRARY = """\
@book{reef2021, title = {Reefs}, author = {Moreau, Lucía}, year = 2021}
@book{sand1999, title = {Sand}, author = {Okoye, Chidi}, year = 1999}
"""
LIST = "key,title,tags\nharbour2024,Another title,boats\ntide2023,A third,\n"
SECRET = Source(
    key="secret2024",
    data={"title": "About a secret"},
    access="private",
    text="Qzxwhisper in the dark.\n\nAnd more.\n",
    marks=(Mark(quote="in the dark", note="Mine."),),
)
KEPT = Source(key="kept2024", data={"title": "Kept"}, text="Qzxmurmur among us.\n\nAnd more.\n")
Files = dict[str, bytes]

CHANGES = {
    "set": ["set", "harbour2024", "title=Another", "volume=3"],
    "set of a sealed one": ["set", "lantern2024", "publisher="],
    "set of several": ["set", "--from", "{folder}/list.csv"],
    "tag": ["tag", "harbour2024", "boats"],
    "annotate": ["annotate", "harbour2024#p1", "--note", "Look here."],
    "annotate for oneself": ["annotate", "harbour2024", "--note", "Mine.", "--private"],
    "edit an annotation": ["annotation", "edit", "{annotation}", "--note", "Other words."],
    "remove an annotation": ["annotation", "rm", "{annotation}"],
    "annotate what is private": ["annotate", "secret2024", "--note", "Psst."],
    "add": ["add", "{folder}/article.txt"],
    "add for all": ["add", "{folder}/article.txt", "--access", "public"],
    "add for oneself": ["add", "{folder}/article.txt", "--access", "private"],
    "import": ["import", "{folder}/library.bib"],
    "remove": ["remove", "kept2024", "--yes"],
    "remove what is private": ["remove", "secret2024", "--yes"],
    "withdraw": ["remove", "tide2023", "--yes"],
    "rename": ["rename", "kept2024", "held2024"],
    "rename a sealed one": ["rename", "harbour2024", "port2024"],
    "rename what is private": ["rename", "secret2024", "whisper2024"],
    "add an entity": ["entity", "add", "Tide Office", "--kind", "organization"],
    "change an entity": [
        "entity",
        "add",
        "Ada Quill",
        "--id",
        "ada-quill",
        "--description",
        "Runs.",
    ],
    "add a claim": ["claim", "add", "The tide was high.", "--id", "high-tide"],
    "link a claim": ["claim", "link", "{claim}", "tide2023"],
    "remove a claim": ["claim", "rm", "{claim}"],
}
"""Commands by what they do; each changes something."""

BARRED = {
    "access": ["set", "kept2024", "--access", "public"],
    "access that stays": ["set", "kept2024", "--access", "restricted"],
    "an item made private": ["set", "kept2024", "--access", "private", "--yes"],
    "an item made open": ["set", "secret2024", "--access", "restricted"],
    "a private note": ["annotation", "private", "{annotation}"],
    "a private entity": ["entity", "private", "spare"],
    "a new capture": ["add", "{folder}/article.txt", "--to", "kept2024"],
    "a purge": ["purge", "kept2024", "--yes"],
    "an erasing": ["purge", "kept2024", "--record", "--yes"],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A sealed archive, to which a restricted and a private item have come since."""
    (tmp_path / "list.csv").write_text(LIST, "utf-8")
    (tmp_path / "library.bib").write_text(LIBRARY, "utf-8")
    article = "A headline\n\nBy Ada Quill\n\n1 March 2025\n\nThe tide was nine inches high.\n"
    (tmp_path / "article.txt").write_text(article, "utf-8")
    store = build_archive(tmp_path / "archive")
    archive = Archive(store)
    archive.add_entity("Spare", kind="person", entity_id="spare")
    archive.seal()
    with store.writing() as writer:
        for source in (KEPT, SECRET):
            add_source(writer, source)
    archive.annotate("kept2024", note="Mine.", private=True)
    archive.forget_last_change()
    return store.root


def words(command: list[str], root: Path) -> list[str]:
    """The words of a call in this archive."""
    store = ArchiveStore.open(root)
    named = {
        "folder": str(root.parent),
        "annotation": store.annotations("harbour2024")[0].short_id,
        "claim": store.claim_ids()[0],
    }
    return ["--archive", str(root), *(word.format_map(named) for word in command)]


def records(root: Path) -> Files:
    """Every file of the archive but the log, the ledger and what is this machine's own."""
    found = {p.relative_to(root).as_posix(): p.read_bytes() for p in root.rglob("*") if p.is_file()}
    ours = (".citekit/", "log/", "private/log/", ".gitignore")
    return {name: data for name, data in found.items() if not name.startswith(ours)}


def test_nothing_has_been_done_yet(root: Path) -> None:
    """The commands below start from a place where nothing can be taken back."""
    with pytest.raises(NotFound, match="nothing to take back"):
        Archive.open(root).undo()


@pytest.mark.parametrize("name", CHANGES)
def test_every_file_is_as_before(name: str, root: Path) -> None:
    """After the change, undo gives every byte back, and undo again what the change had made."""
    before = records(root)
    assert run(words(CHANGES[name], root)) == 0
    changed = records(root)
    assert changed != before

    assert run(["--archive", str(root), "undo"]) == 0
    assert records(root) == before
    assert Archive.open(root).verify().ok
    assert run(["--archive", str(root), "undo"]) == 0
    assert records(root) == changed

    assert run(["--archive", str(root), "undo"]) == 0
    assert run(["--archive", str(root), "seal"]) == 0
    report = Archive.open(root).verify()
    assert report.ok
    assert not {finding.kind for finding in report.findings} & {"unsealed", "missing", "extra"}
    assert records(root).keys() >= before.keys()


@pytest.mark.parametrize("name", CHANGES)
def test_what_would_be_is_said(name: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``--dry-run`` says what undo says, and changes nothing."""
    run(words(CHANGES[name], root))
    changed = records(root)
    capsys.readouterr()

    assert run(["--archive", str(root), "undo", "--dry-run"]) == 0
    would, note = capsys.readouterr()
    assert records(root) == changed
    assert note == "nothing was changed\n"
    assert run(["--archive", str(root), "undo"]) == 0
    assert capsys.readouterr().out == would != ""


@pytest.mark.parametrize("name", BARRED)
def test_what_is_not_taken_back_leaves_nothing(name: str, root: Path) -> None:
    """It says so, and of the change before it nothing is kept either."""
    run(words(["set", "kept2024", "title=Qzxkeptback"], root))
    assert run(words(BARRED[name], root)) == 0

    with pytest.raises(StoreConflict, match="the last change is"):
        Archive.open(root).undo()
    assert [path.name for path in (root / ".citekit" / "undo").iterdir()] == ["steps"]
    assert not search_folder(root / ".citekit" / "undo", {"it": b"qzxkeptback"})


def test_a_seal_leaves_nothing(root: Path) -> None:
    """What is sealed is taken back by a change of its own, not by undo."""
    archive = Archive.open(root)
    archive.set_fields("kept2024", {"title": "Other"})
    archive.seal()
    with pytest.raises(NotFound, match="nothing to take back"):
        archive.undo()
    assert not (root / ".citekit" / "undo").exists()


def test_where_each_change_is_sealed_nothing_is_kept(root: Path) -> None:
    """An archive that seals by itself has nothing unsealed."""
    with (root / "archive.toml").open("a", encoding="utf-8") as file:
        file.write('\n[log]\nseal = "auto"\n')
    assert run(words(CHANGES["set"], root)) == 0
    assert not (root / ".citekit" / "undo").exists()


# ── nothing stays that is to go ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "marker"), [("kept2024", b"qzxmurmur"), ("secret2024", b"qzxwhisper")]
)
def test_a_purge_leaves_no_word_of_the_text(key: str, marker: bytes, root: Path) -> None:
    """Bytes that a removal had kept are gone from the whole folder, too."""
    run(words(["remove", key, "--yes"], root))
    assert search_folder(root / ".citekit" / "undo", {"text": marker})
    run(["--archive", str(root), "undo"])
    run(["--archive", str(root), "list"])  # which makes an index of the text
    assert run(words(["purge", key, "--yes"], root)) == 0

    assert not search_folder(root, {"text": marker})


def test_what_was_removed_is_forgotten_at_will(root: Path) -> None:
    """``--forget`` removes the bytes of an item that was removed, and the next change does."""
    run(words(["remove", "kept2024", "--yes"], root))
    assert search_folder(root, {"text": b"qzxmurmur"})
    assert run(["--archive", str(root), "undo", "--forget"]) == 0
    assert not search_folder(root, {"text": b"qzxmurmur"})

    run(words(["remove", "secret2024", "--yes"], root))
    run(words(CHANGES["tag"], root))
    assert not search_folder(root, {"text": b"qzxwhisper"})


def test_nobody_else_gets_what_is_kept(root: Path, tmp_path: Path) -> None:
    """Neither a backup nor a package nor git takes it along."""
    archive = Archive.open(root)
    made = archive.annotate("secret2024", note="Qzxmumble.")
    archive.remove_annotation(made.annotation.id)
    assert search_folder(root / ".citekit" / "undo", {"note": b"qzxmumble"})
    archive.export(tmp_path / "crate", format="ro-crate", with_restricted=True)
    archive.export(tmp_path / "bag", format="bagit", with_restricted=True)
    archive.backup(tmp_path / "copy")

    for name in ("copy", "crate", "bag"):
        assert not search_folder(tmp_path / name, {"note": b"qzxmumble"})
    assert "/.citekit/" in (root / ".gitignore").read_text("utf-8")


# ── who has changed something else ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("set", "items/harbour2024/item.json"),
        ("annotate", "items/harbour2024/annotations.jsonl"),
        ("add an entity", "entities/tide-office.json"),
        ("rename a sealed one", "items/port2024/item.json"),
        ("import", "items/sand1999/item.json"),
        ("import", "items/sand1999/note.md"),
        ("remove", "items/kept2024/item.json"),
    ],
)
def test_another_change_is_not_overwritten(name: str, file: str, root: Path) -> None:
    """What somebody has written since stays, and so does all the rest."""
    run(words(CHANGES[name], root))
    path = root / file
    path.parent.mkdir(exist_ok=True)
    before = path.read_bytes() if path.exists() else b"{}"
    path.write_bytes(before + b"\n")
    now = records(root)

    with pytest.raises(StoreConflict, match="has changed since"):
        Archive.open(root).undo()
    assert records(root) == now


def test_an_item_that_a_claim_needs_stays(root: Path) -> None:
    """As ``remove`` does, undo keeps a source of claims."""
    run(words(["import", "{folder}/library.bib"], root))
    claim = '{"id": "by-hand", "statement": "S", "evidence": [{"item": "sand1999", '
    (root / "claims" / "by-hand.json").write_text(claim + '"stance": "supports"}]}\n', "utf-8")
    with pytest.raises(StoreConflict, match="source of a claim"):
        Archive.open(root).undo()


def test_what_another_user_has_left_is_nothing(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An archive from elsewhere may have a change in its folder: it is not taken back."""
    run(words(CHANGES["set"], root))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with pytest.raises(NotFound, match="nothing to take back"):
        Archive.open(root).undo()


def test_a_line_that_was_changed_is_nothing(root: Path) -> None:
    """Each line is vouched for, with its place among the others."""
    run(words(CHANGES["import"], root))
    steps = root / ".citekit" / "undo" / "steps"
    head, one, two = steps.read_text("utf-8").splitlines()
    for lines in ([head, one.replace("reef", "tide"), two], [head, two, two], [one, two]):
        steps.write_text("\n".join(lines) + "\n", "utf-8")
        with pytest.raises(NotFound, match="nothing to take back"):
            Archive.open(root).undo()


def test_damaged_bytes_bring_nothing_back(root: Path) -> None:
    """What was kept is compared with its digest before it is put anywhere."""
    run(words(CHANGES["set"], root))
    (kept,) = (p for p in (root / ".citekit" / "undo").iterdir() if p.name != "steps")
    kept.write_bytes(kept.read_bytes().replace(b"harbour", b"hamburg"))
    now = records(root)
    assert run(["--archive", str(root), "undo"]) == 6
    assert records(root) == now


def test_a_link_in_its_place_is_not_followed(root: Path, tmp_path: Path) -> None:
    """The link goes, what it leads to stays, and the change is made."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("x")
    (root / ".citekit" / "undo").symlink_to(elsewhere)

    assert run(words(CHANGES["set"], root)) == 0
    assert run(["--archive", str(root), "undo"]) == 0
    assert (elsewhere / "mine").exists()


# ── what belongs together ──────────────────────────────────────────────────────────────────────


def test_each_step_of_a_script_is_taken_back_alone(root: Path) -> None:
    """From Python, what one call did; a command as a whole is above."""
    archive = Archive.open(root)
    archive.set_fields("kept2024", {"volume": "1"})
    archive.set_fields("kept2024", {"issue": "2"})
    (change,) = archive.undo().changes
    assert (change.subject, change.told) == ("kept2024", "as before: issue")
    assert archive.item("kept2024").text("volume") == "1"


def test_looking_forgets_nothing(root: Path) -> None:
    """Neither a list nor a command that fails."""
    run(words(CHANGES["set"], root))
    run(["--archive", str(root), "list"])
    assert run(["--archive", str(root), "set", "nosuch", "title=x"]) == 3
    assert Archive.open(root).plan_undo().changes[0].subject == "harbour2024"


def test_a_copy_that_is_as_before_has_nothing_to_take_back(root: Path) -> None:
    """A change that has come to nothing is none."""
    before = root.parent / "before"
    shutil.copytree(root / "items", before)
    run(words(CHANGES["set"], root))
    shutil.rmtree(root / "items")
    before.rename(root / "items")
    with pytest.raises(NotFound) as raised:
        Archive.open(root).undo()
    assert raised.value.hint == "the last change has come to nothing"


# ── stops ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["set", "remove", "add", "rename", "annotate for oneself"])
def test_a_change_that_was_stopped_is_taken_back(name: str, root: Path, tmp_path: Path) -> None:
    """Wherever it was stopped: undo gives the state before, or there is nothing to take back."""
    before, copy = records(root), tmp_path / "copy"
    call = words(CHANGES[name], copy) if copy.exists() else words(CHANGES[name], root)
    call[1] = str(copy)
    for n in range(1, 400, 3):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(root, copy)
        was_killed = killed_at(n, lambda: run(call))
        code = run(["--archive", str(copy), "undo"])
        assert code in (0, 3), n
        assert records(copy) == before, n
        if not was_killed:
            assert code == 0
            return
    pytest.fail("the change never came to its end")


@pytest.mark.parametrize("name", ["set of several", "remove", "import", "rename a sealed one"])
def test_a_taking_back_that_was_stopped_is_ended(name: str, root: Path, tmp_path: Path) -> None:
    """By undo once more; verify finds nothing that is missing or tampered with meanwhile."""
    before, copy = records(root), tmp_path / "copy"
    run(words(CHANGES[name], root))
    call = ["--archive", str(copy), "undo"]
    for n in range(1, 600, 4):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(root, copy)
        was_killed = killed_at(n, lambda: run(call))
        kinds = {finding.kind for finding in Archive.open(copy).verify().findings}
        assert not kinds & {"tampered", "missing"}, n
        if not was_killed:
            assert records(copy) == before
            return
        is_under_way = (copy / ".citekit" / "undoing" / "steps").exists()
        if is_under_way or records(copy) != before:
            assert run(call) in (0, 3), n
        now = records(copy)
        if name == "rename a sealed one":  # where it was stopped, the other key may stay an alias
            now["items/harbour2024/item.json"] = before["items/harbour2024/item.json"]
        assert now == before, n
        assert Archive.open(copy).verify().ok, n
    pytest.fail("it never came to its end")


def test_a_full_disk_keeps_no_change_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be kept, the change is made all the same, and nothing is half kept."""
    run(words(CHANGES["tag"], root))
    real = os.open

    def refuse(path: str | os.PathLike[str], *args: int, **kwargs: int) -> int:
        if os.path.basename(os.path.dirname(os.fspath(path))) == "undo":  # noqa: PTH119, PTH120  # as os has it
            raise OSError(28, "No space left on device")
        return real(path, *args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(os, "open", refuse)
        assert run(words(CHANGES["set"], root)) == 0
    with pytest.raises(NotFound, match="nothing to take back"):
        Archive.open(root).undo()
