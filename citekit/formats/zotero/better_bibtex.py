"""Better BibTeX JSON: Zotero's own items as the plugin exports them, with collections and files.

Source: the plugin's exports (``{"config": {"label": "BetterBibTeX JSON"}, "items": […]}``), and the
items of Zotero's web API, which are the same. retorque.re/zotero-better-bibtex.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.errors import InvalidData
from citekit.formats.zotero.entries import read_item
from citekit.formats.zotero.results import read_entries
from citekit.model.records.json_text import JsonPlaces, parse_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.formats.result import ReadResult
    from citekit.model.records.json_text import Json, JsonPath

_MOST_COLLECTIONS: Final = 20
"""So many names lead to the collection that an item is in."""


def read_better_bibtex(text: str) -> ReadResult:
    """The items of an export, with notes, files and highlights; see ``read_entries``.

    Raises InvalidData, with line and column, where the text is no JSON, or holds no items.
    """
    data = parse_json(text)
    items, inside = (data.get("items"), ("items",)) if isinstance(data, dict) else (data, ())
    if not isinstance(items, list):
        hint = "export it from Zotero as BetterBibTeX JSON"
        raise InvalidData("holds no items of Zotero", hint=hint)
    names = _collections(data.get("collections") if isinstance(data, dict) else None)
    found: list[tuple[Any, JsonPath]] = []
    for number, given in enumerate(items):
        item = given.get("data", given) if isinstance(given, Mapping) else given
        is_item = isinstance(item, Mapping) and isinstance(item.get("itemType"), str)
        entry: Any = read_item(item, _of(item, names)) if is_item else {}
        found.append((entry, (*inside, number)))
    return read_entries(found, JsonPlaces(text, array=inside).place)


def _of(item: Mapping[str, Json], names: Mapping[str, list[str]]) -> list[str]:
    own = item.get("collections")
    ids = [item.get("itemID"), *(own if isinstance(own, list) else ())]
    return [name for one in ids if isinstance(one, str | int) for name in names.get(str(one), ())]


def _collections(given: Json) -> dict[str, list[str]]:
    """By the number of an item, and by the key of a collection: the names, with those above."""
    collections = given if isinstance(given, Mapping) else {}
    found: dict[str, list[str]] = defaultdict(list)
    for key, collection in collections.items():
        if isinstance(collection, Mapping):
            name = "/".join(reversed(list(_names_above(str(key), collections))))
            items = collection.get("items")
            for number in items if isinstance(items, list) else ():
                if isinstance(number, str | int):
                    found[str(number)].append(name)
            found[str(key)].append(name)
    return found


def _names_above(key: str, collections: Mapping[str, Json]) -> Iterator[str]:
    """The name of a collection, and of those that it is in; a circle ends somewhere."""
    seen: set[str] = set()
    while key not in seen and len(seen) < _MOST_COLLECTIONS:
        seen.add(key)
        collection = collections.get(key)
        if not isinstance(collection, Mapping):
            return
        name = collection.get("name")
        if isinstance(name, str):
            yield name
        above = collection.get("parent") or collection.get("parentCollection")
        if not isinstance(above, str):
            return
        key = above
