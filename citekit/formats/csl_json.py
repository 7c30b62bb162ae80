"""CSL-JSON: what citekit keeps items in, read and written as it is.

Source: CSL-JSON schema, csl-data.json (CSL 1.0.2).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import InvalidData
from citekit.findings import Finding, Severity
from citekit.formats.csl_dialects import Dialect
from citekit.formats.result import ReadResult
from citekit.model.item import Item
from citekit.model.records.codec import Mismatch
from citekit.model.records.control_characters import escaped_json
from citekit.model.records.json_text import JsonPlaces, parse_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from citekit.errors import Place
    from citekit.model.records.json_text import Json, JsonPath

_MOST_TOLD: Final = 1_000
"""So many entries that are no items are told one by one: nobody reads on."""


def write_csl_json(items: Iterable[Mapping[str, Any]], *, facts: bool = False) -> str:
    """A JSON array of the items, unknown keys kept; ``custom.citekit`` only with ``facts``."""
    shown = [dict(item) if facts else without_facts(item) for item in items]
    text = escaped_json(json.dumps(shown, ensure_ascii=False, indent=2)) + "\n"
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
    return check_items(zip(entries, paths, strict=True), JsonPlaces(text).place)


def check_items(
    entries: Iterable[tuple[Json, JsonPath]],
    place_of: Callable[[JsonPath], Place],
    *,
    markdown: bool = False,
) -> ReadResult:
    """The entries that are items, an id twice counting once; findings for the rest.

    Crossref gives no ``id``: such an item has none, and whoever takes it in makes one. With
    ``markdown`` the titles are, as in pandoc's YAML.
    """
    items: list[dict[str, Any]] = []
    ids: set[str] = set()
    paths: list[JsonPath] = []
    findings: list[Finding] = []
    untold = 0
    for given, path in entries:
        dialect = Dialect(given, markdown=markdown) if isinstance(given, dict) else None
        entry = dialect.run() if dialect else given
        wrong = what_is_wrong(entry)
        name = "" if wrong else str(entry.get("id") or "")
        if name in ids:
            wrong = ("CK-E422", f"the id {entry['id']!r} stands twice; the first counts", ("id",))
        if wrong is None:
            items.append({**entry, "id": name} if name else _without_id(entry))
            told = dialect.told if dialect else []
            findings += [_became_words(message, place_of((*path, *at))) for message, at in told]
            ids.update([name] if name else [])
            paths.append((*path, "id") if name else path)
        elif len(findings) == _MOST_TOLD:
            untold += 1
        else:
            code, message, where = wrong
            findings.append(Finding(code=code, message=message, place=place_of((*path, *where))))
    if untold:
        message = f"{untold:,} more entries are no items, or stand twice"
        findings.append(Finding(code="CK-E421", message=message, stands_for=untold))
    return ReadResult(
        items=tuple(items),
        findings=tuple(findings),
        place_of=lambda number: place_of(paths[number]),
    )


def _became_words(message: str, place: Place) -> Finding:
    return Finding(code="CK-W427", message=message, place=place, severity=Severity.WARNING)


def what_is_wrong(entry: Json) -> tuple[str, str, JsonPath] | None:
    """The code, the message and the path inside the entry; None for an item."""
    try:
        Item.from_json(entry if _id_of(entry) else {**entry, "id": "x"})
    except InvalidData as error:
        mismatch = error.__cause__
        path = mismatch.json_path if isinstance(mismatch, Mismatch) else ()
        return "CK-E421", error.message, path
    return None


def _id_of(entry: Json) -> Json:
    """The id; for what is no object, something, since that is what is wrong with it then."""
    return entry.get("id") if isinstance(entry, dict) else "x"


def _without_id(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {variable: value for variable, value in entry.items() if variable != "id"}
