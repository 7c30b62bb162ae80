"""Files: what Windows, full disks, links and pipes do is told, and never half done."""

from __future__ import annotations

import errno
import os
import resource
from typing import TYPE_CHECKING

import pytest

from citekit.errors import CitekitError, InvalidData, NotFound, StorageFailed
from citekit.store import files
from citekit.store.archive import ArchiveStore
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path


def _sharing_violation() -> PermissionError:
    error = PermissionError(errno.EACCES, "in use by another process")
    error.winerror = 32  # type: ignore[attr-defined]  # what Windows adds
    return error


def test_a_file_that_is_open_elsewhere_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses a rename while a reader has the file open; a moment later it works."""
    real, refusals = os.replace, [_sharing_violation(), _sharing_violation()]

    def replace(source: Path, target: Path) -> None:
        if refusals:
            raise refusals.pop()
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    (tmp_path / "new").write_text("new")
    files.move(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_text() == "new"


def test_patience_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that stays open elsewhere is told as no permission, with the old content in place."""

    def replace(_source: Path, _target: Path) -> None:
        raise _sharing_violation()

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(files, "_PATIENCE_S", 0.05)
    (tmp_path / "old").write_text("old")
    (tmp_path / "new").write_text("new")
    with pytest.raises(StorageFailed, match="no permission"):
        files.move(tmp_path / "new", tmp_path / "old")
    assert (tmp_path / "old").read_text() == "old"


def test_a_file_that_is_no_text_is_told_where(tmp_path: Path) -> None:
    """The line and column of the first byte that is no UTF-8, counted in characters."""
    path = tmp_path / "note.md"
    path.write_bytes("one\nzwö ".encode() + b"\xff")
    with pytest.raises(InvalidData, match=r"note\.md:2:5: is not UTF-8"):
        files.read_text(path)


def test_only_plain_files_are_read(tmp_path: Path) -> None:
    """Folders, links and pipes are refused at once, and a file beyond the limit is not read."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    (tmp_path / "file").write_bytes(b"12345")
    for name in ("pipe", "link", "."):
        with pytest.raises(InvalidData):
            files.read_bytes(tmp_path / name)
    with pytest.raises(InvalidData, match="larger than 4 bytes"):
        files.read_bytes(tmp_path / "file", limit=4)
    with pytest.raises(NotFound):
        files.read_bytes(tmp_path / "absent")


@pytest.mark.parametrize("code", sorted(files._REASONS))
def test_every_reason_has_a_hint(code: int, tmp_path: Path) -> None:
    """What the system says is told in words, with the path and a way out."""
    error = files.storage_error(OSError(code, os.strerror(code)), tmp_path)
    assert isinstance(error, StorageFailed)
    assert error.exit_code == 8
    assert error.hint
    assert str(tmp_path) in str(error)


def test_a_folder_is_removed_with_its_links_and_not_what_they_lead_to(tmp_path: Path) -> None:
    """Cleaning never leaves the folder that is cleaned."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    folder = tmp_path / "folder"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "link").symlink_to(outside)
    (folder / "file-link").symlink_to(outside / "kept")
    files.remove_tree(folder)
    assert not folder.exists()
    assert (outside / "kept").exists()
    files.remove_tree(folder)


def test_lines_are_appended_after_one_that_was_cut_off(tmp_path: Path) -> None:
    """Half a line that a crash left does not swallow the next one."""
    path = tmp_path / "lines"
    files.append_line(path, "one")
    path.write_bytes(path.read_bytes() + b"tw")
    files.append_line(path, "three")
    assert path.read_text() == "one\ntw\nthree\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="limits its own process in a child")
def test_a_real_limit_of_the_system_is_told(tmp_path: Path) -> None:
    """With a real limit on file sizes the payload is refused, and the archive is as before."""
    store = ArchiveStore.create(tmp_path / "archive")
    before = sorted(path for path in store.root.rglob("*") if path.is_file())
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            with store.writing() as writer:
                add_item(writer, build_item("big2026"), build_capture(original=b"x" * 100_000))
        except CitekitError as error:
            os._exit(error.exit_code if error.hint else 1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 8
    assert sorted(path for path in store.root.rglob("*") if path.is_file()) == before
    assert store.keys() == ()


def test_files_below_an_opened_folder_are_read(tmp_path: Path) -> None:
    """By their names; links are not followed, and an absent folder has no files."""
    (tmp_path / "ab").mkdir()
    (tmp_path / "ab" / "file").write_bytes(b"bytes")
    (tmp_path / "ab" / "link").symlink_to(tmp_path / "ab" / "file")
    with files.opened_folder(str(tmp_path)) as (before, folder):
        assert files.read_small(f"{before}ab/file", folder=folder) == b"bytes"
        assert files.read_small(f"{before}ab/link", folder=folder) is None
        assert files.read_small(f"{before}ab", folder=folder) is None
    with files.opened_folder(str(tmp_path / "absent")) as (before, folder):
        assert files.read_small(f"{before}file", folder=folder) is None


def test_a_small_file_is_read_at_any_size(tmp_path: Path) -> None:
    """Up to the limit; one that is empty or larger is for others."""
    sizes = [0, 1, 16 << 10, (16 << 10) + 1, files.SMALL_BYTES, files.SMALL_BYTES + 1]
    for size in sizes:
        (tmp_path / str(size)).write_bytes(b"1" * size)
    read = {size: files.read_small(str(tmp_path / str(size))) for size in sizes}
    assert [size for size, data in read.items() if data is None] == [0, files.SMALL_BYTES + 1]
    assert all(data is None or len(data) == size for size, data in read.items())
