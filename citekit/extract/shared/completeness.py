"""What is said of how complete a capture is: a verdict and its reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from citekit.findings import Finding, Severity
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

Verdict = Literal["complete", "doubtful", "failed"]

_CODES: Final = {"doubtful": "CK-W151", "failed": "CK-W152"}
_SAID: Final = {
    "doubtful": "this may not be all of the article",
    "failed": "this is not the article",
}
_HINTS: Final = {
    "doubtful": "look at it: citekit open {key}; add a fuller copy: citekit add FILE --to {key}",
    "failed": "save the page when it shows the article: citekit add FILE --to {key}",
}


class Reason(Value):
    """Why a capture is doubtful or failed: a word for programs, and words for people."""

    verdict: Verdict
    rule: str
    message: str


class Completeness(Value):
    """How complete a capture is; the worst of its reasons decides, and without one it is whole."""

    reasons: tuple[Reason, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """*complete*, *doubtful* or *failed*."""
        said = {reason.verdict for reason in self.reasons}
        return "failed" if "failed" in said else "doubtful" if said else "complete"

    def with_reasons(self, more: Iterable[Reason]) -> Completeness:
        """The same with further reasons."""
        return Completeness(reasons=(*self.reasons, *more))

    def to_json(self) -> dict[str, Any]:
        """As a capture record has it under ``completeness``; nothing of what is complete."""
        if not self.reasons:
            return {}
        reasons = [{"rule": one.rule, "message": one.message} for one in self.reasons]
        return {"verdict": self.verdict, "reasons": reasons}

    def finding(self, key: str) -> Finding | None:
        """What is said of a capture of this item that is not complete."""
        if not self.reasons:
            return None
        why = "; ".join(reason.message for reason in self.reasons)
        return Finding(
            code=_CODES[self.verdict],
            severity=Severity.WARNING,
            rule=self.reasons[0].rule,
            message=f"{_SAID[self.verdict]}: {why}",
            hint=_HINTS[self.verdict].format(key=key),
        )
