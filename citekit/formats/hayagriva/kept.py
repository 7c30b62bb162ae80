"""What an item keeps of its entry: fields that no variable holds, and spellings of its own.

Under ``custom.citekit.entry``: ``shape`` is the type of the entry and of what it stands in,
``left`` the fields that nothing was read from, ``typed`` the values that would be written
otherwise, with their paths. What is left is written back, what is typed as long as it says what the
item says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.facts import facts_of
from citekit.formats.hayagriva.tables import EITHER, Shape, paths, shapes, table
from citekit.formats.hayagriva.to_csl import read_value, role_of, variables_of
from citekit.model.value import NOTHING, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.formats.hayagriva.places import Fields, Places
    from citekit.formats.hayagriva.to_csl import Path, Read
    from citekit.model.records.json_text import Json

FORMAT: Final = "hayagriva"


class Kept(Value):
    """What is kept of an entry; nothing where the item has another origin."""

    shape: Shape | None = None
    left: Mapping[str, Any] = NOTHING
    typed: Mapping[str, Any] = NOTHING


def keep(item: Mapping[str, Any], given: Places, read: Read, written: Places) -> Kept:
    """What an item keeps of its entry ``given``, of which ``read`` was read.

    ``written`` is how the item would be written.
    """
    left = _thawed(given)
    typed = {}
    back = variables_of(written)
    for variable, (path, value) in read.items():
        _take(left, path)
        comes_back = back.get(variable) == item.get(variable)  # else Typst may refuse the file
        if comes_back and str(_at(written, path)) != str(value):
            typed[variable] = [list(path), value]
    for place, fields in left.items():
        kind = fields.pop("type", None)
        if kind and kind != written.get(place, {}).get("type"):
            fields["type"] = kind
    left["own"].pop("csl", None)
    groups = left["own"].pop("affiliated", [])
    left["own"]["affiliated"] = _unknown(groups)
    shape, usual = shape_of(given), shapes().get(str(item.get("type")))
    is_usual = usual is not None and usual.entry == shape.entry
    is_usual = is_usual and ("container" not in given or usual == shape)
    return Kept(shape=None if is_usual else shape, left=_pruned(left), typed=typed)


def shape_of(places: Places) -> Shape:
    """The types of the entry and of what it stands in."""
    around = next((places[name] for name in ("container", "event") if name in places), {})
    return Shape(entry=str(places["own"]["type"]), container=str(around.get("type", "-")))


def _unknown(groups: Json) -> list[Any]:
    """The groups of ``affiliated`` whose role is no variable."""
    listed = groups if isinstance(groups, list) else [groups]
    return [group for group in listed if role_of(group) not in table()["role"].values()]


def names_of(kept: Kept) -> Iterator[str]:
    """How the fields that are left are called in a finding."""
    for place, fields in kept.left.items():
        for name, value in fields.items():
            shown = name if place in ("own", "rest") else f"{place}.{name}"
            if name == "affiliated":
                yield from (f"affiliated {role_of(group)}" for group in value)
            elif isinstance(value, Mapping):
                yield from (f"{shown}.{part}" for part in value)
            elif name != "type":
                yield shown


def facts_of_kept(kept: Kept) -> dict[str, Any]:
    """What is kept as JSON; empty for nothing."""
    parts = {"left": kept.left, "typed": kept.typed}
    said = {name: dict(part) for name, part in parts.items() if part}
    if kept.shape is not None:
        said["shape"] = {"entry": kept.shape.entry, "container": kept.shape.container}
    return {"format": FORMAT, **said} if said else {}


def kept_of(item: Mapping[str, Any]) -> Kept:
    """What an item has kept; nothing of an entry of another format."""
    entry = facts_of(item).get("entry")
    if not isinstance(entry, Mapping) or entry.get("format") != FORMAT:
        return Kept()
    shape, left, typed = (_thawed(entry.get(name) or {}) for name in ("shape", "left", "typed"))
    is_shape = isinstance(shape, dict) and set(shape) == {"entry", "container"}
    return Kept(
        shape=Shape(**{name: str(kind) for name, kind in shape.items()}) if is_shape else None,
        left={k: v for k, v in left.items() if isinstance(v, dict)}
        if isinstance(left, dict)
        else {},
        typed=typed if isinstance(typed, dict) else {},
    )


def with_kept(item: Mapping[str, Any], written: Places, kept: Kept) -> Places:
    """The places as an item is written, with what was kept of them."""
    places = _thawed(written)
    for variable, typed in kept.typed.items():
        if not _is_typed(typed) or read_value(variable, typed[1]) != item.get(variable):
            continue
        place, *steps = next(iter(paths(variable)), ("own",))
        for name in EITHER.get(place, (place,)):
            _take(places, (name, *steps))
        _put(places, tuple(typed[0]), typed[1])
    whole: Places = _pruned(_merged(places, kept.left))
    return whole


def _is_typed(typed: Json) -> bool:
    """Whether it is a path in a place and a value: items may be anybody's."""
    if not isinstance(typed, list) or len(typed) != 2 or not isinstance(typed[0], list):
        return False
    return 1 < len(typed[0]) < 5 and all(isinstance(step, str) for step in typed[0])


def _merged(written: Fields, left: Mapping[str, Any]) -> Fields:
    """The fields as written, and those that are left beside them."""
    out = dict(written)
    for name, value in left.items():
        own = out.get(name)
        if isinstance(own, dict) and isinstance(value, dict):
            out[name] = _merged(own, value)
        elif name == "affiliated" and isinstance(own, list):
            out[name] = [*own, *value]
        elif own is None or name == "type":
            out[name] = value
    return out


def _at(places: Json, path: Path) -> Json:
    for step in path:
        places = places.get(step) if isinstance(places, dict) else None
    return places


def _take(places: Json, path: Path) -> None:
    fields = _at(places, path[:-1])
    if isinstance(fields, dict):
        fields.pop(path[-1], None)


def _put(places: Json, path: Path, value: Json) -> None:
    for step in path[:-1]:
        if not isinstance(places.get(step), dict):
            places[step] = {}
        places = places[step]
    places[path[-1]] = value


def _pruned(places: Json) -> Json:
    """The fields without empty ones."""
    if not isinstance(places, dict):
        return places
    pruned = {name: _pruned(value) for name, value in places.items()}
    return {name: value for name, value in pruned.items() if value not in ({}, [], None)}


def _thawed(value: Json) -> Json:
    """JSON that can be changed and dumped: records are frozen."""
    if isinstance(value, Mapping):
        return {str(key): _thawed(one) for key, one in value.items()}
    return [_thawed(one) for one in value] if isinstance(value, list | tuple) else value
