"""Which of the names that a page gives are its authors'."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.tree import clean
from citekit.extract.pages.weighing.sites import is_site
from citekit.extract.shared.bylines import read_byline, split_names
from citekit.extract.shared.names import csl_name, is_agency, is_organisation
from citekit.extract.shared.words import bare, every, fold
from citekit.model.value import replace

if TYPE_CHECKING:
    from citekit.extract.shared.evidence import Evidence
    from citekit.extract.shared.parties import Party


def weigh_authors(
    raw: list[Evidence], sites: frozenset[str], language: str | None
) -> list[Evidence]:
    """The candidates for authors, as CSL-JSON has names; site names and placeholders left out."""
    grouped: dict[tuple[str, str], list[Evidence]] = {}
    for one in raw:
        if one.field == "author":
            grouped.setdefault((one.origin, one.rule), []).append(one)
    found: list[Evidence] = []
    for group in grouped.values():
        names = _clean_names([party for e in group for party in e.value], sites, language)
        if names:
            first = group[0]
            found.append(replace(first, value=[csl_name(name) for name in names]))
    return found or _corporate_authors(grouped, language)


def _corporate_authors(
    grouped: dict[tuple[str, str], list[Evidence]],
    language: str | None,
) -> list[Evidence]:
    """Where a page's data name only an organisation as author, it is a corporate author.

    Styles print such a name; that it is literal and of little confidence tells that no person is
    named.
    """
    for (origin, _), group in grouped.items():
        if origin != "json-ld":
            continue
        texts = [clean(party.text) for one in group for party in one.value]
        names = [name for text in texts for name in split_names(text, language=language) or (text,)]
        literal = [
            {"literal": name}
            for name in dict.fromkeys(names)
            if 1 < len(name) <= 60 and bare(name) not in every("nobody") and "http" not in name
        ]
        if literal:
            return [replace(group[0], value=literal, confidence=0.4)]
    return []


def _clean_names(
    parties: list[Party],
    sites: frozenset[str],
    language: str | None,
) -> list[str]:
    names: list[str] = []
    for party in parties:
        text = clean(party.text)
        if not text or len(text) > 300 or "http" in text or "@" in text:
            continue
        byline = read_byline(text, language=language)
        split = byline.names if byline else split_names(text, language=language)
        short = (text,) if len(text.split()) <= 5 else ()
        names += [name for name in split or short if _is_author(name, party.kind, sites)]
    return list({fold(name): name for name in reversed(names)}.values())[::-1]


def _is_author(name: str, kind: str, sites: frozenset[str]) -> bool:
    person = kind == "person" and len(name.split()) >= 2 and not is_organisation(name)
    if bare(name) in every("nobody") or is_agency(name) or (is_site(name, sites) and not person):
        return False
    if re.search(r"[:()\[\]{}<>]|^[a-z0-9]+(?:[-_][a-z0-9]+)+$", name):
        return False
    return not (kind == "organisation" and is_organisation(name))
