"""Things in the world that texts name: people, organisations, places, occurrences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from citekit.model.value import NOTHING, Value

EntityKind = Literal["person", "organization", "place", "occurrence", "work"]
KINDS: tuple[EntityKind, ...] = ("person", "organization", "place", "occurrence", "work")

# Where an authority id leads; ids of other authorities are shown without a link.
AUTHORITIES: Final[Mapping[str, str]] = {
    "wikidata": "https://www.wikidata.org/entity/{}",
    "viaf": "https://viaf.org/viaf/{}",
    "isni": "https://isni.org/isni/{}",
    "gnd": "https://d-nb.info/gnd/{}",
    "lcnaf": "https://id.loc.gov/authorities/names/{}",
    "geonames": "https://www.geonames.org/{}",
    "orcid": "https://orcid.org/{}",
    "ror": "https://ror.org/{}",
}


class Entity(Value):
    """One thing. ``authorities`` maps an authority's name to the id there; ``date`` is EDTF.

    A ``private`` one is for its owner alone.
    """

    id: str
    kind: EntityKind
    name: str
    names: tuple[str, ...] = ()
    description: str | None = None
    date: str | None = None
    place: str | None = None
    authorities: Mapping[str, str] = NOTHING
    private: bool = False
    extra: Mapping[str, Any] = NOTHING


class Mention(Value):
    """One place where a text names an entity: the annotation that says so."""

    entity: str
    item: str
    annotation: str
