"""A statement, with the passages and sources that support or dispute it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from citekit.model.value import NOTHING, Value

Stance = Literal["supports", "disputes", "mentions"]
STANCES: tuple[Stance, ...] = ("supports", "disputes", "mentions")


class ClaimEvidence(Value):
    """What one source says of a claim. ``says`` is its answer in a few words ("30 wounded").

    ``annotation`` is the id of the annotation that marks the passage, where there is one.
    """

    item: str
    stance: Stance
    says: str | None = None
    annotation: str | None = None
    locator: str | None = None
    note: str | None = None
    extra: Mapping[str, Any] = NOTHING


class Claim(Value):
    """One claim. ``question`` is what the sources answer differently, ``statement`` one answer.

    A ``private`` one is for its owner alone.
    """

    id: str
    statement: str
    question: str | None = None
    note: str | None = None
    entities: tuple[str, ...] = ()
    evidence: tuple[ClaimEvidence, ...] = ()
    private: bool = False
    extra: Mapping[str, Any] = NOTHING
