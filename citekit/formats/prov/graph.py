"""What a PROV document says so far, and how names and texts are written in one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

NAMESPACE: Final = "urn:citekit:"

Node = dict[str, Any]


@dataclass(slots=True)
class Graph:
    """What was said so far; a thing with an id is said once."""

    nodes: dict[str, Node] = field(default_factory=dict)
    relations: list[Node] = field(default_factory=list)
    latest: dict[str, str] = field(default_factory=dict)
    """Path -> id of its last version."""
    made: dict[str, str | None] = field(default_factory=dict)
    """Event -> id of the version that it made; None for one that made none."""

    def declare(self, kind: str, identifier: str, **facts: Any) -> str:  # noqa: ANN401  # any JSON
        """Say of a thing what is known of it: ``ck_path`` is written ``ck:path``."""
        told = {name.replace("_", ":"): value for name, value in facts.items() if value is not None}
        self.nodes.setdefault(identifier, {"@type": kind, "@id": identifier, **told})
        return identifier

    def relate(self, kind: str, **ends: Any) -> None:  # noqa: ANN401  # any JSON
        """Say a relation between things; ends that are None are unknown and left out."""
        known = {name: end for name, end in ends.items() if end is not None}
        self.relations.append({"@type": kind, **known})


def local(text: str) -> str:
    """The text as a part of an IRI."""
    return quote(re.sub(r"\s+", "-", text), safe="/-._~")


def text(value: object) -> list[Node] | None:
    """A value as a text of PROV-JSONLD; None for None."""
    return None if value is None else [{"@value": str(value)}]
