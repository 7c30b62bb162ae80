"""The crosswalk between CSL and a BibTeX dialect: ``biblatex.toml``, ``bibtex.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from citekit.model.records.plain_toml import read_table
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

Dialect = Literal["biblatex", "bibtex"]
_CLASSIC_FIELDS: Final = frozenset({"annote", "crossref", "organization", "month"})
_TITLES_OF_HOLDERS: Final = frozenset(
    f"{holder}{part}" for holder in ("book", "main", "journal") for part in ("title", "subtitle")
)
_CLASSIC_TYPES: Final = frozenset({"inbook", "conference", "manual", "proceedings"})
"""What the standard styles of BibTeX know besides what citekit writes."""


class EntryType(Value):
    """How one CSL type is written, and what an entry must show to be read as it.

    ``fields`` names the field of each CSL variable; ``genre`` is a part of the item's genre.
    """

    csl: str
    entry: str
    fields: Mapping[str, str]
    fixed: Mapping[str, str]
    needs: tuple[str, ...]
    genre: str
    has: str

    def suits(self, item: Mapping[str, Any]) -> bool:
        """Whether an item of this CSL type is written so."""
        genre = str(item.get("genre", "")).casefold()
        return self.genre in genre and (not self.has or self.has in item)

    def explains(self, fields: Mapping[str, str]) -> bool:
        """Whether an entry of this entry type is read so."""
        return (
            all(fields.get(field) == value for field, value in self.fixed.items())
            and all(field in fields for field in self.needs)
            and self.genre in fields.get("type", "").casefold()
        )

    @property
    def rank(self) -> int:
        """How much it asks for: of several types that suit, the most demanding is right."""
        return len(self.fixed) + len(self.needs) + 2 * bool(self.genre) + 2 * bool(self.has)


class Crosswalk(Value):
    """One dialect: its types, the order of its fields, the kind of value in each, its roles."""

    dialect: Dialect
    types: tuple[EntryType, ...]
    order: Mapping[str, int]
    kinds: Mapping[str, str]
    roles: Mapping[str, str]

    def for_item(self, item: Mapping[str, Any]) -> EntryType:
        """How to write this item; a type that the table does not know is ``@misc``."""
        csl = item.get("type")
        suiting = [kind for kind in self.types if kind.csl == csl and kind.suits(item)]
        return max(suiting or [self.misc], key=lambda kind: kind.rank)

    def for_entry(self, entry: str, fields: Mapping[str, str]) -> EntryType:
        """How to read this entry; an entry type that the table does not know is ``@misc``."""
        named = [kind for kind in self.types if kind.entry == entry]
        explaining = [kind for kind in named if kind.explains(fields)]
        return max(explaining or named or [self.misc], key=lambda kind: kind.rank)

    def has_field(self, name: str) -> bool:
        """Whether this dialect knows a field by this name, or biblatex would by another."""
        if self.dialect == "biblatex":
            return True
        return name in self.order or name in _CLASSIC_FIELDS

    def inherits(self, name: str) -> bool:
        """Whether an entry has a field by its crossref that its parent has, maybe as its title.

        BibTeX takes over what is called alike, and so no title of what holds the entry.
        """
        return self.dialect == "biblatex" or name not in _TITLES_OF_HOLDERS

    def has_type(self, entry: str) -> bool:
        """Whether an entry of this type may stand in a file of this dialect."""
        if self.dialect == "biblatex":
            return True
        own = {kind.entry for kind in self.types} | _CLASSIC_TYPES
        return entry in own or entry not in {kind.entry for kind in crosswalk("biblatex").types}

    @property
    def misc(self) -> EntryType:
        """The type for what fits nowhere."""
        return next(kind for kind in self.types if kind.csl == "document")


@cache
def crosswalk(dialect: Dialect) -> Crosswalk:
    """The tables of a dialect."""
    table = read_table(Path(__file__).with_name(f"{dialect}.toml"))
    groups = {name: _pairs(text.split()) for name, text in table["group"].items()}
    plain = [_entry_type(name, text, {}, groups) for name, text in table["type"].items()]
    special = [
        _entry_type(name, text, dict(said.split(" ", 1) for said in more), groups)
        for name, (text, *more) in table["special"].items()
    ]
    return Crosswalk(
        dialect=dialect,
        types=(*plain, *special),
        order={field: number for number, field in enumerate(table["order"].split())},
        kinds={field: kind for kind, fields in table["kind"].items() for field in fields.split()},
        roles=_pairs(table["role"]["list"].split()),
    )


@cache
def other_names() -> Mapping[str, Mapping[str, Any]]:
    """``type`` and ``field``: names that biblatex accepts for its own (``aliases.toml``)."""
    return read_table(Path(__file__).with_name("aliases.toml"))


def _entry_type(
    name: str, text: str, more: Mapping[str, str], groups: Mapping[str, Mapping[str, str]]
) -> EntryType:
    entry, group, *own = text.split()
    fields = {**groups["every"], **groups[group], **_pairs(own)}
    return EntryType(
        csl=more.get("csl", name),
        entry=entry,
        fields={v: f for v, f in fields.items() if f"-{v}" not in own and v[0] != "-"},
        fixed=_pairs(more.get("fixed", "").split()),
        needs=tuple(more.get("needs", "").split()),
        genre=more.get("genre", ""),
        has=more.get("has", ""),
    )


def _pairs(words: Iterable[str]) -> dict[str, str]:
    """``["issue=number", "volume"]`` as ``{"issue": "number", "volume": "volume"}``."""
    split = (word.partition("=") for word in words)
    return {left: right or left for left, _, right in split}
