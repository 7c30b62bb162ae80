"""An entry as places, and back.

``own`` is the entry itself, ``container`` what it stands in, ``collection`` the series of either;
``event``, ``original`` and ``repository`` are parents of another kind. Short forms (``title: T``)
are written out in places (``title: {value: T}``), so that each path has one meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from citekit.formats.hayagriva.tables import ALONE, csl_type, shapes, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.model.records.json_text import Json

Fields = dict[str, Any]
Places = dict[str, Fields]

_LONG_FORMS: Final = {
    "title": "value",
    "publisher": "name",
    "url": "value",
    "serial-number": "serial",
}
_OF_OLD: Final = ("doi", "isbn", "issn")  # fields of their own before version 0.4
_COLLECTIVE: Final = frozenset(
    shape.entry for shape in shapes().values() if shape.container == ALONE
) | {"proceedings", "reference", "newspaper", "blog"}
"""What stands in a series and in nothing else."""
REST: Final = "rest"
"""The place of the parents that are none of these: a list under ``parent``."""


def places_of_entry(entry: Mapping[str, Any]) -> Places:
    """The places of an entry as it was read; each has its ``type``."""
    own = _long(entry)
    own["type"] = _type(own, "misc")
    parents = _parents(own)
    places: Places = {"own": own}
    for parent in parents:
        place = _place_of(own["type"], parent["type"], places)
        if place == REST:
            places.setdefault(REST, {"parent": []})["parent"].append(parent)
            continue
        places[place] = parent
        if place == "container":
            _take_series(parent, places)
    return places


def _place_of(own: str, parent: str, places: Places) -> str:
    """Which place a parent has; the first of a kind counts, and all others have none."""
    place = table()["place"].get(parent)
    if place is None or (place == "repository" and own == "repository"):
        is_series = own in _COLLECTIVE and parent in (own, "anthology")
        place = "collection" if is_series else "container"
    return str(place) if place not in places else REST


def _take_series(container: Fields, places: Places) -> None:
    """The first parent of a container is its series; further ones stay where they are."""
    parents = _parents(container)
    if parents and "collection" not in places:
        places["collection"] = parents.pop(0)
    if parents:
        container["parent"] = parents


def _parents(fields: Fields) -> list[Fields]:
    """Take the parents out of the fields; what is no parent stays in them."""
    given = fields.pop("parent", None)
    listed = given if isinstance(given, list) else [given]
    if given is not None and not all(isinstance(one, dict) for one in listed):
        fields["parent"] = given
        return []
    default = table()["parent"].get(fields["type"], "misc")
    found = [_long(one) for one in listed if one is not None]
    return [{**one, "type": _type(one, default)} for one in found]


def _type(fields: Mapping[str, Any], default: str) -> str:
    """The type in lower case, ``default`` for one that is not known."""
    return known_type(fields.get("type")) or default


def known_type(given: Json) -> str:
    """The type as it is now; empty for what is none."""
    name = given.casefold() if isinstance(given, str) else ""
    name = "post" if name == "tweet" else name
    return name if csl_type(name) else ""


def _long(given: Mapping[str, Any]) -> Fields:
    """The fields, with short forms written out and those of old versions as they are now."""
    fields = dict(given)
    for name, sub in _LONG_FORMS.items():
        value = fields.get(name)
        if value is not None and not isinstance(value, dict):
            fields[name] = {sub: value}
        elif isinstance(value, dict):
            fields[name] = _without_old(name, dict(value))
    for name in _OF_OLD:
        numbers = fields.get("serial-number", {})
        if isinstance(fields.get(name), str) and name not in numbers:
            fields["serial-number"] = {**numbers, name: fields.pop(name)}
    return fields


def _without_old(name: str, value: Fields) -> Fields:
    """``shorthand`` is ``short`` now, ``verbatim`` says it of a value, a publisher has a name."""
    if name == "title" and "short" not in value and "shorthand" in value:
        value["short"] = value.pop("shorthand")
    if name == "title" and value.get("verbatim") is True:
        value["value"] = {"value": value.get("value"), "verbatim": value.pop("verbatim")}
    if name == "publisher" and "name" not in value and "value" in value:
        return {"name": value}
    return value


def entry_of_places(places: Places) -> Fields:
    """The entry: parents in their places, and short forms where they say all."""
    own, container = dict(places["own"]), places.get("container")
    series = places.get("collection")
    parents = []
    if container is not None:
        more = container.get("parent", [])
        nested = [*([_short(series)] if series else []), *more]
        parents.append(_short({**container, "parent": nested}))
    elif series is not None:
        parents.append(_short(series))
    parents += [_short(places[p]) for p in ("event", "original", "repository") if p in places]
    parents += [_short(parent) for parent in places.get(REST, {}).get("parent", [])]
    csl = {"csl": own.pop("csl")} if "csl" in own else {}
    return {**_short({**own, "parent": parents}), **csl}


def _short(fields: Mapping[str, Any]) -> Fields:
    """The fields as people write them."""
    out = dict(fields)
    for name, sub in _LONG_FORMS.items():
        if isinstance(out.get(name), dict) and set(out[name]) == {sub}:
            out[name] = out[name][sub]
    parents = out.pop("parent", [])
    if isinstance(parents, list) and parents:
        out["parent"] = parents[0] if len(parents) == 1 else parents
    elif parents and not isinstance(parents, list):
        out["parent"] = parents
    return out
