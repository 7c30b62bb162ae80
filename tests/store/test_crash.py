"""A change that is killed, or that the disk refuses, at any call leaves the old or the new state.

The calls are counted at ``os``, below everything that citekit does; the child process dies by a
real SIGKILL. What is left is read by a reader of the standard library alone.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from citekit.errors import CitekitError, StorageFailed
from citekit.model.entity import Entity
from citekit.model.value import replace
from citekit.store.archive import ArchiveStore
from citekit.store.writing import flushing
from citekit.store.writing.arrivals import Arrival
from citekit.store.writing.event_recorder import logged_payloads
from citekit.store.writing.writer import Writer
from citekit.testing.crashes import judge
from citekit.testing.faults import count_calls, killed_at
from citekit.testing.store_builders import (
    add_item,
    build_annotation,
    build_capture,
    build_item,
)

_LIMIT = 400  # no change needs as many calls; reaching it is a fault of the test

ONE = build_capture(text="One text.\n\nIn two paragraphs.", original=b"one")
TWO = build_capture(text="Another text.", original=b"one", minutes=1)  # shares the original

State = dict[str, Any]
Files = dict[str, str]
Change = Callable[[ArchiveStore, Writer], None]


def _add(_store: ArchiveStore, writer: Writer) -> None:
    add_item(writer, build_item("new2026", access="public"), ONE, TWO)


def _add_restricted(_store: ArchiveStore, writer: Writer) -> None:
    add_item(writer, build_item("new2026"), TWO)


def _capture(_store: ArchiveStore, writer: Writer) -> None:
    writer.add_capture("public2026", TWO.stamp, TWO.record, TWO.payloads)


def _publish(store: ArchiveStore, writer: Writer) -> None:
    item = store.item("held2026")
    writer.set_access(item.with_facts(replace(item.facts, access="public")))


def _withdraw(store: ArchiveStore, writer: Writer) -> None:
    item = store.item("public2026")
    writer.set_access(item.with_facts(replace(item.facts, access="restricted")))


def _rename(store: ArchiveStore, writer: Writer) -> None:
    item = store.item("held2026")
    renamed = item.with_data(id="renamed2026")
    writer.rename_item("held2026", renamed.with_facts(replace(item.facts, aliases=("held2026",))))


def _remove(_store: ArchiveStore, writer: Writer) -> None:
    writer.remove_item("held2026")


def _restore(store: ArchiveStore, writer: Writer) -> None:
    capture = store.capture("lost2026")
    assert capture is not None
    writer.put_payload("lost2026", capture.payloads["text"], b"Lost and found.")


def _replace(store: ArchiveStore, writer: Writer) -> None:
    writer.replace_item(store.item("held2026").with_data(title="Another title"))


def _annotate(_store: ArchiveStore, writer: Writer) -> None:
    writer.write_annotations("public2026", [build_annotation(1, note="one")])


def _entity(_store: ArchiveStore, writer: Writer) -> None:
    writer.write_entity(Entity(id="kfor", kind="organization", name="KFOR"))


CHANGES: dict[str, Change] = {
    "add": _add,
    "add-restricted": _add_restricted,
    "capture": _capture,
    "publish": _publish,
    "withdraw": _withdraw,
    "rename": _rename,
    "remove": _remove,
    "restore": _restore,
    "replace": _replace,
    "annotate": _annotate,
    "entity": _entity,
}


def _purge(store: ArchiveStore, writer: Writer) -> None:
    (capture,) = store.captures("held2026").values()
    writer.purge("held2026", logged_payloads(capture))


def _erase(store: ArchiveStore, writer: Writer) -> None:
    (capture,) = store.captures("held2026").values()
    writer.erase("held2026", logged_payloads(capture))


def _forget_note(_store: ArchiveStore, writer: Writer) -> None:
    writer.write_note("held2026", None)


ARRIVALS = [
    Arrival(
        item=build_item(key, access=access),  # type: ignore[arg-type]  # one of its words
        captures={capture.stamp: capture.record},
        payloads=capture.payloads,
        note=note,
    )
    for key, access, capture, note in (
        ("first2026", "restricted", TWO, "A note.\n"),
        ("second2026", "public", TWO, None),
        ("third2026", "public", ONE, None),
        ("fourth2026", "private", ONE, "Another.\n"),
    )
]
"""Open, restricted and private ones; they share bytes."""


def _together(number: int) -> Change:
    """Have the first so many of them come in at once."""

    def come_in(_store: ArchiveStore, writer: Writer) -> None:
        for arrival in ARRIVALS[:number]:
            writer.plan_item(arrival.item)
        for error in filter(None, writer.add_items(ARRIVALS[:number])):
            raise error

    return come_in


TOGETHER = tuple(_together(number) for number in range(len(ARRIVALS) + 1))

REMOVALS: dict[str, Change] = {"purge": _purge, "erase": _erase, "note": _forget_note}
"""What takes something away for good; a stop before it is done brings it back."""


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a public and a restricted item, one whose payload is absent, annotations."""
    store = ArchiveStore.create(tmp_path_factory.mktemp("base") / "archive")
    with store.writing() as writer:
        add_item(writer, build_item("public2026", access="public"), build_capture(text="Public."))
        add_item(writer, build_item("held2026"), ONE)
        writer.write_note("held2026", "A note.\n")
        writer.write_annotations("held2026", [build_annotation(7, note="seven")])
        lost = build_capture(text="Lost and found.")
        writer.add_item(build_item("lost2026"), captures={lost.stamp: lost.record})
    return store.root


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child that is killed is a fork")
@pytest.mark.parametrize("name", CHANGES)
def test_a_kill_at_any_call_leaves_old_or_new(name: str, base: Path, tmp_path: Path) -> None:
    """After a SIGKILL at the n-th call, for all n, readers see one state; the next tidies."""
    states, files = _before_and_after(base, CHANGES[name], tmp_path)
    assert states[0] != states[1]
    seen = []
    for n in range(1, _LIMIT):
        root = _copy(base, tmp_path / "killed")
        if not _killed_at(n, root, CHANGES[name]):
            break
        state = _plain_state(root)
        assert state in states, f"neither old nor new after a kill at call {n}"
        assert _own_state(root) == state, f"citekit reads another state after call {n}"
        with ArchiveStore.open(root).writing():
            pass
        assert _plain_state(root) == state, f"cleaning changed the state after call {n}"
        assert _files(root) in files, f"files left after call {n}"
        seen.append(state == states[1])
    assert 3 < len(seen) < _LIMIT - 2
    assert seen == sorted(seen), "a later kill undid what an earlier one had done"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child that is killed is a fork")
@pytest.mark.parametrize("name", ["add", "withdraw", "rename", "remove"])
def test_a_kill_while_cleaning_up_is_cleaned_up(name: str, base: Path, tmp_path: Path) -> None:
    """The cleaning itself may be killed: the writer after that one still finds everything."""
    states, files = _before_and_after(base, CHANGES[name], tmp_path)
    for n in range(4, _LIMIT, 6):
        root = _copy(base, tmp_path / "killed")
        if not _killed_at(n, root, CHANGES[name]):
            break
        for m in (1, 2, 4):
            _killed_at(m, root, lambda _store, _writer: None)
        assert _plain_state(root) in states
        with ArchiveStore.open(root).writing():
            pass
        assert _files(root) in files, f"files left after call {n}"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EACCES], ids=["full", "no-permission"])
@pytest.mark.parametrize("name", CHANGES)
def test_a_refusal_at_any_call_is_told_and_leaves_old_or_new(
    name: str, code: int, base: Path, tmp_path: Path
) -> None:
    """When the n-th call fails, the error has a hint and the archive is in one of two states."""
    states, files = _before_and_after(base, CHANGES[name], tmp_path)
    for n in range(1, _LIMIT):
        root = _copy(base, tmp_path / "refused")
        calls, raised = _refused_at(n, code, root, CHANGES[name])
        state = _plain_state(root)
        assert state in states, f"neither old nor new after a refusal at call {n}"
        assert state == states[1] or raised, f"nothing happened at call {n}, and nobody was told"
        with ArchiveStore.open(root).writing():
            pass
        assert _files(root) in files, f"files left after call {n}"
        if calls < n:
            break
    assert 3 < n < _LIMIT - 1


@pytest.fixture(params=["each", "whole"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How files that are flushed together are: each of them, or the file system at once."""
    monkeypatch.setattr(flushing, "_FEW", 0 if request.param == "whole" else 10**6)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the child that is killed is a fork")
@pytest.mark.usefixtures("_way")
def test_a_kill_while_items_come_in_leaves_the_first_so_many(base: Path, tmp_path: Path) -> None:
    """At any call: each item is there whole or not at all, and none before one that came first."""
    pairs = [_before_and_after(base, change, tmp_path) for change in TOGETHER]
    states, files = [pair[0][1] for pair in pairs], [pair[1][1] for pair in pairs]
    seen = []
    for n in range(1, _LIMIT):
        root = _copy(base, tmp_path / "killed")
        if not _killed_at(n, root, TOGETHER[-1]):
            break
        seen.append(states.index(_plain_state(root)))
        assert _own_state(root) == states[seen[-1]], f"citekit reads another after call {n}"
        with ArchiveStore.open(root).writing():
            pass
        assert _plain_state(root) == states[seen[-1]], f"cleaning changed it after call {n}"
        assert _files(root) == files[seen[-1]], f"files left after call {n}"
    assert seen == sorted(seen)
    assert set(seen) == set(range(len(TOGETHER)))


@pytest.mark.usefixtures("_way")
def test_a_refusal_while_items_come_in_is_told_of_each(base: Path, tmp_path: Path) -> None:
    """When the n-th call fails, whoever is not in has an error, and is nowhere."""
    for n in range(1, _LIMIT):
        root = _copy(base, tmp_path / "refused")
        store = ArchiveStore.open(root)
        told: list[CitekitError | None] = []

        def change(_store: ArchiveStore, writer: Writer) -> None:
            for arrival in ARRIVALS:
                writer.plan_item(arrival.item)
            told.extend(writer.add_items(ARRIVALS))  # noqa: B023  # done before the next

        calls, raised = _refused_at(n, errno.ENOSPC, root, change)
        if raised:  # before anything began
            told = [StorageFailed("is told")] * len(ARRIVALS)
        for arrival, error in zip(ARRIVALS, told, strict=True):
            assert store.has(arrival.item.key) or error, f"nobody was told at call {n}"
        judged = judge(root)
        assert (judged.code, judged.in_the_open) in ((0, ()), (7, ())), f"call {n}"
        with ArchiveStore.open(root).writing():
            pass
        assert judge(root).code == 0, f"call {n}"
        if calls < n:
            break
    assert 10 < n < _LIMIT - 1


@pytest.mark.usefixtures("_way")
@pytest.mark.parametrize("name", [*CHANGES, *REMOVALS, "together"])
def test_nothing_is_named_before_it_is_on_the_disk(name: str, base: Path, tmp_path: Path) -> None:
    """A file is flushed before its rename, a folder with all in it too, the new name afterwards."""
    root = _copy(base, tmp_path / "traced")
    store = ArchiveStore.open(root)
    with pytest.MonkeyPatch.context() as patch, store.writing() as writer:
        trace = _Trace(patch, root)
        ({**CHANGES, **REMOVALS, "together": TOGETHER[-1]})[name](store, writer)
    assert trace.renames
    assert trace.early == []
    assert {path for path in trace.unflushed if ".citekit" not in path} == set()


def _before_and_after(
    base: Path, change: Change, tmp_path: Path
) -> tuple[tuple[State, State], tuple[Files, Files]]:
    """States and files of the archive without and with the change."""
    root = _copy(base, tmp_path / "whole")
    store = ArchiveStore.open(root)
    with store.writing() as writer:
        change(store, writer)
    return (_plain_state(base), _plain_state(root)), (_files(base), _files(root))


def _copy(base: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(base, target)
    return target


def _killed_at(n: int, root: Path, change: Change) -> bool:
    """Run the change in a child that dies at its n-th call; False when it was done before."""

    def run() -> None:
        store = ArchiveStore.open(root)
        with store.writing() as writer:
            change(store, writer)

    return killed_at(n, run)


def _refused_at(n: int, code: int, root: Path, change: Change) -> tuple[int, bool]:
    """Run the change with its n-th call refused: how many calls there were, and whether it told."""

    def refuse() -> None:
        raise OSError(code, os.strerror(code))

    store = ArchiveStore.open(root)
    told = []
    with pytest.MonkeyPatch.context() as patch:
        counter = count_calls(n, refuse, patch.setattr)
        try:
            with store.writing() as writer:
                change(store, writer)
        except StorageFailed as error:
            told.append(bool(error.place and error.hint))
    assert all(told)
    return counter[0], bool(told)


class _Trace:
    """Watches ``os``: which paths have bytes or names that are not on the disk yet."""

    def __init__(self, patch: pytest.MonkeyPatch, root: Path) -> None:
        self.unflushed: set[str] = set()
        self.early: list[str] = []
        self.renames = 0
        self._root = str(root)
        self._paths: dict[int, str] = {}
        for name in ("open", "write", "fsync", "replace", "mkdir", "unlink", "close"):
            patch.setattr(os, name, self._watch(name, getattr(os, name)))
        whole = flushing._WholeFlush  # the call of the system is not one of os
        patch.setattr(whole, "_call", self._watch("syncfs", whole._call))

    def _watch(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            if name == "replace":
                self._before_rename(str(args[0]))
            if name == "close":  # another thread may be given the number at once
                self._paths.pop(args[0], None)
            result = call(*args, **kwargs)
            if name != "close":
                getattr(self, f"_{name}")(result, *args)
            return result

        return wrapper

    def _before_rename(self, source: str) -> None:
        inside = {
            path for path in self.unflushed if path == source or path.startswith(source + "/")
        }
        self.early.extend(inside)

    def _open(self, descriptor: int, path: Any, flags: int, *_: Any) -> None:  # noqa: ANN401
        self._paths[descriptor] = str(path)
        if flags & os.O_CREAT:
            self.unflushed |= {str(path), str(Path(path).parent)}

    def _write(self, _size: int, descriptor: int, _data: bytes) -> None:
        self.unflushed.add(self._paths[descriptor])

    def _fsync(self, _none: None, descriptor: int) -> None:
        self.unflushed.discard(self._paths[descriptor])

    def _syncfs(self, is_done: bool, *_: Any) -> None:  # noqa: ANN401
        if is_done:
            self.unflushed.clear()

    def _replace(self, _none: None, source: Any, target: Any) -> None:  # noqa: ANN401
        self.renames += 1
        self.unflushed |= {str(Path(source).parent), str(Path(target).parent)}

    def _mkdir(self, _none: None, path: Any, *_: Any) -> None:  # noqa: ANN401
        self.unflushed |= {str(Path(path).parent)}

    def _unlink(self, _none: None, path: Any, *_: Any, **__: Any) -> None:  # noqa: ANN401
        self.unflushed.discard(str(path))
        self.unflushed |= {str(Path(path).parent)}


def _files(root: Path) -> Files:
    """Every file with its digest; of the held digests, which ones.

    Events are left out, and their marks, which are on the disk first: a kill between a change and
    its event loses who and when, no more. What takes a change back has tests of its own.
    """
    own, ledger = root / ".citekit" / "own", root / "private" / "log" / "ledger.jsonl"
    events = (root / "log" / "pending.jsonl", own, ledger)
    undo = root / ".citekit" / "undo"
    found = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in root.rglob("*")
        if path.is_file() and path not in events and undo not in path.parents
    }
    held = root / ".citekit" / "held"
    text = held.read_text() if held.exists() else ""
    digests = sorted(set(re.findall(r"^sha256:[0-9a-f]{64}$", text, re.MULTILINE)))
    return {**found, ".citekit/held": " ".join(digests)}


def _plain_state(root: Path) -> State:
    """What a program of the standard library sees: 30 lines for all that an archive says.

    Its one rule: an item whose id another item lists as an alias has been renamed.
    """
    items, folders = {}, {}
    for path in (*root.glob("items/*/item.json"), *root.glob("private/items/*/item.json")):
        item = json.loads(path.read_text())
        assert item["id"] == path.parent.name
        items[item["id"]], folders[item["id"]] = item, path.parent
    for item in list(items.values()):
        for alias in item["custom"]["citekit"].get("aliases", ()):
            items.pop(alias, None)
    return {
        "items": items,
        "records": {
            key: {
                path.relative_to(folders[key]).as_posix(): path.read_text()
                for path in folders[key].rglob("*")
                if path.is_file() and path.name != "item.json"
            }
            for key in items
        },
        "payloads": {
            key: sorted(
                payload["digest"]
                for record in folders[key].glob("captures/*.json")
                for payload in json.loads(record.read_text())["payloads"].values()
                if _has_bytes(root, payload["digest"])
            )
            for key in items
        },
        "entities": sorted(path.name for path in root.glob("entities/*.json")),
    }


def _has_bytes(root: Path, digest: str) -> bool:
    hexadecimal = digest.removeprefix("sha256:")
    for place in ("objects", "restricted", "private/objects"):
        path = root / place / "sha256" / hexadecimal[:2] / hexadecimal[2:]
        if path.exists():
            assert hashlib.sha256(path.read_bytes()).hexdigest() == hexadecimal
            return True
    return False


def _own_state(root: Path) -> State:
    """The same, as citekit reads it."""
    store = ArchiveStore.open(root)
    keys = store.keys()
    return {
        "items": {item.key: item.data for item in store.items()},
        "records": {
            key: {
                path.relative_to(store.layout.item_folder(key)).as_posix(): path.read_text()
                for path in store.layout.item_folder(key).rglob("*")
                if path.is_file() and path.name != "item.json"
            }
            for key in keys
        },
        "payloads": {
            key: sorted(
                payload.digest
                for stamp in store.stamps(key)
                if (capture := store.capture(key, stamp))
                for payload in capture.payloads.values()
                if store.payload(payload.digest) is not None
            )
            for key in keys
        },
        "entities": [f"{entity.id}.json" for entity in store.entities()],
    }
