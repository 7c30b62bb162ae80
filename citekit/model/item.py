"""One bibliographic record: a CSL-JSON object, kept whole, with typed views on it.

The object is the truth: unknown keys stay where they are, so what was read is what is written.
citekit's own facts live under ``custom.citekit`` (ItemFacts).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, Literal, Self, get_args

from citekit.errors import InvalidData, Place
from citekit.model.date import Date, DateError
from citekit.model.name import Name
from citekit.model.records.codec import Mismatch, from_json, to_json
from citekit.model.records.json_text import Json, JsonPath, parse_json, place_in, show_path
from citekit.model.value import NOTHING, Value
from citekit.model.variables import DATE_VARIABLES, NAME_VARIABLES

Access = Literal["public", "restricted", "private"]
"""Who may read: everybody; the records everybody, the text its owner; nobody but the owner."""

_TEXTS: Final = ("title", "URL", "DOI", "container-title", "publisher", "language")
_CHECKED: Final = NAME_VARIABLES.union(DATE_VARIABLES, _TEXTS)


class ArchivedCopy(Value):
    """A copy of the source kept elsewhere: an address and when it was made."""

    url: str
    at: datetime | None = None
    extra: Mapping[str, Any] = NOTHING


class ItemFacts(Value):
    """What citekit itself knows of an item: ``custom.citekit`` in item.json.

    ``foreign_ids`` are what other programs call the item, where that is no citekey: addresses,
    texts with white space. Since ``withdrawn`` the item is in nothing that is made for others.
    ``merged`` are records of items that this one has taken in, as they were: ``key``, ``at`` and
    ``item``. ``evidence_in`` is the capture that evidence counts in, if that is not the first.
    ``imported`` has for each variable that came in from a file the checksum of its value then.
    ``entry`` is what is kept of the .bib entry or RIS record that the item was read from.
    ``evidence`` maps a CSL variable to its candidates, as JSON objects with value, origin, rule,
    place, confidence and chosen.
    """

    ALWAYS: ClassVar = frozenset(["access"])
    access: Access = "restricted"
    aliases: tuple[str, ...] = ()
    foreign_ids: tuple[str, ...] = ()
    archived: tuple[ArchivedCopy, ...] = ()
    withdrawn: datetime | None = None
    merged: tuple[Mapping[str, Any], ...] = ()
    evidence_in: str | None = None
    imported: Mapping[str, str] = NOTHING
    entry: Mapping[str, Any] = NOTHING
    evidence: Mapping[str, tuple[Mapping[str, Any], ...]] = NOTHING
    extra: Mapping[str, Any] = NOTHING


_BARE: Final = {access: ItemFacts(access=access) for access in get_args(Access)}


class Item(Value):
    """A CSL-JSON item that has been checked; build it with ``from_json`` or ``from_text``."""

    data: Mapping[str, Any]
    facts: ItemFacts

    @classmethod
    def from_json(cls, data: Json) -> Self:
        """Check a CSL-JSON object; raises InvalidData naming the JSON path."""
        try:
            return cls(data=data, facts=_check_item(data))
        except Mismatch as error:
            place = Place(json_path=show_path(error.json_path))
            raise InvalidData(str(error), place=place, hint=error.hint) from error

    @classmethod
    def from_text(cls, text: str, *, path: str | None = None) -> Self:
        """Read item.json; raises InvalidData naming file, line, column and JSON path."""
        data = parse_json(text, path=path)
        try:
            return cls(data=data, facts=_check_item(data))
        except Mismatch as error:
            place = place_in(text, error.json_path, path=path)
            raise InvalidData(str(error), place=place, hint=error.hint) from error

    @property
    def key(self) -> str:
        """The citekey."""
        return str(self.data["id"])

    @property
    def type(self) -> str:
        """The CSL type, such as ``article-newspaper``."""
        return str(self.data["type"])

    @property
    def title(self) -> str:
        """The title, or an empty text."""
        return self.text("title")

    def text(self, variable: str) -> str:
        """A text or number variable as text; empty when it is absent."""
        value = self.data.get(variable)
        return str(value) if isinstance(value, str | int | float) else ""

    @property
    def tags(self) -> tuple[str, ...]:
        """What stands between the commas and semicolons of ``keyword``, in its order."""
        tags = (" ".join(tag.split()) for tag in re.split("[,;]", self.text("keyword")))
        return tuple(dict.fromkeys(filter(None, tags)))

    def names(self, variable: str) -> tuple[Name, ...]:
        """The names in a name variable; empty when it is absent."""
        return tuple(Name.from_json(name) for name in self.data.get(variable, ()))

    def date(self, variable: str = "issued") -> Date | None:
        """A date variable, or None."""
        value = self.data.get(variable)
        return None if value is None else Date.from_json(value)

    def with_data(self, **variables: Json) -> Self:
        """A copy with CSL variables changed; None removes one. Underscores stand for hyphens."""
        named = {key.replace("_", "-"): value for key, value in variables.items()}
        return self.with_variables(named)

    def with_variables(self, variables: Mapping[str, Any]) -> Self:
        """A copy with CSL variables changed; None removes one; raises InvalidData."""
        merged = {**self.data, **variables}
        return type(self).from_json({k: v for k, v in merged.items() if v is not None})

    def with_facts(self, facts: ItemFacts) -> Self:
        """A copy with citekit's own facts changed."""
        custom = {**self.data.get("custom", {}), "citekit": to_json(facts)}
        return type(self)(data={**self.data, "custom": custom}, facts=facts)

    def as_merged(self) -> dict[str, Any]:
        """The record as another item keeps it, which has what this one has taken in beside it."""
        custom = dict(self.data.get("custom", {}))
        own = {k: v for k, v in dict(custom.get("citekit", {})).items() if k != "merged"}
        return {**self.data, "custom": {**custom, "citekit": own}}

    def csl(self) -> dict[str, Any]:
        """The item without citekit's own facts: what other programs want."""
        data = dict(self.data)
        custom = {k: v for k, v in data.pop("custom", {}).items() if k != "citekit"}
        return {**data, "custom": custom} if custom else data


def _check_item(data: Json) -> ItemFacts:
    """The item's own facts, after every part of the object has been checked; raises Mismatch."""
    if not isinstance(data, Mapping):
        raise Mismatch((), "an item is a JSON object")
    for required in ("id", "type"):
        if not isinstance(data.get(required), str | int) or data[required] == "":
            raise Mismatch((), f'"{required}" is missing or no text')
    for variable in data:
        if variable in _CHECKED:
            _check_variable(variable, data[variable])
    custom = data.get("custom", {})
    if not isinstance(custom, Mapping):
        raise Mismatch(("custom",), "is not an object")
    return _read_facts(custom.get("citekit", {}))


def _read_facts(facts: Json) -> ItemFacts:
    """The facts; of items of which nothing but the access is known, they are shared."""
    if isinstance(facts, Mapping) and len(facts) == 1:
        access = facts.get("access")
        if isinstance(access, str) and access in _BARE:
            return _BARE[access]
    return from_json(ItemFacts, facts, ("custom", "citekit"))


def _check_variable(variable: str, value: Json) -> None:
    where: JsonPath = (variable,)
    if variable in NAME_VARIABLES:
        _check_names(value, where)
    elif variable in DATE_VARIABLES:
        try:
            Date.from_json(value)
        except DateError as error:
            raise Mismatch(where, f'"{variable}" {error}', error.hint) from error
    elif not isinstance(value, str | int | float):
        raise Mismatch(where, f'"{variable}" is not text')


def _check_names(value: Json, where: JsonPath) -> None:
    if not isinstance(value, list | tuple):
        hint = 'names look like [{"family": "Stoltenberg", "given": "Jens"}]'
        raise Mismatch(where, f'"{where[0]}" is not a list of names', hint)
    for i, name in enumerate(value):
        try:
            Name.from_json(name)
        except ValueError as error:
            raise Mismatch((*where, i), str(error)) from error
