"""The installed command in a process of its own: streams, locales, limits, locks."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from citekit import __version__

COMMAND = [sys.executable, "-m", "citekit"]


def citekit(
    *words: str, cwd: Path, stdin: bytes = b"", env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a user would."""
    return subprocess.run(
        [*COMMAND, *words],
        cwd=cwd,
        input=stdin,
        env={**os.environ, **(env or {})},
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with an archive in it."""
    assert citekit("init", "archive", cwd=tmp_path).returncode == 0
    return tmp_path


def test_version_is_printed(tmp_path: Path) -> None:
    """The version comes with nothing else around it."""
    assert citekit("--version", cwd=tmp_path).stdout == f"citekit {__version__}\n".encode()


def test_stdin_is_archived_and_the_archive_found_upwards(root: Path, article: Path) -> None:
    """``add -`` reads stdin; the nearest archive upwards is used."""
    below = root / "some" / "folder"
    below.mkdir(parents=True)
    added = citekit("add", "-", "--key", "x", cwd=below, stdin=article.read_bytes())
    assert (added.returncode, added.stdout) == (0, b"x\n")
    shown = json.loads(citekit("show", "x", "--json", cwd=below).stdout)
    assert shown["item"]["title"].startswith("Old lighthouse")
    assert "file" not in shown["captures"][0]["source"]


def test_modules_in_the_current_folder_are_not_run(root: Path, article: Path) -> None:
    """Somebody's json.py beside the saved pages is a file like any other."""
    (root / "page.html").write_bytes(b"<html><title>A</title>" + article.read_bytes())
    for name in ("json", "base64", "lxml", "sphinx"):
        (root / f"{name}.py").write_text(f"open('run-{name}', 'w')\n")
    env = {"PYTHONSAFEPATH": ""}  # what an installed program has without our doing
    command = [sys.executable, "-P", *COMMAND[1:]]
    for words in (("add", "page.html"), ("site", "build")):
        done = subprocess.run(
            [*command, "--archive", "archive", *words],
            cwd=root,
            env={**os.environ, **env},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert list(root.glob("run-*")) == []


def test_the_environment_names_the_archive(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """CITEKIT_ARCHIVE works from anywhere; without it there is no archive, exit code 3."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert citekit("list", cwd=elsewhere).returncode == 3
    env = {"CITEKIT_ARCHIVE": str(root / "archive")}
    assert citekit("list", cwd=elsewhere, env=env).returncode == 0


def test_any_locale_prints_any_title(root: Path) -> None:
    """A title with letters of any script is printed as UTF-8 whatever the locale says."""
    title = "Türkiye İğdır – Приштина 科索沃 ☕"
    items = json.dumps([{"id": "x", "type": "book", "title": title}]).encode()
    assert citekit("import", "-", cwd=root, stdin=items).returncode == 0
    env = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert title.encode() in citekit("list", cwd=root, env=env).stdout


def test_control_characters_do_not_reach_the_terminal(root: Path) -> None:
    """An archived title cannot drive the user's terminal."""
    items = json.dumps([{"id": "x", "type": "book", "title": "a\x1b]0;owned\x07b"}]).encode()
    citekit("import", "-", cwd=root, stdin=items)
    for command in (("list",), ("show", "x"), ("search", "owned"), ("cite", "x")):
        assert b"\x1b" not in citekit(*command, cwd=root).stdout


def test_spaces_and_joiners_of_any_language_are_printed(root: Path) -> None:
    """No-break spaces and joiners are part of a title; only what steers the terminal is not."""
    title = "«\u00a0Où\u202f?\u00a0» می\u200cخواهم \u202eevil\u202c"
    items = json.dumps([{"id": "x", "type": "book", "title": title}]).encode()
    citekit("import", "-", cwd=root, stdin=items)
    shown = title.replace("\u202e", "\\u202e").replace("\u202c", "\\u202c")
    assert shown.encode() in citekit("list", cwd=root).stdout


@pytest.mark.skipif(os.name == "nt", reason="a shell of POSIX")
def test_a_closed_stdout_is_no_error(root: Path) -> None:
    """A program whose caller closed its output does its work and ends quietly."""
    words = " ".join(map(shlex.quote, COMMAND))
    ended = subprocess.run(
        ["sh", "-c", f"{words} list >&-"], cwd=root, stderr=subprocess.PIPE, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, b"no items\n")


def test_a_closed_pipe_is_no_error(root: Path) -> None:
    """``citekit cite … | head`` ends quietly."""
    items = [{"id": f"x{n}", "type": "book", "title": "y" * 5000} for n in range(50)]
    citekit("import", "-", cwd=root, stdin=json.dumps(items).encode())
    with subprocess.Popen(
        [*COMMAND, "list"], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=30) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_full_disk_is_told(root: Path, unbuffered: str) -> None:
    """An answer that cannot be written is a storage error, not silence, and told once."""
    env = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    citekit("import", "-", cwd=root, stdin=b'[{"id": "x", "type": "book", "title": "T"}]')
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*COMMAND, "list"], cwd=root, env=env, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ended.returncode == 8
    assert ended.stderr.count(b"No space left") == 1


@pytest.mark.skipif(os.name == "nt", reason="limits of POSIX")
def test_a_payload_that_cannot_be_written_leaves_nothing(root: Path, article: Path) -> None:
    """Where the system refuses to write the bytes, exit code 8, and the archive is as before."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600));"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "from citekit.cli.run import run; sys.exit(run(sys.argv[1:]))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code, "add", str(article)],
        cwd=root, capture_output=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 8, ended.stderr
    assert b"hint:" in ended.stderr
    assert json.loads(citekit("list", "--json", cwd=root).stdout) == []
    findings = json.loads(citekit("verify", "--json", cwd=root).stdout)["findings"]
    assert [finding["class"] for finding in findings] == ["notice"]


@pytest.mark.skipif(os.name == "nt", reason="flock is of POSIX")
@pytest.mark.slow
def test_a_second_writer_is_told_to_wait(root: Path) -> None:
    """While another process writes, a writer gives up with exit code 7 and readers go on."""
    import fcntl

    items = b'[{"id": "x", "type": "book", "title": "T"}]'
    assert citekit("import", "-", cwd=root, stdin=items).returncode == 0
    descriptor = os.open(root / "archive", os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert citekit("cite", "x", cwd=root).returncode == 0
        refused = citekit("set", "x", "title=U", cwd=root)
    finally:
        os.close(descriptor)
    assert refused.returncode == 7
    assert b"another process is writing" in refused.stderr


def test_two_writers_at_once_both_get_in(root: Path) -> None:
    """Two processes that add at the same time wait for each other; nothing is lost."""
    writers = []
    for name in ("a", "b", "c"):
        items = json.dumps([{"id": f"{name}{n}", "type": "book"} for n in range(5)]).encode()
        writer = subprocess.Popen(
            [*COMMAND, "import", "-"], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
        )
        assert writer.stdin is not None
        writer.stdin.write(items)
        writer.stdin.close()
        writers.append(writer)
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert len(json.loads(citekit("list", "--json", cwd=root).stdout)) == 15
