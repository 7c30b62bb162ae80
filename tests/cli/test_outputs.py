"""``--output``: regular files are replaced whole, and nothing else ever is."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
import sys
import tty
from pathlib import Path
from threading import Thread

import pytest

from citekit.cli.run import run
from citekit.testing.builders import build_archive

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pipes and devices are POSIX")

CITE = ["cite", "harbour2024", "--format", "bibtex", "--output"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder one is in, beside a sealed archive."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    monkeypatch.setenv("CITEKIT_ARCHIVE", str(build_archive(tmp_path / "archive").root))
    assert run(["seal"]) == 0
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def pipe(folder: Path) -> Path:
    """A named pipe."""
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def _is_pipe(path: Path) -> bool:
    return stat.S_ISFIFO(path.lstat().st_mode)


def test_references_go_through_a_named_pipe(pipe: Path) -> None:
    """The reader gets them, and the pipe is still one."""
    read: list[str] = []
    reader = Thread(target=lambda: read.append(pipe.read_text("utf-8")))
    reader.start()
    assert run([*CITE, str(pipe)]) == 0
    reader.join(10)
    assert read[0].startswith("@")
    assert _is_pipe(pipe)


def test_references_go_into_a_terminal(folder: Path) -> None:
    """A character device is written into, and is still one."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    name = Path(os.ttyname(theirs))
    assert run([*CITE, str(name)]) == 0
    assert os.read(ours, 1) == b"@"
    assert stat.S_ISCHR(name.stat().st_mode)
    os.close(ours)
    os.close(theirs)
    assert os.listdir(folder) == []  # noqa: PTH208  # nothing was made beside


def test_a_device_is_not_replaced_even_by_root(folder: Path) -> None:
    """What /dev/null is, made elsewhere: it swallows the references and stays a device."""
    device = folder / "null"
    try:
        os.mknod(device, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        device.write_bytes(b"")
    except OSError:
        pytest.skip("this user may make no device here")
    assert run([*CITE, str(device)]) == 0
    assert run(["prove", "harbour2024", "--output", str(device)]) == 2
    assert stat.S_ISCHR(device.lstat().st_mode)
    assert [path.name for path in folder.iterdir()] == ["null"]


def test_a_link_stays_and_its_file_is_replaced(folder: Path) -> None:
    """As a shell's > does it; also where the link leads to a file that is not there yet."""
    (folder / "deep").mkdir()
    (folder / "refs.bib").symlink_to("deep/real.bib")
    for _ in range(2):
        assert run([*CITE, "refs.bib"]) == 0
        assert (folder / "refs.bib").is_symlink()
        assert (folder / "deep" / "real.bib").read_text("utf-8").startswith("@")


def test_a_link_into_the_archive_is_refused(folder: Path) -> None:
    """The archive's own files are no output, by whatever name."""
    item = folder.parent / "archive" / "items" / "harbour2024" / "item.json"
    before = item.read_bytes()
    (folder / "refs.bib").symlink_to(item)
    assert run([*CITE, "refs.bib"]) == 2
    assert item.read_bytes() == before


def test_a_socket_is_refused(folder: Path) -> None:
    """Nothing can be written into it like a file, and it is not replaced."""
    listening = socket.socket(socket.AF_UNIX)
    listening.bind("socket")
    assert run([*CITE, "socket"]) == 2
    listening.close()
    assert stat.S_ISSOCK((folder / "socket").lstat().st_mode)


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no /dev/stdout")
def test_standard_output_keeps_what_a_shell_had_in_it(folder: Path) -> None:
    """/dev/stdout behind a shell's >> is appended to, not replaced."""
    target = folder / "all.bib"
    target.write_text("first\n", "utf-8")
    with target.open("ab") as appended:
        command = [sys.executable, "-m", "citekit", *CITE, "/dev/stdout"]
        assert subprocess.run(command, stdout=appended, check=False).returncode == 0
    assert target.read_text("utf-8").startswith("first\n@")


def test_a_reader_that_went_away_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken pipe is a storage error in one line."""
    reading, writing = os.pipe()
    os.close(reading)
    assert run([*CITE, f"/proc/self/fd/{writing}"]) in (3, 8)  # 3 where there is no /proc
    os.close(writing)
    assert "Traceback" not in capsys.readouterr().err
    assert folder.is_dir()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["prove", "harbour2024", "--output"], 2),
        (["export", "--format", "prov", "--output"], 7),
        (["export", "--format", "bagit", "--output"], 7),
        (["keygen", "--output"], 7),
        (["site", "new"], 7),
        (["site", "build", "--output"], 8),
    ],
    ids=["prove", "prov", "bagit", "keygen", "site-new", "site-build"],
)
def test_what_has_to_be_a_file_or_folder_is_refused(
    pipe: Path, words: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """The pipe is named, still a pipe, and nothing is made beside it."""
    assert run([*words, str(pipe)]) == code
    assert "pipe" in capsys.readouterr().err
    assert _is_pipe(pipe)
    assert [path.name for path in pipe.parent.iterdir()] == ["pipe"]


def test_a_page_is_not_written_over_a_pipe(folder: Path) -> None:
    """The page beside a proof is looked at before the proof is written."""
    os.mkfifo(folder / "p.proof.html")
    assert run(["prove", "harbour2024", "--output", "p.json"]) == 2
    assert [path.name for path in folder.iterdir()] == ["p.proof.html"]
