"""``doctor``: tries what it tells, changes nothing, and never fails itself."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.doctor.machine import examine, examine_archive
from citekit.app.intake.reading_child import limits_memory
from citekit.app.sealing.seal import Keys, seal
from citekit.app.sealing.signing_keys import keygen, log_origin, read_signing_key
from citekit.store.archive import ArchiveStore
from citekit.store.private.sealing import root_for_seal
from citekit.store.private.second_copy import copies_folder
from citekit.testing.builders import build_archive
from citekit.testing.store_builders import build_item
from citekit.testing.tsa import make_authority, serve_authority

if TYPE_CHECKING:
    from citekit.app.doctor.checked import CheckedThing


def _by_name(checks: list[CheckedThing]) -> dict[str, CheckedThing]:
    return {check.name: check for check in checks}


def test_what_the_core_needs_is_here() -> None:
    """Python and SQLite are required and fine where these tests run; extras are only told."""
    checks = _by_name(examine())
    assert checks["python"].ok
    assert checks["search"].ok
    assert {name for name, check in checks.items() if check.required} == {"python", "search"}
    assert all(check.hint for check in checks.values())
    assert {"extra site", "extra seal", "biber", "git"} <= set(checks)


@pytest.mark.skipif(sys.platform != "linux", reason="what other systems limit is what they say")
def test_what_the_system_limits_is_tried() -> None:
    """Linux bounds memory and computing time; trying it changes nothing for this process."""
    resource = pytest.importorskip("resource")
    assert _by_name(examine())["reader limits"].ok
    kept = resource.getrlimit(resource.RLIMIT_AS)
    assert limits_memory()
    assert resource.getrlimit(resource.RLIMIT_AS) == kept


def test_the_extras_are_those_of_the_package() -> None:
    """Each extra is told, none of them is empty, and ``all`` has them all."""
    project = Path(__file__).resolve().parents[3] / "pyproject.toml"
    extras = tomllib.loads(project.read_text("utf-8"))["project"]["optional-dependencies"]
    told = {name.removeprefix("extra ") for name in _by_name(examine()) if "extra" in name}
    assert told == extras.keys() - {"all", "dev"}
    assert extras["all"] == [f"citekit[{','.join(name for name in extras if name in told)}]"]
    assert all(extras[name] for name in told)


def test_programs_that_are_absent_are_told_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With an empty PATH nothing is found, and every hint says how to get it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    checks = _by_name(examine())
    assert not checks["git"].ok
    assert not checks["biber"].ok
    assert "apt install git" in checks["git"].hint


def test_a_program_that_does_not_answer_well_is_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A program that fails or talks nonsense counts as found, without a version."""
    program = tmp_path / "git"
    program.write_bytes(b"#!/bin/sh\nprintf '\\377\\376 nonsense'; exit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert _by_name(examine())["git"].detail == "git"


def test_an_archive_is_tried(tmp_path: Path) -> None:
    """Writing, locking, the index and file names are looked at, and nothing stays behind."""
    store = ArchiveStore.create(tmp_path / "archive")
    checks = _by_name(examine(store.root))
    assert checks["archive"].detail.endswith("archive: 0 items")
    assert checks["archive writable"].ok
    assert checks["archive lock"].detail == "works"
    assert checks["index"].detail.startswith("none yet")
    assert not [path for path in store.layout.local.rglob("*") if path.is_file()]
    assert checks["file names"].to_json()["ok"] is True


def test_a_lock_that_is_taken_is_fine(tmp_path: Path) -> None:
    """Another writer at work is no fault of the machine."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing():
        check = _by_name(examine(store.root))["archive lock"]
    assert check.ok
    assert "another process has it" in check.detail


def test_a_broken_archive_is_told(tmp_path: Path) -> None:
    """An archive.toml that cannot be read is one failed check with its place."""
    (tmp_path / "archive.toml").write_text("layout = \n")
    check = _by_name(examine(tmp_path))["archive"]
    assert not check.ok
    assert check.required
    assert "archive.toml:1:" in check.detail


def test_a_folder_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    """When .citekit is a file, writing fails with a hint, and reading goes on."""
    store = ArchiveStore.create(tmp_path / "archive")
    store.layout.local.write_text("in the way")
    check = _by_name(examine(store.root))["archive writable"]
    assert not check.ok
    assert check.detail.startswith("only reading is possible")
    assert check.hint


# ── keys and authorities ───────────────────────────────────────────────────────────────────────


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchiveStore:
    """An archive, and a user who has no key yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    return build_archive(tmp_path / "archive")


def _looked(store: ArchiveStore, name: str) -> CheckedThing:
    return _by_name(examine(store.root))[name]


def test_a_missing_key_is_told(archive: ArchiveStore) -> None:
    """Without a key, seals are unsigned, and the hint says how to make one."""
    check = _looked(archive, "signing key")
    assert not check.ok
    assert not check.required
    assert check.detail == "none: seals are unsigned"
    assert "citekit keygen" in check.hint


def test_the_key_of_the_log_is_known(archive: ArchiveStore) -> None:
    """Before the first seal and after it, the key is named with its file."""
    key = keygen(log_origin(archive))
    assert _looked(archive, "signing key").detail.endswith("nothing is sealed yet")
    sealed = seal(archive)
    check = _looked(archive, "signing key")
    assert check.ok
    assert check.detail.startswith(f"{key.verifier} in {key.path}")
    assert check.detail.endswith(f"it has signed {sealed.size} entries")


def test_a_signed_log_without_its_key_is_told(archive: ArchiveStore) -> None:
    """This machine cannot seal a log that another one signs; the signer is named."""
    key = keygen(log_origin(archive))
    seal(archive)
    key.path.rename(key.path.with_name("elsewhere.key"))
    check = _looked(archive, "signing key")
    assert not check.ok
    assert f"{key.verifier.name}+{key.verifier.key_id.hex()}" in check.detail
    assert "--signing-key" in check.hint


def test_another_key_than_that_of_the_log_is_told(archive: ArchiveStore, tmp_path: Path) -> None:
    """A key of the right name that has not signed is told, with the name of the one that has."""
    first = keygen(log_origin(archive), tmp_path / "first.key")
    seal(archive, keys=Keys(signing=read_signing_key(first.path)))
    keygen(log_origin(archive))
    check = _looked(archive, "signing key")
    assert not check.ok
    assert "is not the key that signs the log" in check.detail
    assert f"{first.verifier.name}+{first.verifier.key_id.hex()}" in check.detail
    assert "--signing-key" in check.hint


def test_after_a_change_of_keys_the_new_one_counts(archive: ArchiveStore, tmp_path: Path) -> None:
    """The old key has signed the last checkpoint, too, and yet it can seal no more."""
    old = read_signing_key(keygen(log_origin(archive)).path)
    seal(archive)
    new = read_signing_key(keygen(log_origin(archive), tmp_path / "new.key").path)
    seal(archive, keys=Keys(signing=new, old=old))
    check = _looked(archive, "signing key")
    assert not check.ok
    assert new.verifier.key_id.hex() in check.detail


def test_a_key_after_an_unsigned_seal_is_told(archive: ArchiveStore) -> None:
    """The key is there, what stands is unsigned, and citekit seal changes that."""
    seal(archive)
    keygen(log_origin(archive))
    check = _looked(archive, "signing key")
    assert not check.ok
    assert check.hint == "citekit seal signs it now"
    seal(archive)
    assert _looked(archive, "signing key").ok


@pytest.mark.skipif(os.name != "posix", reason="rights are POSIX")
def test_a_key_that_others_may_read_is_told(archive: ArchiveStore) -> None:
    """The mode of the file is looked at, as sealing does."""
    keygen(log_origin(archive)).path.chmod(0o640)
    check = _looked(archive, "signing key")
    assert not check.ok
    assert "others may read this private key" in check.detail


def test_a_public_key_that_was_exchanged_is_told(archive: ArchiveStore) -> None:
    """The copy below trust/ is compared with the key that signs."""
    key = keygen(log_origin(archive))
    seal(archive)
    public = archive.layout.key_file(key.verifier.key_id.hex())
    public.write_text("another\n")
    check = _looked(archive, "signing key")
    assert not check.ok
    assert str(public) in check.detail


def test_authorities_are_named_with_what_they_cover(archive: ArchiveStore, tmp_path: Path) -> None:
    """Who has timestamped, when, and how many entries; before that, how to ask one."""
    assert "--tsa" in _looked(archive, "timestamp authorities").detail
    (tmp_path / "tsa").mkdir()
    with serve_authority(make_authority(tmp_path / "tsa", name="Port Clock")) as url:
        size = seal(archive, tsa=[url], allow_private=True).size
    check = _looked(archive, "timestamp authorities")
    assert check.ok
    assert "Port Clock" in check.detail
    assert f"for {size} of {size} entries" in check.detail
    (path,) = (archive.layout.trust / "timestamps").iterdir()
    path.write_bytes(b"no answer")
    assert not _looked(archive, "timestamp authorities").ok


def test_a_damaged_log_is_told_and_nothing_else_fails(archive: ArchiveStore) -> None:
    """A checkpoint that cannot be read is one failed check; verify is for the rest."""
    seal(archive)
    archive.layout.checkpoint_file.write_bytes(b"\xff")
    check = _looked(archive, "log")
    assert not check.ok
    assert check.hint


def test_what_opens_private_things_is_to_be_there_twice(archive: ArchiveStore) -> None:
    """A ledger without a copy is told; an archive in which nothing is private hears nothing."""
    assert "private" not in {check.name for check in examine_archive(archive)}
    with archive.writing() as writer:
        writer.add_item(build_item("quay2024", access="private"))
    root_for_seal(archive.layout)
    assert _looked(archive, "private").ok
    for copy in copies_folder().iterdir():
        copy.unlink()
    assert not _looked(archive, "private").ok
