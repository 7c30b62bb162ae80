"""The crosswalk between CSL and a BibTeX dialect: ``biblatex.toml``, ``bibtex.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

Dialect = Literal["biblatex", "bibtex"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryType:
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
        return len(self.fixed) + len(self.needs) + bool(self.genre) + bool(self.has)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
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

    @property
    def misc(self) -> EntryType:
        """The type for what fits nowhere."""
        return next(kind for kind in self.types if kind.csl == "document")


@cache
def crosswalk(dialect: Dialect) -> Crosswalk:
    """The tables of a dialect."""
    path = Path(__file__).with_name(f"{dialect}.toml")
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    kinds = {field: kind for kind, fields in table["kind"].items() for field in fields.split()}
    return Crosswalk(
        dialect=dialect,
        types=tuple(_entry_type(name, row, table) for name, row in table["type"].items()),
        order={field: number for number, field in enumerate(table["order"].split())},
        kinds=kinds,
        roles=table["role"],
    )


def _entry_type(name: str, row: Mapping[str, Any], table: Mapping[str, Any]) -> EntryType:
    return EntryType(
        csl=row.get("csl", name),
        entry=row["entry"],
        fields=table["every"] | table["group"][row["group"]] | row.get("fields", {}),
        fixed=row.get("fixed", {}),
        needs=tuple(row.get("needs", "").split()),
        genre=row.get("genre", ""),
        has=row.get("has", ""),
    )
