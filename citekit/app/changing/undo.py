"""``undo``: take the last change back, as long as it is not sealed.

What comes of it is a change like any other and has its events; ``undo`` again brings back what was
taken back. Not taken back is what others may have had since, and what is to leave nothing behind:
another access, a purge, a new capture.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from citekit.app.changing.edit import refuse_sources
from citekit.errors import NotFound, StoreConflict
from citekit.model.item import Item
from citekit.model.records.codec import write_instant
from citekit.model.title_markup import without_markup
from citekit.model.value import Value
from citekit.store.log.record_kinds import action_of
from citekit.store.writing.taking_back import item_at, steps_to_take_back, take_back

if TYPE_CHECKING:
    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.last_change import Record, Step

Taken = Literal["add", "edit", "remove", "rename"]

_BARRED: Final = {
    "access": ("is about who may read something", "citekit set KEY --access changes that"),
    "capture": ("is a new capture, which is evidence", "it stays, and so does what was before it"),
    "merge": ("made one item of two", "citekit show KEY --json has what the other one said"),
    "purge": ("is a purge, which is for good", "citekit restore KEY FILE brings a file back"),
}
_HAPPENED: Final[dict[tuple[bool, bool], tuple[Taken, str]]] = {
    (True, True): ("edit", "is as before"),
    (True, False): ("remove", "is back"),
    (False, True): ("add", "is gone again"),
}
"""By whether a record was there before, and whether it was afterwards."""


class TakenBack(Value):
    """One thing that was done, to which item, entity or claim, and how it is now, in words."""

    action: Taken
    subject: str
    told: str


class Undone(Value):
    """What was done ``at`` some time and is taken back now, the last thing first."""

    at: datetime
    changes: tuple[TakenBack, ...]

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        changes = [
            {"action": one.action, "subject": one.subject, "told": one.told} for one in self.changes
        ]
        return {"at": write_instant(self.at), "undone": changes}


def plan_undo(store: ArchiveStore) -> Undone:
    """What ``undo`` would take back; nothing is changed. Raises as that does."""
    record = _last(store)
    return _told(store, record, _steps(store, record))


def undo(store: ArchiveStore) -> Undone:
    """Take back what the last change did that this computer has made here, and all of it.

    Raises NotFound where there is none, or it is sealed; StoreConflict for one that is not taken
    back, or where somebody has changed the same records since.
    """
    with store.writing(options={"undo": True}) as writer:
        record = _last(store)
        steps = _steps(store, record)
        undone = _told(store, record, steps)
        store.last_change.begin_taking()
        for step in steps:
            take_back(store, writer, store.last_change, step)
        store.last_change.forget_taken()
    return undone


def forget_last_change(store: ArchiveStore) -> None:
    """Keep nothing of the last change: it cannot be taken back then."""
    with store.writing():
        store.last_change.forget()


def _last(store: ArchiveStore) -> Record:
    record = store.last_change.read()
    if record is None or not (record.steps or record.barred):
        raise NotFound(
            "nothing to take back",
            hint="undo knows the last change that was made here and is not sealed",
        )
    if record.barred:
        what, hint = _BARRED[record.barred]
        raise StoreConflict(f"the last change {what}: that is not taken back", hint=hint)
    return record


def _steps(store: ArchiveStore, record: Record) -> list[Step]:
    steps = steps_to_take_back(store, store.last_change, record.steps)
    if not steps:
        raise NotFound("nothing to take back", hint="the last change has come to nothing")
    for step in steps:
        if step.kind == "come":
            refuse_sources(store, item_at(store, step.path).key)
    return steps


def _told(store: ArchiveStore, record: Record, steps: list[Step]) -> Undone:
    return Undone(at=record.at, changes=tuple(_tell(store, step) for step in steps))


def _tell(store: ArchiveStore, step: Step) -> TakenBack:
    """What a step did, and what becomes of it; asked before it is taken back."""
    if step.kind == "write":
        return _tell_written(store, step)
    if step.kind == "come":
        item = item_at(store, step.path)
        return TakenBack(action="add", subject=item.key, told=_with_title("is gone again", item))
    item = _kept_item(store, step.before or step.files["item.json"])
    if step.kind == "go":
        return TakenBack(action="remove", subject=item.key, told=_with_title("is back", item))
    return TakenBack(action="rename", subject=item.key, told="has this key again")


def _with_title(told: str, item: Item) -> str:
    return f"{told}: {without_markup(item.title)}" if item.title else told


def _tell_written(store: ArchiveStore, step: Step) -> TakenBack:
    name = step.path.removeprefix("private/")
    folder = name.removeprefix("notes/").removeprefix("items/").partition("/")[0]
    kind = "annotation" if name.startswith("notes/") else action_of(name)
    if kind == "item":
        before = _kept_item(store, step.before)
        told = f"as before: {', '.join(_differing(store, before))}"
        return TakenBack(action="edit", subject=before.key, told=told)
    if kind in ("annotation", "note"):
        key = store.key_in(folder) or folder
        return TakenBack(action="edit", subject=key, told=f"has the {kind}s as before")
    action, told = _HAPPENED[step.before is not None, step.after is not None]
    identifier = name.partition("/")[2].removesuffix(".json")
    return TakenBack(action=action, subject=f"{kind} {identifier}", told=told)


def _kept_item(store: ArchiveStore, digest: str | None) -> Item:
    """An item as it was kept; raises as reading that does."""
    return Item.from_text(store.last_change.content(str(digest)).decode("utf-8", "surrogateescape"))


def _differing(store: ArchiveStore, before: Item) -> list[str]:
    """The variables that are not now what they were; of what is citekit's own, the facts."""
    now = store.item(before.key)
    names = dict.fromkeys((*now.csl(), *before.csl()))
    changed = [name for name in names if now.data.get(name) != before.data.get(name)]
    if now.facts.withdrawn != before.facts.withdrawn:
        changed.append("not withdrawn" if now.facts.withdrawn else "withdrawn")
    if now.facts.aliases != before.facts.aliases:
        changed.append("aliases")
    return changed or ["evidence"]
