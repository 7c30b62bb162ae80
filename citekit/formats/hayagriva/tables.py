"""The tables of Hayagriva (``tables.toml``): types both ways, and the path of each variable."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping

ALONE: Final = "-"
"""In place of a container: an entry of this type stands in nothing but a series."""
EITHER: Final = {"at": ("own", "container"), "in": ("container", "own")}
"""Paths into the container, where there is one, else the entry: in which order they are read."""


class Shape(Value):
    """The type of an entry, and that of its container (or ``ALONE``)."""

    entry: str
    container: str

    @property
    def has_container(self) -> bool:
        """Whether there may be something that it stands in: its parent is that, and no event."""
        return self.container != ALONE and self.container not in table()["place"]


@cache
def table() -> dict[str, dict[str, Any]]:
    """All of the file."""
    return tomllib.loads(Path(__file__).with_name("tables.toml").read_text(encoding="utf-8"))


@cache
def shapes() -> Mapping[str, Shape]:
    """The shape of each CSL type."""
    rows = {csl: row.split() for csl, row in table()["type"].items()}
    return {
        csl: Shape(entry=entry, container=container) for csl, (entry, container) in rows.items()
    }


@cache
def _read_as() -> Mapping[str, str]:
    """CSL types by "entry" and "entry container"; the first row of a pair counts."""
    back: dict[str, str] = {}
    for csl, shape in shapes().items():
        back.setdefault(f"{shape.entry} {shape.container}", csl)
        back.setdefault(shape.entry, csl)
    return {**back, **table()["read"]}


def csl_type(entry: str, *parents: str) -> str:
    """The CSL type of an entry with parents of those types; empty for an unknown type.

    >>> csl_type("article", "newspaper"), csl_type("article"), csl_type("nonsense")
    ('article-newspaper', 'article', '')
    """
    known = _read_as()
    pairs = [f"{entry} {parent}" for parent in parents]
    return next((known[pair] for pair in (*pairs, entry) if pair in known), "")


def paths(variable: str) -> tuple[tuple[str, ...], ...]:
    """The paths of a variable that is no role, the one that is written first."""
    return _paths().get(variable, ())


@cache
def _paths() -> Mapping[str, tuple[tuple[str, ...], ...]]:
    kinds = (table()[kind] for kind in ("text", "plain", "name", "date"))
    return {
        variable: tuple(_path(path) for path in said.split())
        for kind in kinds
        for variable, said in kind.items()
    }


def _path(text: str) -> tuple[str, ...]:
    """A path with its place in front: ``own`` is the entry itself."""
    steps = text.split(".")
    places = {*EITHER, "container", "collection", *table()["place"].values()}
    return tuple(steps) if steps[0] in places else ("own", *steps)


@cache
def form_of(variable: str) -> re.Pattern[str] | None:
    """What a value has to look like to be written; None where all may be."""
    pattern = table()["form"].get(variable)
    return re.compile(f"(?a:{pattern})") if pattern else None
