"""Two items that are one work: one stays and takes in all that the other one has.

The key that goes leads to the item that stays, as after a renaming. Of a variable that both have
otherwise the value of the item that stays counts, and the whole record of the other is kept in it
(``custom.citekit.merged``). Captures come over to the byte, so that what was sealed stays so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citekit.app.annotating.annotate import shortened_to_fit
from citekit.app.citing.archived_item import archived
from citekit.errors import StoreConflict, UsageError
from citekit.findings import Finding, Severity
from citekit.model.identifiers import make_stamp, stamp_order
from citekit.model.item import Item
from citekit.model.quotation import longest_text, words_shown
from citekit.model.records.codec import write_instant
from citekit.model.value import Value, replace
from citekit.store import files
from citekit.store.clock import now
from citekit.store.writing.merging import Merged

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citekit.model.annotation import Annotation
    from citekit.model.item import ItemFacts
    from citekit.store.archive import ArchiveStore

_OWN: Final = ("id", "custom", "keyword")
"""Variables with a rule of their own."""
_BETWEEN: Final = "\n\n***\n\n"


class ItemsMerged(Value):
    """The item that stays, and what came to it, or would.

    ``taken`` are variables that it lacked, ``kept`` those that it has otherwise than one of the
    ``gone``. ``captures`` are the stamps of those that came.
    """

    item: Item
    gone: tuple[str, ...]
    taken: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    captures: tuple[str, ...] = ()
    annotations: int = 0
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "key": self.item.key,
            "gone": list(self.gone),
            "taken": list(self.taken),
            "kept": list(self.kept),
            "captures": list(self.captures),
            "annotations": self.annotations,
            "findings": [finding.to_json() for finding in self.findings],
        }


def merge(
    store: ArchiveStore, key: str, others: Sequence[str], *, dry_run: bool = False
) -> ItemsMerged:
    """Have an item take in others: captures, annotations, notes, tags, keys and what it lacks.

    Each is a change of its own, and none can be taken back. A dry run writes nothing. Raises
    NotFound for an unknown item, UsageError for one with itself or a withdrawn one, StoreConflict
    for items of which others may see more of one than of the other.
    """
    kept, goners = _checked(store, key, others)
    if dry_run:
        done = [_Merger(store, kept, gone) for gone in goners]
        return _told(store.item(kept), goners, done)
    done = []
    with store.writing() as writer:
        kept, goners = _checked(store, key, others)
        for gone in goners:
            done.append(_Merger(store, kept, gone))
            writer.merge_item(done[-1].merged)
    return _told(archived(store, store.item(kept)), goners, done)


def _told(item: Item, goners: Sequence[str], done: Sequence[_Merger]) -> ItemsMerged:
    return ItemsMerged(
        item=item,
        gone=tuple(goners),
        taken=_named(one.taken for one in done),
        kept=_named(one.differing for one in done),
        captures=_named(one.stamps.values() for one in done),
        annotations=sum(len(one.moved) for one in done),
        findings=tuple(told for one in done for told in one.findings),
    )


def _checked(store: ArchiveStore, key: str, others: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The key that stays and those that go, once it is found that all can be one; raises."""
    kept, goners = store.resolve(key), tuple(map(store.resolve, others))
    if not goners:
        raise UsageError(f"with which item is {kept} to be merged?", hint="--merge KEY OTHER")
    if len({kept, *goners}) <= len(goners):
        raise UsageError(f"two of these keys lead to one item: {key}, {', '.join(others)}")
    access = store.item(kept).facts.access
    for one in (kept, *goners):
        facts = store.item(one).facts
        if facts.withdrawn:
            raise UsageError(f"{one} is withdrawn", hint=f"citekit remove {one} --undo")
        if facts.access != access:
            raise StoreConflict(
                f"{kept} is {access}, {one} is {facts.access}",
                hint=f"decide first who may read it: citekit set {one} --access {access}",
            )
    return kept, goners


def _named(groups: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))


class _Merger:
    """What one item that goes brings to the one that stays."""

    def __init__(self, store: ArchiveStore, kept: str, gone: str) -> None:
        self._store = store
        self._kept, self._gone = store.item(kept), store.item(gone)
        ours, theirs = self._kept.data, self._gone.data
        both = [name for name in theirs if name in ours and name not in _OWN]
        self.taken = tuple(name for name in theirs if name not in ours and name not in _OWN)
        self.differing = tuple(name for name in both if ours[name] != theirs[name])
        self.findings: list[Finding] = []
        self.stamps, records = self._captures()
        self.moved = self._annotations()
        self.merged = Merged(
            item=self._item(),
            gone=gone,
            captures=records,
            annotations=(*store.annotations(kept), *self.moved),
            note=self._note(),
        )

    def _captures(self) -> tuple[dict[str, str], dict[str, bytes]]:
        """For each capture that comes its stamp here; and the records, to the byte."""
        store, kept, gone = self._store, self._kept.key, self._gone.key
        here = {files.read_bytes(store.layout.capture_file(kept, s)): s for s in store.stamps(kept)}
        taken, stamps, records = set(store.stamps(kept)), {}, {}
        for stamp, capture in store.captures(gone).items():
            data = files.read_bytes(store.layout.capture_file(gone, stamp))
            if data in here:
                stamps[stamp] = here[data]
                continue
            stamps[stamp] = make_stamp(capture.captured_at, frozenset(taken))
            taken.add(stamps[stamp])
            records[stamps[stamp]] = data
        return stamps, records

    def _annotations(self) -> tuple[Annotation, ...]:
        """Those of the item that goes, on captures by their stamps here, within the limits."""
        existing = list(self._store.annotations(self._kept.key))
        captures = [*self._store.captures(self._kept.key).values()]
        captures += self._store.captures(self._gone.key).values()
        words, moved = longest_text(captures), []
        for annotation in self._store.annotations(self._gone.key):
            here = annotation.with_captures(self.stamps)
            if self._kept.facts.access == "restricted" and not here.is_private:
                shown = words_shown(here)
                here = shortened_to_fit(here, words, existing)
                if words_shown(here) < shown:
                    self.findings.append(_shortened(self._kept.key))
            existing.append(here)
            moved.append(here)
        return tuple(moved)

    def _note(self) -> str | None:
        """The notes of both, below each other."""
        both = (self._store.note(self._kept.key), self._store.note(self._gone.key))
        notes = dict.fromkeys(note.rstrip("\n") for note in both if note)
        return _BETWEEN.join(notes) + "\n" if notes else None

    def _item(self) -> Item:
        tags = dict.fromkeys([*self._kept.tags, *self._gone.tags])
        news = {name: self._gone.data[name] for name in self.taken}
        if self._gone.tags:
            news["keyword"] = ", ".join(tags)
        return self._kept.with_variables(news).with_facts(self._facts())

    def _facts(self) -> ItemFacts:
        ours, theirs = self._kept.facts, self._gone.facts
        record: dict[str, Any] = {
            "key": self._gone.key,
            "at": write_instant(now()),
            "item": self._gone.as_merged(),
        }
        came = {name: value for name, value in theirs.imported.items() if _came(name, self.taken)}
        archived_copies = {copy.url: copy for copy in (*theirs.archived, *ours.archived)}
        return replace(
            ours,
            aliases=tuple(dict.fromkeys([*ours.aliases, self._gone.key, *theirs.aliases])),
            foreign_ids=tuple(dict.fromkeys([*ours.foreign_ids, *theirs.foreign_ids])),
            archived=tuple(archived_copies.values()),
            merged=(*ours.merged, *theirs.merged, record),
            evidence_in=self._evidence_in(),
            imported={**came, **ours.imported},
            entry=ours.entry or theirs.entry,
        )

    def _evidence_in(self) -> str | None:
        """The capture in which the evidence counts, where another one is the first now."""
        ours, news = self._store.stamps(self._kept.key), self.stamps.values()
        is_first = not ours or all(stamp_order(ours[0]) < stamp_order(new) for new in news)
        if self._kept.facts.evidence_in or is_first or not self._kept.facts.evidence:
            return self._kept.facts.evidence_in
        return ours[0]


def _came(name: str, taken: Sequence[str]) -> bool:
    """Whether what is known of an import is still true: of variables that came over, and of ids."""
    return name in taken or name.startswith("urn:")


def _shortened(key: str) -> Finding:
    return Finding(
        code="CK-I713",
        severity=Severity.NOTE,
        message=f"{key}: an annotation shows less, for together they would show too much",
        rule="Access: what a restricted item shows of its text",
    )
