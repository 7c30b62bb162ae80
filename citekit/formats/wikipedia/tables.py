"""The tables of citation templates (``tables.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def table() -> dict[str, dict[str, str]]:
    """All of the file."""
    return tomllib.loads(Path(__file__).with_name("tables.toml").read_text(encoding="utf-8"))
