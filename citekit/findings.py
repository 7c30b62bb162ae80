"""What checkers return: one finding for each thing wrong, never an exception.

A finding has a stable code (``CK-E…`` errors, ``CK-W…`` warnings, ``CK-I…`` notes), so that
scripts and documentation can name it.
"""

from __future__ import annotations

from enum import StrEnum

from citekit.errors import Place
from citekit.model.value import Value


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class FindingClass(StrEnum):
    """What ``verify`` says of a thing; the words of INTERFACES, "Verdicts"."""

    TAMPERED = "tampered"
    MISSING = "missing"
    EXTRA = "extra"
    UNSEALED = "unsealed"
    WITHHELD = "withheld"
    PURGED = "purged"
    INVALID = "invalid"
    EXCESS = "excess"
    NOTICE = "notice"


class Finding(Value):
    """One result of a check: code, severity, place, the rule it comes from and what to do."""

    code: str
    message: str
    severity: Severity = Severity.ERROR
    kind: FindingClass = FindingClass.NOTICE
    place: Place | None = None
    rule: str = ""
    hint: str = ""

    def to_json(self) -> dict[str, str | int | None]:
        """The shape of INTERFACES: class, code, path, rule, hint, and the message and severity."""
        place = self.place or Place()
        return {
            "class": self.kind.value,
            "code": self.code,
            "severity": self.severity.value,
            "path": place.path,
            "line": place.line,
            "message": self.message,
            "rule": self.rule,
            "hint": self.hint,
        }
