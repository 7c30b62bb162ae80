"""People: ``Family, Given`` where that is clear, else in parts.

A prefix is a particle that is dropped where the family name stands alone, as Typst does it. The
particle that stays is a part of ``name``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from citekit.formats.people import is_suffix, split_particle

if TYPE_CHECKING:
    from citekit.model.records.json_text import Json

_PARTS: Final = {
    "given": "given-name",
    "dropping-particle": "prefix",
    "suffix": "suffix",
    "alias": "alias",
}


def read_people(value: Json) -> list[dict[str, Any]]:
    """CSL's names of one person or a list of them; what is no person is left out.

    >>> read_people(["von der Leyen, Ursula", "UNICEF"])[0]["dropping-particle"]
    'von der'
    """
    listed = value if isinstance(value, list) else [value]
    names = (_read_parts(one) if isinstance(one, Mapping) else _read(one) for one in listed)
    return [name for name in names if name]


def _read(text: Json) -> dict[str, Any]:
    if not isinstance(text, str) or not text.strip():
        return {}
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1 or len(parts) > 3:
        return {"literal": text.strip()}
    particle, family = split_particle(parts[0])
    given, suffix = parts[-1], parts[1] if len(parts) == 3 else ""
    if is_suffix(given):  # "Luther King, Martin, Jr.", as that page has it
        given, suffix = suffix, given
    name = {"family": family, "given": given, "suffix": suffix, "dropping-particle": particle}
    return {key: part for key, part in name.items() if part}


def _read_parts(given: Mapping[str, Any]) -> dict[str, Any]:
    name = {key: given[field] for key, field in _PARTS.items() if isinstance(given.get(field), str)}
    whole = given.get("name")
    if not isinstance(whole, str) or not whole.strip():
        return {}
    if not set(name) - {"alias"}:
        return {"literal": whole, **name}
    particle, family = split_particle(whole)
    kept = {"non-dropping-particle": particle} if particle else {}
    return {"family": family, **name, **kept}


def write_people(names: Json) -> list[str | dict[str, str]]:
    """People as Hayagriva has them; "and others" has no place there."""
    listed = names if isinstance(names, list | tuple) else ()
    written = (_write(name) for name in listed if isinstance(name, Mapping))
    return [name for name in written if name]


def _write(name: Mapping[str, Any]) -> str | dict[str, str]:
    part = {key: str(value).strip() for key, value in name.items() if isinstance(value, str | int)}
    particle, family = part.get("non-dropping-particle", ""), part.get("family", "")
    whole = part.get("literal") or f"{particle} {family}".strip()
    if not whole or part.get("literal") == "others":
        return ""
    parts = {} if part.get("literal") else {k: v for k, v in part.items() if k in _PARTS and v}
    given = parts.get("given", "")
    is_plain = "," not in f"{whole}{given}" and not any(w[:1].islower() for w in whole.split())
    if is_plain and set(parts) <= {"given"} and not is_suffix(given):
        return f"{whole}, {given}" if given else whole
    return {"name": whole, **{_PARTS[key]: value for key, value in parts.items()}}
