"""``citekit claim …``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from citekit.app.annotating.entities_and_claims import (
    add_claim,
    link_claim,
    remove_claim,
    set_claim_private,
)
from citekit.cli import output
from citekit.model.records.codec import to_json

if TYPE_CHECKING:
    from citekit.cli.context import Context
    from citekit.model.claim import Claim, Stance


def add(
    context: Context,
    *,
    statement: str,
    id_: str | None,
    question: str | None,
    note: str | None,
    entity: list[str],
    private: bool,
) -> int:
    """Add a claim and print its id."""
    claim = add_claim(
        context.store(),
        statement,
        claim_id=id_,
        question=question,
        note=note,
        entities=entity,
        private=private,
    )
    if claim.private and not private:
        output.note("private, because what it is about is private", quiet=context.quiet)
    return _answer(context, claim)


def link(
    context: Context,
    *,
    id_: str,
    key: str,
    stance: Stance | None,
    says: str | None,
    annotation: str | None,
    note: str | None,
) -> int:
    """Add what a source says of a claim, and print the claim's id."""
    claim = link_claim(
        context.store(),
        id_,
        key,
        stance=stance or "supports",
        says=says,
        annotation=annotation,
        note=note,
    )
    return _answer(context, claim)


def show(context: Context, *, id_: str) -> int:
    """Print a claim with its sources."""
    claim = context.store().claim(id_)
    if context.json:
        output.answer_json(to_json(claim))
        return 0
    for line in (claim.statement, claim.question, claim.note):
        if line:
            output.answer(line)
    for part in claim.evidence:
        words = (part.stance, part.item, part.says, part.note)
        output.answer("  " + "  ".join(word for word in words if word))
    return 0


def list_(context: Context) -> int:
    """Print the claims."""
    claims = context.store().claims()
    if context.json:
        output.answer_json([to_json(claim) for claim in claims])
        return 0
    for claim in claims:
        mark = "  private" if claim.private else ""
        output.answer(f"{claim.id}  {len(claim.evidence)}  {claim.statement}{mark}")
    return 0


def private(context: Context, *, id_: str, no: bool) -> int:
    """Have a claim for its owner alone, or for all, and print its id."""
    return _answer(context, set_claim_private(context.store(), id_, private=not no))


def remove(context: Context, *, id_: str) -> int:
    """Remove a claim and print its id."""
    return _answer(context, remove_claim(context.store(), id_))


def _answer(context: Context, claim: Claim) -> int:
    if context.json:
        output.answer_json(to_json(claim))
    else:
        output.answer(claim.id)
    return 0
