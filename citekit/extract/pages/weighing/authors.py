"""Which of the names that a page gives are its authors'.

Each source gives a list of names. A source that declares what they are is believed; the site, its
publisher, agencies and placeholders are no authors. Between lists the surest wins, but for a
visible byline that says more: a reader cites what stands there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from citekit.extract.pages.declared.scholarly import is_catalogued
from citekit.extract.pages.tree import clean
from citekit.extract.pages.weighing.sites import compact, is_site
from citekit.extract.shared.bylines import read_byline, split_names
from citekit.extract.shared.evidence import Evidence
from citekit.extract.shared.names import (
    Name,
    catalogued_name,
    csl_name,
    display_name,
    family_name,
    is_agency,
    is_organisation,
    looks_like_name,
    person_name,
)
from citekit.extract.shared.noise import is_label
from citekit.extract.shared.words import every, fold, tokens
from citekit.model.value import Value, replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from citekit.extract.shared.parties import Party

_SHOWN = frozenset({"visible"})
_NO_NAME = re.compile(r"[:()\[\]{}<>]|^[a-z0-9]+(?:[-_][a-z0-9]+)+$")
_LONGEST_NAME = 160
_FULLER, _POORER = 0.97, 0.5
_LOGIN = 0.1  # a single word in the data alone is often what somebody logs in with


class Named(Value):
    """One name of a list: as CSL-JSON has it, and what is known of it."""

    name: Name
    is_body: bool = False
    is_declared: bool = False
    is_site: bool = False
    is_handle: bool = False

    @property
    def printed(self) -> str:
        """The name as it is printed."""
        return display_name(self.name)

    @property
    def words(self) -> frozenset[str]:
        """The folded words of the name, to compare it."""
        return frozenset(tokens(self.printed))


class Candidate(Value):
    """The names that one source gives, with their evidence."""

    evidence: Evidence
    names: tuple[Named, ...]

    @property
    def persons(self) -> tuple[Named, ...]:
        """Those of the names that are persons' full names."""
        return tuple(one for one in self.names if not one.is_body and not one.is_handle)


def weigh_authors(
    raw: list[Evidence], sites: frozenset[str], language: str | None, *, is_post: bool = False
) -> list[Evidence]:
    """The candidates for authors, as CSL-JSON has names; site names and placeholders left out.

    In posts (`is_post`) a single word is an author as good as any.
    """
    grouped: dict[tuple[str, str], list[Evidence]] = {}
    for read in raw:
        if read.field == "author":
            grouped.setdefault((read.origin, read.rule), []).append(read)
    candidates = [_candidate(group, sites, language) for group in grouped.values()]
    named = [one for each in candidates if (one := _without_sites(each, is_post)).names]
    titles = frozenset(word for e in raw if e.field == "title" for word in tokens(e.value))
    chosen = _favour_visible(_favour_persons(_aligned(named)), titles) or _corporate(candidates)
    return [replace(one.evidence, value=[each.name for each in one.names]) for one in chosen]


def _candidate(group: list[Evidence], sites: frozenset[str], language: str | None) -> Candidate:
    """The names of one source, each once."""
    parties = [party for one in group for party in one.value]
    is_shown = group[0].origin in _SHOWN
    names = [
        _judged(name, party, sites, is_shown=is_shown)
        for party in parties
        for name in names_of(party, language)
    ]
    once = {fold(one.printed): one for one in reversed(names)}
    return Candidate(evidence=group[0], names=tuple(reversed(once.values())))


def names_of(party: Party, language: str | None) -> list[Name]:
    """The names that a text holds, in the form of CSL-JSON; none that stands for nobody."""
    text = clean(party.text)
    if not text or len(text) > 300 or "http" in text or "@" in text.lstrip("@"):
        return []
    if party.kind == "organisation":
        found: list[Name] = [{"literal": text[:_LONGEST_NAME]}]
    elif party.is_one:
        found = [catalogued_name(text)]
    elif party.family and party.given and {party.family, party.given} <= {*_splits(text)}:
        found = [family_name(party.family, party.given)]
    else:
        byline = read_byline(text, language=language)
        names = split_names(text, language=language, is_line=False)
        printed = byline.names if byline else names
        printed = printed or ((text,) if len(text.split()) <= 5 else ())
        found = [_as_declared(name, party) for name in printed]
    return [name for name in found if _can_be_author(display_name(name), party)]


def _splits(text: str) -> Iterable[str]:
    """The beginnings and ends of a text at its blanks."""
    words = text.split()
    for i in range(1, len(words)):
        yield " ".join(words[:i])
        yield " ".join(words[i:])


def _as_declared(name: str, party: Party) -> Name:
    if party.kind == "person" and not is_organisation(name, is_declared_person=True):
        return person_name(name)
    return csl_name(name)


def _can_be_author(name: str, party: Party) -> bool:
    words = tokens(name)
    if not words or all(word in every("nobody") for word in words):
        return False
    if party.kind == "organisation":
        return "http" not in name
    return not (_NO_NAME.search(name) or (len(words) == 1 and is_label(name)))


def _judged(name: Name, party: Party, sites: frozenset[str], *, is_shown: bool) -> Named:
    printed = display_name(name)
    is_person = party.kind == "person" or (is_shown and looks_like_name(printed, marked=True))
    is_body = party.kind == "organisation" or is_organisation(
        printed, is_declared_person=party.kind == "person"
    )
    is_word = len(printed.split()) == 1 and printed.isascii()
    is_own = (
        is_site(printed, sites)
        if is_body
        else compact(printed) in sites and (is_word or not is_person)
    ) or (not party.kind and _bears_site(printed, sites))
    return Named(
        name=name,
        is_body=is_body,
        is_declared=bool(party.kind),
        is_site=is_own or is_agency(printed),
        is_handle=is_word and not is_body,
    )


def _bears_site(name: str, sites: frozenset[str]) -> bool:
    """Whether the site's abbreviation is a word of a name: "HRL Lanternfish" is a part of HRL."""
    words = (word for word in name.split() if word.isupper() and 1 < len(word) <= 4)
    return any(compact(word) in sites for word in words)


def _without_sites(candidate: Candidate, is_post: bool) -> Candidate:
    names = tuple(one for one in candidate.names if not one.is_site)
    evidence = candidate.evidence
    if not (is_post or _is_shown(candidate)) and all(one.is_handle for one in names):
        evidence = replace(evidence, confidence=_LOGIN)
    return Candidate(evidence=evidence, names=names)


def _aligned(authors: list[Candidate]) -> list[Candidate]:
    """The candidates, visible names without the words that the data do not have in them.

    "Ada Quill Assistant" is a person with the beginning of a job, where the data say "Ada Quill".
    """
    plain = [one for each in authors if not _is_shown(each) for one in each.persons]
    return [
        replace(each, names=tuple(_plainest(one, plain) for one in each.names))
        if _is_shown(each)
        else each
        for each in authors
    ]


def _plainest(name: Named, plain: list[Named]) -> Named:
    inside = (one for one in plain if len(one.words) > 1 and one.words < name.words)
    return next(inside, name)


def _favour_persons(authors: list[Candidate]) -> list[Candidate]:
    """The candidates; where persons are named, an undeclared organisation is less likely meant."""
    if not any(one.persons for one in authors):
        return authors
    return [
        one if one.persons or any(each.is_declared for each in one.names) else _at_most(one, 0.45)
        for one in authors
    ]


def _favour_visible(authors: list[Candidate], titles: frozenset[str]) -> list[Candidate]:
    """The candidates; a visible byline that says more than all data is surer, and they less.

    The elements of a catalogue name all authors, and nothing says more.
    """
    machine = [one for one in authors if not _is_shown(one)]
    best = max(machine, key=lambda one: one.evidence.confidence, default=None)
    if best and is_catalogued(best.evidence.rule):
        return [one if one is best else _at_most(one, _POORER) for one in authors]
    shown = [one for one in authors if _is_shown(one)]
    fuller = [one for one in shown if best and _says_more(one, best, titles)]
    if not fuller:
        return authors
    return [
        _with_confidence(one, _FULLER) if one is fuller[0] else _at_most(one, _POORER)
        for one in authors
    ]


def _is_shown(candidate: Candidate) -> bool:
    return candidate.evidence.origin in _SHOWN


def _with_confidence(candidate: Candidate, confidence: float) -> Candidate:
    return replace(candidate, evidence=replace(candidate.evidence, confidence=confidence))


def _at_most(candidate: Candidate, confidence: float) -> Candidate:
    return _with_confidence(candidate, min(confidence, candidate.evidence.confidence))


def _says_more(visible: Candidate, machine: Candidate, titles: frozenset[str]) -> bool:
    """Whether a byline names the persons that the data name, and others, or one word in full.

    Persons that the headline names are those that the article is about.
    """
    mine, theirs = visible.persons, machine.persons
    words = {one.words for one in theirs}
    extra = [one for one in mine if one.words not in words]
    if not extra or not all(map(_is_surely_person, extra)):
        return False
    if any(one.words <= titles for one in extra):
        return False
    if theirs:
        return words <= {one.words for one in mine}
    handles = [one for one in machine.names if one.is_handle]
    return not handles or all(any(h.words <= one.words for one in mine) for h in handles)


def _is_surely_person(name: Named) -> bool:
    printed = name.printed
    words = printed.split()
    shouted = [word.isupper() and len(word) > 2 for word in words]
    return (
        looks_like_name(printed, marked=False)
        and not set(tokens(printed)) & every("role")
        and (all(shouted) or not any(shouted))
    )


def _corporate(candidates: list[Candidate]) -> list[Candidate]:
    """Where a page's data name only the site or an agency as author, it is a corporate author.

    Styles print such a name; that it is literal and of little confidence tells that no person is
    named.
    """
    for one in candidates:
        if one.evidence.origin != "json-ld" or not one.names:
            continue
        names = [Named(name={"literal": each.printed}, is_body=True) for each in one.names]
        evidence = replace(one.evidence, confidence=0.4)
        return [Candidate(evidence=evidence, names=tuple(names))]
    return []
