"""What is contested, as one table: questions down the side, sources by date along the top.

A cell is that source's answer and leads to the passage; a source that is silent is shown as such,
because what is not reported is a finding, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.pages import wording
from citekit.pages.element import Element, h, to
from citekit.pages.title_markup import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from citekit.model.claim import Claim, ClaimEvidence
    from citekit.pages.library import Library

_MOST_SOURCES: Final = 40
"""A wider table than this nobody reads; the claims' own pages have every source."""
_MOST_ANSWERS: Final = 3


def claim_matrix(library: Library, claims: Sequence[Claim]) -> Element:
    """The claims as a table of answers; sources without any are left out, and the last beyond 40.

    The oldest source comes first.
    """
    sources = sources_by_date(library, claims)[:_MOST_SOURCES]
    if not sources:
        return h("p", "No source answers a question of this archive yet.", class_="ck-faint")
    head = h("tr", h("th", "Question"), [_source(library, key) for key in sources])
    rows = [_row(library, claim, sources) for claim in claims]
    return h("table", head, rows, class_="ck-matrix")


def sources_by_date(library: Library, claims: Iterable[Claim]) -> list[str]:
    """The keys of the sources that speak to any of the claims, the oldest first."""
    keys = {library.resolve(e.item) for claim in claims for e in claim.evidence}
    return sorted((key for key in keys if key), key=lambda key: age(library, key))


def age(library: Library, key: str) -> tuple[str, str]:
    """What puts sources in the order of their dates; those without one come last."""
    date = library.shelves[key].item.date()
    return (date.to_edtf() if date and date.parts else "9999", key)


def passage_name(library: Library, key: str, evidence: ClaimEvidence) -> str:
    """Where the source says it, as links name it: a note on the passage, else the item."""
    identifier = (evidence.annotation or "").removeprefix("urn:uuid:")
    place = library.places_of_annotation.get(identifier)
    return f"{place[0]}#a-{identifier}" if place else f"{key}#claims"


def _source(library: Library, key: str) -> Element:
    item = library.shelves[key].item
    name = wording.shorten(wording.source_name(item), 40)
    when = h("small", wording.show_date(item.date()))
    return h("th", to("item", key, name), " ", when)


def _row(library: Library, claim: Claim, sources: Sequence[str]) -> Element:
    said: dict[str, list[ClaimEvidence]] = {}
    for evidence in claim.evidence:
        said.setdefault(library.resolve(evidence.item) or "", []).append(evidence)
    question = wording.shorten(plain(claim.question or claim.statement), 120)
    return h(
        "tr",
        h("td", to("claim", claim.id, question), class_="ck-question"),
        [_cell(library, key, said.get(key, ())) for key in sources],
    )


def _cell(library: Library, key: str, said: Sequence[ClaimEvidence]) -> Element:
    """What one source answers; green or red where its answers are on one side."""
    if not said:
        return h("td", h("span", "silent", class_="ck-faint"), class_="ck-silent")
    stances = {evidence.stance for evidence in said}
    side = said[0].stance if len(stances) == 1 else "mentions"
    answers = [_answer(library, key, evidence) for evidence in said[:_MOST_ANSWERS]]
    return h("td", answers, class_=f"ck-cell ck-cell-{side}")


def _answer(library: Library, key: str, evidence: ClaimEvidence) -> list[Element]:
    stance = wording.STANCES.get(evidence.stance, evidence.stance)
    words = wording.shorten(evidence.says, 80) if evidence.says else stance.lower()
    lines = [h("p", to("item", passage_name(library, key, evidence), words))]
    return [*lines, h("p", stance, class_="ck-verdict")] if evidence.says else lines
