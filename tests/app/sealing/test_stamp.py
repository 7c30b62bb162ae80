"""Authorities that archive.toml names are asked at each seal, and never cost one."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.annotating.entities_and_claims import add_entity
from citekit.app.doctor.machine import examine
from citekit.app.sealing.auto_seal import AutoSeal
from citekit.app.sealing.seal import Keys, seal
from citekit.app.verifying.verify import verify
from citekit.cli.run import run
from citekit.errors import InvalidData, UsageError
from citekit.integrity.sign import new_signer_key
from citekit.store.archive import ArchiveStore
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from pathlib import Path

KEYS = Keys(signing=new_signer_key("citekit.invalid/the-lanternfish-harbour", b"k" * 32))
NOBODY = "http://127.0.0.1:9/"


def _archive(folder: Path, settings: str) -> ArchiveStore:
    """An archive whose log has these settings."""
    store = build_archive(folder / "archive")
    path = store.layout.settings_file
    path.write_text(f"{path.read_text('utf-8')}\n[log]\n{settings}\n", "utf-8")
    return ArchiveStore.open(store.root)


def _tokens(store: ArchiveStore) -> list[str]:
    """The tokens that are kept, by the size of the log that they are about."""
    folder = store.layout.trust / "timestamps"
    return sorted(path.name.partition("-")[0] for path in folder.glob("*.tsr"))


def test_a_seal_asks_the_authorities_that_are_named(tmp_path: Path, url: str) -> None:
    """Once for each state of the log: a seal that adds nothing asks nobody again."""
    store = _archive(tmp_path, f'tsa = ["{url}"]')
    first = seal(store, keys=KEYS, allow_private=True)
    again = seal(store, keys=KEYS, allow_private=True)
    assert (len(first.timestamps), len(again.timestamps)) == (1, 0)
    assert _tokens(store) == [str(first.size)]


def test_a_seal_that_was_not_stamped_is_stamped_later(tmp_path: Path, url: str) -> None:
    """When nothing is new, an authority that has not answered yet is asked again."""
    store = _archive(tmp_path, f'tsa = ["{url}"]')
    assert seal(store, keys=KEYS, tsa=()).timestamps == ()
    assert len(seal(store, keys=KEYS, allow_private=True).timestamps) == 1


def test_an_authority_that_fails_costs_no_seal(
    tmp_path: Path, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others are asked, the seal stands, and it is told what was not stamped: exit code 5."""
    store = _archive(tmp_path, f'tsa = ["{NOBODY}", "{url}"]')
    assert run(["--archive", str(store.root), "seal", "--allow-private"]) == 5
    told = capsys.readouterr().err
    assert f"not stamped by {NOBODY}" in told
    assert "the seal stands; citekit seal asks again" in told
    assert len(_tokens(store)) == 1
    assert verify(store).exit_code(strict=True) == 0


def test_options_go_before_what_is_named(tmp_path: Path, url: str) -> None:
    """--tsa asks others, --no-tsa nobody, and both together are wrong usage."""
    store = _archive(tmp_path, f'tsa = ["{NOBODY}"]')
    command = ["--archive", str(store.root), "seal", "--allow-private"]
    assert run([*command, "--no-tsa"]) == 0
    assert run([*command, "--tsa", url]) == 0
    assert run([*command, "--tsa", url, "--no-tsa"]) == 2


def test_what_is_no_address_is_told_before_anything_is_sealed(tmp_path: Path) -> None:
    """A slip of the pen does not leave a seal behind."""
    store = build_archive(tmp_path / "archive")
    with pytest.raises(UsageError):
        seal(store, keys=KEYS, tsa=["ftp://x/"])
    assert not store.layout.checkpoint_file.exists()


@pytest.mark.parametrize("value", ['"https://tsa.example/"', '["ftp://x/"]', "[7]", "true"])
def test_settings_name_a_list_of_addresses(tmp_path: Path, value: str) -> None:
    """Anything else is told with its line."""
    with pytest.raises(InvalidData) as told:
        _archive(tmp_path, f"tsa = {value}")
    assert told.value.place
    assert told.value.place.line
    assert told.value.hint == 'write tsa = ["https://…"]'


def test_changes_that_seal_themselves_are_stamped_together(tmp_path: Path, url: str) -> None:
    """The owner of the archive says when; one timestamp is enough for all before it."""
    store = _archive(tmp_path, f'seal = "auto"\ntsa = ["{url}"]')
    size = seal(store, keys=Keys(), tsa=()).size
    sealing = AutoSeal(allow_private=True)
    store = ArchiveStore(store.root, store.settings, after_change=sealing)
    add_entity(store, "Second mayor", kind="person")
    add_entity(store, "Third mayor", kind="person")
    sealing.stamp(store)
    sealing.stamp(store)
    assert _tokens(store) == [str(size + 4)]  # two events, two states


def test_a_change_stands_when_nobody_stamps_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """With seal = "auto" a command says what was not stamped, and ends well; Python warns too."""
    store = _archive(tmp_path, f'seal = "auto"\ntsa = ["{NOBODY}"]')
    seal(store, keys=Keys(), tsa=())
    words = ["entity", "add", "Second mayor", "--kind", "person"]
    assert run(["--archive", str(store.root), *words]) == 0
    assert f"is not stamped by {NOBODY}" in capsys.readouterr().err
    assert run(["--archive", str(store.root), "list"]) == 0
    assert "stamped" not in capsys.readouterr().err
    with caplog.at_level(logging.WARNING):
        Archive.open(store.root).add_entity("Third mayor", kind="person")
    assert [f"is not stamped by {NOBODY}" in line for line in caplog.messages] == [True]
    assert verify(store).exit_code(strict=True) == 0


def test_doctor_names_who_will_be_asked(tmp_path: Path) -> None:
    """Before the first timestamp, it says whom a seal asks."""
    store = _archive(tmp_path, f'tsa = ["{NOBODY}"]')
    told = [thing.detail for thing in examine(store.root)]
    assert any(NOBODY in detail for detail in told)
