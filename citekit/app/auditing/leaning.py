"""Claims that a paper leans on while other sources, which it does not cite, dispute them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.auditing.result import ClaimLeanedOn
from citekit.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from citekit.app.auditing.checking import Judged
    from citekit.errors import Place
    from citekit.model.claim import Claim, ClaimEvidence
    from citekit.store.reading import ArchiveReader


def claims_leaned_on(
    store: ArchiveReader, cited: Mapping[str, Place], judged: Sequence[Judged]
) -> Iterator[tuple[ClaimLeanedOn, Finding]]:
    """The claims that cited sources support, where sources dispute them that are not cited.

    Evidence with a passage counts where the paper quotes from that passage.
    """
    claims = store.claims()
    for claim in claims:
        against = [key for key in _against(claim, claims) if store.has(key)]
        if not against or any(key in cited for key in against):
            continue
        for evidence in claim.evidence:
            place = _leans_at(store, evidence, cited, judged)
            if evidence.stance == "supports" and place is not None and evidence.item not in against:
                yield _told(claim, evidence, place, against)
                break


def _against(claim: Claim, claims: Sequence[Claim]) -> list[str]:
    """Who disputes a claim, or answers its question otherwise."""
    found = [evidence.item for evidence in claim.evidence if evidence.stance == "disputes"]
    for other in claims:
        if claim.question and other.question == claim.question and other.id != claim.id:
            found += [e.item for e in other.evidence if e.stance == "supports"]
    supporting = {e.item for e in claim.evidence if e.stance == "supports"}
    return [key for key in dict.fromkeys(found) if key not in supporting]


def _leans_at(
    store: ArchiveReader,
    evidence: ClaimEvidence,
    cited: Mapping[str, Place],
    judged: Sequence[Judged],
) -> Place | None:
    """Where the paper leans on the evidence; None where it does not."""
    if evidence.item not in cited:
        return None
    if evidence.annotation is None:
        return cited[evidence.item]
    wanted = evidence.annotation.removeprefix("urn:uuid:")
    notes = (note for note in store.annotations(evidence.item) if note.short_id == wanted)
    passage = next((note.passage for note in notes), None)
    for one in judged if passage else ():
        standing = one.standing
        if standing is None or standing.key != evidence.item or one.verdict == "absent":
            continue
        is_same = standing.stamp == passage.capture if passage else False
        if passage and is_same and standing.start < passage.end and passage.start < standing.end:
            return one.place
    return None


def _told(
    claim: Claim, evidence: ClaimEvidence, place: Place, against: list[str]
) -> tuple[ClaimLeanedOn, Finding]:
    leaned = ClaimLeanedOn(
        id=claim.id, statement=claim.statement, key=evidence.item, place=place,
        disputed_by=tuple(against),
    )  # fmt: skip
    others = ", ".join(against[:5])
    message = (
        f"leans on a claim of {evidence.item} that others dispute: {claim.statement} "
        f"(against it: {others})"
    )
    hint = f"cite who disputes it, too; citekit claim show {claim.id}"
    return leaned, Finding(
        code="CK-W819", message=message, severity=Severity.WARNING, place=place,
        rule="disputed-claim", hint=hint,
    )  # fmt: skip
