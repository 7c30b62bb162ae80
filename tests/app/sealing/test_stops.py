"""Many at once, and a disk that refuses: adding, sealing and purging stay whole, and are told.

Real processes, and real file systems where this machine lets us mount one; elsewhere the refusal
is made at ``os``, below everything that citekit does.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.changing.purge import purge
from citekit.app.sealing.auto_seal import AutoSeal
from citekit.app.sealing.seal import Keys, seal
from citekit.app.sealing.signing_keys import keygen, read_signing_key
from citekit.app.verifying.verify import verify
from citekit.cli.run import run
from citekit.errors import CitekitError, StorageFailed
from citekit.findings import Severity
from citekit.integrity.leaf import parse_leaf
from citekit.integrity.sign import new_signer_key, write_signer_key
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.testing.builders import build_archive
from citekit.testing.faults import count_calls, killed_at

if TYPE_CHECKING:
    from collections.abc import Callable

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY = new_signer_key(ORIGIN, b"k" * 32)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
REFUSALS = [errno.ENOSPC, errno.EROFS, errno.EACCES]
NAMES = ["full", "read-only", "no-permission"]
_LIMIT = 400  # no change needs as many calls; reaching it is a fault of the test

_ADD = """
import sys
from citekit import Archive
archive = Archive.open(sys.argv[1])
for number in range(5):
    text = f"Headline {sys.argv[2]} {number}\\n\\n1 March 2024\\n\\nA paragraph of its own.\\n"
    archive.add(text.encode(), key=f"by{sys.argv[2]}n{number}")
"""
_SEAL = """
import sys
from citekit.app.sealing.seal import Keys, seal
from citekit.integrity.sign import new_signer_key
from citekit.store.archive import ArchiveStore
from pathlib import Path
key = new_signer_key(sys.argv[2], b"k" * 32)
for _ in range(5):
    seal(ArchiveStore.open(Path(sys.argv[1])), keys=Keys(signing=key))
"""


@pytest.fixture(autouse=True)
def _no_key_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No key of whoever runs the tests is found."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed archive; tests change copies of it."""
    store = build_archive(tmp_path_factory.mktemp("stops") / "archive")
    _seal(store)
    return store.root


@pytest.fixture
def store(base: Path, tmp_path: Path) -> ArchiveStore:
    """A copy of its own."""
    return _copy(base, tmp_path / "archive")


def _copy(base: Path, target: Path) -> ArchiveStore:
    shutil.rmtree(target, ignore_errors=True)
    return ArchiveStore.open(Path(shutil.copytree(base, target)))


def _seal(store: ArchiveStore) -> None:
    seal(store, keys=Keys(signing=KEY), now=NOON)


def _errors(store: ArchiveStore) -> list[str]:
    findings = verify(ArchiveStore.open(store.root)).findings
    return [f"{f.place} {f.message}" for f in findings if f.severity is Severity.ERROR]


# ── many at once ───────────────────────────────────────────────────────────────────────────────


def _run_at_once(commands: list[list[str]]) -> list[tuple[int, str]]:
    started = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for command in commands
    ]
    return [(process.wait(), process.communicate()[1]) for process in started]


def test_adding_and_sealing_at_once(store: ArchiveStore) -> None:
    """Processes that add and processes that seal do not hurt each other: each event is in once."""
    python = [sys.executable, "-W", "error", "-c"]
    adders = [[*python, _ADD, str(store.root), str(number)] for number in range(2)]
    sealers = [[*python, _SEAL, str(store.root), ORIGIN] for _ in range(2)]
    assert _run_at_once([*adders, *sealers]) == [(0, "")] * 4
    _seal(store)
    assert verify(store).exit_code(strict=True) == 0
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    events = [parse_leaf(entry) for entry in log.entries(standing.size)]
    subjects = [str(event.get("subject")) for event in events]
    subjects = [subject for subject in subjects if subject.startswith("items/by")]
    assert len(subjects) == len(set(subjects)) == 20
    assert {e["source"] for e in events if e.get("subject") in subjects} == {"done"}


def test_commands_that_add_at_once(store: ArchiveStore, tmp_path: Path) -> None:
    """Four times citekit add at the same moment give four items, whole and found again."""
    commands = []
    for number in range(4):
        article = tmp_path / f"article{number}.txt"
        article.write_text(f"Headline {number}\n\n1 March 2024\n\nWord{number} of its own.\n")
        command = [sys.executable, "-m", "citekit", "--archive", str(store.root), "add"]
        commands.append([*command, str(article), "--key", f"at{number}once"])
    assert [code for code, _ in _run_at_once(commands)] == [0] * 4
    assert {f"at{number}once" for number in range(4)} <= set(store.keys())
    assert _errors(store) == []


# ── stopped or refused at any call ─────────────────────────────────────────────────────────────


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child that is killed is a fork")
def test_an_add_that_seals_itself_may_be_killed_anywhere(base: Path, tmp_path: Path) -> None:
    """With seal = "auto", a SIGKILL at the n-th call leaves nothing wrong, and sealing goes on."""
    key = keygen(ORIGIN)
    for n in range(1, _LIMIT):
        store = _copy(base, tmp_path / "killed")
        store = _automatic(store, key.path)
        was_killed = killed_at(n, lambda: _add_and_seal(store))  # noqa: B023  # called at once
        assert _errors(store) == [], f"after a kill at call {n}"
        is_sealed = verify(store).exit_code(strict=True) == 0
        seal(store)
        assert verify(store).exit_code(strict=True) == 0, f"after a kill at call {n}"
        if not was_killed:
            break
    assert was_killed is False
    assert is_sealed
    assert store.has("new2026")


def _automatic(store: ArchiveStore, key: Path) -> ArchiveStore:
    """The archive with seal = "auto", signed by the key of the user's configuration."""
    with store.layout.settings_file.open("a", encoding="utf-8") as file:
        file.write('\n[log]\nseal = "auto"\n')
    seal(store, keys=Keys(signing=read_signing_key(key), old=KEY), now=NOON)
    return ArchiveStore.open(store.root)


def _add_and_seal(store: ArchiveStore) -> None:
    store = ArchiveStore(store.root, store.settings, after_change=AutoSeal())
    with store.writing() as writer:
        writer.add_item(store.item("tide2023").with_data(id="new2026"))


def _refused(n: int, code: int, do: Callable[[], object], told: list[CitekitError]) -> int:
    """Have the n-th call refused; how many calls there were."""

    def refuse() -> None:
        raise OSError(code, os.strerror(code))

    with pytest.MonkeyPatch.context() as patch:
        counter = count_calls(n, refuse, patch.setattr)
        try:
            do()
        except CitekitError as error:
            told.append(error)
    return counter[0]


@pytest.mark.parametrize("code", REFUSALS, ids=NAMES)
def test_a_purge_refused_at_any_call_is_told_and_can_be_repeated(
    code: int, base: Path, tmp_path: Path
) -> None:
    """Bytes never go before the log says so; the error has a hint; purging again ends it."""
    for n in range(1, _LIMIT):
        store = _copy(base, tmp_path / "refused")
        told: list[CitekitError] = []
        calls = _refused(n, code, lambda: purge(store, "harbour2024"), told)  # noqa: B023  # called at once
        assert all(isinstance(e, StorageFailed) and e.place and e.hint for e in told)
        entries = LogFolder(store.layout).pending().entries
        is_logged = any(b'"purge"' in entry for entry in entries)
        assert store.text("harbour2024") is not None or is_logged, f"went unlogged at call {n}"
        purge(store, "harbour2024")
        _seal(store)
        assert store.text("harbour2024") is None
        assert verify(store).exit_code(strict=True) == 0, f"call {n}"
        if calls < n:
            break
    assert 5 < n < _LIMIT - 1


@pytest.mark.parametrize("code", REFUSALS, ids=NAMES)
def test_an_event_is_noted_whole_or_not_at_all(
    code: int, store: ArchiveStore, base: Path, tmp_path: Path
) -> None:
    """A disk that takes half of a line leaves none of it in log/pending.jsonl."""
    event = b'{"action":"note","subject":"items/tide2023/note.md","v":1}'
    for n in range(1, 4):
        store = _copy(base, tmp_path / "refused")
        log = LogFolder(store.layout)
        told: list[CitekitError] = []
        if _refused(n, code, lambda: log.append([event]), told) < n:  # noqa: B023  # called at once
            break
        assert told
        assert log.pending().damaged == ()
        assert log.pending().entries == ()
    log.append([event])
    assert log.pending().entries[-1:] == (event,)


def test_half_a_key_is_not_left_behind(tmp_path: Path) -> None:
    """When the disk refuses a private key, its file is whole or gone: the next keygen makes one."""
    path = tmp_path / "log.key"
    refusals = 0
    for n in range(1, 20):
        told: list[CitekitError] = []
        calls = _refused(n, errno.ENOSPC, lambda: keygen(ORIGIN, path), told)
        if calls < n:
            break
        refusals += len(told)
        if path.exists():
            assert read_signing_key(path).verifier.name == ORIGIN, f"call {n}"
            path.unlink()
    assert refusals >= 3
    assert path.exists()


# ── whole commands ─────────────────────────────────────────────────────────────────────────────

COMMANDS = [
    ["add", "{article}"],
    ["set", "tide2023", "title=Another"],
    ["annotate", "harbour2024#p1", "--note", "Mine."],
    ["seal"],
    ["purge", "harbour2024", "--yes"],
    ["restore", "harbour2024", "{article}"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_share_without_locks_refuses_every_change(
    words: list[str],
    store: ArchiveStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit code 8 and what to do; nothing is written, and reading goes on."""
    (tmp_path / "article.txt").write_text("Headline\n\n1 March 2024\n\nA text of its own.\n")
    before = _contents(store.root)
    monkeypatch.setattr(fcntl, "flock", _no_locks)
    words = [word.format(article=tmp_path / "article.txt") for word in words]
    assert run(["--archive", str(store.root), *words]) in (6, 8)
    err = capsys.readouterr().err
    assert words[0] == "restore" or "this file system has no locks" in err
    assert "hint: " in err
    assert _contents(store.root) == before
    assert run(["--archive", str(store.root), "verify"]) == 0
    assert run(["--archive", str(store.root), "cite", "harbour2024"]) == 0


def _no_locks(_descriptor: int, _operation: int) -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


def _contents(root: Path) -> dict[str, bytes]:
    paths = (path for path in root.rglob("*") if path.is_file() and ".citekit" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


_ON_A_DISK = """
import os, shutil, subprocess, sys
from pathlib import Path

disk, base = Path(sys.argv[1]), sys.argv[2]

def citekit(*words):
    command = [sys.executable, "-m", "citekit", "--archive", str(disk / "archive"), *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "a bug in citekit" not in done.stderr, done.stderr
    if done.returncode == 8:
        assert "hint: " in done.stderr, done.stderr
    return done.returncode

subprocess.run(["cp", "-a", base, str(disk / "archive")], check=True)
codes = []
for number in range(400):
    article = Path(sys.argv[3]) / "article.txt"
    words = " ".join(f"word{number}of{n}" for n in range(1500))
    article.write_text(f"Headline {number}\\n\\n1 March 2024\\n\\n{words}\\n")
    codes.append(citekit("add", str(article), "--key", f"more{number}x"))
    if codes[-1]:
        break
assert codes[-1] == 8, codes
assert citekit("verify") == 0
def fill():
    shutil.rmtree(disk / "archive" / ".citekit" / "undo", ignore_errors=True)  # room for a change
    with (disk / "filler").open("ab", buffering=0) as file:
        try:
            while file.write(b"x" * 512):
                pass
        except OSError:
            pass

for words in (("seal",), ("set", "tide2023", "title=Another")):
    fill()
    assert citekit(*words) == 8, words
    assert citekit("verify") == 0, words
subprocess.run(["mount", "-o", "remount,size=4m", str(disk)], check=True)
assert citekit("seal") == 0
assert citekit("verify", "--strict") == 0
subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
for words in (("set", "tide2023", "title=A"), ("purge", "harbour2024", "--yes")):
    assert citekit(*words) == 8, words
for words in (("verify", "--strict"), ("list",), ("cite", "harbour2024", "--verify"), ("log",)):
    assert citekit(*words) == 0, words
"""


@pytest.mark.slow
def test_a_real_disk_that_is_full_then_read_only(base: Path, tmp_path: Path) -> None:
    """On a small file system: exit code 8 with a hint, nothing wrong after it, and again later."""
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=700k tmpfs "$1" && exec "$2" -c "$3" "$1" "$4" "$5"'
    command = ["unshare", "-rm", "sh", "-c", script, "sh", str(disk), sys.executable, _ON_A_DISK]
    try:
        subprocess.run(
            ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(disk)],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this machine lets nobody mount a file system of their own")
    key = tmp_path / "log.key"
    key.touch(0o600)
    key.write_text(write_signer_key(KEY))
    done = subprocess.run(
        [*command, str(base), str(tmp_path)],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "CITEKIT_SIGNING_KEY": str(key)},
    )
    assert done.returncode == 0, done.stderr
