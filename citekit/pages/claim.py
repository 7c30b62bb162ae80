"""The page of one claim: what each source says of it, side by side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from citekit.pages import wording
from citekit.pages.claims.answers import answers_section
from citekit.pages.claims.matrix import age
from citekit.pages.element import Element, h, joined, to
from citekit.pages.item import stance_badge
from citekit.pages.text.article import make_article
from citekit.pages.title_markup import plain

if TYPE_CHECKING:
    from citekit.model.claim import Claim, ClaimEvidence
    from citekit.pages.library import Library


def claim_body(library: Library, claim: Claim) -> list[Element]:
    """Everything on a claim's page below its title."""
    named = [library.entities[e] for e in claim.entities if e in library.entities]
    chips = joined((to("entity", e.id, e.name, class_="ck-chip") for e in named), " ")
    parts = [
        h(
            "div",
            h("p", h("span", "Claim", class_="ck-kind"), " ", tally(claim), class_="ck-eyebrow"),
            h("p", claim.statement, class_="ck-lead") if claim.question else None,
            h("p", claim.note) if claim.note else None,
            h("p", chips, class_="ck-chips") if chips else None,
            class_="ck-head",
        ),
        answers_section(library, claim),
        _sources(library, claim),
        h("backlinks", object=f"claim:{claim.id}"),
    ]
    return [part for part in parts if part is not None]


def tally(claim: Claim) -> list[Element | str]:
    """How many sources take which stance, as badges."""
    counts = Counter(evidence.stance for evidence in claim.evidence)
    badges: list[Element | str] = []
    for stance, label in wording.STANCES.items():
        number = counts.get(stance, 0)  # type: ignore[call-overload]  # the table's keys are stances
        if number:
            badges += [" ", h("span", f"{label} {number}", class_=f"ck-stance ck-{stance}")]
    return badges[1:]


def _sources(library: Library, claim: Claim) -> Element:
    if not claim.evidence:
        return h("p", "No source is tied to this claim yet.", class_="ck-faint")
    rows = [_row(library, e) for e in sorted(claim.evidence, key=lambda e: _order(library, e))]
    head = h("tr", *(h("th", name) for name in ("Source", "Date", "Says", "Stance", "Passage")))
    return h(
        "section",
        h("title", "Source by source"),
        h("table", head, rows, class_="ck-sources"),
        id="sources",
    )


def _order(library: Library, evidence: ClaimEvidence) -> tuple[str, str]:
    key = library.resolve(evidence.item)
    return age(library, key) if key else ("9999", evidence.item)


def _row(library: Library, evidence: ClaimEvidence) -> Element:
    key = library.resolve(evidence.item)
    if key is None:
        source: Element = h("span", evidence.item, class_="ck-faint")
        date = ""
    else:
        item = library.shelves[key].item
        source = h(
            "div",
            h("p", to("item", key, wording.source_name(item))),
            h("p", wording.shorten(plain(item.title), 90), class_="ck-faint"),
        )
        date = wording.show_date(item.date())
    return h(
        "tr",
        h("td", source),
        h("td", date),
        h(
            "td",
            evidence.says or "–",
            h("p", evidence.note, class_="ck-faint") if evidence.note else None,
        ),
        h("td", stance_badge(evidence.stance)),
        h("td", _passage(library, key, evidence)),
        class_=f"ck-row-{evidence.stance}",
    )


def _passage(library: Library, key: str | None, evidence: ClaimEvidence) -> list[Element | str]:
    identifier = (evidence.annotation or "").removeprefix("urn:uuid:")
    place = library.places_of_annotation.get(identifier)
    if place is None or key is None:
        return [evidence.locator] if evidence.locator else ["–"]
    item, annotation = place
    article = make_article(library, item)
    number = article.paragraph(annotation)
    quoted = article.quotes.get(identifier)
    where = to("item", f"{item}#a-{identifier}", f"¶ {number}" if number else "note")
    return [where, " ", h("q", wording.shorten(quoted, 90))] if quoted else [where]
