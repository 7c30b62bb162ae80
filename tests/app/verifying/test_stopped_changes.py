"""A command that dies at any of its calls leaves nothing wrong: all is well, or interrupted.

The commands are those of tests/cases/crash; tests/bench/crash_sweep.py stops them at every call,
these tests at some.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.changing.recover import recover
from citekit.app.verifying.verify import verify
from citekit.cli.run import run
from citekit.findings import FindingClass, Severity
from citekit.integrity.leaf import encode_leaf
from citekit.store.archive import ArchiveStore
from citekit.store.staging import unfinished
from citekit.testing.crashes import (
    LIMIT,
    Outcome,
    judge,
    prepare,
    read_commands,
    renew,
    run_quietly,
    sweep,
)
from citekit.testing.faults import killed_at

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="what is killed is a fork")

COMMANDS = read_commands(Path(__file__).parents[2] / "cases" / "crash" / "commands.toml")
NAMES = list(COMMANDS)
EVERY = 13  # of so many calls one, another of each command


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The archives of the table, and a key at its place."""
    folder = tmp_path_factory.mktemp("stopped")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
        patch.delenv("CITEKIT_SIGNING_KEY", raising=False)
        yield prepare(folder / "base")


def _recover(root: Path) -> Outcome:
    assert not recover(ArchiveStore.open(root)).unmended
    assert not any((root / ".citekit" / "tmp").iterdir())
    return judge(root)


@pytest.mark.parametrize("name", NAMES)
def test_a_stop_leaves_all_well_or_interrupted(name: str, base: Path, tmp_path: Path) -> None:
    """Verify ends with 0, or with 7 until it is mended; restricted bytes are never in the open."""
    points = range(1 + NAMES.index(name) % EVERY, LIMIT, EVERY)
    outcomes = 0
    for outcome in sweep(COMMANDS[name], base, tmp_path, points):
        outcomes += 1
        assert outcome.code in (0, 7), f"call {outcome.n}: {sorted(outcome.codes)}"
        assert outcome.in_the_open == (), f"call {outcome.n}"
        assert outcome.are_first, f"call {outcome.n}"
        assert (outcome.code == 7) == ("CK-E680" in outcome.codes)
        mended = _recover(outcome.root)
        assert (mended.code, mended.in_the_open) == (0, ()), f"call {outcome.n}, mended"
    assert outcomes


def _interrupted(name: str, base: Path, tmp_path: Path) -> Outcome:
    """What the first stop leaves that is to be mended."""
    return next(outcome for outcome in sweep(COMMANDS[name], base, tmp_path) if outcome.code == 7)


@pytest.mark.parametrize("name", ["add-public", "publish", "restrict", "purge-sealing"])
def test_mending_may_be_stopped_too(name: str, base: Path, tmp_path: Path) -> None:
    """Whoever mends and dies leaves what the next one mends."""
    outcome = _interrupted(name, base, tmp_path)
    kept = Path(shutil.copytree(outcome.root, tmp_path / "kept"))
    was_killed, n = True, -2
    while was_killed:
        n += 3
        renew(kept, outcome.root)
        was_killed = killed_at(n, lambda: _recover(outcome.root))
        stopped = judge(outcome.root)
        assert stopped.code in (0, 7), f"call {n}: {sorted(stopped.codes)}"
        assert stopped.in_the_open == ()
        assert _recover(outcome.root).code == 0
    assert n > 5


@pytest.mark.parametrize("name", ["add-public", "publish", "restrict", "purge-sealing"])
def test_readers_go_on_beside_a_stopped_change(name: str, base: Path, tmp_path: Path) -> None:
    """Listing, citing, searching, showing: what the records say is there, and nothing fails."""
    root = str(_interrupted(name, base, tmp_path).root)
    for words in (["list"], ["show", "harbour2024"], ["cite", "lantern2024"], ["search", "tide"]):
        assert run_quietly(["--archive", root, *words]) == 0


@pytest.mark.parametrize("name", ["add-public", "publish", "purge-sealing"])
def test_without_its_local_folder_a_stopped_change_is_told_by_what_it_left(
    name: str, base: Path, tmp_path: Path
) -> None:
    """With .citekit deleted nobody knows why: the verdict is the plain one, and says what to do."""
    outcome = _interrupted(name, base, tmp_path)
    shutil.rmtree(outcome.root / ".citekit")
    report = verify(ArchiveStore.open(outcome.root))
    told = [f for f in report.findings if f.severity is Severity.ERROR or f.code == "CK-I662"]
    assert report.exit_code() in (0, 6)  # the event of a purge is nobody's now, and its bytes here
    assert told
    assert all(finding.hint for finding in told)


@pytest.mark.parametrize(
    "parts",
    [
        {"action": "purge", "payloads": [1]},
        {"action": "purge", "payloads": 7},
        {"action": "remove", "subject": []},
        {"action": {"purge": "erase"}},
    ],
)
def test_mending_heeds_no_line_that_is_no_event(
    parts: dict[str, object], base: Path, tmp_path: Path
) -> None:
    """Whoever can write in the folder can have anything wait: the change is mended all the same."""
    outcome = _interrupted("purge-sealing", base, tmp_path)
    with (outcome.root / "log" / "pending.jsonl").open("ab") as file:
        file.write(encode_leaf({"v": 1, "subject": "items/harbour2024", **parts}) + b"\n")
    assert not recover(ArchiveStore.open(outcome.root)).unmended
    assert judge(outcome.root).code != 7


def test_the_finding_says_what_was_stopped(base: Path, tmp_path: Path) -> None:
    """It names the action, the item and the command that ends it."""
    outcome = _interrupted("purge-sealing", base, tmp_path)
    (finding,) = (
        f
        for f in verify(ArchiveStore.open(outcome.root)).findings
        if f.kind is FindingClass.INTERRUPTED
    )
    assert "purge items/harbour2024" in finding.message
    assert finding.hint.startswith("citekit recover")


def test_a_purge_that_no_seal_has_is_taken_back(base: Path, tmp_path: Path) -> None:
    """Its bytes are back, and no event waits that says otherwise."""
    outcome = _interrupted("purge-waiting", base, tmp_path)
    pending = outcome.root / "log" / "pending.jsonl"
    assert b'"purge"' in pending.read_bytes()
    _recover(outcome.root)
    assert b'"purge"' not in pending.read_bytes()
    assert ArchiveStore.open(outcome.root).text("harbour2024")


def test_recover_says_what_it_has_mended(
    base: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command names each change, ends with 0, and has nothing to do the next time."""
    root = str(_interrupted("purge-sealing", base, tmp_path).root)
    capsys.readouterr()
    assert run(["--archive", root, "recover"]) == 0
    assert capsys.readouterr().out == "mended  purge items/harbour2024\n"
    assert run(["--archive", root, "recover"]) == 0
    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "nothing to mend\n")
    assert run(["--archive", root, "verify"]) == 0


def test_bytes_that_cannot_be_mended_stay_and_are_named(base: Path, tmp_path: Path) -> None:
    """Where other bytes are in the way of what is set aside, neither is lost: exit code 1."""
    root = _interrupted("purge-waiting", base, tmp_path).root
    store = ArchiveStore.open(root)
    (digest,) = store.digests("harbour2024")
    (stopped,) = (s for s in unfinished(store.layout) if s.journal.purged)
    place = store.objects.path(digest, "restricted")
    if place.exists():
        place.rename(stopped.aside(digest, "restricted"))
    good = stopped.aside(digest, "restricted").read_bytes()
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(b"other bytes")
    assert recover(store).unmended == (str(stopped.folder),)
    assert run_quietly(["--archive", str(root), "recover"]) == 1
    assert stopped.aside(digest, "restricted").read_bytes() == good
    assert place.read_bytes() == b"other bytes"
    assert judge(root).code == 6
