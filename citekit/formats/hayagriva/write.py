"""Items as entries of Hayagriva."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from citekit.formats.csl_json import without_facts
from citekit.formats.hayagriva.from_csl import places_of_item
from citekit.formats.hayagriva.kept import kept_of, with_kept
from citekit.formats.hayagriva.places import entry_of_places
from citekit.formats.hayagriva.to_csl import variables_of
from citekit.formats.one_line import CONTROL
from citekit.formats.strict_yaml import dump_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.model.records.json_text import Json


def write_hayagriva(items: Iterable[Mapping[str, Any]]) -> str:
    """One entry for each item, under its id."""
    entries: dict[str, Any] = {}
    for number, item in enumerate(items, 1):
        entries[_clean(str(item.get("id") or f"item{number}"))] = _entry(item)
    return dump_yaml(entries, is_quoted=True)


def _entry(item: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an item; under ``csl`` what does not come back from any of them."""
    said = _clean({v: value for v, value in without_facts(item).items() if v != "id"})
    kept = kept_of(_clean(item))
    places = with_kept(said, places_of_item(said, kept.shape), kept)
    back = variables_of(places)
    rest = {variable: value for variable, value in said.items() if back.get(variable) != value}
    entry = entry_of_places(places)
    return {**entry, "csl": rest} if rest else entry


def _clean(value: Json) -> Json:
    """The value without signs that no file of YAML can have; frozen records as plain data."""
    if isinstance(value, str):
        text = value if value.isprintable() else re.sub(r"\r\n?", "\n", value).translate(CONTROL)
        return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {_clean(str(key)): _clean(one) for key, one in value.items()}
    return [_clean(one) for one in value] if isinstance(value, list | tuple) else value
