"""What kind of item a page is: the table ``kinds.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from citekit.extract.shared.addresses import split_address
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Mapping


class SchemaKind(Value):
    """A type of schema.org: how much it is what its page is about, and the CSL type it tells."""

    weight: float
    type: str | None = None
    confidence: float = 0.0


class HostKind(Value):
    """A host whose pages are of one kind; with `paths`, only those that have one of these.

    `container` is what is cited as the container of the item, `publisher` as its publisher. What
    `is_untitled` has no headline: it is cited by the words of the post.
    """

    hosts: tuple[str, ...]
    type: str
    paths: tuple[str, ...] = ()
    container: str | None = None
    publisher: str | None = None
    genre: str | None = None
    is_untitled: bool = False


class StepKind(Value):
    """Steps of a path, or first labels of a host, that only pages of one kind have."""

    steps: tuple[str, ...]
    type: str
    confidence: float
    genre: str | None = None


@cache
def schema_kinds() -> dict[str, SchemaKind]:
    """The types of schema.org that pages are about, by their names in lower case."""
    return {name: SchemaKind(**row) for name, row in _table()["schema"].items()}


@cache
def told_by(source: str) -> Mapping[str, tuple[str, float]]:
    """CSL type and confidence by what a source says: ``og``, ``key`` or ``words``."""
    return {word: (row[0], row[1]) for word, row in _table()[source].items()}


def kind_of_host(url: str | None) -> HostKind | None:
    """The kind that the table has for an address."""
    parts = split_address(url or "")
    host = (parts.hostname or "").removeprefix("www.") if parts else ""
    while host and parts:
        for kind in _hosts().get(host, ()):
            if not kind.paths or any(path in f"{parts.path}?{parts.query}" for path in kind.paths):
                return kind
        host = host.partition(".")[2]
    return None


def kinds_of_steps(url: str | None) -> list[StepKind]:
    """The kinds that the steps of an address tell of, each once."""
    parts = split_address(url or "")
    if parts is None:
        return []
    label = (parts.hostname or "").removeprefix("www.").split(".")[0]
    steps = [label, *parts.path.casefold().split("/")][:20]
    return [kind for kind in _steps() if any(step in kind.steps for step in steps)]


@cache
def _steps() -> tuple[StepKind, ...]:
    return tuple(StepKind(**{**row, "steps": tuple(row["steps"])}) for row in _table()["step"])


@cache
def _hosts() -> dict[str, list[HostKind]]:
    found: dict[str, list[HostKind]] = {}
    for row in _table()["host"]:
        lists = {key: tuple(row.get(key, ())) for key in ("hosts", "paths")}
        kind = HostKind(**{**row, **lists})
        for host in kind.hosts:
            found.setdefault(host, []).append(kind)
    return found


@cache
def _table() -> dict[str, Any]:
    text = files("citekit.extract.pages").joinpath("kinds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
