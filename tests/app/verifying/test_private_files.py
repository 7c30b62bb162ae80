"""What ``verify`` finds of private files: changed, gone, too many, tracked by git, referred to."""

from __future__ import annotations

import json
import os
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
