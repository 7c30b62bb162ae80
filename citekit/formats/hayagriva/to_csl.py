"""The variables of CSL that places say."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.hayagriva.dates import read_date
from citekit.formats.hayagriva.people import read_people
from citekit.formats.hayagriva.tables import EITHER, csl_type, paths, table
from citekit.formats.hayagriva.texts import read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from citekit.formats.hayagriva.places import Places
    from citekit.model.records.json_text import Json

Path = tuple[str, ...]
Read = dict[str, tuple[Path, Any]]
Reader = Callable[[Any], Any]


def variables_of(places: Places) -> dict[str, Any]:
    """The item without its id, in the order of the tables."""
    return read_places(places)[0]


def read_places(places: Places) -> tuple[dict[str, Any], Read]:
    """The item without its id, and where each variable was read, with what stands there."""
    item: dict[str, Any] = {"type": type_of(places)}
    read: Read = {}
    for variable, reader, ways in _ways():
        for path in ways:
            given = _at(places, path) if path[0] in places else None
            value = reader(given) if given is not None else None
            if value:
                item[variable] = value
                read[variable] = path, given
                break
    return {**item, **_roles(places)}, read


def read_value(variable: str, given: Json) -> Json:
    """What a value in a field of that variable says; None for nothing."""
    kind = next((kind for kind in _READERS if variable in table()[kind]), None)
    return (_READERS[kind](given) if kind else None) or None


def type_of(places: Places) -> str:
    """The CSL type; what nobody knows is a document."""
    around = [places[name].get("type", "") for name in ("container", "event") if name in places]
    return csl_type(str(places["own"].get("type")), *map(str, around)) or "document"


def _at(places: Places, path: Path) -> Json:
    value: Json = places
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(given: Json) -> str:
    """A text, or one with its ``value``; ``verbatim`` keeps the case of all of it."""
    if isinstance(given, dict):
        value = given.get("value")
        if given.get("verbatim") is True and isinstance(value, str):
            return f'<span class="nocase">{value}</span>'
        given = value
    return read_text(given) if isinstance(given, str) else ""


def _plain(given: Json) -> str:
    return str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""


def _roles(places: Places) -> dict[str, Any]:
    """The people of ``affiliated`` whose role is a variable."""
    known = {role: variable for variable, role in table()["role"].items()}
    found: dict[str, list[dict[str, Any]]] = {}
    given = places["own"].get("affiliated")
    for group in given if isinstance(given, list) else [given]:
        variable = known.get(role_of(group))
        if variable and isinstance(group, dict):
            found.setdefault(variable, []).extend(read_people(group.get("names")))
    return {variable: names for variable, names in found.items() if names}


@cache
def _ways() -> tuple[tuple[str, Reader, tuple[Path, ...]], ...]:
    """Each variable with its reader and the paths in which it may stand, the best first."""
    return tuple(
        (variable, reader, tuple(way for path in paths(variable) for way in _either(path)))
        for kind, reader in _READERS.items()
        for variable in table()[kind]
    )


def _either(path: Path) -> Iterator[Path]:
    place, *steps = path
    yield from ((name, *steps) for name in EITHER.get(place, (place,)))


def role_of(group: Json) -> str:
    """The role of a group of people, as the tables have it; empty for what is none."""
    role = group.get("role") if isinstance(group, dict) else None
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", str(role or "")).casefold()


_READERS: Final[Mapping[str, Reader]] = {
    "text": _text,
    "plain": _plain,
    "name": read_people,
    "date": read_date,
}
