"""``verify --changed``: what is hashed again, what is found, and that it never passes for more."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from citekit.app.verifying.verify import Report, verify
from citekit.cli.run import run
from citekit.findings import Severity
from citekit.store.archive import ArchiveStore
from citekit.store.log.own_events import secret_file
from citekit.store.verified_marks import Remembered, mark, recall, remember
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

ONE = build_capture(text="The first text.", original=b"as received")
TWO = build_capture(text="The second text.", minutes=1)
LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
"""When nothing is so new any more that it may change unseen."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive with a restricted and a public item, three payloads in all."""
    store = ArchiveStore.create(tmp_path / "archive")
    with store.writing() as writer:
        add_item(writer, build_item("held2026"), ONE)
        add_item(writer, build_item("public2026", access="public"), TWO)
    return store.root


def _check(root: Path, *, changed: bool = True, now: datetime = LATER) -> Report:
    return verify(ArchiveStore.open(root), only_changed=changed, now=now)


def _codes(report: Report) -> list[str]:
    return [f.code for f in report.findings if f.severity is not Severity.NOTE]


def _text(root: Path) -> Path:
    path = ArchiveStore.open(root).payload_path(TWO.record.payloads["text"].digest)
    assert path is not None
    return path


def _cache(root: Path) -> Path:
    return root / ".citekit" / "verified"


def _tamper(path: Path) -> None:
    """Change a byte, and put the size and the times back as far as the system allows."""
    before = path.stat()
    path.write_bytes(path.read_bytes().replace(b"second", b"fourth"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def _lie(root: Path) -> None:
    """Have the cache say that the file, as it is now, is what the full check found."""
    store = ArchiveStore.open(root)
    remembered = recall(store.layout)
    assert remembered
    now = mark(str(_text(root)))
    assert now
    digest = TWO.record.payloads["text"].digest
    known = remembered.marks["objects", digest]
    marks = {**remembered.marks, ("objects", digest): now._replace(characters=known.characters)}
    assert remember(store.layout, Remembered(at=remembered.at, marks=marks))


# ── what kind of check it was ──────────────────────────────────────────────────────────────────


def test_the_first_one_is_a_full_check_and_the_next_one_is_not(root: Path) -> None:
    """Each says what it is, and when the last full check was."""
    first = _check(root)
    assert first.since is None
    assert "this was a full check, and is remembered" in first.summary()
    second = _check(root, now=LATER + timedelta(hours=1))
    assert (second.since, second.not_hashed) == (LATER, 3)
    assert "incremental: 3 payloads not hashed again" in second.summary()
    third = _check(root)
    assert third.since == LATER, "an incremental check never counts as a full one"


def test_a_full_check_is_remembered_only_where_somebody_asked_for_it(root: Path) -> None:
    """Verifying writes nothing; after ``--changed`` each full check is the new beginning."""
    assert _check(root, changed=False).remembers is None
    assert not _cache(root).exists()
    _check(root)
    later = LATER + timedelta(days=1)
    assert _check(root, changed=False, now=later).remembers
    assert _check(root).since == later


def test_some_items_alone_are_no_full_check(root: Path) -> None:
    """They use what is remembered, and never replace it."""
    store = ArchiveStore.open(root)
    assert verify(store, ["held2026"], only_changed=True, now=LATER).since is None
    assert not _cache(root).exists()
    _check(root)
    report = verify(store, ["public2026"], only_changed=True, now=LATER)
    assert (report.since, report.not_hashed) == (LATER, 1)


def test_the_command_says_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In its last line and in its document; the exit code is that of the findings."""
    assert run(["--archive", str(root), "verify", "--changed"]) == 0
    assert "a full check, and is remembered" in capsys.readouterr().out
    assert run(["--archive", str(root), "verify", "--changed"]) == 0
    assert "incremental:" in capsys.readouterr().out
    _text(root).write_bytes(b"other bytes")
    assert run(["--archive", str(root), "verify", "--changed", "--json"]) == 6
    document = json.loads(capsys.readouterr().out)
    assert document["incremental"] is True
    assert document["last_full_check"].endswith("Z")
    assert run(["--archive", str(root), "verify", "--json"]) == 6
    document = json.loads(capsys.readouterr().out)
    assert (document["incremental"], document["last_full_check"]) == (False, None)


# ── what it finds ──────────────────────────────────────────────────────────────────────────────


def test_a_changed_payload_is_found(root: Path) -> None:
    """Another time is reason enough to hash it."""
    _check(root)
    _text(root).write_bytes(b"The sec0nd text.")
    report = _check(root)
    assert _codes(report) == ["CK-E301"]
    assert report.exit_code() == 6
    assert report.not_hashed == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of the last change of a file")
def test_size_and_time_put_back_do_not_hide_a_change(root: Path) -> None:
    """The system's own time of the change cannot be put back."""
    _check(root)
    _tamper(_text(root))
    assert _codes(_check(root)) == ["CK-E301"]


def test_a_file_put_in_the_place_of_another_is_hashed(root: Path) -> None:
    """A copy with the same bytes is fine, other bytes are found."""
    _check(root)
    path = _text(root)
    shutil.copy2(path, path.with_suffix(".copy"))
    path.with_suffix(".copy").replace(path)
    report = _check(root)
    assert (_codes(report), report.not_hashed) == ([], 2)


def test_every_other_check_is_made(root: Path) -> None:
    """Absent payloads, extra files and broken records are found as ever."""
    _check(root)
    _text(root).unlink()
    (root / "extra.txt").write_text("x")
    (root / "items" / "held2026" / "item.json").write_text("{")
    assert sorted(set(_codes(_check(root)))) == sorted(set(_codes(_check(root, changed=False))))
    assert {"CK-E101", "CK-E201", "CK-E302"} <= set(_codes(_check(root)))


def test_a_link_in_the_place_of_a_payload_is_found(root: Path, tmp_path: Path) -> None:
    """Even to the very file that was hashed."""
    _check(root)
    path = _text(root)
    path.rename(tmp_path / "moved")
    path.symlink_to(tmp_path / "moved")
    assert "CK-E102" in _codes(_check(root))


def test_what_was_damaged_is_not_remembered_as_whole(root: Path) -> None:
    """It is hashed, and found, again and again."""
    _text(root).write_bytes(b"other bytes")
    assert _codes(_check(root)) == ["CK-E301"]
    assert _codes(_check(root)) == ["CK-E301"]


def test_what_is_new_is_hashed(root: Path) -> None:
    """A payload that came after the full check is not known."""
    _check(root)
    with ArchiveStore.open(root).writing() as writer:
        new = build_capture(text="The third text.", minutes=2)
        add_item(writer, build_item("new2026", access="public"), new)
    assert _check(root).not_hashed == 3
    path = ArchiveStore.open(root).payload_path(new.record.payloads["text"].digest)
    assert path
    path.write_bytes(b"The th1rd text.")
    assert _codes(_check(root)) == ["CK-E301"]


def test_what_was_too_new_to_be_told_apart_is_hashed(root: Path) -> None:
    """A file written in the seconds before the full check may change without another time."""
    now = datetime.now(UTC)
    _check(root, now=now)
    report = _check(root, now=now)
    assert (report.since, report.not_hashed) == (now, 0)


# ── what it is not trusted for ─────────────────────────────────────────────────────────────────


def test_a_lying_cache_deceives_no_full_check(root: Path) -> None:
    """Who can write the cache can hide a change from ``--changed``, which says what it is."""
    _check(root)
    _tamper(_text(root))
    _lie(root)
    deceived = _check(root)
    assert (_codes(deceived), deceived.since) == ([], LATER)
    assert _codes(_check(root, changed=False)) == ["CK-E301"]
    assert _codes(_check(root)) == ["CK-E301"], "the full check has forgotten the lie"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:0],
        lambda data: data[:-1],
        lambda data: data + b"objects sha256:00 1 1 1 1 -1\n",
        lambda data: data.replace(b" -1\n", b" 11\n", 1),
        lambda data: data.replace(b"verified 2", b"verified 1"),
        lambda data: b"\xff" * len(data),
        lambda data: data.partition(b"\n\n")[0],
    ],
)
def test_a_damaged_cache_is_none(root: Path, damage: object) -> None:
    """Then the check is a full one."""
    _check(root)
    data = _cache(root).read_bytes()
    damaged = damage(data)  # type: ignore[operator]  # one of the lambdas above
    assert damaged != data
    _cache(root).write_bytes(damaged)
    report = _check(root)
    assert (report.since, report.remembers) == (None, True)


def test_without_its_cache_it_is_a_full_check(root: Path) -> None:
    """``.citekit`` may be deleted at any time."""
    _check(root)
    shutil.rmtree(root / ".citekit")
    assert _check(root).since is None


def test_a_copy_of_the_archive_is_hashed(root: Path, tmp_path: Path) -> None:
    """The cache that came along is about other files."""
    _check(root)
    shutil.copytree(root, tmp_path / "copy", copy_function=shutil.copy2)
    assert _check(tmp_path / "copy").not_hashed == 0


def test_a_cache_that_cannot_be_written_is_told(root: Path) -> None:
    """The check itself is done."""
    (root / ".citekit").mkdir(exist_ok=True)
    _cache(root).mkdir()
    report = _check(root)
    assert (report.remembers, report.exit_code()) == (False, 0)
    assert "cannot be remembered here" in report.summary()


def test_source_date_epoch_is_the_time_of_a_check(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As everywhere else, the variable fixes the time where a caller gives none."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "2000000000")
    verify(ArchiveStore.open(root), only_changed=True)
    again = verify(ArchiveStore.open(root), only_changed=True)
    assert again.since == datetime(2033, 5, 18, 3, 33, 20, tzinfo=UTC)


def test_a_cache_that_somebody_else_has_written_is_none(root: Path, tmp_path: Path) -> None:
    """Its marks are right: but without the secret of this user it says nothing."""
    _check(root)
    path = _text(root)
    path.write_bytes(b"The other text.!")
    known = mark(str(path))
    assert known is not None
    store = ArchiveStore.open(root)
    digest = TWO.record.payloads["text"].digest
    secret = secret_file()
    secret.rename(tmp_path / "secret")
    forged = Remembered(at=LATER, marks={("objects", digest): known._replace(characters=16)})
    assert remember(store.layout, forged)  # with a secret of the forger's
    secret.unlink()
    (tmp_path / "secret").rename(secret)
    assert "CK-E301" in _codes(_check(root))
