"""A statement, with the passages and sources that support or dispute it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Stance = Literal["supports", "disputes", "mentions"]
STANCES: tuple[Stance, ...] = ("supports", "disputes", "mentions")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEvidence:
    """What one source says of a claim. ``says`` is its answer in a few words ("30 wounded").

    ``annotation`` is the id of the annotation that marks the passage, where there is one.
    """

    item: str
    stance: Stance
    says: str | None = None
    annotation: str | None = None
    locator: str | None = None
    note: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One claim. ``question`` is what the sources answer differently, ``statement`` one answer."""

    id: str
    statement: str
    question: str | None = None
    note: str | None = None
    entities: tuple[str, ...] = ()
    evidence: tuple[ClaimEvidence, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
