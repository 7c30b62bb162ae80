"""Commands over an archive that somebody forged or damaged: an answer or an error, never a bug.

``verify`` over single damaged files is in tests/store/test_log.py and tests/app/test_tamper.py;
here every command that reads the log meets them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.sealing.seal import Keys, seal
from citekit.cli.run import run
from citekit.integrity.checkpoint import Checkpoint
from citekit.integrity.leaf import encode_leaf
from citekit.integrity.note import Note, parse_note, write_note
from citekit.integrity.sign import new_signer_key
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.store.staging import Journal, begin
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORIGIN = "citekit.invalid/the-lanternfish-harbour"
KEY, THIEF = (new_signer_key(ORIGIN, seed * 32) for seed in (b"k", b"t"))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGEST = "sha256:" + "0" * 64

COMMANDS = [
    ["verify"],
    ["verify", "harbour2024"],
    ["cite", "harbour2024", "--verify", "--provenance"],
    ["log"],
    ["prove", "harbour2024"],
    ["export", "--format", "prov", "--output", "events.jsonld"],
    ["export", "--format", "bagit", "--output", "bag"],
    ["backup", "copy"],
    ["doctor"],
    ["purge", "harbour2024", "--yes"],
    ["restore", "harbour2024", "article.txt"],
    ["seal"],
]
PROMISED = {0, 1, 2, 3, 4, 6, 7}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A signed archive; tests change copies of it."""
    store = build_archive(tmp_path_factory.mktemp("hostile") / "archive")
    seal(store, keys=Keys(signing=KEY), now=NOON)
    return store.root


@pytest.fixture
def store(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchiveStore:
    """A copy of its own, and a working folder and configuration of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "article.txt").write_text("Headline\n\n1 March 2024\n\nA text of its own.\n")
    return ArchiveStore.open(Path(shutil.copytree(base, tmp_path / "archive")))


def _exit_codes(store: ArchiveStore, capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """What each command ends with; the text of a bug or a traceback fails at once."""
    codes = {}
    for words in COMMANDS:
        codes[" ".join(words)] = run(["--archive", str(store.root), *words])
        told = capsys.readouterr().err
        assert "Traceback" not in told
        assert "a bug in citekit" not in told, f"{words}: {told}"
    return codes


# ── damaged files ──────────────────────────────────────────────────────────────────────────────

BYTES = {
    "empty": b"",
    "not-utf8": b"\xff" * 100,
    "nan": b'{"base":NaN}\n',
    "surrogate": b'{"base":"\\ud800"}\n',
    "deep": b"[" * 200_000,
    "endless-line": b"x" * (5 << 20),
    "large-size": b"x\n9223372036854775807\n" + b"A" * 43 + b"=\n\n",
}
PLACES = [
    "log/checkpoint",
    "log/pending.jsonl",
    "log/tile/0/000.p/*",
    "log/tile/entries/000.p/*",
    "trust/keys/*.vkey",
    "items/harbour2024/item.json",
    "items/harbour2024/captures/*.json",
    "items/harbour2024/annotations.jsonl",
]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", BYTES)
def test_damaged_files_end_no_command_with_a_bug(
    kind: str, place: str, store: ArchiveStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever stands in a file, each command ends with one of the promised exit codes."""
    (path,) = store.root.glob(place)
    path.write_bytes(BYTES[kind])
    assert set(_exit_codes(store, capsys).values()) <= PROMISED


# ── a folder from a stranger ──────────────────────────────────────────────────────────────────


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


def _huge(path: Path) -> None:
    """So many bytes that to read them takes minutes; on the disk there are none."""
    with path.open("r+b") as file:
        file.truncate(40 << 30)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


STRANGE = {"pipe": _pipe, "device": _device, "link": _link, "huge": _huge, "folder": _folder}
STRANGE_PLACES = [*PLACES, "archive.toml", "items/harbour2024/note.md", "entities/ada-quill.json",
                  "claims/passengers.json", "objects/sha256/*/*"]  # fmt: skip
STRANGE_COMMANDS = [["verify"], ["list"], ["show", "harbour2024"], ["search", "quay"],
                    ["cite", "harbour2024"], ["annotations", "harbour2024"]]  # fmt: skip


@pytest.fixture
def alarm() -> Iterator[None]:
    """Stop what hangs: a pipe that nobody writes into, a device that never ends."""

    def stop(*_: object) -> None:
        raise TimeoutError("hangs")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(60)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes and devices in folders")
@pytest.mark.usefixtures("alarm")
@pytest.mark.parametrize("place", STRANGE_PLACES)
@pytest.mark.parametrize("kind", STRANGE)
def test_no_file_of_a_stranger_stops_or_leads_astray(
    kind: str, place: str, store: ArchiveStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pipes, devices, links, endless files: no command reads them, ``import`` takes in the rest."""
    STRANGE[kind](next(iter(sorted(store.root.glob(place)))))
    own = ["--archive", str(tmp_path / "own")]
    assert run([*own, "init"]) == 0

    codes = {tuple(w): run(["--archive", str(store.root), *w]) for w in STRANGE_COMMANDS}
    imported = run([*own, "import", str(store.root)])

    told = capsys.readouterr()
    assert {*codes.values(), imported} <= PROMISED, codes
    assert "a bug in citekit" not in told.err
    assert codes["verify",] in (4, 6)
    assert sum(p.stat().st_size for p in (tmp_path / "own").rglob("*") if p.is_file()) < 1 << 20
    name = Path("/etc/hostname").read_text("utf-8").strip()
    assert name not in told.out + told.err


ODD_NAMES = [b"a\nb", b"\x1b[2Jx", b"\xff\xfe", b"HARBOUR2024", b"x" * 250, b"a:b", b"con", b" ",
             b".hidden", "\u202egpj".encode(), b"-rf", b"%s", b"items"]  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_no_name_of_a_stranger_is_a_key(
    store: ArchiveStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Folders with names of any bytes are extra; what is an item is listed and taken in."""
    record = store.layout.item_file("harbour2024").read_bytes()
    for name in ODD_NAMES:
        folder = os.path.join(os.fsencode(store.layout.items), name)  # noqa: PTH118  # bytes
        os.mkdir(folder)  # noqa: PTH102
        with open(os.path.join(folder, b"item.json"), "wb") as file:  # noqa: PTH118, PTH123
            file.write(record)
    own = ["--archive", str(tmp_path / "own")]
    assert run([*own, "init"]) == 0

    codes = [run(["--archive", str(store.root), *words]) for words in STRANGE_COMMANDS]

    assert codes == [6, 0, 0, 0, 0, 0]
    assert run([*own, "import", str(store.root)]) == 4
    told = capsys.readouterr()
    assert not {"\x1b", "\u202e"} & set(told.out + told.err)
    assert "harbour2024" in told.out


FOLDERS = ["items", "items/harbour2024", "items/harbour2024/captures", "objects", "log", "trust",
           "entities", "claims"]  # fmt: skip


@pytest.mark.parametrize("place", FOLDERS)
def test_no_folder_of_a_stranger_leads_out(
    place: str, store: ArchiveStore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is a link to another place is not gone through."""
    elsewhere = tmp_path / "elsewhere"
    shutil.move(store.root / place, elsewhere)
    (store.root / place).symlink_to(elsewhere)
    before = {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*")}

    codes = [run(["--archive", str(store.root), *words]) for words in STRANGE_COMMANDS]

    assert set(codes) <= PROMISED
    assert codes[0] in (4, 6)
    assert "a bug in citekit" not in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in elsewhere.rglob("*")} == before


# ── forged entries ─────────────────────────────────────────────────────────────────────────────


def _event(**parts: Any) -> dict[str, Any]:  # noqa: ANN401  # any JSON value
    return {"v": 1, "action": "purge", "subject": "items/harbour2024", **parts}


FORGED = {
    "no-event": [1, "x"],
    "agent-is-text": _event(agent="me", tool="it", payloads=[{"digest": DIGEST}]),
    "agent-is-list": _event(agent=[], tool=[], at=7, payloads=[{"digest": DIGEST, "role": []}]),
    "options-are-odd": _event(tool={"options": {"a": [{"b": None}], "c": {}}}),
    "digest-is-number": _event(payloads=[{"digest": 5}]),
    "payload-is-number": _event(payloads=[1, None, [2]]),
    "rename-to-nowhere": _event(action="rename", to=["x"]),
    "rename-outside": _event(action="rename", to="../../x"),
    "key-is-none": _event(action="key", subject="trust/keys/00000000.vkey", digest=DIGEST, vkey=3),
    "capture-of-number": _event(
        action="capture",
        subject="items/harbour2024/captures/20240302T093000Z.json",
        digest=DIGEST,
        payloads=7,
    ),
    "steering-text": _event(reason="\u001b[2J\u202e", agent={"name": "\u001b]0;x\u0007"}),
    "action-is-object": _event(action={}),
    "action-is-object-of-later": {"v": 2, "action": {}, "subject": None},
    "newer-schema": {"v": 99, "action": {}, "subject": None},
}


@pytest.mark.parametrize("kind", FORGED)
def test_forged_entries_end_no_command_with_a_bug(
    kind: str, store: ArchiveStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """Entries that were truly sealed, and are no events of ours, change nothing but the verdict."""
    value = FORGED[kind]
    entry = encode_leaf(value) if isinstance(value, dict) else json.dumps(value).encode()
    _append(store, entry)
    assert set(_exit_codes(store, capsys).values()) <= PROMISED


@pytest.mark.parametrize("kind", FORGED)
def test_forged_entries_that_wait_end_no_command_with_a_bug(
    kind: str, store: ArchiveStore, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever can write in the folder can have them wait."""
    with store.layout.pending_file.open("a", encoding="utf-8") as file:
        file.write(json.dumps(FORGED[kind], separators=(",", ":"), sort_keys=True) + "\n")
    assert set(_exit_codes(store, capsys).values()) <= PROMISED


def _append(store: ArchiveStore, entry: bytes) -> None:
    """Have the log hold the entry, under a checkpoint that fits."""
    log = LogFolder(store.layout)
    tree = log.grow(log.standing(), [entry], staging=begin(store.layout, Journal()))
    checkpoint = Checkpoint(origin=ORIGIN, size=tree.size, root=tree.root())
    log.commit(write_note(Note(text=checkpoint.text)))


# ── forged archives ────────────────────────────────────────────────────────────────────────────


def _forge(store: ArchiveStore) -> None:
    """Edit a record, throw the log away, and seal everything anew with a key of one's own."""
    path = store.layout.item_file("harbour2024")
    path.write_bytes(path.read_bytes().replace(b"Harbour", b"Harvest"))
    shutil.rmtree(store.root / "log")
    shutil.rmtree(store.root / "trust")
    seal(store, keys=Keys(signing=THIEF), now=NOON)


def _strip(store: ArchiveStore) -> None:
    """Take the signatures off the checkpoint."""
    path = store.layout.checkpoint_file
    path.write_bytes(write_note(Note(text=parse_note(path.read_bytes()).text)))


@pytest.mark.parametrize("attack", [_forge, _strip])
def test_a_forged_or_stripped_archive_convinces_nobody(
    attack: Callable[[ArchiveStore], None], store: ArchiveStore, tmp_path: Path
) -> None:
    """The archive, its proofs and its references fail --trust; without it nobody vouches."""
    attack(store)
    archive = ["--archive", str(store.root)]
    trust = ["--trust", str(KEY.verifier)]
    assert run([*archive, "prove", "harbour2024"]) == 0
    proof = str(tmp_path / "harbour2024.citekit-proof.json")
    assert run(["check-proof", proof]) == 1
    assert run(["check-proof", proof, *trust]) == 6
    assert run([*archive, "verify", *trust]) == 6
    assert run([*archive, "verify", "harbour2024", *trust]) == 6
    assert run([*archive, "cite", "harbour2024", *trust]) == 6


def test_a_forged_archive_does_not_pass_a_kept_checkpoint(
    store: ArchiveStore, tmp_path: Path
) -> None:
    """A checkpoint from before the forgery is another one than the proof's and the archive's."""
    kept = Path(shutil.copy(store.layout.checkpoint_file, tmp_path / "kept"))
    _forge(store)
    archive = ["--archive", str(store.root)]
    assert run([*archive, "prove", "harbour2024"]) == 0
    proof = str(tmp_path / "harbour2024.citekit-proof.json")
    assert run(["check-proof", proof, "--checkpoint", str(kept)]) == 6
    assert run([*archive, "verify", "--checkpoint", str(kept)]) == 6
    assert run([*archive, "cite", "harbour2024", "--checkpoint", str(kept)]) == 6
