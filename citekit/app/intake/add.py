"""Archiving a file or an address: bytes, a capture record, an item with evidence for every field.

What citekit reads in the bytes itself, or sees an address answer, is *observed*; what somebody says
of them – the address they came from, a field given by hand – is *declared*.
"""

from __future__ import annotations

import codecs
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import urlsplit

from citekit.app.citing.archived_item import archived
from citekit.app.intake.describe import Declared, describe
from citekit.app.intake.document_reading import own_publishers, read_extraction
from citekit.app.intake.known_source import (
    HeldBytes,
    Wish,
    address_of,
    bring_back,
    find_bytes,
    find_item,
    first_known,
    refuse_purged_again,
    settle,
    told_of_address,
)
from citekit.app.intake.new_citekey import make_citekey
from citekit.app.intake.payloads import build_payloads
from citekit.app.intake.restore import is_address
from citekit.app.intake.web.observed import Visited, cited_address, seen
from citekit.errors import InvalidData, NotFound, StorageFailed, StoreConflict, UsageError
from citekit.findings import Finding, Severity
from citekit.model.capture import Capture, Source
from citekit.model.citekey import check_citekey
from citekit.model.identifiers import make_stamp, stamp_order
from citekit.model.item import Access, Item
from citekit.model.nearest import did_you_mean
from citekit.model.value import Value, replace
from citekit.model.variables import VARIABLES
from citekit.store.clock import now as this_second
from citekit.store.writing.event_recorder import this_tool

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from citekit.app.intake.known_source import Ask
    from citekit.capture.visitor import Visitor
    from citekit.extract import Extraction
    from citekit.store.archive import ArchiveStore
    from citekit.store.writing.writer import PayloadSource, Writer

DEFAULT_MAX_SIZE_BYTES: Final = 100 * 10**6

_MISSED: Final = {"no-title": "title", "no-date": "issued"}  # rule of a finding -> variable


class Added(Value):
    """One source's result: its item, whether that is new, and what was noticed.

    ``capture`` is the stamp of the capture that was made; None where the bytes were known.
    """

    key: str
    item: Item
    is_new: bool
    capture: str | None = None
    findings: tuple[Finding, ...] = ()


class _Taken(NamedTuple):
    """The bytes of a source, what they are called, and how an address answered with them."""

    data: bytes
    name: str | None
    visited: Visited | None = None

    @property
    def is_own_visit(self) -> bool:
        """Whether citekit itself saw an address answer: that is news, also with known bytes."""
        return self.visited is not None and self.visited.recorded_in is None


class _Read(NamedTuple):
    """A source that has been read: its bytes, what was found in them, and what was said of it."""

    taken: _Taken
    extraction: Extraction
    declared: Declared
    options: Mapping[str, Any]
    captured_at: datetime

    @property
    def addresses(self) -> tuple[str, ...]:
        """The address that was visited or given, or that was saved in the file."""
        if self.taken.visited:
            exchange = self.taken.visited.exchange
            cited = cited_address(exchange, self.extraction)
            return tuple(dict.fromkeys([exchange.url, exchange.final_url, cited]))
        address = address_of(self.declared.url, self.extraction)
        return (address,) if address else ()

    @property
    def says_more(self) -> bool:
        """Whether something was said that shapes an item, and no capture."""
        return bool(self.declared.fields or self.declared.access)


class _Made(NamedTuple):
    """A capture, and the bytes of its payloads by digest."""

    capture: Capture
    contents: Mapping[str, PayloadSource]


def read_source(source: Path, *, max_size_bytes: int = DEFAULT_MAX_SIZE_BYTES) -> bytes:
    """A file's bytes.

    Raises NotFound, InvalidData (a folder, empty, larger than the limit) or StorageFailed.
    """
    try:
        if source.is_dir():
            hint = "name the files in it, such as FOLDER/*.html"
            raise InvalidData("is a folder, not a file", place=str(source), hint=hint)
        if source.exists() and not source.is_file():  # a pipe or a device may never end
            hint = "give its bytes on stdin: … | citekit add -"
            raise InvalidData("is no regular file", place=str(source), hint=hint)
        with source.open("rb") as file:
            data = file.read(max_size_bytes + 1)
    except FileNotFoundError as error:
        raise NotFound("no such file", place=str(source), hint=_near_files(source)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageFailed(f"cannot be read: {reason}", place=str(source)) from error
    return check_size(data, str(source), max_size_bytes=max_size_bytes)


def _near_files(source: Path) -> str:
    """Files in the same folder that are called nearly so; else where to look."""
    try:
        names = [path.name for path in source.parent.iterdir()]
    except OSError:
        return "look at the path: its folder cannot be read"
    return did_you_mean(source.name, names) or "look at the path; - reads stdin"


def check_size(data: bytes, place: str, *, max_size_bytes: int) -> bytes:
    """The data, if there is some and not too much; raises InvalidData."""
    if not data:
        raise InvalidData("is empty", place=place, hint="nothing to archive")
    if len(data) > max_size_bytes:
        limit = f"{max_size_bytes / 10**6:g} MB"
        raise InvalidData(
            f"is larger than {limit}", place=place, hint="allow it with --max-size, such as 2GB"
        )
    return data


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
    check_encoding(encoding)
    declared = Declared(url=check_url(url), fields=fields, access=access, encoding=encoding)
    wish = Wish(key=key, to=to, new_item=new_item, ask=ask)
    _check_wish(wish, declared)
    limit = max_size_bytes or DEFAULT_MAX_SIZE_BYTES
    taken = _take(source, name, limit, url=url, keep=keep, visitor=visitor)
    is_told_more = any((key, url, fields, access, encoding))
    held = find_bytes(store, taken.data) if to is None and not taken.is_own_visit else None
    if held is None:
        read = _read(store, taken, declared, limit, now or this_second())
        stored = _store(store, read, settle(store, first_known(store, read.addresses), wish))
        if isinstance(stored, Added):
            return stored
        held = stored
    held = bring_back(store, held, taken.data)
    finding = held.finding(is_told_more=is_told_more)
    return Added(
        key=held.key, item=archived(store, store.item(held.key)), is_new=False, findings=(finding,)
    )


def _take(
    source: str | Path | bytes | Visited,
    name: str | None,
    limit: int,
    *,
    url: str | None,
    keep: bool,
    visitor: Visitor | None,
) -> _Taken:
    """The bytes of a source, and what it is called."""
    if isinstance(source, Visited):
        return _Taken(source.exchange.body, None, source)
    if isinstance(source, bytes):
        return _Taken(check_size(source, name or "stdin", max_size_bytes=limit), name)
    if isinstance(source, str) and is_address(source):
        if url is not None:
            raise UsageError("--url says where a file was", hint="an address says that itself")
        from citekit.app.intake.web.visiting import visit

        visited = visit(source, visitor, keep=keep, max_size_bytes=limit)
        return _Taken(visited.exchange.body, None, visited)
    path = Path(source)
    data = read_source(path, max_size_bytes=limit)
    # a name may be any bytes
    return _Taken(data, os.fsencode(path.name).decode("utf-8", "replace"))


def _read(
    store: ArchiveStore, taken: _Taken, declared: Declared, limit: int, at: datetime
) -> _Read:
    """What a source says of itself; a server says what it is of what it sends."""
    visited = taken.visited
    extraction = read_extraction(
        taken.data,
        name=visited.name if visited else taken.name,
        url=visited.exchange.final_url if visited else declared.url,
        media_type=visited.exchange.content_type if visited else None,
        encoding=declared.encoding,
        publishers=own_publishers(store),
        now=at,
    )
    _refuse_binary_text(extraction, taken.name)
    is_default = limit == DEFAULT_MAX_SIZE_BYTES
    options = {"encoding": declared.encoding, "max_size_bytes": None if is_default else limit}
    return _Read(taken, extraction, declared, options, at)


def _check_wish(wish: Wish, declared: Declared) -> None:
    """Raise UsageError, or InvalidData for a key that none can be."""
    wish.check()
    if wish.key is not None:
        check_citekey(wish.key)
    if wish.to is not None and (declared.fields or declared.access):
        raise UsageError(
            "the record and the access of an item stay as they are when it has a new capture",
            hint=f"change them: citekit set {wish.to} FIELD=VALUE, or --access",
        )


def check_url(url: str | None) -> str | None:
    """The address, if it is an absolute http or https one; raises UsageError."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        good = False
    if not good or re.search(r"[\s<>\"\x00-\x1f]", url):
        raise UsageError(f"is no web address: {url!r}", hint="for example https://example.org/news")
    return url


def check_encoding(name: str | None) -> None:
    """Refuse an encoding that nobody knows; raises UsageError."""
    try:
        codecs.lookup(name or "utf-8")
    except (LookupError, ValueError) as error:
        hint = "use a name such as utf-8, windows-1254 or shift_jis"
        raise UsageError(f"no encoding is called {name!r}", hint=hint) from error


def _refuse_binary_text(extraction: Extraction, name: str | None) -> None:
    """A file that its name calls text must be one: else a wrong file would pass unseen."""
    named_text = re.search(r"\.(txt|text|md|html?)$", name or "", re.IGNORECASE)
    if extraction.kind == "other" and named_text:
        raise InvalidData(
            "is binary, though its name says text",
            place=name,
            hint="name its --encoding, or rename the file to keep its bytes as they are",
        )


def _store(store: ArchiveStore, read: _Read, wish: Wish) -> Added | HeldBytes:
    """Write what was read, as an item or as a capture; or say who has the bytes meanwhile."""
    made = _make_capture(read)
    options = {**read.options, **_of_the_item(read.declared)}
    with store.writing(options=options) as writer:
        is_own = read.taken.is_own_visit
        held = find_bytes(store, read.taken.data) if wish.to is None and not is_own else None
        if held is not None:
            return held
        address = first_known(store, read.addresses)
        target = find_item(store, address, wish)
        told = tuple(told_of_address(store, address, wish, target, is_told_more=read.says_more))
        refuse_purged_again(store, target or "another item", made.contents)
        if target is None:
            item = _add_item(store, writer, read, made, wish.key)
            stamp = make_stamp(read.captured_at)
        else:
            item = store.item(target)
            stamp = _add_capture(store, writer, target, made)
    findings = _findings(read, item, is_new=target is None)
    return Added(
        key=item.key,
        item=archived(store, item),
        is_new=target is None,
        capture=stamp,
        findings=(*told, *findings),
    )


def _make_capture(read: _Read) -> _Made:
    visited = read.taken.visited
    payloads, contents = build_payloads(read.taken.data, read.extraction, visited)
    said = {"source": _source(read.declared, read.extraction, read.taken.name)}
    capture = Capture(
        captured_at=read.captured_at,
        tool=this_tool(read.options, read.extraction.libraries),
        payloads=payloads,
        **(seen(visited) if visited else said),
    )
    return _Made(capture, contents)


def _add_item(
    store: ArchiveStore, writer: Writer, read: _Read, made: _Made, key: str | None
) -> Item:
    """A new item with its first capture; raises StoreConflict for a key that is taken."""
    if key is not None and _is_taken(store, key):
        hint = f"choose another --key, or make it a capture of that item: --to {key}"
        raise StoreConflict(f"the key {key} is taken", hint=hint)
    visited = read.taken.visited if read.taken.is_own_visit else None
    cited = cited_address(visited.exchange, read.extraction) if visited else None
    access = store.settings.access
    variables, facts = describe(read.extraction, read.declared, access, visited=cited)
    chosen = key or writer.unique_key(make_citekey(variables))
    item = Item.from_json({"id": chosen, **variables}).with_facts(facts)
    stamp = make_stamp(read.captured_at)
    writer.add_item(item, captures={stamp: made.capture}, payloads=made.contents)
    return item


def _add_capture(store: ArchiveStore, writer: Writer, key: str, made: _Made) -> str:
    """One more capture of an item; its stamp.

    The evidence in item.json counts in the item's first capture, so none can come before others.
    """
    stamps = store.stamps(key)
    stamp = make_stamp(made.capture.captured_at, frozenset(stamps))
    if stamps and stamp_order(stamp) < stamp_order(stamps[-1]):
        raise StoreConflict(
            f"{key} has a capture of later: {stamps[-1]}",
            hint="set this machine's clock, or SOURCE_DATE_EPOCH, right",
        )
    writer.add_capture(key, stamp, made.capture, made.contents)
    return stamp


def _findings(read: _Read, item: Item, *, is_new: bool) -> Iterator[Finding]:
    """What was noticed; of what was missed only that which the record does not have, either."""
    given = (read.declared.fields or {}) if is_new else {}
    yield from read.taken.visited.findings if read.taken.visited else ()
    for finding in read.extraction.findings:
        variable = _MISSED.get(finding.rule)
        if variable is None:
            yield finding
        elif variable not in (given if is_new else item.data):
            yield replace(finding, hint=f"give it by hand: citekit set {item.key} {variable}=…")
    yield from unknown_variables(given)


def unknown_variables(fields: Mapping[str, Any]) -> Iterator[Finding]:
    """A warning for each field that CSL does not know: it is kept, and no style prints it."""
    for name in fields:
        if name not in VARIABLES:
            yield Finding(
                code="CK-W105",
                severity=Severity.WARNING,
                message=f"CSL has no field {name!r}: it is kept, and no style prints it",
                hint=did_you_mean(name, VARIABLES),
            )


def _of_the_item(declared: Declared) -> dict[str, Any]:
    """Options that shape the item, not the capture; of fields the names, for the log is public."""
    fields = sorted(declared.fields) if declared.fields else None
    return {"access": declared.access, "fields": fields}


def _is_taken(store: ArchiveStore, key: str) -> bool:
    try:
        store.resolve(key)
    except NotFound:
        return False
    return True


def _source(declared: Declared, extraction: Extraction, name: str | None) -> Source:
    """Where the bytes came from; a saved page's own word for its address counts as declared."""
    said_by_file = declared.url is None and extraction.source_url is not None
    return Source(
        fact="declared",
        url=declared.url or extraction.source_url,
        file=name,
        declared_by="file" if said_by_file else "user" if declared.url else None,
        declared_at=extraction.captured_at,
    )
