"""One act of fetching at one instant, and the payloads it gave; immutable once written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal

from citekit.model.value import NOTHING, Value

Role = Literal["original", "text", "warc", "snapshot", "screenshot", "pdf"]
ROLES: tuple[Role, ...] = ("original", "text", "warc", "snapshot", "screenshot", "pdf")

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def _is_size(size_bytes: int) -> bool:
    return size_bytes >= 0


def _is_bare(file: str) -> bool:
    return re.search(r"[/\\]", file) is None


class TextMap(Value):
    """The shape of a text without its words: what others need where the text is withheld.

    ``paragraphs`` are half-open ranges of code points, the first one is paragraph 1.
    """

    characters: int
    words: int
    paragraphs: tuple[tuple[int, ...], ...] = ()
    extra: Mapping[str, Any] = NOTHING


class Payload(Value):
    """Bytes a capture gave, named by their digest ``sha256:<64 hex>``."""

    HOLDS: ClassVar = {"digest": _DIGEST.fullmatch, "size_bytes": _is_size}
    digest: str
    size_bytes: int
    media_type: str
    encoding: str | None = None
    map: TextMap | None = None
    extra: Mapping[str, Any] = NOTHING

    def _check(self) -> None:
        """Refuse what is no digest: it would become a path."""
        if not _DIGEST.fullmatch(self.digest):
            raise ValueError(f"is not a digest sha256:<64 hex digits>: {self.digest!r}")
        if not _is_size(self.size_bytes):
            raise ValueError("size_bytes is negative")


class Source(Value):
    """Where the bytes came from: a URL that citekit saw answer, or a file and what was said of it.

    ``fact`` is *observed* when citekit fetched the URL itself, *declared* when somebody named it.
    ``file`` is a name without folders.
    """

    ALWAYS: ClassVar = frozenset(["fact"])
    HOLDS: ClassVar = {"file": _is_bare}
    fact: Literal["observed", "declared"]
    url: str | None = None
    file: str | None = None
    declared_by: str | None = None
    declared_at: datetime | None = None
    extra: Mapping[str, Any] = NOTHING

    def _check(self) -> None:
        """Keep folders of the user's machine out of published records."""
        if self.file is not None and not _is_bare(self.file):
            raise ValueError(f"a file is named without its folders: {self.file!r}")


class Tool(Value):
    """The program that did a step, and the ``options`` it was given that shaped what came out.

    Options are never text or paths: what is in a record or the log stays there, and is published.
    ``libraries`` are those that read title, names, dates and text for it, by name: their versions.
    """

    name: str
    version: str
    options: Mapping[str, Any] = NOTHING
    libraries: Mapping[str, str] = NOTHING
    extra: Mapping[str, Any] = NOTHING

    def __str__(self) -> str:
        """The program and its libraries, as people read it."""
        libraries = ", ".join(f"{name} {version}" for name, version in self.libraries.items())
        return f"{self.name} {self.version}" + (f" with {libraries}" if libraries else "")


class Capture(Value):
    """A capture record, as in ``items/<citekey>/captures/<stamp>.json``."""

    captured_at: datetime
    source: Source
    tool: Tool
    payloads: Mapping[str, Payload]
    agent: str | None = None
    final_url: str | None = None
    redirects: tuple[str, ...] = ()
    status: int | None = None
    headers: tuple[tuple[str, ...], ...] = ()
    address: str | None = None
    certificate: str | None = None
    completeness: Mapping[str, Any] = NOTHING
    extra: Mapping[str, Any] = NOTHING
