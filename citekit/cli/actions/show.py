"""``citekit show``, ``annotations`` and ``open``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from citekit.app.annotating.passages import paragraph_number
from citekit.app.looking.show import address
from citekit.app.looking.show import show as show_item
from citekit.cli import output
from citekit.model.capture import Tool
from citekit.model.date import Date
from citekit.model.name import Name
from citekit.model.records.codec import decode

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.model.annotation import Annotation, Passage
    from citekit.store.reading import ArchiveReader

_ABSENT = {"": "", "purged": ", purged: removed for good", "absent": ", not on this computer"}


def show(context: Context, *, key: str) -> int:
    """Print one item's metadata with its evidence."""
    shown = show_item(context.reader(), key)
    if context.json:
        output.answer_json(shown)
        return 0
    for line in _lines(shown):
        output.answer(line)
    return 0


def _lines(shown: dict[str, Any]) -> list[str]:
    """The item as text: fields with their evidence, then captures."""
    item, evidence = shown["item"], shown["evidence"]
    withdrawn = f", withdrawn at {shown['withdrawn']}" if shown["withdrawn"] else ""
    lines = [f"{item['id']}  ({item['type']}, {shown['access']}{withdrawn})"]
    for name, value in item.items():
        if name not in ("id", "type", "custom"):
            lines += _field_lines(name, value, evidence.get(name, []))
    for name in evidence:
        if name not in item:
            lines += _read_lines(name, evidence[name])
    for capture in shown["captures"]:
        lines += [f"  saved file {capture['stamp']}", f"      {_origin(capture['source'])}"]
        lines.append(f"      read with {_program(capture['tool'])}")
        lines += _wanting(capture.get("completeness") or {})
        for role, payload in capture["payloads"].items():
            told = _ABSENT[shown["absent"].get(payload["digest"], "")]
            lines.append(f"      {role}: {payload['digest']} ({payload['size_bytes']} bytes){told}")
    if shown["annotations"]:
        lines.append(f"  {shown['annotations']} annotations: citekit annotations {item['id']}")
    return lines


def _program(tool: dict[str, Any]) -> str:
    """The program that made a capture, and the libraries that read the document for it."""
    return str(decode(Tool, tool))


def _wanting(completeness: dict[str, Any]) -> list[str]:
    """Why a capture may not be the article."""
    if "verdict" not in completeness:
        return []
    why = "; ".join(reason["message"] for reason in completeness["reasons"])
    return [f"      {completeness['verdict']}: {why}"]


def _origin(source: dict[str, Any]) -> str:
    """Where a capture is from: what was seen, else who said so and when it was saved."""
    url = source.get("url")
    parts = [f"{_said(source)}: {url}" if url else "no address is known"]
    if source.get("declared_at"):
        parts.append(f"saved {source['declared_at']}")
    if source.get("file"):
        parts.append(f"file {source['file']}")
    return ", ".join(parts)


def _read_lines(name: str, evidence: list[dict[str, Any]]) -> list[str]:
    """What was read and is no variable of the item, each value once with all its sources."""
    lines: list[str] = []
    shown: object = None
    for found in evidence:
        if not lines or found["value"] != shown:
            shown = found["value"]
            lines.append(f"  {name}: {_plain(shown)}")
        lines.append(f"      {_source(found)}")
    return lines


def _field_lines(name: str, value: Any, evidence: list[dict[str, Any]]) -> list[str]:  # noqa: ANN401  # a JSON value
    lines = [f"  {name}: {_plain(value)}"]
    for found in evidence:
        same = found.get("chosen") or found.get("value") == value
        other = "" if same else f"not chosen: {_plain(found['value'])}; "
        lines.append(f"      {other}{_source(found)}")
    return lines


def _source(found: dict[str, Any]) -> str:
    place = found.get("place", {})
    where = f" line {place['line']}" if "line" in place else ""
    if "selector" in place or "path" in place:
        where = f" {place.get('selector') or place.get('path')}"
    sure = round(100 * found.get("confidence", 0))
    told = f"read in the page: {found['origin']}{where}"
    if found.get("fact") == "declared":
        told = "you said" if found["origin"] == "user" else f"said by: {found['origin']}{where}"
    return f"{told}, {found['rule']}, {sure} %"


def _said(source: dict[str, Any]) -> str:
    """How the address of a saved file is known."""
    if source["fact"] == "observed":
        return "visited"
    by = source.get("declared_by") or "user"
    return {"user": "you said", "file": "the file says"}.get(by, f"said by {by}")


def _plain(value: Any) -> str:  # noqa: ANN401  # a JSON value
    """A CSL value as a person would write it."""
    if isinstance(value, dict):
        if "date-parts" in value or "literal" in value:
            return Date.from_json(value).to_edtf()
        return ", ".join(f"{name}: {_plain(part)}" for name, part in value.items() if part)
    if isinstance(value, list):
        return "; ".join(
            str(Name.from_json(part)) if isinstance(part, dict) else _plain(part) for part in value
        )
    return "(offsets alone)" if value is None else str(value)


def open_(context: Context, *, key: str, folder: bool) -> int:
    """Open the item's address in the browser, or its folder."""
    target = address(context.items(), key, folder=folder)
    import webbrowser

    if context.json:
        output.answer_json({"url": target})
    else:
        output.answer(target)
        if not webbrowser.open(target):
            output.note("no browser could be started here", quiet=context.quiet)
    return 0


def annotations_(context: Context, *, key: str) -> int:
    """Print an item's annotations."""
    store = context.reader()
    key = store.resolve(key)
    found = store.annotations(key)
    if context.json:
        output.answer_json([annotation.data for annotation in found])
        return 0
    for annotation in found:
        output.answer(_annotation_line(store, key, annotation))
    if not found:
        output.note("no annotations", quiet=context.quiet)
    return 0


def _annotation_line(store: ArchiveReader, key: str, annotation: Annotation) -> str:
    passage = annotation.passage
    where = ""
    if passage is not None:
        where = f"“{passage.exact}”" if passage.exact else _passage_place(store, key, passage)
    labels = [f"#{tag}" for tag in annotation.tags]
    labels += [f"@{entity}" for entity in annotation.entities]
    parts = (annotation.short_id[:8], where, annotation.note, " ".join(labels))
    return "  ".join(" ".join(part.split()) for part in parts if part)


def _passage_place(store: ArchiveReader, key: str, passage: Passage) -> str:
    """Paragraph and offsets of a passage whose words are not in the record."""
    capture = store.capture(key, passage.capture) if passage.capture else None
    text = capture.payloads.get("text") if capture else None
    paragraphs = text.map.paragraphs if text and text.map else ()
    number = paragraph_number(paragraphs, passage.start)
    return f"{f'p{number} ' if number else ''}[{passage.start}–{passage.end}]"
