"""What an audit says: of each quotation, of each source, of claims; and what is wanting."""

from __future__ import annotations

from typing import Any, Literal

from citekit.anchor.quoting import Change, Reason
from citekit.errors import Place
from citekit.findings import Finding, FindingClass, Severity
from citekit.model.value import Value
from citekit.store.private.left_out import LeftOut

Verdict = Literal["verbatim", "altered", "elsewhere", "misplaced", "absent", "unchecked"]


class QuotationChecked(Value):
    """A quotation, what became of it, and what may be shown of it.

    ``key`` is the source that was meant, None where the archive has none of those that are cited;
    ``passage`` the paragraph that holds the words, ``capture`` the one whose text that is;
    ``found_in`` the other source that has them. ``quote`` and ``changes`` are shortened for a
    restricted source: they may be empty.
    """

    place: Place
    verdict: Verdict
    key: str | None = None
    passage: str | None = None
    capture: str | None = None
    found_in: str | None = None
    reason: Reason = ""
    quote: str = ""
    changes: tuple[Change, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """One of ``quotations``."""
        return {
            **_place(self.place),
            "verdict": self.verdict,
            "key": self.key,
            "passage": self.passage,
            "capture": self.capture,
            "found_in": self.found_in,
            "reason": self.reason or None,
            "quote": self.quote,
            "changes": [change._asdict() for change in self.changes],
        }

    def difference(self) -> str:
        """The words' diff in one line: ``[-paper-]{+source+}``."""
        marks = {"same": "{}", "quoted": "[-{}-]", "source": "{{+{}+}}"}
        return " ".join(marks[change.kind].format(change.text) for change in self.changes)


class SourceChecked(Value):
    """A cited item: whether it is kept, sealed as it is, as it was, and still at its address.

    None stands for what nobody looked at.
    """

    key: str
    access: str
    cited: int
    url: str | None
    kept: bool
    text_here: bool
    sealed: bool
    unchanged: bool
    alive: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """One of ``sources``."""
        return {name: getattr(self, name) for name in self.FIELDS}


class ClaimLeanedOn(Value):
    """A claim that a cited source supports, and who disputes it without being cited."""

    id: str
    statement: str
    key: str
    place: Place
    disputed_by: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """One of ``claims``."""
        return {
            **_place(self.place),
            "id": self.id,
            "statement": self.statement,
            "key": self.key,
            "disputed_by": list(self.disputed_by),
        }


class Audit(Value):
    """An audit of papers. ``private`` is how many cited items are private, and in none of it."""

    papers: tuple[str, ...]
    quotations: tuple[QuotationChecked, ...]
    sources: tuple[SourceChecked, ...]
    claims: tuple[ClaimLeanedOn, ...]
    findings: tuple[Finding, ...]
    private: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wanting; notes are no wants."""
        return self.exit_code() == 0

    def exit_code(self, *, strict: bool = False) -> int:
        """1 where something is wanting, else 0; with ``strict`` what is not sealed is wanting."""
        wanting = any(finding.severity is not Severity.NOTE for finding in self.findings)
        unsealed = any(finding.kind is FindingClass.UNSEALED for finding in self.findings)
        return int(wanting or (strict and unsealed))

    @property
    def left_out(self) -> LeftOut:
        """What is private, for the owner to hear."""
        return LeftOut(items=self.private)

    def summary(self) -> str:
        """One line for people."""
        verdicts = [quotation.verdict for quotation in self.quotations]
        counts = [
            f"{verdicts.count(verdict)} {verdict}"
            for verdict in dict.fromkeys(("verbatim", *sorted(set(verdicts))))
            if verdict in verdicts
        ]
        told = f"{_number(len(verdicts), 'quotation')}: {', '.join(counts)}" if counts else ""
        sources = _number(len(self.sources), "source")
        wanting = sum(finding.severity is not Severity.NOTE for finding in self.findings)
        end = f"{_number(wanting, 'thing')} wanting" if wanting else "nothing wanting"
        return "; ".join(part for part in (told or "no quotations", sources, end) if part)

    def to_json(self) -> dict[str, Any]:
        """The document of ``--json``."""
        return {
            "ok": self.ok,
            "papers": list(self.papers),
            "quotations": [quotation.to_json() for quotation in self.quotations],
            "sources": [source.to_json() for source in self.sources],
            "claims": [claim.to_json() for claim in self.claims],
            "findings": [
                {**finding.to_json(), "column": finding.place.column if finding.place else None}
                for finding in self.findings
            ],
        }


def _place(place: Place) -> dict[str, Any]:
    return {"path": place.path, "line": place.line, "column": place.column, "cell": place.json_path}


def _number(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number:,} {thing}s"
