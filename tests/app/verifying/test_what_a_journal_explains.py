"""What a stopped change explains, journal by journal; the sweeps stop real commands instead."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from citekit.app.sealing.seal import seal
from citekit.app.verifying.verify import verify
from citekit.integrity.digest import digest_bytes
from citekit.store import staging
from citekit.store.archive import ArchiveStore
from citekit.store.staging import Journal, Unfinished
from citekit.testing.builders import build_archive

if TYPE_CHECKING:
    from citekit.model.item import Access

STOPPED = "CK-E680"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ArchiveStore:
    """A sealed archive: harbour2024 is restricted, lantern2024 public."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("CITEKIT_SIGNING_KEY", raising=False)
    store = build_archive(tmp_path / "archive")
    seal(store)
    return store


def _stop(store: ArchiveStore, **parts: object) -> Unfinished:
    """Leave the journal of a change that was stopped."""
    journal = Journal(**{"action": "test", "subject": "items/harbour2024", **parts})  # type: ignore[arg-type]
    return Unfinished(staging.begin(store.layout, journal), journal)


def _wrong(store: ArchiveStore, *keys: str) -> list[str]:
    """The codes of errors, in their order."""
    report = verify(ArchiveStore.open(store.root), keys)
    return [finding.code for finding in report.findings if finding.code.startswith("CK-E")]


def _said(store: ArchiveStore) -> list[tuple[str, str]]:
    """The words about stopped changes, and the folder that each names."""
    findings = verify(ArchiveStore.open(store.root)).findings
    return [
        (finding.message, str(finding.place.path if finding.place else None))
        for finding in findings
        if finding.code == STOPPED
    ]


def _digest(store: ArchiveStore, key: str) -> str:
    (digest,) = store.digests(key)
    return digest


def _move(store: ArchiveStore, key: str, there: Access) -> Path:
    """Have the payload of an item lie where those of another access do."""
    digest = _digest(store, key)
    here: Access = "public" if there == "restricted" else "restricted"
    path = store.objects.path(digest, there)
    path.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.move(store.objects.path(digest, here), path))


# ── bytes in another place ────────────────────────────────────────────────────────────────────


def test_bytes_in_another_place_are_explained_by_who_names_them(store: ArchiveStore) -> None:
    """Only the journal that has their digest; the finding names change, count and folder."""
    digest = _digest(store, "lantern2024")
    _move(store, "lantern2024", "restricted")
    plain = _wrong(store)
    stranger = _stop(store, digests=(_digest(store, "harbour2024"),))
    assert plain != []
    assert _wrong(store) == plain
    shutil.rmtree(stranger.folder)
    stopped = _stop(store, action="set", digests=(digest,))

    assert set(_wrong(store)) == {STOPPED}
    (said,) = _said(store)
    assert said == (
        "interrupted: set items/harbour2024: 1 file is half moved",
        str(store.root / store.layout.name(stopped.folder)),
    )


def test_two_files_are_two(store: ArchiveStore) -> None:
    """They are counted for the change that names them."""
    _move(store, "lantern2024", "restricted")
    nobodys = store.objects.path(digest_bytes(b"nobody's yet"), "restricted")
    nobodys.parent.mkdir(parents=True, exist_ok=True)
    nobodys.write_bytes(b"nobody's yet")
    digests = (_digest(store, "lantern2024"), digest_bytes(b"nobody's yet"))
    _stop(store, action="set", subject="", digests=digests)
    assert [words for words, _ in _said(store)] == ["interrupted: set: 2 files are half moved"]


def test_a_restricted_text_in_the_open_is_explained_by_nobody(store: ArchiveStore) -> None:
    """Whatever was under way: git and others can take it."""
    _move(store, "harbour2024", "public")
    plain = _wrong(store)
    _stop(store, digests=(_digest(store, "harbour2024"),))
    assert "CK-E305" in plain
    assert set(_wrong(store)) >= {"CK-E305"}


def test_other_bytes_are_explained_by_nobody(store: ArchiveStore) -> None:
    """A payload in the wrong place that is not what its name says stays a fault."""
    digest = _digest(store, "lantern2024")
    path = _move(store, "lantern2024", "restricted")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"!")
    plain = _wrong(store)
    _stop(store, digests=(digest,), purged=(digest,))
    assert plain != []
    assert _wrong(store) == plain


def test_a_change_of_nothing_is_not_told(store: ArchiveStore) -> None:
    """Neither one that names nothing, nor one whose files are all where they belong."""
    _stop(store)
    _stop(store, digests=(_digest(store, "harbour2024"),))
    assert _wrong(store) == []


def test_what_comes_out_of_private_is_still_there(store: ArchiveStore) -> None:
    """Its bytes lie with the private ones: explained while they do, absent otherwise."""
    digest = _digest(store, "harbour2024")
    private = store.objects.path(digest, "private")
    private.parent.mkdir(parents=True)
    shutil.move(store.objects.path(digest, "restricted"), private)
    _stop(store, digests=(digest,))
    assert set(_wrong(store)) == {STOPPED}
    private.unlink()
    assert STOPPED not in _wrong(store)


# ── purges ────────────────────────────────────────────────────────────────────────────────────


def _set_aside(store: ArchiveStore, key: str, access: Access) -> tuple[Unfinished, Path]:
    """A purge that was stopped when the bytes had been put into its folder."""
    digest = _digest(store, key)
    stopped = _stop(store, action="purge", subject=f"items/{key}", purged=(digest,))
    aside = stopped.aside(digest, access)
    shutil.move(store.objects.path(digest, access), aside)
    return stopped, aside


def test_what_a_purge_set_aside_is_no_loss_yet(store: ArchiveStore) -> None:
    """The bytes are absent where they belong, and whole in the folder of the change."""
    _set_aside(store, "lantern2024", "public")
    assert _wrong(store) == [STOPPED]
    assert [words for words, _ in _said(store)] == [
        "interrupted: purge items/lantern2024: 1 file is half moved"
    ]


def test_other_bytes_set_aside_bear_nothing_out(store: ArchiveStore) -> None:
    """A forged journal with any bytes beside it does not make a payload present."""
    _, aside = _set_aside(store, "lantern2024", "public")
    aside.chmod(0o644)
    aside.write_bytes(b"any bytes")
    assert _wrong(store)[0] != STOPPED
    aside.unlink()
    assert STOPPED not in _wrong(store)


def test_a_purge_that_is_done_explains_nothing_and_is_told(store: ArchiveStore) -> None:
    """What it removed is still there to be deleted; what is absent is absent."""
    stopped, _ = _set_aside(store, "lantern2024", "public")
    staging.end(stopped.folder)
    codes = _wrong(store)
    assert codes.count(STOPPED) == 1
    assert len(codes) > 1
    assert [words for words, _ in _said(store)] == [
        "interrupted: purge items/lantern2024: what it removed is not deleted yet"
    ]


def test_of_one_item_only_its_own_is_told(store: ArchiveStore) -> None:
    """Bytes that are set aside are a matter of the whole archive."""
    stopped, aside = _set_aside(store, "harbour2024", "restricted")
    shutil.copy(aside, store.objects.path(_digest(store, "harbour2024"), "restricted"))
    assert _wrong(store) == [STOPPED]
    assert _wrong(store, "harbour2024") == []
    shutil.rmtree(stopped.folder)
    assert _wrong(store) == []


# ── erasing ───────────────────────────────────────────────────────────────────────────────────


def _erase(store: ArchiveStore, key: str, top: str) -> tuple[Unfinished, Path]:
    """An erasing that was stopped when the item's folder had been set aside."""
    folder = store.root / top / key
    records = {
        path.relative_to(folder).as_posix(): digest_bytes(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    subject = f"{top}/{key}" if top.startswith("private") else f"items/{key}"
    stopped = _stop(store, action="erase", subject=subject, erased=key, records=records)
    shutil.move(folder, stopped.records)
    return stopped, folder


def test_records_set_aside_are_no_loss_yet(store: ArchiveStore) -> None:
    """Each absent file of the item is in the folder of the change, with its digest."""
    stopped, folder = _erase(store, "tide2023", "items")
    assert set(_wrong(store)) >= {STOPPED}
    assert "CK-E601" not in _wrong(store)
    (stopped.records / "item.json").write_bytes(b"{}")
    assert "CK-E601" in _wrong(store)
    shutil.rmtree(stopped.folder)
    assert not folder.exists()
    assert STOPPED not in _wrong(store)
    assert "CK-E601" in _wrong(store)


def test_records_of_another_item_are_not_explained(store: ArchiveStore) -> None:
    """The journal speaks of the folder that it erases and of no other."""
    stopped, folder = _erase(store, "tide2023", "items")
    shutil.move(stopped.records, folder)
    other = store.root / "items" / "lantern2024"
    shutil.move(other, stopped.records)
    assert STOPPED in _wrong(store)  # something is set aside
    assert "CK-E601" in _wrong(store)


# ── files of the log, and folders that tell nothing ─────────────────────────────────────────────


def test_a_file_of_the_log_beyond_the_checkpoint(store: ArchiveStore) -> None:
    """A seal that was stopped before its checkpoint names what it placed, with its digest."""
    beyond = store.root / "log" / "tile" / "0" / "x001" / "000"
    beyond.parent.mkdir(parents=True)
    beyond.write_bytes(b"\0" * 32)
    plain = _wrong(store)
    name = beyond.relative_to(store.root / "log").as_posix()
    wrong = _stop(store, action="seal", subject="", placed={name: digest_bytes(b"another")})
    assert "CK-E607" in plain
    assert _wrong(store) == plain
    shutil.rmtree(wrong.folder)
    _stop(store, action="", subject="", placed={name: digest_bytes(beyond.read_bytes())})
    assert _wrong(store) == [STOPPED]
    assert [words for words, _ in _said(store)] == ["interrupted: a change: 1 file is half moved"]


def test_a_link_bears_nothing_out(store: ArchiveStore, tmp_path: Path) -> None:
    """Who set aside a link to the bytes elsewhere has not kept them."""
    _, aside = _set_aside(store, "lantern2024", "public")
    elsewhere = tmp_path / "elsewhere"
    shutil.move(aside, elsewhere)
    aside.symlink_to(elsewhere)
    assert _wrong(store)[0] != STOPPED


def test_a_staging_folder_that_is_none_explains_nothing(store: ArchiveStore) -> None:
    """Where nobody can look for journals, the findings are as they are."""
    _move(store, "lantern2024", "restricted")
    plain = _wrong(store)
    shutil.rmtree(store.layout.staging, ignore_errors=True)
    store.layout.staging.write_bytes(b"a file")
    assert _wrong(store) == plain
