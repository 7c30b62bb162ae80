"""Many files hashed at once: each with its own digest, whatever their sizes and kinds."""

from __future__ import annotations

import gc
import hashlib
import os
import threading
from typing import TYPE_CHECKING

from citekit.store.files import SMALL_BYTES
from citekit.store.hashing import whole_files

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (0, 1, 16 << 10, (16 << 10) + 1, SMALL_BYTES, SMALL_BYTES + 1, (1 << 20) + 7)


def _write(folder: Path, count: int = 1) -> dict[str, str]:
    """Files of all sizes, by their digests."""
    paths = {}
    for number in range(count):
        for size in SIZES:
            data = bytes([number + 1]) * size
            path = folder / f"{number}-{size}"
            path.write_bytes(data)
            paths[f"sha256:{hashlib.sha256(data).hexdigest()}"] = str(path)
    return paths


def test_files_of_every_size_are_whole(tmp_path: Path) -> None:
    """Each with its size."""
    paths = _write(tmp_path)
    whole = dict(whole_files(paths))
    assert whole.keys() == paths.keys()
    assert sorted(whole.values()) == sorted(SIZES)


def test_more_files_than_wait_in_line(tmp_path: Path) -> None:
    """None is lost, and none is given twice."""
    paths = _write(tmp_path, count=40)
    assert sorted(digest for digest, _ in whole_files(paths)) == sorted(paths)


def test_what_is_damaged_or_no_file_is_left_out(tmp_path: Path) -> None:
    """Links, folders, pipes, absent files and other bytes: a second look tells what they are."""
    paths = _write(tmp_path)
    digests = iter(list(paths))
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(paths[next(digests)])
    (tmp_path / "other").write_bytes(b"other bytes")
    (tmp_path / "longer").write_bytes(b"\1" * (SMALL_BYTES + 2))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
    wrong = {
        f"sha256:{hashlib.sha256(content).hexdigest()}": str(tmp_path / name)
        for name, content in (
            ("folder", b"a"),
            ("link", b"b"),
            ("other", b"c"),
            ("longer", b"\1" * (SMALL_BYTES + 1)),
            ("pipe", b""),
            ("absent", b"d"),
        )
    }
    assert list(whole_files(wrong)) == []


def test_stopping_early_leaves_no_thread_at_work(tmp_path: Path) -> None:
    """Whoever asks for the first result only may go on at once."""
    paths = _write(tmp_path, count=20)
    before = threading.active_count()
    for _ in whole_files(dict(reversed(paths.items()))):
        break
    gc.collect()
    assert threading.active_count() == before
