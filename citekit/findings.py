"""What checkers return: one finding for each thing wrong, never an exception.

A finding has a stable code (``CK-E…`` errors, ``CK-W…`` warnings, ``CK-I…`` notes), so that
scripts and documentation can name it.
"""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from citekit.errors import Place
from citekit.model.value import Value

if TYPE_CHECKING:
    from collections.abc import Iterator


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class FindingClass(StrEnum):
    """What ``verify`` says of a thing (docs/reference/archive-format.md, "Verdicts")."""

    TAMPERED = "tampered"
    CONFLICT = "conflict"
    MISSING = "missing"
    EXTRA = "extra"
    UNSEALED = "unsealed"
    WITHHELD = "withheld"
    PURGED = "purged"
    INVALID = "invalid"
    EXCESS = "excess"
    INTERRUPTED = "interrupted"
    AWAITED = "awaited"
    NOTICE = "notice"


class Finding(Value):
    """One result of a check: code, severity, place, the rule it comes from and what to do.

    ``stands_for`` is how many things it tells of: more than one where they are too many to name.
    """

    code: str
    message: str
    severity: Severity = Severity.ERROR
    kind: FindingClass = FindingClass.NOTICE
    place: Place | None = None
    rule: str = ""
    hint: str = ""
    stands_for: int = 1

    def to_json(self) -> dict[str, str | int | None]:
        """One of ``findings`` in the documents of ``--json`` (docs/reference/json.md)."""
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


@contextmanager
def unheard(library: str) -> Iterator[None]:
    """Keep the warnings of a library's logger from stderr; afterwards logging is as it was.

    Only Python's handler of last resort is kept away: handlers that the caller has set up hear
    everything. Source: Python's logging HOWTO, "Configuring Logging for a Library".
    """
    import logging  # not at the top: start-up time is a promise

    logger, nobody = logging.getLogger(library), logging.NullHandler()
    logger.addHandler(nobody)
    try:
        yield
    finally:
        logger.removeHandler(nobody)
