"""What kind of item a page is: the table ``kinds.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from citekit.model.value import Value


class SchemaKind(Value):
    """A type of schema.org: how much it is what its page is about, and the CSL type it tells."""

    weight: float
    type: str | None = None
    confidence: float = 0.0


@cache
def schema_kinds() -> dict[str, SchemaKind]:
    """The types of schema.org that pages are about, by their names in lower case."""
    return {name: SchemaKind(**row) for name, row in _table()["schema"].items()}


@cache
def _table() -> dict[str, Any]:
    text = files("citekit.extract.pages").joinpath("kinds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
