"""What the site is called, and whether a text is its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.shared.names import without_legal_form
from citekit.extract.shared.publishers import host_of, publisher_evidence
from citekit.extract.shared.words import fold
from citekit.model.value import replace

# Works that stand for themselves: the site that shows one does not contain it.
WHOLE_WORKS = frozenset({"article", "thesis", "report", "book", "dataset", "legislation"})

if TYPE_CHECKING:
    from citekit.extract.shared.evidence import Evidence
    from citekit.extract.shared.publishers import Directory


def weigh_sites(raw: list[Evidence], url: str | None, known: Directory) -> list[Evidence]:
    """What the site and its publisher are called, by the page and by the table."""
    found = [e for e in _names(raw) if not str(e.value).startswith("http")]
    if publisher := known.of_url(url):
        found += publisher_evidence(
            publisher,
            "url",
            "domain",
            {"payload": "url", "value": host_of(url)},
            0.95,
        )
    named = [e for e in found if e.field == "container-title"]
    for one in named[:3]:
        if publisher := known.of_name(one.value):
            found += publisher_evidence(publisher, one.origin, one.rule, dict(one.place), 0.6)
    if not named:
        found += [
            replace(e, field="container-title", confidence=0.5)
            for e in found
            if e.field == "publisher" and not _is_of_work(e)
        ][:1]
    return found


def _names(raw: list[Evidence]) -> list[Evidence]:
    """What the page calls its site and publisher; the headline in their place names neither."""
    titles = {compact(e.value) for e in raw if e.field == "title" and len(e.value.split()) > 3}
    return [
        e
        for e in raw
        if e.field in {"container-title", "publisher"} and compact(e.value) not in titles
    ]


def weigh_containers(sites: list[Evidence], kind: str) -> list[Evidence]:
    """The names of the site, doubted where it is not what contains an item of this kind.

    A journal's name wins over that of the site it is on; a thesis or a law is in no container.
    """
    is_within = any(e.field == "container-title" and _is_of_work(e) for e in sites)
    most = 0.1 if kind in WHOLE_WORKS else 0.6 if is_within else 1.0
    return [
        replace(e, confidence=min(e.confidence, most))
        if e.field == "container-title" and not _is_of_work(e)
        else e
        for e in sites
    ]


def _is_of_work(one: Evidence) -> bool:
    return one.rule.startswith(("citation_", "bepress_", "eprints.", "prism.", "isPartOf"))


def is_site(part: str, sites: frozenset[str]) -> bool:
    """Whether a part of a title is the site's name, or most of it."""
    key = compact(part)
    return bool(key) and any(
        key == site
        or (
            len(key) >= 4
            and len(site) >= 4
            and (key in site or site in key)
            and len(part.split()) <= 6
        )
        for site in sites
    )


def compact(name: str) -> str:
    """A name without case, spaces and signs, as `site_names` has them."""
    return re.sub(r"[\W_]", "", fold(name)).removeprefix("the")


def site_names(raw: list[Evidence], url: str | None, known: Directory) -> frozenset[str]:
    """All names the site has, compact: its own, the table's, and its host's."""
    names = [
        e.value
        for e in _names(raw)
        if e.field == "container-title" or e.origin in {"json-ld", "microdata"}
    ]
    names += [without_legal_form(name) for name in names]
    publisher = known.of_url(url)
    if publisher:
        names += [publisher.name, *publisher.aliases]
    host = host_of(url)
    labels = host.split(".")
    names += [host, *[label for label in labels[:-1] if len(label) > 3]]
    return frozenset(key for name in names if (key := compact(name)))
