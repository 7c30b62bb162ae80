"""The answers to one question: each with the sources that give it, and who gives none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.pages import wording
from citekit.pages.claims.matrix import age, passage_name
from citekit.pages.element import Content, Element, h, joined, to

if TYPE_CHECKING:
    from citekit.model.claim import Claim, ClaimEvidence
    from citekit.pages.library import Library


def answers_section(library: Library, claim: Claim) -> Element | None:
    """The answers, the most frequent first, with their sources by date; None without sources."""
    groups = answer_groups(library, claim)
    if not groups:
        return None
    lines = [
        h("li", h("p", h("strong", answer), ": ", joined(_sources(library, said), ", ")))
        for answer, said in groups
    ]
    silent = _silent(library, claim)
    return h(
        "section",
        h("title", wording.count(len(groups), "answer")),
        h("ul", lines, class_="ck-answers"),
        h("p", "Silent: ", joined(silent, ", "), ".", class_="ck-faint") if silent else None,
        id="answers",
    )


def answer_groups(
    library: Library, claim: Claim
) -> list[tuple[str, list[tuple[str, ClaimEvidence]]]]:
    """Each answer as its oldest source words it, with its sources; case and marks do not count."""
    groups: dict[str, list[tuple[str, ClaimEvidence]]] = {}
    known = [(library.resolve(e.item) or "", e) for e in claim.evidence]
    for key, evidence in sorted(known, key=lambda pair: _order(library, pair[0])):
        if key and evidence.says:
            groups.setdefault(_plain(evidence.says), []).append((key, evidence))
    listed = [(said[0][1].says or "", said) for said in groups.values()]
    return sorted(listed, key=lambda group: -len(group[1]))


def _order(library: Library, key: str) -> tuple[str, str]:
    return age(library, key) if key else ("", "")


def _plain(answer: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in answer.casefold()).split())


def _sources(library: Library, said: list[tuple[str, ClaimEvidence]]) -> list[Content]:
    return [
        to(
            "item",
            passage_name(library, key, evidence),
            wording.source_name(library.shelves[key].item),
        )
        for key, evidence in said
    ]


def _silent(library: Library, claim: Claim) -> list[Content]:
    """The sources that speak to other claims of the archive, and not to this one."""
    spoken = {library.resolve(e.item) for e in claim.evidence}
    keys = [key for key in library.claims_of_item if key not in spoken]
    return [
        to("item", key, wording.source_name(library.shelves[key].item))
        for key in sorted(keys, key=lambda key: age(library, key))
    ]
