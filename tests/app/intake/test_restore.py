"""``restore``: absent payloads come back when they are the same bytes, and in no other case."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from citekit.app.intake.restore import Restored, restore, restore_all
from citekit.app.verifying.verify import verify
from citekit.errors import CaptureFailed, IntegrityFailed, NotFound
from citekit.extract import extract
from citekit.findings import Severity
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.testing.network.news_site import Answer, serve_news_site
from citekit.testing.store_builders import BuiltCapture, add_item, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

ORIGINAL = b"""The harbour opens again

The harbour of Lanternfish opened on Monday after a week of dredging work.

Three ferries left it before noon, and the port office counted nobody missing.
"""


def _as_added() -> BuiltCapture:
    text = extract(ORIGINAL, name="article.txt", url="https://news.example/1").text
    assert text
    assert "dredging" in text
    built = build_capture(text=text, original=ORIGINAL)
    original = replace(built.record.payloads["original"], encoding="ascii")
    payloads = {**built.record.payloads, "original": original}
    return replace(built, record=replace(built.record, payloads=payloads))


CAPTURE = _as_added()
TEXT = CAPTURE.payloads[CAPTURE.record.payloads["text"].digest]


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """A clone: the record of an item whose payloads are not here."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        add_item(writer, build_item("held2026"), CAPTURE)
        writer.add_item(build_item("bare2026"))
    shutil.rmtree(store.layout.restricted)
    shutil.rmtree(store.layout.local)
    return store


def _roles(restored: Restored) -> list[str]:
    return [payload.role for payload in restored.payloads if payload.is_new]


def _wrong(store: ArchiveStore) -> list[str]:
    """The codes of what verify finds, notes left out."""
    findings = verify(store).findings
    return [finding.code for finding in findings if finding.severity is not Severity.NOTE]


def test_the_original_brings_its_text_with_it(store: ArchiveStore, tmp_path: Path) -> None:
    """From the original alone the text is read again, and kept because it has the right digest."""
    source = tmp_path / "found somewhere.bin"
    source.write_bytes(ORIGINAL)
    restored = restore(store, "held2026", source)
    assert _roles(restored) == ["original", "text"]
    assert restored.grade == "same bytes"
    assert restored.told() == "restored original and text of held2026 (same bytes)"
    assert store.text("held2026") == TEXT.decode()
    assert _wrong(store) == []


def test_the_text_comes_back_alone(store: ArchiveStore, tmp_path: Path) -> None:
    """Whoever has only the text gets only the text."""
    source = tmp_path / "text.txt"
    source.write_bytes(TEXT)
    assert _roles(restore(store, "held2026", source)) == ["text"]
    assert store.text("held2026") == TEXT.decode()


def test_another_file_is_refused_and_both_digests_named(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """Another text is no payload; nothing is written, and the message says what was expected."""
    source = tmp_path / "article.txt"
    source.write_bytes(ORIGINAL.replace(b"Three", b"Four"))
    before = sorted(store.root.rglob("*"))
    with pytest.raises(IntegrityFailed) as caught:
        restore(store, "held2026", source)
    assert CAPTURE.record.payloads["original"].digest in caught.value.message
    assert "found sha256:" in caught.value.message
    assert str(caught.value.place) == str(source)
    assert sorted(store.root.rglob("*")) == before


def test_a_folder_is_searched(store: ArchiveStore, tmp_path: Path) -> None:
    """The files are found by their bytes, at any depth, whatever they are called."""
    folder = tmp_path / "backup"
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "x").write_bytes(ORIGINAL)
    (folder / "y").write_bytes(TEXT)
    (folder / "same size").write_bytes(b"z" * len(TEXT))
    (folder / "loop").symlink_to(folder)
    assert sorted(_roles(restore(store, "held2026", folder))) == ["original", "text"]
    assert _wrong(store) == []


def test_a_copy_of_the_archive_is_a_source(store: ArchiveStore, tmp_path: Path) -> None:
    """The folder of another machine that holds the payloads is enough."""
    other = ArchiveStore.create(tmp_path / "other")
    with other.writing() as writer:
        add_item(writer, build_item("held2026"), CAPTURE)
    assert sorted(_roles(restore(store, "held2026", other.root))) == ["original", "text"]


def test_a_folder_without_it_is_told(store: ArchiveStore, tmp_path: Path) -> None:
    """When no file fits, the digests that were looked for are named."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound, match=r"expected sha256:.*\(original\) or sha256:"):
        restore(store, "held2026", tmp_path / "empty")


@pytest.mark.parametrize("key", ["nobody2026", "bare2026"])
def test_nothing_can_be_restored_to_nothing(key: str, store: ArchiveStore, tmp_path: Path) -> None:
    """Unknown items, and items without a capture, are told as not found."""
    source = tmp_path / "article.txt"
    source.write_bytes(ORIGINAL)
    with pytest.raises(NotFound):
        restore(store, key, source)
    with pytest.raises(NotFound):
        restore(store, "held2026", tmp_path / "absent.txt")


def test_what_is_whole_stays(store: ArchiveStore, tmp_path: Path) -> None:
    """A second restore finds nothing missing, and says so."""
    source = tmp_path / "article.txt"
    source.write_bytes(ORIGINAL)
    restore(store, "held2026", source)
    again = restore(store, "held2026", source)
    assert _roles(again) == []
    assert again.told() == "nothing was missing from held2026 (same bytes)"
    assert restore(store, "held2026", tmp_path).payloads == ()


def test_damaged_bytes_are_replaced(store: ArchiveStore, tmp_path: Path) -> None:
    """A payload that was tampered with is made whole by the right file."""
    source = tmp_path / "article.txt"
    source.write_bytes(ORIGINAL)
    restore(store, "held2026", source)
    path = store.payload_path(CAPTURE.record.payloads["original"].digest)
    assert path
    path.write_bytes(b"tampered with")
    assert _roles(restore(store, "held2026", source)) == ["original"]
    assert _wrong(store) == []


def test_a_text_that_is_read_otherwise_now_is_not_forced(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """An original whose text came from another reader comes back without it, and that is told."""
    other = build_capture(text="What an older reader made of it.", original=ORIGINAL, minutes=9)
    with store.writing() as writer:
        writer.add_item(build_item("older2026"), captures={other.stamp: other.record})
    source = tmp_path / "article.txt"
    source.write_bytes(ORIGINAL)
    restored = restore(store, "older2026", source)
    assert _roles(restored) == ["original"]
    assert [finding.code for finding in restored.findings] == ["CK-W320"]
    assert "its text stays absent" in restored.told()
    assert restored.to_json()["payloads"][0]["new"] is True
    assert store.text("older2026") is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_no_source(store: ArchiveStore, tmp_path: Path) -> None:
    """A path that would never end is refused at once."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Exception, match="is not a file"):
        restore(store, "held2026", tmp_path / "pipe")


# ── all at once, and over the network ──────────────────────────────────────────────────────────


@pytest.fixture
def found(tmp_path: Path) -> Path:
    """A folder that has the payloads somewhere, under other names."""
    folder = tmp_path / "found" / "deep"
    folder.mkdir(parents=True)
    for number, data in enumerate(CAPTURE.payloads.values()):
        (folder / f"{number}.bin").write_bytes(data)
    (folder / "other.bin").write_bytes(b"something else")
    return tmp_path / "found"


def test_all_that_is_absent_comes_back_from_one_folder(store: ArchiveStore, found: Path) -> None:
    """Whatever the files are called, and whosever they are; then nothing is missing."""
    with store.writing() as writer:
        other = replace(CAPTURE.record.payloads["original"])
        record = replace(CAPTURE.record, payloads={"original": other})
        add_item(writer, build_item("also2026"), replace(CAPTURE, record=record, payloads={}))
    assert [one.key for one in restore_all(store, found)] == ["also2026", "held2026"]
    assert _wrong(store) == []
    with pytest.raises(NotFound, match="nothing is missing"):
        restore_all(store, found)


def test_a_folder_without_anything_absent_is_told(store: ArchiveStore, tmp_path: Path) -> None:
    """With how many payloads are looked for; and a folder that is not there."""
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFound, match="no file here is one of the 2 payloads"):
        restore_all(store, tmp_path / "empty")
    with pytest.raises(NotFound, match="no such folder"):
        restore_all(store, tmp_path / "nowhere")


def test_another_address_may_have_the_bytes(store: ArchiveStore) -> None:
    """A copy elsewhere: it is asked, and its bytes are judged as those of a file."""
    answers = {"/copy": Answer(body=ORIGINAL), "/other": Answer(body=b"something else")}
    with serve_news_site(answers) as site:
        with pytest.raises(CaptureFailed, match="private address"):
            restore(store, "held2026", f"{site.url}/copy")
        with pytest.raises(IntegrityFailed):
            restore(store, "held2026", f"{site.url}/other", allow_private=True)
        restored = restore(store, "held2026", f"{site.url}/copy", allow_private=True)
    assert sorted(_roles(restored)) == ["original", "text"]
