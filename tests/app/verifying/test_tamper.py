"""The tamper matrix: every mutation of tests/cases/tamper meets every kind of file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tomllib
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from citekit import Archive
from citekit.app.sealing.plan import is_state
from citekit.app.sealing.seal import Keys, seal
from citekit.app.sealing.unconfirmed import Unconfirmed
from citekit.app.verifying.log_checks.trust_anchors import Outside
from citekit.app.verifying.verify import Report, verify
from citekit.app.witnessing.take_in import take_in
from citekit.errors import CitekitError
from citekit.findings import FindingClass, Severity
from citekit.integrity.checkpoint import parse_checkpoint
from citekit.integrity.leaf import encode_leaf, parse_leaf
from citekit.integrity.note import parse_note, write_signature
from citekit.integrity.sign import WITNESS, SignerKey, new_signer_key
from citekit.integrity.witness.cosignature import cosign
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.log.folder import LogFolder
from citekit.store.log.whole_state import state_faults
from citekit.testing.builders import Source, build_archive
from citekit.testing.forged_journals import forge_journal
from citekit.testing.forged_ledgers import forge_ledger
from citekit.testing.tamper import (
    exchange_log,
    forge,
    sealed_archive,
    sign_falsely,
    state_falsely,
    tamper,
)
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from citekit.model.item import Access

CASES = Path(__file__).parents[2] / "cases" / "tamper"
MUTATIONS: dict[str, dict[str, Any]] = tomllib.loads((CASES / "mutations.toml").read_text("utf-8"))
KINDS: dict[str, dict[str, Any]] = tomllib.loads((CASES / "kinds.toml").read_text("utf-8"))
JOURNALS: dict[str, dict[str, Any]] = tomllib.loads((CASES / "journals.toml").read_text("utf-8"))
FORGERIES: dict[str, dict[str, Any]] = tomllib.loads((CASES / "forgeries.toml").read_text("utf-8"))
SIGNATURES: dict[str, dict[str, Any]] = tomllib.loads(
    (CASES / "signatures.toml").read_text("utf-8")
)
LEDGERS: dict[str, dict[str, Any]] = tomllib.loads((CASES / "ledgers.toml").read_text("utf-8"))
LOGS: dict[str, dict[str, Any]] = tomllib.loads((CASES / "logs.toml").read_text("utf-8"))
STATES: dict[str, dict[str, str]] = tomllib.loads((CASES / "states.toml").read_text("utf-8"))
OUTSIDE_LOG = [kind for kind, about in KINDS.items() if not about["path"].startswith("log/")]
MUTABLE = {"settings", "item", "note", "annotations", "entity", "claim"}
KEY = new_signer_key("citekit.invalid/the-lanternfish-harbour", bytes(range(32)))
NEW_KEY = new_signer_key(KEY.verifier.name, b"new".ljust(32))
STRANGER = new_signer_key(KEY.verifier.name, b"stranger".ljust(32))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WITNESS_KEY = new_signer_key("witness.example/w", b"w" * 32, algorithm=WITNESS)
OUTSIDE = Outside(keys=(KEY.verifier,))
WITNESSED = Outside(keys=(KEY.verifier,), witnesses=(WITNESS_KEY.verifier,))


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Archives with every kind of file, signed, stamped by an authority, sealed twice."""
    folder = tmp_path_factory.mktemp("pristine")
    (folder / "tsa").mkdir()
    with serve_authority(make_authority(folder / "tsa")) as url:
        for name, entities in (("small", 0), ("large", 300)):
            store = sealed_archive(folder / name, KEY, tsa=(url,), entities=entities)
            note = parse_note(store.layout.checkpoint_file.read_bytes())
            take_in(store, write_signature(cosign(note.text, WITNESS_KEY, NOON)).encode())
    sealed_archive(folder / "second", KEY, entities=1)  # another archive, under the same name
    rotated = sealed_archive(folder / "rotated", KEY, entities=0)
    seal(rotated, keys=Keys(signing=NEW_KEY, old=KEY))
    with rotated.writing() as writer:
        writer.write_note("tide2023", "Sealed by the new key alone.\n")
    seal(rotated, keys=Keys(signing=NEW_KEY))
    return folder


@pytest.fixture(scope="module")
def working_copy(pristine: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copies to tamper with; ``pick`` mends them after each case."""
    return Path(shutil.copytree(pristine, tmp_path_factory.mktemp("working") / "archives"))


@pytest.fixture
def pick(pristine: Path, working_copy: Path) -> Iterator[Callable[[str], tuple[Path, Path]]]:
    """Gives an archive and its file of a kind; the file's folder is whole again after the test."""
    folders: list[Path] = []

    def file_of(kind: str) -> tuple[Path, Path]:
        root = working_copy / KINDS[kind].get("archive", "small")
        (path, *_) = sorted(root.glob(KINDS[kind]["path"]))
        folders.append(path.parent)
        return root, path

    yield file_of
    for folder in folders:
        _mend(pristine / folder.relative_to(working_copy), folder)


@pytest.fixture
def archive(pristine: Path, tmp_path: Path) -> Path:
    """A whole copy of its own."""
    return Path(shutil.copytree(pristine / "small", tmp_path / "archive"))


def _mend(whole: Path, folder: Path) -> None:
    if (whole / "archive.toml").exists():  # at the top, only files and links are touched
        for path in folder.iterdir():
            if path.is_symlink() or not (whole / path.name).is_dir():
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for path in whole.iterdir():
            if path.is_file():
                shutil.copy2(path, folder / path.name)
        return
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(whole, folder)


def _classes(root: Path) -> set[str]:
    """The classes that verify finds; an archive that cannot be opened is told by its error."""
    try:
        report = verify(ArchiveStore.open(root), outside=WITNESSED)
    except CitekitError as error:
        return {"missing"} if error.code == "not-found" else {"invalid"}
    return {str(f.kind) for f in report.findings if f.kind is not FindingClass.NOTICE}


@pytest.mark.parametrize("mutation", MUTATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mutation_of_every_kind_is_found(
    kind: str, mutation: str, pick: Callable[[str], tuple[Path, Path]]
) -> None:
    """Other bytes, a file that is gone, a path too many: each has the right class."""
    arguments = dict(MUTATIONS[mutation])
    effect = arguments.pop("effect")
    root, path = pick(kind)
    if not tamper(path, **arguments):
        return  # the bytes are as they were: nothing to find
    gone = KINDS[kind].get("gone", ["missing"])
    expected = {"content": KINDS[kind]["content"], "gone": gone, "extra": ["extra"]}[effect]
    found = _classes(root)
    if kind == "settings" and effect == "gone":
        expected = ["missing", "invalid"]  # without archive.toml there is no archive
    assert found & set(expected), f"{found or 'nothing'} instead of {expected}"


@pytest.mark.parametrize("forgery", FORGERIES)
@pytest.mark.parametrize("kind", OUTSIDE_LOG)
def test_no_event_that_waits_excuses_what_was_sealed(
    kind: str, forgery: str, archive: Path
) -> None:
    """Who lacks the key can write events; found before any seal, and no seal takes it in."""
    (path, *_) = sorted(archive.glob(KINDS[kind]["path"]))
    if forgery == "access":  # a machine that remembers nothing might take it for withheld
        shutil.rmtree(archive / ".citekit")
    if not forge(archive, path, forgery):
        return  # nothing of this kind of file can be purged, restricted, renamed …
    expected = FORGERIES[forgery]["mutable" if kind in MUTABLE else "fixed"]
    assert _classes(archive) & set(expected["verdicts"])
    assert _is_named(archive)
    assert _sealed_by_its_owner(archive) in expected["seal"]
    if expected["verdicts"] != ["unsealed"]:  # a change that may be made stays, signed as found
        assert _classes(archive) & set(expected["verdicts"])


def _is_named(root: Path) -> bool:
    """Whether verify tells of the event itself: of a file that stays, it may be told with it."""
    try:
        report = verify(ArchiveStore.open(root), outside=OUTSIDE)
    except CitekitError:
        return True
    said = [f for f in report.findings if "nothing shows that" in f.message]
    return bool(said) or any(f.code in ("CK-E602", "CK-E601") for f in report.findings)


def _sealed_by_its_owner(root: Path) -> str:
    """What a seal does, whose owner says yes to nothing; whatever it signs is found by it."""
    before = (root / "log" / "checkpoint").read_bytes()
    try:
        store = ArchiveStore.open(root)
        log = LogFolder(store.layout)
        standing = log.standing()
        assert standing
        sealed = seal(store, keys=Keys(signing=KEY))
    except Unconfirmed:
        assert (root / "log" / "checkpoint").read_bytes() == before
        return "asks"
    except CitekitError:
        assert (root / "log" / "checkpoint").read_bytes() == before
        return "refuses"
    added = log.entries_from(standing.size, sealed.size)
    new = [json.loads(entry) for entry in added if not is_state(entry)]
    assert all(event["source"] == "found" for event in new)
    assert all(event["agent"]["name"] != "Ada Quill" for event in new)
    assert log.pending().entries == ()
    return "finds"


@pytest.mark.parametrize("forgery", JOURNALS)
@pytest.mark.parametrize("kind", OUTSIDE_LOG)
def test_no_journal_excuses_what_was_sealed(kind: str, forgery: str, archive: Path) -> None:
    """Who can write a journal hides nothing behind it, and has nothing removed or replaced."""
    (path, *_) = sorted(archive.glob(KINDS[kind]["path"]))
    if not forge_journal(archive, path, forgery):
        return  # nothing of this kind of file can be renamed, or set aside
    expected = set(JOURNALS[forgery]["classes"] or KINDS[kind]["content"])
    assert _classes(archive) & expected
    before = _contents(archive)
    _mend_stopped(archive)
    assert _classes(archive) & expected
    after = _contents(archive)
    assert {name: after.get(name) for name in before} == before


@pytest.fixture
def hidden(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchiveStore:
    """An archive with a private and a public item, sealed."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    store = build_archive(
        tmp_path / "archive", [_source("quay2024", "private"), _source("open2024")]
    )
    seal(store, keys=Keys(signing=KEY))
    return store


def _source(key: str, access: Access = "public") -> Source:
    return Source(key=key, data={"title": f"About {key}"}, text=f"The {key}.", access=access)


@pytest.mark.parametrize("forgery", LEDGERS)
def test_no_line_of_the_ledger_excuses_what_was_sealed(forgery: str, hidden: ArchiveStore) -> None:
    """Nor does one hide it from the next seal: who has no key writes lines that nobody believes."""
    assert verify(hidden, outside=OUTSIDE).exit_code(strict=True) == 0
    forge_ledger(hidden, forgery, private="quay2024", public="open2024")
    expected = LEDGERS[forgery]
    for _ in range(2):
        report = verify(ArchiveStore.open(hidden.root), outside=OUTSIDE)
        found = {str(f.kind) for f in report.findings if f.severity is Severity.ERROR}
        assert found == set(expected["classes"])
        assert report.exit_code() == 6
        assert _how_it_ends(hidden.root) == expected["seal"]


def _how_it_ends(root: Path) -> str:
    """What a seal of all there is does, whose owner says yes to nothing."""
    before = (root / "log" / "checkpoint").read_bytes()
    try:
        seal(ArchiveStore.open(root), keys=Keys(signing=KEY))
    except Unconfirmed:
        return "asks"
    except CitekitError:
        return "refuses"
    finally:
        is_as_before = (root / "log" / "checkpoint").read_bytes() == before
    return "nothing" if is_as_before else "seals"


def test_bytes_set_aside_are_interrupted_and_come_back(archive: Path) -> None:
    """What a stopped purge explains is there to be found: exit code 7, and then nothing is left."""
    for kind in ("public-payload", "restricted-payload"):
        (path, *_) = sorted(archive.glob(KINDS[kind]["path"]))
        data = path.read_bytes()
        assert forge_journal(archive, path, "aside")
        report = verify(ArchiveStore.open(archive), outside=OUTSIDE)
        assert (report.exit_code(), _classes(archive)) == (7, {"interrupted"})
        _mend_stopped(archive)
        assert path.read_bytes() == data
        assert _classes(archive) == set()


@pytest.mark.parametrize("trusted", [(), (KEY,), (KEY, NEW_KEY)], ids=["none", "owner", "both"])
@pytest.mark.parametrize("forgery", SIGNATURES)
def test_the_logs_own_signature_is_always_checked(
    forgery: str, trusted: tuple[SignerKey, ...], pristine: Path, tmp_path: Path
) -> None:
    """The log names the key that signs it, so no key from outside is needed to see that."""
    about = SIGNATURES[forgery]
    root = Path(shutil.copytree(pristine / about.get("archive", "small"), tmp_path / "archive"))
    outside = Outside(keys=tuple(key.verifier for key in trusted))
    assert verify(ArchiveStore.open(root), outside=outside).exit_code(strict=True) == 0
    key = KEY if about.get("key") == "replaced" else STRANGER
    sign_falsely(root, about["how"], key, keeps=about.get("keeps", False))
    report = verify(ArchiveStore.open(root), outside=outside)
    assert report.exit_code() == 6
    assert "CK-E627" in {finding.code for finding in report.findings}


@pytest.mark.parametrize("anchor", ["kept", "witnessed"])
@pytest.mark.parametrize("archive_name", ["small", "large"])
@pytest.mark.parametrize("case", LOGS)
def test_what_is_outside_tells_a_log_from_another(
    case: str, archive_name: str, anchor: str, pristine: Path, tmp_path: Path
) -> None:
    """The key has signed that one too: a kept checkpoint or a witness tells which is this one."""
    about = LOGS[case]
    if anchor not in about:
        return  # the log itself is as it was
    root = Path(shutil.copytree(pristine / archive_name, tmp_path / "archive"))
    kept, _ = parse_checkpoint((root / "log" / "checkpoint").read_bytes())
    checkpoints = (("kept", kept),) if anchor == "kept" else ()
    outside = replace(OUTSIDE if checkpoints else WITNESSED, checkpoints=checkpoints)
    assert verify(ArchiveStore.open(root), outside=outside).exit_code(strict=True) == 0
    exchange_log(root, about["how"], pristine / "second")
    report = verify(ArchiveStore.open(root), outside=outside)
    assert report.exit_code() == 6
    assert {f.code for f in report.findings if f.severity is Severity.ERROR} & set(about[anchor])


@pytest.mark.parametrize("archive_name", ["small", "large"])
@pytest.mark.parametrize("case", STATES)
def test_a_state_follows_from_the_entries_before_it(
    case: str, archive_name: str, pristine: Path, tmp_path: Path
) -> None:
    """Whoever has the key can sign a false one; whoever replays the log is not fooled."""
    about = STATES[case]
    root = Path(shutil.copytree(pristine / archive_name, tmp_path / "archive"))
    store = ArchiveStore.open(root)
    size = state_falsely(store, about["how"], KEY)
    note = root / "items" / "tide2023" / "note.md"
    note.write_bytes(b"Sealed by whoever has the key.\n")
    for outside in (OUTSIDE, Outside()):
        report = verify(ArchiveStore.open(root), outside=outside)
        codes = {f.code for f in report.findings if f.severity is Severity.ERROR}
        assert codes == ({about["code"]} if "code" in about else set())
        assert report.exit_code(strict=True) == (6 if "code" in about else 0)
    entries = list(LogFolder(store.layout).entries(size))
    assert [fault.entry for fault in state_faults(entries)] == ([size - 1] if codes else [])


@pytest.mark.parametrize("how", ["other", "again"])
def test_a_state_that_waits_is_nobodys_word(how: str, archive: Path) -> None:
    """Who lacks the key can write one; the next seal says its own."""
    store = ArchiveStore.open(archive)
    log = LogFolder(store.layout)
    standing = log.standing()
    assert standing
    last = parse_leaf(log.whole_entry(standing.size - 1))
    forged = {**last, "size": standing.size} if how == "other" else last
    Archive(store).set_fields("tide2023", {"title": "Another"})
    log.append([encode_leaf({**forged, "at": "2026-11-22T11:00:00Z"})])
    assert verify(store, outside=OUTSIDE).exit_code() == 0
    sealed = seal(store, keys=Keys(signing=KEY))
    assert (sealed.added, sealed.size) == (1, standing.size + 2)
    assert verify(store, outside=OUTSIDE).exit_code(strict=True) == 0


def _mend_stopped(root: Path) -> None:
    """Mend as every writer does, and as far as an archive can be opened."""
    with suppress(CitekitError), ArchiveStore.open(root).writing():
        pass


def _contents(root: Path) -> dict[str, bytes]:
    paths = (path for path in root.rglob("*") if path.is_file() and ".citekit" not in path.parts)
    names = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    return {name: data for name, data in names.items() if name != "log/pending.jsonl"}


def test_the_matrix_is_as_large_as_promised() -> None:
    """At least forty mutations, and each of them changes a file of some kind."""
    assert len(MUTATIONS) >= 40
    assert len(KINDS) >= 18


def _told(report: Report) -> set[str]:
    return {f"{f.kind} {f.place}" for f in report.findings if f.kind is not FindingClass.NOTICE}


def test_a_whole_archive_has_nothing_to_tell(archive: Path) -> None:
    """The archive of the matrix itself verifies, also strictly."""
    report = verify(ArchiveStore.open(archive), outside=OUTSIDE)
    assert (_told(report), report.exit_code(strict=True)) == (set(), 0)


def test_rights_and_times_are_no_alarm(archive: Path) -> None:
    """Chmod and touch change nothing that anybody sealed."""
    for path in archive.rglob("*"):
        if path.is_file():
            path.chmod(0o400)
            os.utime(path, (0, 0))
    report = verify(ArchiveStore.open(archive), outside=OUTSIDE)
    assert (_told(report), report.exit_code(strict=True)) == (set(), 0)


def test_a_git_checkout_is_no_alarm(archive: Path, tmp_path: Path) -> None:
    """What git gives another machine verifies; restricted payloads are withheld there."""
    copy = tmp_path / "checkout"
    _git(archive, "init", "-q")
    _git(archive, "add", ".")
    _git(archive, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "all")
    _git(tmp_path, "-c", "core.autocrlf=true", "clone", "-q", str(archive), str(copy))
    report = verify(ArchiveStore.open(copy), outside=OUTSIDE)
    assert {f.kind for f in report.findings} <= {FindingClass.NOTICE, FindingClass.WITHHELD}
    assert report.exit_code(strict=True) == 0


def test_a_plain_copy_is_no_alarm(archive: Path, tmp_path: Path) -> None:
    """A copy without .citekit, as other programs make it, verifies."""
    copy = tmp_path / "copy"
    shutil.copytree(archive, copy, ignore=shutil.ignore_patterns(".citekit"))
    report = verify(ArchiveStore.open(copy), outside=OUTSIDE)
    assert (_told(report), report.exit_code(strict=True)) == (set(), 0)


def test_a_readme_and_a_licence_are_no_alarm(archive: Path) -> None:
    """README and LICENSE at the top are accounted for, and nobody's business."""
    (archive / "README.md").write_text("Ours.\n")
    (archive / "LICENSE").write_text("MIT\n")
    report = verify(ArchiveStore.open(archive), outside=OUTSIDE)
    assert (_told(report), report.exit_code(strict=True)) == (set(), 0)


def test_edits_are_unsealed_and_no_alarm(archive: Path) -> None:
    """What citekit itself changes is unsealed: fine, and 1 under --strict."""
    store = ArchiveStore.open(archive)
    with store.writing() as writer:
        writer.write_note("tide2023", "An edit.\n")
        writer.replace_item(store.item("lantern2024").with_data(title="Another title"))
        writer.remove_claim("passengers")
    report = verify(store, outside=OUTSIDE)
    assert {f.kind for f in report.findings} == {FindingClass.NOTICE, FindingClass.UNSEALED}
    assert (report.exit_code(), report.exit_code(strict=True)) == (0, 1)
    assert not [f for f in report.findings if f.severity is Severity.ERROR]


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)
