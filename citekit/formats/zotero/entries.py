"""An item of Zotero, as its programs know it, as an entry of CSL-JSON with what it brings along.

Both readers hand items over in the form of Zotero's own JSON: ``itemType``, fields by their names,
``creators``, ``tags``, ``notes`` and ``attachments``. It is other people's data: of any value that
has not the type it should have, nothing is read.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.attached import Attached, AttachedFile, AttachedNote, Mark
from citekit.formats.zotero.note_html import read_note
from citekit.model.date import Date, DateError
from citekit.model.records.codec import read_instant
from citekit.model.records.plain_toml import read_table
from citekit.model.value import Value
from citekit.model.variables import DATE_VARIABLES, ITEM_TYPES

if TYPE_CHECKING:
    from citekit.model.records.json_text import Json

    Item = Mapping[str, Json]

_OF_ZOTERO: Final = frozenset(
    """annotations attachments charset citationKey citekey collections contentType creators
    defaultPath deleted extra filename inPublications itemID itemKey itemType key libraryID linkMode
    localPath md5 mtime multi note notes parentItem path seeAlso select tags uri
    version""".split()  # noqa: SIM905
)
"""What is read by itself, or says something of Zotero's database alone."""
_UNTOLD: Final = frozenset({"dateAdded", "dateModified", "relations"})
"""Kept like other fields, but told of nobody: every item has them."""
_KEY_IN_EXTRA: Final = re.compile(r"(?im)^[ \t]*citation[ -]?key[ \t]*:[ \t]*(\S{1,1000})[ \t]*\n?")
_TYPE_IN_EXTRA: Final = re.compile(r"(?im)^[ \t]*type[ \t]*:[ \t]*([a-z_-]{3,30})[ \t]*\n?")
_MONTH_AND_YEAR: Final = re.compile(r"(0?[1-9]|1[0-2])/([12]\d{3})")
_BY_SLASHES: Final = re.compile(r"([12]\d{3})/(0?[1-9]|1[0-2])(?:/(0?[1-9]|[12]\d|3[01]))?")
_LONGEST_TITLE: Final = 120
_SPACE_OF_IDS: Final = uuid.UUID("0f4b7c2e-6a3d-5f18-9a7e-5c0d1e2f3a4b")
"""The namespace of the ids that highlights get, so that one has the same id each time."""


@cache
def table(name: str) -> Mapping[str, str]:
    """One table of ``fields.toml``."""
    found: Mapping[str, str] = read_table(Path(__file__).with_name("fields.toml"))[name]
    return found


class Entry(Value):
    """A CSL-JSON entry, what it brings along, and the fields that no variable holds."""

    data: dict[str, Any]
    attached: Attached = Attached()
    left: tuple[str, ...] = ()


def read_item(item: Item, collections: Sequence[str] = ()) -> Entry:
    """An item as an entry; ``collections`` are the names of those it is in."""
    kind = _text(item.get("itemType"))
    data: dict[str, Any] = {"type": table("types").get(kind, "document")}
    left = _take_fields(item, kind, data)
    _take_creators(item, kind, data, left)
    _take_extra(_lines(item.get("extra")), data)
    _take_names(item, data)
    attached = _attached(item)
    if kind in ("attachment", "note") and "title" not in data:
        data["title"] = _title_of(attached)
    _take_tags([*_tags(item), *collections], data, left)
    if kind not in table("types"):
        left["itemType"] = kind
    if left:
        kept = {"format": "zotero", "itemType": kind, "left": left}
        own = data.setdefault("custom", {}).setdefault("citekit", {})
        own["entry"] = kept
    told = tuple(name for name in left if name not in _UNTOLD)
    return Entry(data=data, attached=attached, left=told)


# ── fields ─────────────────────────────────────────────────────────────────────────────────────


def _take_fields(item: Item, kind: str, data: dict[str, Any]) -> dict[str, Any]:
    """Give each variable its field; the fields that none holds come back."""
    left: dict[str, Any] = {}
    for name, value in item.items():
        if name in _OF_ZOTERO or value in (None, "", [], {}, False):
            continue
        variable = table("fields").get(name)
        if name == "place":
            variable = table("event-places").get(kind, variable)
        text = _text(value)
        if variable is None or variable in data or not text:
            left[name] = value
        else:
            data[variable] = _date(text) if variable in DATE_VARIABLES else text
    return left


def _date(text: str) -> Any:  # noqa: ANN401  # a CSL date, or words that somebody else may read
    """A date as Zotero writes it; an instant is the day that it is in."""
    text = _MONTH_AND_YEAR.sub(r"\2-\1", text) if _MONTH_AND_YEAR.fullmatch(text) else text
    slashes = _BY_SLASHES.fullmatch(text)
    if slashes:
        text = "-".join(part.zfill(2) for part in slashes.groups() if part)
    text = re.sub(r"-(\d)(?!\d)", r"-0\1", text)
    text = re.sub(r"^(\d{4}-\d\d-\d\d) \d\d:\d\d:\d\d$", r"\1", text)
    try:
        return Date.from_edtf(text).to_json()
    except DateError:
        return text


def _take_creators(item: Item, kind: str, data: dict[str, Any], left: dict[str, Any]) -> None:
    first = table("authors").get(kind)
    others = []
    for creator in _objects(item.get("creators")):
        role = _text(creator.get("creatorType")) or "author"
        variable = "author" if role == first else table("creators").get(role)
        name = _name(creator)
        if variable is None:
            others.append(dict(creator))
        elif name:
            data.setdefault(variable, []).append(name)
    if others:
        left["creators"] = others


def _name(creator: Item) -> dict[str, str]:
    """A person, or an organisation, whose name has one part."""
    whole = _text(creator.get("name"))
    family, given = _text(creator.get("lastName")), _text(creator.get("firstName"))
    if whole or creator.get("fieldMode") in (1, "1") or not (family and given):
        literal = whole or " ".join(filter(None, (given, family)))
        return {"literal": literal} if literal else {}
    return {"family": family, "given": given}


def _take_extra(extra: str, data: dict[str, Any]) -> None:
    """Take key and type out of "Extra"; other variables in it are read wherever a note is."""
    key = _KEY_IN_EXTRA.search(extra)
    if key:
        data["citation-key"] = key[1]
        extra = extra.replace(key[0], "", 1)
    kind = _TYPE_IN_EXTRA.search(extra)
    if kind and kind[1].lower() in ITEM_TYPES:
        data["type"] = kind[1].lower()
        extra = extra.replace(kind[0], "", 1)
    if extra.strip():
        data["note"] = extra.strip()


def _take_names(item: Item, data: dict[str, Any]) -> None:
    """What the item is called: its address in Zotero is the same for good, its key may change."""
    key, pinned = _text(item.get("citationKey") or item.get("citekey")), data.get("citation-key")
    if key:
        data["citation-key"] = key
    if key and pinned not in (None, key):
        data["custom"] = {"citekit": {"aliases": [pinned]}}
    if _text(item.get("uri")):
        data["id"] = _text(item.get("uri"))


def _take_tags(tags: Sequence[str], data: dict[str, Any], left: dict[str, Any]) -> None:
    """Tags as ``keyword`` has them: between commas, so that none has one in it."""
    if any(re.search("[,;]", tag) for tag in tags):
        left["tags"] = list(tags)
    plain = (" ".join(re.sub("[,;]", " ", tag).split()) for tag in tags)
    words = list(dict.fromkeys(filter(None, plain)))
    if words:
        data["keyword"] = ", ".join(words)


# ── what an item brings along ──────────────────────────────────────────────────────────────────


def _attached(item: Item) -> Attached:
    files, uri = [*_objects(item.get("attachments"))], _text(item.get("uri"))
    if item.get("itemType") == "attachment":
        files.append(item)
    notes = [*_notes(item, uri), *(note for file in files for note in _notes(file, uri))]
    return Attached(files=tuple(_file(file, uri) for file in files), notes=tuple(notes))


def _title_of(attached: Attached) -> str:
    """What a file or note without an item is called: by its name, by its first line."""
    for file in attached.files:
        return re.split(r"[/\\]", file.path)[-1] or "Untitled file"
    first = next((note.text.partition("\n")[0] for note in attached.notes), "")
    return re.sub(r"^#+ |\\(?=\W|$)", "", first)[:_LONGEST_TITLE].strip() or "Untitled note"


def _file(file: Item, uri: str) -> AttachedFile:
    """One attachment; ``uri`` is that of the item, which tells libraries apart."""
    address = _text(file.get("url"))
    marks = (_mark(mark, uri) for mark in _objects(file.get("annotations")))
    return AttachedFile(
        path=_text(file.get("path")),
        title=_text(file.get("title")),
        url=address or None,
        saved_at=_instant(file.get("accessDate")) or _instant(file.get("dateAdded")),
        marks=tuple(sorted(marks, key=lambda mark: str(mark.facts.get("sort", "")))),
    )


def _mark(mark: Item, uri: str) -> Mark:
    words, said = _text(mark.get("annotationText")), _text(mark.get("annotationComment"))
    facts = {name: _text(mark.get(field)) for name, field in _FACTS.items()}
    named = _text(mark.get("key")) or "\0".join([words, said, *facts.values()])
    return Mark(
        id=_made_id(uri, named),
        text=words,
        note=read_note(said)[0],
        tags=tuple(_tags(mark)),
        creator=_text(mark.get("annotationAuthorName")),
        created=_instant(mark.get("dateAdded")),
        facts={name: value for name, value in facts.items() if value},
    )


_FACTS: Final = {
    "key": "key",
    "kind": "annotationType",
    "page": "annotationPageLabel",
    "color": "annotationColor",
    "sort": "annotationSortIndex",
    "position": "annotationPosition",
}


def _notes(item: Item, uri: str) -> Iterator[AttachedNote]:
    """The notes of an item; that of an attachment or a note stands in it as text."""
    given = item.get("notes")
    for note in (item, *(given if isinstance(given, list) else ())):
        text = _text(note.get("note") if isinstance(note, Mapping) else note)
        markdown, quoted = read_note(text)
        if markdown:
            key = _text(note.get("key")) if isinstance(note, Mapping) else ""
            yield AttachedNote(id=_made_id(uri, key or text), text=markdown, quoted=quoted)


def _made_id(uri: str, named: str) -> str:
    """The id of what the item at this address has, by its key there, or by what it says."""
    return f"urn:uuid:{uuid.uuid5(_SPACE_OF_IDS, uri + chr(0) + named)}"


# ── values that may be anything ────────────────────────────────────────────────────────────────


def _text(value: Json) -> str:
    """A text or a number as text; empty for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _lines(value: Json) -> str:
    """A text, or a list of its lines, as Better BibTeX writes it for comparing files."""
    return "\n".join(map(_text, value)) if isinstance(value, list) else _text(value)


def _objects(value: Json) -> Iterator[Item]:
    yield from (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else ()


def _tags(item: Item) -> Iterator[str]:
    given = item.get("tags")
    for tag in given if isinstance(given, list) else ():
        yield _text(tag.get("tag") if isinstance(tag, Mapping) else tag)


def _instant(value: Json) -> datetime | None:
    """When something was; without a zone it is UTC, as Zotero writes it."""
    text = _text(value)
    try:
        instant = datetime.fromisoformat(text)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else read_instant(text)
    except ValueError:
        return None
