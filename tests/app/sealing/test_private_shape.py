"""Nobody can tell from log, pending events or git whether anything is private, or how much."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from citekit import Archive
from citekit.app.sealing.seal import Keys
from citekit.integrity.sign import new_signer_key
from citekit.store.private.sealing import root_for_seal
from citekit.testing.store_builders import add_item, build_capture, build_item

if TYPE_CHECKING:
    from pathlib import Path

    from citekit.store.archive import ArchiveStore

ARTICLE = (
    "Ferry left early\n\nThe ferry number {} left at 0417, a witness said, and nobody saw it.\n"
)
MANY = 50


@pytest.fixture
def archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Archive, Archive]:
    """Two archives with the same public article; one has 50 private things of each kind too."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1780000000")
    return _build(tmp_path, "without", 0), _build(tmp_path, "with", MANY)


def test_log_and_git_have_the_same_shape(archives: tuple[Archive, Archive]) -> None:
    """The same files with as many bytes, the same entries; the private root has 32 bytes."""
    without, with_many = (archive.store for archive in archives)
    assert len(with_many.keys()) == MANY + 1
    assert _pending(without) == _pending(with_many)
    roots = [root_for_seal(store.layout) for store in (without, with_many)]
    assert [len(root) for root in roots] == [32, 32]
    for archive in archives:
        archive.seal(keys=Keys(signing=new_signer_key("citekit.invalid/harbour", b"\1" * 32)))
    taken, also = _taken(without), _taken(with_many)
    assert taken == also
    assert not [path for path in taken if "private" in path]


def test_the_bytes_that_git_takes_are_the_same(archives: tuple[Archive, Archive]) -> None:
    """But for what a state leaf says: nothing that lies in the open knows of the rest."""
    without, with_many = (archive.store for archive in archives)
    for path in _taken(without):
        assert (without.root / path).read_bytes() == (with_many.root / path).read_bytes(), path


def _build(tmp_path: Path, name: str, private: int) -> Archive:
    archive = Archive.create(tmp_path / name, title="Harbour")
    _git(archive.store, "init", "-q")
    file = tmp_path / "article.txt"
    file.write_text(ARTICLE.format("one"), encoding="utf-8")
    archive.add(file, key="open2024", access="public")
    if private:
        _add_private(archive, tmp_path, private)
    return archive


def _add_private(archive: Archive, tmp_path: Path, number: int) -> None:
    """So many private items, and private things of every other kind."""
    file = tmp_path / "private.txt"
    file.write_text(ARTICLE.format("two"), encoding="utf-8")
    archive.add(file, key="ferry2024", access="private")
    with archive.store.writing() as writer:
        for index in range(number):
            capture = build_capture(text=ARTICLE.format(index))
            add_item(writer, build_item(f"quay{index}", access="private"), capture)
    archive.annotate("ferry2024", note="hers")
    archive.annotate("open2024", note="for me", private=True)
    archive.add_entity("Witness W", kind="person", private=True)
    archive.add_claim("It left early.", private=True)
    archive.rename("quay1", "pier1")
    archive.set_fields("quay3", {"title": "Another"})
    archive.remove("quay2")


def _pending(store: ArchiveStore) -> bytes:
    return store.layout.pending_file.read_bytes()


def _taken(store: ArchiveStore) -> dict[str, int]:
    """The files that git takes, with their sizes."""
    _git(store, "add", ".")
    names = _git(store, "ls-files", "-z").split("\0")[:-1]
    return {name: (store.root / name).stat().st_size for name in names}


def _git(store: ArchiveStore, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(store.root), *words], check=True, capture_output=True, text=True
    ).stdout
