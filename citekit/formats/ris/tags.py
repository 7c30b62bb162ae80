"""The tables of RIS: CSL types and variables, and the tags that stand for them (``tags.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def table() -> dict[str, dict[str, str]]:
    """``type``, ``text`` and ``name`` by CSL's names; ``also`` and ``alias`` by tags."""
    return tomllib.loads(Path(__file__).with_name("tags.toml").read_text(encoding="utf-8"))


@cache
def by_tag(section: str) -> dict[str, str]:
    """A table the other way round: CSL's name of each tag."""
    return {tag: name for name, tag in table()[section].items()}


def csl_type(tag: str) -> str:
    """The CSL type of a ``TY``; what nobody knows is a document."""
    return by_tag("type").get(tag) or table()["also"].get(tag, "document")
