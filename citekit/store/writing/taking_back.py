"""Taking the last change back, step by step from its end: only where nobody has changed it since.

A step that has not come about, or is taken back already, is none: so what was stopped in between,
the change or its taking back, is ended by doing it again.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from citekit.errors import CitekitError, NotFound, Place, StoreConflict
from citekit.integrity.digest import digest_bytes
from citekit.model.item import Item
from citekit.model.value import replace
from citekit.store import files
from citekit.store.log.record_kinds import IMMUTABLE, action_of, group_of
from citekit.store.writing.last_change import contents_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from citekit.store.reading import ArchiveReader
    from citekit.store.writing.last_change import LastChange, Step
    from citekit.store.writing.writer import Writer

_ITEM: Final = "item.json"


def steps_to_take_back(store: ArchiveReader, last: LastChange, steps: Iterable[Step]) -> list[Step]:
    """The steps that stand, the last one first.

    Raises StoreConflict where somebody has changed what they left.
    """
    now = _Now(store, last)
    return [step for step in reversed(_joined(steps)) if now.has(step)]


def take_back(store: ArchiveReader, writer: Writer, last: LastChange, step: Step) -> None:
    """Take one step back; raises as the writer does, and where what was kept is damaged."""
    path = _path(store, step.path)
    if step.kind == "write":
        _write_back(store, writer, path, None if step.before is None else last.content(step.before))
    elif step.kind == "come":
        writer.remove_item(item_at(store, step.path).key)
    elif step.kind == "go":
        contents = {name: last.content(digest) for name, digest in step.files.items() if digest}
        payloads = {digest: last.kept(digest) for digest in step.payloads}
        writer.put_item_back(path, contents, payloads)
    elif step.before:
        _rename_back(store, writer, step, last.content(step.before))


def _write_back(store: ArchiveReader, writer: Writer, path: Path, before: bytes | None) -> None:
    if path.name != _ITEM or before is None:
        writer.put_back(path, before)
        return
    item = Item.from_text(before.decode("utf-8", "surrogateescape"), path=str(path))
    if item.facts.withdrawn != store.item(item.key).facts.withdrawn:
        writer.withdraw(item)
    else:
        writer.put_back(path, before)


def _rename_back(store: ArchiveReader, writer: Writer, step: Step, before: bytes) -> None:
    """Give the item its old key; the key that it had since is no alias of it."""
    old, now = Item.from_text(before.decode("utf-8", "surrogateescape")), item_at(store, step.to)
    aliases = (*(name for name in old.facts.aliases if name != now.key), now.key)
    renamed = now.with_variables({"id": old.key}).with_facts(replace(now.facts, aliases=aliases))
    writer.rename_item(now.key, renamed)
    writer.put_back(_path(store, step.path) / _ITEM, before)


def item_at(store: ArchiveReader, folder: str) -> Item:
    """The item in a folder of the archive; raises NotFound or InvalidData."""
    return store.item_in(_path(store, folder).name)


def _path(store: ArchiveReader, name: str) -> Path:
    """Where a record, or the folder of an item, is; raises NotFound for a name of anything else."""
    plain = name.removeprefix("private/")
    is_record = action_of(plain) not in (None, *IMMUTABLE)
    is_item = plain.startswith("items/") and group_of(plain) == plain
    is_notes = name.startswith("private/notes/") and name.count("/") == 3
    if not (is_record or is_item or is_notes) or ".." in name.split("/"):
        raise NotFound(f"is no record: {name}")
    return store.layout.check_inside(store.root.joinpath(*name.split("/")))


# ── what stands ────────────────────────────────────────────────────────────────────────────────


def _joined(steps: Iterable[Step]) -> list[Step]:
    """The steps with those of one file joined, and those of an item that came along with it."""
    joined: dict[tuple[str, str], Step] = {}
    for step in steps:
        _join(joined, step)
    return list(joined.values())


def _join(joined: dict[tuple[str, str], Step], step: Step) -> None:
    """Take a step in, under its kind and the path that it left."""
    folder, name = _split(step.path)
    came = joined.get(("come", folder))
    if step.kind == "go" and came:
        del joined["come", folder]
    elif step.kind == "rename" and came:
        del joined["come", folder]
        moved = {**came.files, _ITEM: step.after}
        joined["come", step.to] = replace(came, path=step.to, files=moved)
    elif step.kind == "rename":
        written = joined.pop(("write", f"{folder}/{_ITEM}"), step)
        joined["rename", step.to] = replace(step, before=written.before)
    elif step.kind == "write":
        _join_written(joined, step, folder, name)
    else:
        joined[step.kind, step.path] = step


def _join_written(joined: dict[tuple[str, str], Step], step: Step, folder: str, name: str) -> None:
    if came := joined.get(("come", folder)):
        others = {other: digest for other, digest in came.files.items() if other != name}
        own = {name: step.after} if step.after else {}
        joined["come", folder] = replace(came, files={**others, **own})
    elif name == _ITEM and (renamed := joined.get(("rename", folder))):
        joined["rename", folder] = replace(renamed, after=step.after)
    else:
        earlier = joined.get(("write", step.path), step)
        joined["write", step.path] = replace(step, before=earlier.before)


def _split(path: str) -> tuple[str, str]:
    """The folder of the item, and what is in it; of other records the path, and nothing."""
    start = "private/" if path.startswith("private/items/") else ""
    folder = start + group_of(path.removeprefix(start))
    return (folder, path[len(folder) + 1 :]) if "items/" in folder else (path, "")


class _Now:
    """How things stand, and would stand once the steps that were asked about are taken back."""

    def __init__(self, store: ArchiveReader, last: LastChange) -> None:
        self._store = store
        self._last = last
        self._will_be: dict[str, str | None] = {}
        self._moved: dict[str, str] = {}

    def has(self, step: Step) -> bool:
        """Whether a step stands; it counts as taken back from here on."""
        return {
            "write": self._has_written,
            "come": self._has_come,
            "go": self._has_gone,
            "rename": self._has_renamed,
        }[step.kind](step)

    def _has_written(self, step: Step) -> bool:
        now = self._digest(step.path)
        if now == step.before:
            return False
        if now != step.after:
            raise self._changed(step.path)
        self._will_be[step.path] = step.before
        return True

    def _has_come(self, step: Step) -> bool:
        return self._files(step.path) is not None and self._is_as_said(step)

    def _has_gone(self, step: Step) -> bool:
        return self._files(step.path) is None or not self._is_as_said(step)

    def _has_renamed(self, step: Step) -> bool:
        if self._files(step.to) is not None:
            if self._digest(f"{step.to}/{_ITEM}") != step.after:
                raise self._changed(f"{step.to}/{_ITEM}")
            self._moved[step.path] = step.to
            self._will_be[f"{step.path}/{_ITEM}"] = step.before
            return True
        is_back = self._digest(f"{step.path}/{_ITEM}") == step.before
        if not (is_back or self._has_an_alias_more(step)):
            raise self._changed(f"{step.path}/{_ITEM}")
        return False

    def _has_an_alias_more(self, step: Step) -> bool:
        """Whether a renaming was taken back but for the key that is to be no alias any more.

        Where it was stopped, the alias stays: by it a seal finds a renaming that nobody noted.
        """
        with suppress(CitekitError):
            before = Item.from_text(self._last.content(str(step.before)).decode())
            now = self._store.item(before.key)
            return now.with_facts(replace(now.facts, aliases=before.facts.aliases)) == before
        return False

    def _is_as_said(self, step: Step) -> bool:
        """Whether an item's folder has these files; raises StoreConflict where it has others."""
        found = self._files(step.path) or {}
        for name in sorted(found.keys() ^ step.files.keys()):
            raise self._changed(f"{step.path}/{name}")
        for name, digest in step.files.items():
            if digest and digest_bytes(found[name]) != digest:
                raise self._changed(f"{step.path}/{name}")
        return True

    def _files(self, folder: str) -> dict[str, bytes] | None:
        """What is in an item's folder; None where there is no item."""
        path = _path(self._store, folder)
        return dict(contents_of(path)) if (path / _ITEM).is_file() else None

    def _digest(self, name: str) -> str | None:
        """The digest that a file has, or would have."""
        if name in self._will_be:
            return self._will_be[name]
        folder, rest = _split(name)
        if folder in self._moved:
            name = f"{self._moved[folder]}/{rest}"
        path = _path(self._store, name)
        with suppress(NotFound):
            return digest_bytes(files.read_bytes(path))
        return None

    def _changed(self, name: str) -> StoreConflict:
        return StoreConflict(
            "has changed since, and what it said before is not put over that",
            place=Place(path=str(self._store.root / name)),
            hint="look at what it says now; citekit edit KEY mends it",
        )
