"""The places in which the variables of an item are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.hayagriva.dates import write_date
from citekit.formats.hayagriva.people import write_people
from citekit.formats.hayagriva.tables import EITHER, Shape, csl_type, form_of, paths, shapes, table
from citekit.formats.hayagriva.texts import write_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from citekit.formats.hayagriva.places import Places
    from citekit.model.records.json_text import Json

_NUMBERS: Final = frozenset(
    {"volume", "issue", "edition", "volume-total", "page-total", "page-range"}
)
"""Fields in which a number may stand as one."""
_NEEDS: Final = {"title": "value", "url": "value"}
"""What a field in parts cannot be without."""


def places_of_item(item: Mapping[str, Any], kept: Shape | None = None) -> Places:
    """What can be said of an item in Hayagriva's fields, by place.

    ``kept`` is the shape that its entry had; it stays as long as it is read as the item's type.
    """
    csl = str(item.get("type"))
    shape = shapes().get(csl, shapes()["document"])
    if kept is not None and csl_type(kept.entry, kept.container) == csl:
        shape = kept
    writing = _Writing(shape, item)
    for kind, write in (
        ("text", _text),
        ("plain", _plain),
        ("name", write_people),
        ("date", write_date),
    ):
        for variable in table()[kind]:
            if variable in item and _may_be_written(variable, item[variable]):
                writing.put(variable, write(item[variable]))
    writing.put_roles()
    return writing.done()


def _may_be_written(variable: str, value: Json) -> bool:
    form = form_of(variable)
    return form is None or bool(form.fullmatch(str(value)))


class _Writing:
    """One item on its way to places."""

    def __init__(self, shape: Shape, item: Mapping[str, Any]) -> None:
        self._shape = shape
        self._item = item
        self._places: Places = {"own": {"type": shape.entry}}
        starts = {paths(variable)[0][0] for variable in item if paths(variable)}
        self._is_inside = shape.has_container and bool(starts & {"container", "collection"})

    def put(self, variable: str, value: Json) -> None:
        """A value at the first path of its variable, where there can be such a place."""
        place, *steps, last = paths(variable)[0]
        if place in EITHER:
            looks_there = self._shape.entry in table()["volume"]["of"].split()
            place = "container" if self._is_inside and looks_there else "own"
        if value in ("", []) or not self._can_have(place):
            return
        fields = self._places.setdefault(place, {})
        for step in steps:
            fields = fields.setdefault(step, {})
        fields[last] = _as_number(value) if last in _NUMBERS else _one_or_many(value)

    def _can_have(self, place: str) -> bool:
        if place == "container":
            return self._shape.has_container
        return place != "collection" or self._shape.container not in table()["place"]

    def put_roles(self) -> None:
        """The people who have a role there."""
        groups = [
            {"role": role, "names": _one_or_many(write_people(self._item[variable]))}
            for variable, role in table()["role"].items()
            if self._item.get(variable)
        ]
        groups = [group for group in groups if group["names"]]
        if groups:
            self._places["own"]["affiliated"] = groups

    def done(self) -> Places:
        """The places, with the types of the parents."""
        places = {name: _whole(fields) for name, fields in self._places.items()}
        places = {name: fields for name, fields in places.items() if fields}
        if self._is_inside and "collection" in places:
            places.setdefault("container", {})
        types = {"container": self._shape.container, "event": "conference"}
        types |= {"original": "original", "repository": "repository"}
        types["collection"] = self._shape.container if "container" in places else self._shape.entry
        return {
            name: fields if name == "own" else {"type": types[name], **fields}
            for name, fields in places.items()
        }


def _whole(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields without those that lack what they need: a short title of none."""
    return {
        name: value
        for name, value in fields.items()
        if not (isinstance(value, dict) and name in _NEEDS and _NEEDS[name] not in value)
    }


def _text(value: Json) -> str:
    return write_text(_plain(value))


def _plain(value: Json) -> str:
    return (
        str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    )


def _one_or_many(value: Json) -> Json:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _as_number(value: Json) -> Json:
    return int(value) if re.fullmatch(r"(?a)[1-9]\d{0,8}", str(value)) else value
