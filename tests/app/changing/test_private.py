"""Access ``private``: what refers to what, what the log says, what comes out again."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from citekit import Archive, StoreConflict
from citekit.app.sealing.seal import Keys, waiting_changes
from citekit.app.sealing.unconfirmed import Unconfirmed
from citekit.integrity.sign import new_signer_key
from citekit.model.claim import ClaimEvidence
from citekit.store.log.folder import LogFolder

if TYPE_CHECKING:
    from pathlib import Path

ARTICLE = """Ferry left early

By Ada Quill

The ferry left at 0417, a witness at the quay said. She had seen the lights go out before that.

Nobody else was there, and the harbour office did not answer questions about it on Monday.
"""


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with a private article, and one that all may read."""
    archive = Archive.create(tmp_path / "archive", title="Harbour")
    (tmp_path / "quay.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "open.txt").write_text(f"{ARTICLE}\nOpen.\n", encoding="utf-8")
    archive.add(tmp_path / "quay.txt", key="quay2024", access="private")
    archive.add(tmp_path / "open.txt", key="open2024", access="public")
    return archive


def test_a_public_claim_cannot_rest_on_a_private_item(archive: Archive) -> None:
    """Nor on a private note or entity; one that is made so is private."""
    archive.add_claim("The ferry left early.", claim_id="early")
    with pytest.raises(StoreConflict) as refused:
        archive.link_claim("early", "quay2024")
    assert "quay2024" in refused.value.message
    assert "citekit claim private early" in (refused.value.hint or "")
    archive.set_claim_private("early")
    assert archive.link_claim("early", "quay2024").private
    with pytest.raises(StoreConflict):
        archive.set_claim_private("early", private=False)
    made = archive.add_claim(
        "It left late.", evidence=[ClaimEvidence(item="quay2024", stance="disputes")]
    )
    assert made.private


def test_a_public_note_cannot_name_a_private_entity(archive: Archive) -> None:
    """A private note can, on any item, and so can every note of a private item."""
    archive.add_entity("Witness W", kind="person", private=True)
    with pytest.raises(StoreConflict):
        archive.annotate("open2024", note="who?", entities=["witness-w"])
    archive.annotate("open2024", note="who?", entities=["witness-w"], private=True)
    made = archive.annotate("quay2024", note="she", entities=["witness-w"]).annotation
    assert not made.is_private
    with pytest.raises(StoreConflict):
        archive.set_access("quay2024", "public")
    assert archive.store.item("quay2024").facts.access == "private"


def test_an_entity_that_the_public_knows_stays(archive: Archive) -> None:
    """It becomes private only when nothing that others may read names it."""
    archive.add_entity("Harbour Office", kind="organization")
    note = archive.annotate("open2024", note="them", entities=["harbour-office"]).annotation
    with pytest.raises(StoreConflict):
        archive.set_entity_private("harbour-office")
    archive.edit_annotation(note.id, private=True)
    assert archive.set_entity_private("harbour-office").private
    with pytest.raises(StoreConflict):
        archive.edit_annotation(note.id, private=False)


def test_a_place_that_is_private_makes_no_public_entity(archive: Archive) -> None:
    """An entity names where it is."""
    archive.add_entity("Pier Nine", kind="place", private=True)
    with pytest.raises(StoreConflict):
        archive.add_entity("Sinking", kind="occurrence", place="pier-nine")
    assert archive.add_entity("Sinking", kind="occurrence", place="pier-nine", private=True).private


def test_what_becomes_private_before_a_seal_leaves_no_event(archive: Archive) -> None:
    """The events of it that waited are gone; those of others are there."""
    pending = archive.store.layout.pending_file
    assert b"open2024" in pending.read_bytes()
    archive.set_access("open2024", "private")
    assert b"open2024" not in pending.read_bytes()
    assert archive.verify().exit_code() == 0


def test_of_a_sealed_item_the_log_says_that_it_is_gone(archive: Archive) -> None:
    """Not why, nor that it is kept; the seal after it is signed without a question."""
    keys = _keys()
    archive.seal(keys=keys)
    said = archive.find_said("open2024")
    assert said.entries
    changed = archive.set_access("open2024", "private")
    assert changed.said is not None
    assert changed.said.entries == said.entries
    assert archive.verify().exit_code() == 0
    archive.seal(keys=keys)
    assert archive.verify().exit_code() == 0
    log = LogFolder(archive.store.layout)
    standing = log.standing()
    assert standing is not None
    new = list(log.entries(standing.size))[max(said.entries) + 1 :]
    about = [entry for entry in new if b"open2024" in entry]
    assert len(about) == 1
    assert b'"action":"remove"' in about[0]
    assert b"private" not in about[0]


def test_it_can_come_back(archive: Archive) -> None:
    """As it was: what stands of its captures in the log stands; another capture is tampering."""
    keys = _keys()
    archive.seal(keys=keys)
    archive.set_access("open2024", "private")
    archive.seal(keys=keys)
    archive.set_access("open2024", "public")
    assert archive.verify().exit_code() == 0
    archive.seal(keys=keys)
    assert archive.verify().exit_code() == 0
    (capture,) = (archive.store.layout.captures("open2024")).iterdir()
    capture.write_bytes(capture.read_bytes().replace(b"0", b"1", 1))
    assert archive.verify().exit_code() == 6


def test_a_sealed_item_that_somebody_took_away_is_missing(archive: Archive) -> None:
    """Also where a line says that it was removed: nobody has noted that here."""
    keys = _keys()
    archive.seal(keys=keys)
    layout = archive.store.layout
    archive.set_access("open2024", "private")
    shutil.rmtree(layout.local)  # with the marks of what was noted here
    _empty(layout.private_items / "open2024")
    report = Archive.open(archive.store.root).verify()
    assert report.exit_code() == 6
    assert "CK-E601" in {finding.code for finding in report.findings}


def test_what_was_private_and_then_removed_can_be_sealed(archive: Archive) -> None:
    """The event that it has gone was noted here, and stands without the item."""
    archive.seal(keys=_keys())
    archive.set_access("open2024", "private")
    archive.remove("open2024")
    again = Archive.open(archive.store.root)
    assert again.verify().exit_code() == 0
    again.seal(keys=_keys())
    assert again.verify().exit_code() == 0


def test_a_change_that_nobody_noted_is_found(archive: Archive) -> None:
    """A stop between the change and its event, or somebody who moves an item out of sight.

    It lies in private; the next seal asks whether it is to say so.
    """
    keys = _keys()
    archive.seal(keys=keys)
    layout = archive.store.layout
    before = layout.pending_file.read_bytes()
    archive.set_access("open2024", "private")
    layout.pending_file.write_bytes(before)
    again = Archive.open(archive.store.root)
    report = again.verify()
    assert report.exit_code() == 0
    assert "CK-I603" in {finding.code for finding in report.findings}
    with pytest.raises(Unconfirmed, match="removal of items/open2024"):
        again.seal(keys=keys)
    again.seal(keys=keys, confirmed=[change.leaf for change in waiting_changes(again.store)])
    assert again.verify().exit_code() == 0


def test_what_git_has_is_told(archive: Archive) -> None:
    """The records that were committed, and the bytes."""
    root = archive.store.root
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "harbour"]):
        identity = ["-c", "user.name=A", "-c", "user.email=a@b.example"]
        subprocess.run(["git", "-C", str(root), *identity, *words], check=True)
    tracked = subprocess.run(
        ["git", "-C", str(root), "ls-files"], check=True, capture_output=True, text=True
    ).stdout
    assert "quay" not in tracked
    said = archive.find_said("open2024")
    assert said.traces is not None
    assert [commit.subject for commit in said.traces.commits] == ["harbour"]
    assert any("items/open2024/item.json" in path for path in said.traces.paths)
    assert "git has it in 1 commit;" in said.told()


def test_a_private_item_comes_out_within_the_limits(archive: Archive) -> None:
    """What a restricted item may not show is taken out before its records are among the others."""
    archive.annotate("quay2024", quote="She had seen the lights go out before that.", tags=["x"])
    archive.annotate("quay2024#p1", tags=["y"])
    changed = archive.set_access("quay2024", "restricted")
    assert changed.findings
    assert archive.verify().exit_code() == 0


def test_a_private_purge_is_told_when_the_item_comes_out(archive: Archive) -> None:
    """While it is private the log says nothing of it; then its bytes are not missing but purged."""
    pending = archive.store.layout.pending_file.read_bytes()
    archive.purge("quay2024")
    assert archive.store.layout.pending_file.read_bytes() == pending
    assert archive.verify().exit_code() == 0
    archive.set_access("quay2024", "public")
    archive.seal(keys=_keys())
    report = archive.verify()
    assert report.exit_code() == 0
    assert "CK-I621" in {finding.code for finding in report.findings}


def _keys() -> Keys:
    return Keys(signing=new_signer_key("citekit.invalid/harbour", b"\1" * 32))


def _empty(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()


def test_a_seal_takes_in_what_is_private_alone(archive: Archive) -> None:
    """The log gets one more state, and not a word on what there is; then nothing waits."""
    archive.seal(keys=Keys())
    assert archive.verify().exit_code(strict=True) == 0
    archive.set_fields("quay2024", {"title": "Ferry left too early"})
    assert archive.verify().exit_code(strict=True) == 1
    before = LogFolder(archive.store.layout).standing()
    archive.seal(keys=Keys())
    after = LogFolder(archive.store.layout).standing()
    assert before
    assert after
    assert after.size == before.size + 1
    assert b"quay" not in LogFolder(archive.store.layout).whole_entry(before.size)
    assert archive.verify().exit_code(strict=True) == 0
    assert archive.seal(keys=Keys()).added == 0
    standing = LogFolder(archive.store.layout).standing()
    assert standing
    assert standing.size == after.size
