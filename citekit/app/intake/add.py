"""Archiving a file or an address: bytes, a capture record, an item with evidence for every field.

What citekit reads in the bytes itself, or sees an address answer, is *observed*; what somebody says
of them – the address they came from, a field given by hand – is *declared*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.app.citing.archived_item import archived
from citekit.app.intake.adding.draft import Draft, make_draft, read_opened
from citekit.app.intake.adding.sources import ToAdd, held_bytes, open_source
from citekit.app.intake.document_reading import own_publishers
from citekit.app.intake.known_source import (
    HeldBytes,
    Wish,
    bring_back,
    find_item,
    first_known,
    refuse_purged_again,
    settle,
    told_of_address,
    told_of_record,
)
from citekit.errors import StoreConflict
from citekit.extract.shared.completeness import Verdict
from citekit.findings import Finding
from citekit.model.identifiers import make_stamp, stamp_order
from citekit.model.item import Access, Item
from citekit.model.value import Value
from citekit.store.writing.arrivals import Arrival

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from citekit.app.intake.adding.sources import Opened
    from citekit.app.intake.known_source import Ask
    from citekit.app.intake.web.observed import Visited
    from citekit.capture.visitor import Visitor
    from citekit.model.capture import Capture
    from citekit.store.archive import ArchiveStore
    from citekit.store.reading import ArchiveReader
    from citekit.store.writing.writer import PayloadSource, Writer


class Added(Value):
    """One source's result: its item, whether that is new, and what was noticed.

    ``capture`` is the stamp of the capture that was made, ``completeness`` says whether that is the
    article: *complete*, *doubtful* or *failed*; both are None where the bytes were known.
    """

    key: str
    item: Item
    is_new: bool
    capture: str | None = None
    completeness: Verdict | None = None
    findings: tuple[Finding, ...] = ()


def add(
    store: ArchiveStore,
    source: str | Path | bytes | Visited,
    *,
    name: str | None = None,
    url: str | None = None,
    key: str | None = None,
    to: str | None = None,
    new_item: bool = False,
    fields: Mapping[str, Any] | None = None,
    access: Access | None = None,
    encoding: str | None = None,
    max_size_bytes: int | None = None,
    now: datetime | None = None,
    ask: Ask | None = None,
    keep: bool = False,
    visitor: Visitor | None = None,
) -> Added:
    """Archive a file, an address, or bytes, as a new item or as a new capture of one that is there.

    A visit that was made already, or that somebody else has recorded, is a source too.
    ``name`` is what bytes are called, ``url`` where the source was (declared), ``fields`` are CSL
    variables that overrule what is read, ``max_size_bytes`` is 100 MB where it is not given. An
    address is asked by ``visitor``; ``keep`` takes an answer that is no page too. Bytes of a file
    that the archive has already are not added again: the item that has them comes back, and
    the bytes too where they were absent. Other bytes of an address that an item is known at become
    a capture of it, unless ``new_item`` or ``ask`` says otherwise; ``to`` always makes a capture
    of that item, whose record stays as it is. Raises NotFound, InvalidData, StorageFailed for the
    source, CaptureFailed for an address, UsageError for what is said of it, NotFound for ``to``,
    StoreConflict for a key that is taken, an address of several items, bytes that were purged, or
    a clock that went back.
    """
    wanted = ToAdd(
        source=source,
        name=name,
        url=url,
        key=key,
        to=to,
        new_item=new_item,
        fields=fields,
        access=access,
        encoding=encoding,
        max_size_bytes=max_size_bytes,
        keep=keep,
    )
    return add_one(store, wanted, ask=ask, now=now, visitor=visitor)


def add_one(
    store: ArchiveStore,
    wanted: ToAdd,
    *,
    ask: Ask | None = None,
    now: datetime | None = None,
    visitor: Visitor | None = None,
) -> Added:
    """``add``, of what is named in one value."""
    opened = open_source(wanted, ask=ask, now=now, visitor=visitor)
    held = held_bytes(store, opened)
    if held is not None:
        return give_held(store, opened, held)
    extraction = read_opened(opened, own_publishers(store))
    return settle_and_store(store, make_draft(opened, extraction, store.settings.access))


def give_held(store: ArchiveStore, opened: Opened, held: HeldBytes) -> Added:
    """The item that has the bytes already; where they were absent, they are back."""
    held = bring_back(store, held, opened.data)
    finding = held.finding(is_told_more=opened.is_told_more)
    item = archived(store, store.item(held.key))
    return Added(key=held.key, item=item, is_new=False, findings=(finding,))


def settle_and_store(store: ArchiveStore, draft: Draft) -> Added:
    """Ask where there is something to ask, then write an item or a capture."""
    address = first_known(store, draft.asked_at)
    stored = _store(store, draft, settle(store, address, draft.opened.wish))
    return stored if isinstance(stored, Added) else give_held(store, draft.opened, stored)


def _store(store: ArchiveStore, draft: Draft, wish: Wish) -> Added | HeldBytes:
    """Write what was read, as an item or as a capture; or say who has the bytes meanwhile."""
    with store.writing(options=draft.opened.options_of_step()) as writer:
        held = held_bytes(store, draft.opened) if wish.to is None else None
        if held is not None:
            return held
        address, says_more = first_known(store, draft.asked_at), draft.opened.says_more
        target = find_item(store, address, wish)
        told = tuple(told_of_address(store, address, wish, target, is_told_more=says_more))
        refuse_purged_again(store, target or "another item", draft.contents)
        if target is None:
            item = plan_new(writer, draft, wish.key)
            (error,) = writer.add_items([arrival_of(draft, item)])
            if error is not None:
                raise error
            return added(store, draft, item, told=told or told_of_record(store, item, wish))
        draft = draft.after(last_capture(store, target))
        stamp = add_capture(store, writer, target, draft.capture, draft.contents)
    return added(store, draft, store.item(target), told=told, new_capture=stamp)


def plan_new(writer: Writer, draft: Draft, key: str | None) -> Item:
    """The item that a draft becomes; its names are kept for it. Raises StoreConflict."""
    if key is not None and not writer.is_free(key):
        hint = f"choose another --key, or make it a capture of that item: --to {key}"
        raise StoreConflict(f"the key {key} is taken", hint=hint)
    item = draft.item(key or writer.unique_key(draft.suggested_key()))
    writer.plan_item(item)
    return item


def arrival_of(draft: Draft, item: Item) -> Arrival:
    """The item with its first capture, to be written."""
    return Arrival(
        item=item,
        captures={draft.stamp: draft.capture},
        payloads=draft.contents,
        options=draft.opened.options_of_step(),
    )


def added(
    store: ArchiveStore,
    draft: Draft,
    item: Item,
    *,
    told: Iterable[Finding] = (),
    new_capture: str | None = None,
) -> Added:
    """What is said of a source that was written, as an item or as the capture of this stamp."""
    is_new = new_capture is None
    return Added(
        key=item.key,
        item=archived(store, item),
        is_new=is_new,
        capture=new_capture or draft.stamp,
        completeness=draft.completeness.verdict,
        findings=(*told, *draft.findings(item, is_new=is_new)),
    )


def last_capture(store: ArchiveReader, key: str) -> Capture | None:
    """The newest capture of an item."""
    captures = list(store.captures(key).values())
    return captures[-1] if captures else None


def add_capture(
    store: ArchiveStore,
    writer: Writer,
    key: str,
    capture: Capture,
    contents: Mapping[str, PayloadSource],
) -> str:
    """One more capture of an item; its stamp. Raises StoreConflict where there are later ones.

    The evidence in item.json counts in the item's first capture, so none can come before others.
    """
    stamps = store.stamps(key)
    stamp = make_stamp(capture.captured_at, frozenset(stamps))
    if stamps and stamp_order(stamp) < stamp_order(stamps[-1]):
        raise StoreConflict(
            f"{key} has a capture of later: {stamps[-1]}",
            hint="set this machine's clock, or SOURCE_DATE_EPOCH, right",
        )
    writer.add_capture(key, stamp, capture, contents)
    return stamp
