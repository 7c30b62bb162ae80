"""What the index keeps of one item: the columns of a list, the texts that are searched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from citekit.errors import CitekitError
from citekit.model.records.codec import write_instant
from citekit.model.value import Value
from citekit.model.variables import NAME_VARIABLES
from citekit.store.addresses import findable_addresses

if TYPE_CHECKING:
    from citekit.model.annotation import Annotation
    from citekit.model.capture import Capture
    from citekit.model.date import Date
    from citekit.model.item import Item
    from citekit.model.name import Name
    from citekit.store.reading import ArchiveReader

_TEXTS: Final = (
    *("title", "names", "author", "issued", "container", "publisher", "type", "access", "url"),
    *("tags", "added", "variables"),
)
_YEARS: Final = 10**9
_FIRST_NAMED: Final = ("author", "editor", "director", "recipient", "contributor")


class Entry(Value):
    """One item: columns of the table of items, texts by field, payloads as digest, stamp, role.

    One that is withdrawn has no texts: nobody finds it by them. ``addresses`` are those at which it
    is known.
    """

    columns: Mapping[str, str | int | None]
    texts: Mapping[str, str]
    payloads: tuple[tuple[str, str, str], ...] = ()
    addresses: frozenset[str] = frozenset()


def read_entry(store: ArchiveReader, folder: str) -> Entry:
    """Read the item in a folder; one that cannot be read becomes an entry that says why."""
    key = store.key_in(folder) or folder
    try:
        item = store.item_in(folder)
        annotations = store.annotations(key)
        known = store.captures(key)
        note = store.note(key) or ""
    except CitekitError as error:
        return Entry(columns=_columns(folder, key, problem=str(error)), texts={})
    text, lacks_text = _text(store, known)
    columns = _columns(
        folder,
        key,
        **_said(item),
        lacks_text=lacks_text,
        added=_added(store, folder, known),
        annotations=len(annotations),
        captures=len(known),
    )
    payloads = tuple(
        (payload.digest, stamp, role)
        for stamp, capture in known.items()
        for role, payload in capture.payloads.items()
    )
    return Entry(
        columns=columns,
        texts={} if item.facts.withdrawn else _texts(item, note, annotations, text),
        payloads=payloads,
        addresses=findable_addresses(item, known.values()),
    )


def _columns(folder: str, key: str, **known: str | int | None) -> dict[str, str | int | None]:
    columns: dict[str, str | int | None] = {"folder": folder, "key": key, "problem": None}
    columns.update(dict.fromkeys(_TEXTS, ""), year=None)
    columns.update(dict.fromkeys(("lacks_text", "annotations", "captures"), 0))
    return {**columns, **known}


def _said(item: Item) -> dict[str, str | int | None]:
    """What the record says, as a list shows it."""
    makers, date = _makers(item), item.date("issued")
    return {
        "title": item.title,
        "names": "\n".join(" ".join(str(name).split()) for name in makers),
        "author": _in_short(makers),
        "issued": date.to_edtf() if date else "",
        "year": _year(date),
        "container": item.text("container-title"),
        "publisher": item.text("publisher"),
        "type": item.type,
        "access": "withdrawn" if item.facts.withdrawn else item.facts.access,
        "url": item.text("URL"),
        "tags": "\n".join(item.tags),
        "variables": "\n".join(name for name in item.data if name not in ("id", "custom")),
    }


def _texts(item: Item, note: str, annotations: tuple[Annotation, ...], text: str) -> dict[str, str]:
    people = (str(name) for variable in sorted(NAME_VARIABLES) for name in item.names(variable))
    tags = dict.fromkeys(tag for annotation in annotations for tag in annotation.tags)
    return {
        "key": " ".join((item.key, *item.facts.aliases)),
        "title": item.title,
        "names": _lines(*people),
        "publisher": _lines(item.text("publisher"), item.text("container-title")),
        "tags": _lines(item.text("keyword"), *tags),
        "note": _lines(note, item.text("note"), item.text("abstract")),
        "annotations": _lines(*(part for a in annotations for part in (a.note, _quoted(a)))),
        "text": text,
    }


def _quoted(annotation: Annotation) -> str:
    """The words it shows: on a machine without the text they are all that can be found."""
    return annotation.passage.exact or "" if annotation.passage else ""


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _makers(item: Item) -> tuple[Name, ...]:
    """Who made it: the authors, else the editors, and so on."""
    named = (item.names(variable) for variable in _FIRST_NAMED)
    return next(filter(None, named), ())


def _in_short(makers: Sequence[Name]) -> str:
    """The makers as a list names them: ``Lund``, ``Lund & Díaz``, ``Lund et al.``."""
    families = [
        " ".join(f"{name.non_dropping_particle} {name.family}".split())
        or " ".join(str(name).split())
        for name in makers[:2]
    ]
    return f"{families[0]} et al." if len(makers) > 2 else " & ".join(filter(None, families))


def _year(date: Date | None) -> int | None:
    """The first year, if the database takes it."""
    year = date.year if date else None
    return year if year is not None and abs(year) < _YEARS else None


def _added(store: ArchiveReader, folder: str, captures: Mapping[str, Capture]) -> str:
    """When it was first captured; of a record alone, when that was last written."""
    first = next(iter(captures.values()), None)
    if first:
        return write_instant(first.captured_at)
    try:
        written = (store.layout.folder_of(folder) / "item.json").stat().st_mtime
        return write_instant(datetime.fromtimestamp(int(written), UTC))
    except (OSError, ValueError, OverflowError):  # gone, or from a clock of no calendar
        return ""


def _text(store: ArchiveReader, captures: Mapping[str, Capture]) -> tuple[str, int]:
    """The text of the latest capture that has one, and whether it is absent here."""
    for capture in reversed(list(captures.values())):
        if "text" in capture.payloads:
            with suppress(CitekitError):  # damaged bytes are for verify to tell
                payload = capture.payloads["text"]
                data = store.payload(payload.digest, payload.size_bytes)
                return (data or b"").decode("utf-8", "replace"), int(data is None)
            return "", 1
    return "", 0
