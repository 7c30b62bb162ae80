"""Where the page is: what it says, and what programs that saved it say."""

from __future__ import annotations

from citekit.extract.shared.evidence import Evidence


def address_evidence(canonical: str | None, saved: str | None) -> list[Evidence]:
    """Evidence for the address: the canonical link, and what SingleFile wrote."""
    found: list[Evidence] = []
    if canonical:
        found.append(
            Evidence(
                field="URL",
                value=canonical,
                origin="html",
                rule="canonical",
                place={"selector": "link[rel=canonical]"},
                confidence=0.85,
            ),
        )
    if saved:
        found.append(
            Evidence(
                field="URL",
                value=saved,
                origin="singlefile",
                rule="saved-page-comment",
                place={"payload": "original", "line": 1},
                confidence=0.8,
            ),
        )
    return found
