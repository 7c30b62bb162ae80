"""Writing what is private: where it lies, what git takes, what the log says, what a stop leaves."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from citekit.app.sealing.seal import seal
from citekit.app.verifying.verify import verify
from citekit.model.annotation import new_annotation
from citekit.model.claim import Claim
from citekit.model.entity import Entity
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.private.ledger import read_ledger
from citekit.store.private.sealing import changes, digests
from citekit.testing.store_builders import WHEN, add_item, build_capture, build_item

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from citekit.model.annotation import Annotation
    from citekit.model.item import Access, Item

WORDS = "the ferry left at 0417"
CAPTURE = build_capture(text=f"They said {WORDS}.", original=f"<p>{WORDS}</p>".encode())
SHARED = build_capture(text="Words that two items have.", minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> ArchiveStore:
    """An archive with a public item, in a repository of git."""
    root = tmp_path / "archive"
    store = ArchiveStore.create(root)
    _git(root, "init", "-q")
    with store.writing() as writer:
        add_item(writer, build_item("open2020", access="public"), SHARED)
    return store


def test_a_private_item_lies_under_private(store: ArchiveStore) -> None:
    """Record, captures, payloads and note; it is read from there like any other."""
    _add(store, "quay2024")
    private = store.layout.private
    assert (private / "items/quay2024/item.json").is_file()
    assert (private / "items/quay2024/note.md").is_file()
    assert store.text("quay2024") == f"They said {WORDS}."
    assert store.item("quay2024").facts.access == "private"
    assert _held_in_the_open(store) == []


def test_git_and_the_log_have_nothing_of_it(store: ArchiveStore) -> None:
    """Neither a file nor an event: the events that wait are those of before."""
    before = store.layout.pending_file.read_bytes()
    _add(store, "quay2024")
    with store.writing() as writer:
        writer.write_note("quay2024", f"{WORDS}, again")
        writer.add_capture("quay2024", "20261122T143500Z", *_capture(20))
        writer.write_annotations("quay2024", [_note(1)])
        assert not writer.has_changed
    assert store.layout.pending_file.read_bytes() == before
    taken = _git(store.root, "ls-files", "--others", "--exclude-standard").split()
    assert not [path for path in taken if "private" in path or "quay" in path]


def test_git_ignores_it_before_it_is_written(store: ArchiveStore) -> None:
    """Also where somebody has thrown the lines out."""
    ignored = store.root / ".gitignore"
    ignored.write_text("/restricted/\n", encoding="utf-8")
    _add(store, "quay2024")
    assert ignored.read_text(encoding="utf-8").split() == [
        "/restricted/",
        "/private/",
        "/.citekit/",
    ]


def test_an_older_archive_ignores_it_from_the_first_change_on(store: ArchiveStore) -> None:
    """Whatever the change is: that the line comes tells nobody that something private has."""
    ignored = store.root / ".gitignore"
    ignored.write_text("/restricted/\n", encoding="utf-8")
    with store.writing() as writer:
        writer.write_note("open2020", "a word")
    assert ignored.read_text(encoding="utf-8").split() == ["/restricted/", "/private/"]


def test_the_ledger_says_what_there_is(store: ArchiveStore) -> None:
    """Every change is noted with the digest that the file has then, and removals too."""
    _add(store, "quay2024")
    with store.writing() as writer:
        writer.write_annotations("open2020", [_note(1, private=True)])
        writer.write_entity(Entity(id="ferry", kind="work", name="Ferry", private=True))
        writer.write_claim(Claim(id="it-left", statement="It left.", private=True))
    assert changes(read_ledger(store.layout), digests(store.layout)) == {}
    with store.writing() as writer:
        writer.rename_item("quay2024", _renamed(store, "quay2024", "pier2024"))
        writer.remove_claim("it-left")
        writer.write_annotations("open2020", [])
    ledger = read_ledger(store.layout)
    assert changes(ledger, digests(store.layout)) == {}
    assert "items/pier2024/item.json" in ledger.files
    assert not [path for path in ledger.files if "quay2024/" in path or "notes/" in path]
    with store.writing() as writer:
        writer.remove_item("pier2024")
    assert sorted(read_ledger(store.layout).files) == ["entities/ferry.json"]
    assert not list((store.layout.private / "objects").rglob("*.*"))


def test_a_private_note_on_a_public_item_lies_apart(store: ArchiveStore) -> None:
    """Beside those that are public; taken back to public, it lies with them."""
    with store.writing() as writer:
        writer.write_annotations("open2020", [_note(1), _note(2, private=True)])
    assert [a.is_private for a in store.annotations("open2020")] == [False, True]
    own = store.layout.annotations_file("open2020").read_text(encoding="utf-8")
    assert len(own.splitlines()) == 1
    with store.writing() as writer:
        writer.write_annotations("open2020", [_note(1), _note(2)])
    assert not store.layout.private_notes_file("open2020").exists()


def test_private_notes_go_with_a_renamed_item(store: ArchiveStore) -> None:
    """They are found under its new key, and go when it is removed."""
    with store.writing() as writer:
        writer.write_annotations("open2020", [_note(2, private=True)])
        writer.rename_item("open2020", _renamed(store, "open2020", "opened2020"))
    assert len(store.annotations("opened2020")) == 1
    with store.writing() as writer:
        writer.remove_item("opened2020")
    assert list(store.layout.private_notes.iterdir()) == []
    assert read_ledger(store.layout).files == {}


def test_bytes_that_others_have_stay_with_them(store: ArchiveStore) -> None:
    """What a public item has too stays in ``objects/``, on the way in and on the way out."""
    with store.writing() as writer:
        add_item(writer, build_item("copy2024", access="restricted"), SHARED, CAPTURE)
        writer.set_access(build_item("copy2024", access="private"))
    shared = SHARED.record.payloads["text"].digest
    own = CAPTURE.record.payloads["text"].digest
    assert store.payload_path(shared) == store.layout.object_file(shared)
    assert store.payload_path(own) == store.layout.private_file(own)
    assert not store.layout.restricted_file(own).exists()
    with store.writing() as writer:
        writer.remove_item("open2020")
    assert store.payload_path(shared) == store.layout.private_file(shared)
    with store.writing() as writer:
        writer.set_access(build_item("copy2024", access="public"))
    assert store.payload_path(shared) == store.layout.object_file(shared)
    assert store.payload_path(own) == store.layout.object_file(own)


def test_notes_marked_private_stay_so_when_the_item_comes_out(store: ArchiveStore) -> None:
    """The other notes of a private item come out with it."""
    _add(store, "quay2024")
    with store.writing() as writer:
        writer.write_annotations("quay2024", [_note(1), _note(2, private=True)])
        writer.set_access(build_item("quay2024", access="public"))
    assert [a.is_private for a in store.annotations("quay2024")] == [False, True]
    assert [a.is_private for a in store.for_others().annotations("quay2024")] == [False]


@pytest.mark.parametrize("way", [("public", "private"), ("private", "public"),
                                 ("restricted", "private"), ("private", "restricted")])  # fmt: skip
def test_a_stop_at_any_call_leaves_nothing_private_in_the_open(
    tmp_path: Path, way: tuple[Access, Access]
) -> None:
    """A killed change of access: git takes nothing private, and the next writer tidies up."""
    base = ArchiveStore.create(tmp_path / "base")
    with base.writing() as writer:
        add_item(writer, build_item("quay2024", access=way[0]), CAPTURE)
        writer.write_note("quay2024", WORDS)
        writer.write_annotations("quay2024", [_note(1), _note(2, private=True)])
    seal(base)
    for stopped in range(200):
        root = tmp_path / str(stopped)
        shutil.copytree(base.root, root)
        if not _killed(root, way[1], stopped):
            break
        _check_stopped(ArchiveStore.open(root), way)
    assert 10 < stopped < 199


def _check_stopped(store: ArchiveStore, way: tuple[Access, Access]) -> None:
    access = store.item("quay2024").facts.access
    assert access in way
    assert verify(store).exit_code() in (0, 7)  # as it was, as it is to be, or interrupted
    _check_open_places(store, access)
    assert store.text("quay2024") == f"They said {WORDS}."
    assert len(store.annotations("quay2024")) == 2
    with store.writing() as writer:
        writer.set_access(build_item("quay2024", access=way[1]))
    _check_open_places(store, way[1])
    assert store.item("quay2024").facts.access == way[1]
    assert len(store.annotations("quay2024")) == 2
    assert verify(store).exit_code() == 0
    for payload in CAPTURE.record.payloads.values():
        assert store.payload_path(payload.digest) == store.objects.path(payload.digest, way[1])


def _check_open_places(store: ArchiveStore, access: Access) -> None:
    held = _held_in_the_open(store)
    if access == "private":
        assert held == []
    elif access == "restricted":
        assert not [path for path in held if path.startswith("objects/")]


def _held_in_the_open(store: ArchiveStore) -> list[str]:
    """The files that git would take and that have a word of the secret in them."""
    folders = ("items", "objects", "entities", "claims", "log")
    return [
        path.relative_to(store.root).as_posix()
        for folder in folders
        for path in (store.root / folder).rglob("*")
        if path.is_file() and WORDS.encode() in path.read_bytes()
    ]


class _KilledError(BaseException):
    pass


def _killed(root: Path, access: Access, number: int) -> bool:
    """Whether a change of access was stopped before so many changes of what folders name."""
    names = ("replace", "unlink", "rmdir", "mkdir")
    kept = {name: getattr(os, name) for name in names}
    left = iter(range(number))

    def stopping(name: str) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            if next(left, None) is None:
                raise _KilledError
            return kept[name](*args, **options)

        return call

    try:
        with ArchiveStore.open(root).writing() as writer:
            for name in names:
                setattr(os, name, stopping(name))
            writer.set_access(build_item("quay2024", access=access))
    except _KilledError:
        return True
    finally:
        for name, function in kept.items():
            setattr(os, name, function)
    return False


def _add(store: ArchiveStore, key: str) -> None:
    with store.writing() as writer:
        writer.add_item(
            build_item(key, access="private", title=WORDS),
            captures={CAPTURE.stamp: CAPTURE.record},
            payloads=CAPTURE.payloads,
            note=WORDS,
        )


def _capture(minutes: int) -> tuple[Any, ...]:
    later = build_capture(text=f"{WORDS}, they say again.", minutes=minutes)
    return later.record, later.payloads


def _renamed(store: ArchiveStore, old: str, new: str) -> Item:
    item = store.item(old)
    facts = replace(item.facts, aliases=(*item.facts.aliases, old))
    return item.with_variables({"id": new}).with_facts(facts)


def _note(number: int, *, private: bool = False) -> Annotation:
    return new_annotation(
        annotation_id=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        source="urn:x:y",
        created=WHEN,
        passage=None,
        note=WORDS,
        private=private,
    )


def _git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", "-C", str(root), *words], check=True, capture_output=True, text=True
    ).stdout
