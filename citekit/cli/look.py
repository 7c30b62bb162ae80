"""``citekit list``, ``show``, ``search`` and ``open``."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from citekit.cli import output
from citekit.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from citekit.cli.context import Context


def list_(context: Context, *, type_: str | None, access: str | None) -> int:
    """Print a line for each item: key, date, access, title."""
    from citekit.app.search import list_items

    rows = list_items(
        context.store(), type_=type_, access=access, unreadable=partial(_warn, context)
    )
    if context.json:
        output.answer_json([row._asdict() for row in rows])
        return 0
    _table([(row.key, row.issued or "", row.access, row.title) for row in rows])
    if not rows:
        output.note("no items", quiet=context.quiet)
    return 0


def search(context: Context, *, query: list[str], limit: int | None) -> int:
    """Print the items that match, best first."""
    from citekit.app.search import search as search_items

    hits = search_items(
        context.store(), " ".join(query), limit=limit or 20, unreadable=partial(_warn, context)
    )
    if context.json:
        output.answer_json([asdict(hit) for hit in hits])
        return 0
    for hit in hits:
        output.answer(output.printable(f"{hit.key}  {hit.title}"))
        if hit.snippet and hit.field != "title":  # which stands there already
            output.answer(output.printable(f"    {hit.field}: {' '.join(hit.snippet.split())}"))
    if not hits:
        output.note("nothing found", quiet=context.quiet)
    return 0


def _warn(context: Context, message: str) -> None:
    output.note(f"warning: {message}", quiet=context.quiet)


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(3)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row[:3], widths, strict=True)]
        output.answer(output.printable("  ".join([*cells, row[3]]).rstrip()))


def show(context: Context, *, key: str) -> int:
    """Print one item's metadata with its evidence."""
    from citekit.app.show import show as show_item

    shown = show_item(context.store(), key)
    if context.json:
        output.answer_json(shown)
        return 0
    for line in _lines(shown):
        output.answer(output.printable(line))
    return 0


def _lines(shown: dict[str, Any]) -> list[str]:
    """The item as text: fields with their evidence, then captures."""
    item, evidence = shown["item"], shown["evidence"]
    lines = [f"{item['id']}  ({item['type']}, {shown['access']})"]
    for name, value in item.items():
        if name not in ("id", "type", "custom"):
            lines += _field_lines(name, value, evidence.get(name, []))
    others = [name for name in evidence if name not in item]
    for name in others:
        for found in evidence[name]:
            lines += [f"  {name}: {_plain(found['value'])}", f"      {_source(found)}"]
    for capture in shown["captures"]:
        lines.append(f"  capture {capture['stamp']}")
        for role, payload in capture["payloads"].items():
            lines.append(f"      {role}: {payload['digest']} ({payload['size_bytes']} bytes)")
    if shown["annotations"]:
        lines.append(f"  {shown['annotations']} annotations: citekit annotations {item['id']}")
    return lines


def _field_lines(name: str, value: Any, evidence: list[dict[str, Any]]) -> list[str]:  # noqa: ANN401  # a JSON value
    lines = [f"  {name}: {_plain(value)}"]
    for found in evidence:
        other = "" if found.get("chosen") else f"not chosen: {_plain(found['value'])}; "
        lines.append(f"      {other}{_source(found)}")
    return lines


def _source(found: dict[str, Any]) -> str:
    place = found.get("place", {})
    where = f" line {place['line']}" if "line" in place else ""
    if "selector" in place or "path" in place:
        where = f" {place.get('selector') or place.get('path')}"
    sure = round(100 * found.get("confidence", 0))
    return f"{found.get('fact', 'observed')}: {found['origin']}{where}, {found['rule']}, {sure} %"


def _plain(value: Any) -> str:  # noqa: ANN401  # a JSON value
    """A CSL value as a person would write it."""
    if isinstance(value, dict):
        if "date-parts" in value or "literal" in value:
            from citekit.model.date import Date

            return Date.from_json(value).to_edtf()
        return ", ".join(f"{name}: {_plain(part)}" for name, part in value.items() if part)
    if isinstance(value, list):
        from citekit.model.name import Name

        return "; ".join(
            str(Name.from_json(part)) if isinstance(part, dict) else _plain(part) for part in value
        )
    return "(offsets alone)" if value is None else str(value)


def open_(context: Context, *, key: str, folder: bool) -> int:
    """Open the item's address in the browser, or its folder."""
    store = context.store()
    key = store.resolve(key)
    target = store.layout.item_file(key).parent.resolve().as_uri()
    if not folder:
        target = store.item(key).text("URL")
        if not target.startswith(("https://", "http://")):
            raise NotFound(f"{key} has no web address", hint=f"citekit open --folder {key}")
    import webbrowser

    if context.json:
        output.answer_json({"url": target})
    else:
        output.answer(target)
        if not webbrowser.open(target):
            output.note("no browser could be started here", quiet=context.quiet)
    return 0
