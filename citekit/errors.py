"""One tree of errors, each with a message, a place, a hint and an exit code.

    CitekitError
    ├── UsageError         2  wrong usage
    ├── NotFound           3  no such item, file, style …
    ├── InvalidData        4  data that cannot be what it should be
    ├── CaptureFailed      5  network or capture
    ├── IntegrityFailed    6  tampered, missing, extra
    ├── StoreConflict      7  a conflict, or another writer holds the lock
    ├── StorageFailed      8  no permission, disk full
    └── MissingExtra       2  an optional dependency is not installed

No other exception leaves a public function. The codes are promises to scripts.
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple


class Place(NamedTuple):
    """Where something was found: a file, a line and column from 1, a path inside JSON."""

    path: str | None = None
    line: int | None = None
    column: int | None = None
    json_path: str | None = None

    def __str__(self) -> str:
        numbers = [str(n) for n in (self.line, self.column) if n is not None]
        text = ":".join([self.path or "", *numbers]) if self.path or numbers else ""
        if self.json_path:
            text = f"{text} ({self.json_path})" if text else self.json_path
        return text


class CitekitError(Exception):
    """Something that stops the work, told so that a user knows what to do next."""

    exit_code: ClassVar[int] = 1
    code: ClassVar[str] = "error"

    def __init__(
        self, message: str, *, place: Place | str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.place = Place(path=place) if isinstance(place, str) else place
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def to_json(self) -> dict[str, str | None]:
        """The ``error`` object of ``--json``: code, message, place, hint."""
        place = str(self.place) if self.place else None
        return {"code": self.code, "message": self.message, "place": place, "hint": self.hint}


class UsageError(CitekitError):
    """The call itself is wrong."""

    exit_code = 2
    code = "usage"


class MissingExtra(UsageError):
    """An optional dependency is needed and not installed."""

    code = "missing-extra"

    def __init__(self, package: str, *, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package {package}, which is not installed",
            hint=f"pip install 'citekit[{extra}]'",
        )


class NotFound(CitekitError):
    """What was asked for does not exist."""

    exit_code = 3
    code = "not-found"


class InvalidData(CitekitError):
    """Data that cannot be read as what it should be."""

    exit_code = 4
    code = "invalid-data"


class CaptureFailed(CitekitError):
    """The network, or a capture, failed."""

    exit_code = 5
    code = "capture-failed"


class IntegrityFailed(CitekitError):
    """Bytes are not what their digest says, or are missing, or nobody accounts for them."""

    exit_code = 6
    code = "integrity"


class StoreConflict(CitekitError):
    """Two things want the same name, or another process holds the lock."""

    exit_code = 7
    code = "conflict"


class StorageFailed(CitekitError):
    """The disk refused: no permission, no space, read-only."""

    exit_code = 8
    code = "storage"
