"""How complete a capture is, by what is known beside its page: the answer, the last capture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.errors import CaptureFailed
from citekit.extract.shared.completeness import Completeness, Reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from citekit.app.intake.web.observed import Visited
    from citekit.extract import Extraction
    from citekit.model.capture import Capture

_MUCH_SHORTER: Final = 0.5  # a text of less than this part of the last one's
_WORTH_COMPARING: Final = 1000  # bytes of a text


def judge_answer(extraction: Extraction, status: int | None) -> Completeness:
    """What the document shows, and what the server said of it where one was asked."""
    if status is None or status < 400:
        return extraction.completeness
    said = Reason(verdict="failed", rule="status", message=f"the server answered {status}")
    return extraction.completeness.with_reasons([said])


def judge_against(last: Capture | None, capture: Capture) -> Iterator[Reason]:
    """A reason to doubt a capture whose text is much shorter than that of the last one."""
    before = last.payloads.get("text") if last else None
    now = capture.payloads.get("text")
    if before is None or before.size_bytes < _WORTH_COMPARING:
        return
    size = now.size_bytes if now else 0
    if size < _MUCH_SHORTER * before.size_bytes:
        share = round(100 * size / before.size_bytes)
        message = f"its text has {share} % of the length that the last capture's has"
        yield Reason(verdict="doubtful", rule="much-shorter", message=message)


def refuse_failed(completeness: Completeness, visited: Visited | None) -> None:
    """Raise CaptureFailed where an address answered with something else than the article."""
    if completeness.verdict == "failed" and visited is not None:
        why = "; ".join(reason.message for reason in completeness.reasons)
        raise CaptureFailed(
            f"{visited.exchange.url} is not the article: {why}",
            hint="--keep archives the answer as it is; a copy may be in a web archive",
        )
