"""What is said of a date that was read one way and could be read otherwise, or was converted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from citekit.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from citekit.extract.shared.evidence import Evidence

_CALENDARS: Final = {
    "persian": "the Persian calendar",
    "hijri": "the Hijri calendar, by Umm al-Qura",
    "buddhist": "the Buddhist era",
    "roc": "the calendar of the Republic of China",
    "japanese": "the Japanese era",
}
_SURE: Final = 0.3


def date_findings(evidence: Sequence[Evidence]) -> Iterator[Finding]:
    """Findings for the chosen date of publication; nothing where all is plain."""
    chosen = next((e for e in evidence if e.field == "issued" and e.chosen), None)
    if chosen is None:
        return
    printed = "-".join(f"{part:02}" for part in chosen.value["date-parts"][0])
    other = chosen.place.get("otherwise")
    if other and not _is_confirmed(chosen, evidence, "otherwise"):
        yield Finding(
            code="CK-W112",
            severity=Severity.WARNING,
            rule="date-ambiguous",
            message=f"day and month are uncertain: read as {printed}, it may be "
            + "-".join(f"{part:02}" for part in other),
            hint="look at the page; the right one by hand: --set issued=…",
        )
    calendar = _CALENDARS.get(chosen.place.get("calendar", ""))
    if calendar and not _is_confirmed(chosen, evidence, "calendar"):
        yield Finding(
            code="CK-I113",
            severity=Severity.NOTE,
            rule="date-converted",
            message=f"{printed} was converted: the page has a date of {calendar}",
            hint="nothing to do",
        )


def _is_confirmed(chosen: Evidence, evidence: Sequence[Evidence], doubt: str) -> bool:
    """Whether a date without the doubt says the same."""
    return any(
        e.field == "issued"
        and e.value == chosen.value
        and doubt not in e.place
        and e.confidence >= _SURE
        for e in evidence
    )
