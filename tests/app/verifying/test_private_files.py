"""What ``verify`` finds of private files: changed, gone, too many, tracked by git, referred to."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.integrity.digest import digest_bytes
from citekit.store.private.ledger import note

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ARTICLE = """Ferry left early

By Ada Quill

The ferry left at 0417, a witness at the quay said. She had seen the lights go out before that.
"""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with a private article that has a note, and a public one; both are sealed."""
    archive = Archive.create(tmp_path / "archive", title="Harbour")
    (tmp_path / "quay.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "open.txt").write_text(f"{ARTICLE}\nOpen.\n", encoding="utf-8")
    archive.add(tmp_path / "quay.txt", key="quay2024", access="private")
    archive.add(tmp_path / "open.txt", key="open2024", access="public")
    archive.annotate("quay2024", note="by the lighthouse")
    archive.annotate("open2024", note="for me", private=True)
    archive.add_entity("Witness W", kind="person", private=True)
    archive.add_claim("It left early.", private=True)
    archive.seal()
    return archive


def test_a_whole_archive_has_nothing_wrong(archive: Archive) -> None:
    """Nor anything that is not sealed; one item alone can be asked for as well."""
    report = archive.verify()
    assert report.exit_code(strict=True) == 0
    assert "CK-I677" not in {finding.code for finding in report.findings}
    assert archive.verify(["quay2024"]).exit_code() == 0
    assert archive.verify(["open2024"]).exit_code() == 0


def test_a_change_of_a_note_waits_for_a_seal(archive: Archive) -> None:
    """By citekit or by hand; the next seal takes it in."""
    archive.annotate("quay2024", note="again")
    (archive.store.layout.private_entities / "witness-w.json").write_text(
        '{"id": "witness-w", "kind": "person", "name": "W"}', encoding="utf-8"
    )
    assert _codes(archive) == {"CK-I677"}
    assert archive.verify().exit_code() == 0
    archive.seal()
    assert _codes(archive) == set()


def _capture(root: Path) -> Path:
    (capture,) = (root / "private/items/quay2024/captures").iterdir()
    return capture


def _object(root: Path) -> Path:
    return next(p for p in sorted((root / "private/objects").rglob("*")) if p.is_file())


@pytest.mark.parametrize(
    ("spoil", "code", "exit_code"),
    [
        (lambda root: _append(_capture(root)), "CK-E672", 6),
        (lambda root: _capture(root).unlink(), "CK-E673", 6),
        (lambda root: _append(_object(root)), "CK-E672", 6),
        (lambda root: _object(root).unlink(), "CK-E673", 6),
        (lambda root: (root / "private/items/quay2024/annotations.jsonl").unlink(), "CK-E673", 6),
        (lambda root: (root / "private/claims/it-left-early.json").unlink(), "CK-E673", 6),
        (lambda root: (root / "private/items/quay2024/more.txt").write_bytes(b"x"), "CK-E674", 6),
        (lambda root: (root / "private/claims/it-left-early.json").write_bytes(b"{"), "CK-E675", 6),
        (lambda root: _forge(root / "private/log/ledger.jsonl"), "CK-E672", 6),
    ],
)
def test_what_is_wrong_is_found(
    archive: Archive, spoil: Callable[[Path], object], code: str, exit_code: int
) -> None:
    """Each with its class, and with the same exit code as among the others."""
    spoil(archive.store.root)
    report = archive.verify()
    assert code in {finding.code for finding in report.findings}
    expected = 4 if code == "CK-E675" else exit_code
    assert report.exit_code() == expected


def test_a_forged_ledger_does_not_launder_a_capture(archive: Archive) -> None:
    """Lines that say that the record was removed and is another now change nothing."""
    capture = _capture(archive.store.root)
    _append(capture)
    path = capture.relative_to(archive.store.layout.private).as_posix()
    note(archive.store.layout, {path: None})
    note(archive.store.layout, {path: digest_bytes(capture.read_bytes())})
    assert "CK-E672" in _codes(archive)
    with pytest.raises(Exception, match="never changes"):
        archive.seal()


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_no_link_is_followed(archive: Archive, tmp_path: Path) -> None:
    """A link in private is extra, whatever it leads to."""
    (archive.store.layout.private / "items/link").symlink_to(tmp_path)
    assert "CK-E674" in _codes(archive)


def test_it_is_told_when_git_takes_private_files(archive: Archive) -> None:
    """Tracked, or no longer ignored: also by a line that undoes the other."""
    root = archive.store.root
    _git(root, "init", "-q")
    assert _codes(archive) == set()
    with (root / ".gitignore").open("a", encoding="utf-8") as ignored:
        ignored.write("!/private/\n")
    assert _codes(archive) == {"CK-E671"}
    _git(root, "add", "private")
    report = archive.verify()
    assert "CK-E670" in {finding.code for finding in report.findings}
    assert report.exit_code() == 1


def test_public_things_that_name_private_ones_are_told(archive: Archive) -> None:
    """Made by hand: a claim on a private item, a note with a private entity, a marked record."""
    root = archive.store.root
    evidence = [{"item": "quay2024", "stance": "supports"}]
    claim = {"id": "leak", "statement": "It left.", "evidence": evidence}
    (root / "claims").mkdir()
    (root / "claims/leak.json").write_text(json.dumps(claim), encoding="utf-8")
    report = archive.verify()
    told = [f.message for f in report.findings if f.code == "CK-E676"]
    assert told == ["names the private item quay2024"]
    path = archive.store.layout.item_file("open2024")
    text = path.read_text(encoding="utf-8").replace('"public"', '"private"')
    path.write_text(text, encoding="utf-8")
    told = [f.message for f in archive.verify().findings if f.code == "CK-E676"]
    assert "says that it is private" in told


def test_a_stopped_change_of_access_is_told(archive: Archive) -> None:
    """What lies in private is private, whatever it says."""
    path = archive.store.layout.item_file("quay2024")
    text = path.read_text(encoding="utf-8").replace('"private"', '"public"', 1)
    path.write_text(text, encoding="utf-8")
    assert {"CK-I679", "CK-I677"} == _codes(archive)
    assert archive.store.item("quay2024").facts.access == "private"


# ── what is said, and of which file ────────────────────────────────────────────────────────────


NOTES = "private/notes/open2024/annotations.jsonl"
ITEM = "private/items/quay2024/item.json"
ENTITY = "private/entities/witness-w.json"
CLAIM = "private/claims/it-left-early.json"
LEDGER = "private/log/ledger.jsonl"
UNSHOWN = "a line of the ledger says so, but nothing shows that this computer has written it"


def _told(archive: Archive) -> set[tuple[str, str, str]]:
    """Code, path inside the archive and words of what is found."""
    root = archive.store.root
    return {
        (f.code, os.path.relpath(f.place.path or root, root) if f.place else "", f.message)
        for f in archive.verify().findings
        if f.code != "CK-I615"
    }


def _spoil(archive: Archive, path: str, more: bytes = b" ") -> str:
    """Add bytes to a file; its digest now."""
    file = archive.store.root / path
    file.write_bytes(file.read_bytes() + more)
    return digest_bytes(file.read_bytes())


def _note(archive: Archive, **line: object) -> None:
    """A line that anybody can write."""
    with (archive.store.root / LEDGER).open("a", encoding="utf-8") as ledger:
        ledger.write(json.dumps({"at": "2024-03-05T08:30:00Z", **line}) + "\n")


def test_a_changed_capture_and_a_changed_payload_are_named(archive: Archive) -> None:
    """With the digest that they have, and the one that they were sealed with."""
    capture = _capture(archive.store.root).relative_to(archive.store.root).as_posix()
    payloads = sorted((archive.store.root / "private/objects").rglob("*"))
    first, second = (p.relative_to(archive.store.root).as_posix() for p in payloads if p.is_file())
    before = digest_bytes((archive.store.root / capture).read_bytes())
    now = _spoil(archive, capture)
    assert _told(archive) == {("CK-E672", capture, f"has {now}, and was sealed with {before}")}
    _spoil(archive, first)
    now = _spoil(archive, second)
    assert ("CK-E672", second, f"the bytes are {now}") in _told(archive)
    assert len(_told(archive)) == 3


def test_what_is_missing_is_named(archive: Archive) -> None:
    """A payload by the capture that names it; a line that anybody can write excuses nothing."""
    root = archive.store.root
    capture = _capture(root).relative_to(root).as_posix()
    payload = _object(root)
    digest = digest_bytes(payload.read_bytes())
    payload.unlink()
    (root / CLAIM).unlink()
    nobody = ("CK-E673", CLAIM, "is missing: its removal was noted by nobody")
    assert _told(archive) == {("CK-E673", capture, f"{digest} is missing"), nobody}

    _note(archive, purged=[digest])
    _note(archive, files={CLAIM.removeprefix("private/"): None})
    assert _told(archive) == {
        ("CK-E673", capture, f"{digest} is missing; {UNSHOWN}"),
        ("CK-E673", CLAIM, f"is missing; {UNSHOWN}"),
    }


def test_what_waits_for_a_seal_is_new_changed_or_removed(archive: Archive) -> None:
    """By citekit's own hand; nothing of it is wrong."""
    archive.annotate("quay2024", note="again")
    archive.add_entity("Witness V", kind="person", private=True)
    archive.remove_claim("it-left-early")
    assert _told(archive) == {
        ("CK-I677", "private/items/quay2024/annotations.jsonl", "has changed since the last seal"),
        ("CK-I677", "private/entities/witness-v.json", "is new since the last seal"),
        ("CK-I677", CLAIM, "was removed since the last seal"),
    }


@pytest.mark.parametrize("path", [NOTES, ITEM, ENTITY, CLAIM])
def test_a_record_that_cannot_be_read_is_named(archive: Archive, path: str) -> None:
    """Of each kind, also one that is no text."""
    for broken in (b"{", b"\xff"):
        (archive.store.root / path).write_bytes(broken)
        told = [(code, place) for code, place, _ in _told(archive) if code == "CK-E675"]
        assert [place.split(":")[0] for _, place in told] == [path]


def test_a_capture_that_cannot_be_read_is_named(archive: Archive) -> None:
    """By its path, like every record."""
    capture = _capture(archive.store.root)
    capture.write_bytes(b"{")
    name = capture.relative_to(archive.store.root).as_posix()
    assert [place for code, place, _ in _told(archive) if code == "CK-E675"] == [name]


def test_notes_about_no_item_are_named(archive: Archive) -> None:
    """What they are about is not there."""
    root = archive.store.root
    shutil.copytree(root / "private/notes/open2024", root / "private/notes/nobody2024")
    notes = "private/notes/nobody2024/annotations.jsonl"
    assert ("CK-E675", notes, "is about no item") in _told(archive)


def test_a_stopped_change_of_access_says_what_the_record_says(archive: Archive) -> None:
    """And in which record."""
    file = archive.store.root / ITEM
    file.write_text(file.read_text(encoding="utf-8").replace('"private"', '"restricted"', 1))
    stopped = ("CK-I679", ITEM, "says restricted: a change of access was stopped")
    assert stopped in _told(archive)


def test_files_of_nobody_are_named(archive: Archive) -> None:
    """A strange file, a link to a file, a payload that no capture names."""
    root = archive.store.root
    (root / "private/more.txt").write_bytes(b"x")
    (root / "private/claims/link.json").symlink_to(root / CLAIM)
    digest = digest_bytes(b"nobody's").removeprefix("sha256:")
    payload = f"private/objects/sha256/{digest[:2]}/{digest[2:]}"
    (root / payload).parent.mkdir(exist_ok=True)
    (root / payload).write_bytes(b"nobody's")
    assert _told(archive) == {
        ("CK-E674", "private/more.txt", "nobody accounts for this file"),
        ("CK-E674", "private/claims/link.json", "is a link, or neither a file nor a folder"),
        ("CK-E674", payload, "no private capture names this payload"),
    }


def test_lines_of_the_ledger_that_say_nothing_are_named(archive: Archive) -> None:
    """By their numbers; the others count all the same."""
    ledger = archive.store.root / LEDGER
    number = ledger.read_text(encoding="utf-8").count("\n") + 1
    with ledger.open("a", encoding="utf-8") as file:
        file.write("neither\n")
    assert _told(archive) == {("CK-W672", LEDGER, f"line {number} says nothing")}


def test_a_ledger_that_lost_its_last_seal_is_named(archive: Archive) -> None:
    """The second copy still has what opens it."""
    ledger = archive.store.root / LEDGER
    lines = ledger.read_text(encoding="utf-8").splitlines(keepends=True)
    ledger.write_text("".join(line for line in lines if '"secret"' not in line), encoding="utf-8")
    lost = "has lost what opens the last seal; the second copy has it"
    assert ("CK-E673", LEDGER, lost) in _told(archive)


def test_a_ledger_whose_files_were_changed_is_named(archive: Archive) -> None:
    """It no longer gives the root that it names."""
    _forge(archive.store.root / LEDGER)
    assert ("CK-E672", LEDGER) in {(code, place) for code, place, _ in _told(archive)}


def test_who_has_sealed_it_hears_that_all_is_gone(archive: Archive) -> None:
    """How many files; a clone, which has never had them, hears nothing."""
    shutil.rmtree(archive.store.root / "private")
    assert _told(archive) == {("CK-I681", "private", "6 files that were sealed are not here")}


def test_one_file_that_is_gone_is_one(tmp_path: Path) -> None:
    """Said as people say it."""
    archive = Archive.create(tmp_path / "archive", title="Harbour")
    archive.add_entity("Witness W", kind="person", private=True)
    archive.seal()
    shutil.rmtree(archive.store.root / "private")
    assert _told(archive) == {("CK-I681", "private", "1 file that was sealed is not here")}


def test_the_first_of_what_git_takes_is_named(archive: Archive) -> None:
    """With how many more there are; of one file, none."""
    root = archive.store.root
    _git(root, "init", "-q")
    with (root / ".gitignore").open("a", encoding="utf-8") as ignored:
        ignored.write("!/private/\n")
    assert ("CK-E671", "private", f"git would take {CLAIM}") in _told(archive)
    _git(root, "add", CLAIM)
    assert ("CK-E670", CLAIM, "git tracks this") in _told(archive)
    _git(root, "add", ENTITY)
    assert ("CK-E670", CLAIM, "git tracks this, and 1 more") in _told(archive)
    (root / ".git" / "HEAD").write_bytes(b"nothing")
    (root / ".git" / "index").write_bytes(b"nothing")
    assert [(code, place) for code, place, _ in _told(archive) if code == "CK-W672"] in (
        [],  # to some gits it is no repository any more
        [("CK-W672", "private")],
    )


def test_each_public_thing_that_names_a_private_one_is_told(archive: Archive) -> None:
    """Claims and places that name an entity, by their own files."""
    root = archive.store.root
    claim = {"id": "leak", "statement": "It left.", "entities": ["witness-w"], "evidence": []}
    (root / "claims").mkdir(exist_ok=True)
    (root / "claims/leak.json").write_text(json.dumps(claim), encoding="utf-8")
    (root / "entities").mkdir(exist_ok=True)
    entity = {"id": "quay", "kind": "place", "name": "Quay", "place": "witness-w"}
    (root / "entities/quay.json").write_text(json.dumps(entity), encoding="utf-8")
    named = "names the private entity witness-w"
    told = {(place, words) for code, place, words in _told(archive) if code == "CK-E676"}
    assert told == {("claims/leak.json", named), ("entities/quay.json", named)}


def test_each_thing_that_is_marked_private_in_the_open_is_told(archive: Archive) -> None:
    """An entity, a claim, a note and an item, each by its file."""
    root = archive.store.root
    for name in ("claims", "entities"):
        (root / name).mkdir(exist_ok=True)
    claim = {"id": "leak", "statement": "It left.", "evidence": [], "private": True}
    (root / "claims/leak.json").write_text(json.dumps(claim), encoding="utf-8")
    entity = {"id": "quay", "kind": "place", "name": "Quay", "private": True}
    (root / "entities/quay.json").write_text(json.dumps(entity), encoding="utf-8")
    notes = "items/open2024/annotations.jsonl"
    shutil.copy(root / NOTES, root / notes)
    words = "says that it is private"
    told = {(place, said) for code, place, said in _told(archive) if code == "CK-E676"}
    assert {("claims/leak.json", words), ("entities/quay.json", words)} <= told
    assert [said.endswith(words) for place, said in told if place == notes] == [True]
    assert len(told) == 3


def _codes(archive: Archive) -> set[str]:
    return {f.code for f in archive.verify().findings} - {"CK-I615"}


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b" ")


def _forge(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if "captures/" in line)
    digest = line.split("sha256:")[1][:64]
    path.write_text(text.replace(digest, "0" * 64), encoding="utf-8")


def _git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", str(root), *words], check=True)
