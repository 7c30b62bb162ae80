"""CSL-JSON: what citekit keeps items in, read and written as it is.

Source: CSL-JSON schema, csl-data.json (CSL 1.0.2).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from citekit.errors import InvalidData
from citekit.findings import Finding
from citekit.formats.result import ReadResult
from citekit.model.codec import Mismatch
from citekit.model.item import Item
from citekit.model.json_text import parse_json, place_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from citekit.errors import Place
    from citekit.model.json_text import Json, JsonPath


def write_csl_json(items: Iterable[Mapping[str, Any]], *, facts: bool = False) -> str:
    """A JSON array of the items, unknown keys kept; ``custom.citekit`` only with ``facts``."""
    shown = [dict(item) if facts else without_facts(item) for item in items]
    text = json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate, which no file can hold but escaped
        return json.dumps(shown, indent=2) + "\n"
    return text


def without_facts(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item without citekit's own facts."""
    shown = dict(item)
    custom = shown.pop("custom", None)
    if not isinstance(custom, dict):
        return shown if custom is None else {**shown, "custom": custom}
    others = {key: value for key, value in custom.items() if key != "citekit"}
    return {**shown, "custom": others} if others else shown


def read_csl_json(text: str) -> ReadResult:
    """The items of a JSON array, or of one object; ids are kept.

    An entry that is no item is a finding with its line and JSON path; the others come in. Raises
    InvalidData, with line and column, where the text is no JSON.
    """
    data = parse_json(text)
    entries = data if isinstance(data, list) else [data]
    paths: list[JsonPath] = [(i,) for i in range(len(entries))] if isinstance(data, list) else [()]
    return check_items(
        zip(entries, paths, strict=True), lambda path: place_in(text, path, path=None)
    )


def check_items(
    entries: Iterable[tuple[Json, JsonPath]], place_of: Callable[[JsonPath], Place]
) -> ReadResult:
    """The entries that are items, an id twice counting once; findings for the rest."""
    items: dict[str, dict[str, Any]] = {}
    paths: list[JsonPath] = []
    findings: list[Finding] = []
    for entry, path in entries:
        wrong = what_is_wrong(entry)
        if wrong is None and str(entry["id"]) in items:
            wrong = ("CK-E422", f"the id {entry['id']!r} stands twice; the first counts", ("id",))
        if wrong is None:
            items[str(entry["id"])] = {**entry, "id": str(entry["id"])}
            paths.append((*path, "id"))
        else:
            code, message, where = wrong
            findings.append(Finding(code=code, message=message, place=place_of((*path, *where))))
    return ReadResult(
        items=tuple(items.values()),
        findings=tuple(findings),
        place_of=lambda number: place_of(paths[number]),
    )


def what_is_wrong(entry: Json) -> tuple[str, str, JsonPath] | None:
    """The code, the message and the path inside the entry; None for an item."""
    try:
        Item.from_json(entry)
    except InvalidData as error:
        mismatch = error.__cause__
        path = mismatch.json_path if isinstance(mismatch, Mismatch) else ()
        return "CK-E421", error.message, path
    return None
